"""Boundaries: taken in when they can be drawn, refused by ring and remedy when not, and dated."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from kvarter.agreements.actions.family import add_partnership, change_partnership
from kvarter.people.policy import OPERATOR, Refused
from kvarter.places.actions import CircularReference, VersionOverlaps, add_area, change_area, draw_boundary
from kvarter.places.geometry import BadGeometry, outline, read_boundary
from kvarter.places.models import Area, AreaVersion
from tests.conftest import SHARED
from tests.world import World

SQUARE = [[12.4, 55.7], [12.5, 55.7], [12.5, 55.8], [12.4, 55.8], [12.4, 55.7]]
GEO = SHARED / "data" / "gladsaxe_geo"


def polygon(ring: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def as_file(thing: Any) -> bytes:
    return json.dumps(thing).encode()


def test_a_bare_geometry_a_feature_and_a_collection_of_one_are_read() -> None:
    bare = polygon(SQUARE)
    feature = {"type": "Feature", "properties": {}, "geometry": bare}
    for thing in (bare, feature, {"type": "FeatureCollection", "features": [feature]}):
        assert read_boundary(as_file(thing)) == bare


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"ikke json", "ikke GeoJSON"),
        (b"\xff\xfe\x00", "ikke GeoJSON"),
        (as_file([1, 2]), "type"),
        (as_file({"type": "FeatureCollection", "features": []}), "0 områder"),
        (as_file({"type": "Point", "coordinates": [12, 55]}), "Polygon"),
        (as_file(polygon(SQUARE[:3])), "Polygon 1, ring 1 har færre end fire"),
        (as_file(polygon(SQUARE[:4])), "ikke lukket"),
        (as_file(polygon([[716000, 6180000]] * 5)), "WGS 84"),
        (as_file(polygon([["a", "b"]] * 5)), "længde- og breddegrad"),
        (as_file(polygon([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]])), "krydser sig selv"),
        (as_file(polygon([[12.4, 55.7]] * 5)), "krydser sig selv|udstrækning"),
        (b"[" * 100_000, "ikke GeoJSON"),
        (b" " * (5 * 1024 * 1024 + 1), "5 MB"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(BadGeometry, match=said):
        read_boundary(data)


@pytest.mark.skipif(not GEO.exists(), reason=f"no geodata at {GEO}")
def test_real_boundaries_of_hoeje_gladsaxe_are_read_and_drawn() -> None:
    geometry = read_boundary((GEO / "hoeje_gladsaxe_hoej_bebyggelse.geojson").read_bytes())
    path, width, height = outline(geometry)
    assert path.startswith("M")
    assert path.endswith("Z")
    assert 0 < width <= 320
    assert 0 < height <= 320


@pytest.mark.skipif(not GEO.exists(), reason=f"no geodata at {GEO}")
def test_the_real_file_with_broken_rings_is_refused_for_each_that_has_them() -> None:
    collection = json.loads((GEO / "kommuner_dawa_simplified_INVALID_RINGS.geojson").read_text())
    refused = 0
    for feature in collection["features"]:
        try:
            read_boundary(as_file(feature))
        except BadGeometry as error:
            refused += "ring" in str(error) or "krydser" in str(error)
    assert refused > 0


@pytest.mark.django_db
def test_a_new_boundary_ends_the_one_before_it(world: World) -> None:
    area = Area.objects.get(slug="lilleby")
    for day in (date(2010, 1, 1), date(2015, 5, 31)):
        draw_boundary(by=world.secretariat, area=area, geojson=as_file(polygon(SQUARE)), valid_from=day, source="Kort")
    first, second = area.versions.all()
    assert (first.valid_until, second.valid_until) == (date(2015, 5, 31), None)
    with pytest.raises(VersionOverlaps):
        draw_boundary(
            by=world.secretariat, area=area, geojson=as_file(polygon(SQUARE)), valid_from=date(2012, 1, 1), source="x"
        )
    assert AreaVersion.objects.count() == 2


@pytest.mark.django_db
def test_an_area_that_others_stand_in_too_is_not_one_secretariats_to_draw(world: World) -> None:
    area = Area.objects.get(slug="lilleby")
    neighbour = add_partnership(by=OPERATOR, slug="nabo", name="Nabo")
    change_partnership(by=OPERATOR, partnership=neighbour, name="Nabo", visibility="public", area=area)
    elsewhere = add_area(by=OPERATOR, slug="andetsteds", name="Andetsteds")
    for wrong in (area, elsewhere):
        with pytest.raises(Refused):
            change_area(by=world.secretariat, area=wrong, name="Mit", reference=None)
    change_area(by=world.people["administrator"], area=area, name="Lilleby", reference=None)


@pytest.mark.django_db
def test_an_area_is_never_its_own_yardstick(world: World) -> None:
    lilleby = Area.objects.get(slug="lilleby")
    rest = add_area(by=OPERATOR, slug="resten", name="Resten", reference=lilleby)
    for area, reference in ((lilleby, rest), (lilleby, lilleby)):
        with pytest.raises(CircularReference):
            change_area(by=OPERATOR, area=area, name="Lilleby", reference=reference)


@pytest.mark.django_db
def test_only_the_office_draws(world: World) -> None:
    area = Area.objects.get(slug="lilleby")
    for role in ("resident", "party_member", "initiative_lead", "analyst", "stranger"):
        with pytest.raises(Refused):
            draw_boundary(
                by=world.people[role],
                area=area,
                geojson=as_file(polygon(SQUARE)),
                valid_from=date(2020, 1, 1),
                source="x",
            )
