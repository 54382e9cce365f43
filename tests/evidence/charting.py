"""Series to draw, and how to look at what was drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from lxml import etree

from kvarter.evidence.charts import series_chart, spec
from kvarter.evidence.figures import Counted, Figure, Measure, Place, Series, SourceFacts
from kvarter.evidence.importers.extract import Period, Status

OLD = Place("hg-1", "hg", "Høje Gladsaxe", None, date(2008, 1, 1), is_area=True)
NEW = Place("hg-2", "hg", "Høje Gladsaxe", date(2008, 1, 1), None, is_area=True)
TOWN = Place("gk", "gk", "Gladsaxe Kommune", None, None, is_reference=True)
MOSS = Place("gr", "gr", "Grønnemose", date(2015, 1, 1), None)
SVG = "{http://www.w3.org/2000/svg}"


def figure(
    place: Place, day: date, value: float | None, counted: Counted = Counted.FULL, status: Status = Status.NORMAL
) -> Figure:
    """A share; a sample's has an interval of four points to each side."""
    sampled = counted is Counted.SAMPLE and value is not None
    return Figure(
        indicator="turnout",
        measure=Measure.SHARE,
        place=place,
        period=Period(day, day),
        status=status,
        value=value,
        counted=counted,
        source=SourceFacts("k", "p", "t", "m", "l", "a", counted),
        label="",
        published=None,
        publication=1,
        digest="",
        denominator=1000 if counted is Counted.FULL else None,
        n=300 if sampled else None,
        low=value - 0.04 if sampled and value is not None else None,
        high=value + 0.04 if sampled and value is not None else None,
    )


def hidden(place: Place, day: date, status: Status = Status.SUPPRESSED) -> Figure:
    return figure(place, day, None, status=status)


TURNOUT = (
    Series(OLD, (figure(OLD, date(2005, 2, 8), 2228 / 2695), figure(OLD, date(2007, 11, 13), 2153 / 2635))),
    Series(TOWN, (figure(TOWN, date(2005, 2, 8), 0.853), figure(TOWN, date(2007, 11, 13), 0.874))),
    Series(MOSS, (figure(MOSS, date(2015, 6, 18), 5395 / 6360),)),
)
LATER = Series(NEW, (figure(NEW, date(2011, 9, 15), 0.802), figure(NEW, date(2015, 6, 18), 0.795)))


def drawn(series: tuple[Series, ...] = TURNOUT, **changed: Any) -> etree._Element:
    """The chart as XML; it must be valid."""
    return etree.fromstring(series_chart(series, **call(**changed)))


def specified(series: tuple[Series, ...] = TURNOUT, **changed: Any) -> dict[str, dict[str, Any]]:
    """The specification's layers by their names."""
    return layers_of(spec(series, **call(**changed)))


def layers_of(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A specification's layers by their names."""
    return {re.sub(r"_\d+$", "", one["name"]): one for one in _layers(found)}


def call(**changed: Any) -> dict[str, Any]:
    return {"title": "Valgdeltagelse", "unit": "Andel af vælgerne", "width": 640, "language": "da"} | changed


def _layers(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in found.get("layer", []):
        if "layer" in one:
            yield from _layers(one)
        else:
            yield one


def group(root: etree._Element, name: str) -> list[etree._Element]:
    """What is drawn under a name; nothing where there is no such group."""
    return [
        child
        for one in root.iter(f"{SVG}g")
        if one.get("class") == f"kv-{name}"
        for child in one.iter()
        if child is not one
    ]


def lines_of(root: etree._Element, name: str) -> list[str]:
    """The paths of lines of a series; Vega puts each in a group of its own."""
    return [path.get("d", "") for path in group(root, name) if path.tag == f"{SVG}path"]


def texts(root: etree._Element) -> list[str]:
    """Every line of text that is drawn."""
    every = (one for one in root.iter(f"{SVG}text", f"{SVG}tspan"))
    return [one.text for one in every if one.text]


def days(layer: dict[str, Any]) -> list[str]:
    return [row["date"] for row in layer["data"]["values"]]


def sample(place: Place, *values: float) -> Series:
    years = (2022, 2025, 2028)
    return Series(
        place, tuple(figure(place, date(y, 5, 1), v, Counted.SAMPLE) for y, v in zip(years, values, strict=True))
    )


def crowd(count: int) -> tuple[Series, ...]:
    """So many places with the same figures: their names cannot all stand beside the last point."""
    areas = [Place(f"p{i}", f"p{i}", f"Boligafdeling nummer {i}", None, None) for i in range(count)]
    return tuple(
        Series(area, (figure(area, date(2015, 1, 1), 0.5), figure(area, date(2019, 1, 1), 0.5))) for area in areas
    )
