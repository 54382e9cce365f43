"""Boundaries: taken in when they can be drawn, refused by ring and remedy when not, and dated."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from kvarter.agreements.actions.family import add_partnership, change_partnership
from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR, Refused
from kvarter.places.actions import (
    CircularReference,
    VersionOverlaps,
    add_area,
    add_version,
    change_area,
    draw_boundary,
)
from kvarter.places.drawing import Outline, draw
from kvarter.places.geometry import BadGeometry, read_boundary
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
    drawing = draw([Outline(geometry)])
    assert (drawing.paths[0].d[0], drawing.paths[0].d[-1]) == ("M", "Z")
    assert drawing.width == 320
    assert 0 < drawing.height <= 320


@pytest.mark.skipif(not GEO.exists(), reason=f"no geodata at {GEO}")
def test_of_a_real_file_each_area_with_a_broken_ring_is_refused_by_that_ring() -> None:
    file = (GEO / "kommuner_dawa_simplified_INVALID_RINGS.geojson").read_bytes()
    with pytest.raises(BadGeometry, match="Filen har 99 områder"):
        read_boundary(file)
    broken = 0
    for feature in json.loads(file)["features"]:
        several = feature["geometry"]["type"] == "MultiPolygon"
        polygons = feature["geometry"]["coordinates"] if several else [feature["geometry"]["coordinates"]]
        short = [(p, r) for p, polygon in enumerate(polygons, 1) for r, ring in enumerate(polygon, 1) if len(ring) < 4]
        broken += len(short)
        if short:
            p, r = short[0]
            with pytest.raises(BadGeometry, match=f"Polygon {p}, ring {r} har færre end fire punkter. Tegn den om."):
                read_boundary(as_file(feature))
        else:
            read_boundary(as_file(feature))
    assert broken == 1399


@pytest.mark.django_db
@pytest.mark.skipif(not GEO.exists(), reason=f"no geodata at {GEO}")
def test_every_real_district_municipality_and_parish_can_be_drawn(world: World) -> None:
    for name, count in (("polling_districts_pre2015", 11), ("kommune_0159_2014", 1), ("kommuner_naboer_2014", 9)):
        found = json.loads((GEO / f"{name}.geojson").read_text())
        features = found["features"] if found["type"] == "FeatureCollection" else [found]
        assert len(features) == count
        for number, feature in enumerate(features):
            area = add_area(by=OPERATOR, slug=f"{name}-{number}".replace("_", "-").lower(), name=name)
            drawn = draw_boundary(
                by=OPERATOR, area=area, geojson=as_file(feature), valid_from=date(1970, 4, 1), source="Kort"
            )
            assert draw([Outline(drawn.geometry, "Navn")]).labels[0].name == "Navn"


@pytest.mark.django_db
def test_a_new_boundary_ends_the_one_before_it(world: World) -> None:
    area = Area.objects.get(slug="lilleby")
    for day in (date(2010, 1, 1), date(2015, 5, 31)):
        draw_boundary(by=world.secretariat, area=area, geojson=as_file(polygon(SQUARE)), valid_from=day, source="Kort")
    first, second = area.versions.all()
    assert (first.valid_until, second.valid_until) == (date(2015, 5, 31), None)
    with pytest.raises(VersionOverlaps, match=r"fra 31\. maj 2015"):
        draw_boundary(
            by=world.secretariat, area=area, geojson=as_file(polygon(SQUARE)), valid_from=date(2012, 1, 1), source="x"
        )
    assert AreaVersion.objects.count() == 2


@pytest.mark.django_db
def test_a_version_known_by_its_codes_gets_its_border_later_and_then_a_better_one(world: World) -> None:
    area = Area.objects.get(slug="lilleby")
    for day in (date(1970, 4, 1), date(2015, 5, 31)):
        add_version(by=world.secretariat, area=area, valid_from=day, source="Register")
    for source, ring in (("Skitse", SQUARE), ("Opmåling", [*SQUARE[:2], [12.51, 55.75], *SQUARE[2:]])):
        draw_boundary(
            by=world.secretariat,
            area=area,
            geojson=as_file(polygon(ring)),
            valid_from=date(1970, 4, 1),
            source=source,
            source_en="Survey",
        )
    first, second = area.versions.all()
    assert first.geometry == polygon(ring)
    assert (first.source, first.drawn_by, first.last_day) == ("Register", "Opmåling", date(2015, 5, 30))
    with translation.override("en"):
        assert first.drawn_by == "Survey"
    assert (second.geometry, second.drawn_by) == (None, "")
    assert [entry.details["replaced"] for entry in Entry.objects.filter(verb="area.draw").order_by("pk")] == [
        "",
        "Skitse",
    ]


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
