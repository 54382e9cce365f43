"""Comparing texts word for word, and versions clause by clause."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Literal

from kvarter.agreements.text import ClauseText

# A word or a sign with the blanks after it, or a line break: joined again, the tokens are the text.
_TOKEN = re.compile(r"\n|(?:\w+|[^\w\s])[^\S\n]*|[^\S\n]+")
SHARED_AT_LEAST = 1 / 3  # below that, two texts are two texts, and marking single words only confuses
SHORT_WORD = 3  # letters
# difflib's work grows with the pairs of equal words there are. This many take half a second at the worst.
MOST_PAIRS = 60_000
PHRASE = 3  # words that must stand together, and only once in each text, to tie long texts together

State = Literal["unchanged", "changed", "new", "removed", "moved"]


@dataclass(frozen=True)
class Span:
    """A run of text, and whether the other side lacks it."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Comparison:
    """Both sides as runs; each side's runs, joined, are its text."""

    old: tuple[Span, ...]
    new: tuple[Span, ...]


@dataclass(frozen=True)
class ClauseChange:
    """A clause in two versions. `moved`: the same words in another place."""

    key: str
    state: State
    old: ClauseText | None
    new: ClauseText | None


@dataclass(frozen=True)
class _Block:
    """A run of tokens that both sides have: where it starts on either side, and how long it is."""

    old: int
    new: int
    length: int


def compare_words(old: str, new: str) -> Comparison:
    """What differs, word for word. Texts with less than a third of their words in common differ as a whole.

    Other blanks between words are no difference; another line break is.
    """
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    blocks = _readable(_alike(_keys(left), _keys(right)), left, right)
    return Comparison(
        _spans(left, [(block.old, block.length) for block in blocks]),
        _spans(right, [(block.new, block.length) for block in blocks]),
    )


def _keys(tokens: Iterable[str]) -> list[str]:
    """What is compared: the token without its blanks. A line break stays one."""
    return [token.strip() or token[:1] for token in tokens]


def _alike(left: list[str], right: list[str]) -> list[_Block]:
    """The runs both sides have, in order: first what the ends share, then what is found between them."""
    start = sum(1 for _pair in takewhile(_is_pair, zip(left, right, strict=False)))
    rest = min(len(left), len(right)) - start
    ends = zip(reversed(left), reversed(right), strict=False)
    end = min(rest, sum(1 for _pair in takewhile(_is_pair, ends)))
    inside = _between(left[start : len(left) - end], right[start : len(right) - end])
    shifted = [_Block(block.old + start, block.new + start, block.length) for block in inside]
    return _joined([_Block(0, 0, start), *shifted, _Block(len(left) - end, len(right) - end, end)])


