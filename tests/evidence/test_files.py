"""Figures as files: two tables with their metadata, and JSON, for everything, a theme and an indicator."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kvarter.evidence.exports.tables import COLUMNS, DIFFERENCE_COLUMNS
from kvarter.evidence.models import Difference
from tests.evidence.figures import published
from tests.evidence.sampling import YOUNG, wave
from tests.world import World

pytestmark = pytest.mark.django_db
VIEWS: list[tuple[str, list[str]]] = [
    ("figures_file", []),
    ("theme_file", ["tillid"]),
    ("indicator_file", ["stemmer"]),
]


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def slug(world: World) -> str:
    wave(world)
    published(world.partnership)
    return world.partnership.slug


def fetched(client: Client, view: str, *args: object) -> str:
    answer = client.get(reverse(view, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(("view", "more"), VIEWS)
def test_the_table_has_parts_of_the_people_too(slug: str, visitor: Client, view: str, more: list[str]) -> None:
    table = rows(fetched(visitor, view, slug, *more, "csv"))
    assert [row["cut"] for row in table] == ["", "", YOUNG]
    assert all(row["ci_low"] and row["n"] and row["attribution"] and row["digest"] for row in table)


@pytest.mark.parametrize(("view", "more"), VIEWS)
def test_differences_stand_in_a_table_of_their_own(slug: str, visitor: Client, view: str, more: list[str]) -> None:
    table = rows(fetched(visitor, view, slug, *more, "forskelle.csv"))
    judged = Difference.objects.get()
    assert [(row["between"], row["verdict"], row["together"]) for row in table] == [
        ("change", "demonstrably better", "12")
    ]
    for name, value in (("difference", judged.value), ("ci_low", judged.low), ("smallest", judged.smallest)):
        assert float(table[0][name]) == value
    assert table[0]["attribution"] == "Egne beregninger baseret på optællingen"


@pytest.mark.parametrize(("view", "more"), VIEWS)
def test_json_has_the_same_as_the_tables(slug: str, visitor: Client, view: str, more: list[str]) -> None:
    told: dict[str, list[dict[str, Any]]] = json.loads(fetched(visitor, view, slug, *more, "json"))
    for kind, part in (("csv", "figures"), ("forskelle.csv", "differences")):
        table = rows(fetched(visitor, view, slug, *more, kind))
        assert len(table) == len(told[part]) > 0
        for row, one in zip(table, told[part], strict=True):
            for name, text in row.items():
                assert read(text, one[name]) == one[name], name


def read(text: str, like: object) -> object:
    """A cell as the kind of thing it is in JSON."""
    return None if text == "" and like is None else type(like)(text)


@pytest.mark.parametrize(("view", "more"), VIEWS)
def test_metadata_lies_beside_each_table_and_names_its_columns(
    slug: str, visitor: Client, view: str, more: list[str]
) -> None:
    for kind, columns in (("csv", COLUMNS), ("forskelle.csv", DIFFERENCE_COLUMNS)):
        address = reverse(view, args=[slug, *more, kind])
        told = json.loads(visitor.get(f"{address}-metadata.json").content)
        assert address.endswith(f"/{told['url']}")
        assert tuple(column["name"] for column in told["tableSchema"]["columns"]) == columns
        assert told["dc:rights"] == [{"@value": "Egne beregninger baseret på optællingen", "@language": "da"}]
        assert told["dc:identifier"][0].startswith("sha256:")


def test_the_pages_link_to_their_files(slug: str, visitor: Client) -> None:
    for page, view, more in (("themes", "figures_file", []), ("theme", "theme_file", ["tillid"])):
        html = visitor.get(reverse(page, args=[slug, *more])).content.decode()
        for kind in ("csv", "json", "forskelle.csv", "csv-metadata.json"):
            assert f'href="{reverse(view, args=[slug, *more, kind])}"' in html
