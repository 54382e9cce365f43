"""What speaks to a clause of the agreement: indicators with their newest figure, and wholes with how alike they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from kvarter.evidence.queries.judged import Answer, answers
from kvarter.evidence.queries.mirrors import Mirrored, mirror_groups
from kvarter.evidence.queries.pages import age_text, gap_text, held_text
from kvarter.evidence.queries.published import Published, Told
from kvarter.evidence.showing import Shown, show


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator in a list: its newest figure of the area, else of a unit that holds it, and how it has gone.

    mirrored: in place of a figure, for a whole parted into categories, how unlike its surroundings it is.
    """

    slug: str
    name: str
    latest: Shown | None
    gap: str
    answers: tuple[Answer, ...]
    note: str
    age: str
    mirrored: Mirrored | None = None


def lines_for(published: Published, agreement: str, clauses: Collection[str]) -> list[IndicatorLine]:
    """What speaks to any of these clauses of an agreement, each once."""
    found = lines_by_clause(published, agreement)
    return list(dict.fromkeys(line for clause in clauses for line in found.get(clause, ())))


def lines_by_clause(published: Published, agreement: str) -> dict[str, list[IndicatorLine]]:
    """What speaks to each clause of an agreement, by the clause's key."""
    today = timezone.localdate()
    return published.kept(("lines", agreement, today), lambda: _by_clause(published, agreement, today))


def _by_clause(published: Published, agreement: str, today: date) -> dict[str, list[IndicatorLine]]:
    found: dict[str, list[IndicatorLine]] = {}
    every = [told for told in published.indicators.values() if not told.composition]
    for told in sorted(every, key=lambda told: (told.theme, told.position)):
        for clause in _clauses(told, agreement):
            found.setdefault(clause, []).append(_line(told, today))
    mirrored = {one.slug: one for group in reversed(mirror_groups(published, None)) for one in group.mirrors}
    for whole in published.compositions:
        for clause in _clauses(whole.categories[0], agreement) if whole.slug in mirrored else ():
            line = IndicatorLine(whole.slug, whole.name, None, "", (), "", "", mirrored[whole.slug])
            found.setdefault(clause, []).append(line)
    return found


def _clauses(told: Told, agreement: str) -> list[str]:
    return [link["key"] for link in told.clauses if link["agreement"] == agreement]


def _line(told: Told, today: date) -> IndicatorLine:
    latest = told.latest(area=True) or told.holder
    return IndicatorLine(
        told.slug,
        told.name,
        show(latest) if latest else None,
        gap_text(told),
        answers(told),
        held_text(told, latest) if latest else "",
        age_text(latest, today) if latest else "",
    )
