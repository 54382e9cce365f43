"""Differences of full counts: what a page says stands in the files, from one reckoning, to the last digit."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from kvarter.evidence.queries.counted import counted_differences
from kvarter.evidence.queries.pages import block_of, gap_text
from kvarter.evidence.queries.published import published_of
from kvarter.web.report.citing import cited
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
CHANGE, GAP = 810 / 1010 - 701 / 1000, 810 / 1010 - 2690 / 2990


@pytest.fixture
def slug(world: World) -> str:
    lay_out(world)
    taken_in(world, {"900001": (701.0, 1000.0), "900002": (3000.0, 4000.0)}, day=date(2020, 6, 9))
    taken_in(world, {"900001": (810.0, 1010.0), "900002": (2690.0, 2990.0)}, day=date(2024, 6, 9))
    published(world.partnership)
    return world.partnership.slug


VIEWS = [("figures_file", []), ("theme_file", ["tillid"]), ("indicator_file", ["stemmer"])]


@pytest.mark.parametrize(("view", "more"), VIEWS)
def test_the_table_of_differences_has_them_without_interval_or_verdict(
    slug: str, client: Client, view: str, more: list[str]
) -> None:
    text = client.get(reverse(view, args=[slug, *more, "forskelle.csv"])).content.decode()
    rows = {row["between"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows.keys() == {"change", "gap"}
    assert {row["counted"] for row in rows.values()} == {"full"}
    empty = ("ci_low", "ci_high", "p_adjusted", "verdict", "smallest", "together")
    assert not any(row[name] for row in rows.values() for name in empty)
    assert float(rows["change"]["difference"]) == CHANGE
    assert (rows["change"]["before_first"], rows["change"]["other"]) == ("2020-06-09", "")
    assert float(rows["gap"]["difference"]) == GAP
    assert (rows["gap"]["before_first"], rows["gap"]["other_name"]) == ("", rows["gap"]["other_name"])
    assert rows["gap"]["attribution"]


def test_page_and_files_are_made_of_one_reckoning(slug: str, world: World, client: Client) -> None:
    told = published_of(world.secretariat, world.partnership, "da").indicators["stemmer"]
    one = {difference.between: difference.value for difference in counted_differences(told)}
    every = json.loads(client.get(reverse("indicator_file", args=[slug, "stemmer", "json"])).content)
    assert {row["between"]: row["difference"] for row in every["differences"]} == one
    page = client.get(reverse("indicator", args=[slug, "stemmer"])).content.decode()
    assert gap_text(told) in page
    assert gap_text(told).startswith("−9,8 procentpoint")
    assert reverse("indicator_file", args=[slug, "stemmer", "forskelle.csv"]) in page


def test_a_source_without_english_is_marked_as_danish_on_an_english_page(slug: str, client: Client) -> None:
    with override("en"):
        page = client.get(reverse("indicator", args=[slug, "stemmer"])).content.decode()
    assert '<span lang="da">Egne beregninger baseret på optællingen.</span>' in page
    assert (
        'Source: <span lang="da">Lilleby Kommune</span>: <span lang="da">Optællingen</span> '
        '(<span lang="da">Valget</span>). <span lang="da">Egne beregninger baseret på optællingen.</span></p>'
    ) in page
    danish = client.get(reverse("indicator", args=[slug, "stemmer"])).content.decode()
    said = "Kilde: Lilleby Kommune: Optællingen (Valget). Egne beregninger baseret på optællingen.</p>"
    assert said in danish


def test_a_danish_sentence_stands_by_itself_in_an_english_report(slug: str, world: World) -> None:
    with override("en"):
        told = published_of(world.secretariat, world.partnership, "en").indicators["stemmer"]
        blocks = [text for source in block_of(told).sources for text in cited(source)]
    assert [(block.text, block.lang) for block in blocks] == [
        ("Source: Lilleby Kommune: Optællingen (Valget).", ""),
        ("Egne beregninger baseret på optællingen.", "da"),
    ]
