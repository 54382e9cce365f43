"""Putting a version's words down and locking them. Called by the actions that have the right to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kvarter.agreements.models import Agreement, AgreementVersion, Clause, ClauseWording, VersionWording
from kvarter.agreements.searching import stems_of
from kvarter.agreements.text import ClauseText, Wording


def digest_of(title: str, subtitle: str, clauses: Sequence[ClauseText]) -> str:
    """SHA-256 of a version's own words and their order, in hex. Translations are no part of the agreement."""
    words: list[Any] = [title, subtitle]
    words += [[c.key, c.kind, c.heading, c.text, c.parent] for c in clauses]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def seal_version(
    *,
    agreement: Agreement,
    in_force_from: date,
    title: str,
    clauses: Sequence[ClauseText],
    language: str,
    subtitle: str = "",
    titles: Mapping[str, Wording] | None = None,
    **facts: Any,
) -> AgreementVersion:
    """Store a version whole and lock it. `facts` are the version's other fields. Call inside a transaction."""
    last = agreement.versions.order_by("number").last()
    version = AgreementVersion.objects.create(
        agreement=agreement,
        number=last.number + 1 if last else 1,
        in_force_from=in_force_from,
        title=title,
        subtitle=subtitle,
        language=language,
        digest=digest_of(title, subtitle, clauses),
        **facts,
    )
    _store_clauses(version, clauses)
    store_titles(version, titles or {})
    version.sealed = True
    version.save(update_fields=["sealed"])
    return version


def store_titles(version: AgreementVersion, titles: Mapping[str, Wording]) -> None:
    """A version's title (as heading) and subtitle (as text) in other languages."""
    VersionWording.objects.bulk_create(
        VersionWording(version=version, language=language, title=words.heading, subtitle=words.text)
        for language, words in titles.items()
    )


def _store_clauses(version: AgreementVersion, clauses: Sequence[ClauseText]) -> None:
    """Parents stand before their children, so each level can be stored once the one above has its ids."""
    stored: dict[str, Clause] = {}
    waiting = list(enumerate(clauses))
    while waiting:
        level = [(n, c) for n, c in waiting if c.parent is None or c.parent in stored]
        made = Clause.objects.bulk_create(
            Clause(
                version=version,
                key=c.key,
                kind=c.kind,
                parent=stored[c.parent] if c.parent else None,
                position=n,
                heading=c.heading,
                text=c.text,
                stems=stems_of(f"{c.heading} {c.text}", version.language),
            )
            for n, c in level
        )
        stored.update({clause.key: clause for clause in made})
        waiting = [(n, c) for n, c in waiting if c.key not in stored]
    ClauseWording.objects.bulk_create(
        new_wording(stored[c.key], language, wording) for c in clauses for language, wording in c.translations.items()
    )


def new_wording(clause: Clause, language: str, wording: Wording) -> ClauseWording:
    """A clause's words in another language, not yet stored."""
    return ClauseWording(
        clause=clause,
        language=language,
        heading=wording.heading,
        text=wording.text,
        stems=stems_of(f"{wording.heading} {wording.text}", language),
    )
