"""`kvarter register`: take in figures that others have made. What is told stands in one language (--language)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from kvarter.cli.start import set_up_where_begun
from kvarter.cli.told import LANGUAGE, ToldCommand, ToldError

if TYPE_CHECKING:
    from kvarter.agreements.models import Partnership
    from kvarter.evidence.actions.registers import Loading
    from kvarter.evidence.importers.extract import Extract

PARTNERSHIP = click.option("--partnership", "slug", required=True, metavar="SLUG", help="Address of the partnership.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
STORE = click.option("--yes", is_flag=True, help="Store it. Without this, nothing is changed.")
WHY = click.option("--why", default="", help="The reason, for the journal; needed where it corrects figures.")
KINDS = ("valgdatabase", "statbank", "beboerdata", "table", "outside")


@click.group()
def register() -> None:
    """Take in figures that others have made."""


@register.command("import", cls=ToldCommand)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", "kind", required=True, metavar="KIND", help=f"What the files are: {', '.join(KINDS)}.")
@PARTNERSHIP
@click.option("--background-on", type=click.DateTime(["%Y-%m-%d"]), help="The day, when the producer does not tell it.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A saved mapping (JSON).")
@WHY
@LANGUAGE
@AS_JSON
@STORE
def import_(
    files: tuple[Path, ...],
    kind: str,
    slug: str,
    background_on: datetime | None,
    mapping: Path | None,
    why: str,
    language: str,
    as_json: bool,
    yes: bool,
) -> None:
    """Read FILES (one with figures, and the one that belongs to it) and show what they give."""
    set_up_where_begun()
    from kvarter.evidence.importers.reading import NeedsMapping, check_size, read_in_both
    from kvarter.journal.actions import ActionError

    said: dict[str, Any] = {"background_on": f"{background_on:%Y-%m-%d}"} if background_on else {}
    with override(language):
        partnership = _partnership(slug)
        if kind not in KINDS:
            told = _("Filer af slagsen “%(kind)s” kan ikke læses. Vælg en af: %(known)s.")
            raise ToldError(told % {"kind": kind, "known": ", ".join(KINDS)})
        try:
            if mapping:
                said["mapping"] = _text_of(mapping)
            for file in files:
                check_size(file.name, file.stat().st_size)
            if kind == "outside":
                _outside(partnership, files, yes, why)
                return
            danish, english = read_in_both(kind, {file.name: file.read_bytes() for file in files}, said)
            _take(partnership, {"da": danish, "en": english}, as_json, yes, why)
        except NeedsMapping as error:
            raise ToldError(f"{error}\n{error.suggestion}") from error
        except ActionError as error:
            raise ToldError(str(error)) from error


@register.command(cls=ToldCommand)
@click.argument("table")
@PARTNERSHIP
@click.option(
    "--want", multiple=True, metavar="VARIABLE=CODE,…", help="Which values of a variable; left out, its total."
)
@click.option("--area", metavar="VARIABLE", help="The variable that is the area, where there is more than one.")
@click.option("--first-day", is_flag=True, help="The figures are about the first day of each period, as FOLK1A's.")
@WHY
@LANGUAGE
@AS_JSON
@STORE
def fetch(
    table: str,
    slug: str,
    want: tuple[str, ...],
    area: str | None,
    first_day: bool,
    why: str,
    language: str,
    as_json: bool,
    yes: bool,
) -> None:
    """Fetch TABLE from Statistics Denmark's StatBank, where the operator has set KVARTER_STATBANK_URL."""
    set_up_where_begun()
    from django.conf import settings

    from kvarter.evidence.importers.statbank.client import Client
    from kvarter.evidence.importers.statbank.periods import first_day as on_first_day
    from kvarter.evidence.importers.statbank.periods import whole_period
    from kvarter.journal.actions import ActionError

    with override(language):
        partnership = _partnership(slug)
        wrong = next((one for one in want if "=" not in one), None)
        if wrong:
            raise ToldError(_("--want %(said)s: skriv VARIABEL=KODE,KODE.") % {"said": wrong})
        asked = {name: codes.split(",") for name, codes in (one.split("=", 1) for one in want)}
        try:
            extracts = {}
            for told in sorted(("da", "en"), key=lambda one: one != language):
                with override(told):
                    client = Client(settings.STATBANK_URL, Path(settings.HOME) / "statbank")
                    data = client.data(client.tableinfo(table), asked)
                    extracts[told] = data.extract(area=area, timing=on_first_day if first_day else whole_period)
            _take(partnership, extracts, as_json, yes, why)
        except ActionError as error:
            raise ToldError(str(error)) from error


def _text_of(mapping: Path) -> str:
    from kvarter.tables.limits import BadFile

    try:
        return mapping.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(_("%(file)s er ikke en opskrift i JSON.") % {"file": mapping.name}) from error


def _partnership(slug: str) -> Partnership:
    from kvarter.agreements.models import Partnership

    found = Partnership.objects.filter(slug=slug).first()
    if found is None:
        raise ToldError(
            _("Der er intet partnerskab med adressen %(slug)s. Se `kvarter agreement import`.") % {"slug": slug}
        )
    return found


