"""`kvarter wave letters`, `digital-post` and `mail`: writing to those who were drawn, also where they are many."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from kvarter.cli.agreement import InputError
from kvarter.cli.start import set_up_where_begun
from kvarter.cli.wave import the_wave, wave

if TYPE_CHECKING:
    from kvarter.surveys.actions.inviting import Addressed
    from kvarter.surveys.letters.words import Words

KINDS = click.Choice(["invitation", "reminder-1", "reminder-2"])
_kind = click.option("--kind", type=KINDS, required=True, help="Which of the three times people are written to.")
_out = click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A file to be made. It has the codes."
)
_address = click.argument("address", metavar="PARTNERSHIP/WAVE")


@wave.command()
@_address
@_kind
@_out
def letters(address: str, kind: str, out: Path) -> None:
    """Write letters (PDF, a page each) to those who are reached by letter and wait for this."""

    def make(words: Words, people: Sequence[Addressed]) -> bytes:
        from django.utils import timezone

        from kvarter.surveys.letters.setting import letters_pdf

        with tqdm(total=len(people), unit="letter") as bar:
            return letters_pdf(words, people, timezone.localdate(), bar.update)

    _write(address, kind, "letter", out, make)


@wave.command("digital-post")
@_address
@_kind
@_out
def digital_post(address: str, kind: str, out: Path) -> None:
    """Write the file (CSV) that the supplier of Digital Post sends from."""

    def make(words: Words, people: Sequence[Addressed]) -> bytes:
        from kvarter.surveys.letters.plain import digital_post

        return digital_post(words, people)

    _write(address, kind, "digital", out, make)


@wave.command()
@_address
@_kind
def mail(address: str, kind: str) -> None:
    """Send e-mails to those who are reached by e-mail and wait for this. Broken off, it may be run again."""
    set_up_where_begun()
    from kvarter.cli.serving import need_mail, practising
    from kvarter.journal.actions import ActionError
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.inviting import mail_out, waiting
    from kvarter.surveys.letters.plain import mailer
    from kvarter.surveys.letters.words import words_for

    found = the_wave(address)
    if not practising():
        need_mail()
    words = words_for(found, kind)
    try:
        with tqdm(total=waiting(found, kind, "email").count(), unit="mail") as bar:
            left, stayed = mail_out(by=OPERATOR, wave=found, kind=kind, send=mailer(words, found), progress=bar.update)
    except ActionError as error:
        raise InputError(str(error)) from error
    click.echo(f"E-mails: {left}. Could not be sent: {stayed}.")


def _write(
    address: str, kind: str, channel: str, out: Path, make: Callable[[Words, Sequence[Addressed]], bytes]
) -> None:
    """Make a file that only its owner reads. Where it cannot be written, nobody counts as written to."""
    set_up_where_begun()
    from kvarter.journal.actions import ActionError
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.inviting import make_file
    from kvarter.surveys.letters.words import words_for

    found = the_wave(address)
    words = words_for(found, kind)

    def written(people: Sequence[Addressed]) -> int:
        content = make(words, people)
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        return len(people)

    if out.exists():
        raise InputError(f"{out} is there already. Give the name of a file to be made.")
    try:
        many = make_file(by=OPERATOR, wave=found, kind=kind, channel=channel, make=written)
    except (ActionError, OSError) as error:
        raise InputError(str(error)) from error
    click.echo(f"{out}: {many}. It has the codes: delete it when the letters are sent.")
