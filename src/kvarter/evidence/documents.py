"""A publication's document: what is written once, and read for ever. The only road from figures to a page.

JSON in one fixed way of writing it (RFC 8785 in spirit: sorted keys, no spaces, UTF-8), so that the same content has
the same SHA-256. Texts stand in Danish and English beside each other. Numbers are written so that they are read back
as exactly the same ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from kvarter.evidence.figures import Between, Counted, Difference, Figure, Measure, Place, SourceFacts
from kvarter.evidence.importers.extract import Period, Status

FORMAT = "kvarter-publication/1"


def canonical(document: Mapping[str, Any]) -> str:
    """The document in its one way of writing."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    """SHA-256 of a document's bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Document:
    """A publication's document, read. `content` is the parsed JSON; never change it."""

    digest: str
    content: Mapping[str, Any]

    @property
    def number(self) -> int:
        return int(self.content["number"])

    @property
    def corrects(self) -> int | None:
        """The number of the publication this one corrects."""
        corrected = self.content["corrects"]
        return int(corrected["number"]) if corrected else None

    @property
    def published(self) -> datetime:
        return datetime.fromisoformat(self.content["published"])

    @property
    def synthetic(self) -> bool:
        """Whether everything in it is made up for a demonstration."""
        return bool(self.content.get("synthetic"))

    @cached_property
    def _read(self) -> dict[str, tuple[Figure, ...]]:
        return {}

    def figures(self, language: str) -> tuple[Figure, ...]:
        """Every figure with its label, in a language. Raises ValueError for one that lacks what it must have."""
        if language not in self._read:
            reader = _Reader(self, language)
            self._read[language] = tuple(reader.figure(row) for row in self.content["figures"])
        return self._read[language]

    def differences(self, language: str) -> tuple[Difference, ...]:
        """Every difference that was judged, in a language."""
        reader = _Reader(self, language)
        return tuple(reader.difference(row) for row in self.content.get("differences", ()))


@lru_cache(maxsize=256)
def read_document(text: str) -> Document:
    """A document with its digest. Read once in a process: what is published never changes."""
    content = json.loads(text)
    if content.get("format") != FORMAT:
        raise ValueError(f"not a {FORMAT}")
    return Document(digest_of(text), content)


def words(texts: Mapping[str, str], language: str) -> str:
    """A text in a language, Danish where there is no other."""
    return texts.get(language) or texts["da"]


class _Reader:
    """Makes figures of a document's rows; sources and places are made once for all rows that share them."""

    def __init__(self, document: Document, language: str) -> None:
        self.document, self.language = document, language
        content = document.content
        self.sources = {key: self._source(key, told) for key, told in content["sources"].items()}
        self.places = {key: self._place(key, told) for key, told in content["areas"].items()}

    def _source(self, key: str, told: Mapping[str, Any]) -> SourceFacts:
        said = {name: words(told[name], self.language) for name in ("producer", "title", "method", "limits")}
        english = told.get("attribution_en", "") if self.language == "en" else ""
        is_danish = self.language == "en" and not english
        return SourceFacts(
            key,
            attribution=english or told["attribution"],
            counted=Counted(told["counted"]),
            attribution_lang="da" if is_danish else "",
            danish=tuple(name for name in said if not told[name].get(self.language)),
            **said,
        )

    def _place(self, key: str, told: Mapping[str, Any]) -> Place:
        return Place(
            key,
            told["area"],
            words(told["name"], self.language),
            _day(told["from"]),
            _day(told["until"]),
            told["is_area"],
            told["is_reference"],
            told.get("part_of", ""),
            told.get("is_peer", False),
        )

    def figure(self, row: Mapping[str, Any]) -> Figure:
        register = self.document.content["registers"][row["register"]]
        return Figure(
            indicator=row["indicator"],
            measure=Measure(self.document.content["indicators"][row["indicator"]]["measure"]),
            place=self.places[row["place"]],
            period=Period(date.fromisoformat(row["first"]), date.fromisoformat(row["last"])),
            status=Status(row["status"]),
            value=row["value"],
            counted=Counted(row["counted"]),
            source=self.sources[register["source"]],
            label=register["label"],
            published=_day(register["published"]),
            publication=self.document.number,
            digest=self.document.digest,
            notes=tuple(self._note(note) for note in (*row["notes"], *register["footnotes"])),
            cut=row.get("cut", ""),
            cut_name=self._cut_name(row.get("cut", "")),
            synthetic=self.document.synthetic,
            base=self.document.content["indicators"][row["indicator"]].get("base", ""),
            population=words(row["population"], self.language) if row.get("population") else "",
            broken=words(row["broken"], self.language) if row.get("broken") else "",
            **{name: row[name] for name in ("numerator", "denominator", "n", "invited", "low", "high", "processed")},
        )

    def _note(self, note: str | Mapping[str, str]) -> str:
        """A note in the reader's language; a producer's own stand in the language they have."""
        return note if isinstance(note, str) else words(note, self.language)

    def _cut_name(self, cut: str) -> str:
        return words(self.document.content["cuts"][cut], self.language) if cut else ""

    def difference(self, row: Mapping[str, Any]) -> Difference:
        return Difference(
            indicator=row["indicator"],
            measure=Measure(self.document.content["indicators"][row["indicator"]]["measure"]),
            between=Between(row["between"]),
            place=self.places[row["place"]],
            other=self.places[row["other"]] if row["other"] else None,
            first=_period(row["first"]) if row["first"] else None,
            last=_period(row["last"]),
            publication=self.document.number,
            synthetic=self.document.synthetic,
            **{name: row[name] for name in ("value", "low", "high", "p_adjusted", "verdict", "smallest", "together")},
        )


def _period(days: list[str]) -> Period:
    return Period(*map(date.fromisoformat, days))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def in_effect(documents: Iterable[Document]) -> list[Document]:
    """The documents whose figures hold, oldest first: all but those that a later one corrects."""
    every = sorted(documents, key=lambda document: document.number)
    corrected = {document.corrects for document in every}
    return [document for document in every if document.number not in corrected]
