"""Adding months to a date: the last day of a short month stands for a day it has not got."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int, month_day: int = 0) -> date:
    """The same day so many months later; 31 January and a month is the last of February.

    month_day: the day of the month to keep to where there is one, when `day` itself was cut short.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(month_day or day.day, monthrange(year, month + 1)[1]))
