"""The two axes, and how a figure is written: values with few and round ticks, time by real days with its years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kvarter.evidence.figures import Measure

_SPACE = "\u00a0"
_NARROWEST = {Measure.SHARE: 0.05, Measure.MEAN: 1.0, Measure.COUNT: 5.0, Measure.AMOUNT: 5.0}


@dataclass(frozen=True)
class Target:
    """A line to hold figures against, in the measure's own unit (0.85 for 85 %), and what it is called."""

    value: float
    label: str


def locale(language: str) -> dict[str, Any]:
    """How Vega writes numbers in a language; a space stands before the per cent sign in both."""
    decimal, thousands = (",", ".") if language.startswith("da") else (".", ",")
    return {
        "decimal": decimal,
        "thousands": thousands,
        "grouping": [3],
        "currency": ["", f"{_SPACE}kr."],
        "percent": f"{_SPACE}%",
        "minus": "−",
    }


def number(value: float, measure: Measure, language: str, decimals: int | None = None) -> str:
    """A figure as it is written: "82,7 %" in Danish, "82.7 %" in English."""
    kept = _decimals(measure) if decimals is None else decimals
    text = f"{value * 100 if measure is Measure.SHARE else value:,.{kept}f}".replace("-", "−")
    if language.startswith("da"):
        text = text.translate(str.maketrans(",.", ".,"))
    return text + {Measure.SHARE: f"{_SPACE}%", Measure.AMOUNT: f"{_SPACE}kr."}.get(measure, "")


def _decimals(measure: Measure) -> int:
    return {Measure.SHARE: 1, Measure.MEAN: 2}.get(measure, 0)


@dataclass(frozen=True)
class ValueAxis:
    """From where to where values are drawn, and the ticks, first and last included."""

    measure: Measure
    ticks: tuple[float, ...]

    @property
    def low(self) -> float:
        return self.ticks[0]

    @property
    def high(self) -> float:
        return self.ticks[-1]

    @property
    def decimals(self) -> int:
        """How many decimals the ticks need."""
        step = (self.ticks[1] - self.ticks[0]) * (100 if self.measure is Measure.SHARE else 1)
        return max(0, -math.floor(math.log10(step) + 1e-9))

    @property
    def format(self) -> str:
        """The ticks' format, as d3 has it."""
        if self.measure is Measure.AMOUNT:
            return f"$,.{self.decimals}f"
        return f".{self.decimals}%" if self.measure is Measure.SHARE else f",.{self.decimals}f"

    def labels(self, language: str) -> list[str]:
        """The ticks as they are written."""
        return [number(tick, self.measure, language, self.decimals) for tick in self.ticks]

    def part(self, value: float) -> float:
        """How far up a value lies, 0 at the lowest tick and 1 at the highest."""
        return (value - self.low) / (self.high - self.low)


def value_axis(values: Sequence[float], measure: Measure, most: int = 5) -> ValueAxis:
    """An axis of at most so many steps that fits the values and is never blown up: five points of a share at least."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    least = _NARROWEST[measure]
    if measure in (Measure.COUNT, Measure.AMOUNT):
        least = max(least, 0.1 * max(abs(low), abs(high)))
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    if min(values, default=0.0) >= 0 and low < high - low:
        low, high = 0.0, max(high, least)
    if measure is Measure.SHARE and high > 1 >= max(values, default=0.0):
        low, high = low - (high - 1), 1.0
    return ValueAxis(measure, _ticks(low, high, most))


def _ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Round ticks around two values, as few as will do."""
    power = math.floor(math.log10((high - low) / most))
    steps = (round(part * 10.0**tens, 12) for tens in (power, power + 1, power + 2) for part in (1, 2, 5))
    for step in steps:
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= most:
            return tuple(round(at * step, 12) for at in range(first, last + 1))
    raise AssertionError("a step of ten times the range always fits")


@dataclass(frozen=True)
class TimeAxis:
    """From which day (as an ordinal) to which, with the room at both ends. is_one: it holds one time alone, which
    stands in the middle and has no years to either side.
    """

    start: float
    end: float
    is_one: bool = False

    def part(self, day: date) -> float:
        """How far along a day lies, 0 at the start and 1 at the end."""
        return (day.toordinal() - self.start) / (self.end - self.start)

    def holds(self, day: date) -> bool:
        return self.start < day.toordinal() < self.end

    def years(self, room: float) -> list[int]:
        """The years to write in so many pixels; each stands at its first of January. None where there is one time."""
        if self.is_one:
            return []
        every = [year for year in range(self._year(self.start), self._year(self.end) + 2) if self._has(year)]
        for step in (1, 2, 5, 10, 20, 50):
            found = [year for year in every if year % step == 0]
            if len(found) * 58 <= room:
                return found if len(found) > 1 else [every[0], every[-1]]
        return [every[0], every[-1]]

    def _has(self, year: int) -> bool:
        return 1 <= year <= 9999 and self.start <= date(year, 1, 1).toordinal() <= self.end

    @staticmethod
    def _year(ordinal: float) -> int:
        return date.fromordinal(max(1, int(ordinal))).year


def time_axis(days: Sequence[date]) -> TimeAxis:
    """An axis that holds the days, a little room on both sides, and two first of Januaries at least; of one day alone,
    that day in the middle.
    """
    first, last = min(days), max(days)
    if first == last:
        return TimeAxis(first.toordinal() - 1, first.toordinal() + 1, is_one=True)
    if last.year - first.year < 2:
        first, last = date(first.year, 1, 1), date(last.year + 1, 1, 1)
    room = 0.04 * (last - first).days
    return TimeAxis(first.toordinal() - room, last.toordinal() + room)
