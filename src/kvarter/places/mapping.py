"""Which boundaries a map shows: of an area, what it is compared with, and what it lies in, each with its days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from kvarter.places.drawing import widest_point
from kvarter.places.models import Area, AreaVersion
from kvarter.places.surface import surface


@dataclass(frozen=True)
class Boundary:
    """Where an area's border ran from one day until (not with) another. `derived`: worked out from two others."""

    area: Area
    valid_from: date
    valid_until: date | None
    geometry: dict[str, Any]
    source: str
    derived: bool = False

    @property
    def last_day(self) -> date | None:
        """The last day it ran so; nothing while it does."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None

    def holds_on(self, day: date) -> bool:
        """Whether the border ran so on a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    @cached_property
    def surface(self) -> float:
        """Square kilometres."""
        return surface(self.geometry)


@dataclass(frozen=True)
class Row:
    """An area on a day: what it was then, and its border if one is drawn."""

    area: Area
    version: AreaVersion | None
    boundary: Boundary | None
    is_own: bool


@dataclass(frozen=True)
class AreaMap:
    """Everything a map of an area shows on a day. `areas`: the area itself first, each with its versions."""

    areas: Sequence[Area]
    day: date

    @cached_property
    def boundaries(self) -> list[Boundary]:
        """Every boundary known of the areas, of all days."""
        return [boundary for area in self.areas for boundary in _boundaries(area, self.areas)]

    @cached_property
    def rows(self) -> list[Row]:
        """Each area as it was on the day."""
        return [
            Row(
                area,
                next((version for version in area.versions.all() if version.holds_on(self.day)), None),
                next((one for one in self.boundaries if one.area == area and one.holds_on(self.day)), None),
                self.is_own(area),
            )
            for area in self.areas
        ]

    @cached_property
    def own(self) -> list[Boundary]:
        """The boundaries the area itself has had, in time."""
        return [boundary for boundary in self.boundaries if self.is_own(boundary.area)]

    def is_own(self, area: Area) -> bool:
        """Whether it is the area the map is of."""
        return area == self.areas[0]

    def geojson(self, boundaries: Iterable[Boundary]) -> dict[str, Any]:
        """Boundaries as a FeatureCollection (RFC 7946), with what the page tells of each."""
        features = [
            {
                "type": "Feature",
                "id": f"{one.area.slug}@{one.valid_from}",
                "properties": {
                    "area": one.area.slug,
                    "name": str(one.area),
                    "valid_from": one.valid_from.isoformat(),
                    "valid_until": one.valid_until.isoformat() if one.valid_until else None,
                    "square_kilometres": round(one.surface, 3),
                    "source": one.source,
                    "derived": one.derived,
                    "synthetic": one.area.is_demonstration,
                    "own": self.is_own(one.area),
                    "label": [round(degrees, 5) for degrees in widest_point(shape(one.geometry)) or ()],
                },
                "geometry": one.geometry,
            }
            for one in boundaries
        ]
        return {"type": "FeatureCollection", "features": features}


def _boundaries(area: Area, areas: Sequence[Area]) -> list[Boundary]:
    drawn = [
        Boundary(area, version.valid_from, version.valid_until, version.geometry, version.drawn_by)
        for version in area.versions.all()
        if version.geometry
    ]
    return drawn or (_left_over(area, areas) if area.without_id else [])


def _left_over(area: Area, areas: Sequence[Area]) -> list[Boundary]:
    """The boundaries of "the rest of" an area: one for each time in which the whole and what is left out both held."""
    whole, without = (
        [one for other in areas if other.pk == pk for one in _boundaries(other, ())]
        for pk in (area.part_of_id, area.without_id)
    )
    found = []
    for version in area.versions.all():
        for one in whole:
            for other in without:
                start = max(version.valid_from, one.valid_from, other.valid_from)
                ends = [end for end in (version.valid_until, one.valid_until, other.valid_until) if end]
                rest = shape(one.geometry).difference(shape(other.geometry))
                if (not ends or start < min(ends)) and not rest.is_empty:
                    source = _("Regnet ud: %(whole)s uden %(part)s") % {"whole": one.area, "part": other.area}
                    geometry = mapping(rest)
                    found.append(Boundary(area, start, min(ends) if ends else None, geometry, source, derived=True))
    return found
