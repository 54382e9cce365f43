"""How far a place is from what lies around it, as a table: each measure of each whole a row, every number in full."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from kvarter.evidence.exports.tables import Row, csv_text
from kvarter.evidence.queries.mirrors import Reflection

REFLECTION_COLUMNS = (
    "whole",
    "category",
    "measure",
    "area",
    "area_name",
    "area_from",
    "around_name",
    "first",
    "last",
    "value",
    "ci_low",
    "ci_high",
    "expected",
    "base",
    "n_area",
    "n_around",
    "n_effective",
    "producer",
    "source",
    "attribution",
    "synthetic",
    "publication",
    "digest",
)


def reflections_csv(reflections: Iterable[Reflection]) -> str:
    """The reflections as a table. measure: dissimilarity (the share who would have to be in another category), distance
    (Hellinger's), or ratio (how many times as large a share of a category). expected: of both without a difference.
    """
    return csv_text(REFLECTION_COLUMNS, reflection_rows(reflections))


def reflection_rows(reflections: Iterable[Reflection]) -> list[Row]:
    """The rows of the table."""
    return [row for one in reflections for row in _rows(one)]


def _rows(one: Reflection) -> Iterable[Row]:
    found = one.mirror
    apart, distance = found.dissimilarity, found.hellinger
    yield _row(one, "", "dissimilarity", apart.value, *found.dissimilarity_bounds, apart.expected)
    yield _row(one, "", "distance", distance.value, *found.interval, distance.expected)
    for name, ratio in one.categories:
        if isfinite(ratio.ratio) and isfinite(ratio.high):
            yield _row(one, name, "ratio", ratio.ratio, ratio.low, ratio.high, None)


def _row(
    one: Reflection, category: str, measure: str, value: float, low: float, high: float, expected: float | None
) -> Row:
    own, around, source = one.own, one.around, one.own.source
    return [
        one.whole.slug,
        category,
        measure,
        own.place.area,
        own.place.name,
        own.place.from_day,
        around.place.name,
        own.period.first,
        own.period.last,
        value,
        low,
        high,
        expected,
        one.whole.counted,
        own.denominator,
        around.denominator,
        one.effective,
        source.producer,
        source.title,
        source.attribution,
        int(own.synthetic),
        own.publication,
        own.digest,
    ]
