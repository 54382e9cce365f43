"""Codes that are not right: friendly words, and no way to try them through."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from kvarter.surveys.brake import WRONG_CODES
from kvarter.surveys.models import Wave
from kvarter.surveys.sealing import new_code
from tests.surveys.braking import count, lets
from tests.surveys.residents import answer_all, enter, in_field, letter_to, resident, text, today, where
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


def tell(client: Client, code: str) -> str:
    return text(client.post("/svar", {"code": code}, follow=True))


def wrong(client: Client, times: int) -> None:
    for _at in range(times):
        client.post("/svar", {"code": new_code()})


def test_a_code_is_typed_as_one_likes(world: World) -> None:
    bente = letter_to(in_field(world))
    answer = resident().post("/svar", {"code": f" {bente.code.lower().replace('-', ' ')} "}, follow=True)
    assert where(answer) == "/svar/start"


def test_a_typing_error_is_found_without_being_counted(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    slip = bente.code[:-1] + ("A" if bente.code[-1] != "A" else "B")
    for _at in range(WRONG_CODES.own + 1):
        page = tell(client, slip)
    assert "Koden har 18 tegn" in page
    assert f'value="{slip}"' in page
    assert "/svar/start" in where(enter(client, bente.code))


def test_a_wrong_code_in_an_address_leaves_the_address(world: World) -> None:
    in_field(world)
    answer = resident().get(f"/s/{new_code()}")
    assert answer["Location"] == "/svar?hvorfor=ukendt"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_unknown_codes_of_all_kinds_are_told_the_same(world: World) -> None:
    """Neither a code of no wave, nor one of a wave that is cut, says that others are there."""
    wave = in_field(world)
    bente = letter_to(wave)
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED, cut_at=timezone.now())
    told = {tell(resident(), code).replace(code, "") for code in (bente.code, new_code(), new_code())}
    assert len({_without_token(page) for page in told}) == 1


def _without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_what_a_known_code_is_told_is_of_itself_alone(world: World) -> None:
    wave = in_field(world)
    bente, bo = letter_to(wave), letter_to(wave, pseudonym="p2")
    before = _without_token(tell(resident(), bo.code))
    client = resident()
    enter(client, bente.code)
    answer_all(client)
    assert _without_token(tell(resident(), bo.code)) == before
    Wave.objects.filter(pk=wave.pk).update(opens=today() - timedelta(days=9), closes=today() - timedelta(days=1))
    assert "lukket" in tell(resident(), bo.code)
    assert "modtaget" in tell(resident(), bente.code)


def test_an_address_that_tries_codes_is_stopped_even_when_it_hits(world: World) -> None:
    bente, client = letter_to(in_field(world)), resident()
    wrong(client, WRONG_CODES.own)
    stopped = client.post("/svar", {"code": bente.code})
    assert stopped.status_code == 429
    assert "Vent en time" in text(stopped)
    assert client.get(f"/s/{bente.code}")["Location"] == "/svar?hvorfor=mange"
    elsewhere = Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.7")
    assert "/svar/start" in where(enter(elsewhere, bente.code))


def test_the_address_is_the_one_the_trusted_proxy_tells(world: World) -> None:
    bente = letter_to(in_field(world))
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        liar = [Client(SERVER_NAME="localhost", HTTP_X_FORWARDED_FOR=f"10.0.0.{at}, 192.0.2.9") for at in range(30)]
        for at in range(WRONG_CODES.own):
            wrong(liar[at], 1)
        assert liar[29].post("/svar", {"code": bente.code}).status_code == 429
        honest = Client(SERVER_NAME="localhost", HTTP_X_FORWARDED_FOR="192.0.2.10")
        assert honest.post("/svar", {"code": bente.code}).status_code == 302


def test_when_wrong_codes_come_from_everywhere_each_address_gets_one_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bente = letter_to(in_field(world))
    monkeypatch.setattr("kvarter.surveys.brake.time.time", lambda: 1_800_000_000.0)
    for at in range(WRONG_CODES.all_of_us):
        assert lets(WRONG_CODES, "198.51.100.0")
        count(WRONG_CODES, f"198.51.100.{at + 1}")
    assert not lets(WRONG_CODES, "198.51.100.3")
    honest = Client(SERVER_NAME="localhost", REMOTE_ADDR="203.0.113.5")
    assert honest.post("/svar", {"code": bente.code}).status_code == 302
    monkeypatch.setattr("kvarter.surveys.brake.time.time", lambda: 1_800_000_060.0)
    assert lets(WRONG_CODES, "198.51.100.3")


def test_many_wrong_codes_at_the_same_moment_do_not_slip_past_each_other(world: World) -> None:
    """All take their place before any is found to be wrong, as where several workers serve them."""
    with ExitStack() as at_once:
        tries = [at_once.enter_context(WRONG_CODES.trial("192.0.2.5")) for _at in range(5 * WRONG_CODES.own)]
        for one in tries:
            one.counts = True
        assert sum(one.place is not None for one in tries) == WRONG_CODES.own
    assert not lets(WRONG_CODES, "192.0.2.5")


def test_whoever_has_a_right_code_writes_nothing_at_the_brake(world: World) -> None:
    """And a place that is held while half are gone is given back."""
    for gone in (0, WRONG_CODES.own - 1):
        for _at in range(gone):
            count(WRONG_CODES, "192.0.2.6")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kvarter_cache")
            (before,) = cursor.fetchone()
            with WRONG_CODES.trial("192.0.2.6") as trial:
                assert trial.place
                cursor.execute("SELECT count(*) FROM kvarter_cache")
                assert cursor.fetchone()[0] == before + bool(gone)
            cursor.execute("SELECT count(*) FROM kvarter_cache")
            assert cursor.fetchone()[0] == before


def test_a_right_code_counts_for_nothing(world: World) -> None:
    bente = letter_to(in_field(world))
    for _at in range(WRONG_CODES.own + 1):
        assert "/svar/start" in where(enter(resident(), bente.code))


def test_neighbours_in_an_ipv6_network_of_one_visitor_are_one(world: World) -> None:
    for at in range(WRONG_CODES.own):
        count(WRONG_CODES, f"2001:db8:0:1::{at:x}")
    assert not lets(WRONG_CODES, "2001:db8:0:1:ffff::1")
    assert lets(WRONG_CODES, "2001:db8:0:2::1")


def test_an_address_is_kept_as_a_digest_for_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    in_field(world)
    wrong(Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.77"), WRONG_CODES.own)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM kvarter_cache")
        rows = cursor.fetchall()
    assert len(rows) == 2 * WRONG_CODES.own
    assert "192.0.2.77" not in str(rows)
    assert not lets(WRONG_CODES, "192.0.2.77")
    hence = timezone.now() + timedelta(minutes=60)
    monkeypatch.setattr("django.core.cache.backends.db.tz_now", lambda: hence)
    assert lets(WRONG_CODES, "192.0.2.77")
