"""An area among areas like it: a row for each indicator on a scale of its own, from the least to the most. No ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import altair as alt
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.effect.counts import Spread
from kvarter.evidence.charts import layers
from kvarter.evidence.charts.drawing import draw
from kvarter.evidence.charts.heading import source_text
from kvarter.evidence.charts.look import (
    LEADING,
    OWN,
    PAPER,
    PHONE,
    QUIET,
    REFERENCE,
    clean,
    outside,
    text_width,
    wrapped,
)
from kvarter.evidence.charts.scales import number
from kvarter.evidence.charts.small import BLUE
from kvarter.evidence.figures import Counted, Figure, Measure

_BAR, _BOX = "#dcdcdc", "#a9b8c9"
_ROW = 78


@dataclass(frozen=True)
class SpineMark:
    """A row of the chart: an indicator, the spread of the areas in the row, the area, and the areas it lies in."""

    name: str
    measure: Measure
    spread: Spread
    own: Figure
    around: tuple[Figure, ...]


def spine_chart(rows: Sequence[SpineMark], *, title: str, width: int, language: str) -> str:
    """An SVG with a row for each indicator, in the order given. Raises ValueError where there is none."""
    with override(language):
        if not rows:
            raise ValueError("there are no figures to draw")
        source = source_text(figure for row in rows for figure in (row.own, *row.around))
        told = " ".join([*(_told(row, language) for row in rows), source])
        specification = _specification(_Plan(tuple(rows), width, language), title)
        return draw(specification, title=title, told=told, language=language)


@dataclass(frozen=True)
class _Plan:
    rows: tuple[SpineMark, ...]
    width: int
    language: str

    @property
    def ends(self) -> float:
        """Room for the values at both ends of a row."""
        most = [number(v, r.measure, self.language) for r in self.rows for v in self.range_of(r)]
        return max(map(text_width, most)) + 12

    @staticmethod
    def range_of(row: SpineMark) -> tuple[float, float]:
        """From the least to the most of all that stands in a row."""
        every = [row.spread.least, row.spread.most, *(f.value for f in (row.own, *row.around) if f.value is not None)]
        return min(every), max(every)

    def x(self, row: SpineMark, value: float) -> float:
        low, high = self.range_of(row)
        room = self.width - 2 * self.ends
        return self.ends + (room / 2 if high == low else room * (value - low) / (high - low))

    @cached_property
    def key(self) -> list[str]:
        """What the marks are, in lines that fit."""
        place = clean(self.rows[0].own.place.name)
        marks = _("Prikken er %(place)s. Firkanten er kommunen, den lange streg hele landet.") % {"place": place}
        if len({row.own.place.name for row in self.rows}) > 1:
            marks = _(
                "Prikken er området, eller det større område, der nævnes. Firkanten er kommunen, den lange streg hele "
                "landet."
            )
        if any(row.own.synthetic for row in self.rows):
            marks = _("opdigtet").upper() + ": " + marks
        spread = _("Lyst: fra det laveste af de andre områder til det højeste. Mørkt: den midterste halvdel af dem.")
        most = 4 if self.width < PHONE else 2
        return [*wrapped(marks, self.width - 8, most), *wrapped(spread, self.width - 8, most)]

    @property
    def top(self) -> float:
        """The room for what the marks are."""
        return LEADING * len(self.key) + 14

    def y(self, at: int) -> float:
        """The middle of a row's bar."""
        return self.top + _ROW * at + 2 * LEADING + 12

    @property
    def height(self) -> float:
        return self.top + _ROW * len(self.rows) + 6


def _specification(plan: _Plan, title: str) -> dict[str, Any]:
    return layers.specification(
        *_key(plan),
        *(mark for at, row in enumerate(plan.rows) for mark in _row(plan, at, row)),
        width=plan.width,
        height=plan.height,
        padding=0,
        title=title,
        language=plan.language,
    )


def _key(plan: _Plan) -> Iterator[alt.Chart]:
    """What the marks are; the page's table tells it in full."""
    yield layers.texts("key", [{"x": 4, "y": LEADING / 2 + 1, "lines": plan.key}])


