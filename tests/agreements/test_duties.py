"""What falls due: moved on, dropped, reminded of, and in the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from kvarter.agreements.actions.duties import (
    NoDate,
    NotOpen,
    NotYet,
    complete_obligation,
    customary_year,
    drop_obligation,
    keep_dates,
    set_obligation,
)
from kvarter.agreements.actions.reminding import send_reminders
from kvarter.agreements.models import Obligation
from kvarter.agreements.queries.pages import next_obligations
from kvarter.agreements.recurring import add_months
from kvarter.agreements.text import Duty
from kvarter.people.policy import OPERATOR, Refused
from tests.world import World

pytestmark = pytest.mark.django_db
FUTURE = date(2040, 1, 1)


def survey(world: World) -> Obligation:
    return world.agreement.obligations.get(duty=Duty.SURVEY)


def test_one_that_happens_once_is_done(world: World) -> None:
    done = complete_obligation(
        by=world.secretariat, obligation=world.obligations["public"], on=date(2026, 5, 1), today=FUTURE
    )
    assert (done.state, done.last_done, done.sequence) == ("done", date(2026, 5, 1), 1)
    with pytest.raises(NotOpen):
        complete_obligation(by=world.secretariat, obligation=done, on=date(2026, 5, 2), today=FUTURE)


def test_what_lies_in_the_future_is_not_done(world: World) -> None:
    with pytest.raises(NotYet):
        complete_obligation(by=world.secretariat, obligation=survey(world), on=date(2027, 1, 2), today=date(2027, 1, 1))


def test_one_that_recurs_moves_on_and_stays_open(world: World) -> None:
    row = complete_obligation(by=world.secretariat, obligation=survey(world), on=date(2027, 10, 1), today=FUTURE)
    assert (row.state, row.due, row.sequence) == ("open", date(2030, 12, 31), 1)


def test_one_done_so_late_that_the_next_has_passed_counts_from_when_it_was_done(world: World) -> None:
    row = complete_obligation(by=world.secretariat, obligation=survey(world), on=date(2031, 2, 1), today=FUTURE)
    assert row.due == date(2034, 2, 1)


def test_one_that_recurs_must_have_a_date_first(world: World) -> None:
    row = survey(world)
    row.due = None
    set_obligation(by=world.secretariat, obligation=row)
    with pytest.raises(NoDate):
        complete_obligation(by=world.secretariat, obligation=row, on=date(2027, 1, 1), today=FUTURE)


def test_who_speaks_for_the_responsible_party_may_complete_but_not_drop(world: World) -> None:
    member = world.people["party_member"]
    complete_obligation(by=member, obligation=world.obligations["public"], on=date(2026, 5, 1), today=FUTURE)
    with pytest.raises(Refused):
        drop_obligation(by=member, obligation=world.obligations["parties"], why="Nej")
    with pytest.raises(Refused):
        complete_obligation(by=member, obligation=survey(world), on=date(2026, 5, 1), today=FUTURE)


def test_overdue_stands_first(world: World) -> None:
    found = next_obligations(world.secretariat, world.partnership)
    assert [row.due for row in found] == sorted(row.due for row in found if row.due)
    assert found[0].is_overdue(date(2026, 6, 2))
    assert not found[0].is_overdue(date(2026, 6, 1))


def test_each_reminder_is_sent_once_to_those_who_answer_and_may_see(world: World) -> None:
    row = world.obligations["parties"]
    row.remind_days = [30, 7]
    set_obligation(by=world.secretariat, obligation=row)
    for today, mails in (
        (date(2026, 4, 1), 0),
        (date(2026, 5, 2), 2),
        (date(2026, 5, 3), 0),
        (date(2026, 5, 25), 2),
        (date(2026, 6, 9), 0),
    ):
        assert send_reminders(today=today) == mails, today


def test_a_reminder_tells_what_and_where(world: World, django_capture_on_commit_callbacks: Any) -> None:
    row = world.obligations["public"]
    row.remind_days = [30]
    set_obligation(by=world.secretariat, obligation=row)
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders(today=date(2026, 5, 20))
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "party_member@lilleby.example",
        "secretariat@lilleby.example",
    ]
    assert "1. juni 2026: Møde (public)" in mail.outbox[0].body
    assert row.journal_subject in mail.outbox[0].body


def test_the_year_is_offered_and_kept_as_chosen(world: World) -> None:
    offered = customary_year(world.partnership, date(2026, 11, 23))
    assert {row.due for row in offered} >= {date(2027, 9, 1), date(2026, 12, 1)}
    before = Obligation.objects.count()
    keep_dates(by=world.secretariat, partnership=world.partnership, rows=offered[:2])
    assert Obligation.objects.count() == before + 2
    assert Obligation.objects.order_by("-pk")[0].title_en


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_adding_months_never_skips_a_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def events(client: Client, world: World) -> dict[str, Any]:
    answer = client.get(reverse("calendar", args=[world.partnership.slug]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_feed_keeps_its_ids_and_counts_changes(world: World, client: Client) -> None:
    client.defaults["SERVER_NAME"] = "localhost"
    first = events(client, world)["Møde (public)"]
    assert (first["DTSTART"].dt, first["SEQUENCE"], first["STATUS"]) == (date(2026, 6, 1), 0, "CONFIRMED")
    row = world.obligations["public"]
    row.due = date(2026, 7, 1)
    set_obligation(by=OPERATOR, obligation=row)
    second = events(client, world)["Møde (public)"]
    assert (second["UID"], second["SEQUENCE"], second["DTSTART"].dt) == (first["UID"], 1, date(2026, 7, 1))
    drop_obligation(by=OPERATOR, obligation=row, why="Aflyst")
    assert events(client, world)["Møde (public)"]["STATUS"] == "CANCELLED"


def test_the_feed_repeats_what_recurs_and_names_the_zone(world: World, client: Client) -> None:
    client.defaults["SERVER_NAME"] = "localhost"
    recurring = events(client, world)["Undersøgelse blandt beboerne"]
    assert dict(recurring["RRULE"]) == {"FREQ": ["YEARLY"], "INTERVAL": [3]}
    content = client.get(reverse("calendar", args=[world.partnership.slug])).content.decode()
    assert "X-WR-TIMEZONE:Europe/Copenhagen" in content
    assert "BEGIN:VTIMEZONE" in content
    assert "\n" not in content.replace("\r\n", "")
    assert max(len(line.encode()) for line in content.split("\r\n")) <= 75


def test_the_same_state_gives_the_same_feed(world: World, client: Client) -> None:
    client.defaults["SERVER_NAME"] = "localhost"
    address = reverse("calendar", args=[world.partnership.slug])
    assert client.get(address).content == client.get(address).content
