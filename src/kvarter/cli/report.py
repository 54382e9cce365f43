"""`kvarter report`: write a report of what is published to a file."""

from __future__ import annotations

from pathlib import Path

import click

from kvarter.cli.agreement import InputError
from kvarter.cli.start import set_up

FORMS = ("pdf", "docx")


@click.group()
def report() -> None:
    """Write a report of what is published."""


@report.command()
@click.option("--partnership", "slug", required=True, metavar="SLUG", help="Address of the partnership.")
@click.option("--wave", "year", type=click.IntRange(1, 9999), help="As of that year; left out, all that is published.")
@click.option("--language", type=click.Choice(["da", "en"]), default="da", show_default=True)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file, named .pdf or .docx."
)
def effect(slug: str, year: int | None, language: str, out: Path) -> None:
    """Write the effect report: how the neighbourhood is doing on the agreement's themes."""
    set_up()
    from kvarter.agreements.exports.edition import ExportError
    from kvarter.agreements.models import Partnership
    from kvarter.people.policy import OPERATOR
    from kvarter.web.report.files import written
    from kvarter.web.report.reading import report_of
    from kvarter.web.report.until import NoSuchWave

    form = out.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise InputError(f"--out {out.name}: name the file .pdf or .docx.")
    partnership = Partnership.objects.select_related("area__reference").filter(slug=slug).first()
    if partnership is None:
        raise InputError(f"There is no partnership with the address {slug}. See `kvarter agreement import`.")
    try:
        content = written(report_of(OPERATOR, partnership, language, year), form)
        _put(out, content)
    except OSError as error:
        raise InputError(f"{out}: {error.strerror}.") from error
    except (NoSuchWave, ExportError) as error:
        raise InputError(str(error)) from error
    click.echo(f"{out}: {len(content):,} bytes")


def _put(out: Path, content: bytes) -> None:
    """The whole file or none: a report half written is not left behind."""
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(content)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
