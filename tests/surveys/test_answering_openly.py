"""The open link beside the sample: who one is comes first, and it is never taken for the sample."""

from __future__ import annotations

import pytest

from kvarter.surveys.answers.models import Response
from tests.surveys.residents import SAFE, TRUST, answer_all, in_field, resident, text, where, youth_questionnaire
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
    assert "Tak for dit svar" in text(answer_all(client))
    row = Response.objects.get()
    assert (row.kind, row.area, row.gender, row.age, row.base) == ("open", "lilleby", "", "50-64", None)
    assert (row.stratum, row.household, row.finished) == ("", "", True)


def test_the_same_browser_does_not_answer_twice_by_accident(world: World) -> None:
    in_field(world, open_link=True)
    client = resident()
    client.post(LINK, {AREA: "elsewhere", GENDER: "f", AGE: "18-29"})
    answer_all(client)
    assert Response.objects.get().area == ""
    assert "allerede svaret herfra" in text(client.get(LINK, follow=True))
    assert client.post(LINK, {AREA: "lilleby", GENDER: "f", AGE: "18-29"}, follow=True).status_code == 200
    assert Response.objects.count() == 1


def test_the_young_get_their_own_questions_there_too(world: World) -> None:
    wave = in_field(world, open_link=True, youth=youth_questionnaire(world))
    client = resident()
    client.post(LINK, {AREA: "lilleby", GENDER: "f", AGE: "12-17"})
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    assert wave.youth
    assert Response.objects.get().questionnaire == wave.youth.digest


def test_without_an_open_link_there_is_none(world: World) -> None:
    in_field(world)
    assert "/konto/login/" in resident().get(LINK)["Location"]
    assert resident().get("/svar/aaben/lilleby/1999").status_code == 404
