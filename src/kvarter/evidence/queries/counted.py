"""Differences of full counts: nobody was left to chance, so they are plain subtractions, without interval or test.

The one reckoning of them: what a page says and what a file holds are both made of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kvarter.evidence.figures import Between, Counted, Figure
from kvarter.evidence.queries.published import Told


@dataclass(frozen=True)
class CountedDifference:
    """`figure` less `other`, both fully counted: an earlier one of its place (CHANGE), or its reference's (GAP)."""

    between: Between
    figure: Figure
    other: Figure
    value: float


def counted_differences(told: Told) -> tuple[CountedDifference, ...]:
    """The change and the gap of an indicator's newest figure of the area, as far as there are any."""
    return tuple(one for one in (counted_change(told), counted_gap(told)) if one)


def counted_gap(told: Told) -> CountedDifference | None:
    """The area less its reference at the same time."""
    own, other = told.latest(area=True), told.latest(area=False)
    return _less(Between.GAP, own, other) if own and other else None


def counted_change(told: Told) -> CountedDifference | None:
    """The area's newest figure less its oldest that it may be compared with."""
    latest = told.latest(area=True)
    first = next(_comparable(told, latest), None) if latest else None
    return _less(Between.CHANGE, latest, first) if latest and first else None


def _less(between: Between, figure: Figure, other: Figure) -> CountedDifference | None:
    if figure.value is None or other.value is None:
        return None
    if figure.counted is not Counted.FULL or other.counted is not Counted.FULL:
        return None
    return CountedDifference(between, figure, other, figure.value - other.value)


def _comparable(told: Told, latest: Figure) -> Iterator[Figure]:
    """The earlier figures of the same version of the area that no break parts from the newest, oldest first."""
    own = sorted((f for f in told.figures if f.place.key == latest.place.key), key=lambda f: f.period.last)
    since = max((figure.period.last for figure in own if figure.is_break), default=None)
    for figure in own:
        early = figure.period.last < latest.period.last and figure.counted is latest.counted
        if early and figure.value is not None and (since is None or figure.period.last >= since):
            yield figure
