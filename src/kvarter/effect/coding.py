"""Numbering the values of columns as they come, chunk by chunk, so that sums can be kept in arrays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kvarter.effect.kernel import look_up, note_seen, number_by_hash, number_pairs

Codes = npt.NDArray[np.int32]
Pairs = npt.NDArray[np.int64]
MISSING = -1
WIDEST_VALUES, WIDEST_TABLE = 1 << 20, 1 << 24


class Values:
    """A column's distinct values, numbered from 0 in the order they are met; MISSING for null and NaN."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._low, self._table = 0, np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self.values)

    def number(self, value: Any) -> int:
        """The number of a value, given now when it is new."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found

    def find(self, value: Any) -> int | None:
        """The number of a value that was met."""
        return self._numbers.get(value)

    def code(self, column: pa.Array) -> Codes:
        """The numbers of a chunk's values, one for each row."""
        if pa.types.is_integer(column.type) and column.null_count == 0 and len(column):
            values = column.to_numpy(zero_copy_only=False)
            low, high = int(values.min()), int(values.max())
            if self.fits(low, high):
                return self._by_table(values, low, high)
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
        values = encoded.dictionary.to_pylist()
        indices = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
        met = np.zeros(len(values) + 1, np.bool_)  # a column of categories may know of some that no row has
        met[indices] = True
        numbers = np.array(
            [
                MISSING if value is None or not here else self.number(_plain(value))
                for value, here in zip(values, met.tolist(), strict=False)
            ]
            + [MISSING],
            dtype=np.int32,
        )
        found: Codes = numbers[indices]
        return found

    def fits(self, low: int, high: int) -> bool:
        """Whether a table that also holds these values stays within bounds."""
        if not len(self._table):
            return high - low < WIDEST_VALUES
        return max(high, self._low + len(self._table) - 1) - min(low, self._low) < WIDEST_VALUES

    def table_for(self, values: npt.NDArray[Any], low: int, high: int) -> tuple[int, Codes]:
        """A table of the numbers of whole values from its first on, wide enough for these, each known given one."""
        if not len(self._table):
            self._low, self._table = low, np.full(high - low + 1, MISSING, np.int32)
        before, after = max(0, self._low - low), max(0, high - self._low - len(self._table) + 1)
        if before or after:
            self._table = np.pad(self._table, (before, after), constant_values=MISSING)
            self._low -= before
        if (self._table[low - self._low : high - self._low + 1] < 0).any():
            seen = np.zeros(len(self._table), np.bool_)
            note_seen(values, self._low, seen)
            for place in np.flatnonzero(seen & (self._table < 0)).tolist():
                self._table[place] = self.number(place + self._low)
        return self._low, self._table

    def _by_table(self, values: npt.NDArray[Any], low: int, high: int) -> Codes:
        """Whole numbers within a short range are looked up in a table instead of being hashed."""
        first, table = self.table_for(values, low, high)
        out = np.empty(len(values), np.int32)
        look_up(values, first, table, out)
        return out


def _plain(value: Any) -> Any:
    """A whole number is one value whether a file has it as 2, 2.0 or the decimal 2.00."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Tuples:
    """Distinct combinations of numbered columns, numbered in turn. A row with a missing part gets MISSING."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._steps = [_Pairs() for _ in range(width - 1)]
        self._one = 0

    def __len__(self) -> int:
        return self._steps[-1].count if self._steps else self._one

    def code(self, columns: list[Codes]) -> Codes:
        """The number of each row's combination."""
        found = columns[0]
        if self.width == 1:
            self._one = max(self._one, int(found.max(initial=-1)) + 1)
        for step, column in zip(self._steps, columns[1:], strict=True):
            found = step.code(found, column)
        return found

    def parts(self) -> Pairs:
        """Each combination's column numbers, in the order of their own numbers: shape (combinations, width)."""
        if not self._steps:
            return np.arange(self._one)[:, None]
        found = self._steps[0].pairs()
        for step in self._steps[1:]:
            pairs = step.pairs()
            found = np.column_stack([found[pairs[:, 0]], pairs[:, 1]])
        return found


class _Pairs:
    """Pairs of numbers, numbered: by a table of all that could be, or by hashing where it would be too wide."""

    def __init__(self) -> None:
        self.count = 0
        self._table: Codes | None = np.empty((0, 0), np.int32)
        self._keys, self._numbers = np.empty(0, np.int64), np.empty(0, np.int32)

    def code(self, left: Codes, right: Codes) -> Codes:
        out = np.empty(len(left), np.int32)
        if self._table is not None:
            rows = max(self._table.shape[0], int(left.max(initial=-1)) + 1)
            across = max(self._table.shape[1], int(right.max(initial=-1)) + 1)
            if rows * across <= WIDEST_TABLE:
                self._table = _widened(self._table, rows, across)
                self.count = number_pairs(left, right, self._table, self.count, out)
                return out
        self._make_room(len(left))
        self.count = number_by_hash(left, right, self._keys, self._numbers, self.count, out)
        return out

    def _make_room(self, rows: int) -> None:
        """Slots for the pairs there are and as many more as a chunk could bring, at most half of them taken."""
        if 2 * (self.count + rows) <= len(self._keys):
            return
        pairs = self.pairs()
        slots = 1 << (2 * (self.count + rows)).bit_length()
        self._table, self._keys, self._numbers = None, np.full(slots, MISSING, np.int64), np.empty(slots, np.int32)
        left, right = (np.ascontiguousarray(part, np.int32) for part in pairs.T)
        number_by_hash(left, right, self._keys, self._numbers, 0, np.empty(len(pairs), np.int32))

    def pairs(self) -> Pairs:
        """The pairs in the order of their numbers: shape (pairs, 2)."""
        found = np.empty((self.count, 2), np.int64)
        if self._table is not None:
            left, right = np.nonzero(self._table >= 0)
            found[self._table[left, right]] = np.column_stack([left, right])
            return found
        taken = self._keys >= 0
        keys = self._keys[taken]
        found[self._numbers[taken]] = np.column_stack([keys >> 32, keys & 0xFFFFFFFF])
        return found


def _widened(table: Codes, rows: int, across: int) -> Codes:
    if table.shape == (rows, across):
        return table
    larger = np.full((rows, across), MISSING, np.int32)
    larger[: table.shape[0], : table.shape[1]] = table
    return larger
