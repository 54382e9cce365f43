"""Planning a wave: what is asked, whom it is about, and days that agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kvarter.people.policy import Refused
from kvarter.surveys.actions.keys import KeyGone, Use, key_of
from kvarter.surveys.actions.waves import (
    BadPlan,
    BadQuestionnaire,
    SameQuestionnaire,
    WrongStep,
    add_questionnaire,
    change_wave,
    open_field,
    plan_wave,
    set_target,
)
from kvarter.surveys.models import Wave
from tests.surveys.waves import BOTH_DATABASES, PLANNED, areas, asked, planned, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


def test_a_questionnaire_gets_the_next_version_and_the_same_one_none(world: World) -> None:
    first = asked(world)
    second = asked(world, small_questionnaire(titles={"da": "Det lille skema, rettet", "en": "The small one, mended"}))
    assert (first.version, second.version) == (1, 2)
    with pytest.raises(SameQuestionnaire):
        asked(world)


def test_a_questionnaire_that_cannot_be_asked_is_not_kept(world: World) -> None:
    silent = replace(small_questionnaire(), languages=("da", "en", "ar"))
    with pytest.raises(BadQuestionnaire, match="ar"):
        asked(world, silent)
    assert not world.partnership.questionnaires.exists()


def test_a_questionnaire_that_was_asked_is_never_rewritten(world: World) -> None:
    asked(world)
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE surveys_questionnaireversion SET content = '{}'")


def test_only_the_secretariat_plans(world: World) -> None:
    area, _rest = areas(world.partnership)
    form = asked(world)
    for role in ("analyst", "party_member", "administrator"):
        with pytest.raises(Refused):
            plan_wave(by=world.people[role], partnership=world.partnership, area=area, questionnaire=form, **PLANNED)
        with pytest.raises(Refused):
            add_questionnaire(
                by=world.people[role], partnership=world.partnership, questionnaire=small_questionnaire(version=9)
            )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"closes": date(2024, 2, 1)}, "lukker, før den åbner"),
        ({"frame_deleted_on": date(2024, 4, 30)}, "kan først slettes"),
    ],
)
def test_days_that_contradict_each_other_are_refused(world: World, changes: dict[str, date], said: str) -> None:
    with pytest.raises(BadPlan, match=said):
        planned(world, **changes)


def test_the_name_is_proposed_in_danish_on_an_english_page_too(
    world: World, client_as: Callable[[str], Client]
) -> None:
    page = client_as("secretariat").get("/en/kvarter/lilleby/undersoegelser/ny").content.decode()
    assert 'value="Undersøgelsen 20' in page
    assert 'value="The survey 20' in page


def test_a_questionnaire_is_chosen_by_its_title_in_the_language_of_the_page(
    world: World, client_as: Callable[[str], Client]
) -> None:
    made = asked(world, small_questionnaire())
    titles = made.questionnaire.titles
    assert titles["da"] != titles["en"]
    for at, own, other in (("", "da", "en"), ("/en", "en", "da")):
        page = client_as("secretariat").get(f"{at}/kvarter/lilleby/undersoegelser/ny").content.decode()
        assert f">{titles[own]}, {made.version}</option>" in page
        assert f">{titles[other]}, " not in page


def test_every_fault_of_a_plan_is_told_at_once(world: World, client_as: Callable[[str], Client]) -> None:
    wave = planned(world)
    with pytest.raises(BadPlan) as error:
        planned(world, closes=date(2024, 2, 1), frame_deleted_on=date(2024, 1, 1), reference=wave.area)
    assert [field for field, _told in error.value.faults] == [
        "slug",
        "name",
        "name_en",
        "closes",
        "frame_deleted_on",
        "reference",
    ]
    sent = {
        "slug": "2024",
        "opens": "2024-03-01",
        "closes": "2024-02-01",
        "frame_deleted_on": "2024-01-01",
        "pause": "99",
    }
    page = client_as("secretariat").post("/kvarter/lilleby/undersoegelser/ny", sent).content.decode()
    for told in ("allerede en undersøgelse", "lukker, før den åbner", "kan først slettes", "højst 60 dage"):
        assert told in page, told
    assert Wave.objects.count() == 1


def test_two_waves_do_not_share_an_address(world: World) -> None:
    planned(world)
    with pytest.raises(BadPlan, match="2024"):
        planned(world)


def test_a_wave_is_changed_while_it_is_planned_and_cannot_open_with_nobody_drawn(world: World) -> None:
    wave = planned(world)
    assert change_wave(by=world.secretariat, wave=wave, closes=date(2024, 5, 1)).closes == date(2024, 5, 1)
    with pytest.raises(WrongStep, match="planlagt"):
        open_field(by=world.secretariat, wave=wave)


def test_a_target_is_of_an_item_that_becomes_a_figure(world: World) -> None:
    wave = planned(world)
    set_target(by=world.secretariat, wave=wave, item="tryg", change=0.08)
    assert [str(target) for target in wave.targets.all()] == ["tryg: 0.08"]
    with pytest.raises(BadPlan, match="ord"):
        set_target(by=world.secretariat, wave=wave, item="ord", change=0.08)


def test_a_waves_keys_open_under_the_operators_key_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wave = planned(world)
    keys = {key_of(wave, use) for use in Use}
    assert len(keys) == 2
    monkeypatch.setattr(settings, "SURVEY_KEY", bytes(32))
    with pytest.raises(KeyGone, match="anden nøgle"):
        key_of(wave, Use.LINK)
