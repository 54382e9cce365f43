"""What reflection came to, wherever it is told: with its label, and the same number in the file as on the page."""

from __future__ import annotations

import csv
import io
import json
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.exports.reflections import REFLECTION_COLUMNS

pytestmark = pytest.mark.django_db


@pytest.fixture
def slug(db: None) -> str:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    return partnership.slug


def told(client: Client, slug: str, kind: str) -> str:
    return client.get(reverse("mirrors_file", args=[slug, kind])).content.decode()


def table(client: Client, slug: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(told(client, slug, "forskelle.csv"))))


def test_every_measure_is_a_row_of_its_own_with_its_label(slug: str, client: Client) -> None:
    rows = table(client, slug)
    measures = [(row["whole"], row["area"], row["measure"]) for row in rows if not row["category"]]
    assert len(measures) == len(set(measures)) == 12
    needed = ("base", "n_area", "n_around", "producer", "attribution", "publication", "digest")
    assert all(row[name] for row in rows for name in needed)
    assert all(float(row["ci_low"]) <= float(row["value"]) <= float(row["ci_high"]) for row in rows)


def test_page_and_file_tell_the_same_and_the_page_tells_the_two_measures_apart(slug: str, client: Client) -> None:
    own = {
        row["measure"]: float(row["value"])
        for row in table(client, slug)
        if (row["whole"], row["area"]) == ("ejerforhold", "hoeje-gladsaxe") and not row["category"]
    }
    page = unescape(client.get(reverse("mirrors", args=[slug])).content.decode())
    apart = f"{100 * own['dissimilarity']:.1f}".replace(".", ",")
    distance = f"{own['distance']:.3f}".replace(".", ",")
    assert f"Forskellighed: {apart} % af boligerne skulle være i en anden gruppe" in page
    assert f"Afstand er et andet mål, som en dom bygger på: {distance} på en skala" in page


def test_the_same_is_there_as_json_with_the_columns_told_of(slug: str, client: Client) -> None:
    every = json.loads(told(client, slug, "json"))
    assert every.keys() == {"figures", "differences", "reflections"}
    assert [row["measure"] for row in every["reflections"]] == [row["measure"] for row in table(client, slug)]
    columns = json.loads(told(client, slug, "forskelle.csv-metadata.json"))["tableSchema"]["columns"]
    assert tuple(column["name"] for column in columns) == REFLECTION_COLUMNS


@pytest.mark.parametrize("name", ["mirrors", "answered"])
def test_a_reflection_of_a_larger_unit_says_how_much_of_it_the_area_is(slug: str, client: Client, name: str) -> None:
    address = reverse(name, args=[slug if name == "mirrors" else "sammen-om-hoeje-gladsaxe"])
    root = html.fromstring(client.get(address).content.decode())
    blocks = [
        " ".join(one.text_content().split())
        for one in root.xpath("//*[@data-figure]")
        if "Forskellighed" in one.text_content()
    ]
    units = [text for text in blocks if "Grønnemose afstemningsområde holdt op mod" in text]
    assert units
    assert all("omkring 46 % af Grønnemose" in text for text in units)
    assert all("Kilde: Danmarks Statistik." in text and "holdt op mod" in text for text in blocks)
    assert any("3.909 beboere holdt op mod 23.869" in text for text in units)


@pytest.mark.parametrize("name", ["mirrors", "spine"])
def test_the_pages_that_hold_up_lead_to_their_figures(slug: str, client: Client, name: str) -> None:
    page = client.get(reverse(name, args=[slug])).content.decode()
    for kind in ("csv", "json", "forskelle.csv", "csv-metadata.json"):
        address = reverse(f"{name}_file", args=[slug, kind])
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
