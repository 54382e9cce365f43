"""Clauses side by side, as the comparison page and the amendment page show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kvarter.agreements.comparing import ClauseChange, Comparison, compare_versions, compare_words
from kvarter.agreements.text import ClauseText


@dataclass(frozen=True)
class SideBySide:
    """A clause that differs, with its words on both sides."""

    change: ClauseChange
    words: Comparison

    @property
    def clause(self) -> ClauseText:
        """The clause as it is or was."""
        found = self.change.new or self.change.old
        assert found is not None, "a change has a side"
        return found


def whole_words(clause: ClauseText | None) -> str:
    """Heading and text as one passage; empty for a clause that is not there."""
    return "\n".join(part for part in (clause.heading, clause.text) if part) if clause else ""


def compared(old: Sequence[ClauseText], new: Sequence[ClauseText]) -> list[SideBySide]:
    """The clauses that differ, in reading order."""
    return [
        SideBySide(change, compare_words(whole_words(change.old), whole_words(change.new)))
        for change in compare_versions(old, new)
        if change.state != "unchanged"
    ]
