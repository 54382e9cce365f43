"""One indicator at one time for several places, in the order given: dots with their intervals, and no ranking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair as alt
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.evidence.charts import layers
from kvarter.evidence.charts.drawing import draw
from kvarter.evidence.charts.heading import heading_text, source_text
from kvarter.evidence.charts.look import (
    GOAL,
    LEADING,
    LINE,
    PHONE,
    QUIET,
    TEXT,
    Style,
    clean,
    outside,
    styles,
    text_width,
    wrapped,
)
from kvarter.evidence.charts.placing import Box
from kvarter.evidence.charts.runs import measure_of, reason, values_of
from kvarter.evidence.charts.scales import Target, ValueAxis, number, value_axis
from kvarter.evidence.figures import Counted, Figure
from kvarter.evidence.showing import period_text

_VALUES = 30  # room for the values under the plot


def dot_chart(
    rows: Sequence[Figure], *, title: str, unit: str, width: int, language: str, target: Target | None = None
) -> str:
    """An SVG with a dot for each figure, in the order given, and its interval where it is a sample's.

    Raises ValueError where there are no figures, or of several indicators.
    """
    with override(language):
        plan = _Plan(tuple(rows), unit, width, language, target)
        return draw(_specification(plan, title), title=title, told=_told(plan), language=language)


def dot_spec(
    rows: Sequence[Figure], *, title: str, unit: str, width: int, language: str, target: Target | None = None
) -> dict[str, Any]:
    """The Vega-Lite specification that `dot_chart` draws. Raises as it does."""
    with override(language):
        return _specification(_Plan(tuple(rows), unit, width, language, target), title)


@dataclass(frozen=True)
class _Plan:
    """Where everything goes, in pixels from the plot's upper left corner."""

    rows: tuple[Figure, ...]
    unit: str
    width: int
    language: str
    target: Target | None

    def __post_init__(self) -> None:
        """Raise ValueError where there is nothing to draw, or figures that do not belong together."""
        measure_of(self.rows)

    @cached_property
    def axis(self) -> ValueAxis:
        goal = [self.target.value] if self.target else []
        return value_axis(values_of(self.rows) + goal, measure_of(self.rows), most=3 if self.phone else 5)

    @cached_property
    def styles(self) -> list[Style]:
        of_area = styles(row.place for row in self.rows)
        found = [of_area[row.place.area] for row in self.rows]
        is_outside = [row.counted is Counted.OUTSIDE for row in self.rows]
        return [outside(style) if one else style for style, one in zip(found, is_outside, strict=True)]

    @property
    def phone(self) -> bool:
        """Whether names stand over their dots, not beside them."""
        return self.width < PHONE

    @cached_property
    def names(self) -> list[list[str]]:
        room = self.width - 8 if self.phone else 0.36 * self.width
        return [wrapped(self.name(row), room, 1 if self.phone else 2) for row in self.rows]

    def name(self, row: Figure) -> str:
        """A place's name, with the day where the rows are not all of the same."""
        name = clean(row.place.name)
        return name if self.one_time else f"{name}, {date_format(row.period.first, 'DATE_FORMAT')}"

    @property
    def one_time(self) -> bool:
        """Whether all rows are of the same time."""
        return len({row.period for row in self.rows}) == 1

    @cached_property
    def measured(self) -> str:
        """What is measured, and when, where all rows are of the same time."""
        unit = f"{self.unit}, {period_text(self.rows[0].period)}" if self.one_time else self.unit
        return heading_text(unit, self.axis, self.rows, self.language)

    @cached_property
    def left(self) -> float:
        tick = text_width(self.axis.labels(self.language)[0]) / 2
        if self.phone:
            return max(14.0, tick)
        return max(max(text_width(line) for name in self.names for line in name) + 18, tick)

    @cached_property
    def right(self) -> float:
        """Room for the values written beside the dots."""
        return max(text_width(self.written(row)) for row in self.rows) + 22

    def written(self, row: Figure) -> str:
        """A row's value, or why there is none."""
        return reason(row.status) if row.value is None else number(row.value, self.axis.measure, self.language)

    @property
    def plot(self) -> float:
        return self.width - self.left - self.right

    @property
    def step(self) -> float:
        """The height of a row."""
        return 46 if self.phone else 38

    @property
    def height(self) -> float:
        return self.step * len(self.rows)

    def middle(self, index: int) -> float:
        """Where a row's dot stands."""
        return self.step * index + (32 if self.phone else self.step / 2)

    @cached_property
    def heading(self) -> list[str]:
        return wrapped(self.measured, self.width - 4, 3)

    @property
    def top(self) -> float:
        return LEADING * (len(self.heading) + (1 if self.target else 0)) + 10


def _specification(plan: _Plan, title: str) -> dict[str, Any]:
    middles = [plan.middle(i) for i in range(len(plan.rows))]
    places = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, plan.height], range=[0, plan.height], nice=False))
    return layers.specification(
        alt.layer(*_values(plan, middles)).encode(x=_value(plan), y=places),
        *_texts(plan, middles),
        width=plan.plot,
        height=plan.height,
        padding={"left": plan.left, "top": plan.top, "right": plan.right, "bottom": _VALUES},
        title=title,
        language=plan.language,
    )


