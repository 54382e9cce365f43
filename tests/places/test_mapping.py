"""What a map shows of an area on a day, how large it is, and what is worked out from two boundaries."""

from __future__ import annotations

import re
from datetime import date
from math import atanh, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from shapely.geometry import mapping, shape

from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area, add_version, draw_boundary, say_share
from kvarter.places.drawing import Outline, bounds_of, draw
from kvarter.places.mapping import AreaMap
from kvarter.places.models import Area, AreaShare, AreaVersion
from kvarter.places.queries import areas_on_map
from kvarter.places.surface import RADIUS, SQUARED, surface
from tests.places.test_boundaries import as_file

OLD, MIDDLE, NEW = date(1970, 4, 1), date(2010, 1, 1), date(2015, 5, 31)


def square(west: float, south: float, size: float) -> dict[str, object]:
    return {**mapping(box(west, south, west + size, south + size))}


def test_the_whole_earth_is_as_large_as_the_ellipsoid() -> None:
    polar = RADIUS * sqrt(1 - SQUARED)
    e = sqrt(SQUARED)
    ellipsoid = 2 * pi * RADIUS**2 + 2 * pi * polar**2 / e * atanh(e)
    assert surface(mapping(box(-180, -90, 180, 90))) == pytest.approx(ellipsoid, rel=1e-12)
    assert ellipsoid == pytest.approx(510_065_622, abs=1)  # km², as given for WGS 84


@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(0.001, 1))
def test_two_halves_are_as_large_as_the_whole(west: float, south: float, size: float) -> None:
    whole, west_half = box(west, south, west + size, south + size), box(west, south, west + size / 2, south + size)
    halves = (west_half, whole.difference(west_half))
    assert sum(surface(mapping(half)) for half in halves) == pytest.approx(surface(mapping(whole)), rel=1e-9)


def test_a_drawing_has_north_up_keeps_its_proportions_and_measures_right() -> None:
    south_west, north_east = square(12.0, 55.0, 0.01), square(12.02, 55.02, 0.01)
    outlines = [Outline(south_west, "Sydvest"), Outline(north_east, "Nordøst", "kv-here")]
    drawing = draw(outlines, bounds_of([south_west, north_east]))
    first, second = drawing.labels
    assert (first.name, second.name) == ("Sydvest", "Nordøst")
    assert first.x < second.x
    assert first.y > second.y
    assert drawing.width / drawing.height == pytest.approx(0.5725, abs=0.005)  # the cosine of 55.015 degrees
    corners = [[float(n) for n in pair.split(",")] for pair in re.findall(r"[\d.]+,[\d.]+", drawing.paths[0].d)]
    tall = max(y for _x, y in corners) - min(y for _x, y in corners)
    assert tall / drawing.bar * drawing.bar_metres == pytest.approx(1112, rel=0.02)  # a hundredth of a degree


def test_the_smallest_lies_on_top_and_a_small_one_is_named_above_itself() -> None:
    small, large = square(12.5, 55.5, 0.01), square(12.0, 55.0, 1)
    drawing = draw([Outline(small, "Lille", "kv-here"), Outline(large, "Stor")])
    assert [path.look for path in drawing.paths] == ["", "kv-here"]
    top = min(float(pair.split(",")[1]) for pair in re.findall(r"[\d.]+,[\d.]+", drawing.paths[1].d))
    assert next(label.y for label in drawing.labels if label.name == "Lille") < top


def test_an_area_outside_the_frame_has_no_name_in_it() -> None:
    here, far_away = square(12.0, 55.0, 0.1), square(9.0, 56.0, 0.1)
    drawing = draw([Outline(here, "Her"), Outline(far_away, "Langt væk")], bounds_of([here], 0.1))
    assert [label.name for label in drawing.labels] == ["Her"]


