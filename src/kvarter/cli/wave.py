"""`kvarter wave`: what an analyst and an operator do with a wave of the survey."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvarter.cli.agreement import InputError
from kvarter.cli.start import set_up

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
    """Write a weighted wave's answers, in which no person can be found, to a folder for `kvarter effect`."""
    set_up()
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
