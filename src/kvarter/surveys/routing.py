"""Which questions are asked of whom, and on which page they stand."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from typing import Any

from kvarter.surveys.questionnaire import Compare, Condition, Item, Questionnaire, Section

Answers = Mapping[str, Any]
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_EQUAL = (Compare.IS, Compare.IS_NOT)
_COMPARED = {
    Compare.IS: operator.eq,
    Compare.IS_NOT: operator.ne,
    Compare.LESS: operator.lt,
    Compare.AT_MOST: operator.le,
    Compare.MORE: operator.gt,
    Compare.AT_LEAST: operator.ge,
}


def holds(condition: Condition | None, answers: Answers) -> bool:
    """Whether a condition holds of the answers: {key: code, [codes], whole number or ISO day}."""
    if condition is None:
        return True
    if condition.parts:
        found = (holds(part, answers) for part in condition.parts)
        return all(found) if condition.every else any(found)
    given = answers.get(condition.item)
    if given in (None, "", []):
        return False
    if condition.compare is Compare.HAS:
        return condition.value in (given if isinstance(given, list) else [given])
    return _compared(" ".join(given) if isinstance(given, list) else given, condition.compare, condition.value)


def _compared(given: Any, compare: Compare, value: str) -> bool:
    """As XPath does: numbers as numbers, codes and days as text; which of two codes is more, as numbers if they are."""
    as_numbers = isinstance(given, int | float) or (compare not in _EQUAL and _NUMBER.fullmatch(given))
    if as_numbers and not _NUMBER.fullmatch(value):
        return compare is Compare.IS_NOT
    found: bool = _COMPARED[compare](*((float(given), float(value)) if as_numbers else (given, value)))
    return found


def asked(questionnaire: Questionnaire, answers: Answers) -> list[Item]:
    """The items that the routing lets through, in order: what hangs on an item that is not asked is not asked."""
    found: list[Item] = []
    given: dict[str, Any] = {}
    for item in questionnaire.items:
        if holds(item.shown_if, given):
            found.append(item)
            if item.key in answers:
                given[item.key] = answers[item.key]
    return found


def pages_of(questionnaire: Questionnaire, most: int = 5) -> list[tuple[Section, tuple[Item, ...]]]:
    """The items cut into pages of at most `most`, within a section; an item whose routing looks at one before it on the
    page begins a new one, since a page without a script cannot hide it.
    """
    pages: list[tuple[Section, list[Item]]] = []
    for section in questionnaire.sections:
        page: list[Item] = []
        for item in section.items:
            looks_at = item.shown_if.items if item.shown_if else frozenset()
            if len(page) == most or looks_at & {one.key for one in page}:
                pages.append((section, page))
                page = []
            page.append(item)
        if page:
            pages.append((section, page))
    return [(section, tuple(page)) for section, page in pages]