@pytest.fixture
def town(db: None) -> Area:
    """A quarter in a town, the rest of the town, and a district the quarter became a part of."""
    whole = add_area(by=OPERATOR, slug="byen", name="Byen")
    quarter = add_area(by=OPERATOR, slug="kvarteret", name="Kvarteret", part_of=whole)
    rest = add_area(by=OPERATOR, slug="resten", name="Resten", part_of=whole, without=quarter)
    Area.objects.filter(pk=quarter.pk).update(reference=rest)
    district = add_area(by=OPERATOR, slug="distriktet", name="Distriktet", part_of=whole)
    add_area(by=OPERATOR, slug="aaby", name="Andetsteds")
    for area, day, drawn in (
        (whole, OLD, square(12.0, 55.0, 0.1)),
        (quarter, OLD, square(12.0, 55.0, 0.02)),
        (quarter, NEW, square(12.0, 55.0, 0.01)),
    ):
        draw_boundary(by=OPERATOR, area=area, geojson=as_file(drawn), valid_from=day, source="Skitse")
    add_version(by=OPERATOR, area=rest, valid_from=MIDDLE, source="Regnet")
    part = add_version(by=OPERATOR, area=district, valid_from=NEW, source="Register")
    say_share(
        by=OPERATOR,
        part=AreaVersion.objects.get(area=quarter, valid_from=NEW),
        whole=part,
        basis=AreaShare.Basis.SURFACE,
        of_part=1,  # type: ignore[arg-type]
        of_whole=2,  # type: ignore[arg-type]
        source="Kort",
    )
    return Area.objects.get(pk=quarter.pk)


def test_a_map_has_the_area_first_then_what_it_is_measured_by_lies_in_and_is_a_part_of(town: Area) -> None:
    assert [area.slug for area in areas_on_map(OPERATOR, town)] == ["kvarteret", "byen", "distriktet", "resten"]


@pytest.mark.parametrize(
    ("day", "drawn", "known"),
    [
        (date(1960, 1, 1), {}, set()),
        (date(2000, 1, 1), {"kvarteret": 4, "byen": 100}, {"kvarteret", "byen"}),
        (date(2015, 5, 30), {"kvarteret": 4, "byen": 100, "resten": 96}, {"kvarteret", "byen", "resten"}),
        (NEW, {"kvarteret": 1, "byen": 100, "resten": 99}, {"kvarteret", "byen", "resten", "distriktet"}),
    ],
)
def test_a_map_is_of_its_day(town: Area, day: date, drawn: dict[str, int], known: set[str]) -> None:
    rows = AreaMap(areas_on_map(OPERATOR, town), day).rows
    assert {row.area.slug for row in rows if row.version} == known
    unit = surface(square(12.0, 55.0, 0.01))
    sizes = {row.area.slug: row.boundary.surface / unit for row in rows if row.boundary}
    assert sizes == {slug: pytest.approx(size, rel=0.002) for slug, size in drawn.items()}


def test_the_rest_follows_both_boundaries_it_is_worked_out_from(town: Area) -> None:
    shown = AreaMap(areas_on_map(OPERATOR, town), NEW)
    rests = [one for one in shown.boundaries if one.derived]
    assert [(one.valid_from, one.last_day) for one in rests] == [(MIDDLE, date(2015, 5, 30)), (NEW, None)]
    assert {one.source for one in rests} == {"Regnet ud: Byen uden Kvarteret"}
    for day in (date(2012, 1, 1), date(2020, 1, 1)):
        quarter, whole, rest = (shape(one.geometry) for one in shown.boundaries if one.holds_on(day))
        assert rest.intersection(quarter).area == 0
        assert rest.union(quarter).equals(whole)


def test_the_file_tells_of_each_boundary_what_the_page_tells(town: Area) -> None:
    shown = AreaMap(areas_on_map(OPERATOR, town), NEW)
    features = shown.geojson(shown.boundaries)["features"]
    assert [feature["id"] for feature in features] == [
        "kvarteret@1970-04-01",
        "kvarteret@2015-05-31",
        "byen@1970-04-01",
        "resten@2010-01-01",
        "resten@2015-05-31",
    ]
    first = features[0]["properties"]
    assert (first["name"], first["valid_from"], first["valid_until"]) == ("Kvarteret", "1970-04-01", "2015-05-31")
    assert (first["source"], first["own"], first["derived"]) == ("Skitse", True, False)
    assert first["square_kilometres"] == pytest.approx(surface(square(12.0, 55.0, 0.02)), abs=0.001)
    for feature in features:
        west, south, east, north = shape(feature["geometry"]).bounds
        x, y = feature["properties"]["label"]
        assert west < x < east
        assert south < y < north
