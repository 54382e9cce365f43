"""`kvarter wave import`: take in answers that were collected elsewhere, as a wave."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvarter.cli.agreement import WRONG_INPUT, InputError
from kvarter.cli.start import set_up_where_begun
from kvarter.cli.wave import wave

if TYPE_CHECKING:
    from kvarter.agreements.models import Partnership
    from kvarter.surveys.outside.looking import Coming
    from kvarter.surveys.outside.reading import AnswersTable

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@wave.command("import")
@click.argument("file", type=A_FILE)
@click.option("--mapping", type=A_FILE, help="What the columns are (TOML). Left out, one that may fit is printed.")
@click.option("--partnership", "slug", required=True, metavar="SLUG", help="Address of the partnership.")
@click.option("--form", "forms", multiple=True, type=A_FILE, help="A form (XLSForm) that the mapping names.")
@click.option("--yes", is_flag=True, help="Store it. Without this, nothing is changed.")
def import_(file: Path, mapping: Path | None, slug: str, forms: tuple[Path, ...], yes: bool) -> None:
    """Read answers in FILE (.csv, .xlsx, .ods, .sav or .dta), show what they give, and take them in as a wave."""
    set_up_where_begun()
    from kvarter.agreements.models import Partnership
    from kvarter.journal.actions import ActionError
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.outside import look_in_both, take_in_answers
    from kvarter.surveys.outside.reading import check_size, read_answers

    partnership = Partnership.objects.filter(slug=slug).select_related("area__reference").first()
    if partnership is None:
        raise InputError(f"There is no partnership with the address {slug}. See `kvarter agreement import`.")
    try:
        check_size(file.name, file.stat().st_size)
        table = read_answers(file.read_bytes(), file.name)
        sent = {form.name: form.read_bytes() for form in forms}
        if mapping is None:
            _suggest(partnership, table, sent)
            sys.exit(WRONG_INPUT)
        danish, english = look_in_both(partnership, table, _text(mapping), sent)
        _print(danish)
        if danish.stopped:
            raise InputError("Nothing stored. Mend what stops the file, and try again.")
        if yes:
            made = take_in_answers(by=OPERATOR, partnership=partnership, coming=danish, english=english)
            click.echo(f"Stored as {made.key}, {made.get_state_display()}.")
        else:
            click.echo("Nothing stored. Say --yes to store it.")
    except ActionError as error:
        raise InputError(str(error)) from error


def _text(mapping: Path) -> str:
    try:
        return mapping.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{mapping.name} is not UTF-8 text. Save it as UTF-8.") from error


def _suggest(partnership: Partnership, table: AnswersTable, sent: Mapping[str, bytes]) -> None:
    from django.utils import timezone

    from kvarter.surveys.outside.suggesting import suggest_for

    click.echo(suggest_for(partnership, table, timezone.localdate(), sent), nl=False)
    click.echo("Put the mapping right, save it, and say it with --mapping.", err=True)


def _print(coming: Coming) -> None:
    places = ", ".join(f"{name}: {n}" for name, n in coming.by_area)
    click.echo(f"{coming.name}: {len(coming.answers)} answers ({places})")
    click.echo(f"Weights: {coming.way}. Compared with: {coming.beside or 'no wave'}.")
    for one in coming.odd:
        click.echo(f"  {one.weight}: {one.told}")
    for words, n in coming.items:
        click.echo(f"  {n:6} {words}")
