"""Whether an answer can be kept, whoever sends it: a page, a keyed paper, a file."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Any

from kvarter.surveys.questionnaire import Ask, Choice, Item, Questionnaire

MOST_TEXT = 2000  # characters of an open answer
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,12}")


class Wrong(StrEnum):
    """Why an answer cannot be kept."""

    MISSING = "missing"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DAY = "not_a_day"
    OUTSIDE = "outside"
    TOO_LONG = "too_long"
    BOTH = "both"


def checked(questionnaire: Questionnaire, item: Item, given: Any) -> tuple[Any, Wrong | None]:
    """An answer as it is kept, or None and why not. given: what a form or a file says: text, or a list of texts."""
    if item.ask is Ask.MANY:
        return _checked_many(questionnaire, item, given)
    said = given[:1] if isinstance(given, list) else [given or ""]
    text = str(said[0] if said else "").strip()
    if not text:
        return None, Wrong.MISSING if item.required else None
    if item.ask.has_choices:
        return (text, None) if text in _codes(questionnaire, item) else (None, Wrong.NOT_A_CHOICE)
    if item.ask is Ask.NUMBER:
        return _checked_number(item, text)
    if item.ask is Ask.DATE:
        return _checked_day(item, text)
    return (text, None) if len(text) <= MOST_TEXT else (None, Wrong.TOO_LONG)


def _codes(questionnaire: Questionnaire, item: Item) -> dict[str, Choice]:
    return {choice.code: choice for choice in questionnaire.choices_of(item)}


def _checked_many(questionnaire: Questionnaire, item: Item, given: Any) -> tuple[Any, Wrong | None]:
    chosen = list(
        dict.fromkeys(str(one).strip() for one in (given if isinstance(given, list) else [given or ""]) if one)
    )
    if not chosen:
        return None, Wrong.MISSING if item.required else None
    codes = _codes(questionnaire, item)
    if any(one not in codes for one in chosen):
        return None, Wrong.NOT_A_CHOICE
    if len(chosen) > 1 and any(codes[one].without for one in chosen):
        return None, Wrong.BOTH
    return sorted(chosen, key=list(codes).index), None


def _checked_number(item: Item, text: str) -> tuple[Any, Wrong | None]:
    if not WHOLE_NUMBER.fullmatch(text):
        return None, Wrong.NOT_A_NUMBER
    number = int(text)
    outside = (item.low and number < float(item.low)) or (item.high and number > float(item.high))
    return (None, Wrong.OUTSIDE) if outside else (number, None)


def _checked_day(item: Item, text: str) -> tuple[Any, Wrong | None]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, Wrong.NOT_A_DAY
    outside = (item.low and day.isoformat() < item.low) or (item.high and day.isoformat() > item.high)
    return (None, Wrong.OUTSIDE) if outside else (day.isoformat(), None)
