"""The report's charts, drawn once for what they show: SVG for page and PDF, a picture of points for .docx."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import vl_convert
from django.contrib.staticfiles import finders
from lxml import etree

from kvarter.evidence.charts import Target, dot_chart
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import unit_text, value_text
from kvarter.evidence.views.charts import chart_of, kept, small_chart_of
from kvarter.web.report.content import Picture

WIDE = 640  # on paper
_PIXELS_PER_INCH = 72.0
_SHARPER = 3.0


def drawn(picture: Picture, width: int, language: str) -> str:
    """The chart as SVG, as the site's pages have it; of the places at the one time there is, where there is but one.

    A small one has its own width.
    """
    told = picture.told
    if picture.headline:
        return small_chart_of(told, picture.headline, language)
    if len({figure.period for figure in told.figures}) > 1:
        return chart_of(told, width, language)
    return kept(("dots", told.series, told.name, told.aim, width, language), lambda: _dots(told, width, language))


def _dots(told: Told, width: int, language: str) -> str:
    aim, unit = told.aim, unit_text(told.measure)
    target = Target(aim.target, value_text(aim.target, told.measure)) if aim and aim.target is not None else None
    rows = [figure for one in told.series for figure in one.figures]
    return dot_chart(rows, title=told.name, unit=unit, width=width, language=language, target=target)


def title_of(svg: str) -> str:
    """What a chart is called, as it is drawn into it."""
    return _said(svg, "title")


def told_by(svg: str) -> str:
    """What a chart shows, in the words drawn into it for who cannot see it."""
    return _said(svg, "desc")


def _said(svg: str, tag: str) -> str:
    return str(etree.fromstring(svg.encode()).findtext(f"{{http://www.w3.org/2000/svg}}{tag}") or "")


def as_png(svg: str) -> bytes:
    """The chart as PNG, three times as sharp as its size."""
    fonts()
    return vl_convert.svg_to_png(svg, scale=_SHARPER, ppi=_PIXELS_PER_INCH)


@lru_cache(maxsize=1)
def fonts() -> str:
    """The folder of the fonts that charts are written with; "" where the front-end packages are not installed."""
    regular = finders.find("dkfds/fonts/IBMPlexSans/complete/ttf/IBMPlexSans-Regular.ttf")
    if not isinstance(regular, str):
        return ""
    folder = str(Path(regular).parent)
    vl_convert.register_font_directory(folder)
    return folder
