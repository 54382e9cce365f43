"""Amendments as plain values, and what they would make of the agreement."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from kvarter.agreements.merging import ChangeKind, Merged, Place, ProposedChange, merge
from kvarter.agreements.models import Agreement, Amendment, AmendmentChange
from kvarter.agreements.queries.versions import clause_texts, latest
from kvarter.agreements.text import ClauseText, Kind, Wording
from kvarter.people.policy import Actor, visible


def changes_of(amendment: Amendment) -> list[ProposedChange]:
    """What an amendment does, clause by clause (one SQL query)."""
    return [_plain(row) for row in amendment.changes.all()]


def _plain(row: AmendmentChange) -> ProposedChange:
    return ProposedChange(
        change=ChangeKind(row.change),
        key=row.key,
        kind=Kind(row.kind) if row.kind else None,
        heading=row.heading,
        text=row.text,
        place=Place(row.parent or None, row.after or None) if row.placed else None,
        translations={code: Wording(*words) for code, words in row.wordings.items()},
    )


@dataclass(frozen=True)
class Standpoint:
    """An amendment beside the newest version: what was, what would be, and where the two collide."""

    base: tuple[ClauseText, ...]
    current: tuple[ClauseText, ...]
    changes: list[ProposedChange]
    merged: Merged
    is_behind: bool


def standpoint_of(amendment: Amendment) -> Standpoint:
    """Where an amendment stands against the newest version (six SQL queries at most)."""
    changes = changes_of(amendment)
    base = clause_texts(amendment.base)
    newest = amendment.result or latest(amendment.agreement) or amendment.base
    if amendment.result is not None or newest.pk == amendment.base_id:
        return Standpoint(base, base, changes, merge(base, base, changes), is_behind=False)
    current = clause_texts(newest)
    return Standpoint(base, current, changes, merge(base, current, changes), is_behind=True)


def amendments_of(person: Actor, agreement: Agreement) -> QuerySet[Amendment]:
    """An agreement's amendments, newest first (one SQL query)."""
    rows = Amendment.objects.filter(agreement=agreement).select_related("agreement__partnership", "author", "result")
    return visible(person, rows)
