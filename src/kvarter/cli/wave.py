"""`kvarter wave`: what an analyst and an operator do with a wave of the survey."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvarter.cli.agreement import InputError
from kvarter.cli.start import set_up_where_begun

if TYPE_CHECKING:
    from kvarter.surveys.models import Wave


@click.group()
def wave() -> None:
    """Waves of the survey."""


def the_wave(address: str) -> Wave:
    """A wave by "partnership/wave". Raises InputError."""
    from kvarter.surveys.models import Wave

    partnership, _slash, slug = address.partition("/")
    found = Wave.objects.filter(partnership__slug=partnership, slug=slug).select_related(
        "partnership", "questionnaire", "youth", "area", "reference"
    )
    wave = found.first()
    if wave is None:
        known = ", ".join(one.key for one in Wave.objects.select_related("partnership")) or "none"
        raise InputError(f"There is no wave {address}. Say PARTNERSHIP/WAVE; there are: {known}.")
    return wave


@wave.command()
@click.argument("address", metavar="PARTNERSHIP/WAVE")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A folder to be made.")
def export(address: str, out: Path) -> None:
    """Write a weighted wave's answers, to which no way leads from a person, to a folder for `kvarter effect`."""
    set_up_where_begun()
    from kvarter.journal.actions import ActionError
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.exporting import export_answers

    found = the_wave(address)
    if out.exists():
        raise InputError(f"{out} is there already. Give the name of a folder to be made.")
    try:
        files = export_answers(by=OPERATOR, wave=found)
    except ActionError as error:
        raise InputError(str(error)) from error
    draft = Path(tempfile.mkdtemp(dir=out.resolve().parent, prefix=f".{out.name}."))
    try:
        for name, content in files.items():
            (draft / name).write_bytes(content)
        os.rename(draft, out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    click.echo(f"{out}: {', '.join(sorted(files))}")


@wave.command("call-off")
@click.argument("address", metavar="PARTNERSHIP/WAVE")
@click.option("--why", required=True, help="The reason, which stands in the journal.")
@click.option("--yes", is_flag=True, help="Do it. Without this, only what would be destroyed is told.")
def call_off(address: str, why: str, yes: bool) -> None:
    """Give a wave up for ever, where its key is lost, so that no answer can be read, or nobody has answered.

    Codes, names, addresses, keys and what was answered are destroyed. It cannot be undone.
    """
    set_up_where_begun()
    from kvarter.journal.actions import ActionError
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.calling_off import BEFORE_THE_CUT, call_off_wave, foresee_calling_off
    from kvarter.surveys.actions.keys import KeyStays
    from kvarter.surveys.queries.keys import troubles_of

    found = the_wave(address)
    if found.state not in BEFORE_THE_CUT:
        raise InputError(f"{address} is {found.state.replace('_', ' ')}. Only a wave that is not closed is called off.")
    for trouble in troubles_of(found):
        click.echo(trouble.told)
    foreseen = foresee_calling_off(found)
    click.echo(
        f"Answers that can never be read: {foreseen.lost}. Names and addresses: {foreseen.people}. "
        f"Codes: {foreseen.codes}."
    )
    if foreseen.answers_readable:
        raise InputError(f"{foreseen.answers_readable} answers can be read. Close the wave on its page instead.")
    if not yes:
        click.echo("Nothing is done. Give --yes to destroy them and call the wave off.")
        return
    try:
        call_off_wave(by=OPERATOR, wave=found, why=why)
    except ActionError as error:
        raise InputError(str(error)) from error
    except KeyStays as error:
        raise InputError(f"{address} is called off, but a key could not be destroyed. {error}") from error
    click.echo(f"{address} is called off.")
