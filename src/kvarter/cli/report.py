"""`kvarter report`: write a report of what is published to a file."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.cli.start import set_up_where_begun
from kvarter.cli.told import LANGUAGE, ToldCommand, ToldError

FORMS = ("pdf", "docx")


@click.group()
def report() -> None:
    """Write a report of what is published."""


@report.command(cls=ToldCommand)
@click.option("--partnership", "slug", required=True, metavar="SLUG", help="Address of the partnership.")
@click.option("--wave", "year", type=click.IntRange(1, 9999), help="As of that year; left out, all that is published.")
@LANGUAGE
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file, named .pdf or .docx."
)
def effect(slug: str, year: int | None, language: str, out: Path) -> None:
    """Write the effect report: how the neighbourhood is doing on the agreement's themes."""
    set_up_where_begun()
    from kvarter.agreements.exports.edition import ExportError
    from kvarter.agreements.models import Partnership
    from kvarter.evidence.showing import number_text
    from kvarter.people.policy import OPERATOR
    from kvarter.web.report.files import written
    from kvarter.web.report.reading import report_of
    from kvarter.web.report.until import NoSuchWave

    with override(language):
        form = out.suffix.lower().removeprefix(".")
        if form not in FORMS:
            raise ToldError(_("--out %(name)s: giv filen et navn, der ender på .pdf eller .docx.") % {"name": out.name})
        partnership = Partnership.objects.select_related("area__reference").filter(slug=slug).first()
        if partnership is None:
            told = _("Der er intet partnerskab med adressen %(slug)s. Se `kvarter agreement import`.")
            raise ToldError(told % {"slug": slug})
        try:
            content = written(report_of(OPERATOR, partnership, language, year), form)
            _put(out, content)
        except OSError as error:
            told = _("%(file)s kan ikke skrives. Se efter, at mappen er der, og at du må skrive i den.")
            raise ToldError(told % {"file": out}) from error
        except (NoSuchWave, ExportError) as error:
            raise ToldError(str(error)) from error
        click.echo(f"{out}: {number_text(len(content))} bytes")


def _put(out: Path, content: bytes) -> None:
    """The whole file or none: a report half written is not left behind."""
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(content)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
