"""The open link beside the sample: who one is comes first, and it is never taken for the sample."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from kvarter.surveys.answers.models import Response
from kvarter.surveys.brake import OPEN_ANSWERS, WRONG_CODES
from tests.surveys.braking import count, lets
from tests.surveys.residents import (
    SAFE,
    TRUST,
    answer_all,
    in_field,
    resident,
    text,
    the_response,
    where,
    youth_questionnaire,
)
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
LINK = "/svar/aaben/lilleby/2024"
AREA, GENDER, AGE = "i1", "i2", "i3"


def test_a_neighbour_without_a_letter_answers(world: World) -> None:
    in_field(world, open_link=True)
    client = resident()
    first = text(client.get(LINK))
    assert "blandes ikke med deres" in first
    assert not Response.objects.exists()
    wrong = text(client.post(LINK, {AREA: "lilleby"}))
    assert '<a href="#i2">Hvad er dit køn?</a>' in wrong
    assert where(client.post(LINK, {AREA: "lilleby", GENDER: "unsaid", AGE: "50-64"}, follow=True)) == "/svar/side/1"
    page = text(client.get("/svar/side/1"))
    assert "tæller ikke med blandt dem, der er udtrukket" in page
    assert "senere" not in page  # no code leads back
    assert "komme tilbage med din kode" not in text(client.get("/svar/start"))
    assert "Tak for dit svar" in text(answer_all(client))
    row = the_response()
    assert (row.kind, row.area, row.gender, row.age, row.base) == ("open", "lilleby", "", "50-64", None)
    assert (row.stratum, row.household, row.finished) == ("", "", True)


def test_the_same_browser_does_not_answer_twice_by_accident(world: World) -> None:
    in_field(world, open_link=True)
    client = resident()
    client.post(LINK, {AREA: "elsewhere", GENDER: "f", AGE: "18-29"})
    answer_all(client)
    assert the_response().area == ""
    assert "allerede svaret herfra" in text(client.get(LINK, follow=True))
    assert client.post(LINK, {AREA: "lilleby", GENDER: "f", AGE: "18-29"}, follow=True).status_code == 200
    assert Response.objects.count() == 1


def test_the_young_get_their_own_questions_there_too(world: World) -> None:
    wave = in_field(world, open_link=True, youth=youth_questionnaire(world))
    client = resident()
    client.post(LINK, {AREA: "lilleby", GENDER: "f", AGE: "12-17"})
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    assert wave.youth
    assert the_response().questionnaire == wave.youth.digest


def test_without_an_open_link_there_is_none(world: World) -> None:
    in_field(world)
    assert "/konto/login/" in resident().get(LINK)["Location"]
    assert resident().get("/svar/aaben/lilleby/1999").status_code == 404


def test_one_address_begins_only_so_many_answers_in_an_hour(world: World) -> None:
    in_field(world, open_link=True)
    who = {AREA: "lilleby", GENDER: "f", AGE: "18-29"}
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):

        def begin(address: str, said: str = "10.0.0.1", **given: str) -> int:
            client = Client(SERVER_NAME="localhost", HTTP_X_FORWARDED_FOR=f"{said}, {address}")
            return client.post(LINK, given or who).status_code

        assert begin("192.0.2.9", i1="lilleby") == 200  # what is wrong is told, and counts for nothing
        assert {begin("192.0.2.9", f"10.0.0.{at}") for at in range(OPEN_ANSWERS.own)} == {302}
        client = Client(SERVER_NAME="localhost", HTTP_X_FORWARDED_FOR="192.0.2.9")
        stopped = client.post(LINK, who)
        assert stopped.status_code == 429
        assert "Vent en time" in text(stopped)
        assert 'value="18-29" checked' in text(stopped)
        assert "kvarter_answer" not in stopped.cookies
        assert client.get(LINK).status_code == 200
        assert begin("192.0.2.10") == 302
        assert lets(WRONG_CODES, "192.0.2.9")  # whoever has a code is not stopped by it


def test_when_they_come_from_everywhere_each_address_begins_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kvarter.surveys.brake.time.time", lambda: 1_800_000_000.0)
    for at in range(OPEN_ANSWERS.all_of_us):
        count(OPEN_ANSWERS, f"198.51.100.{at + 1}")
    assert lets(OPEN_ANSWERS, "203.0.113.5")
    count(OPEN_ANSWERS, "203.0.113.5")
    assert not lets(OPEN_ANSWERS, "203.0.113.5")
