"""What a survey says of itself: who was really asked, of whom its figures are, and what is known of its questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions.waves import source_keys, take_in_wave
from kvarter.evidence.models import Register, Source, Theme
from kvarter.evidence.wave_words import indicator_facts, method_notes
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Stratum
from tests.evidence.test_waves import published, weighted
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


def test_the_notes_say_who_was_really_asked(world: World) -> None:
    wave = weighted(world)
    own = published(world, wave).indicators["tryg"].latest(area=True)
    assert own
    assert "Lilleby: alle 320 fra 18 år er spurgt." in own.notes
    assert "Resten af byen: 400 af 4.000 fra 18 år er trukket ud tilfældigt og spurgt." in own.notes
    assert not [said for said in (own.source.method, own.source.limits) if "Alle i området" in said]


def test_a_part_that_was_drawn_is_not_called_everyone(world: World) -> None:
    wave = weighted(world)
    Stratum.objects.filter(wave=wave, area=wave.area).update(drawn=80)
    told = [note["da"] for note in method_notes(wave)]
    assert "Lilleby: 80 af 320 fra 18 år er trukket ud tilfældigt og spurgt." in told
    assert not any("alle" in note for note in told)


def test_who_answers_is_told_without_a_reference_where_there_is_none(world: World) -> None:
    wave = planned(world)
    asked_of = wave.questionnaire.questionnaire
    theme = Theme(name="Tryghed")
    both_places = indicator_facts(wave, asked_of, asked_of.item("tryg"), theme)
    assert both_places["respondents"] == "Voksne i Lilleby og Resten af byen"
    wave.reference = None
    alone = indicator_facts(wave, asked_of, asked_of.item("tryg"), theme)
    assert (alone["respondents"], alone["respondents_en"]) == ("Voksne i Lilleby", "Adults in Lilleby")


def test_what_is_known_of_a_question_is_told_in_both_languages(world: World) -> None:
    wave = planned(world)
    asked_of = wave.questionnaire.questionnaire
    item = replace(asked_of.item("tryg"), note="Samme emne som ESS.", notes={"en": "Same subject as ESS."})
    facts = indicator_facts(wave, asked_of, item, Theme(name="Tryghed"))
    assert facts["known_issues"] == "Samme emne som ESS."
    assert facts["known_issues_en"] == "Same subject as ESS."


def test_a_wave_that_was_closed_early_tells_the_day_it_was_closed(world: World) -> None:
    wave = weighted(world)
    assert f"til {date_format(wave.closes)}" in method_notes(wave)[0]["da"]  # it was closed after its last day
    wave.cut_at = timezone.make_aware(datetime(2024, 3, 20, 23, 30))
    assert "Spurgt fra 1. marts 2024 til 20. marts 2024." in method_notes(wave)[0]["da"]
    assert "from 1 March 2024 to 20 March 2024" in method_notes(wave)[0]["en"]


def test_the_ways_of_answering_are_told_from_the_field_once_the_answers_no_longer_say(world: World) -> None:
    wave = weighted(world)
    told = [note["da"] for note in method_notes(wave) if note["da"].startswith("Svaret:")]
    Response.objects.filter(wave=wave.key).update(mode="")
    assert len(told) == 1
    assert told == [note["da"] for note in method_notes(wave) if note["da"].startswith("Svaret:")]


def test_a_wave_that_nobody_answered_tells_no_way_of_answering(world: World) -> None:
    told = [note["da"] for note in method_notes(planned(world))]
    assert not any("Svaret" in note for note in told)


def test_the_survey_is_told_as_it_is_now_also_where_it_was_told_otherwise(world: World) -> None:
    wave = weighted(world)
    take_in_wave(by=world.secretariat, wave=wave)
    Source.objects.update(method="Alle i området er spurgt.")
    take_in_wave(by=world.secretariat, wave=wave)
    assert "Alle i området" not in Source.objects.get().method


def test_two_partnerships_with_long_addresses_have_each_their_own_source(world: World) -> None:
    first, second = (Partnership(slug="et-kvarter-med-et-meget-langt-navn-som-ingen-husker-" + end) for end in "ab")
    assert not set(source_keys(first)[:1]) & set(source_keys(second)[:1])
    assert all(len(key) <= 60 for key in source_keys(first))
    assert source_keys(first)[1] == f"undersoegelse-{first.slug}"[:60]
    assert source_keys(world.partnership) == ("undersoegelse-lilleby",)


def test_a_long_address_keeps_the_source_it_had(world: World) -> None:
    """Until now the key was cut: what lies under it is found again, unless another partnership's lies there too."""
    slug = "et-kvarter-med-et-meget-langt-navn-som-ingen-husker-a"
    Partnership.objects.filter(pk=world.partnership.pk).update(slug=slug)
    world.partnership.refresh_from_db()
    wave = weighted(world)
    take_in_wave(by=world.secretariat, wave=wave)
    Source.objects.update(key=source_keys(world.partnership)[1])
    take_in_wave(by=world.secretariat, wave=wave)
    assert Source.objects.get().key == source_keys(world.partnership)[1]
    assert Register.objects.count() == 1
