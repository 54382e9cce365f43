"""Days in a workbook: they are kept as numbers, and only the look of the field tells that it is a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from lxml import etree

# ECMA-376 part 1, 18.8.30: the built-in forms that show a day.
_BUILT_IN = frozenset({*range(14, 18), 22})
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_FIRST_1900, _FIRST_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True)
class Days:
    """Which looks of fields show a day, and the day that numbers are counted from."""

    styles: frozenset[int] = frozenset()
    first: date = _FIRST_1900

    def of(self, number: float, style: str | None) -> str:
        """The day that a field shows as yyyy-mm-dd; "" when it shows a number, or a time of day alone."""
        if not style or not style.isdigit() or int(style) not in self.styles or not 1 <= number < 2_958_466:
            return ""
        return (self.first + timedelta(days=int(number))).isoformat()


def days_of(book: etree._Element, styles: etree._Element | None) -> Days:
    """How a workbook shows days, by its own part and that of its looks. Raises ValueError for what is no number."""
    about = book.find("{*}workbookPr")
    first = _FIRST_1904 if about is not None and about.get("date1904") in {"1", "true"} else _FIRST_1900
    if styles is None:
        return Days(first=first)
    own = {int(one.get("numFmtId", "0")): str(one.get("formatCode")) for one in styles.iterfind("{*}numFmts/{*}numFmt")}
    looks = [int(one.get("numFmtId", "0")) for one in styles.iterfind("{*}cellXfs/{*}xf")]
    return Days(
        frozenset(at for at, look in enumerate(looks) if look in _BUILT_IN or _shows_day(own.get(look, ""))), first
    )


def _shows_day(form: str) -> bool:
    """Whether a form of our own shows a day: it has a year, or a day of the month, as letters and not as words."""
    return any(letter in _NOT_SHOWN.sub("", form).lower() for letter in "yd")
