"""Numbering the values of columns as they come, chunk by chunk, so that sums can be kept in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
MISSING = -1
WIDEST_TABLE = 1 << 22


class Values:
    """A column's distinct values, numbered from 0 in the order they are met; MISSING for null and NaN."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self.values)

    def number(self, value: Any) -> int:
        """The number of a value, given now when it is new."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found

    def code(self, column: pa.Array) -> Ints:
        """The numbers of a chunk's values, one for each row."""
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        if pa.types.is_integer(column.type) and column.null_count == 0 and len(column):
            return self._code_integers(column.to_numpy(zero_copy_only=False))
        encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
        numbers = np.array(
            [MISSING if value is None else self.number(_plain(value)) for value in encoded.dictionary.to_pylist()]
            + [MISSING],
            dtype=np.int64,
        )
        indices = encoded.indices.fill_null(len(numbers) - 1).to_numpy(zero_copy_only=False)
        found: Ints = numbers[indices]
        return found

    def _code_integers(self, values: npt.NDArray[Any]) -> Ints:
        """Whole numbers within a short range are looked up in a table instead of being hashed."""
        low, high = int(values.min()), int(values.max())
        if high - low >= WIDEST_TABLE:
            unique, inverse = np.unique(values, return_inverse=True)
            return np.array([self.number(int(v)) for v in unique], dtype=np.int64)[inverse]
        offsets = values - low if low else values
        seen = np.flatnonzero(np.bincount(offsets, minlength=high - low + 1))
        table = np.empty(high - low + 1, dtype=np.int64)
        table[seen] = [self.number(int(v) + low) for v in seen]
        found: Ints = table[offsets]
        return found


def _plain(value: Any) -> Any:
    """A whole number is one value whether a file has it as 2 or as 2.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Tuples:
    """Distinct combinations of numbered columns, numbered in turn. A row with a missing part gets MISSING."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._steps: list[dict[int, int]] = [{} for _ in range(max(0, width - 1))]
        self._tables: list[npt.NDArray[np.int64]] = [np.full((0, 0), MISSING) for _ in range(max(0, width - 1))]
        self._pairs: list[list[tuple[int, int]]] = [[] for _ in range(max(0, width - 1))]
        self._one = 0

    def __len__(self) -> int:
        return len(self._pairs[-1]) if self._pairs else self._one

    def code(self, columns: list[Ints]) -> Ints:
        """The number of each row's combination."""
        if not columns:
            raise ValueError("a combination has a part")
        found = columns[0]
        if self.width == 1:
            self._one = max(self._one, int(found.max(initial=-1)) + 1)
            return found
        for step, column in enumerate(columns[1:]):
            found = self._join(step, found, column)
        return found

    def _join(self, step: int, left: Ints, right: Ints) -> Ints:
        rows, across = int(left.max(initial=-1)) + 1, int(right.max(initial=-1)) + 1
        if rows * across > WIDEST_TABLE:
            return self._join_many(step, left, right)
        table = self._grown(step, rows, across)
        missing = (left < 0) | (right < 0)
        found = table[left, right]  # a missing part wraps round to a real cell and is put right below
        fresh = (found < 0) & ~missing
        if fresh.any():
            for a, b in np.unique(np.stack([left[fresh], right[fresh]], axis=1), axis=0).tolist():
                table[a, b] = self._new(step, a, b)
            found = table[left, right]
        found[missing] = MISSING
        return found

    def _grown(self, step: int, rows: int, across: int) -> npt.NDArray[np.int64]:
        table = self._tables[step]
        if table.shape[0] < rows or table.shape[1] < across:
            larger = np.full((max(rows, table.shape[0]), max(across, table.shape[1])), MISSING)
            for number, (a, b) in enumerate(self._pairs[step]):
                if a < larger.shape[0] and b < larger.shape[1]:
                    larger[a, b] = number
            self._tables[step] = table = larger
        return table

    def _join_many(self, step: int, left: Ints, right: Ints) -> Ints:
        """By sorting, where a table of all combinations would be too wide."""
        whole = (left >= 0) & (right >= 0)
        unique, inverse = np.unique((left[whole] << 31) | right[whole], return_inverse=True)
        numbers = np.array([self._new(step, int(k) >> 31, int(k) & 0x7FFFFFFF) for k in unique], dtype=np.int64)
        found = np.full(len(left), MISSING)
        found[whole] = numbers[inverse]
        return found

    def _new(self, step: int, a: int, b: int) -> int:
        known = self._steps[step]
        key = (a << 31) | b
        number = known.get(key)
        if number is None:
            number = known[key] = len(known)
            self._pairs[step].append((a, b))
        return number

    def parts(self) -> list[tuple[int, ...]]:
        """Each combination's column numbers, in the order of their own numbers."""
        if self.width == 1:
            return [(n,) for n in range(self._one)]
        found: list[tuple[int, ...]] = list(self._pairs[0])
        for step in self._pairs[1:]:
            found = [(*found[a], b) for a, b in step]
        return found
