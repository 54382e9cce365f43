"""Versions and their words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar, cast

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kvarter.agreements.models import Agreement, AgreementVersion, Clause
from kvarter.agreements.text import AgreementKind, AgreementText, ClauseText, Kind, Wording

M = TypeVar("M", bound=Model)


@dataclass
class Passage:
    """A clause as a reader meets it: in their language where it has those words, with what stands under it.

    language: the language of the words shown, so that a page can mark a passage in another language.
    """

    key: str
    kind: Kind
    heading: str
    text: str
    language: str
    parent: Passage | None = None
    number: int = 0
    children: list[Passage] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[str]:
        """The text by paragraph."""
        return [part for part in self.text.split("\n\n") if part]

    @property
    def first_words(self) -> str:
        """Heading, or text when there is none."""
        return self.heading or self.text

    @property
    def words(self) -> str:
        """What it says; the heading over a vision or a future image is only its kind."""
        is_text = self.kind in (Kind.VISION, Kind.FUTURE_IMAGE) and self.text
        return self.text if is_text else self.first_words

    @property
    def label(self) -> str:
        """What it is, with its number where there are several: “Målsætning 2”."""
        name = str(Kind(self.kind).label).capitalize()
        return f"{name} {self.number}" if self.kind in (Kind.GOAL, Kind.FUTURE_IMAGE) and self.number else name

    def under(self, *kinds: Kind) -> list[Passage]:
        """The clauses of these kinds that stand directly under this one."""
        return [child for child in self.children if child.kind in kinds]


Stamp = tuple[int, str, tuple[int, ...]]  # version, its digest, its translations


@dataclass(frozen=True)
class Reading:
    """A whole version as someone reads it. `stamp` changes when a single word of it does, in any language."""

    version: AgreementVersion
    title: str
    subtitle: str
    title_language: str
    passages: tuple[Passage, ...]
    stamp: Stamp

    @property
    def top(self) -> list[Passage]:
        """The clauses that stand under no other, in order."""
        return [passage for passage in self.passages if passage.parent is None]

    def find(self, key: str) -> Passage | None:
        """The clause of that key."""
        return next((passage for passage in self.passages if passage.key == key), None)

    def of_kind(self, *kinds: Kind) -> list[Passage]:
        """The clauses of these kinds, in order."""
        return [passage for passage in self.passages if passage.kind in kinds]


def clause_texts(version: AgreementVersion) -> tuple[ClauseText, ...]:
    """A stored version's clauses as plain values, in reading order (two SQL queries)."""
    return _plain(version.clauses.order_by("position").prefetch_related("wordings"))


def texts_of_versions(agreement: Agreement) -> dict[int, tuple[ClauseText, ...]]:
    """The clauses of every version of an agreement by the version's number (two SQL queries)."""
    rows = Clause.objects.filter(version__agreement=agreement).select_related("version").prefetch_related("wordings")
    by_number: dict[int, list[Clause]] = {}
    for row in rows.order_by("version__number", "position"):
        by_number.setdefault(row.version.number, []).append(row)
    return {number: _plain(found) for number, found in by_number.items()}


def _plain(found: Iterable[Clause]) -> tuple[ClauseText, ...]:
    rows = list(found)
    keys = {row.pk: row.key for row in rows}
    return tuple(
        ClauseText(
            key=row.key,
            kind=Kind(row.kind),
            heading=row.heading,
            text=row.text,
            parent=keys[row.parent_id] if row.parent_id else None,
            translations={w.language: Wording(w.heading, w.text) for w in row.wordings.all()},
        )
        for row in rows
    )


def titles_of(version: AgreementVersion) -> dict[str, Wording]:
    """The other languages' titles of a version (one SQL query)."""
    return {row.language: Wording(row.title, row.subtitle) for row in version.wordings.order_by("language")}


def read_version(version: AgreementVersion, language: str) -> Reading:
    """A version in a reader's language, as far as it goes (one SQL query, and two more when it was not read lately)."""
    rows = list(version.wordings.order_by("language"))
    stamp = (version.pk, version.digest, tuple(row.pk for row in rows))
    title = next((row for row in rows if row.language == language), None)
    return Reading(
        version=version,
        title=title.title if title else version.title,
        subtitle=title.subtitle if title else version.subtitle,
        title_language=language if title else version.language,
        passages=_passages(stamp, language, version.language),
        stamp=stamp,
    )


