"""What figures count, as it is read out of what was taken in and out of what was published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kvarter.evidence.disclosing import Count
from kvarter.evidence.documents import Document
from kvarter.evidence.figures import Counted
from kvarter.evidence.models import Observation


def count_of(one: Observation) -> Count | None:
    """What an observation counts; nothing for a sample's, or where it is not told."""
    facts = {"counted": one.counted, "value": one.value, "numerator": one.numerator, "denominator": one.denominator}
    return _count(one.indicator.slug, one.first, one.version.key, one.indicator.measure, facts)


def counts_of_rows(rows: Iterable[Mapping[str, Any]], indicators: Mapping[str, Any]) -> list[Count]:
    """What a document's rows count. indicators: the same document's, by address."""
    found = (
        _count(
            row["indicator"],
            date.fromisoformat(row["first"]),
            row["place"],
            indicators[row["indicator"]]["measure"],
            row,
        )
        for row in rows
    )
    return [count for count in found if count is not None]


def counts_of_document(document: Document) -> list[Count]:
    """What a publication told the count of."""
    return counts_of_rows(document.content["figures"], document.content["indicators"])


def _count(indicator: str, first: date, place: str, measure: str, facts: Mapping[str, Any]) -> Count | None:
    """What a figure counts: a share its part and its whole, a mean or amount those it is of, a count itself."""
    whole = facts["value"] if measure == "count" else facts["denominator"]
    if facts["counted"] != Counted.FULL or whole is None:
        return None
    part = facts["numerator"] if measure == "share" else None
    return Count(indicator, first, place, whole, part, is_base=measure != "count")
