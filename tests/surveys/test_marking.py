"""Whoever has answered is not written to again, and is counted, also where the server stopped before it was noted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from kvarter.surveys.actions import answering
from kvarter.surveys.actions.answering import save_page, send
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.actions.inviting import Addressed, NobodyWaits, issue
from kvarter.surveys.actions.keying import sit_down
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import found_by, sitting_for
from kvarter.surveys.queries.monitor import report_of
from kvarter.surveys.sitting import Sitting
from tests.surveys.drawn import opened
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
DAY = timezone.localdate()
ALL = {"tillid-naboer": ["4"], "tryg": ["ja"]}


@pytest.fixture
def wave(world: World) -> Wave:
    """A wave in the field that can be answered today."""
    return opened(world, opens=DAY, closes=DAY + timedelta(days=20), frame_deleted_on=DAY + timedelta(days=60))


def invited(world: World, wave: Wave, kind: str = "invitation") -> list[Addressed]:
    return issue(by=world.secretariat, wave=wave, kind=kind, channel="letter")[1]


def answer_and_stop(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send an answer, and let the server stop before it is noted who did."""

    def stop(*_args: Any) -> None:
        raise SystemExit

    save_page(by=AnonymousUser(), sitting=sitting, page=1, given=ALL, today=DAY)
    with monkeypatch.context() as stopped:
        stopped.setattr(answering, "mark_answered", stop)
        with pytest.raises(SystemExit):
            send(by=AnonymousUser(), sitting=sitting, today=DAY)


def sit(one: Addressed, mode: str = "web") -> Sitting:
    found = found_by(one.code)
    assert found
    return sitting_for(found, "da", mode)


def test_whoever_has_sent_is_not_reminded_though_the_server_stopped(
    world: World, wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, *others = invited(world, wave)
    answer_and_stop(sit(one), monkeypatch)
    again = invited(world, wave, "reminder-1")
    assert {person.pseudonym for person in again} == {person.pseudonym for person in others}
    assert report_of(wave).whole.answered == 1


def test_whoever_has_sent_is_counted_when_the_wave_is_closed(
    world: World, wave: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_and_stop(sit(invited(world, wave)[0]), monkeypatch)
    close_wave(by=world.secretariat, wave=wave)
    wave.refresh_from_db()
    assert (report_of(wave).whole.answered, report_of(wave).modes) == (1, {"web": 1})


def test_whoever_sent_a_paper_is_not_reminded_while_it_waits_to_be_keyed_again(world: World, wave: Wave) -> None:
    one, *others = invited(world, wave)
    sitting = sit(one, "paper")
    save_page(by=world.secretariat, sitting=sitting, page=1, given=ALL, today=DAY)
    send(by=world.secretariat, sitting=sitting, today=DAY)
    again = invited(world, wave, "reminder-1")
    assert {person.pseudonym for person in again} == {person.pseudonym for person in others}
    with pytest.raises(NobodyWaits, match="har svaret"):
        invited(world, wave, "reminder-1")


def test_a_paper_takes_the_place_of_what_was_begun_on_the_web_which_nobody_is_shown(world: World, wave: Wave) -> None:
    one = invited(world, wave)[0]
    web = sit(one)
    save_page(by=AnonymousUser(), sitting=web, page=1, given={"tillid-naboer": ["1"], "tryg": ["nej"]}, today=DAY)
    found = found_by(one.code)
    assert found
    for second in (False, True):
        sitting = sit_down(by=world.secretariat, found=found, mode="paper", language="da", today=DAY)
        assert sitting.second is second
        saved = save_page(by=world.secretariat, sitting=sitting, page=1, given={"tryg": ["ja"]}, today=DAY)
        assert saved.answers == {"tryg": "ja"}
        send(by=world.secretariat, sitting=sitting, today=DAY)
    close_wave(by=world.secretariat, wave=wave)
    assert [row.answers for row in Response.objects.all()] == [{"tryg": "ja"}]


def test_an_interview_does_not_read_on_in_what_was_begun_on_the_web(world: World, wave: Wave) -> None:
    one = invited(world, wave)[0]
    save_page(by=AnonymousUser(), sitting=sit(one), page=1, given={"tryg": ["nej"]}, today=DAY)
    found = found_by(one.code)
    assert found
    with pytest.raises(answering.NotYours):
        sit_down(by=world.secretariat, found=found, mode="phone", language="da", today=DAY)
