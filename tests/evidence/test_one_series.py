"""Which figures of several waves are one series, and whom the words for a part of the people are about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from kvarter.evidence.wave_figures import broken_since, weighted_until
from kvarter.surveys.actions.waves import BadPlan, change_wave
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answers import answers_of
from kvarter.surveys.questionnaire import Ask, Item, Questionnaire, Section, Told
from tests.surveys.waves import BOTH_DATABASES, YES_NO, asked, planned, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
DAYS = (date(2018, 3, 1), date(2021, 3, 1), date(2024, 3, 1))


def form(*items: Item) -> Questionnaire:
    return small_questionnaire(sections=(Section("s", {"da": "Byliv", "en": "Life"}, items),))


def question(key: str, words: str = "Er her liv?") -> Item:
    told, texts = Told(("ja",), "more"), {"da": f"{words} {key}", "en": f"Is there life here? {key}"}
    return Item(key, Ask.ONE, texts, theme="byliv", choices=YES_NO, told=told)


def waves(world: World, *forms: Questionnaire) -> list[Wave]:
    versions = [asked(world, replace(one, version=at)) for at, one in enumerate(forms, 1)]
    return [Wave(questionnaire=version, reference_on=day) for version, day in zip(versions, DAYS, strict=True)]


ALWAYS = question("altid")


def test_a_question_put_otherwise_after_a_wave_without_it_is_broken(world: World) -> None:
    own, other = question("pauset"), question("pauset", "Er her for meget liv?")
    assert broken_since(waves(world, form(ALWAYS, own), form(ALWAYS), form(ALWAYS, other)), youth=False) == {
        "pauset": DAYS[2]
    }


def test_a_question_put_as_before_after_a_wave_without_it_goes_on(world: World) -> None:
    own = question("pauset")
    assert broken_since(waves(world, form(ALWAYS, own), form(ALWAYS), form(ALWAYS, own)), youth=False) == {}


def test_a_theme_of_other_questions_after_a_wave_without_it_is_broken(world: World) -> None:
    three, four = [question(f"q{n}") for n in range(3)], [question(f"q{n}") for n in range(4)]
    assert broken_since(waves(world, form(*three), form(ALWAYS), form(*four)), youth=False) == {"tema-byliv": DAYS[2]}


def test_two_waves_of_an_area_are_not_of_the_same_day(world: World) -> None:
    first = planned(world)
    with pytest.raises(BadPlan, match="gælder samme dag"):
        planned(world, slug="anden", reference_on=first.reference_on)
    second = planned(world, slug="anden")
    with pytest.raises(BadPlan, match="gælder samme dag"):
        change_wave(by=world.secretariat, wave=second, reference_on=first.reference_on)
    assert change_wave(by=world.secretariat, wave=first, pause=1).pause == 1


def test_of_two_waves_of_a_day_from_before_one_is_compared_with(world: World) -> None:
    first, second, last = (planned(world, slug=slug) for slug in ("a", "b", "c"))
    Wave.objects.update(state="weighted", cut_at=timezone.now())
    Wave.objects.filter(pk=second.pk).update(reference_on=first.reference_on)
    assert weighted_until(Wave.objects.get(pk=last.pk)) == [second, last]


def test_who_moved_in_after_the_wave_s_year_is_no_newcomer_of_it(world: World) -> None:
    wave = planned(world)
    years = (2020, 2021, 2024, 2025, None)
    Response.objects.bulk_create(
        Response(
            wave=wave.key,
            questionnaire=wave.questionnaire.digest,
            kind="sample",
            area="lilleby",
            stratum="lilleby",
            answers={"flyttet-ind": year},
            finished=True,
            position=at,
        )
        for at, year in enumerate(years)
    )
    told = answers_of(wave, wave.questionnaire.questionnaire, wave.questionnaire.digest)
    assert told["newcomer"].to_list() == ["no", "yes", "yes", "", ""]
