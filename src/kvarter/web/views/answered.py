"""The agreement held up to the figures: what speaks to each future image, goal and strategy, and what does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kvarter.agreements.models import Agreement
from kvarter.agreements.queries.versions import Passage, Reading, in_force_or_first, read_version
from kvarter.agreements.text import Kind
from kvarter.agreements.views.shared import language, the_agreement, today
from kvarter.evidence.queries.lines import IndicatorLine, lines_by_clause
from kvarter.evidence.queries.pages import published_for

# The kinds of clauses that say how it is to be: figures can speak to them.
ANSWERED = (Kind.VISION, Kind.FUTURE_IMAGE, Kind.GOAL, Kind.STRATEGY)
Lines = Mapping[str, list[IndicatorLine]]


@dataclass(frozen=True)
class Spoken:
    """A clause and the indicators that speak to it; none: it is not measured yet."""

    passage: Passage
    lines: list[IndicatorLine]
    strategies: list[Spoken]


@dataclass(frozen=True)
class Part:
    """The clauses of a kind under a heading."""

    name: str
    clauses: list[Spoken]


@dataclass(frozen=True)
class Shown:
    """How many clauses there are, how many something speaks to, and all of them as HTML: the same until a day, a
    version or a publication has passed.
    """

    clauses: int
    measured: int
    html: str


def answered(request: HttpRequest, slug: str) -> HttpResponse:
    """Vision, future images, goals and strategies of today, each with what speaks to it or that nothing does."""
    agreement = the_agreement(request, slug)
    version = in_force_or_first(agreement, today())
    if version is None:
        raise Http404
    reading = read_version(version, language())
    published = published_for(request.user, agreement.partnership, language())
    name = ("answered", agreement.slug, reading.stamp, today())
    shown = published.kept(name, lambda: _shown(agreement, reading, lines_by_clause(published, agreement.slug)))
    context = {"agreement": agreement, "shown": shown}
    return render(request, "web/answered.html", context)


def _shown(agreement: Agreement, reading: Reading, lines: Lines) -> Shown:
    parts = _parts(reading, lines)
    every = [one for part in parts for clause in part.clauses for one in (clause, *clause.strategies)]
    html = render_to_string("web/parts/answered.html", {"agreement": agreement, "parts": parts})
    return Shown(len(every), sum(bool(one.lines) for one in every), html)


def _parts(reading: Reading, lines: Lines) -> list[Part]:
    names = {Kind.VISION: _("Vision"), Kind.FUTURE_IMAGE: _("Fremtidsbilleder"), Kind.GOAL: _("Mål og strategier")}
    found = [Part(name, [_spoken(passage, lines) for passage in reading.of_kind(kind)]) for kind, name in names.items()]
    return [part for part in found if part.clauses]


def _spoken(passage: Passage, lines: Lines) -> Spoken:
    under = [_spoken(strategy, lines) for strategy in passage.under(Kind.STRATEGY)]
    return Spoken(passage, lines.get(passage.key, []), under)