def _row(plan: _Plan, at: int, row: SpineMark) -> Iterator[alt.Chart]:
    y, spread = plan.y(at), row.spread
    name = wrapped(_name(row), 0.85 * plan.width, 2)
    top = y - 12 - LEADING * (len(name) - 0.5) - 2
    yield layers.texts(f"name{at}", [{"x": 4, "y": top, "lines": name}], colour="#1a1a1a", bold=True)
    for kind, low, high, half, fill in (
        ("bar", spread.least, spread.most, 4, _BAR),
        ("box", spread.lower, spread.upper, 8, _BOX),
    ):
        ends = (plan.x(row, low), y - half, plan.x(row, high), y + half)
        yield _rectangle(f"{kind}{at}", ends, fill)
    middle = plan.x(row, spread.middle)
    yield layers.segment(f"middle{at}", (middle, y - 8, middle, y + 8), stroke=PAPER, strokeWidth=3)
    low, high = plan.range_of(row)
    ends_text = [(plan.ends - 8, low, "right"), (plan.width - plan.ends + 8, high, "left")]
    for side, (x, value, align) in enumerate(ends_text):
        if value == row.own.value:
            continue  # the area's own value stands under its point
        text = {"x": x, "y": y, "lines": [number(value, row.measure, plan.language)]}
        yield layers.texts(f"end{at}_{side}x", [text], align=align)
    yield from _around(plan, at, row, y)
    yield from _own(plan, at, row, y)


def _name(row: SpineMark) -> str:
    """What a row is of, when, and of what place where that is not the area itself."""
    name = f"{clean(row.name)}, {row.own.period.last.year}"
    return name if row.own.place.is_area else f"{name}: {clean(row.own.place.name)}"


def _rectangle(name: str, ends: tuple[float, float, float, float], fill: str) -> alt.Chart:
    where = dict(zip(("x", "y", "x2", "y2"), map(alt.value, ends), strict=True))
    found: alt.Chart = layers.data([{}]).mark_rect(fill=fill).encode(**where).properties(name=name)
    return found


def _around(plan: _Plan, at: int, row: SpineMark, y: float) -> Iterator[alt.Chart]:
    """The nearest area it lies in as a hollow square, those farther out as a stroke."""
    for n, figure in reversed(list(enumerate(row.around))):
        assert figure.value is not None, "only figures that are known stand in a row"
        x = plan.x(row, figure.value)
        if n:
            yield layers.segment(f"outer{at}_{n}x", (x, y - 13, x, y + 13), stroke=QUIET, strokeWidth=2)
        else:
            square = replace(REFERENCE, hollow=True)
            mark = layers.data([{"x": x, "y": y}])
            yield layers.symbols(mark, square, x=alt.expr("datum.x"), y=alt.expr("datum.y")).properties(
                name=f"nearest{at}"
            )


def _own(plan: _Plan, at: int, row: SpineMark, y: float) -> Iterator[alt.Chart]:
    """The area's point, its interval where it is a sample's, and its value under it."""
    assert row.own.value is not None, "only figures that are known stand in a row"
    x, style = plan.x(row, row.own.value), replace(OWN, colour=BLUE)
    if row.own.counted is Counted.OUTSIDE:
        style = replace(outside(OWN), colour=BLUE)
    if row.own.low is not None and row.own.high is not None:
        edges = [min(max(plan.x(row, end), 0), plan.width) for end in (row.own.low, row.own.high)]
        yield layers.segment(f"interval{at}", (edges[0], y, edges[1], y), stroke=BLUE, strokeWidth=2)
    mark = layers.data([{"x": x, "y": y}])
    yield layers.symbols(mark, style, x=alt.expr("datum.x"), y=alt.expr("datum.y")).properties(name=f"own{at}")
    text = number(row.own.value, row.measure, plan.language)
    half = text_width(text) / 2
    middle = max(half + 2, min(x, plan.width - half - 2))
    where = {"x": middle, "y": y + 12 + LEADING / 2, "lines": [text]}
    yield layers.texts(f"value{at}", [where], align="center", colour=BLUE, bold=True)


def _told(row: SpineMark, language: str) -> str:
    """A row in words."""

    def written(value: float | None) -> str:
        return "" if value is None else number(value, row.measure, language)

    places = ", ".join(f"{clean(f.place.name)} {written(f.value)}" for f in (row.own, *row.around))
    spread = _("De andre områder ligger fra %(low)s til %(high)s, halvdelen fra %(lower)s til %(upper)s.") % {
        "low": written(row.spread.least),
        "high": written(row.spread.most),
        "lower": written(row.spread.lower),
        "upper": written(row.spread.upper),
    }
    return f"{_name(row)}. {places}. {spread}"
