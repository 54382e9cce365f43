"""Keying in: a paper twice, an interview once, and never what came on the web."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kvarter.journal.models import Entry
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Wave
from tests.surveys.residents import (
    MOVED,
    SAFE,
    TRUST,
    WHY,
    WORDS,
    Person,
    answer_all,
    enter,
    in_field,
    letter_to,
    resident,
    text,
    today,
    where,
)
from tests.surveys.waves import BOTH_DATABASES, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
KEY_IN = "/kvarter/lilleby/undersoegelse/2024/tast"
SETTLE = f"{KEY_IN}/afgoer"
Clients = Callable[[str], Client]


def sit(client: Client, person: Person, mode: str = "paper") -> str:
    """Type the code on the paper, and follow to where that leads."""
    return text(client.post(KEY_IN, {"code": person.code, "mode": mode}, follow=True))


def key(client: Client, person: Person, **pages: dict[str, object]) -> str:
    """Key a whole paper: {page: answers}."""
    assert "Begynd" in sit(client, person)
    for page, answers in pages.items():
        client.post(f"/svar/side/{page[1:]}", answers)
    return text(client.post("/svar/send", follow=True))


def test_a_paper_is_keyed_twice_and_then_counts(world: World, client_as: Clients) -> None:
    bente, sara = letter_to(in_field(world)), client_as("secretariat")
    pages = {"p1": {TRUST: "4", SAFE: "ja"}, "p3": {MOVED: "2010"}}
    assert "Nu skal papiret tastes en gang til" in key(sara, bente, **pages)
    assert not bente.response.finished
    second = sit(sara, bente)
    assert "Det, der blev tastet første gang, vises ikke" in second
    assert "checked" not in text(sara.get("/svar/side/1"))
    assert "Svaret er tastet." in key(sara, bente, **pages)
    row = bente.response
    assert (row.finished, row.mode, row.keyed) == (True, "paper", None)
    assert row.answers == {"tillid-naboer": "4", "tryg": "ja", "flyttet-ind": 2010}
    bente.invitation.refresh_from_db()
    assert (bente.invitation.answered_on, bente.invitation.mode) == (today(), "paper")
    lines = Entry.objects.filter(verb="wave.key_in")
    assert [line.details for line in lines.order_by("pk")] == [
        {"mode": "paper", "second": False},
        {"mode": "paper", "second": True},
    ]
    assert bente.code not in str(list(lines.values()))


def test_where_two_keyings_differ_the_paper_decides(world: World, client_as: Clients) -> None:
    bente, sara = letter_to(in_field(world)), client_as("secretariat")
    key(sara, bente, p1={TRUST: "4", SAFE: "nej"}, p2={WHY: ["lys"]}, p3={MOVED: "2010", WORDS: "Bænke"})
    page = key(sara, bente, p1={TRUST: "5", SAFE: "ja"}, p3={MOVED: "2010", WORDS: "Bænk"})
    assert "Hvad står der på papiret?" in page
    for told in ("<strong>Enig</strong>", "<strong>Helt enig</strong>", "<strong>For lidt lys</strong>", "intet svar"):
        assert told in page
    assert "2010" not in page  # they agree on it
    assert "Vælg for hvert spørgsmål" in text(sara.post(SETTLE, {"tryg": "second"}))
    assert not bente.response.finished
    chosen = {"tillid-naboer": "first", "tryg": "second", "hvorfor-utryg": "first", "ord": "neither"}
    assert "Svaret er tastet." in text(sara.post(SETTLE, chosen, follow=True))
    # Who is safe is not asked why they are not, whatever was keyed.
    assert bente.response.answers == {"tillid-naboer": "4", "tryg": "ja", "flyttet-ind": 2010}
    assert bente.response.finished
    assert Entry.objects.filter(verb="wave.settle").count() == 1


def test_a_settled_answer_is_read_by_nobody(world: World, client_as: Clients) -> None:
    bente, sara = letter_to(in_field(world)), client_as("secretariat")
    for _time in range(2):
        key(sara, bente, p3={WORDS: "Flere bænke"})
    assert bente.response.finished
    assert "Svaret er modtaget" in sit(sara, bente)
    for address in ("/svar/side/3", "/svar/send", SETTLE):
        assert "Flere bænke" not in text(sara.get(address, follow=True))
    assert "Dit svar er modtaget" in text(enter(resident(), bente.code))


def test_the_first_keying_is_not_read_or_changed_by_a_tab_left_open(world: World, client_as: Clients) -> None:
    bente, sara, other = letter_to(in_field(world)), client_as("secretariat"), client_as("secretariat")
    sit(sara, bente)
    sit(other, bente)
    sara.post("/svar/side/3", {WORDS: "Flere bænke"})
    sara.post("/svar/send")
    assert "Flere bænke" not in text(other.get("/svar/side/3", follow=True))
    sit(other, bente)
    other.post("/svar/side/3", {WORDS: "Andet"})
    assert bente.response.answers == {"ord": "Flere bænke"}
    assert bente.response.keyed == {"ord": "Andet"}


def test_what_is_begun_on_the_web_is_seen_by_nobody_who_keys(world: World, client_as: Clients) -> None:
    bente, sara, client = letter_to(in_field(world)), client_as("secretariat"), resident()
    enter(client, bente.code)
    client.post("/svar/side/3", {WORDS: "Flere bænke"})
    for mode in ("phone", "helper"):
        assert "begyndt på nettet" in sit(sara, bente, mode)
    assert "Begynd" in sit(sara, bente, "paper")  # which says all that is meant, and takes its place
    assert "Flere bænke" not in text(sara.get("/svar/side/3", follow=True))


def test_somebody_interviewed_may_go_on_alone_and_then_nobody_looks_over_their_shoulder(
    world: World, client_as: Clients
) -> None:
    bente, sara, client = letter_to(in_field(world)), client_as("secretariat"), resident()
    other_tab = client_as("secretariat")
    sit(other_tab, bente, "phone")
    sit(sara, bente, "phone")
    sara.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    assert bente.response.mode == "phone"
    assert where(enter(client, bente.code)) == "/svar/side/3"
    client.post("/svar/side/3", {WORDS: "Mit eget"})
    assert "begyndt på nettet" in text(sara.get("/svar/side/3", follow=True))
    assert "begyndt på nettet" in text(other_tab.post("/svar/side/3", {WORDS: "Andet"}, follow=True))
    assert bente.response.answers["ord"] == "Mit eget"


def test_an_interview_is_keyed_once_and_asks_for_every_answer(world: World, client_as: Clients) -> None:
    bente, sara = letter_to(in_field(world)), client_as("secretariat")
    assert "mens I taler sammen" in sit(sara, bente, "helper")
    assert "Noget mangler" in text(sara.post("/svar/side/1", {TRUST: "4"}))
    assert "Svaret er tastet." in text(answer_all(sara))
    assert (bente.response.mode, bente.response.finished) == ("helper", True)


def test_a_paper_that_has_come_in_is_not_answered_on_the_web_too(world: World, client_as: Clients) -> None:
    bente, sara = letter_to(in_field(world)), client_as("secretariat")
    key(sara, bente, p1={TRUST: "4", SAFE: "ja"})
    assert "Dit svar er modtaget" in text(enter(resident(), bente.code))


def test_a_code_of_another_wave_or_of_none_is_not_keyed(world: World, client_as: Clients) -> None:
    bente, sara = letter_to(in_field(world)), client_as("secretariat")
    Wave.objects.filter(slug="2024").update(slug="2023", name="Undersøgelsen 2023", name_en="The survey 2023")
    other = in_field(world, small_questionnaire(key="andet"), slug="2024")
    assert "hører ikke til denne undersøgelse" in sit(sara, bente)
    assert "hører ikke til denne undersøgelse" in sit(sara, Person("K7QF9M", bente.invitation))
    assert not Response.objects.filter(wave=other.key).exists()


def test_only_the_secretariat_keys(world: World, client_as: Clients) -> None:
    bente = letter_to(in_field(world))
    for role in ("analyst", "party_member", "resident", "administrator"):
        answer = client_as(role).post(KEY_IN, {"code": bente.code, "mode": "paper"})
        assert answer.status_code == 404
    assert not Response.objects.exists()


def test_whoever_loses_the_role_does_not_key_on(world: World, client_as: Clients) -> None:
    bente, sara = letter_to(in_field(world)), client_as("secretariat")
    sit(sara, bente)
    world.partnership.memberships.filter(role="secretariat").delete()
    assert sara.post("/svar/side/1", {TRUST: "4"}).status_code == 404
    assert sara.get("/svar/side/1").status_code == 404
    assert not Response.objects.exists()
