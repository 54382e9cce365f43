"""Nobody stands alone in what is taken out of a wave: not among the young, and not where hardly anybody answered."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

import pytest

from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.actions.exporting import export_answers
from kvarter.surveys.actions.weighting import weigh_wave
from kvarter.surveys.answers.models import Response
from kvarter.surveys.coarsening import ALIKE
from kvarter.surveys.models import Cell, Stratum, Wave
from kvarter.surveys.queries.answers import figures_of
from kvarter.surveys.weights import Method
from tests.surveys.field import answer_all, answer_openly, in_field, keep
from tests.surveys.waves import BOTH_DATABASES, asked, planned, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
MOVED_IN = "flyttet-ind"


@pytest.fixture
def wave(world: World) -> Wave:
    """A wave that adults have answered, with a questionnaire for the young."""
    adults = asked(world)
    youth = asked(world, small_questionnaire(key="lille-unge", audience="youth"))
    field = in_field(planned(world, questionnaire=adults, youth=youth))
    answer_all(field)
    return field.wave


def young(
    wave: Wave, gender: str, many: int, *, years: Sequence[int] = (2010,), home: str = "", **answers: str
) -> None:
    """Young people of Lilleby who were drawn and have all answered: when they moved in, year by year in turn; and the
    household they share.
    """
    stratum = Stratum.objects.get(wave=wave, name="lilleby")
    Cell.objects.create(stratum=stratum, gender=gender, age="12-17", population=many, drawn=many)
    stratum.population, stratum.drawn = stratum.population + many, stratum.drawn + many
    stratum.save()
    assert wave.youth
    whose = {"area": "lilleby", "stratum": "lilleby", "gender": gender, "age": "12-17", "base": 1.0}
    rows = [
        Response(
            wave=wave.key,
            questionnaire=wave.youth.digest,
            kind="sample",
            mode="web",
            ticket=f"{gender}{at:063d}",
            household=home or f"{gender}{at}",
            answers={"tillid-naboer": "4", "tryg": "ja", "ord": "ungt ord", MOVED_IN: years[at % len(years)]} | answers,
            finished=True,
            **whose,
        )
        for at in range(many)
    ]
    keep(wave, *rows)


def taken_out(world: World, wave: Wave) -> dict[str, list[dict[str, str]]]:
    """The rows of the files that an analyst is given."""
    closed = close_wave(by=world.secretariat, wave=wave)
    weigh_wave(by=world.secretariat, wave=closed, method=Method())
    wave.refresh_from_db()
    files = export_answers(by=OPERATOR, wave=wave)
    return {
        name: list(csv.DictReader(io.StringIO(content.decode())))
        for name, content in files.items()
        if name.endswith(".csv")
    }


def test_one_young_person_of_a_rare_gender_is_joined_with_other_young(world: World, wave: Wave) -> None:
    young(wave, "f", 50)
    young(wave, "m", 50)
    young(wave, "x", 1, tryg="nej")
    rows = taken_out(world, wave)["youth-answers.csv"]
    assert len(rows) == 101
    assert min(Counter((row["gender"], row["age"]) for row in rows).values()) >= ALIKE


def test_a_few_young_of_a_stratum_are_in_no_file_and_no_figure(world: World, wave: Wave) -> None:
    young(wave, "f", ALIKE - 1)
    files = taken_out(world, wave)
    assert Response.objects.filter(questionnaire=wave.youth.digest).count() == ALIKE - 1
    assert [files[f"youth-{name}.csv"] for name in ("figures", "answers", "texts")] == [[], [], []]
    assert figures_of(wave, wave.youth.questionnaire, wave.youth.digest).is_empty()
    assert len(files["answers.csv"]) > ALIKE


def test_the_only_one_of_an_area_by_the_open_link_is_not_told_of(world: World, wave: Wave) -> None:
    answer_openly(wave, area="", gender="x", age="18-29", words="kun jeg")
    answer_openly(wave, area="lilleby", gender="f", age="30-49", many=5)
    files = taken_out(world, wave)
    assert [row["area"] for row in files["open-answers.csv"]] == ["lilleby"] * 5
    assert "kun jeg" not in {row["text"] for row in files["open-texts.csv"]}


def test_what_people_said_of_themselves_does_not_undo_it(world: World, wave: Wave) -> None:
    young(wave, "f", 50, years=(2019,))
    young(wave, "m", 50, years=(2019,))
    young(wave, "x", 1, years=(2020,))
    rows = taken_out(world, wave)["youth-answers.csv"]
    joined = [row for row in rows if not row["gender"]]
    assert len(joined) >= ALIKE
    assert {row[MOVED_IN] for row in joined} == {""}
    assert {row[MOVED_IN] for row in rows if row["gender"]} == {"2019"}
    assert {row["newcomer"] for row in rows} == {"no"}


def test_what_few_of_a_place_said_of_themselves_is_not_told(world: World, wave: Wave) -> None:
    young(wave, "f", 50, years=(2019,))
    young(wave, "m", ALIKE, years=(2020,))
    for gender in "ad":  # five of each, of whom two moved in another year
        young(wave, gender, ALIKE, years=(2018, 2018, 2020, 2020, 2020))
    told = Counter(row[MOVED_IN] for row in taken_out(world, wave)["youth-answers.csv"])
    assert told == {"2019": 50, "2020": ALIKE + 6, "": 4}


def test_a_household_has_another_number_among_the_young(world: World, wave: Wave) -> None:
    young(wave, "f", 50, home="lilleby-18-29-0")
    files = taken_out(world, wave)
    homes, of_young = ({row["household"] for row in files[f"{name}answers.csv"]} for name in ("", "youth-"))
    assert len(of_young) == 1
    assert not homes & of_young
