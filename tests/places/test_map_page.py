"""The map of a partnership: the boundaries of a day drawn and told, at a cost that does not grow."""

from __future__ import annotations

import json
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvarter.agreements.actions.family import change_partnership
from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area, add_version, draw_boundary, say_share
from kvarter.places.models import Area, AreaShare
from tests.places.test_boundaries import as_file
from tests.places.test_mapping import square
from tests.test_pages import public_pages
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/kvarter/hoeje-gladsaxe/kort"


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def gladsaxe(db: None) -> None:
    load_figures(load_hoeje_gladsaxe())


def rows(html: str) -> dict[str, list[str]]:
    """The table: the cells of each area by its name, as text."""
    table = re.search(r"<tbody>.*?</tbody>", html, re.DOTALL)
    assert table
    cells = [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in table[0].split("</tr>")[:-1]
    ]
    return {name: told for name, *told in cells}


def test_a_new_installation_has_a_map_of_hoeje_gladsaxe(visitor: Client, gladsaxe: None) -> None:
    html = visitor.get(PAGE, {"dag": "2020-01-01"}).content.decode()
    assert rows(html) == {
        "Høje Gladsaxe": ["Fra 31. maj 2015", "0,29&nbsp;km²", "Tegnet af Kvarter i hånden, ikke en opmåling"],
        "Gladsaxe Kommune": ["Fra 1. april 1970", "24,9&nbsp;km²", "Tegnet af Kvarter i hånden, ikke en opmåling"],
        "Grønnemose afstemningsområde": [
            "Fra 1. juni 2015",
            "–",
            "Grænsen er ikke tegnet endnu. Sekretariatet kan indlæse den som en fil på områdets side.",
        ],
        "Resten af Gladsaxe Kommune": [
            "Fra 31. maj 2015",
            "24,6&nbsp;km²",
            "Regnet ud: Gladsaxe Kommune uden Høje Gladsaxe",
        ],
    }


def test_an_earlier_day_shows_what_held_then(visitor: Client, gladsaxe: None) -> None:
    html = visitor.get("/en" + PAGE, {"dag": "2007-11-13"}).content.decode()
    told = rows(html)
    assert told["Høje Gladsaxe"] == [
        "From 1 April 1970 until and including 30 May 2015",
        "0.80&nbsp;km²",
        "Drawn by Kvarter by hand, not a survey",
    ]
    assert told["Grønnemose polling district"] == ["–", "–", "Not an area on that day."]


def test_the_drawing_stands_in_the_page_with_a_name_and_needs_no_script(visitor: Client, gladsaxe: None) -> None:
    html = visitor.get(PAGE).content.decode()
    drawings = [ElementTree.fromstring(found) for found in re.findall(r'<svg viewBox="0 0 \d+ \d+".*?</svg>', html)]
    assert [svg.get("aria-label") for svg in drawings] == ["Høje Gladsaxe tæt på", "Hele kortet"]
    looks = [[path.get("class") for path in svg.iter("path")] for svg in drawings]
    assert looks == [[None, "kv-other", "kv-here", "kv-map__bar"]] * 2
    assert ["".join(text.itertext()) for text in drawings[1].iter("text")][:2] == ["Gladsaxe Kommune", "Høje Gladsaxe"]


def test_no_page_but_the_map_loads_a_script_and_that_is_from_here(visitor: Client, gladsaxe: None) -> None:
    for address in public_pages("sammen-om-hoeje-gladsaxe", "hoeje-gladsaxe"):
        answer = visitor.get(address)
        scripts = re.findall(r"<script[^>]*>", answer.content.decode())
        expected = ['<script type="module" src="/static/places/map.js">'] if address == PAGE else []
        assert scripts == expected, address
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "blob:" not in answer["Content-Security-Policy"]
    html = visitor.get(PAGE).content.decode()
    assert re.findall(r'(?:src|href|data-\w+)="(?:https?:)?//', html) == []
    assert ' style="' not in html


