"""A draft as readers would see it, before it is published: every new figure with its label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from kvarter.evidence.citing import Citation, citations_of
from kvarter.evidence.documents import Document
from kvarter.evidence.drafting import Draft
from kvarter.evidence.figures import Figure
from kvarter.evidence.queries.published import Published
from kvarter.evidence.showing import Shown, show


@dataclass(frozen=True)
class Coming:
    """An indicator's figures that are new or changed, with what each was before ("": there was none)."""

    name: str
    figures: tuple[tuple[Shown, str], ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True)
class News:
    """What a draft would publish: how many figures are new, are others than before, and are as before."""

    new: int
    changed: int
    same: int
    coming: tuple[Coming, ...]


def as_told(draft: Draft, language: str) -> Published:
    """The draft as it would be told alone, were it published now."""
    facts = {"number": 0, "published": timezone.now().isoformat(), "corrects": None}
    return Published((Document("", draft.content | facts),), language)


def news_of(draft: Draft, before: Published) -> News:
    """What a draft has that is not published as it is, by indicator. before: what is published and holds."""
    told = as_told(draft, before.language)
    found: dict[str, list[Figure]] = {}
    new = changed = 0
    for figure in told.figures.values():
        known = before.figures.get(figure.key)
        if known and _numbers(known) == _numbers(figure):
            continue
        new, changed = new + (not known), changed + bool(known)
        found.setdefault(figure.indicator, []).append(figure)
    names = {slug: one.name for slug, one in told.indicators.items()}
    coming = (Coming(names[slug], _shown(figures, before), citations_of(figures)) for slug, figures in found.items())
    return News(new, changed, len(told.figures) - new - changed, tuple(coming))


def _numbers(figure: Figure) -> tuple[object, ...]:
    return figure.status, figure.value, figure.numerator, figure.denominator, figure.n, figure.low, figure.high


def _shown(figures: Iterable[Figure], before: Published) -> tuple[tuple[Shown, str], ...]:
    known = before.figures
    ordered = sorted(figures, key=lambda one: (one.period.last, not one.place.is_area, one.place.name, one.cut))
    return tuple((show(one), show(known[one.key]).text if one.key in known else "") for one in ordered)
