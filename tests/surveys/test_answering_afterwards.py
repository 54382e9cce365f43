"""Codes of a closed wave, of somebody who will not be asked, and of a demonstration: each is told what it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from kvarter.agreements.models import Partnership
from kvarter.agreements.models.partnership import Visibility
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.actions.inviting import opt_out
from kvarter.surveys.actions.waves import BadPlan, change_wave
from kvarter.surveys.models import Wave
from kvarter.surveys.sealing import new_code
from tests.surveys.residents import answer_all, enter, in_field, letter_to, resident, text, today, where
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
MARK = "Alt her er opdigtet til en demonstration"


def closed(world: World) -> tuple[Wave, str]:
    """A wave that was closed before its last day, and a code of it."""
    wave = in_field(world)
    bente, bo = letter_to(wave), letter_to(wave, pseudonym="p2")
    enter(client := resident(), bente.code)
    answer_all(client)
    return close_wave(by=OPERATOR, wave=wave), bo.code


def test_a_code_of_a_closed_wave_says_that_it_is_closed_and_so_does_any_code(world: World) -> None:
    _wave, code = closed(world)
    page = text(enter(resident(), code))
    assert "De er lukket, og deres koder virker ikke mere" in page
    assert "Lilleby, Undersøgelsen 2024: lukket efter den" in page
    assert str(today().year) in page
    # Nobody learns from it whether a code ever was one.
    never = enter(resident(), new_code())
    assert text(never).split("</main>")[0].split("<form")[0] == page.split("</main>")[0].split("<form")[0]
    english = text(resident().post("/en/svar", {"code": code}))
    assert "They are closed, and their codes no longer work" in english
    assert "The survey 2024" in english


def test_what_is_closed_is_told_to_those_who_may_see_it(world: World) -> None:
    _wave, code = closed(world)
    Partnership.objects.filter(pk=world.partnership.pk).update(visibility=Visibility.PARTIES)
    assert "De er lukket" not in text(enter(resident(), code))


def test_a_code_of_a_wave_whose_last_day_has_passed_leads_to_its_own_page(world: World) -> None:
    wave = in_field(world)
    bente = letter_to(wave)
    Wave.objects.filter(pk=wave.pk).update(opens=today() - timedelta(days=9), closes=today() - timedelta(days=1))
    assert "Undersøgelsen er lukket" in text(enter(resident(), bente.code))


def test_whoever_said_no_is_told_that_it_is_noted_and_may_answer_all_the_same(world: World) -> None:
    wave = in_field(world)
    bente, client = letter_to(wave), resident()
    assert "ikke vil spørges. Det er noteret" not in text(enter(client, bente.code))
    opt_out(by=OPERATOR, invitation=bente.invitation, wave=wave, today=today())
    answer = enter(client, bente.code)
    assert "Du har sagt, at du ikke vil spørges. Det er noteret" in text(answer)
    assert where(answer).startswith("/svar/start")
    assert "Tak for dit svar" in text(answer_all(client))
    assert "Du har sagt" not in text(enter(resident(), bente.code))  # it has been received, which is what counts now


def test_where_all_that_is_open_is_made_up_typing_a_code_and_leaving_say_so(made_up_world: World) -> None:
    wave = in_field(made_up_world)
    bente = letter_to(wave)
    for address in ("/svar", "/svar/fravaelg", "/svar?hvorfor=ukendt"):
        assert MARK in text(resident().get(address)), address
    assert MARK in text(resident().post("/svar/fravaelg", {"code": bente.code}))
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.SAMPLING)
    assert MARK not in text(resident().get("/svar"))


def test_beside_a_real_wave_only_what_is_about_the_made_up_one_says_so(world: World) -> None:
    wave = in_field(world)
    bente = letter_to(wave)
    for address in ("/svar", "/svar/fravaelg"):
        assert MARK not in text(resident().get(address))
    assert MARK not in text(resident().post("/svar/fravaelg", {"code": bente.code}))


@pytest.mark.parametrize("language", ["", "/en"])
def test_an_address_with_a_stroke_too_many_leads_there_too(world: World, language: str) -> None:
    bente = letter_to(in_field(world))
    assert where(resident().get(f"{language}/s/{bente.code}/", follow=True)) == f"{language}/svar/start"
    for address in ("/svar/", "/svar/fravaelg/"):
        assert resident().get(language + address).status_code == 200
    with override("da"):
        assert reverse("answer") == "/svar"
        assert reverse("answer_by_address", args=[bente.code]) == f"/s/{bente.code}"


def test_two_waves_are_not_called_the_same(world: World) -> None:
    planned(world)
    with pytest.raises(BadPlan, match="hedder “undersøgelsen 2024”") as refused:
        planned(world, slug="igen", name="undersøgelsen 2024", name_en="")
    assert refused.value.field == "name"
    with pytest.raises(BadPlan) as refused:
        planned(world, slug="igen", name="En anden", name_en="The survey 2024")
    assert refused.value.field == "name_en"
    other = planned(world, slug="igen", name="En anden", name_en="")
    assert change_wave(by=world.secretariat, wave=other, name="En anden").name == "En anden"
    with pytest.raises(BadPlan):
        change_wave(by=world.secretariat, wave=other, name="Undersøgelsen 2024")
