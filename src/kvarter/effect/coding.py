"""Numbering the values of columns as they come, chunk by chunk, so that sums can be kept in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kvarter.effect.kernel import look_up, note_seen, number_pairs

Codes = npt.NDArray[np.int32]
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
        numbers = np.array(
            [MISSING if value is None else self.number(_plain(value)) for value in encoded.dictionary.to_pylist()]
            + [MISSING],
            dtype=np.int32,
        )
        indices = encoded.indices.fill_null(len(numbers) - 1).to_numpy(zero_copy_only=False)
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
    """A whole number is one value whether a file has it as 2 or as 2.0."""
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

    def parts(self) -> list[tuple[int, ...]]:
        """Each combination's column numbers, in the order of their own numbers."""
        if not self._steps:
            return [(n,) for n in range(self._one)]
        found: list[tuple[int, ...]] = [tuple(pair) for pair in self._steps[0].pairs()]
        for step in self._steps[1:]:
            found = [(*found[a], b) for a, b in step.pairs()]
        return found


class _Pairs:
    """Pairs of numbers, numbered: by a table of all that could be, or by sorting where it would be too wide."""

    def __init__(self) -> None:
        self.count = 0
        self._table = np.empty((0, 0), np.int32)
        self._sorted: npt.NDArray[np.int64] | None = None
        self._numbers = np.empty(0, np.int64)

    def code(self, left: Codes, right: Codes) -> Codes:
        rows = max(self._table.shape[0], int(left.max(initial=-1)) + 1)
        across = max(self._table.shape[1], int(right.max(initial=-1)) + 1)
        if self._sorted is not None or rows * across > WIDEST_TABLE:
            return self._by_sorting(left, right)
        if self._table.shape != (rows, across):
            larger = np.full((rows, across), MISSING, np.int32)
            larger[: self._table.shape[0], : self._table.shape[1]] = self._table
            self._table = larger
        out = np.empty(len(left), np.int32)
        self.count = number_pairs(left, right, self._table, self.count, out)
        return out

    def _by_sorting(self, left: Codes, right: Codes) -> Codes:
        if self._sorted is None:
            pairs = np.array(self.pairs(), dtype=np.int64).reshape(-1, 2)
            keys = (pairs[:, 0] << 31) | pairs[:, 1]
            self._numbers = np.argsort(keys)
            self._sorted = keys[self._numbers]
        whole = (left >= 0) & (right >= 0)
        key = (left[whole].astype(np.int64) << 31) | right[whole]
        fresh = np.setdiff1d(key, self._sorted)
        if fresh.size:
            joined = np.concatenate([self._sorted, fresh])
            numbers = np.concatenate([self._numbers, self.count + np.arange(len(fresh))])
            order = np.argsort(joined)
            self._sorted, self._numbers = joined[order], numbers[order]
            self.count += len(fresh)
        out = np.full(len(left), MISSING, np.int32)
        out[whole] = self._numbers[np.searchsorted(self._sorted, key)]
        return out

    def pairs(self) -> list[list[int]]:
        """The pairs in the order of their numbers."""
        if self._sorted is None:
            where = np.argwhere(self._table >= 0)
            order = np.argsort(self._table[where[:, 0], where[:, 1]])
            return [list(map(int, pair)) for pair in where[order]]
        keys = np.empty(self.count, np.int64)
        keys[self._numbers] = self._sorted
        return [[key >> 31, key & 0x7FFFFFFF] for key in keys.tolist()]
