"""Figures as files: of everything, of a theme, of an indicator. The same digits as on the pages, and every label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership, Visibility
from kvarter.evidence.exports.csvw import csvw, made_up_facts
from kvarter.evidence.exports.tables import counts_csv, differences_csv, figures_csv, figures_json
from kvarter.evidence.queries import pages
from kvarter.evidence.queries.published import Told
from kvarter.evidence.telling import both, texts
from kvarter.evidence.views.shared import enter_figures

CSV, JSON = "text/csv; charset=utf-8", "application/json"
METADATA = "application/csvm+json"


@dataclass(frozen=True)
class FileLink:
    """A file to fetch: its address and what it is."""

    address: str
    name: str


def file_links(view: str, *args: object, indicators: Sequence[Told]) -> list[FileLink]:
    """The files of some indicators, at the addresses of a view of this module; none where there are no figures."""
    is_judged = any(told.differences for told in indicators)
    kinds = {"csv": _("Tallene (CSV)"), "json": _("Tal og forskelle (JSON)") if is_judged else _("Tallene (JSON)")}
    if is_judged:
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


def _file(
    partnership: Partnership, indicators: Sequence[Told], name: str, titles: Mapping[str, str], kind: str
) -> HttpResponse:
    if kind.endswith("-metadata.json"):
        table = "differences" if kind.startswith("forskelle") else "figures"
        figures = [figure for told in indicators for figure in told.every]
        attributions = sorted({figure.source.attribution for figure in figures})
        facts: dict[str, Any] = {"dc:identifier": sorted({f"sha256:{figure.digest}" for figure in figures})}
        facts |= made_up_facts(is_made_up=partnership.is_demonstration)
        address = f"{name}.{kind.removesuffix('-metadata.json')}"
        text = csvw(table, address, titles, partnership.name, attributions, facts)
        return _response(partnership, text, METADATA, f"{name}.{kind}")
    if kind == "json":
        return _response(partnership, figures_json(indicators), JSON, f"{name}.json")
    if kind == "csv":
        text = figures_csv(figure for told in indicators for figure in told.every)
    else:
        text = differences_csv(indicators)
    return _response(partnership, text, CSV, f"{name}.{kind}")


def _response(partnership: Partnership, text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if partnership.visibility == Visibility.PUBLIC:
        response["Cache-Control"] = "public, max-age=300"
    return response
