"""Where a series is broken, no line, no change and no file says otherwise; and the reader is told why."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from lxml import etree

from kvarter.evidence.actions.indicators import NoSuchRecipe, set_recipe
from kvarter.evidence.actions.publishing import NeedsCorrection
from kvarter.evidence.charts.runs import break_days, runs
from kvarter.evidence.forms_sources import RecipeForm
from kvarter.evidence.models import Indicator, Source
from kvarter.evidence.queries.judged import answers
from kvarter.evidence.queries.published import Told, published_of
from kvarter.people.policy import OPERATOR
from tests.evidence.charting import texts
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
BEFORE = {"900001": (700.0, 1000.0), "900002": (3000.0, 4000.0)}
AFTER = {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)}
WHY = "Valgretten er lavet om."


@pytest.fixture
def votes(world: World) -> Indicator:
    indicator = lay_out(world)
    taken_in(world, BEFORE, day=date(2020, 6, 9))
    taken_in(world, AFTER, day=date(2024, 6, 9))
    return indicator


def mark(indicator: Indicator, *years: int, why: str = WHY) -> None:
    breaks = [{"year": year, "why": why, "why_en": "The vote was changed."} for year in years]
    source = Source.objects.get(key="optaelling")
    set_recipe(by=OPERATOR, indicator=indicator, source=source, part=["Stemmer"], whole=["Vælgere"], breaks=breaks)


def told(world: World, language: str = "da") -> Told:
    return published_of(world.secretariat, world.partnership, language).indicators["stemmer"]


def test_without_a_break_the_figures_are_one_line_and_their_difference_is_told(votes: Indicator, world: World) -> None:
    published(world.partnership)
    own = next(one for one in told(world).series if one.place.is_area)
    assert [len(run) for run in runs(own)] == [2]
    assert answers(told(world))[0].verdict == "+10,0 procentpoint"


def test_a_break_ends_the_line_and_leaves_no_change_to_tell(votes: Indicator, world: World) -> None:
    mark(votes, 2024)
    published(world.partnership)
    own = next(one for one in told(world).series if one.place.is_area)
    assert [len(run) for run in runs(own)] == [1, 1]
    assert break_days([own]) == [date(2022, 6, 9)]
    assert answers(told(world))[0].verdict == "Kun ét tal"


@pytest.mark.parametrize(("language", "mark_", "why"), [("da", "Brud", WHY), ("en", "Break", "The vote was changed.")])
def test_page_chart_and_file_say_why(
    votes: Indicator, world: World, client: Client, language: str, mark_: str, why: str
) -> None:
    mark(votes, 2024)
    published(world.partnership)
    slug = world.partnership.slug
    with override(language):
        page = client.get(reverse("indicator", args=[slug, "stemmer"])).content.decode()
        drawing = client.get(reverse("chart", args=[slug, "stemmer", 640])).content
        table = client.get(reverse("indicator_file", args=[slug, "stemmer", "csv"])).content.decode()
    assert why in page
    assert why in drawing.decode()
    assert mark_ in texts(etree.fromstring(drawing))
    statuses = {(row["first"], row["status"], row["break_reason"]) for row in csv.DictReader(io.StringIO(table))}
    assert statuses == {("2020-06-09", "A", ""), ("2024-06-09", "B", why)}


def test_a_break_found_after_publishing_is_a_correction(votes: Indicator, world: World) -> None:
    published(world.partnership)
    mark(votes, 2024)
    with pytest.raises(NeedsCorrection):
        published(world.partnership)
    published(world.partnership, corrects=1)
    assert {figure.status for figure in told(world).figures if figure.broken} == {"B"}


def test_a_year_is_broken_once(votes: Indicator) -> None:
    with pytest.raises(NoSuchRecipe, match="Skriv hvert brud én gang"):
        mark(votes, 2024, 2024)


def test_a_break_says_why(votes: Indicator) -> None:
    with pytest.raises(NoSuchRecipe, match="hvorfor"):
        mark(votes, 2024, why=" ")


@pytest.mark.parametrize("line", ["2024", "2024:", "sidste år: Lavet om", "20245: Lavet om"])
def test_a_line_that_is_no_break_is_refused_by_name(votes: Indicator, line: str) -> None:
    form = RecipeForm({"source": Source.objects.get().pk, "part": "Stemmer", "whole": "Vælgere", "breaks": line})
    assert line in form.errors["breaks"][0]


def test_the_secretariat_marks_a_break_on_the_page(votes: Indicator, world: World, client: Client) -> None:
    client.force_login(world.secretariat)
    address = reverse("recipe_set", args=[world.partnership.slug, "stemmer"])
    lines = {"part": "Stemmer", "whole": "Vælgere", "breaks": "2024: Lavet om | Changed"}
    sent = {"source": Source.objects.get().pk, "why": "Aftalt", **lines}
    assert client.post(address, sent).status_code == 302
    assert votes.recipes.get().breaks == [{"year": 2024, "why": "Lavet om", "why_en": "Changed"}]
    again = client.get(address).content.decode()
    assert "2024: Lavet om | Changed" in again, "what is marked stands in the form, so that it is not wiped out"
