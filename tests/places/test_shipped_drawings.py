"""The boundaries Kvarter ships are its own drawings: near the real ones, copied from none, and they say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from kvarter.evidence.default_content import FOLDER
from kvarter.places.geometry import read_boundary
from kvarter.places.surface import surface
from tests.conftest import SHARED

GEO = SHARED / "data" / "gladsaxe_geo"
REAL = {
    "hoeje-gladsaxe": ("hoeje_gladsaxe_hoej_bebyggelse", None, 0.291),
    "hoeje-gladsaxe-afstemningsomraade": ("polling_districts_pre2015", "hoejegladsaxe", 0.809),
    "gladsaxe": ("kommune_0159_2014", None, 25.0),
}
needs_geodata = pytest.mark.skipif(not GEO.exists(), reason=f"no geodata at {GEO}")


def shipped(name: str) -> bytes:
    return (FOLDER / "boundaries" / f"{name}.geojson").read_bytes()


def real(name: str) -> BaseGeometry:
    file, key, _size = REAL[name]
    found = json.loads((GEO / f"{file}.geojson").read_text())
    features = found["features"] if found["type"] == "FeatureCollection" else [found]
    return shape(next(one["geometry"] for one in features if key in {None, one["properties"].get("id")}))


def test_every_shipped_boundary_is_tested_here() -> None:
    assert {Path(file.name).stem for file in (FOLDER / "boundaries").iterdir()} == set(REAL)


@pytest.mark.parametrize("name", REAL)
def test_it_is_coarse_can_be_taken_in_and_says_whose_it_is(name: str) -> None:
    geometry = read_boundary(shipped(name))
    assert 10 <= len(geometry["coordinates"][0]) <= 40
    assert "ikke en opmåling" in json.loads(shipped(name))["properties"]["source"]


@needs_geodata
@pytest.mark.parametrize("name", REAL)
def test_it_lies_where_the_real_one_lies(name: str) -> None:
    drawn, outline = shape(read_boundary(shipped(name))), real(name)
    assert drawn.intersection(outline).area / drawn.union(outline).area >= 0.95


@needs_geodata
@pytest.mark.parametrize("name", REAL)
def test_no_corner_is_copied(name: str) -> None:
    outline = real(name)
    parts = getattr(outline, "geoms", [outline])
    theirs = {(x, y) for part in parts for x, y, *_z in part.exterior.coords}
    ours = {(x, y) for x, y in read_boundary(shipped(name))["coordinates"][0]}
    assert not ours & theirs
    assert not ours & {(round(x, 5), round(y, 5)) for x, y in theirs}


@pytest.mark.parametrize("name", REAL)
def test_it_is_as_large_as_is_known(name: str) -> None:
    assert surface(read_boundary(shipped(name))) == pytest.approx(REAL[name][2], rel=0.03)


def test_the_old_district_and_the_buildings_lie_in_the_municipality() -> None:
    municipality = shape(read_boundary(shipped("gladsaxe")))
    for name in ("hoeje-gladsaxe", "hoeje-gladsaxe-afstemningsomraade"):
        drawn = shape(read_boundary(shipped(name)))
        assert drawn.difference(municipality).area / drawn.area < 0.01
