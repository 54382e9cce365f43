"""Figures as files: of everything, of a theme, of an indicator. The same digits as on the pages, and every label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership, Visibility
from kvarter.agreements.views.shared import language
from kvarter.evidence.exports.csvw import csvw, made_up_facts
from kvarter.evidence.exports.reflections import REFLECTION_COLUMNS, reflection_rows, reflections_csv
from kvarter.evidence.exports.tables import (
    counts_csv,
    differences_csv,
    differs,
    figures_csv,
    figures_json,
    figures_told,
    json_text,
    named,
)
from kvarter.evidence.figures import Figure
from kvarter.evidence.queries import pages
from kvarter.evidence.queries.mirrors import reflections
from kvarter.evidence.queries.published import Published, Told
from kvarter.evidence.queries.spine import spine_rows
from kvarter.evidence.telling import both, texts
from kvarter.evidence.views.shared import enter_figures

CSV, JSON = "text/csv; charset=utf-8", "application/json"
METADATA = "application/csvm+json"


@dataclass(frozen=True)
class FileLink:
    """A file to fetch: its address and what it is."""

    address: str
    name: str


def file_links(view: str, *args: object, indicators: Sequence[Told], is_mirrored: bool = False) -> list[FileLink]:
    """The files of some indicators, at the addresses of a view of this module; none where there are no figures.

    is_mirrored: whether the table of differences is that of reflections.
    """
    has_differences = is_mirrored or any(map(differs, indicators))
    kinds = {"csv": _("Tallene (CSV)")}
    kinds["json"] = _("Tal og forskelle (JSON)") if has_differences else _("Tallene (JSON)")
    if has_differences:
        kinds["forskelle.csv"] = _("Forskellene (CSV)")
    kinds["csv-metadata.json"] = _("Hvad kolonnerne betyder (CSVW)")
    return [FileLink(reverse(view, args=[*args, kind]), name) for kind, name in kinds.items() if indicators]


class FiguresFormConverter:
    """The forms that figures can be had in: two tables, what the columns of each mean, and both as JSON."""

    regex = r"csv|json|csv-metadata\.json|forskelle\.csv|forskelle\.csv-metadata\.json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def every_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Everything that is published and holds."""
    partnership, published = enter_figures(request, slug)
    every = sorted(published.indicators.values(), key=lambda told: (told.theme, told.position, told.slug))
    return _file(partnership, every, "tal", both(lambda: _("Alle offentliggjorte tal")), kind)


def theme_file(request: HttpRequest, slug: str, theme: str, kind: str) -> HttpResponse:
    """A theme's figures."""
    partnership, published = enter_figures(request, slug)
    found = pages.theme_for(request.user, partnership, theme)
    return _file(
        partnership, published.of_theme(found.slug, categories=True), found.slug, texts(found, "name")["name"], kind
    )


def indicator_file(request: HttpRequest, slug: str, key: str, kind: str) -> HttpResponse:
    """An indicator's figures; its table with ?form=counts as rows that can be estimated anew."""
    partnership, published = enter_figures(request, slug)
    found = pages.indicator_for(request.user, partnership, key)
    told = [published.indicators[found.slug]] if found.slug in published.indicators else []
    if kind == "csv" and request.GET.get("form") == "counts":
        counted = [figure for one in told for figure in (*one.figures, *one.peers)]
        return _response(partnership, counts_csv(counted), CSV, f"{found.slug}-counts.csv")
    return _file(partnership, told, found.slug, texts(found, "name")["name"], kind)


def mirrors_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The figures that reflection is worked out from, and what it came to."""
    partnership, published = enter_figures(request, slug)
    titles = both(lambda: _("Afspejling"))
    if not kind.startswith("forskelle") and kind != "json":
        return _file(partnership, mirrored(published), "afspejling", titles, kind)
    margin = pages.mirror_margin(request.user, partnership)
    found = reflections(published, margin.margin if margin else None)
    if kind == "json":
        tables = figures_told(mirrored(published)) | {"reflections": named(REFLECTION_COLUMNS, reflection_rows(found))}
        return _response(partnership, json_text(tables), JSON, "afspejling.json")
    if kind == "forskelle.csv":
        return _response(partnership, reflections_csv(found), CSV, f"afspejling.{kind}")
    return _metadata(partnership, "reflections", [one.own for one in found], "afspejling", titles, kind)


def mirrored(published: Published) -> list[Told]:
    """The categories that reflection is worked out from."""
    return [told for whole in published.compositions for told in whole.categories]


def spine_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The figures of the area among others, every area of the row too."""
    partnership, published = enter_figures(request, slug)
    indicators = [row.told for row in spine_rows(published)]
    return _file(partnership, indicators, "blandt-andre", both(lambda: _("Blandt andre områder")), kind)


def _file(
    partnership: Partnership, indicators: Sequence[Told], name: str, titles: Mapping[str, str], kind: str
) -> HttpResponse:
    if kind.endswith("-metadata.json"):
        table = "differences" if kind.startswith("forskelle") else "figures"
        figures = [figure for told in indicators for figure in told.every]
        return _metadata(partnership, table, figures, name, titles, kind)
    if kind == "json":
        return _response(partnership, figures_json(indicators), JSON, f"{name}.json")
    if kind == "csv":
        text = figures_csv(figure for told in indicators for figure in told.every)
    else:
        text = differences_csv(indicators)
    return _response(partnership, text, CSV, f"{name}.{kind}")


def _metadata(
    partnership: Partnership, table: str, figures: Iterable[Figure], name: str, titles: Mapping[str, str], kind: str
) -> HttpResponse:
    """What the columns of a table mean, and which publications its figures are of."""
    made_of = list(figures)
    sources = sorted({(one.source.attribution, one.source.attribution_lang) for one in made_of})
    attributions = {sentence: other or language() for sentence, other in sources}
    facts: dict[str, Any] = {"dc:identifier": sorted({f"sha256:{figure.digest}" for figure in made_of})}
    facts |= made_up_facts(is_made_up=partnership.is_demonstration)
    address = f"{name}.{kind.removesuffix('-metadata.json')}"
    text = csvw(table, address, titles, partnership.name, attributions, facts)
    return _response(partnership, text, METADATA, f"{name}.{kind}")


def _response(partnership: Partnership, text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if partnership.visibility == Visibility.PUBLIC:
        response["Cache-Control"] = "public, max-age=300"
    return response
