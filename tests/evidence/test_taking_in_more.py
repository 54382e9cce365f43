"""A file that is here already: a further indicator or year of it is added, and no figure stands twice."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.test import Client
from django.urls import reverse

from kvarter.cli.main import main
from kvarter.evidence.actions.drafts import accept, send_in
from kvarter.evidence.actions.indicators import add_indicator, add_source, set_recipe
from kvarter.evidence.actions.registers import AlreadyTakenIn, Contradicted, NotLoadable, look_through, take_in
from kvarter.evidence.importers.mapping import Making, Mapping
from kvarter.evidence.importers.tables import read_mapped
from kvarter.evidence.models import Draft, Indicator, IndicatorRecipe, Observation, Register
from kvarter.evidence.recipes import columns_named
from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR
from tests.evidence.figures import INDICATOR, SOURCE, lay_out, published
from tests.evidence.test_tables import as_csv
from tests.world import World

HEAD: list[object] = ["Område", "Dag", "Stemmer", "Blanke", "Vælgere"]
ROWS: list[list[object]] = [
    ["900001", "2023-06-09", 700, 30, 1000],
    ["900002", "2023-06-09", 3300, 90, 4000],
    ["900001", "2024-06-09", 800, 40, 1010],
    ["900002", "2024-06-09", 3500, 95, 4010],
]
FILE = as_csv([HEAD, *ROWS])
VOTES = Making(indicator="stemmer", part=["Stemmer"], whole=["Vælgere"])
BLANK = Making(indicator="blanke", part=["Blanke"], whole=["Vælgere"])
FIRST = Mapping(
    unit_column="Område",
    period_column="Dag",
    scheme="valgsted",
    source="optaelling",
    label="Valget",
    figures=["Stemmer", "Blanke", "Vælgere"],
    makes=[VOTES],
)


@pytest.fixture
def place(world: World) -> World:
    indicator = lay_out(world)
    add_indicator(by=OPERATOR, theme=indicator.theme, **INDICATOR | {"slug": "blanke", "name": "Blanke stemmer"})
    return world


def took(world: World, mapping: Mapping, content: bytes = FILE, why: str = "") -> Register:
    extract = read_mapped(content, "tal.csv", mapping)
    return take_in(by=OPERATOR, partnership=world.partnership, extract=extract, why=why)


def counts() -> dict[tuple[str, str, date], float | None]:
    rows = Observation.objects.select_related("indicator", "version__area")
    found = {(row.indicator.slug, row.version.area.slug, row.first): row.numerator for row in rows}
    assert len(found) == len(rows), "a figure stands twice"
    return found


@pytest.mark.django_db
def test_a_further_indicator_of_a_file_is_added_to_what_it_gave(place: World) -> None:
    first = took(place, FIRST)
    before = counts()
    both = FIRST.model_copy(update={"makes": [VOTES, BLANK]})
    loading = look_through(place.partnership, read_mapped(FILE, "tal.csv", both))
    assert {one.indicator for one in loading.figures} == {"blanke"}
    assert loading.before
    assert len(loading.before.standing) == len(before)
    assert took(place, both) == first
    assert Register.objects.count() == 1
    after = counts()
    assert {key: number for key, number in after.items() if key[0] == "stemmer"} == before
    assert sorted(number or 0 for key, number in after.items() if key[0] == "blanke") == [30, 40]
    assert Entry.objects.filter(verb="register.take_in_more").count() == 1
    with pytest.raises(AlreadyTakenIn):
        took(place, both)


@pytest.mark.django_db
def test_a_further_year_of_a_file_is_added_to_what_it_gave(place: World) -> None:
    took(place, FIRST.model_copy(update={"last_row": 3}))
    assert {day.year for _indicator, _area, day in counts()} == {2023}
    took(place, FIRST)
    assert {day.year for _indicator, _area, day in counts()} == {2023, 2024}


@pytest.mark.django_db
def test_what_is_added_is_published_beside_what_was(place: World) -> None:
    took(place, FIRST)
    published(place.partnership)
    took(place, FIRST.model_copy(update={"makes": [BLANK]}))
    document = published(place.partnership, title="Flere tal").document
    assert '"blanke"' in document
    assert document.count('"file":"tal.csv"') == 1


@pytest.mark.django_db
def test_other_numbers_of_the_same_file_are_refused_and_named(place: World) -> None:
    took(place, FIRST)
    before = counts()
    other = FIRST.model_copy(update={"makes": [VOTES.model_copy(update={"part": ["Blanke"]}), BLANK]})
    with pytest.raises(Contradicted, match=r"Stemmer, Lilleby, 9\. juni 2023: 70,0 % \(700 / 1000\) før og 3,0 %"):
        took(place, other, why="Rettet.")
    assert counts() == before


@pytest.mark.django_db
def test_the_same_file_has_one_source(place: World) -> None:
    took(place, FIRST)
    add_source(by=OPERATOR, partnership=place.partnership, **SOURCE | {"key": "anden", "title": "En anden"})
    with pytest.raises(NotLoadable, match="samme kilde"):
        took(place, FIRST.model_copy(update={"makes": [BLANK], "source": "anden"}))


@pytest.mark.django_db
def test_the_page_says_what_stands_and_adds_the_rest(place: World, client: Client) -> None:
    client.force_login(place.secretariat)

    def page_of(mapping: Mapping) -> tuple[Draft, str]:
        sent = {"by": place.secretariat, "partnership": place.partnership, "kind": "table", "files": {"tal.csv": FILE}}
        draft = send_in(**sent, said={"mapping": mapping.as_text()})  # type: ignore[arg-type]
        answer = client.get(reverse("register_draft", args=[place.partnership.slug, draft.pk]), SERVER_NAME="localhost")
        return draft, answer.content.decode()

    accept(by=place.secretariat, draft=page_of(FIRST)[0])
    draft, page = page_of(FIRST.model_copy(update={"makes": [VOTES, BLANK]}))
    assert "2 af dens tal står her og bliver" in page
    assert "Læs tallene ind" in page
    accept(by=place.secretariat, draft=draft)
    _draft, page = page_of(FIRST.model_copy(update={"makes": [VOTES, BLANK]}))
    assert "med alle de tal, den giver" in page
    assert "Læs tallene ind" not in page
    _draft, page = page_of(FIRST.model_copy(update={"makes": [VOTES.model_copy(update={"part": ["Blanke"]})]}))
    assert "gav da andre tal" in page
    assert "Læs tallene ind" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("da", "9. juni 2023"), ("en", "9 June 2023")])
def test_the_command_tells_it_with_the_days_of_its_language(
    place: World, tmp_path: Path, language: str, said: str
) -> None:
    took(place, FIRST)
    file, mapping = tmp_path / "tal.csv", tmp_path / "opskrift.json"
    file.write_bytes(FILE)
    arguments = ["register", "import", str(file), "--source", "table", "--partnership", place.partnership.slug]
    arguments += ["--mapping", str(mapping), "--language", language, "--yes"]
    other = FIRST.model_copy(update={"makes": [VOTES.model_copy(update={"part": ["Blanke"]})]})
    mapping.write_text(other.as_text(), encoding="utf-8")
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 2
    assert said in refused.output
    assert "2023-06-09" not in refused.output
    mapping.write_text(FIRST.model_copy(update={"makes": [VOTES, BLANK]}).as_text(), encoding="utf-8")
    added = CliRunner().invoke(main, arguments)
    assert added.exit_code == 0, added.output
    assert said in added.output


def test_a_heading_is_taken_literally_unless_a_likeness_is_asked_for() -> None:
    columns = ["Andel [%]", "Andel %", "Boliger*", "Boliger1", "~Skøn"]
    assert columns_named(columns, "Andel [%]") == ["Andel [%]"]
    assert columns_named(columns, "Boliger*") == ["Boliger*"]
    assert columns_named(columns, "Andel [12]") == []
    assert columns_named(columns, "~Boliger*") == ["Boliger*", "Boliger1"]
    assert columns_named(columns, "~Skøn") == ["~Skøn"]
    assert columns_named(columns, "~Andel [%]") == ["Andel [%]", "Andel %"]


@pytest.mark.django_db
def test_a_sheet_whose_headings_have_brackets_gives_the_column_named(place: World) -> None:
    head: list[object] = ["Område", "Dag", "Stemmer [antal]", "Stemmer a", "Vælgere*", "Vælgere i alt"]
    content = as_csv([head, ["900001", "2024-06-09", 800, 1, 1000, 9]])
    making = Making(indicator="stemmer", part=["Stemmer [antal]"], whole=["Vælgere*"])
    took(place, FIRST.model_copy(update={"figures": [], "makes": [making]}), content)
    assert [(one.numerator, one.denominator) for one in Observation.objects.all()] == [(800, 1000)]


@pytest.mark.django_db
def test_recipes_written_before_still_mean_what_they_meant(place: World) -> None:
    indicator = Indicator.objects.get(slug="stemmer")
    recipe = IndicatorRecipe.objects.get(indicator=indicator)
    set_recipe(by=OPERATOR, indicator=indicator, source=recipe.source, part=["Stemme*", "Blanke"], whole=["[V]ælgere"])
    import_module("kvarter.evidence.migrations.0008_columns_are_named_literally").ask_for_what_was_meant(apps, None)
    recipe.refresh_from_db()
    assert (recipe.part, recipe.whole) == (["~Stemme*", "Blanke"], ["~[V]ælgere"])
