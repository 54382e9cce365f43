"""How it goes: the themes, one theme, one indicator with the certificate of every figure, and its chart."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership, Visibility
from kvarter.agreements.views.shared import language, today
from kvarter.evidence.models import Indicator
from kvarter.evidence.queries import pages
from kvarter.evidence.queries.clauses import clauses_of
from kvarter.evidence.queries.forecasts import forecasts
from kvarter.evidence.queries.published import Published, Told
from kvarter.evidence.showing import show
from kvarter.evidence.views.charts import chart_of, small_chart_of
from kvarter.evidence.views.files import file_links
from kvarter.evidence.views.shared import enter_figures
from kvarter.people.policy import can

WIDE, NARROW = 640, 300


def themes(request: HttpRequest, slug: str) -> HttpResponse:
    """Every theme as a small chart of the same size with what may be said of it, and the goals set for the effect."""
    partnership, published = enter_figures(request, slug)
    headings = pages.headings(request.user, partnership, published)
    texts = tuple((one.slug, one.name, one.about) for one in headings)
    tiles = published.kept(("tiles", slug, texts, today()), lambda: _tiles(partnership, published, headings))
    context = {
        "partnership": partnership,
        "themes": headings,
        "tiles": tiles,
        "measured": sum(one.told is not None for one in headings),
        "goals": pages.effect_goals(request.user, partnership),
        "may_publish": can(request.user, "publication.make", partnership),
        "may_take_in": can(request.user, "register.take_in", partnership),
        "is_published": bool(published.documents),
        "files": file_links("figures_file", slug, indicators=list(published.indicators.values())),
    }
    return render(request, "evidence/themes.html", context)


def _tiles(partnership: Partnership, published: Published, headings: list[pages.Heading]) -> str:
    """The small charts with their words and tables, as HTML: the larger part of the page, and the same until a day or
    a publication has passed.
    """
    pairs = [(one, _block(published, one.told) if one.told else None) for one in headings]
    return render_to_string("evidence/parts/small_charts.html", {"themes": pairs, "partnership": partnership})


def _block(published: Published, told: Told) -> pages.Block:
    return published.kept(("block", told.slug, today()), lambda: pages.block_of(told, today()))


def theme(request: HttpRequest, slug: str, theme: str) -> HttpResponse:
    """A theme: its indicators, each with chart, table and everything that must stand beside."""
    partnership, published = enter_figures(request, slug)
    found = pages.theme_for(request.user, partnership, theme)
    indicators = published.of_theme(found.slug)
    context = {
        "partnership": partnership,
        "theme": found,
        "about": found.said("about"),
        "blocks": [_block(published, told) for told in indicators],
        "wholes": [whole for whole in published.compositions if whole.categories[0].theme == found.slug],
        "files": file_links("theme_file", slug, found.slug, indicators=indicators),
        "wide": WIDE,
        "narrow": NARROW,
        "may_write": can(request.user, "indicator.write", partnership),
    }
    return render(request, "evidence/theme.html", context)


def indicator(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """An indicator: what it is, what was decided of it, and every figure's certificate."""
    partnership, published = enter_figures(request, slug)
    found = pages.indicator_for(request.user, partnership, key)
    request.crumbs.append(  # type: ignore[attr-defined]
        (str(found.theme), reverse("theme", args=[slug, found.theme.slug]))
    )
    told = published.indicators.get(found.slug)
    figures = sorted(told.figures if told else (), key=lambda f: (f.period.last, f.place.name), reverse=True)
    context = {
        "partnership": partnership,
        "indicator": found,
        "definition": found.said("definition"),
        "facts": _facts(found),
        "told": _block(published, told) if told else None,
        "clauses": clauses_of(request.user, partnership, told.clauses if told else (), language(), today()),
        "figures": [show(figure) for figure in figures],
        "files": file_links("indicator_file", slug, found.slug, indicators=[told] if told else []),
        "forecasts": forecasts(request.user, found, told),
        "wide": WIDE,
        "narrow": NARROW,
        "may_write": can(request.user, "indicator.write", partnership),
    }
    return render(request, "evidence/indicator.html", context)


def _facts(found: Indicator) -> list[tuple[str, str]]:
    return [
        (_("Hvem der tælles eller svarer"), found.said("respondents")),
        (_("Slags tal"), f"{found.get_measure_display()}, {found.get_flow_display()}"),
        (_("Hvor godt det måler temaet"), f"{found.grade}: {found.get_grade_display()}"),
        (_("Kendte svagheder"), found.said("known_issues")),
        (_("Ansvarlig part"), str(found.owner) if found.owner else ""),
        (_("Besluttet"), found.decision),
    ]


def chart(request: HttpRequest, slug: str, key: str, width: int) -> HttpResponse:
    """An indicator over time, drawn."""
    partnership, published = enter_figures(request, slug)
    told = published.indicators.get(key)
    if told is None or width not in (WIDE, NARROW):
        raise Http404
    return drawing(partnership, chart_of(told, width, language()))


def small(request: HttpRequest, slug: str, theme: str) -> HttpResponse:
    """A theme's headline indicator over time, drawn as one of several small charts of the same size."""
    partnership, published = enter_figures(request, slug)
    told, latest = pages.headline_of(published.of_theme(theme))
    if told is None or latest is None:
        raise Http404
    return drawing(partnership, small_chart_of(told, latest, language()))


def drawing(partnership: Partnership, drawn: str) -> HttpResponse:
    """A drawing as an answer; for a while, where all may see it."""
    response = HttpResponse(drawn, content_type="image/svg+xml")
    if partnership.visibility == Visibility.PUBLIC:
        response["Cache-Control"] = "public, max-age=300"
    return response
