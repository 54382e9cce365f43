"""The time codes of StatBank as days: years, halves, quarters, months, weeks, days, and spans of years.

The same quarter is 2020K1 in codes and 2020Q1 in English texts. Whether a figure is about the whole period or about
one day of it stands in no field, so the caller tells: `whole_period`, `first_day`, or `end_of_month` for a count made
at the end of one month every year.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from kvarter.evidence.importers.extract import Period

Timing = Callable[[Period], Period]

_YEAR = r"(1[5-9]\d\d|20\d\d|21\d\d)"
_CODE = re.compile(rf"{_YEAR}(?:([KQHMUWT])(\d\d?)(?:D(\d\d))?)?")
_SPAN = re.compile(rf"{_YEAR}\s*[:/-]\s*{_YEAR}")
# How many months a half, a quarter or a month has.
_MONTHS = {"H": 6, "K": 3, "Q": 3, "M": 1}


def period_of(code: str) -> Period | None:
    """The first and last day of a time code; None if it is none."""
    text = code.strip().upper()
    if span := _SPAN.fullmatch(text):
        first, last = (int(year) for year in span.groups())
        return Period(date(first, 1, 1), date(last, 12, 31)) if first <= last else None
    found = _CODE.fullmatch(text)
    if not found:
        return None
    year, kind, number, day = found.groups()
    try:
        return _period(int(year), kind or "", int(number or 0), int(day or 0))
    except ValueError:
        return None


def _period(year: int, kind: str, number: int, day: int) -> Period | None:
    """The days of one part of a year. Raises ValueError for a week or day that is not there."""
    if not kind:
        return Period(date(year, 1, 1), date(year, 12, 31))
    if kind in {"U", "W"}:
        first = date.fromisocalendar(year, number, 1)
        return None if day else Period(first, first + timedelta(days=6))
    months = _MONTHS.get(kind)
    if months is None or not 1 <= number <= 12 // months or (day and kind != "M"):
        return None
    if day:
        return Period(date(year, number, day), date(year, number, day))
    return Period(date(year, (number - 1) * months + 1, 1), _last_day(year, number * months))


def whole_period(period: Period) -> Period:
    """What happened in the period, all of it."""
    return period


def first_day(period: Period) -> Period:
    """What there was on the first day: FOLK1A's 2020K1 is 1 January 2020."""
    return Period(period.first, period.first)


def end_of_month(month: int) -> Timing:
    """What there was at the end of one month of the year: RAS200's 2020 is the end of November 2020."""

    def there(period: Period) -> Period:
        last = _last_day(period.first.year, month)
        return Period(last, last)

    return there


def _last_day(year: int, month: int) -> date:
    """The last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