@lru_cache(maxsize=256)
def _passages(stamp: Stamp, language: str, own: str) -> tuple[Passage, ...]:
    """A sealed version's clauses never change, and a new translation has a new number: so they are kept in memory."""
    clauses = _plain(Clause.objects.filter(version_id=stamp[0]).order_by("position").prefetch_related("wordings"))
    found: dict[str, Passage] = {}
    counts: dict[tuple[str | None, Kind], int] = {}
    for clause in clauses:
        passage = _passage(clause, language, own)
        counts[clause.parent, clause.kind] = passage.number = counts.get((clause.parent, clause.kind), 0) + 1
        if clause.parent:
            passage.parent = found[clause.parent]
            passage.parent.children.append(passage)
        found[clause.key] = passage
    return tuple(found.values())


def forget_readings() -> None:
    """Empty the memory of readings, where row numbers may come again (tests)."""
    _passages.cache_clear()


def _passage(clause: ClauseText, language: str, own: str) -> Passage:
    words = clause.translations.get(language) if language != own else None
    if words is None:
        return Passage(clause.key, clause.kind, clause.heading, clause.text, own)
    return Passage(clause.key, clause.kind, words.heading, words.text, language)


def in_force_on(agreement: Agreement, day: date) -> AgreementVersion | None:
    """The version that holds on a day; None before the first (one SQL query)."""
    return agreement.versions.filter(in_force_from__lte=day).order_by("number").last()


def in_force_or_first(agreement: Agreement, day: date) -> AgreementVersion | None:
    """The version that holds on a day, or the first when none does yet; None without words (one SQL query)."""
    rows = list(agreement.versions.order_by("number"))
    held = [row for row in rows if row.in_force_from <= day]
    return held[-1] if held else rows[0] if rows else None


def with_term(rows: QuerySet[M], day: date, to: str = "") -> QuerySet[M]:
    """The rows with `term_ends`: when the version of their agreement in force that day says it ends, or, without
    words, what is known by name. `to` leads from a row to its agreement (no SQL query of its own).
    """
    held = AgreementVersion.objects.filter(agreement=OuterRef(f"{to}pk"), in_force_from__lte=day).order_by("-number")
    ends = Coalesce(Subquery(held.values("term_ends")[:1]), f"{to}ends")
    return cast("QuerySet[M]", rows.annotate(term_ends=ends))


def latest(agreement: Agreement) -> AgreementVersion | None:
    """The newest version, in force or decided to come (one SQL query)."""
    return agreement.versions.order_by("number").last()


def following(version: AgreementVersion) -> AgreementVersion | None:
    """The version that replaced this one, or will (one SQL query)."""
    return version.agreement.versions.filter(number=version.number + 1).first()


def in_force_until(version: AgreementVersion, successor: AgreementVersion | None) -> date | None:
    """The last day a version holds: the day before its successor's; None while there is none.

    A day before its own first means that it was replaced the day it came and held on no day's end.
    """
    return successor.in_force_from - timedelta(days=1) if successor else None


def text_of(version: AgreementVersion, clauses: tuple[ClauseText, ...] | None = None) -> AgreementText:
    """A stored version as the plain value that exports take (up to four SQL queries)."""
    agreement = version.agreement
    return AgreementText(
        title=version.title,
        subtitle=version.subtitle,
        language=version.language,
        kind=AgreementKind(agreement.kind),
        clauses=clause_texts(version) if clauses is None else clauses,
        approving_body=version.approving_body,
        in_force_from=version.in_force_from,
        term_ends=version.term_ends,
        digest=version.digest,
    )


def text_in(reading: Reading, language: str) -> AgreementText:
    """The plain value with title and subtitle in a language where the version has them."""
    plain = text_of(reading.version)
    return (
        replace(plain, title=reading.title, subtitle=reading.subtitle) if reading.title_language == language else plain
    )