def _is_pair(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _between(left: list[str], right: list[str]) -> list[_Block]:
    """difflib's blocks; in long texts, those between the phrases that tie the two together."""
    if _pairs(left, right) <= MOST_PAIRS:
        return _by_word(left, right)
    found: list[_Block] = []
    old = new = 0
    budget = MOST_PAIRS
    for tie in [*_ties(left, right), _Block(len(left), len(right), 0)]:
        gap = left[old : tie.old], right[new : tie.new]
        if (cost := _pairs(*gap)) <= budget:
            budget -= cost
            found += [_Block(old + b.old, new + b.new, b.length) for b in _by_word(*gap)]
        found.append(tie)
        old, new = tie.old + tie.length, tie.new + tie.length
    return found


def _pairs(left: list[str], right: list[str]) -> int:
    there = Counter(right)
    return sum(count * there[token] for token, count in Counter(left).items())


def _by_word(left: list[str], right: list[str]) -> list[_Block]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [_Block(i, j, length) for i, j, length in matcher.get_matching_blocks()]


def _ties(left: list[str], right: list[str]) -> list[_Block]:
    """Single tokens that begin a phrase found once on each side, in the same order on both."""
    there = _only_once(right)
    pairs = sorted((i, there[phrase]) for phrase, i in _only_once(left).items() if phrase in there)
    return [_Block(*pairs[k], 1) for k in _longest_rising([j for _i, j in pairs])]


def _only_once(tokens: list[str]) -> dict[tuple[str, ...], int]:
    phrases = [tuple(tokens[i : i + PHRASE]) for i in range(len(tokens))]
    count = Counter(phrases)
    return {phrase: i for i, phrase in enumerate(phrases) if count[phrase] == 1}


def _readable(blocks: list[_Block], left: list[str], right: list[str]) -> list[_Block]:
    """Without the confetti: no block that is one short word, and none at all when little is shared."""
    kept = [block for block in blocks if _at_an_end(block, left, right) or _is_worth_a_look(block, left)]
    shared = sum(_words(left[block.old : block.old + block.length]) for block in kept)
    shorter, longer = sorted((_words(left), _words(right)))
    # However long an addition is, the words that were there stay whole.
    is_addition = 0 < shared == shorter and len(kept) <= 2
    return kept if is_addition or shared >= longer * SHARED_AT_LEAST else []


def _at_an_end(block: _Block, left: list[str], right: list[str]) -> bool:
    is_last = (block.old + block.length, block.new + block.length) == (len(left), len(right))
    return (block.old, block.new) == (0, 0) or is_last


def _is_worth_a_look(block: _Block, left: list[str]) -> bool:
    words = [key for key in _keys(left[block.old : block.old + block.length]) if key[0].isalnum()]
    return len(words) > 1 or any(len(word) > SHORT_WORD for word in words)


def _words(tokens: Iterable[str]) -> int:
    return sum(token[0].isalnum() for token in tokens)


def _joined(blocks: Iterable[_Block]) -> list[_Block]:
    """Blocks that follow each other on both sides as one, and none that is empty."""
    found: list[_Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if last and (last.old + last.length, last.new + last.length) == (block.old, block.new):
            found[-1] = _Block(last.old, last.new, last.length + block.length)
        elif block.length:
            found.append(block)
    return found


def _spans(tokens: list[str], kept: list[tuple[int, int]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    here = 0
    for start, length in [*kept, (len(tokens), 0)]:
        changed, same = "".join(tokens[here:start]), "".join(tokens[start : start + length])
        # No mark on the blank before words that stayed.
        words = changed.rstrip(" ") if same else changed
        _lay(spans, words, changed=True)
        _lay(spans, changed[len(words) :] + same, changed=False)
        here = start + length
    return tuple(spans)


def _lay(spans: list[Span], text: str, *, changed: bool) -> None:
    """Put a run at the end, as one with the last when that is of its sort."""
    if spans and spans[-1].changed == changed:
        text = spans.pop().text + text
    if text:
        spans.append(Span(text, changed))


def compare_versions(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> tuple[ClauseChange, ...]:
    """Every clause of either version in the new one's reading order, a removed one where it used to stand."""
    was, now = {c.key: c for c in old}, {c.key: c for c in new}
    moved = moved_keys(old, new)
    return tuple(
        ClauseChange(key, _state(was.get(key), now.get(key), key in moved), was.get(key), now.get(key))
        for key in reading_order(_both(old, new))
    )


def _state(old: ClauseText | None, new: ClauseText | None, is_moved: bool) -> State:
    if old is None:
        return "new"
    if new is None:
        return "removed"
    if not same_words(old, new):
        return "changed"
    return "moved" if is_moved else "unchanged"


def same_words(one: ClauseText, other: ClauseText) -> bool:
    """Whether two clauses are of a kind and say the same. Translations are no part of the agreement."""
    return (one.kind, one.heading, one.text) == (other.kind, other.heading, other.text)


def _both(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> dict[str | None, list[str]]:
    """The new version's clauses by parent, and the removed ones after the sibling they used to follow."""
    children, kept = children_of(new), {clause.key for clause in new}
    for parent, siblings in children_of(old).items():
        place = 0
        line = children.setdefault(parent, [])
        for key in siblings:
            if key not in kept:
                line.insert(place, key)
            if key in line:
                place = line.index(key) + 1
    return children


def children_of(clauses: Iterable[ClauseText]) -> dict[str | None, list[str]]:
    """The keys that stand directly under each key (None: at the top), in order."""
    children: dict[str | None, list[str]] = {}
    for clause in clauses:
        children.setdefault(clause.parent, []).append(clause.key)
    return children


def reading_order(children: Mapping[str | None, Sequence[str]]) -> Iterator[str]:
    """Every key, each followed by what stands under it."""
    waiting = list(reversed(children.get(None, ())))
    while waiting:
        key = waiting.pop()
        yield key
        waiting.extend(reversed(children.get(key, ())))


def moved_keys(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> set[str]:
    """The clauses of both versions that have another parent, or another order among the siblings that stayed.

    As few as can explain the new order, so that one insertion moves nobody else.
    """
    parent_of = {c.key: c.parent for c in old}
    rank = {clause.key: i for i, clause in enumerate(old)}
    moved = {c.key for c in new if c.key in rank and c.parent != parent_of[c.key]}
    for siblings in children_of(new).values():
        stayed = [key for key in siblings if key in rank and key not in moved]
        kept = {stayed[k] for k in _longest_rising([rank[key] for key in stayed])}
        moved.update(key for key in stayed if key not in kept)
    return moved


def _longest_rising(values: Sequence[int]) -> list[int]:
    """The places of a longest rising subsequence of different numbers (patience sorting, O(n log n))."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        length = bisect_left(tails, value)
        before.append(places[length - 1] if length else -1)
        tails[length : length + 1] = [value]
        places[length : length + 1] = [place]
    found: list[int] = []
    here = places[-1] if places else -1
    while here >= 0:
        found.append(here)
        here = before[here]
    return found[::-1]
