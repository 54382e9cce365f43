"""The layers all charts are made of, and the whole they make.

Marks stand by their values on the axes; texts stand where they were placed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from kvarter.evidence.charts.look import FONT, LEADING, PAPER, QUIET, TEXT, Style, clean
from kvarter.evidence.charts.placing import Box, Placed
from kvarter.evidence.charts.scales import locale

Row = dict[str, Any]
_X, _Y = alt.expr("datum.x"), alt.expr("datum.y")


def data(rows: Sequence[Row]) -> alt.Chart:
    """A chart of rows that stand in the specification itself. Every layer must encode something."""
    found: alt.Chart = alt.Chart({"values": list(rows)}).encode(opacity=alt.value(1))
    return found


def symbols(chart: alt.Chart, style: Style, **where: Any) -> alt.Chart:
    """A place's marks."""
    found: alt.Chart = chart.mark_point(
        shape=style.shape,
        size=style.size,
        fill=PAPER if style.hollow else style.colour,
        stroke=style.colour,
        strokeWidth=1.75,
        **where,
    )
    return found


def stroke(chart: alt.Chart, style: Style, **where: Any) -> alt.Chart:
    """A place's line."""
    dash: Row = {"strokeDash": list(style.dash)} if style.dash else {}
    found: alt.Chart = chart.mark_line(stroke=style.colour, strokeWidth=style.stroke, strokeCap="butt", **dash, **where)
    return found


def texts(name: str, rows: Sequence[Row], *, align: str = "left", colour: str = QUIET, bold: bool = False) -> alt.Chart:
    """Texts in pixels: each row has x, y (the middle of the first line) and lines."""
    look: Row = {"align": align, "color": colour, "fontSize": TEXT, "lineHeight": LEADING}
    if bold:
        look["fontWeight"] = 600
    mark = data(rows).mark_text(x=_X, y=_Y, baseline="middle", **look)
    found: alt.Chart = mark.encode(text=alt.Text("lines:N")).properties(name=name)
    return found


def segment(name: str, ends: tuple[float, float, float, float], **look: Any) -> alt.Chart:
    """A straight line in pixels, from x and y to x and y."""
    found: alt.Chart = data([{}]).mark_rule(**look).encode(**_between(ends)).properties(name=name)
    return found


def paper(name: str, box: Box) -> alt.Chart:
    """White under a text, so that no line of the grid runs through it."""
    ends = (box.left - 2, box.top, box.right + 2, box.bottom)
    found: alt.Chart = data([{}]).mark_rect(fill=PAPER).encode(**_between(ends)).properties(name=name)
    return found


def _between(ends: tuple[float, float, float, float]) -> Row:
    return dict(zip(("x", "y", "x2", "y2"), map(alt.value, ends), strict=True))


def sample(name: str, style: Style, x: float, y: float, *, line: bool) -> list[alt.Chart]:
    """A place's mark in a legend, on a bit of its line."""
    found = []
    if line:
        dash: Row = {"strokeDash": list(style.dash)} if style.dash else {}
        found.append(
            segment(f"line{name}", (x - 15, y, x + 15, y), stroke=style.colour, strokeWidth=style.stroke, **dash)
        )
    found.append(symbols(data([{"x": x, "y": y}]), style, x=_X, y=_Y).properties(name=name))
    return found


def placed(labels: Sequence[Placed]) -> list[alt.Chart]:
    """Labels where they were placed, with the thin lines some need."""
    found = []
    for number, one in enumerate(labels):
        found.append(paper(f"paper{number}", one.box))
        if one.leader:
            found.append(segment(f"leader{number}", one.leader, stroke=one.label.colour, strokeWidth=1))
        row = {"x": one.box.left, "y": one.box.top + LEADING / 2, "lines": list(one.label.lines)}
        found.append(texts(f"label{number}", [row], colour=one.label.colour, bold=one.label.bold))
    return found


def specification(
    *layered: alt.Chart | alt.LayerChart, width: float, height: float, padding: Row | int, title: str, language: str
) -> Row:
    """The layers as Vega-Lite, in a plot of this size with room around it (pixels).

    Altair looks that it keeps to the schema.
    """
    numbers = alt.Locale(number=alt.NumberLocale(**locale(language)))
    chart = (
        alt.layer(*layered)
        .properties(
            width=width,
            height=height,
            autosize=alt.AutoSizeParams(type="none"),
            padding=padding,
            description=clean(title),
            background=PAPER,
        )
        .configure(font=FONT, aria=False, locale=numbers)
        .configure_view(stroke=None)
    )
    with alt.data_transformers.enable(consolidate_datasets=False):
        found: Row = chart.to_dict()
    return found
