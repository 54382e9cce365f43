"""Two tabs, two telephones, and the cut: nothing is lost, nothing is there twice, nothing slips in behind."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from kvarter.surveys.actions import answering
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.answers.envelopes import open_up
from kvarter.surveys.answers.models import Response
from kvarter.surveys.questionnaire import Ask, Item, Section
from kvarter.surveys.sealing import answers_key
from tests.surveys.residents import SAFE, TRUST, enter, in_field, letter_to, resident, text
from tests.surveys.waves import BOTH_DATABASES, small_questionnaire
from tests.world import World, build_world

PAGES = 6


pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH_DATABASES)


@pytest.fixture
def world(committed: None) -> World:
    return build_world()


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all at the same moment, each with connections of its own."""
    ready = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        ready.wait(10)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result(60) for one in [pool.submit(run, work) for work in works]]


def both(text: str) -> dict[str, str]:
    """A text in the questionnaire's two languages."""
    return {"da": text, "en": text}


def long_questionnaire():  # type: ignore[no-untyped-def]
    """As many pages as there are sections, each with one open question."""
    return small_questionnaire(
        sections=tuple(
            Section(f"s{n}", both(f"Del {n}"), (Item(f"ord-{n}", Ask.TEXT, both(f"Ord {n}")),))
            for n in range(1, PAGES + 1)
        )
    )


def test_pages_saved_at_once_in_many_tabs_make_one_response_with_all_of_them(world: World) -> None:
    bente = letter_to(in_field(world, long_questionnaire()))
    tabs = [resident() for _n in range(PAGES)]
    for tab in tabs:
        enter(tab, bente.code)

    def save(tab: Client, n: int) -> Callable[[], object]:
        return lambda: tab.post(f"/svar/side/{n}", {f"i{n}": f"svar {n}"}).status_code

    assert at_once(*(save(tab, n) for n, tab in enumerate(tabs, 1))) == [302] * PAGES
    assert bente.response.answers == {f"ord-{n}": f"svar {n}" for n in range(1, PAGES + 1)}


def test_a_page_waits_for_the_disk_before_it_is_said_to_be_saved_and_keeps_nobody_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connections["answers"]
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL lets those wait together who commit together")
    wave = in_field(world)
    bente, client, name = letter_to(wave), resident(), str(connection.settings_dict["NAME"])
    enter(client, bente.code)
    waited, really = [], os.fsync

    def watched(file: int) -> None:
        """Another process stands by: what was saved is there, and it gets the lock at once."""
        with closing(sqlite3.connect(name, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            waited.append(
                (os.readlink(f"/proc/self/fd/{file}"), *other.execute("SELECT id, sealed FROM answers_response"))
            )
        really(file)

    monkeypatch.setattr("kvarter.surveys.answers.holding.os.fsync", watched)
    assert client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"}).status_code == 302
    ((log, (name_of_row, envelope)),) = waited
    assert log == f"{os.path.realpath(name)}-wal"
    stored = open_up(Response(pk=uuid.UUID(name_of_row), sealed=envelope), answers_key(key_of(wave, Use.LINK)))
    assert stored.answers == {"tillid-naboer": "4", "tryg": "ja"}
    with connection.cursor() as cursor:  # whatever else is stored waits inside, as it always does
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)

    def broken(_file: int) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("kvarter.surveys.answers.holding.os.fsync", broken)
    with pytest.raises(OSError, match="disk is gone"):
        client.post("/svar/side/1", {TRUST: "1", SAFE: "ja"})


def test_an_answer_sent_twice_at_once_is_sent_once(world: World) -> None:
    bente = letter_to(in_field(world, long_questionnaire()))
    tabs = [resident(), resident()]
    for tab in tabs:
        enter(tab, bente.code)
    tabs[0].post("/svar/side/1", {"i1": "et svar"})
    pages = at_once(*(lambda tab=tab: text(tab.post("/svar/send", follow=True)) for tab in tabs))
    assert all("Tak for dit svar" in str(page) or "modtaget" in str(page) for page in pages)
    assert bente.response.finished


def test_no_answer_slips_in_behind_the_cut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is being saved, and has found the wave open, when it is closed: the cut waits and takes it along."""
    wave = in_field(world, long_questionnaire())
    sent, begun = (letter_to(wave, pseudonym=name) for name in ("p1", "p2"))
    for person in (sent, begun):
        enter(client := resident(), person.code)
        client.post("/svar/side/1", {"i1": "et svar"})
        if person is sent:
            client.post("/svar/send")
    saving = threading.Event()
    keep = answering._keep

    def slowly(*told: Any) -> None:
        saving.set()
        time.sleep(0.5)
        keep(*told)

    monkeypatch.setattr(answering, "_keep", slowly)

    def save() -> object:
        return client.post("/svar/side/2", {"i2": "for sent"}).status_code

    def close() -> object:
        saving.wait(10)
        return close_wave(by=world.secretariat, wave=wave).state

    assert at_once(save, close) == [302, "closed"]
    assert [row.ticket for row in Response.objects.all()] == [None]
    assert "kender ikke koden" in text(enter(resident(), begun.code))
