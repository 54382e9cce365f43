"""One of several small charts of the same size: an indicator over time, an area's points and what they are beside.

Points stand with their intervals where some were asked, and alone where all are counted. The reference is hollow. A
line connects figures of one version of an area alone. Names stand on the page, once for all the charts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import altair as alt
from django.utils.translation import override

from kvarter.evidence.charts import layers
from kvarter.evidence.charts.drawing import draw
from kvarter.evidence.charts.heading import heading_text, when_text
from kvarter.evidence.charts.look import LEADING, LINE, OWN, QUIET, REFERENCE, TEXT, Style, outside
from kvarter.evidence.charts.runs import day_of, is_outside, measure_of, reason, runs, shown, values_of
from kvarter.evidence.charts.scales import TimeAxis, ValueAxis, number, time_axis, value_axis
from kvarter.evidence.charts.series import told_of_series
from kvarter.evidence.figures import Counted, Figure, Series
from kvarter.evidence.importers.extract import Status

WIDTH, HEIGHT = 300, 170
BLUE = "#1d4f91"  # of an area's figures where nobody has agreed which way is better
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 50, 24, 22


def small_chart(series: Sequence[Series], *, title: str, unit: str, language: str, agreed: bool) -> str:
    """An SVG of WIDTH by HEIGHT. The first place given is the area, all others its reference. agreed: whether a
    direction is. Raises ValueError where there are no figures, or of several indicators.
    """
    with override(language):
        plan = _Plan(tuple(series), unit, language, agreed)
        told = told_of_series(plan.series, heading_text(unit, plan.axis, plan.figures, language), plan.axis, language)
        return draw(_specification(plan, title), title=title, told=told, language=language)


def small_spec(series: Sequence[Series], *, title: str, unit: str, language: str, agreed: bool) -> dict[str, Any]:
    """The Vega-Lite specification that `small_chart` draws. Raises as it does."""
    with override(language):
        return _specification(_Plan(tuple(series), unit, language, agreed), title)


@dataclass(frozen=True)
class _Plan:
    series: tuple[Series, ...]
    unit: str
    language: str
    agreed: bool

    def __post_init__(self) -> None:
        """Raise ValueError where there is nothing to draw, or figures that do not belong together."""
        measure_of(self.figures)

    @cached_property
    def figures(self) -> list[Figure]:
        return [figure for one in self.series for figure in one.figures]

    @cached_property
    def axis(self) -> ValueAxis:
        return value_axis(values_of(self.figures), measure_of(self.figures), most=3)

    @cached_property
    def time(self) -> TimeAxis:
        return time_axis([day_of(figure) for figure in self.figures])

    def is_own(self, one: Series) -> bool:
        """Whether a series is of the area, in this or another version."""
        return one.place.area == self.series[0].place.area

    def style(self, one: Series) -> Style:
        own = OWN if self.agreed else replace(OWN, colour=BLUE)
        style = own if self.is_own(one) else replace(REFERENCE, hollow=True)
        if not is_outside(one):
            return style
        return replace(outside(OWN if self.is_own(one) else REFERENCE), colour=style.colour, size=100)

    def shift(self, one: Series) -> float:
        """How far a sample's marks are moved aside, so that two intervals of a day do not hide each other."""
        sampled = any(figure.low is not None for figure in one.figures) and len(self.series) > 1
        return (-4.0 if self.is_own(one) else 4.0) if sampled else 0.0

    @property
    def plot(self) -> tuple[float, float]:
        """The plot's width and height."""
        return WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM

    def x(self, figure: Figure) -> float:
        return self.time.part(day_of(figure)) * self.plot[0]

    def y(self, value: float) -> float:
        return (1 - self.axis.part(value)) * self.plot[1]


