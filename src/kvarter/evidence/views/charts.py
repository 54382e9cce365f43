"""A chart drawn once for what it shows, and kept for all workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from django.core.cache import cache

from kvarter.effect.counts import Direction
from kvarter.evidence.charts import SpineMark, Target, series_chart, small_chart, spine_chart
from kvarter.evidence.charts.program import program
from kvarter.evidence.figures import Figure
from kvarter.evidence.queries.published import Told
from kvarter.evidence.queries.spine import SpineRow
from kvarter.evidence.showing import unit_text, value_text

KEPT_SECONDS = 30 * 24 * 3600


def kept(seen: object, draw: Callable[[], str]) -> str:
    """The drawing of what is seen. All of that is in its name in the cache, so nobody is served a drawing of figures
    that they do not see themselves, a new publication draws anew, and so does a program that draws in another way.
    """
    key = "chart:" + hashlib.sha256(repr((program(), seen)).encode()).hexdigest()
    drawn: str | None = cache.get(key)
    if drawn is None:
        drawn = draw()
        cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def chart_of(told: Told, width: int, language: str) -> str:
    """An indicator over time, as SVG."""
    aim, unit = told.aim, unit_text(told.measure)
    target = Target(aim.target, value_text(aim.target, told.measure)) if aim and aim.target is not None else None

    def draw() -> str:
        return series_chart(told.series, title=told.name, unit=unit, width=width, language=language, target=target)

    return kept((told.series, told.name, unit, target, width, language), draw)


def small_chart_of(told: Told, latest: Figure, language: str) -> str:
    """An indicator over time as one of several small charts: the place of the figure, and what it is compared with."""
    beside = told.beside(latest)
    series = [one for one in told.series if one.place.area == latest.place.area]
    series += [one for one in told.series if beside and one.place.area == beside.place.area]
    agreed = told.aim is not None and told.aim.direction is not Direction.NONE
    unit = unit_text(told.measure)

    def draw() -> str:
        return small_chart(series, title=told.name, unit=unit, language=language, agreed=agreed)

    return kept(("small", series, told.name, unit, agreed, language), draw)


def spine_chart_of(rows: Sequence[SpineRow], title: str, width: int, language: str) -> str:
    """The area among areas like it, a row for each indicator."""
    marks = [SpineMark(row.told.name, row.told.measure, row.spread, row.own, row.around) for row in rows]

    def draw() -> str:
        return spine_chart(marks, title=title, width=width, language=language)

    return kept(("spine", marks, title, width, language), draw)
