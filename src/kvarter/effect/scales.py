"""The mean of several items that ask for the same thing, person by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import pyarrow as pa

from kvarter.effect.columns import Missing
from kvarter.effect.errors import BadData

ENOUGH = 0.5


def with_scales(chunk: pa.Table, scales: Mapping[str, Sequence[str]], missing: Missing, seen: int) -> pa.Table:
    """The chunk with a column for each scale: the mean of a person's answers to its items.

    With DROP, a person counts who answered at least half the items (a common rule: Fayers & Machin 2016, ch. 15);
    else every item must be answered. Raises BadData naming column and row.
    """
    if not scales:
        return chunk
    frame = pl.DataFrame(chunk)
    for name, items in scales.items():
        _check(frame, name, items, missing, seen)
        frame = frame.with_columns(_mean(name, items))
    return frame.to_arrow()


def _check(frame: pl.DataFrame, name: str, items: Sequence[str], missing: Missing, seen: int) -> None:
    if name in frame.columns or name in items:
        raise BadData(f"There is a column {name} already. Call the scale something else.")
    for item in items:
        if not (frame[item].dtype.is_numeric() or frame[item].dtype == pl.Null):
            raise BadData(f"Column {item}: a scale is the mean of numbers, and this holds {frame[item].dtype}.")
        empty = frame.select(pl.col(item).is_null() | pl.col(item).cast(pl.Float64).is_nan())[item].arg_true()
        if missing is not Missing.DROP and empty.len():
            raise BadData(
                f"Column {item}, row {seen + empty[0] + 1}: has no answer. Say drop to let half a scale's answers do."
            )


def _mean(name: str, items: Sequence[str]) -> pl.Expr:
    values = [pl.col(item).cast(pl.Float64).fill_nan(None) for item in items]
    answered = pl.sum_horizontal(value.is_not_null() for value in values)
    return pl.when(answered >= ENOUGH * len(items)).then(pl.mean_horizontal(values)).alias(name)
