"""After the field, page by page: close, weight, make the figures, publish; each shows first what it will do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from kvarter.evidence.actions.indicators import add_theme
from kvarter.evidence.actions.waves import take_in_wave
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Code, Wave
from tests.surveys.field import answer_all, in_field, unanswered
from tests.surveys.test_field_pages import field_values
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
AT = "/kvarter/lilleby/undersoegelse/2024"


@pytest.fixture
def wave(world: World) -> Wave:
    """A wave in the field that most have answered, and its two themes."""
    for slug, name in (("tillid", "Tillid"), ("tryghed", "Tryghed")):
        add_theme(by=OPERATOR, partnership=world.partnership, slug=slug, clause=f"tema-{slug}", name=name)
    made = in_field(planned(world))
    answer_all(made)
    return made.wave


def test_from_the_field_to_what_readers_see(wave: Wave, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    page = sara.get(f"{AT}/luk").content.decode()
    assert "Koder, der bliver ødelagt" in page
    assert str(Code.objects.count()) in page
    refused = sara.post(f"{AT}/luk", {})
    assert "Sæt kryds" in refused.content.decode()
    assert sara.post(f"{AT}/luk", {"sure": "on"}).status_code == 302
    wave.refresh_from_db()
    assert wave.state == "closed"

    page = sara.get(f"{AT}/vaegt").content.decode()
    assert "Alle grupper passer." in page
    seen = sara.post(f"{AT}/vaegt", {"bounded": "on", "low": "0.3", "high": "4"}).content.decode()
    assert "Sådan bliver vægtene" in seen
    wave.refresh_from_db()
    assert wave.state == "closed"
    assert sara.post(f"{AT}/vaegt", {"weigh": "1"}).status_code == 302

    page = sara.get(f"{AT}/tal").content.decode()
    assert "Lav tallene" in page
    sara.post(f"{AT}/tal", {"make": "1"})
    page = sara.get(f"{AT}/tal").content.decode()
    assert "Man kan stole på naboerne" in sara.get(f"{AT}/tal?tema=tillid").content.decode()
    assert sara.get(f"{AT}/tal?tema=findes-ikke").status_code == 404
    assert "Offentliggør for altid" in page
    visitor = client_as("visitor")
    assert "Man kan stole på naboerne" not in visitor.get("/kvarter/lilleby/tal/tillid").content.decode()
    told = {"publish": "1", "title": "Undersøgelsen 2024", "seen": seen_in(page)}
    assert sara.post(f"{AT}/tal", told).status_code == 302
    assert "Man kan stole på naboerne" in visitor.get("/kvarter/lilleby/tal/tillid").content.decode()


def test_figures_that_were_made_anew_are_looked_through_again(
    wave: Wave, world: World, client_as: Callable[[str], Client]
) -> None:
    sara = client_as("secretariat")
    sara.post(f"{AT}/luk", {"sure": "on"})
    sara.post(f"{AT}/vaegt", {"weigh": "1"})
    sara.post(f"{AT}/tal", {"make": "1"})
    page = sara.get(f"{AT}/tal").content.decode()
    wave.refresh_from_db()
    answer = Response.objects.filter(wave=wave.key, area="lilleby", answers__tryg="ja").first()
    assert answer
    Response.objects.filter(pk=answer.pk).update(answers=answer.answers | {"tryg": "nej"})
    take_in_wave(by=world.secretariat, wave=wave)
    told = {"publish": "1", "title": "Undersøgelsen 2024", "seen": seen_in(page)}
    assert "Det er ikke det, du så." in sara.post(f"{AT}/tal", told).content.decode()
    wave.refresh_from_db()
    assert wave.state == "weighted"
    form = html.fromstring(page).xpath("//form[.//button[@name='publish']]")[0]
    assert form.xpath(".//button")[0].get("name") == "look", "Enter presses the first button, which only shows"


def seen_in(page: str) -> str:
    (field,) = html.fromstring(page).xpath("//input[@name='seen']/@value")
    return str(field)


def test_weights_are_undone_from_their_page(wave: Wave, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    sara.post(f"{AT}/luk", {"sure": "on"})
    sara.post(f"{AT}/vaegt", {"weigh": "1"})
    assert "Fortryd vægtningen" in sara.get(f"{AT}/vaegt").content.decode()
    sara.post(f"{AT}/vaegt/fortryd")
    wave.refresh_from_db()
    assert (wave.state, wave.weighting) == ("closed", None)


def test_a_page_whose_turn_has_not_come_says_what_comes_first(wave: Wave, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    assert "Luk den først" in sara.get(f"{AT}/vaegt").content.decode()
    assert "når svarene er vægtet" in sara.get(f"{AT}/tal").content.decode()
    assert sara.post(f"{AT}/tal", {"make": "1"}).status_code == 200


def test_bounds_that_cannot_be_kept_stand_in_the_form(wave: Wave, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    sara.post(f"{AT}/luk", {"sure": "on"})
    page = sara.post(f"{AT}/vaegt", {"bounded": "on", "low": "0.99", "high": "1.01", "weigh": "1"}).content.decode()
    assert "videre grænser" in page
    wave.refresh_from_db()
    assert wave.state == "closed"


def test_closing_before_the_day_that_letters_promise_is_told_of(wave: Wave, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    assert "Der kan stadig svares" not in sara.get(f"{AT}/luk").content.decode()
    today = timezone.localdate()
    Wave.objects.filter(pk=wave.pk).update(closes=today, frame_deleted_on=today + timedelta(days=9))
    assert "Der kan stadig svares" in sara.get(f"{AT}/luk").content.decode()


def test_the_weights_of_a_weighted_wave_are_shown_as_they_are(wave: Wave, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    sara.post(f"{AT}/luk", {"sure": "on"})
    assert "Sådan bliver vægtene" in sara.get(f"{AT}/vaegt").content.decode()
    sara.post(f"{AT}/vaegt", {"bounded": "on", "low": "0.5", "high": "3", "weigh": "1"})
    page = sara.get(f"{AT}/vaegt").content.decode()
    assert "Sådan er vægtene" in page
    assert field_values(page)["low"] == "0.5"
    assert re.search(r'name="bounded"[^>]* checked', page)


def test_what_the_weights_make_up_for_is_told_group_by_group(wave: Wave, client_as: Callable[[str], Client]) -> None:
    unanswered(wave, area="lilleby", gender="m")
    sara = client_as("secretariat")
    sara.post(f"{AT}/luk", {"sure": "on"})
    page = re.sub(r"<[^>]*>|\s+", " ", sara.get(f"{AT}/vaegt").content.decode())
    page = re.sub(r"\s+", " ", page)
    assert "Kvinder og mænd 100,0 % 100,0 % 1,00" in page  # no man answered, so they are joined
    assert "lilleby" not in page


def test_where_nobody_answered_is_told_before_closing_and_after(wave: Wave, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    assert "Luk ikke endnu" not in sara.get(f"{AT}/luk").content.decode()
    unanswered(wave, area="resten")
    assert "Ingen har svaret fra Resten af byen" in sara.get(f"{AT}/luk").content.decode()
    sara.post(f"{AT}/luk", {"sure": "on"})
    assert "Ingen har svaret fra Resten af byen" in sara.get(f"{AT}/vaegt").content.decode()


@pytest.mark.parametrize("page", ["luk", "vaegt", "tal"])
def test_a_page_takes_as_many_queries_however_many_answered(
    world: World, client_as: Callable[[str], Client], page: str
) -> None:
    sara = client_as("secretariat")
    counts = []
    for slug, rate in (("faa", 0.2), ("mange", 0.9)):
        made = in_field(planned(world, slug=slug))
        answer_all(made, rate=rate)
        sara.get(f"/kvarter/lilleby/undersoegelse/{slug}/{page}")
        counts.append(_queries(sara, f"/kvarter/lilleby/undersoegelse/{slug}/{page}"))
    assert counts[0] == counts[1] <= 16


def test_weights_are_shown_by_as_many_queries_however_many_answered(
    world: World, client_as: Callable[[str], Client]
) -> None:
    sara = client_as("secretariat")
    counts = []
    for slug, rate in (("faa", 0.3), ("mange", 0.9)):
        made = in_field(planned(world, slug=slug))
        answer_all(made, rate=rate)
        close_wave(by=world.secretariat, wave=made.wave)
        sara.get(f"/kvarter/lilleby/undersoegelse/{slug}/vaegt")
        counts.append(_queries(sara, f"/kvarter/lilleby/undersoegelse/{slug}/vaegt"))
    assert counts[0] == counts[1] <= 16


def _queries(client: Client, address: str) -> int:
    from django.db import connections

    with CaptureQueriesContext(connections["default"]) as one, CaptureQueriesContext(connections["answers"]) as other:
        assert client.get(address).status_code == 200
    return len(one) + len(other)
