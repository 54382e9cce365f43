"""Routing between our conditions and the part of XPath that forms use for it: comparisons, selected, and, or, not.

Two worlds differ in one thing: here a comparison with an item that has no answer never holds; in XPath “${a} != 'x'”
holds before a is answered. What we write says so (string-length(${a}) > 0 and ${a} != 'x') and is read back as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from django.utils.translation import gettext as _

from kvarter.surveys.questionnaire import Ask, Compare, Condition

SELF = "."
LONGEST = 1000
DEEPEST = 20
_TOKEN = re.compile(
    r"""\s*(?:(?P<item>\$\{\s*[^{}\s]+\s*\})|(?P<text>'[^']*'|"[^"]*")|(?P<number>-?\s*\d+(?:\.\d+)?)"""
    r"""|(?P<compare>!=|<=|>=|=|<|>)|(?P<word>[A-Za-z][\w:-]*)|(?P<self>\.)|(?P<sign>[(),]))"""
)
_OPPOSITE = {
    Compare.IS: Compare.IS_NOT,
    Compare.IS_NOT: Compare.IS,
    Compare.LESS: Compare.AT_LEAST,
    Compare.AT_LEAST: Compare.LESS,
    Compare.MORE: Compare.AT_MOST,
    Compare.AT_MOST: Compare.MORE,
}
_TURNED = {
    Compare.LESS: Compare.MORE,
    Compare.MORE: Compare.LESS,
    Compare.AT_MOST: Compare.AT_LEAST,
    Compare.AT_LEAST: Compare.AT_MOST,
}


class UnreadableError(ValueError):
    """An expression that is not among those we read. The message says which part, and what to write instead."""


@dataclass(frozen=True)
class _Answered(Condition):
    """That an item has an answer: the first half of how “is not” is written."""


