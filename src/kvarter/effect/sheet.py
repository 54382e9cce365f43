"""Many items of one small chunk counted in one call: to look at each by itself takes longer than to count it.

A sheet takes whole numbers within a short range, which is what answers on a scale are. Everything else, and data of
more than one chunk, is counted item by item in `building`; the sums are the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kvarter.effect.coding import Codes
from kvarter.effect.columns import FEW, Columns, Missing
from kvarter.effect.cube import Answers
from kvarter.effect.kernel import EMPTY, add_sheet, find_ranges, lay_out

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_SUMS = 1 << 22
# Whole numbers that 64 bits with a sign hold. By their ids: to ask of each kind by name takes longer than to count.
WHOLE = frozenset(
    kind.id for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32())
)


class Sheet:
    """Items' answers side by side, and their sums: shape (items, cells, span + 1, 3), the last place for missing."""

    def __init__(self, columns: Columns, names: Iterable[str], missing: Missing) -> None:
        """Take those of the columns that fit; `names` tells which they are."""
        taken, holes = {}, []
        for name in names:
            if (values := _whole(columns[name], missing)) is not None:
                taken[name] = values
                holes.append(columns[name].null_count)
        answers: npt.NDArray[np.signedinteger] = np.array(list(taken.values()) or np.empty((0, 0), np.int8))
        low, high, empty = find_ranges(answers)
        fits = (high >= low) & (high - low < FEW) & (empty == holes)
        self.names = [name for name, one in zip(taken, fits.tolist(), strict=True) if one]
        self.answers = answers if fits.all() else answers[fits]
        self.low: Ints = low[fits]
        self.span = int((high - low)[fits].max(initial=0)) + 1
        self.seen = np.zeros((len(self.names), self.span + 1), np.bool_)
        self.sums = np.zeros((0, 0, 0, 3))

    def add(self, cell: Codes, cells: int, weights: Floats) -> bool:
        """Count the answers, unless their sums would want too much room."""
        shape = (len(self.names), cells, self.span + 1, 3)
        if not self.names or np.prod(shape) > MOST_SUMS:
            return False
        self.sums = np.zeros(shape)
        add_sheet(cell, weights, self.answers, self.low, self.seen, self.sums)
        return True

    def levels(self) -> list[Ints]:
        """The places of each item's answers, in order."""
        known: dict[bytes, Ints] = {}
        for one in self.seen[:, :-1]:
            if (pattern := one.tobytes()) not in known:
                known[pattern] = np.flatnonzero(one)
        return [known[one.tobytes()] for one in self.seen[:, :-1]]

    def finish(self, order: Ints, factor: Floats) -> list[Answers]:
        """The sums with cells in order, items of as many categories together."""
        levels = self.levels()
        alike: dict[int, list[int]] = {}
        for item, places in enumerate(levels):
            alike.setdefault(len(places), []).append(item)
        found = []
        for many, items in alike.items():
            places = np.full((len(items), many + 1), self.span)
            places[:, :-1] = [levels[item] for item in items]
            out = np.empty((3, len(items), len(order), many + 1))
            lay_out(self.sums, np.array(items), order, places, factor, out)
            kept = (self.low[items, None] + places[:, :-1]).tolist()
            found.append(Answers(tuple(self.names[item] for item in items), tuple(map(tuple, kept)), *out))
        return found


def _whole(column: pa.Array, missing: Missing) -> npt.NDArray[np.signedinteger] | None:
    """A column of whole numbers, EMPTY where it has none; None when it is something else, or must be looked at."""
    kind = column.type
    if column.null_count == 0 and kind.id in WHOLE:
        values: npt.NDArray[np.signedinteger] = column.to_numpy()
        return values
    if column.null_count and missing is not Missing.DROP:
        return None
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return None
    try:
        return np.asarray(pc.cast(column, pa.int64()).fill_null(EMPTY).to_numpy(), np.int64)
    except pa.ArrowInvalid:
        return None
