"""What falls due as an iCalendar feed (RFC 5545, with RFC 7986's name and refresh interval)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Component, Event, Timezone

FEBRUARY, SHORTEST_MONTH = 2, 28
ZONE = "Europe/Copenhagen"
STATUS = {"open": "CONFIRMED", "done": "CONFIRMED", "dropped": "CANCELLED"}


@dataclass(frozen=True)
class CalendarEntry:
    """One obligation. `sequence` rises with every change, `uid` never changes, `due` is the last day.

    until: the last day it can fall due when it recurs, as when its agreement ends. month_day: the day of the month it
    keeps to where there is one; that of `due` when left out.
    """

    uid: str
    title: str
    description: str
    url: str
    due: date
    every_months: int | None
    state: str
    sequence: int
    changed: datetime
    until: date | None = None
    month_day: int = 0
    reminders_days: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()


def to_calendar(name: str, entries: Sequence[CalendarEntry]) -> bytes:
    """The feed. Equal entries give equal bytes: the stamp of each is when it was last changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kvarter//Kvarter//DA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    calendar.add_component(_zone())
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _zone() -> Component:
    """Copenhagen's summer and winter time, as the rule has been since 1996."""
    return Timezone.from_ical(
        "\r\n".join(
            (
                "BEGIN:VTIMEZONE",
                f"TZID:{ZONE}",
                "BEGIN:DAYLIGHT",
                "DTSTART:19960331T020000",
                "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
                "TZNAME:CEST",
                "TZOFFSETFROM:+0100",
                "TZOFFSETTO:+0200",
                "END:DAYLIGHT",
                "BEGIN:STANDARD",
                "DTSTART:19961027T030000",
                "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
                "TZNAME:CET",
                "TZOFFSETFROM:+0200",
                "TZOFFSETTO:+0100",
                "END:STANDARD",
                "END:VTIMEZONE",
            )
        )
    )


def _event(entry: CalendarEntry) -> Event:
    """An all-day event on the last day. What recurs is open until dropped, so it repeats."""
    event = Event()
    stamp = entry.changed.astimezone(UTC).replace(microsecond=0)
    event.add("uid", entry.uid)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", entry.sequence)
    event.add("status", STATUS[entry.state])
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("dtstart", entry.due)
    event.add("transp", "TRANSPARENT")
    if entry.categories:
        event.add("categories", list(entry.categories))
    if entry.every_months:
        event.add("rrule", _rule(entry))
    if entry.state == "open":
        for days in entry.reminders_days:
            event.add_component(_alarm(entry.title, days))
    return event


def _rule(entry: CalendarEntry) -> dict[str, Any]:
    """Every so many months; the last day of a short month stands for a day it has not got, as in `add_months`.

    RFC 5545 would skip such a month: so the days from the 28th on are offered, and the last that exists is taken.
    """
    due, months, day = entry.due, entry.every_months or 0, entry.month_day or entry.due.day
    yearly = months % 12 == 0
    rule: dict[str, Any] = {"freq": "yearly" if yearly else "monthly", "interval": months // 12 if yearly else months}
    if day > SHORTEST_MONTH and (not yearly or due.month == FEBRUARY):
        rule |= {"bymonth": due.month} if yearly else {}
        rule |= {"bymonthday": list(range(SHORTEST_MONTH, day + 1)), "bysetpos": -1}
    if entry.until is not None:
        rule["until"] = max(entry.until, due)
    return rule


def _alarm(title: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -timedelta(days=days))
    return alarm
