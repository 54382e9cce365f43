"""Answers that somebody else collected become a wave: looked through first, then whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.contrib.auth.models import AnonymousUser

from kvarter.cli.wave_import import import_
from kvarter.evidence.actions.publishing import Words
from kvarter.evidence.actions.waves import publish_wave, take_in_wave
from kvarter.evidence.figures import Between
from kvarter.evidence.queries.published import published_of
from kvarter.people.policy import Refused
from kvarter.surveys.actions import outside as acts
from kvarter.surveys.actions.keys import Use, keys_left
from kvarter.surveys.actions.outside import NotTakenIn, look_in_both, take_in_answers
from kvarter.surveys.actions.waves import WrongStep
from kvarter.surveys.actions.weighting import unweigh_wave, weigh_wave
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import AnswersDraft, QuestionnaireVersion, Stratum, Wave
from kvarter.surveys.outside.looking import Coming
from kvarter.surveys.weights import Method
from kvarter.tables.limits import BadFile
from tests.evidence.test_waves import published, themes, weighted
from tests.surveys.outside import (
    MAPPING,
    STRATA,
    WITHOUT_WEIGHTS,
    as_csv,
    ready,
    some_rows,
    table_of,
)
from tests.surveys.waves import BOTH_DATABASES, asked, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


@pytest.fixture
def town(world: World) -> World:
    ready(world)
    themes(world)
    return world


def coming(town: World, rows: list[dict[str, Any]] | None = None, mapping: str = MAPPING) -> Coming:
    return look_in_both(town.partnership, table_of(some_rows() if rows is None else rows), mapping, {})[0]


def stopped(town: World, rows: list[dict[str, Any]], mapping: str = MAPPING) -> str:
    return " ".join(one.told for one in coming(town, rows, mapping).stopped)


def taken_in(town: World, found: Coming) -> Wave:
    return take_in_answers(by=town.secretariat, partnership=town.partnership, coming=found)


def changed(column: str, value: Any, *, at: int = 4) -> list[dict[str, Any]]:
    rows = some_rows()
    rows[at][column] = value
    return rows


def nothing_stored() -> bool:
    return not any(rows.exists() for rows in (Wave.objects, Stratum.objects, Response.objects, AnswersDraft.objects))


def test_answers_with_weights_become_a_weighted_wave_whose_figures_are_published(town: World) -> None:
    found = coming(town, some_rows(600))
    assert not found.stopped
    assert found.by_area == [("Lilleby", 400), ("Resten af byen", 200)]
    wave = taken_in(town, found)
    assert (wave.state, wave.is_imported, wave.invitations.count()) == ("weighted", True, 0)
    assert not keys_left(wave, list(Use))
    made = published(town, wave)
    own = made.indicators["tryg"].latest(area=True)
    assert own
    assert own.n
    rows = [(one.weight, one.answers.get("tryg")) for one in Response.objects.filter(area="lilleby")]
    known = [(weight or 0, answer) for weight, answer in rows if answer in ("ja", "nej")]
    share = sum(weight for weight, answer in known if answer == "ja") / sum(weight for weight, _answer in known)
    assert own.value == pytest.approx(share, abs=1e-12)
    assert any("samlet ind af andre" in note for note in own.notes)


def test_what_tells_whose_row_is_whose_is_kept_nowhere(town: World) -> None:
    rows = [row | {"respnr": f"person-{number}"} for number, row in enumerate(some_rows())]
    taken_in(town, coming(town, rows))
    assert "person-" not in str(list(Response.objects.values()))
    laid = list(Response.objects.order_by("position").values_list("answers__ord", flat=True))
    numbers = [int(text.split()[-1]) for text in laid if text]
    assert len(numbers) == 12
    assert numbers != sorted(numbers)


def test_answers_are_weighted_by_counts_of_people_as_our_own_are(town: World) -> None:
    cells = "".join(
        f'[[cells]]\nstratum = "{name}"\ngender = "{gender}"\npeople = {people}\n'
        for name, people in (("lilleby", 150), ("resten", 2000))
        for gender in "mf"
    )
    rows = some_rows()
    mapping = WITHOUT_WEIGHTS.replace('age = "alder"\n', "").replace('"vaegt"]', '"vaegt", "alder"]') + STRATA + cells
    wave = taken_in(town, coming(town, rows, mapping))
    assert wave.state == "closed"
    weigh_wave(by=town.secretariat, wave=wave, method=Method())
    sums = {"m": 0.0, "f": 0.0}
    for gender, weight in Response.objects.filter(area="lilleby").values_list("gender", "weight"):
        sums[gender] += weight or 0
    assert sums == pytest.approx({"m": 150, "f": 150})


def test_without_weights_all_of_a_stratum_count_the_same_and_it_is_said(town: World) -> None:
    strata = STRATA.replace("people = 300\nasked = 300", "people = 900\nasked = 800")
    found = coming(town, some_rows(600), WITHOUT_WEIGHTS + strata)
    assert "tæller lige" in " ".join(one.told for one in found.noted)
    wave = taken_in(town, found)
    weights = dict(Response.objects.order_by("area").values_list("area", "weight"))
    assert weights == {"lilleby": 900 / 400, "resten": 20.0}
    assert published(town, wave).indicators["tryg"].latest(area=True).invited == 800  # type: ignore[union-attr]


def test_weights_that_came_with_the_answers_are_not_made_again(town: World) -> None:
    wave = taken_in(town, coming(town))
    with pytest.raises(WrongStep, match="læst ind med svarene"):
        weigh_wave(by=town.secretariat, wave=wave, method=Method())
    with pytest.raises(WrongStep):
        unweigh_wave(by=town.secretariat, wave=wave)
    assert Response.objects.filter(weight=None).count() == 0


def test_change_is_judged_between_imported_answers_and_our_own(town: World) -> None:
    published(town, taken_in(town, coming(town, some_rows(600))))
    made = published(town, weighted(town, trust=0.9))
    change = made.indicators["tillid-naboer"].difference(Between.CHANGE)
    assert change
    assert (change.first.first, change.verdict) == (date(2018, 3, 1), "demonstrable change")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (changed("q1", 7), "svar.csv, række 6: “7” i kolonnen “q1” står ikke i opskriften."),
        (changed("omr", 3), "række 6: “3” i kolonnen “omr” står ikke"),
        (changed("omr", ""), "række 6: området mangler"),
        (changed("koen", 3), "række 6: “3” i kolonnen “koen”"),
        (changed("alder", "gammel"), "række 6: “gammel” i kolonnen “alder” er ingen alder."),
        (changed("alder", 9), "række 6: er om et barn"),
        (changed("alder", 15), "række 6: er om en ung"),
        (changed("vaegt", ""), "række 6: vægten mangler"),
        (changed("vaegt", "-1"), "række 6: “-1” i kolonnen “vaegt” er ikke en vægt over 0."),
        (changed("vaegt", "1e999"), "række 6: “1e999”"),
        (changed("aar", 1492), "række 6: “1492” i kolonnen “aar” ligger uden for 1950 til 2024."),
        (changed("aar", "1999,5"), "er ikke et helt tal"),
        (changed("ord", "x" * 3000), "er for lang en tekst"),
        (changed("respnr", 1001), "række 6: personen står også i række 2."),
        (changed("respnr", ""), "række 6: nummeret mangler"),
        ([*some_rows()[:-1], some_rows()[-1] | {"q2": "1", "lys": 1}], "skulle ikke stilles efter de andre svar"),
        ([row for row in some_rows() if row["omr"] == 2], "Ingen i filen bor i det område"),
    ],
)
def test_one_wrong_row_keeps_all_out_and_is_named(town: World, rows: list[dict[str, Any]], told: str) -> None:
    found = coming(town, rows)
    assert told in " ".join(one.told for one in found.stopped)
    with pytest.raises(NotTakenIn):
        taken_in(town, found)
    assert nothing_stored()


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (MAPPING.replace('column = "q2"', 'column = "q22"'), "har ikke kolonnerne q22"),
        (MAPPING.replace('"ved-ikke" }', '"ved_ikke" }', 1), "har ikke svarene ved_ikke|kendes ikke|ved_ikke"),
        (MAPPING.replace('item = "tryg"', 'item = "glad"'), "intet spørgsmål “glad”"),
        (MAPPING.replace('adults = "lille"', 'adults = "stor"'), "Spørgeskemaet “stor” kendes ikke"),
        (MAPPING.replace("reference_on = 2018-03-01\n", ""), "wave.reference_on: den mangler"),
        (MAPPING + "\nmere = 1", "mere: den kender vi ikke"),
        (MAPPING + "\n[[", "er ikke TOML"),
        (MAPPING + "\n[[items]]\nitem = 'tryg'\ncolumn = 'q2'\n", "“tryg” står to gange"),
    ],
)
def test_a_mapping_that_does_not_fit_is_told_by_its_part(town: World, mapping: str, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        coming(town, mapping=mapping)


def test_strata_must_be_known_answered_and_possible(town: World) -> None:
    rows = some_rows()
    assert "står i filen, men ikke i opskriften" in stopped(
        town, rows, MAPPING + STRATA.split("[[strata]]")[0] + "[[strata]]" + STRATA.split("[[strata]]")[1]
    )
    more = STRATA + '[[strata]]\nname = "tom"\narea = "resten"\npeople = 10\n'
    assert "Ingen har svaret fra tom" in stopped(town, rows, MAPPING + more)
    assert "passer ikke sammen" in stopped(town, rows, MAPPING + STRATA.replace("asked = 300", "asked = 10"))
    assert "flere svar (80) end personer (30)" in stopped(
        town, rows, MAPPING + STRATA.replace("people = 300\nasked = 300", "people = 30")
    )
    household = MAPPING.replace('weight = "vaegt"', 'weight = "vaegt"\nhousehold = "aar"')
    assert "hvor mange husstande" in stopped(town, rows, household + STRATA)
    cells = '[[cells]]\nstratum = "lilleby"\ngender = "m"\npeople = 10\n'
    assert "giver ikke det, laget har i alt" in stopped(town, rows, WITHOUT_WEIGHTS + STRATA + cells)


def test_a_gender_and_age_that_answered_must_be_counted_together(town: World) -> None:
    """Each of the two is counted with others; only the pair is not, and then nothing could be weighted."""
    kinds = [(gender, age) for gender in ("f", "m") for age in ("18-29", "30-49", "50-64", "65+")]
    each = {"lilleby": 300 // 7, "resten": 4000 // 8}

    def cells(left_out: tuple[str, str] | None) -> str:
        told = ""
        for stratum, people in (("lilleby", 300), ("resten", 4000)):
            some = [kind for kind in kinds if stratum == "resten" or kind != left_out]
            for at, (gender, age) in enumerate(some):
                many = people - (len(some) - 1) * each[stratum] if at == 0 else each[stratum]
                facts = f'stratum = "{stratum}"\ngender = "{gender}"\nage = "{age}"\npeople = {many}\n'
                told += f"[[cells]]\n{facts}"
        return told

    mapping = WITHOUT_WEIGHTS + STRATA
    told = stopped(town, some_rows(), mapping + cells(("m", "18-29")))
    assert "lilleby m 18-29" in told
    assert "Føj dem til med deres antal" in told
    wave = taken_in(town, coming(town, mapping=mapping + cells(None)))
    assert weigh_wave(by=town.secretariat, wave=wave, method=Method()).weights.sum() == pytest.approx(4300)


def test_answers_outside_the_routing_may_be_left_out_and_it_is_told(town: World) -> None:
    rows = changed("lys", 1, at=0)
    rows[0]["q2"] = "1"
    found = coming(town, rows, 'outside_routing = "leave_out"\n' + MAPPING)
    assert not found.stopped
    assert "svaret udelades" in " ".join(one.told for one in found.noted)
    assert "hvorfor-utryg" not in found.answers[0].answers


def test_columns_that_are_not_read_and_rows_alike_are_told(town: World) -> None:
    rows = [row | {"postnr": 2860} for row in some_rows()]
    assert "læses ikke: postnr" in " ".join(one.told for one in coming(town, rows).noted)
    rows = [{name: value for name, value in row.items() if name != "respnr"} for row in some_rows()]
    rows.append(rows[3])
    found = coming(town, rows, MAPPING.replace('id = "respnr"\n', ""))
    assert "række 122: rækken er den samme som række 5" in " ".join(one.told for one in found.noted)


def test_what_keeps_a_file_from_being_compared_is_told(town: World) -> None:
    weighted(town)  # 2024: 640 drawn, 60 days in spring
    changed_words = small_questionnaire(key="gammelt")
    section = changed_words.sections[0]
    trust = replace(section.items[0], texts={"da": "Naboer er til at stole på", "en": "One can trust neighbours"})
    asked(
        town,
        replace(
            changed_words, sections=(replace(section, items=(trust, *section.items[1:])), *changed_words.sections[1:])
        ),
    )
    mapping = MAPPING.replace('adults = "lille"', 'adults = "gammelt"').replace(
        "opens = 2018-03-01\ncloses = 2018-04-15", "opens = 2018-09-01\ncloses = 2018-09-10"
    )
    found = coming(town, mapping=mapping)
    kinds = {one.kind for one in found.noted}
    assert {"changed-item", "wave-size", "field-period", "other-season", "mode-untold"} <= kinds
    assert not found.stopped
    assert "“tillid-naboer”: andre ord" in " ".join(one.told for one in found.noted)


def test_a_wave_of_the_same_address_or_day_stops_it(town: World) -> None:
    taken_in(town, coming(town))
    assert "samme adresse" in " ".join(one.told for one in coming(town).stopped)
    with pytest.raises(NotTakenIn):
        taken_in(town, coming(town))
    assert Wave.objects.count() == 1


def test_only_the_secretariat_takes_answers_in(town: World) -> None:
    found = coming(town)
    for role in ("analyst", "party_member", "administrator"):
        with pytest.raises(Refused):
            take_in_answers(by=town.people[role], partnership=town.partnership, coming=found)
    with pytest.raises(Refused):
        take_in_answers(by=AnonymousUser(), partnership=town.partnership, coming=found)
    assert nothing_stored()


def test_neither_database_keeps_anything_when_the_other_refuses(town: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = coming(town)

    def refuse(*_args: object, **_facts: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Response.objects, "bulk_create", refuse)
        with pytest.raises(sqlite3.OperationalError):
            taken_in(town, found)
    assert nothing_stored()
    with monkeypatch.context() as patched:  # the last thing before the first database is done
        patched.setattr(acts.transaction.Atomic, "__exit__", _failing(acts.transaction.Atomic.__exit__))
        with pytest.raises(sqlite3.OperationalError):
            taken_in(town, found)
    assert nothing_stored()
    assert not QuestionnaireVersion.objects.exclude(key="lille").exists()
    assert taken_in(town, found).pk


def _failing(leave: Callable[..., None]) -> Callable[..., None]:
    """A transaction that ends, and where the one on the first database fails as it is stored."""

    def left(self: Any, kind: object, error: object, trace: object) -> None:
        if self.using in (None, "default") and kind is None and Response.objects.exists():
            failed = sqlite3.OperationalError("disk I/O error")
            leave(self, type(failed), failed, None)
            raise failed
        leave(self, kind, error, trace)

    return left


def test_the_command_suggests_shows_and_stores(town: World, tmp_path: Path) -> None:
    file, mapping = tmp_path / "svar.csv", tmp_path / "svar.toml"
    file.write_bytes(as_csv(some_rows()))
    run = CliRunner()
    told = run.invoke(import_, [str(file), "--partnership", "lilleby"])
    assert told.exit_code == 2
    assert 'gender = "koen"' in told.stdout
    assert 'weight = "vaegt"' in told.stdout
    mapping.write_text(MAPPING, encoding="utf-8")
    told = run.invoke(import_, [str(file), "--mapping", str(mapping), "--partnership", "lilleby"])
    assert told.exit_code == 0, told.output
    assert "Nothing stored" in told.output
    assert nothing_stored()
    told = run.invoke(import_, [str(file), "--mapping", str(mapping), "--partnership", "lilleby", "--yes"])
    assert "lilleby/2018" in told.output
    assert Wave.objects.get().state == "weighted"
    file.write_bytes(as_csv(changed("q1", 7)))
    told = run.invoke(import_, [str(file), "--mapping", str(mapping), "--partnership", "lilleby", "--yes"])
    assert told.exit_code == 2
    assert "stop: svar.csv, række 6" in told.output


def test_figures_of_imported_answers_are_made_and_published_by_the_same_steps(town: World) -> None:
    wave = taken_in(town, coming(town, some_rows(600)))
    take_in_wave(by=town.secretariat, wave=wave)
    wave.refresh_from_db()
    made = publish_wave(by=town.secretariat, wave=wave, words=Words(wave.name))
    wave.refresh_from_db()
    assert (made.number, wave.state) == (1, "published")
    assert published_of(AnonymousUser(), town.partnership, "en").indicators["tryg"].latest(area=True)
