"""Where everything of a chart over time goes, in pixels. Nothing is measured by a browser or by the drawing engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _

from kvarter.evidence.charts.heading import heading_text
from kvarter.evidence.charts.look import GOAL, LEADING, PHONE, Style, clean, outside, styles, text_width, wrapped
from kvarter.evidence.charts.placing import Box, Label, Placed, along, around, place
from kvarter.evidence.charts.runs import (
    boundary_days,
    break_days,
    day_of,
    is_outside,
    joins,
    measure_of,
    missing,
    reason,
    runs,
    shown,
    values_of,
)
from kvarter.evidence.charts.scales import Target, TimeAxis, ValueAxis, number, time_axis, value_axis
from kvarter.evidence.figures import Figure, Series

_YEARS = 26  # room for the years under the plot


def plan_of(series: tuple[Series, ...], unit: str, width: int, language: str, target: Target | None) -> Plan:
    """The plan with names beside their series where all of them fit, else with a legend under the plot.

    Raises ValueError where there is nothing to draw, or figures that do not belong together.
    """
    plan = Plan(series, unit, width, language, target)
    return plan if plan.labels is not None else replace(plan, direct=False)


@dataclass(frozen=True)
class Plan:
    """Where everything goes, in pixels from the plot's upper left corner."""

    series: tuple[Series, ...]
    unit: str
    width: int
    language: str
    target: Target | None
    direct: bool = True

    def __post_init__(self) -> None:
        """Raise ValueError where there is nothing to draw, or figures that do not belong together."""
        measure_of(self.figures)

    @cached_property
    def figures(self) -> list[Figure]:
        return [figure for one in self.series for figure in one.figures]

    @cached_property
    def axis(self) -> ValueAxis:
        goal = [self.target.value] if self.target else []
        return value_axis(values_of(self.figures) + goal, measure_of(self.figures))

    @cached_property
    def time(self) -> TimeAxis:
        return time_axis([day_of(figure) for figure in self.figures])

    @cached_property
    def styles(self) -> tuple[Style, ...]:
        """Each series' style."""
        of_area = styles(one.place for one in self.series)
        return tuple(
            outside(of_area[one.place.area]) if is_outside(one) else of_area[one.place.area] for one in self.series
        )

    @cached_property
    def shifts(self) -> tuple[float, ...]:
        """How far each series is moved aside, so that the intervals of one day do not hide each other."""
        sampled = [i for i, one in enumerate(self.series) if any(f.low is not None for f in one.figures)]
        days = Counter(day for i in sampled for day in {day_of(figure) for figure in self.series[i].figures})
        if max(days.values(), default=0) < 2:
            return (0.0,) * len(self.series)
        middle = (len(sampled) - 1) / 2
        return tuple((sampled.index(i) - middle) * 7 if i in sampled else 0.0 for i in range(len(self.series)))

    @cached_property
    def named(self) -> list[tuple[int, str]]:
        """The series that are named, the partnership's own first; of those that look and are called alike, the last."""
        last = {(self.styles[i], one.place.name): i for i, one in enumerate(self.series) if shown(one)}
        first = sorted(last.values(), key=lambda i: (not self.series[i].place.is_area, i))
        return [(i, clean(self.series[i].place.name)) for i in first]

    @property
    def left(self) -> float:
        return max(map(text_width, self.axis.labels(self.language))) + 10

    @cached_property
    def gutter(self) -> float:
        """The room right of the plot for the names of series that reach so far."""
        if not self.direct:
            return 20
        most = 0.34 * self.width
        reach = [i for i, _name in self.named if self._reaches(i)]
        widths = [text_width(line) + 14 for i in reach for line in self._lines(i, most - 14)]
        return max([20, *widths])

    def _reaches(self, index: int) -> bool:
        """Whether a series goes on until near the right end."""
        return self.time.part(day_of(shown(self.series[index])[-1])) > 0.7

    def _lines(self, index: int, room: float) -> tuple[str, ...]:
        """A series' label: its name, and its last value."""
        name = wrapped(clean(self.series[index].place.name), room, 3)
        return (*name, self.written(shown(self.series[index])[-1].value))

    def written(self, value: float | None) -> str:
        """A value as it is written."""
        return "" if value is None else number(value, self.axis.measure, self.language)

    @property
    def within(self) -> Box:
        """Where texts may stand."""
        return Box(2, -6, self.plot + self.gutter, self.depth)

    @cached_property
    def goal(self) -> Placed | None:
        """The target's name on its line; None where it would cover something, and the legend must tell."""
        if not self.target:
            return None
        lines = wrapped(clean(self.target.label), 0.6 * self.plot, 1)
        half, y = text_width(lines[0]) / 2, self.level(self.target.value)
        parts = (self.plot - half, half + 4, *(self.plot * part for part in (0.75, 0.25, 0.5, 0.6, 0.4)))
        label = Label(tuple(lines), 0, y, GOAL, along=parts)
        spots = place([label], self._taken(), self.within)
        return spots[0] if spots else None

    @cached_property
    def labels(self) -> list[Placed] | None:
        """The names beside their last points; None where they do not fit, and a legend must tell."""
        labels = []
        for i, _name in self.named:
            last, style = shown(self.series[i])[-1], self.styles[i]
            lines = self._lines(i, 0.34 * self.width - 14 if self._reaches(i) else 0.45 * self.width)
            x = self.x(last) + self.shifts[i]
            labels.append(Label(lines, x, self.y(last), style.colour, style.bold))
        taken = [*self._taken(), *([self.goal.box] if self.goal else [])]
        return place(labels, taken, self.within) if self.direct else None

    @property
    def plot(self) -> float:
        """The plot's width."""
        return self.width - self.left - self.gutter

    @property
    def depth(self) -> float:
        """The height of the part that has values."""
        return 190 if self.width < PHONE else 240

    @property
    def height(self) -> float:
        """The height down to the line the years stand under."""
        rows = {y for _x, y, _i, _text in self.gaps}
        return self.depth + (LEADING * len(rows) + 8 if rows else 0)

    @property
    def top(self) -> float:
        """The room over the plot: what is measured, and the marks of cuts."""
        return LEADING * len(self.heading) + (LEADING if self.cuts else 0) + 14

    @cached_property
    def heading(self) -> list[str]:
        return wrapped(heading_text(self.unit, self.axis, self.figures, self.language), self.width - 4, 3)

    @cached_property
    def cuts(self) -> list[tuple[date, str]]:
        """The days that no line may cross, and what happened: a boundary moved, or the way of counting did."""
        told = [(day, _("Grænsen ændret")) for day in boundary_days(self.series)]
        told += [(day, _("Brud")) for day in break_days(self.series)]
        return sorted((day, what) for day, what in told if self.time.holds(day))

    def day(self, day: date) -> float:
        """Where a day stands."""
        return self.time.part(day) * self.plot

    def x(self, figure: Figure) -> float:
        return self.day(day_of(figure))

    def level(self, value: float) -> float:
        """Where a value stands."""
        return (1 - self.axis.part(value)) * self.depth

    def y(self, figure: Figure) -> float:
        assert figure.value is not None
        return self.level(figure.value)

    @cached_property
    def gaps(self) -> list[tuple[float, float, int, str]]:
        """What is missing: x and y of its mark, the series' number, and the word."""
        found: list[tuple[float, float, int, str]] = []
        busy: list[Box] = []
        for i, one in enumerate(self.series):
            for group in missing(one):
                text = reason(group[0].status)
                wide = text_width(text) + 16
                middle = sum(map(self.x, group)) / len(group)
                left = max(0.0, min(middle - wide / 2, self.plot + self.gutter - wide))
                box = Box(left, self.depth + 6, left + wide, self.depth + 6 + LEADING)
                while any(map(box.meets, busy)):
                    box = replace(box, top=box.top + LEADING, bottom=box.bottom + LEADING)
                busy.append(replace(box, right=box.right + 6))
                found.append((box.left, box.top + LEADING / 2, i, text))
        return found

    def _taken(self) -> Iterator[Box]:
        """What no label may cover."""
        for i, one in enumerate(self.series):
            shift = self.shifts[i]
            for figure in shown(one):
                yield around(self.x(figure) + shift, self.y(figure), 6)
                if figure.low is not None and figure.high is not None:
                    x = self.x(figure) + shift
                    yield Box(x - 5, self.level(figure.high) - 2, x + 5, self.level(figure.low) + 2)
            for run in runs(one):
                for a, b in pairwise(run):
                    yield from along(self.x(a) + shift, self.y(a), self.x(b) + shift, self.y(b))
        for _number, a, b in joins(self.series):
            yield from along(self.x(a), self.y(a), self.x(b), self.y(b))
        for day, _what in self.cuts:
            yield Box(self.day(day) - 3, -20, self.day(day) + 3, self.height)
        if self.target:
            level = self.level(self.target.value)
            yield Box(0, level - 2, self.plot, level + 2)

    @cached_property
    def legend(self) -> list[tuple[float, float, int | None, str]]:
        """Where each name stands under the plot: x and y of its mark, the series' number (None: target), the name."""
        found: list[tuple[float, float, int | None, str]] = []
        x, y = -self.left + 18, self.height + _YEARS + 14
        told: list[tuple[int | None, str]] = [*self.named] if self.labels is None else []
        if self.target and self.goal is None:
            told.append((None, clean(self.target.label)))
        for i, name in told:
            text = wrapped(name, self.width - 50, 1)[0]
            wide = text_width(text) + 56
            if x > -self.left + 18 and x + wide - 14 > self.plot + self.gutter:
                x, y = -self.left + 18, y + 22
            found.append((x, y, i, text))
            x += wide
        return found

    @property
    def bottom(self) -> float:
        return self.legend[-1][1] - self.height + 14 if self.legend else _YEARS
