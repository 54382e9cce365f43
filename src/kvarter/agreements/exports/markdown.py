"""An agreement as Markdown that people can read and the importer reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.exports.edition import Edition
from kvarter.agreements.text import ClauseText, Kind

LISTED = {Kind.STRATEGY, Kind.RULE_OF_PLAY, Kind.THEME}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
# What would open a list, and what our own importer takes for a numbered paragraph or goal.
_LINE_START = re.compile(r"^([-+§])")
_NUMBER_START = re.compile(r"^((?:stk|(?:mål|målsætning|delmål|goal|objective)\s+)?\d*)([.):–])", re.IGNORECASE)


def to_markdown(edition: Edition) -> str:
    """The version's own words as Markdown (CommonMark), headings by depth, strategies and rules as lists."""
    with override(edition.language):
        return "\n\n".join(part for part in _parts(edition) if part) + "\n"


def _parts(edition: Edition) -> Iterator[str]:
    yield f"# {_escaped(edition.text.title)}"
    yield _escaped(edition.text.subtitle)
    yield f"**{_escaped(edition.made_up)}**" if edition.made_up else ""
    if edition.language != edition.text.language:
        yield f"<!-- {_('Oversættelse')}. {_('Den oprindelige tekst er aftalen.')} -->"
    items: list[str] = []
    for clause, depth, _number in edition.walk():
        words, _language = edition.words(clause)
        if clause.kind in LISTED and _leads(edition, clause):
            items.append(f"- {_escaped(words.text or words.heading)}")
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield from _passage(clause, words.heading, words.text, depth)
        if clause.kind is Kind.GOAL and any(child.kind is Kind.STRATEGY for child in edition.text.under(clause.key)):
            yield _("Det betyder, at vi:")
    if items:
        yield "\n".join(items)
    until = f" {_('til')} {edition.in_force_until}" if edition.in_force_until else ""
    yield f"<!-- {_('Udgave')} {edition.number}, {edition.in_force_from}{until}. {edition.address} -->"


def _leads(edition: Edition, clause: ClauseText) -> bool:
    """Whether the clause stands in a list. Themes are counted up in the sentence above them already."""
    return clause.kind is not Kind.THEME or not _counted_up(edition, clause)


def _counted_up(edition: Edition, theme: ClauseText) -> bool:
    above = next((c for c in edition.text.clauses if c.key == theme.parent), None)
    if above is None:
        return False
    whole = edition.words(above)[0].text.casefold()
    return edition.words(theme)[0].text.casefold() in whole


def _passage(clause: ClauseText, heading: str, text: str, depth: int) -> Iterator[str]:
    if clause.kind is Kind.THEME:
        return
    if clause.kind is Kind.GOAL:
        yield f"### {_escaped(' '.join((heading or text).split()))}"
        text = text if heading else ""
    elif heading:
        yield f"{'#' * (3 if depth > 1 else 2)} {_escaped(heading)}"
    for paragraph in text.split("\n\n"):
        yield _escaped(paragraph)


def _escaped(text: str) -> str:
    """Words that Markdown, and the importer, take as nothing but words."""
    words = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _NUMBER_START.sub(r"\1\\\2", _LINE_START.sub(r"\\\1", words))
