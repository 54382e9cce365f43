"""Laying clauses out: runs of short ones as lists, and headings that follow each other by level."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from django import template
from django.utils.translation import get_language, gettext

from kvarter.agreements.text import Kind

if TYPE_CHECKING:
    from kvarter.agreements.models import Obligation
    from kvarter.agreements.queries.versions import Passage

register = template.Library()
LISTED = {Kind.STRATEGY, Kind.RULE_OF_PLAY, Kind.THEME}


@register.filter
def runs(passages: list[Passage]) -> list[tuple[bool, list[Passage]]]:
    """Neighbouring clauses that make one list, and those that stand by themselves."""

    def listed(passage: Passage) -> bool:
        return passage.kind in LISTED and not passage.children

    return [(is_list, list(run)) for is_list, run in groupby(passages, key=listed)]


@register.filter
def next_heading(tag: str) -> str:
    """The heading one level below."""
    return f"h{min(int(tag[1:]) + 1, 6)}"


@register.filter
def title_here(obligation: Obligation) -> str:
    """An obligation's title in the page's language where it has one."""
    return (get_language() == "en" and obligation.title_en) or obligation.title


@register.filter
def title_language(obligation: Obligation) -> str:
    """The language that title is in."""
    return "en" if get_language() == "en" and obligation.title_en else "da"


@register.filter
def in_our_language(text: str) -> str:
    """A stored text of our own in the page's language; words that people wrote stay as they are."""
    return gettext(text) if text else ""


@register.filter
def overdue(obligation: Obligation, today: object) -> bool:
    """Whether the last day has passed."""
    return isinstance(today, date) and obligation.is_overdue(today)
