"""What every export needs to know of a version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kvarter.agreements.text import AgreementText, ClauseText, Kind, Wording


class ExportError(Exception):
    """The document could not be made."""


@dataclass(frozen=True)
class Edition:
    """A version with what surrounds it. `language`: the one wanted; clauses that lack it stand in the text's own.

    address: the absolute address of the version. decision: empty for the first version. made_up: what every form of it
    must say where it is made up for a demonstration, else "".
    """

    text: AgreementText
    slug: str
    number: int
    in_force_from: date
    in_force_until: date | None
    decision: str
    parties: tuple[str, ...]
    address: str
    language: str
    partnership: str
    made_up: str = ""

    def words(self, clause: ClauseText) -> tuple[Wording, str]:
        """A clause's words in the language wanted, or its own, and which that is."""
        found = clause.translations.get(self.language)
        if found is None or self.language == self.text.language:
            return Wording(clause.heading, clause.text), self.text.language
        return found, self.language

    def walk(self) -> Iterator[tuple[ClauseText, int, int]]:
        """Every clause in order with its depth from 0 and its number among siblings of its kind from 1."""
        depths: dict[str, int] = {}
        counts: dict[tuple[str | None, Kind], int] = {}
        for clause in self.text.clauses:
            depths[clause.key] = depths[clause.parent] + 1 if clause.parent else 0
            counts[clause.parent, clause.kind] = counts.get((clause.parent, clause.kind), 0) + 1
            yield clause, depths[clause.key], counts[clause.parent, clause.kind]
