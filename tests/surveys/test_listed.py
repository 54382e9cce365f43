"""Whoever was drawn is told what stands about them on the list, and gets it put right, by their own code alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kvarter.journal.models import Entry
from kvarter.surveys.actions.inviting import Addressed, issue
from kvarter.surveys.models import Invitation, Wave
from kvarter.surveys.sealing import new_code
from tests.surveys.drawn import opened
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
LISTED = "/kvarter/lilleby/undersoegelse/2024/paa-listen"
Clients = Callable[[str], Client]


@pytest.fixture
def wave(world: World) -> Wave:
    return opened(world)


def written_to(world: World, wave: Wave, kind: str, channel: str) -> dict[str, Addressed]:
    people = issue(by=world.secretariat, wave=wave, kind=kind, channel=channel)[1]
    return {one.pseudonym: one for one in people}


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_what_stands_there_is_shown_by_the_code_and_the_next_letter_goes_where_it_was_put_right(
    world: World, wave: Wave, client_as: Clients
) -> None:
    letters = written_to(world, wave, "invitation", "letter")
    one = next(iter(letters.values()))
    sara = client_as("secretariat")
    shown = sara.post(LISTED, {"code": one.code.lower()})
    assert shown["Cache-Control"] == "no-store"
    for part in (one.name, *one.address, one.pseudonym):
        assert part in text(shown)
    others = [other.name for other in letters.values() if other.name != one.name]
    assert others
    assert not any(name in text(shown) for name in others)
    right = {"name": "Åse Nielsen", "address": "Nyvej 1\n2860  Søborg", "email": "aase@lilleby.example"}
    saved = sara.post(LISTED, {"code": one.code, "ret": "1", "channel": "email", **right})
    assert (saved.status_code, saved["Location"]) == (302, "/kvarter/lilleby/undersoegelse/2024/breve")
    reached = written_to(world, wave, "reminder-1", "email")[one.pseudonym]
    assert (reached.name, reached.address, reached.email) == (
        "Åse Nielsen",
        ("Nyvej 1", "2860 Søborg"),
        "aase@lilleby.example",
    )
    assert one.pseudonym not in written_to(world, wave, "reminder-1", "letter")


def test_the_journal_says_that_it_was_done_and_not_for_whom(world: World, wave: Wave, client_as: Clients) -> None:
    one = next(iter(written_to(world, wave, "invitation", "letter").values()))
    facts = {"name": "Åse Nielsen", "address": "Nyvej 1", "channel": "letter"}
    client_as("secretariat").post(LISTED, {"code": one.code, "ret": "1", **facts})
    line = Entry.objects.get(verb="wave.correct_listed")
    told = str(Entry.objects.filter(pk=line.pk).values())
    assert not any(word in told for word in (one.name, "Åse", "Nyvej", one.pseudonym, one.code))
    assert line.details == {}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"name": "Åse", "channel": "email"}, "Skriv en e-mail, når vejen er e-mail."),
        ({"name": "Åse", "channel": "letter"}, "Skriv navn og adresse, når vejen er brev."),
        ({"name": "Åse", "address": "a\nb\nc\nd\ne", "channel": "letter"}, "højst fire linjer"),
        ({"name": "Åse", "email": "intet", "channel": "digital"}, "e-mail"),
    ],
)
def test_what_leads_to_nobody_is_told_and_nothing_changed(
    world: World, wave: Wave, client_as: Clients, facts: dict[str, str], told: str
) -> None:
    one = next(iter(written_to(world, wave, "invitation", "letter").values()))
    before = list(Invitation.objects.order_by("pk").values_list("sealed", "channel"))
    page = client_as("secretariat").post(LISTED, {"code": one.code, "ret": "1", **facts})
    assert page.status_code == 200
    assert told in text(page)
    assert list(Invitation.objects.order_by("pk").values_list("sealed", "channel")) == before


def test_without_the_code_nothing_is_shown(world: World, wave: Wave, client_as: Clients) -> None:
    one = next(iter(written_to(world, wave, "invitation", "letter").values()))
    sara = client_as("secretariat")
    assert "Vi kender ikke koden" in text(sara.post(LISTED, {"code": new_code()}))
    assert client_as("analyst").post(LISTED, {"code": one.code}).status_code in (302, 403, 404)
    assert "Nummer på listen" not in text(sara.get(LISTED))