def _value(plan: _Plan) -> alt.X:
    axis = alt.Axis(
        values=list(plan.axis.ticks), format=plan.axis.format, title=None, labelOverlap=False, labelFlush=False,
        labelFontSize=TEXT, labelColor=QUIET, labelPadding=8, ticks=False, domain=False, gridColor=LINE,
        labelLimit=0, labelBound=False,
    )  # fmt: skip
    return alt.X("value:Q", axis=axis, scale=alt.Scale(domain=[plan.axis.low, plan.axis.high], nice=False, zero=False))


def _values(plan: _Plan, middles: Sequence[float]) -> Iterator[alt.Chart]:
    """What stands by its value: the target, then each row's interval and dot."""
    yield layers.data([]).mark_rule().properties(name="frame")  # there is an axis even where every figure is hidden
    if plan.target:
        rule = layers.data([{"value": plan.target.value}]).mark_rule(stroke=GOAL, strokeWidth=1.5, strokeDash=[10, 4])
        yield rule.encode(y=alt.value(-6), y2=alt.value(plan.height)).properties(name="target")
    for i, (row_of, y) in enumerate(zip(plan.rows, middles, strict=True)):
        if row_of.value is not None:
            yield from _one(i, row_of, y, plan.styles[i])


def _one(i: int, figure: Figure, y: float, style: Style) -> Iterator[alt.Chart]:
    """One place: its interval where it is a sample's, and its dot."""
    row: layers.Row = {"y": y, "value": figure.value, "place": clean(figure.place.name)}
    if figure.counted is Counted.SAMPLE:
        row |= {"low": figure.low, "high": figure.high, "n": figure.n}
        rule = layers.data([row]).mark_rule(stroke=style.colour, strokeWidth=1.5)
        yield rule.encode(x=alt.X("low:Q"), x2="high:Q").properties(name=f"interval{i}")
        for end in ("low", "high"):
            cap = layers.data([row]).mark_tick(
                orient="vertical", size=9, thickness=1.5, color=style.colour
            )  # fmt: skip
            yield cap.encode(x=alt.X(f"{end}:Q")).properties(name=f"{end}{i}")
    yield layers.symbols(layers.data([row]), style).properties(name=f"points{i}")


def _texts(plan: _Plan, middles: Sequence[float]) -> Iterator[alt.Chart]:
    """What is measured, the places' names, their values, and the target's name."""
    yield layers.texts("unit", [{"x": 1 - plan.left, "y": LEADING / 2 + 1 - plan.top, "lines": plan.heading}])
    for i, (name, style, y) in enumerate(zip(plan.names, plan.styles, middles, strict=True)):
        first = y - 17 if plan.phone else y - LEADING * (len(name) - 1) / 2
        named: layers.Row = {"x": 4 - plan.left, "y": first, "lines": name}
        if plan.phone:
            box = Box(named["x"], first - LEADING / 2, named["x"] + text_width(name[0]), first + LEADING / 2)
            yield layers.paper(f"paper{i}", box)
        yield layers.texts(f"label{i}", [named], colour=style.colour, bold=style.bold)
        value = {"x": plan.plot + plan.right - 4, "y": y, "lines": [plan.written(plan.rows[i])]}
        known = plan.rows[i].value is not None
        yield layers.texts(
            f"value{i}" if known else f"gap{i}", [value], align="right", colour=style.colour if known else QUIET,
            bold=style.bold and known,
        )  # fmt: skip
    if plan.target:
        yield _goal_name(plan, plan.target)


def _goal_name(plan: _Plan, target: Target) -> alt.Chart:
    """The target's name over its line."""
    lines = wrapped(clean(target.label), plan.width - 8, 1)
    half, x = text_width(lines[0]) / 2, plan.axis.part(target.value) * plan.plot
    middle = max(half - plan.left + 2, min(x, plan.plot + plan.right - half - 2))
    return layers.texts("goal", [{"x": middle, "y": -8 - LEADING / 2, "lines": lines}], align="center", colour=GOAL)


def _told(plan: _Plan) -> str:
    """What the chart shows, in words: every place with its value, its interval, and the axis."""
    parts = [f"{plan.measured}."]
    for row in plan.rows:
        ends = [number(end, row.measure, plan.language) for end in (row.low, row.high) if end is not None]
        parts.append(f"{plan.name(row)}: {plan.written(row)}.")
        if ends:
            parts.append(_("Usikkerhed: %(low)s til %(high)s.") % {"low": ends[0], "high": ends[1]})
    labels = plan.axis.labels(plan.language)
    parts.append(_("Aksen går fra %(low)s til %(high)s.") % {"low": labels[0], "high": labels[-1]})
    if plan.target:
        parts.append(f"{clean(plan.target.label)} ({number(plan.target.value, plan.axis.measure, plan.language)}).")
    return " ".join([*parts, source_text(plan.rows)])
