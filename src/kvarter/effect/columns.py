"""Columns of a chunk as numbers and codes, and what is wrong with them told by row."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kvarter.effect.coding import Codes, Values
from kvarter.effect.errors import BadData

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Columns = dict[str, pa.Array]
FEW = 64
LABEL_OF_MISSING = "(missing)"
SAY_HOW = "Say what a missing value means: drop leaves it out, category counts it as an answer of its own."


class Missing(StrEnum):
    """What a missing answer means: FAIL refuses the data, DROP leaves the row out of that item's estimates (it stays
    in the sample, so the variance knows of it), CATEGORY counts it as an answer of its own.
    """

    FAIL = "fail"
    DROP = "drop"
    CATEGORY = "category"


def is_few(column: pa.Array, name: str, seen: int) -> bool:
    """Whether a column holds whole numbers within a short range. Raises BadData for texts."""
    if pa.types.is_integer(column.type) and column.null_count == 0 and len(column):
        whole = column.to_numpy(zero_copy_only=False)
        return bool(int(whole.max()) - int(whole.min()) < FEW)
    values = numbers(column, name, seen)
    known = values[~np.isnan(values)]
    if not known.size or (known != np.round(known)).any():
        return False
    return bool(known.max() - known.min() < FEW)


def columns_of(chunk: pa.Table) -> Columns:
    """The columns of a chunk that has rows, each in one piece.

    Raises BadData for two of one name, and for one that holds lists or other values within values.
    """
    (whole,) = chunk.combine_chunks().to_batches()
    found = dict(zip(chunk.column_names, whole.columns, strict=True))
    if len(found) < chunk.num_columns:
        raise BadData(f"There are two columns of one name. The data has {', '.join(chunk.column_names)}.")
    for name, column in found.items():
        if pa.types.is_nested(column.type):
            raise BadData(f"Column {name}: holds {column.type}. Make a column of each value in it first.")
    return found


def as_floats(column: pa.Array) -> Floats:
    """A column of numbers, NaN where it is empty."""
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def numbers(column: pa.Array, name: str, seen: int) -> Floats:
    """A column as numbers, NaN where it is empty. Raises BadData for one that holds texts, or what is without end."""
    if pa.types.is_floating(column.type):
        found = as_floats(column)
        refuse(name, np.flatnonzero(np.isinf(found)), seen, "is infinite", "Correct it, or leave it empty.")
        return found
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return as_floats(column)
    if pa.types.is_decimal(column.type) or pa.types.is_null(column.type):
        return as_floats(column)
    first = next((n for n, value in enumerate(column.to_pylist()) if value is not None and not _reads(value)), 0)
    raise BadData(
        f"Column {name}, row {seen + first + 1}: {column[first].as_py()!r} is not a number. Ask for its shares, or "
        "give the column as numbers."
    )


def _reads(text: object) -> bool:
    """Whether a value among texts would be a number by itself, so that it is not what is wrong with its column."""
    try:
        float(str(text))
    except ValueError:
        return False
    return True


def coded(values: Values, column: pa.Array, missing: Missing, name: str, seen: int) -> Codes:
    """A column's numbers; a missing value is an answer of its own where the user says so.

    Raises BadData for an answer that reads as missing ones then do.
    """
    codes = values.code(column)
    if missing is not Missing.CATEGORY:
        return codes
    same = np.flatnonzero(codes == values.find(LABEL_OF_MISSING))
    refuse(name, same, seen, f"reads {LABEL_OF_MISSING}, as missing answers do", "Call it something else.")
    if (codes < 0).any():
        codes = np.where(codes < 0, np.int32(values.number(LABEL_OF_MISSING)), codes)
    return codes


def refuse(name: str, rows: Ints, seen: int, wrong: str, remedy: str) -> None:
    """Raise BadData naming the first of these rows, if there is one."""
    if rows.size:
        more = f" (and {rows.size - 1} more)" if rows.size > 1 else ""
        raise BadData(f"Column {name}, row {seen + int(rows[0]) + 1}{more}: {wrong}. {remedy}")
