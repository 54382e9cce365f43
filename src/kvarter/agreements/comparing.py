"""Comparing texts word for word, and versions clause by clause."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from kvarter.agreements.text import ClauseText

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*\s*|[.!?\n]+\s*")
SHARED_AT_LEAST = 1 / 3
LONGEST_BY_WORD = 4000
State = Literal["unchanged", "changed", "new", "removed", "moved"]


@dataclass(frozen=True)
class Span:
    """A run of text, and whether the other side has it."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Comparison:
    """Both sides as runs; each side's runs make up its text again."""

    old: tuple[Span, ...]
    new: tuple[Span, ...]


@dataclass(frozen=True)
class ClauseChange:
    """A clause in two versions. `moved`: the same words in another place."""

    key: str
    state: State
    old: ClauseText | None
    new: ClauseText | None


def compare_words(old: str, new: str) -> Comparison:
    """What differs, word for word. Texts with less than a third of their words in common differ as a whole."""
    left, right = _tokens(old, new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    blocks = [(i, j, n) for i, j, n in matcher.get_matching_blocks() if _worth_keeping(left[i : i + n], i, n, left)]
    shared = sum(len(word) for i, _j, n in blocks for word in left[i : i + n] if not word.isspace())
    longest = max(_letters(left), _letters(right))
    if longest and shared < longest * SHARED_AT_LEAST:
        blocks = []
    return Comparison(
        _spans(left, [(i, n) for i, _j, n in blocks]),
        _spans(right, [(j, n) for _i, j, n in blocks]),
    )


def _tokens(old: str, new: str) -> tuple[list[str], list[str]]:
    """Words, or sentences for texts so long that words would take too much time."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(left), len(right)) <= LONGEST_BY_WORD or old == new:
        return left, right
    return _SENTENCE.findall(old), _SENTENCE.findall(new)


def _letters(tokens: list[str]) -> int:
    return sum(len(token) for token in tokens if not token.isspace())


def _worth_keeping(tokens: list[str], start: int, length: int, whole: list[str]) -> bool:
    """A lone space or short word between two changes is read more easily as part of the change."""
    at_an_end = start == 0 or start + length == len(whole)
    return length > 0 and (at_an_end or length > 3 or any(len(token) > 3 and token.isalnum() for token in tokens))


def _spans(tokens: list[str], kept: list[tuple[int, int]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    here = 0
    for start, length in [*kept, (len(tokens), 0)]:
        if start > here:
            spans.append(Span("".join(tokens[here:start]), changed=True))
        if length:
            spans.append(Span("".join(tokens[start : start + length]), changed=False))
        here = start + length
    return tuple(_joined(spans))


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Neighbours of the same sort as one."""
    waiting: Span | None = None
    for span in spans:
        if waiting and waiting.changed == span.changed:
            waiting = Span(waiting.text + span.text, span.changed)
        else:
            if waiting:
                yield waiting
            waiting = span
    if waiting:
        yield waiting


def compare_versions(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> tuple[ClauseChange, ...]:
    """Every clause of either version in the new one's order, a removed one after the clause it used to follow."""
    was, now = {c.key: c for c in old}, {c.key: c for c in new}
    moved = _moved(old, new)
    changes = [ClauseChange(c.key, _state(was.get(c.key), c, moved), was.get(c.key), c) for c in new]
    for index, clause in enumerate(old):
        if clause.key not in now:
            before = old[index - 1].key if index else None
            place = next((i + 1 for i, change in enumerate(changes) if change.key == before), 0)
            changes.insert(place, ClauseChange(clause.key, "removed", clause, None))
    return tuple(changes)


def _state(old: ClauseText | None, new: ClauseText, moved: set[str]) -> State:
    if old is None:
        return "new"
    if (old.kind, old.heading, old.text) != (new.kind, new.heading, new.text):
        return "changed"
    return "moved" if new.key in moved else "unchanged"


def _moved(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> set[str]:
    """Clauses with another parent, or out of order among the siblings that stayed."""
    was = {c.key: (c.parent, i) for i, c in enumerate(old)}
    stayed: dict[str | None, list[tuple[int, str]]] = {}
    moved: set[str] = set()
    for clause in new:
        if clause.key in was:
            parent, index = was[clause.key]
            if parent == clause.parent:
                stayed.setdefault(parent, []).append((index, clause.key))
            else:
                moved.add(clause.key)
    for siblings in stayed.values():
        moved |= {key for _i, key in siblings} - _longest_in_order(siblings)
    return moved


def _longest_in_order(siblings: list[tuple[int, str]]) -> set[str]:
    """The keys of the longest run that kept its order, so that one insertion moves nobody else."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for position, (index, _key) in enumerate(siblings):
        length = bisect_left(tails, index)
        before.append(at[length - 1] if length else -1)
        tails[length : length + 1] = [index]
        at[length : length + 1] = [position]
    found: set[str] = set()
    here = at[-1] if at else -1
    while here >= 0:
        found.add(siblings[here][1])
        here = before[here]
    return found
