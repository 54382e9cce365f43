"""Boundaries drawn as SVG on the server: paths in one frame, north up, with a name in each and a line to measure by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

from shapely import box
from shapely.geometry import GeometryCollection, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel, unary_union

SIZE = 320
SMALL = 60  # an outline lower than this has its name above it, so that the name does not hide it
KILOMETRES_A_DEGREE = 111.2  # of latitude
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Outline:
    """Something to draw: a boundary, the name that stands in it, and the look it has (a class in the stylesheet)."""

    geometry: dict[str, Any]
    name: str = ""
    look: str = ""


@dataclass(frozen=True)
class Path:
    """An outline as SVG."""

    d: str
    look: str


@dataclass(frozen=True)
class Label:
    """A name, and where it stands."""

    name: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """Everything one SVG holds. A line of `bar` units is `bar_metres` long on the ground."""

    width: int
    height: int
    paths: tuple[Path, ...]
    labels: tuple[Label, ...]
    bar: float
    bar_metres: int

    @property
    def bar_text(self) -> str:
        """The length of the line."""
        return f"{self.bar_metres // 1000} km" if self.bar_metres >= 1000 else f"{self.bar_metres} m"


def bounds_of(geometries: Iterable[dict[str, Any]], margin: float = 0.0) -> Bounds:
    """West, south, east and north of all of them, with a margin as a share of the longer side."""
    west, south, east, north = GeometryCollection([shape(geometry) for geometry in geometries]).bounds
    squeeze = _squeeze(south, north)
    more = margin * max((east - west) * squeeze, north - south)
    return west - more / squeeze, south - more, east + more / squeeze, north + more


def draw(outlines: Sequence[Outline], frame: Bounds | None = None) -> Drawing:
    """The outlines within a frame (around all of them unless one is given), the largest at the bottom."""
    return _draw(json.dumps([(outline.geometry, outline.name, outline.look) for outline in outlines]), frame)


@lru_cache(maxsize=64)
def _draw(told: str, frame: Bounds | None) -> Drawing:
    """Once for the same outlines, which are all that a drawing hangs on."""
    outlines = [Outline(*one) for one in json.loads(told)]
    west, south, east, north = frame or bounds_of((outline.geometry for outline in outlines), 0.02)
    squeeze = _squeeze(south, north)
    scale = SIZE / max((east - west) * squeeze, north - south)
    width, height = (east - west) * squeeze * scale, (north - south) * scale

    def place(x: float, y: float) -> tuple[float, float]:
        return (x - west) * squeeze * scale, (north - y) * scale

    pairs = [(shape(outline.geometry), outline) for outline in outlines]
    pairs.sort(key=lambda pair: pair[0].area, reverse=True)
    paths, labels = [], []
    for number, (drawn, outline) in enumerate(pairs):
        paths.append(Path(_path(drawn.simplify(0.25 / scale), place), outline.look))
        shown = drawn.intersection(box(west, south, east, north))
        free = shown.difference(unary_union([other for other, _outline in pairs[number + 1 :]]))
        if outline.name and (point := widest_point(free) or widest_point(shown)):
            if (drawn.bounds[3] - drawn.bounds[1]) * scale < SMALL:
                point = (drawn.bounds[0] + drawn.bounds[2]) / 2, drawn.bounds[3] + 4 / scale
            x, y = place(*point)
            labels.append(Label(outline.name, round(x, 1), round(y, 1), _anchor(x / width)))
    return Drawing(round(width), round(height), tuple(paths), tuple(labels), *_bar(width, scale))


def widest_point(drawn: BaseGeometry) -> tuple[float, float] | None:
    """The point furthest from the border of the largest part, where a name fits best; nothing if it has no surface."""
    parts = [part for part in getattr(drawn, "geoms", [drawn]) if isinstance(part, Polygon) and part.area]
    if not parts:
        return None
    largest = max(parts, key=lambda part: part.area)
    west, south, east, north = largest.bounds
    point = polylabel(largest, tolerance=max(east - west, north - south) / 50)
    return point.x, point.y


def _squeeze(south: float, north: float) -> float:
    """How long a degree of longitude is beside one of latitude."""
    return cos(radians((south + north) / 2))


def _path(drawn: BaseGeometry, place: Callable[[float, float], tuple[float, float]]) -> str:
    rings = [ring for part in getattr(drawn, "geoms", [drawn]) for ring in (part.exterior, *part.interiors)]
    lines = ["L".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y, *_z in ring.coords) for ring in rings]
    return "".join(f"M{line}Z" for line in lines)


def _anchor(share: float) -> str:
    """Which end of a name stands at its point, so that it stays within the frame."""
    return "start" if share < 0.25 else "end" if share > 0.75 else "middle"


def _bar(width: float, scale: float) -> tuple[float, int]:
    """A round length in metres of at most a third of the width, and how long it is drawn."""
    metre = scale / (KILOMETRES_A_DEGREE * 1000)
    lengths = (step * 10**power for power in range(6, -1, -1) for step in (5, 2, 1))
    metres = next((length for length in lengths if length * metre <= width / 3), 1)
    return round(metres * metre, 1), metres