def _take(partnership: Partnership, extracts: Mapping[str, Extract], as_json: bool, yes: bool, why: str) -> None:
    """Show what a file gives, in the language of now, and take it in where that is said. extracts: by language."""
    from kvarter.evidence.actions.registers import NeedsReason, contradiction_of, look_through, take_in
    from kvarter.people.policy import OPERATOR

    loading = look_through(partnership, extracts[get_language() or "da"])
    if loading.contradicts and yes:
        _print(loading, as_json, stored=False)
        raise ToldError(contradiction_of(loading))
    try:
        if yes:
            take_in(by=OPERATOR, partnership=partnership, extract=extracts["da"], english=extracts["en"], why=why)
    except NeedsReason as error:
        _print(loading, as_json, stored=False)
        raise ToldError(f"{error} (--why)") from error
    _print(loading, as_json, stored=yes)


def _outside(partnership: Partnership, files: tuple[Path, ...], yes: bool, why: str) -> None:
    """Figures that others have published, from files of our own form (docs/evidence.md)."""
    from kvarter.evidence.actions.outside import take_in_outside
    from kvarter.evidence.outside import read_outside
    from kvarter.evidence.showing import period_text
    from kvarter.people.policy import OPERATOR

    for file in files:
        content = file.read_bytes()
        for figure in read_outside(content, file.name).figures:
            told = (figure.indicator, figure.area, period_text(figure.period), f"{figure.value:.6g}", figure.read)
            click.echo("  " + " | ".join(map(str, told)))
        if yes:
            take_in_outside(by=OPERATOR, partnership=partnership, content=content, name=file.name, why=why)
    click.echo(_ending(yes))


def _ending(stored: bool) -> str:
    return _("Gemt.") if stored else _("Intet er gemt. Kør igen med --yes for at gemme.")


def _print(loading: Loading, as_json: bool, stored: bool) -> None:
    from kvarter.evidence.showing import period_text

    if as_json:
        click.echo(json.dumps(_as_json(loading, stored), ensure_ascii=False, indent=2))
        return
    extract = loading.extract
    lines = ngettext("%(n)s linje", "%(n)s linjer", len(extract.lines)) % {"n": len(extract.lines)}
    columns = ngettext("%(n)s kolonne", "%(n)s kolonner", len(extract.measures)) % {"n": len(extract.measures)}
    click.echo(f"{extract.file}: {extract.label}, {lines}, {columns}")
    severities = {"stop": _("Stopper filen"), "withheld": _("Holdt ude"), "note": _("Bemærk")}
    for finding in extract.findings:
        click.echo(f"  {severities[finding.severity]}: {finding.told}")
    if loading.before:
        standing = len(loading.before.standing)
        told = ngettext(
            "Filen er læst ind før. %(n)s tal står her og bliver, som det er.",
            "Filen er læst ind før. %(n)s tal står her og bliver, som de er.",
            standing,
        )
        click.echo("  " + told % {"n": standing})
    for figure in loading.figures:
        value, when = _number(figure.value), period_text(figure.period)
        click.echo(f"  {figure.indicator} | {figure.version.area} | {when} | {value} {figure.status}")
    for one in loading.unmatched:
        told = _("“%(text)s” (række %(rows)s) er ikke læst: %(why)s")
        click.echo("  " + told % {"text": one.text, "rows": one.places, "why": one.why})
    for change in loading.replaced:
        told = _("Rettes: %(key)s fra %(before)s til %(now)s")
        if loading.contradicts:
            told = _("Står med et andet tal: %(key)s, %(before)s før og %(now)s nu")
        key = f"{change.figure.indicator} | {change.figure.version.area} | {period_text(change.figure.period)}"
        now, before = (_number(one.value) for one in (change.figure, change.before))
        said = told % {"key": key, "before": before, "now": now}
        click.echo(f"  {said}" + (_(" (offentliggjort: ret også udgivelsen)") if change.published else ""))
    for indicator in dict.fromkeys(figure.indicator for figure in loading.copies):
        click.echo(
            "  "
            + _("%(indicator)s: de samme antal står under en anden dag allerede; holdt ude") % {"indicator": indicator}
        )
    click.echo(_ending(stored))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _as_json(loading: Loading, stored: bool) -> dict[str, Any]:
    extract = loading.extract
    return {
        "file": extract.file,
        "digest": extract.digest,
        "label": extract.label,
        "lines": len(extract.lines),
        "columns": len(extract.measures),
        "withheld": sorted(extract.withheld),
        "findings": [
            {"kind": one.kind, "severity": one.severity, "told": one.told, "columns": len(one.measures)}
            for one in extract.findings
        ],
        "figures": [
            {
                "indicator": figure.indicator,
                "area": figure.version.area.slug,
                "first": str(figure.period.first),
                "last": str(figure.period.last),
                "status": figure.status,
                "numerator": figure.numerator,
                "denominator": figure.denominator,
                "value": figure.value,
            }
            for figure in loading.figures
        ],
        "unmatched": [{"text": one.text, "rows": list(one.rows), "why": one.why} for one in loading.unmatched],
        "replaced": [
            {
                "indicator": one.figure.indicator,
                "area": one.figure.version.area.slug,
                "first": str(one.figure.period.first),
                "before": one.before.value,
                "now": one.figure.value,
                "published": one.published,
            }
            for one in loading.replaced
        ],
        "copies": list(dict.fromkeys(figure.indicator for figure in loading.copies)),
        "standing": len(loading.before.standing) if loading.before else 0,
        "stored": stored,
    }
