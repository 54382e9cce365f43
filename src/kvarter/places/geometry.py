"""Reading a boundary from GeoJSON (RFC 7946): checked ring by ring, with an error that names the place."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry import shape
from shapely.validation import explain_validity

from kvarter.journal.actions import ActionError

LARGEST = 5 * 1024 * 1024


class BadGeometry(ActionError):
    """The file is not a boundary that can be stored."""


def read_boundary(data: bytes) -> dict[str, Any]:
    """The one Polygon or MultiPolygon in a GeoJSON file, valid and in longitude and latitude.

    Raises BadGeometry saying which feature and ring is wrong, and how to mend it.
    """
    if len(data) > LARGEST:
        raise BadGeometry(_("Filen er større end 5 MB. Gem grænsen med færre punkter."))
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadGeometry(_("Filen er ikke GeoJSON: %(why)s") % {"why": error}) from error
    return check_boundary(found)


def check_boundary(found: Any) -> dict[str, Any]:
    """The bare geometry of parsed GeoJSON, if it can be a boundary. Raises BadGeometry."""
    geometry = _only_geometry(found)
    _check_rings(geometry)
    _check_shape(geometry)
    return geometry


def _only_geometry(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise BadGeometry(_("Filen er ikke GeoJSON: der skal stå et objekt med “type”."))
    if found.get("type") == "FeatureCollection":
        features = found.get("features")
        if not isinstance(features, list) or len(features) != 1:
            count = len(features) if isinstance(features, list) else 0
            raise BadGeometry(_("Filen har %(n)s områder. Gem netop ét i en fil for sig.") % {"n": count})
        found = features[0]
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    if not isinstance(found, dict) or found.get("type") not in {"Polygon", "MultiPolygon"}:
        raise BadGeometry(_("En grænse skal være en Polygon eller MultiPolygon."))
    return {"type": found["type"], "coordinates": found.get("coordinates")}


def _check_rings(geometry: dict[str, Any]) -> None:
    several = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if several else [geometry["coordinates"]]
    if not isinstance(polygons, list) or not polygons:
        raise BadGeometry(_("Området har ingen punkter."))
    for p, polygon in enumerate(polygons, 1):
        if not isinstance(polygon, list) or not polygon:
            raise BadGeometry(_("Polygon %(p)s har ingen ring.") % {"p": p})
        for r, ring in enumerate(polygon, 1):
            _check_ring(ring, {"p": p, "r": r})


def _check_ring(ring: Any, where: dict[str, int]) -> None:
    if not isinstance(ring, list) or len(ring) < 4:
        raise BadGeometry(_("Polygon %(p)s, ring %(r)s har færre end fire punkter. Tegn den om.") % where)
    for point in ring:
        _check_point(point, where)
    if ring[0] != ring[-1]:
        raise BadGeometry(_("Polygon %(p)s, ring %(r)s er ikke lukket: sidste punkt skal være lig det første.") % where)


def _check_point(point: Any, where: dict[str, int]) -> None:
    numbers = isinstance(point, list) and len(point) >= 2 and all(_is_number(n) for n in point)
    if not numbers or not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        raise BadGeometry(
            _(
                "Polygon %(p)s, ring %(r)s: %(point)s er ikke længde- og breddegrad. "
                "Gem filen i WGS 84 (EPSG:4326), ikke i UTM."
            )
            % {**where, "point": str(point)[:60]}
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_shape(geometry: dict[str, Any]) -> None:
    drawn = shape(geometry)
    if not drawn.is_valid:
        raise BadGeometry(_("Grænsen krydser sig selv: %(why)s") % {"why": explain_validity(drawn)})
    if drawn.area == 0:
        raise BadGeometry(_("Området har ingen udstrækning."))