@dataclass(frozen=True)
class _Guarded(Condition):
    """An “is not” that was written with its first half, and so means the same in both worlds."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def read_condition(text: str, kinds: Mapping[str, Ask]) -> tuple[Condition, bool]:
    """A condition, and whether it may differ from XPath's own for those who have not answered.

    kinds: how each item is answered, by key; "." for the item itself, in limits. Raises UnreadableError.
    """
    reader = _Reader(text, kinds)
    found = reader.whole()
    return found, reader.differs


def written_condition(condition: Condition, kinds: Mapping[str, Ask]) -> str:
    """A condition as XPath, read back to the same."""
    if condition.parts:
        return (" and " if condition.every else " or ").join(_part(one, kinds) for one in condition.parts)
    item = f"${{{condition.item}}}"
    value = _value(condition, kinds)
    if condition.compare is Compare.HAS:
        return f"selected({item}, {value})"
    said = f"{item} {condition.compare.value} {value}"
    if condition.compare is Compare.IS_NOT and condition.value:
        return f"string-length({item}) > 0 and {said}"
    return said


def _part(condition: Condition, kinds: Mapping[str, Ask]) -> str:
    said = written_condition(condition, kinds)
    return f"({said})" if " and " in said or " or " in said else said


def _value(condition: Condition, kinds: Mapping[str, Ask]) -> str:
    kind = kinds.get(condition.item)
    if kind is Ask.NUMBER and re.fullmatch(r"-?\d+(\.\d+)?", condition.value):
        return condition.value
    quoted = f"'{condition.value}'" if "'" not in condition.value else f'"{condition.value}"'
    return f"date({quoted})" if kind is Ask.DATE and condition.value else quoted


class _Reader:
    """Reads one expression from left to right; what is under a `not` is turned as it is read."""

    def __init__(self, text: str, kinds: Mapping[str, Ask]) -> None:
        if len(text) > LONGEST:
            raise UnreadableError(_("betingelsen er for lang. Del den i flere spørgsmål."))
        self.kinds = kinds
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0
        self.differs = False

    def whole(self) -> Condition:
        found = self.any_of(turned=False)
        if self.place < len(self.tokens):
            self.refuse()
        return _plain(found)

    def any_of(self, *, turned: bool) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableError(_("betingelsen har for mange parenteser i hinanden."))
        parts = [self.all_of(turned=turned)]
        while self.takes("word", "or"):
            parts.append(self.all_of(turned=turned))
        self.depth -= 1
        return _joined(parts, every=turned)

    def all_of(self, *, turned: bool) -> Condition:
        parts = [self.one(turned=turned)]
        while self.takes("word", "and"):
            parts.append(self.one(turned=turned))
        if len(parts) == 2 and not turned and _is_guarded(*parts):
            return _Guarded(parts[1].item, Compare.IS_NOT, parts[1].value)
        self.differs = self.differs or any(_may_differ(part) for part in parts)
        return _joined(parts, every=not turned)

    def one(self, *, turned: bool) -> Condition:
        if self.takes("sign", "("):
            return self.closed(turned=turned)
        if self.takes("word", "not"):
            self.need("sign", "(")
            self.differs = True
            return self.closed(turned=not turned)
        if self.takes("word", "selected"):
            return self.selected(turned=turned)
        if self.takes("word", "string-length"):
            return self.answered(turned=turned)
        return self.comparison(turned=turned)

    def closed(self, *, turned: bool) -> Condition:
        found = self.any_of(turned=turned)
        self.need("sign", ")")
        return found

    def selected(self, *, turned: bool) -> Condition:
        self.need("sign", "(")
        item = self.item()
        self.need("sign", ",")
        value = self.need("text")[1:-1]
        self.need("sign", ")")
        if not turned:
            return Condition(item, Compare.HAS, value)
        if self.kinds.get(item) is Ask.MANY:
            raise UnreadableError(
                _("“not(selected(…))” om et spørgsmål med flere svar kan ikke læses. Spørg efter det, der skal vælges.")
            )
        return Condition(item, Compare.IS_NOT, value)

    def answered(self, *, turned: bool) -> Condition:
        self.need("sign", "(")
        item = self.item()
        self.need("sign", ")")
        self.need("compare", ">")
        if self.need("number") != "0" or turned:
            self.refuse()
        return _Answered(item, Compare.IS_NOT, "")

    def comparison(self, *, turned: bool) -> Condition:
        left = self.operand()
        compare = Compare(self.need("compare"))
        right = self.operand()
        if left.kind != "item":
            left, right, compare = right, left, _TURNED.get(compare, compare)
        if left.kind != "item" or right.kind == "item":
            raise UnreadableError(_("en betingelse skal sammenligne ét spørgsmål med ét svar, som ${a} = 'x'."))
        compare = _OPPOSITE[compare] if turned else compare
        if compare is Compare.IS and not right.text:
            raise UnreadableError(_("en betingelse kan ikke være, at noget ikke er besvaret. Spørg efter et svar."))
        return Condition(left.text, compare, right.text)

    def operand(self) -> _Token:
        if self.takes("word", "date"):
            self.need("sign", "(")
            value = self.need("text")[1:-1]
            self.need("sign", ")")
            _day(value)
            return _Token("value", value)
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        if token is None or token.kind not in {"item", "self", "text", "number"}:
            self.refuse()
        self.place += 1
        if token.kind in {"item", "self"}:
            return _Token("item", SELF if token.kind == "self" else token.text[2:-1].strip())
        return _Token("value", token.text[1:-1] if token.kind == "text" else re.sub(r"\s", "", token.text))

    def item(self) -> str:
        found = self.operand()
        if found.kind != "item":
            self.refuse()
        return found.text

    def takes(self, kind: str, text: str) -> bool:
        """Whether the next is this; it is then passed by."""
        if self.place < len(self.tokens) and self.tokens[self.place] == _Token(kind, text):
            self.place += 1
            return True
        return False

    def need(self, kind: str, text: str = "") -> str:
        """The next, which must be of a kind, and this very one where `text` is given."""
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        if token is None or token.kind != kind or (text and token.text != text):
            self.refuse()
        self.place += 1
        return token.text

    def refuse(self) -> NoReturn:
        said = self.tokens[self.place].text if self.place < len(self.tokens) else _("slutningen")
        raise UnreadableError(
            _("betingelsen kan ikke læses ved “%(said)s”. Brug ${a} = 'x', selected(${a}, 'x'), and, or, not(…).")
            % {"said": said}
        )


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if not match or not match.lastgroup:
            raise UnreadableError(_("betingelsen kan ikke læses ved “%(said)s”.") % {"said": text[place : place + 20]})
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def _is_guarded(first: Condition, second: Condition) -> bool:
    return isinstance(first, _Answered) and second.compare is Compare.IS_NOT and second.item == first.item


def _may_differ(part: Condition) -> bool:
    return part.compare is Compare.IS_NOT and bool(part.value) and not part.parts and not isinstance(part, _Guarded)


def _joined(parts: list[Condition], *, every: bool) -> Condition:
    return parts[0] if len(parts) == 1 else Condition(parts=tuple(_plain(part) for part in parts), every=every)


def _plain(condition: Condition) -> Condition:
    return Condition(condition.item, condition.compare, condition.value) if not condition.parts else condition


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnreadableError(_("“%(said)s” er ingen dag. Skriv den som 2026-01-31.") % {"said": text}) from error


def read_limits(text: str, kind: Ask) -> tuple[str, str]:
    """The lowest and highest answer a constraint allows, "" for none. Raises UnreadableError."""
    found, _differs = read_condition(text, {SELF: kind})
    parts = found.parts if found.parts and found.every else (found,)
    if kind not in (Ask.NUMBER, Ask.DATE) or any(part.item != SELF or part.parts for part in parts):
        raise UnreadableError(_("en grænse kan kun være som “. >= 0 and . <= 120” for tal og dage."))
    lows, highs = zip(*(_limits(part, kind) for part in parts), strict=True)
    return max(filter(None, lows), key=_order(kind), default=""), min(filter(None, highs), key=_order(kind), default="")


def written_limits(low: str, high: str, kind: Ask) -> str:
    """Limits as a constraint, read back to the same."""
    given = [
        Condition(SELF, compare, value)
        for compare, value in ((Compare.AT_LEAST, low), (Compare.AT_MOST, high))
        if value
    ]
    return " and ".join(f". {one.compare.value} {_value(one, {SELF: kind})}" for one in given)


def _order(kind: Ask) -> Callable[[str], int | str]:
    return int if kind is Ask.NUMBER else str


def _limits(part: Condition, kind: Ask) -> tuple[str, str]:
    """The lowest and highest of one comparison."""
    value = _kept(part.value, kind)
    if part.compare is Compare.IS:
        return value, value
    if part.compare in (Compare.AT_LEAST, Compare.MORE):
        return _next(value, kind, 1) if part.compare is Compare.MORE else value, ""
    if part.compare in (Compare.AT_MOST, Compare.LESS):
        return "", _next(value, kind, -1) if part.compare is Compare.LESS else value
    raise UnreadableError(_("en grænse kan kun være som “. >= 0 and . <= 120” for tal og dage."))


def _kept(value: str, kind: Ask) -> str:
    """A limit in the one way it is kept: a whole number, or a day as 2026-01-31."""
    if kind is Ask.DATE:
        return _day(value).isoformat()
    if not re.fullmatch(r"-?\d{1,12}", value):
        raise UnreadableError(_("“%(said)s” er ikke et helt tal.") % {"said": value})
    return str(int(value))


def _next(value: str, kind: Ask, step: int) -> str:
    """The whole number or day beside one."""
    if kind is Ask.NUMBER:
        return str(int(value) + step)
    try:
        return date.fromordinal(_day(value).toordinal() + step).isoformat()
    except (ValueError, OverflowError) as error:
        raise UnreadableError(_("“%(said)s” er ingen dag. Skriv den som 2026-01-31.") % {"said": value}) from error
