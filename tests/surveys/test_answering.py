"""A resident answers: from the code in the letter to thanks, a page at a time, saved at every step."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from kvarter.journal.models import Entry
from kvarter.surveys.actions import waves
from kvarter.surveys.answers.models import Response
from kvarter.surveys.checking import MOST_TEXT
from kvarter.surveys.models import Wave
from kvarter.surveys.questionnaire import Questionnaire, Section
from kvarter.surveys.views.private import COOKIE, MOST_BYTES
from tests.surveys.residents import (
    MOVED,
    SAFE,
    TRUST,
    WHY,
    WORDS,
    answer_all,
    enter,
    in_field,
    letter_to,
    resident,
    text,
    today,
    where,
    youth_questionnaire,
)
from tests.surveys.waves import BOTH_DATABASES, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


def test_from_the_letter_to_thanks(world: World) -> None:
    wave = in_field(world)
    bente, client = letter_to(wave), resident()

    first = enter(client, bente.code)
    assert where(first) == "/svar/start"
    for told in ("Lilleby Kommune", "Statistik om kvarteret", "Databeskyttelseslovens § 10", "du bestemmer selv"):
        assert told in text(first)
    assert "ingen må bruge den til at se, hvem der har svaret hvad" in text(first)
    assert not Response.objects.exists()

    page = client.get("/svar/side/1")
    assert "Side 1 af 2" in text(page)
    assert where(client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"}, follow=True)) == "/svar/side/3"
    last = client.post("/svar/side/3", {MOVED: "2010", WORDS: "Flere bænke"}, follow=True)
    assert where(last) == "/svar/send"
    assert "Alt er besvaret" in text(last)
    thanks = client.post("/svar/send", follow=True)
    assert "Tak for dit svar" in text(thanks)
    assert "/kvarter/lilleby/" in text(thanks)

    kept = bente.response
    assert kept.answers == {"tillid-naboer": "4", "tryg": "ja", "flyttet-ind": 2010, "ord": "Flere bænke"}
    assert (kept.finished, kept.mode, kept.kind, kept.wave) == (True, "web", "sample", "lilleby/2024")
    assert (kept.area, kept.stratum, kept.gender, kept.age, kept.base) == ("lilleby", "lilleby", "f", "30-49", 10.0)
    bente.invitation.refresh_from_db()
    assert (bente.invitation.answered_on, bente.invitation.mode) == (today(), "web")


def test_a_sent_answer_is_closed_to_all_its_codes(world: World) -> None:
    wave = in_field(world)
    bente, client = letter_to(wave), resident()
    reminder = letter_to(wave, invitation=bente.invitation)
    enter(client, bente.code)
    answer_all(client)
    for code in (bente.code, reminder.code):
        assert "Dit svar er modtaget" in text(enter(resident(), code))
    for path in ("/svar/side/1", "/svar/start", "/svar/send"):
        assert "Flere bænke" not in text(client.get(path, follow=True))
    other = resident()
    assert client.post("/svar/side/1", {TRUST: "1", SAFE: "nej"}, follow=True).status_code == 200
    assert other.post("/svar/side/1", {TRUST: "1"}, follow=True).status_code == 200
    assert bente.response.answers["tillid-naboer"] == "4"


def test_a_tab_left_open_cannot_change_what_another_sent(world: World) -> None:
    bente, one, two = letter_to(in_field(world)), resident(), resident()
    enter(one, bente.code)
    enter(two, bente.code)
    answer_all(one)
    assert "Dit svar er modtaget" in text(two.post("/svar/side/1", {TRUST: "1", SAFE: "nej"}, follow=True))
    assert "Dit svar er modtaget" in text(two.post("/svar/send", follow=True))
    assert bente.response.answers["tillid-naboer"] == "4"


def test_any_code_of_a_person_goes_on_at_the_first_page_without_an_answer(world: World) -> None:
    wave = in_field(world)
    bente, client = letter_to(wave), resident()
    enter(client, bente.code)
    away = client.post("/svar/side/1", {TRUST: "4", SAFE: "ja", "senere": ""}, follow=True)
    assert "Brug koden i dit brev igen" in text(away)
    assert where(client.get("/svar/side/1", follow=True)).startswith("/svar?")  # the device is left clean
    again = enter(resident(), letter_to(wave, invitation=bente.invitation).code)
    assert where(again) == "/svar/side/3"
    assert Response.objects.count() == 1


def test_what_is_valid_is_kept_and_the_rest_said_to_be_wrong(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    page = text(client.post("/svar/side/1", {TRUST: "4"}))
    assert '<h2 tabindex="-1" autofocus>' in page
    assert '<a href="#i2">Er du tryg om aftenen?</a>' in page
    assert 'aria-describedby="ei2"' in page
    assert "Det kan også være “Ved ikke”, “Vil ikke svare”." in page
    assert bente.response.answers == {"tillid-naboer": "4"}

    client.post("/svar/side/1", {TRUST: "ved-ikke", SAFE: "vil-ikke"})
    page = text(client.post("/svar/side/3", {MOVED: "1066", WORDS: "Flere bænke"}))
    assert "Det skal være fra 1950 til 2024." in page
    assert 'value="1066"' in page
    assert bente.response.answers == {"tillid-naboer": "ved-ikke", "tryg": "vil-ikke", "ord": "Flere bænke"}


def test_what_is_emptied_is_taken_out(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    client.post("/svar/side/3", {MOVED: "2010", WORDS: "Flere bænke"})
    client.post("/svar/side/3", {MOVED: "2010", WORDS: ""})
    assert "ord" not in bente.response.answers


def test_what_is_no_longer_asked_goes_and_what_was_not_asked_never_comes(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    assert where(client.post("/svar/side/1", {TRUST: "4", SAFE: "nej", WHY: "lys"}, follow=True)) == "/svar/side/2"
    assert "hvorfor-utryg" not in bente.response.answers  # posted with a page it does not stand on
    client.post("/svar/side/2", {WHY: ["lys", "trafik"]})
    assert bente.response.answers["hvorfor-utryg"] == ["lys", "trafik"]
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    assert "hvorfor-utryg" not in bente.response.answers
    client.post("/svar/side/2", {WHY: ["lys"]})
    assert "hvorfor-utryg" not in bente.response.answers
    assert where(client.get("/svar/side/2", follow=True)) == "/svar/side/3"
    assert client.get("/svar/side/9").status_code == 404
    assert client.post("/svar/side/9", {}).status_code == 404


def test_nothing_is_sent_while_something_required_is_missing(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    assert "ikke svaret på noget endnu" in text(client.post("/svar/send"))
    client.post("/svar/side/1", {TRUST: "4"})
    page = text(client.post("/svar/send"))
    assert "Et spørgsmål skal besvares" in page
    assert 'href="/svar/side/1?ret#i2"' in page
    assert not bente.response.finished
    client.post("/svar/side/3", {MOVED: "2010"})
    assert where(client.post("/svar/side/1?ret", {TRUST: "4", SAFE: "ja"}, follow=True)) == "/svar/send"
    assert "Tak for dit svar" in text(client.post("/svar/send", follow=True))  # what is voluntary may lack


def test_too_long_a_text_is_refused_and_the_rest_of_the_page_kept(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    long = "æ" * (MOST_TEXT + 1)
    page = client.post("/svar/side/3", {MOVED: "2010", WORDS: long}).content.decode()
    assert f"Skriv højst {MOST_TEXT} tegn." in page
    assert long in page  # to be shortened, not written again
    assert bente.response.answers == {"flyttet-ind": 2010}


def test_ten_megabytes_are_refused_unread_and_nothing_is_stored(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)

    class Unreadable:
        def read(self, *_args: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = client.generic(
        "POST",
        "/svar/side/3",
        content_type="application/x-www-form-urlencoded",
        **{"CONTENT_LENGTH": str(10 * 1024 * 1024), "wsgi.input": Unreadable()},
    )
    assert answer.status_code == 413
    assert f"{MOST_BYTES // 1024} kB" in answer.content.decode()
    assert not Response.objects.exists()


def test_characters_a_database_cannot_hold_are_left_out(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    client.post("/svar/side/3", {WORDS: "a\0b\ud800".encode("utf-8", "surrogatepass")})
    client.post("/svar/side/3", "i5=a%00b%ED%A0%80", content_type="application/x-www-form-urlencoded")
    assert bente.response.answers["ord"].startswith("ab")
    assert "\0" not in bente.response.answers["ord"]


def test_the_young_are_asked_their_own_questions(world: World) -> None:
    wave = in_field(world, youth=youth_questionnaire(world))
    ung, client = letter_to(wave, age="12-17"), resident()
    assert "Det unge skema" in text(enter(client, ung.code))
    answer_all(client)
    assert wave.youth
    assert ung.response.questionnaire == wave.youth.digest
    assert ung.response.age == "12-17"


def test_before_it_opens_and_after_it_closes_the_code_says_when(world: World) -> None:
    wave = in_field(world)
    bente = letter_to(wave)
    Wave.objects.filter(pk=wave.pk).update(opens=today() + timedelta(days=2))
    assert "ikke åben endnu" in text(enter(resident(), bente.code))
    Wave.objects.filter(pk=wave.pk).update(opens=today() - timedelta(days=9), closes=today() - timedelta(days=1))
    closed = text(enter(resident(), bente.code))
    assert "Undersøgelsen er lukket" in closed
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.SAMPLING, closes=today())
    assert "ikke åben endnu" in text(enter(resident(), bente.code))


def test_whoever_sits_when_it_closes_is_told(world: World) -> None:
    wave = in_field(world)
    bente, client = letter_to(wave), resident()
    enter(client, bente.code)
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    Wave.objects.filter(pk=wave.pk).update(closes=today() - timedelta(days=1))
    assert "Undersøgelsen er lukket" in text(client.post("/svar/side/3", {MOVED: "2010"}, follow=True))
    assert bente.response.answers == {"tillid-naboer": "4", "tryg": "ja"}


def test_a_stop_between_the_answer_and_its_mark_is_mended_by_the_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    with monkeypatch.context() as patched:
        patched.setattr("kvarter.surveys.actions.answering.mark_answered", _stops)
        with pytest.raises(KeyboardInterrupt):
            answer_all(client)
    assert bente.response.finished
    bente.invitation.refresh_from_db()
    assert bente.invitation.answered_on is None
    assert "Dit svar er modtaget" in text(enter(resident(), bente.code))
    bente.invitation.refresh_from_db()
    assert (bente.invitation.answered_on, bente.invitation.mode) == (today(), "web")


def _stops(*_args: object) -> None:
    raise KeyboardInterrupt


def test_the_cookie_is_sealed_and_holds_no_code(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    answer = client.get(f"/s/{bente.code}")
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
    assert bente.code not in answer["Location"]
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bente.code not in cookie.value
    assert not re.search(rb"ticket|wave|lilleby", cookie.value.encode())
    client.cookies[COOKIE] = cookie.value[:-3] + "AAA"
    assert where(client.get("/svar/side/1", follow=True)).startswith("/svar?")


def test_a_cookie_stops_working_after_some_hours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bente, client = letter_to(in_field(world)), resident()
    enter(client, bente.code)
    assert client.get("/svar/side/1").status_code == 200
    later = time.time() + 7 * 3600
    monkeypatch.setattr("kvarter.surveys.views.private.time.time", lambda: later)
    assert "Skriv koden igen" in text(client.get("/svar/side/1", follow=True))


def test_questions_stand_in_any_language_and_in_danish_where_it_lacks_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "faults_of", lambda _form: [])  # as one that was kept before texts were asked for
    bente, client = letter_to(in_field(world, in_arabic())), resident()
    start = text(enter(client, bente.code))
    assert '<a href="/svar/start?sprog=ar" lang="ar"' in start
    assert '<a href="/svar/start?sprog=en" lang="en"' in start
    client.get("/svar/start?sprog=ar")
    page = text(client.get("/svar/side/1"))
    assert '<html lang="ar" dir="rtl">' in page
    assert "<legend>يمكن الوثوق بالجيران</legend>" in page
    assert '<legend><span lang="da" dir="ltr">Er du tryg om aftenen?</span></legend>' in page
    assert '<button type="submit">احفظ وتابع</button>' in page
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    assert bente.response.language == "ar"
    assert '<html lang="ar" dir="rtl">' in text(enter(resident(), bente.code))  # goes on as it was begun
    assert where(client.get("/svar/start?sprog=en", follow=True)) == "/en/svar/start"
    assert '<html lang="en">' in text(client.get("/svar/side/1"))  # whatever the address


def test_what_is_said_in_no_other_way_is_in_danish_and_marked_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "faults_of", lambda _form: [])
    form = replace(in_arabic(), languages=("da", "so"))
    bente, client = letter_to(in_field(world, form)), resident()
    enter(client, bente.code)
    client.get("/svar/start?sprog=so")
    page = text(client.get("/svar/side/1"))
    assert '<html lang="so">' in page
    assert '<div class="acts" lang="da" dir="ltr"><button type="submit">Gem og gå videre' in page


def in_arabic() -> Questionnaire:
    """The small questionnaire with a question in Arabic, and one that lacks it."""
    form = small_questionnaire(languages=("da", "en", "ar"))
    about, you = form.sections
    first = replace(about.items[0], texts={**about.items[0].texts, "ar": "يمكن الوثوق بالجيران"})
    return replace(form, sections=(Section(about.key, about.texts, (first, *about.items[1:])), you))


def test_answering_leaves_no_line_in_the_journal(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    before = Entry.objects.count()
    enter(client, bente.code)
    answer_all(client)
    assert Entry.objects.count() == before


def test_nothing_of_who_answered_lies_beside_the_answers(world: World) -> None:
    wave = in_field(world)
    bente, client = letter_to(wave), resident()
    enter(client, bente.code)
    answer_all(client)
    row = json.dumps(list(Response.objects.values()), default=str)
    assert bente.code not in row
    assert str(bente.invitation.sealed) not in row
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT digest FROM surveys_code")
        assert cursor.fetchone()[0] not in row
