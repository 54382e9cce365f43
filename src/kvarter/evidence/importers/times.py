"""Times as people write them in a table."""

from __future__ import annotations

import re
from datetime import date

from kvarter.evidence.importers.extract import Period
from kvarter.evidence.importers.statbank.periods import period_of

_SCHOOL_YEAR = re.compile(r"(\d{4})\s*/\s*(\d{2}|\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_DANISH = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})")
_IN_WORDS = re.compile(r"(?:(\d{1,2})\.?\s+)?([^\W\d]{3,9})\.?\s+(\d{4})")
_QUARTER = re.compile(r"(?:(\d)\.\s*kvartal|[KQ]\s?(\d))[\s,]+(\d{4})", re.IGNORECASE)
_MONTHS = (
    ("januar", "january"),
    ("februar", "february"),
    ("marts", "march"),
    ("april",),
    ("maj", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("august",),
    ("september",),
    ("oktober", "october"),
    ("november",),
    ("december",),
)


def period_from(text: str) -> Period | None:
    """A time as people write it; None if it is none.

    2020, 2020K1, 1. kvartal 2020, januar 2020, 2019/20 (a school year), 31.12.2020, 31/12/2020, 31. december 2020 or
    2020-12-31.
    """
    bare = text.strip()
    if school := _SCHOOL_YEAR.fullmatch(bare):
        first = int(school[1])
        if int(school[2]) in ((first + 1) % 100, first + 1):
            return Period(date(first, 8, 1), date(first + 1, 7, 31))
    if iso := _ISO.fullmatch(bare):
        return _day(*map(int, iso.groups()))
    if danish := _DANISH.fullmatch(bare):
        day, month, year = map(int, danish.groups())
        return _day(year, month, day)
    if quarter := _QUARTER.fullmatch(bare):
        return period_of(f"{quarter[3]}K{quarter[1] or quarter[2]}")
    if words := _IN_WORDS.fullmatch(bare):
        return _in_words(*words.groups())
    return period_of(re.sub(r"\s+(?=[KQHM]\d)", "", bare, flags=re.IGNORECASE))


def _day(year: int, month: int, day: int) -> Period | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Period(found, found)


def _in_words(day: str | None, name: str, year: str) -> Period | None:
    """A month of a year or a day in it; the month's name may be cut short."""
    word = name.casefold()
    month = next((n for n, names in enumerate(_MONTHS, 1) if any(one.startswith(word) for one in names)), 0)
    if not month:
        return None
    return _day(int(year), month, int(day)) if day else period_of(f"{year}M{month:02d}")
