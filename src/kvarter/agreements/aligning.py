"""Finding an agreement's clauses again in another text of it, so that a clause keeps its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from kvarter.agreements.text import ClauseText

ALIKE = 0.6


def keep_keys(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> tuple[ClauseText, ...]:
    """The new clauses under the old ones' keys where they are the same clause, and fresh keys where they are not.

    The same words are the same clause; else the most alike of the same kind, when at least six tenths alike; else
    the one of the same kind that had the same place, which the key tells.
    """
    renamed = _pairs(old, new)
    kinds = {c.key: c.kind for c in old if c.key not in renamed.values()}
    renamed |= {c.key: c.key for c in new if c.key not in renamed and kinds.get(c.key) == c.kind}
    taken = {c.key for c in old} | set(renamed.values())
    for clause in new:
        if clause.key not in renamed:
            renamed[clause.key] = _free(clause.key, taken)
            taken.add(renamed[clause.key])
    return tuple(replace(c, key=renamed[c.key], parent=renamed[c.parent] if c.parent else None) for c in new)


def _words(clause: ClauseText) -> str:
    return f"{clause.heading}\n{clause.text}"


def _pairs(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> dict[str, str]:
    """New key to old key, best matches first; no old clause is used twice."""
    scored = sorted(
        (
            (-_likeness(o, n), abs(i - j), o.key, n.key)
            for i, o in enumerate(old)
            for j, n in enumerate(new)
            if o.kind == n.kind
        ),
    )
    found: dict[str, str] = {}
    used: set[str] = set()
    for score, _distance, old_key, new_key in scored:
        if -score >= ALIKE and new_key not in found and old_key not in used:
            found[new_key] = old_key
            used.add(old_key)
    return found


def _likeness(one: ClauseText, other: ClauseText) -> float:
    left, right = _words(one).split(), _words(other).split()
    if left == right:
        return 1.0
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def _free(key: str, taken: set[str]) -> str:
    if key not in taken:
        return key
    number = 2
    while f"{key}-{number}" in taken:
        number += 1
    return f"{key}-{number}"