def _specification(plan: _Plan, title: str) -> dict[str, Any]:
    width, height = plan.plot
    years = plan.time.years(width)
    ends = [round((at - date(1970, 1, 1).toordinal()) * 86_400_000) for at in (plan.time.start, plan.time.end)]
    look: dict[str, Any] = {"title": None, "labelFontSize": TEXT, "labelColor": QUIET, "labelOverlap": False}
    across = alt.Axis(
        values=[{"year": year, "month": 1, "date": 1, "utc": True} for year in years],
        format="%Y", grid=False, domainColor=QUIET, tickColor=QUIET, tickSize=4, labelPadding=3, **look,
    )  # fmt: skip
    up = alt.Axis(
        values=list(plan.axis.ticks), format=plan.axis.format, ticks=False, domain=False, gridColor=LINE,
        labelPadding=6, labelLimit=0, **look,
    )  # fmt: skip
    scale = alt.Scale(domain=[plan.axis.low, plan.axis.high], range=[height, 0], nice=False, zero=False)
    values = alt.layer(*_values(plan)).encode(
        x=alt.X("date:T", axis=across, scale=alt.Scale(type="utc", domain=ends, nice=False)),
        y=alt.Y("value:Q", axis=up, scale=scale),
    )
    return layers.specification(
        values,
        *_texts(plan),
        width=width,
        height=height,
        padding={"left": _LEFT, "top": _TOP, "right": _RIGHT, "bottom": _BOTTOM},
        title=title,
        language=plan.language,
    )


def _values(plan: _Plan) -> Iterator[alt.Chart]:
    """Lines, intervals and points; the area's own last, over the others."""
    yield layers.data([]).mark_rule().properties(name="frame")  # there are axes even where every figure is hidden
    for i, one in reversed(list(enumerate(plan.series))):
        style = plan.style(one)
        aside: layers.Row = {"xOffset": plan.shift(one)} if plan.shift(one) else {}
        line = replace(style, stroke=2 if plan.is_own(one) else 1, dash=style.dash)
        joined = [{**_row(f), "run": n} for n, run in enumerate(runs(one)) if len(run) > 1 for f in run]
        if joined:
            yield layers.stroke(layers.data(joined), line, **aside).encode(detail="run:N").properties(name=f"line{i}")
        sampled = [_row(figure) for figure in shown(one) if figure.counted is Counted.SAMPLE]
        if sampled:
            rule = layers.data(sampled).mark_rule(stroke=style.colour, strokeWidth=1.5, **aside)
            yield rule.encode(y=alt.Y("low:Q"), y2="high:Q").properties(name=f"interval{i}")
        if shown(one):
            points = layers.data([_row(figure) for figure in shown(one)])
            small = replace(style, size=min(style.size, 64))
            yield layers.symbols(points, small, **aside).properties(name=f"points{i}")


def _row(figure: Figure) -> layers.Row:
    row: layers.Row = {"date": str(day_of(figure)), "value": figure.value}
    return row | {"low": figure.low, "high": figure.high} if figure.counted is Counted.SAMPLE else row


def _texts(plan: _Plan) -> Iterator[alt.Chart]:
    """What is measured, the area's newest value beside its point, and why there is none where there is none."""
    head = heading_text(plan.unit, plan.axis, plan.figures, plan.language)
    yield layers.texts("unit", [{"x": 1 - _LEFT, "y": LEADING / 2 + 1 - _TOP, "lines": [head]}])
    if plan.time.is_one:
        yield layers.texts("when", [when_text(plan.figures, plan.plot)], align="center")
    own = [figure for one in plan.series if plan.is_own(one) for figure in shown(one)]
    if own:
        last = max(own, key=day_of)
        assert last.value is not None
        text = number(last.value, last.measure, plan.language)
        row = {"x": min(plan.x(last) + 8, plan.plot[0] + 4), "y": plan.y(last.value), "lines": [text]}
        yield layers.texts("last", [row], colour=plan.style(plan.series[0]).colour, bold=True)
    else:
        status = plan.series[0].figures[-1].status if plan.series[0].figures else Status.MISSING
        yield layers.texts("gap", [{"x": 4, "y": plan.plot[1] - LEADING, "lines": [reason(status)]}])
