"""What falls due: moved on, dropped, reminded of, and in the calendar."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from smtplib import SMTPRecipientsRefused
from typing import Any
from unittest import mock

import pytest
from dateutil.rrule import rrulestr
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
from kvarter.agreements.actions.members import forget_member, invite_member
from kvarter.agreements.actions.reminding import send_reminders
from kvarter.agreements.exports import CalendarEntry, to_calendar
from kvarter.agreements.models import Obligation, Role
from kvarter.agreements.queries.pages import next_obligations
from kvarter.agreements.recurring import add_months
from kvarter.agreements.text import Duty
from kvarter.people.policy import OPERATOR, Refused
from tests.world import START, World

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


def test_a_reminder_tells_what_and_where(world: World) -> None:
    row = world.obligations["public"]
    row.remind_days = [30]
    set_obligation(by=world.secretariat, obligation=row)
    send_reminders(today=date(2026, 5, 20))
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "party_member@lilleby.example",
        "secretariat@lilleby.example",
    ]
    assert "1. juni 2026: Møde (public)" in mail.outbox[0].body
    assert row.journal_subject in mail.outbox[0].body


def test_the_year_is_offered_and_kept_as_chosen(world: World) -> None:
    offered = customary_year(world.partnership, date(2026, 11, 23))
    assert {row.due for row in offered.values()} >= {date(2027, 9, 1), date(2026, 12, 1)}
    before = Obligation.objects.count()
    keep_dates(by=world.secretariat, partnership=world.partnership, rows=list(offered.values())[:2])
    assert Obligation.objects.count() == before + 2
    assert Obligation.objects.order_by("-pk")[0].title_en


def test_what_is_chosen_is_what_was_shown_though_another_kept_some_meanwhile(
    world: World, client_as: Callable[[str], Client]
) -> None:
    address = reverse("obligation_year", args=["lilleby"])
    one, other = client_as("secretariat"), client_as("secretariat")
    one.get(address)
    other.post(address, {"keep": ["letting-report"]})
    one.post(address, {"keep": ["area-lists"]})
    one.post(address, {"keep": ["area-lists"]})
    kept = list(Obligation.objects.filter(every_months=12).values_list("title", flat=True))
    assert len(kept) == 2
    assert "Ministeriets lister over boligområder" in kept


def test_a_form_opened_before_it_was_done_does_not_open_it_again(world: World) -> None:
    stale = Obligation.objects.get(pk=world.obligations["public"].pk)
    complete_obligation(by=world.secretariat, obligation=world.obligations["public"], on=date(2026, 5, 1), today=FUTURE)
    stale.title = "Et nyt navn"
    with pytest.raises(NotOpen):
        set_obligation(by=world.secretariat, obligation=stale)
    stored = Obligation.objects.get(pk=stale.pk)
    assert (stored.state, stored.title) == ("done", "Møde (public)")


def test_what_is_due_on_the_last_day_of_a_month_stays_there_through_shorter_ones(world: World) -> None:
    row = Obligation(partnership=world.partnership, title="Halvår", due=date(2026, 12, 31), every_months=6)
    row = set_obligation(by=world.secretariat, obligation=row)
    days = []
    for on in (date(2026, 12, 31), date(2027, 6, 30), date(2027, 12, 31)):
        row = complete_obligation(by=world.secretariat, obligation=row, on=on, today=FUTURE)
        days.append(row.due)
    assert days == [date(2027, 6, 30), date(2027, 12, 31), date(2028, 6, 30)]
    entry = CalendarEntry("x", "x", "", "https://x.example/", days[0], 6, "open", 0, datetime.now(UTC), month_day=31)
    (event,) = Calendar.from_ical(to_calendar("x", [entry])).walk("VEVENT")
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=datetime(2027, 6, 30))
    assert [day.date() for day in itertools.islice(rule, 3)] == days


def test_a_button_pressed_twice_moves_it_on_once(world: World, client_as: Callable[[str], Client]) -> None:
    row = survey(world)
    address = reverse("obligation_complete", args=["lilleby", row.pk])
    for _press in range(2):
        client_as("secretariat").post(address, {"on": "2026-10-01", "seen": row.sequence})
    row.refresh_from_db()
    assert (row.due, row.sequence) == (date(2030, 12, 31), 1)


def test_an_edit_begun_before_another_is_not_laid_over_it(world: World, client_as: Callable[[str], Client]) -> None:
    row = world.obligations["public"]
    address = reverse("obligation_change", args=["lilleby", row.pk])
    sent = {"title": "Ny titel", "duty": "other", "precision": "day", "visibility": "public", "seen": row.sequence}
    set_obligation(by=OPERATOR, obligation=row)
    told = client_as("secretariat").post(address, sent).content.decode()
    assert "Nogen har ændret forpligtelsen" in told
    row.refresh_from_db()
    assert row.title == "Møde (public)"


def test_another_date_is_reminded_of_anew(world: World) -> None:
    row = world.obligations["public"]
    row.remind_days = [30]
    set_obligation(by=world.secretariat, obligation=row)
    assert send_reminders(today=date(2026, 5, 10)) == 2
    row.due = date(2026, 9, 1)
    set_obligation(by=world.secretariat, obligation=row)
    assert send_reminders(today=date(2026, 5, 11)) == 0
    assert send_reminders(today=date(2026, 8, 10)) == 2


def test_a_mail_that_fails_neither_stops_the_others_nor_counts_as_said(world: World) -> None:
    row = world.obligations["public"]
    row.remind_days = [30]
    set_obligation(by=world.secretariat, obligation=row)
    send = "kvarter.agreements.actions.reminding.send_mail"
    with mock.patch(send, side_effect=SMTPRecipientsRefused({})) as tried:
        assert send_reminders(today=date(2026, 5, 10)) == 0
    assert tried.call_count == 2
    with mock.patch(send, side_effect=[SMTPRecipientsRefused({}), 1]):
        assert send_reminders(today=date(2026, 5, 11)) == 1
    assert send_reminders(today=date(2026, 5, 12)) == 0


def test_one_whom_nobody_answers_for_waits_until_someone_does(world: World) -> None:
    row = world.obligations["public"]
    row.remind_days = [30]
    set_obligation(by=world.secretariat, obligation=row)
    for member in world.partnership.memberships.all():
        forget_member(by=OPERATOR, person=member.person, today=START, why="Alle er rejst")
    assert send_reminders(today=date(2026, 5, 10)) == 0
    assert mail.outbox == []
    invite_member(
        by=OPERATOR,
        partnership=world.partnership,
        email="ny@lilleby.example",
        name="Ny",
        role=Role.SECRETARIAT,
        since=START,
    )
    assert send_reminders(today=date(2026, 5, 11)) == 1


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
    recurring = events(client, world)["Undersøgelse blandt beboerne (i løbet af året)"]
    assert dict(recurring["RRULE"]) == {"FREQ": ["YEARLY"], "INTERVAL": [3], "UNTIL": [date(2030, 12, 31)]}
    content = client.get(reverse("calendar", args=[world.partnership.slug])).content.decode()
    assert "X-WR-TIMEZONE:Europe/Copenhagen" in content
    assert "BEGIN:VTIMEZONE" in content
    assert "\n" not in content.replace("\r\n", "")
    assert max(len(line.encode()) for line in content.split("\r\n")) <= 75


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 40))
def test_a_calendar_repeats_on_the_days_that_adding_months_gives(due: date, months: int) -> None:
    entry = CalendarEntry("x", "Møde", "", "https://x.example/", due, months, "open", 0, datetime.now(UTC))
    (event,) = Calendar.from_ical(to_calendar("x", [entry])).walk("VEVENT")
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=datetime(due.year, due.month, due.day))
    expected = [add_months(due, months * n) for n in range(6)]
    assert [day.date() for day in itertools.islice(rule, 6)] == expected


def test_the_same_state_gives_the_same_feed(world: World, client: Client) -> None:
    client.defaults["SERVER_NAME"] = "localhost"
    address = reverse("calendar", args=[world.partnership.slug])
    assert client.get(address).content == client.get(address).content
