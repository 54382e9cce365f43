"""One indicator over time, for the partnership's own area, what it is compared with, and further places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import altair as alt
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.evidence.charts import layers, scales
from kvarter.evidence.charts.drawing import draw
from kvarter.evidence.charts.heading import heading_text, source_text, when_text
from kvarter.evidence.charts.look import GOAL, LEADING, LINE, QUIET, TEXT, Style, clean, text_width
from kvarter.evidence.charts.plan import Plan, plan_of
from kvarter.evidence.charts.runs import boundary_days, day_of, is_outside, joins, reason, runs, shown
from kvarter.evidence.charts.scales import Target, ValueAxis
from kvarter.evidence.figures import Counted, Figure, Series
from kvarter.evidence.importers.extract import Status

_JOIN = (5, 4)


def series_chart(
    series: Sequence[Series], *, title: str, unit: str, width: int, language: str, target: Target | None = None
) -> str:
    """An SVG of one indicator over time, so many pixels wide: 640 for a wide page, 300 for a phone.

    A line connects figures of one version of an area alone; across versions there is a dashed line where the later
    series says it is joined, else nothing. Raises ValueError where there are no figures, or of several indicators.
    """
    with override(language):
        plan = plan_of(tuple(series), unit, width, language, target)
        return draw(_specification(plan, title), title=title, told=_told(plan), language=language)


def spec(
    series: Sequence[Series], *, title: str, unit: str, width: int, language: str, target: Target | None = None
) -> dict[str, Any]:
    """The Vega-Lite specification that `series_chart` draws. Raises as it does."""
    with override(language):
        return _specification(plan_of(tuple(series), unit, width, language, target), title)


def _specification(plan: Plan, title: str) -> dict[str, Any]:
    return layers.specification(
        alt.layer(*_values(plan)).encode(x=_time(plan), y=_value(plan)),
        *_texts(plan),
        width=plan.plot,
        height=plan.height,
        padding={"left": plan.left, "top": plan.top, "right": plan.gutter, "bottom": plan.bottom},
        title=title,
        language=plan.language,
    )


def _time(plan: Plan) -> alt.X:
    axis = alt.Axis(
        values=[{"year": year, "month": 1, "date": 1, "utc": True} for year in plan.time.years(plan.plot)],
        format="%Y", title=None, grid=False, labelOverlap=False, labelFlush=False,
        labelFontSize=TEXT, labelColor=QUIET, labelPadding=4,
        domainColor=QUIET, tickColor=QUIET, tickSize=5,
    )  # fmt: skip
    ends = [round((at - date(1970, 1, 1).toordinal()) * 86_400_000) for at in (plan.time.start, plan.time.end)]
    return alt.X("date:T", axis=axis, scale=alt.Scale(type="utc", domain=ends, nice=False))


def _value(plan: Plan) -> alt.Y:
    axis = alt.Axis(
        values=list(plan.axis.ticks), format=plan.axis.format, title=None, labelOverlap=False, labelFlush=False,
        labelFontSize=TEXT,
        labelColor=QUIET, labelPadding=8, ticks=False, domain=False, gridColor=LINE, labelLimit=0,
    )  # fmt: skip
    ends = [plan.axis.low, plan.axis.high]
    return alt.Y("value:Q", axis=axis, scale=alt.Scale(domain=ends, range=[plan.depth, 0], nice=False, zero=False))


def _values(plan: Plan) -> Iterator[alt.Chart]:
    """What stands by its value: lines first, then intervals, then points."""
    yield layers.data([]).mark_rule().properties(name="frame")  # there are axes even where every figure is hidden
    if plan.target:
        rule = layers.data([{"value": plan.target.value}]).mark_rule(stroke=GOAL, strokeWidth=1.5, strokeDash=[10, 4])
        yield rule.encode(x=alt.value(0), x2=alt.value(plan.plot)).properties(name="target")
    for number, before, after in joins(plan.series):
        rows = [_row(before), _row(after)]
        style = replace(plan.styles[number], dash=_JOIN, stroke=1.5)
        yield layers.stroke(layers.data(rows), style).properties(name=f"joined{number}")
    for i, one in reversed(list(enumerate(plan.series))):
        yield from _one(i, one, plan.styles[i], plan.shifts[i])


def _one(i: int, one: Series, style: Style, shift: float) -> Iterator[alt.Chart]:
    """One series: its lines, its intervals, its points."""
    aside: layers.Row = {"xOffset": shift} if shift else {}
    connected = [{**_row(f), "run": n} for n, run in enumerate(runs(one)) if len(run) > 1 for f in run]
    if connected:
        yield layers.stroke(layers.data(connected), style, **aside).encode(detail="run:N").properties(name=f"line{i}")
    sampled = [_row(figure) for figure in shown(one) if figure.counted is Counted.SAMPLE]
    if sampled:
        thin = {"stroke": style.colour, "strokeWidth": 1.25, **aside}
        rule = layers.data(sampled).mark_rule(**thin)
        yield rule.encode(y=alt.Y("low:Q"), y2="high:Q").properties(name=f"interval{i}")
        for end in ("low", "high"):
            cap = layers.data(sampled).mark_tick(
                orient="horizontal", size=9, thickness=1.25, color=style.colour, **aside
            )
            yield cap.encode(y=alt.Y(f"{end}:Q")).properties(name=f"{end}{i}")
    if shown(one):
        rows = [_row(figure) for figure in shown(one)]
        yield layers.symbols(layers.data(rows), style, **aside).properties(name=f"points{i}")


def _row(figure: Figure) -> layers.Row:
    """A figure as a row of data."""
    row: layers.Row = {"date": str(day_of(figure)), "value": figure.value, "place": clean(figure.place.name)}
    if figure.counted is Counted.SAMPLE:
        row |= {"low": figure.low, "high": figure.high, "n": figure.n}
    return row


def _texts(plan: Plan) -> Iterator[alt.Chart]:
    """What stands where there is room for it."""
    head = {"x": -plan.left + 1, "y": -plan.top + LEADING / 2 + 1, "lines": plan.heading}
    yield layers.texts("unit", [head])
    if plan.time.is_one:
        yield layers.texts("when", [when_text(plan.figures, (plan.plot, plan.height))], align="center")
    yield from _cuts(plan)
    for number, (x, y, i, text) in enumerate(plan.gaps):
        small = replace(plan.styles[i], size=40)
        yield from layers.sample(f"gapmark{number}", small, x + 4, y, line=False)
        yield layers.texts(f"gap{number}", [{"x": x + 13, "y": y, "lines": [text]}])
    yield from layers.placed([*([plan.goal] if plan.goal else []), *(plan.labels or [])])
    for number, (x, y, index, text) in enumerate(plan.legend):
        yield from _key(plan, number, x, y, index)
        colour, bold = (GOAL, False) if index is None else (plan.styles[index].colour, plan.styles[index].bold)
        yield layers.texts(f"name{number}", [{"x": x + 22, "y": y, "lines": [text]}], colour=colour, bold=bold)


def _key(plan: Plan, number: int, x: float, y: float, index: int | None) -> list[alt.Chart]:
    """A series' mark in the legend, or the target's line."""
    if index is None:
        return [layers.segment("goalkey", (x - 15, y, x + 15, y), stroke=GOAL, strokeWidth=1.5, strokeDash=[10, 4])]
    return layers.sample(f"key{number}", plan.styles[index], x, y, line=not is_outside(plan.series[index]))


def _cuts(plan: Plan) -> Iterator[alt.Chart]:
    """A dotted line for each day that no line may cross, and what happened, once where the same stand close."""
    end = -float("inf")
    marks: list[layers.Row] = []
    for number, (day, text) in enumerate(plan.cuts):
        x, half = plan.day(day), text_width(text) / 2
        look = {"stroke": QUIET, "strokeWidth": 1.5, "strokeDash": [1.5, 3]}
        yield layers.segment(f"boundary{number}", (x, -6, x, plan.height), **look)
        middle = max(half - plan.left, min(x, plan.plot + plan.gutter - half))
        if middle - half > end:
            marks.append({"x": middle, "y": -6 - LEADING / 2, "lines": [text]})
        elif text not in marks[-1]["lines"][0]:
            marks[-1]["lines"] = [f"{marks[-1]['lines'][0]}, {text}"]
        end = marks[-1]["x"] + text_width(marks[-1]["lines"][0]) / 2 + 8
    if marks:
        yield layers.texts("boundaryname", marks, align="center")


def _told(plan: Plan) -> str:
    """What the chart shows, in words: each series' first and last figure, the axis, and what changed."""
    head = heading_text(plan.unit, plan.axis, plan.figures, plan.language)
    parts = [told_of_series(plan.series, head, plan.axis, plan.language)]
    if plan.target:
        parts.append(f"{clean(plan.target.label)} ({plan.written(plan.target.value)}).")
    for day in boundary_days(plan.series):
        parts.append(_("Grænsen ændret %(day)s.") % {"day": date_format(day, "DATE_FORMAT")})
    parts += dict.fromkeys(
        _("Brud %(when)s: %(why)s") % {"when": _day(figure), "why": clean(figure.broken)}
        for figure in plan.figures
        if figure.broken
    )
    return " ".join(parts)


def told_of_series(series: Sequence[Series], head: str, axis: ValueAxis, language: str) -> str:
    """What is measured, each series' first and last figure, and the axis, in words."""
    parts = [f"{head}."]
    for one in series:
        ends = shown(one)[:1] + shown(one)[1:][-1:]
        told = ", ".join(f"{_written(figure, language)} ({_day(figure)})" for figure in ends)
        parts.append(f"{clean(one.place.name)}: {told or _nothing(one)}.")
    labels = axis.labels(language)
    parts.append(_("Aksen går fra %(low)s til %(high)s.") % {"low": labels[0], "high": labels[-1]})
    parts.append(source_text(figure for one in series for figure in one.figures))
    return " ".join(parts)


def _written(figure: Figure, language: str) -> str:
    return "" if figure.value is None else scales.number(figure.value, figure.measure, language)


def _nothing(series: Series) -> str:
    """Why a series has no figures to show."""
    return reason(series.figures[-1].status if series.figures else Status.MISSING)


def _day(figure: Figure) -> str:
    """The period of a figure in words."""
    return " – ".join(
        date_format(day, "DATE_FORMAT") for day in dict.fromkeys((figure.period.first, figure.period.last))
    )
