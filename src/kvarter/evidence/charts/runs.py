"""What of the series may be connected, what is missing, and where a boundary changed. No pixels here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

from kvarter.evidence.figures import Counted, Figure, Measure, Place, Series
from kvarter.evidence.importers.extract import Status


def day_of(figure: Figure) -> date:
    """The day a figure stands at: the first of its period, so that a year's figure stands at that year's label."""
    return figure.period.first


def measure_of(figures: Sequence[Figure]) -> Measure:
    """The measure all figures share. Raises ValueError where there are none or they are of different indicators."""
    if not figures:
        raise ValueError("there are no figures to draw")
    if len({(figure.indicator, figure.measure) for figure in figures}) > 1:
        raise ValueError("one chart shows one indicator")
    return figures[0].measure


def values_of(figures: Sequence[Figure]) -> list[float]:
    """All values the axis must hold, the ends of intervals among them."""
    every = (value for figure in figures for value in (figure.value, figure.low, figure.high))
    return [value for value in every if value is not None]


def is_outside(series: Series) -> bool:
    """Whether the figures are published by others, without what an interval would take."""
    return any(figure.counted is Counted.OUTSIDE for figure in series.figures)


def shown(series: Series) -> list[Figure]:
    """The figures that have a value."""
    return [figure for figure in series.figures if figure.value is not None]


def runs(series: Series) -> list[list[Figure]]:
    """The figures that a line may connect: not across a gap, a break, another way of counting, nor others' figures."""
    found: list[list[Figure]] = []
    before: Figure | None = None
    for figure in series.figures:
        if figure.value is not None:
            if before is not None and _connected(before, figure):
                found[-1].append(figure)
            else:
                found.append([figure])
        before = figure
    return found


def _connected(before: Figure, figure: Figure) -> bool:
    same = before.counted is figure.counted is not Counted.OUTSIDE
    return before.value is not None and not figure.is_break and same


def joins(series: Sequence[Series]) -> Iterator[tuple[int, Figure, Figure]]:
    """Which figures a dashed line connects across two versions: the later series' number, and both ends."""
    earlier = {one.place.key: one for one in series if one.figures}
    for number, one in enumerate(series):
        before = earlier.get(one.joined) if one.joined else None
        if before is None or before is one or not one.figures:
            continue
        ends = (before.figures[-1], one.figures[0])
        if all(end.value is not None and end.counted is not Counted.OUTSIDE for end in ends):
            yield number, *ends


def boundary_days(series: Sequence[Series]) -> list[date]:
    """The days the boundary of the partnership's own area changed, or of one that has several versions here."""
    found = {one.place.until for one in series if one.place.until and _tells_boundary(one.place, series)}
    for number, before, after in joins(series):
        place = series[number].place
        middle = date.fromordinal((day_of(before).toordinal() + day_of(after).toordinal()) // 2)
        found.add(before.place.until or place.from_day or middle)
    return sorted(day for day in found if day)


def break_days(series: Sequence[Series]) -> list[date]:
    """The days halfway between a figure that is not to be compared with those before, and the last of those."""
    found = set()
    for one in series:
        for before, figure in pairwise(shown(one)):
            if figure.is_break:
                found.add(date.fromordinal((day_of(before).toordinal() + day_of(figure).toordinal()) // 2))
    return sorted(found)


def _tells_boundary(place: Place, series: Sequence[Series]) -> bool:
    return place.is_area or len({one.place.key for one in series if one.place.area == place.area}) > 1


def missing(series: Series) -> list[list[Figure]]:
    """The figures without a value, those that follow each other for the same reason together."""
    found: list[list[Figure]] = []
    before: Figure | None = None
    for figure in series.figures:
        if figure.value is None:
            if before is not None and before.value is None and before.status is figure.status:
                found[-1].append(figure)
            else:
                found.append([figure])
        before = figure
    return found


def reason(status: Status) -> str:
    """Why there is no figure, in a word or two."""
    return {
        Status.SUPPRESSED: _("skjult"),
        Status.ZERO_OR_SUPPRESSED: _("0 eller skjult"),
        Status.CANNOT_EXIST: _("findes ikke"),
        Status.NOT_COLLECTED: _("ikke indsamlet"),
    }.get(status, _("mangler"))
