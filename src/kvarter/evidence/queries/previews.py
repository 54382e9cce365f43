"""A draft as readers would see it, before it is published: every new figure with its label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from kvarter.evidence.documents import Document
from kvarter.evidence.drafting import Draft
from kvarter.evidence.figures import Figure
from kvarter.evidence.queries.published import Published
from kvarter.evidence.showing import Shown, show


@dataclass(frozen=True)
class Coming:
    """An indicator's figures that are new, with what each was before; empty for those that had no figure."""

    name: str
    figures: tuple[tuple[Shown, str], ...]
    sources: tuple[str, ...]


def as_told(draft: Draft, language: str) -> Published:
    """The draft as it would be told alone, were it published now."""
    facts = {"number": 0, "published": timezone.now().isoformat(), "corrects": None}
    return Published((Document("", draft.content | facts),), language)


def coming(draft: Draft, before: Published) -> list[Coming]:
    """What a draft would publish that is new or another than before, by indicator. before: what is published now."""
    told, wanted = as_told(draft, before.language), {*draft.fresh, *draft.changed}
    found: dict[str, list[Figure]] = {}
    for figure in told.figures.values():
        if figure.key in wanted:
            found.setdefault(figure.indicator, []).append(figure)
    names = {slug: one.name for slug, one in told.indicators.items()}
    return [Coming(names[slug], _shown(figures, before), _sources(figures)) for slug, figures in found.items()]


def _shown(figures: Iterable[Figure], before: Published) -> tuple[tuple[Shown, str], ...]:
    known = before.figures
    ordered = sorted(figures, key=lambda one: (one.period.last, not one.place.is_area, one.place.name, one.cut))
    return tuple((show(one), show(known[one.key]).text if one.key in known else "") for one in ordered)


def _sources(figures: Iterable[Figure]) -> tuple[str, ...]:
    said = (f"{one.source.producer}: {one.source.title} ({one.label}). {one.source.attribution}." for one in figures)
    return tuple(dict.fromkeys(said))