def test_a_day_that_is_none_is_said_and_today_is_shown(visitor: Client, gladsaxe: None) -> None:
    for wrong in ("i går", "2020-02-31", "0001-01-01", ""):
        html = visitor.get(PAGE, {"dag": wrong}).content.decode()
        assert 'aria-invalid="true"' in html, wrong
        assert "Gladsaxe Kommune" in rows(html)
        answer = visitor.get(PAGE + ".geojson", {"dag": wrong})
        assert answer.status_code == 400
        assert answer["Content-Type"].startswith("text/plain")


def test_the_file_of_a_day_has_what_held_and_without_a_day_everything(visitor: Client, gladsaxe: None) -> None:
    answer = visitor.get(PAGE + ".geojson", {"dag": "2007-11-13"})
    assert answer["Content-Type"] == "application/geo+json"
    assert answer["Content-Disposition"] == 'attachment; filename="hoeje-gladsaxe.geojson"'
    assert [feature["id"] for feature in json.loads(answer.content)["features"]] == [
        "hoeje-gladsaxe@1970-04-01",
        "gladsaxe@1970-04-01",
        "resten-af-gladsaxe@1970-04-01",
    ]
    everything = json.loads(visitor.get("/en" + PAGE + ".geojson").content)["features"]
    assert len(everything) == 5
    assert everything[0]["properties"]["source"] == "Drawn by Kvarter by hand, not a survey"


def test_a_map_costs_the_same_for_few_and_many_areas(visitor: Client, world: World) -> None:
    area = Area.objects.get(slug="lilleby")
    own = draw_boundary(
        by=OPERATOR, area=area, geojson=as_file(square(12, 55, 0.01)), valid_from=date(2000, 1, 1), source="Skitse"
    )
    pages = [reverse(name, args=["lilleby"]) for name in ("map", "map_geojson")] + [reverse("area", args=["lilleby"])]

    def costs() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert visitor.get(page).status_code == 200
            found.append(len(queries))
        return found

    before = costs()
    for number in range(12):
        unit = add_area(by=OPERATOR, slug=f"enhed-{number}", name=f"Enhed {number}")
        for year in (1990, 2000, 2010):
            draw_boundary(
                by=OPERATOR,
                area=unit,
                geojson=as_file(square(12, 55, 0.02 + number / 100)),
                valid_from=date(year, 1, 1),
                source="Skitse",
            )
        say_share(
            by=OPERATOR,
            part=own,
            whole=unit.versions.latest("valid_from"),
            basis=AreaShare.Basis.SURFACE,
            of_part=1,  # type: ignore[arg-type]
            of_whole=2,  # type: ignore[arg-type]
            source="Skitse",
        )
    assert len(rows(visitor.get(pages[0]).content.decode())) == 13
    assert costs() == before
    assert max(before) <= 6


def test_a_map_says_what_is_missing_and_what_to_do(visitor: Client, world: World) -> None:
    page = reverse("map", args=["lilleby"])
    area = Area.objects.get(slug="lilleby")
    add_version(by=OPERATOR, area=area, valid_from=date(2000, 1, 1), source="Register")
    html = visitor.get(page).content.decode()
    assert "Grænsen er ikke tegnet endnu." in rows(html)["Lilleby"][2]
    assert "<script" not in html
    partnership = world.partnership
    change_partnership(
        by=OPERATOR, partnership=partnership, name="Lilleby", visibility=partnership.visibility, area=None
    )
    assert "Partnerskabet har ikke et område endnu" in visitor.get(page).content.decode()
    assert json.loads(visitor.get(page + ".geojson").content) == {"type": "FeatureCollection", "features": []}


def test_the_form_for_a_border_suggests_the_day_that_lacks_one_and_takes_long_ago(world: World) -> None:
    area = Area.objects.get(slug="lilleby")
    add_version(by=OPERATOR, area=area, valid_from=date(1970, 4, 1), source="Register")
    client = Client(SERVER_NAME="localhost")
    client.force_login(world.secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("area_draw", args=["lilleby"])
    assert 'value="1970-04-01"' in client.get(page).content.decode()
    file = SimpleUploadedFile("graense.geojson", as_file(square(12, 55, 0.01)))
    sent = {"file": file, "valid_from": "1970-04-01", "source": "Skitse", "source_en": "Sketch"}
    assert client.post(page, sent).status_code == 302
    assert area.versions.get().geometry_source_en == "Sketch"
