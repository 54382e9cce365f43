"""Sums while they grow, chunk by chunk: of an item by category, and of columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kvarter.effect.coding import Codes, Values
from kvarter.effect.columns import LABEL_OF_MISSING, SAY_HOW, Missing, coded, numbers, refuse
from kvarter.effect.cube import Answers, Moments
from kvarter.effect.kernel import add_answers, add_moments, lay_out
from kvarter.effect.sheet import Sheet

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Item:
    """An item's sums while they grow."""

    def __init__(self, name: str, missing: Missing) -> None:
        self.name, self.missing = name, missing
        self.values = Values()
        self.sums = np.zeros((0, 1, 3))

    @classmethod
    def of_sheet(cls, sheet: Sheet, missing: Missing) -> dict[str, Item]:
        """The items of a sheet by name, so that more chunks can be counted."""
        found = {}
        for name, low, places, sums in zip(sheet.names, sheet.low.tolist(), sheet.levels(), sheet.sums, strict=True):
            item = found[name] = cls(name, missing)
            for place in places.tolist():
                item.values.number(low + place)
            item.sums = sums[:, [*places, sheet.span]]
        return found

    def add(self, column: pa.Array, seen: int, cell: Codes, cells: int, weights: Floats) -> None:
        """Count a chunk's answers."""
        if pa.types.is_integer(column.type) and column.null_count == 0:
            values = column.to_numpy(zero_copy_only=False)
            low, high = int(values.min()), int(values.max())
            if self.values.fits(low, high):
                first, table = self.values.table_for(values, low, high)
                self._make_room(cells)
                add_answers(cell, weights, values, first, table, self.sums.shape[1] - 1, self.sums)
                return
        codes = self.code(column, seen, cells)
        same = np.arange(len(self.values), dtype=np.int32)
        add_answers(cell, weights, codes, 0, same, self.sums.shape[1] - 1, self.sums)

    def code(self, column: pa.Array, seen: int, cells: int) -> Codes:
        """The categories' numbers, with room made for them and for so many cells."""
        codes = coded(self.values, column, self.missing, self.name, seen)
        if self.missing is Missing.FAIL:
            refuse(self.name, np.flatnonzero(codes < 0), seen, "has no answer", SAY_HOW)
        self._make_room(cells)
        return codes

    def as_block(self) -> Block:
        """The same sums as those of a column of numbers."""
        values = np.array([float(value) for value in self.values.values])
        block = Block((self.name,), self.missing)
        block.shift = np.array([float(np.round(values.mean()))])
        one = np.stack([np.ones(len(values)), values - block.shift])
        n, w, q = np.moveaxis(self.sums[:, : len(values)], 2, 0)
        block.n = n.sum(1)
        block.w, block.q = (np.einsum("ck,ik,jk->cij", sums, one, one) for sums in (w, q))
        return block

    def _make_room(self, cells: int) -> None:
        old, width = self.sums, len(self.values) + 1
        if old.shape[0] < cells or old.shape[1] < width:
            larger = np.zeros((max(cells, old.shape[0]), max(width, old.shape[1]), 3))
            larger[: old.shape[0], : old.shape[1] - 1] = old[:, :-1]
            larger[: old.shape[0], -1] += old[:, -1]
            self.sums = larger

    @property
    def in_order(self) -> list[int]:
        """The categories' places in their order."""
        return sorted(range(len(self.values)), key=lambda place: rank(self.values.values[place]))

    def finish(self, order: Ints, factor: Floats, out: Floats) -> None:
        """Lay out the sums with cells and categories in order, and let go of them. out: shape (3, cells, width)."""
        places = np.array([[*self.in_order, self.sums.shape[1] - 1]])
        lay_out(self.sums[None], np.zeros(1, np.int64), order, places, factor, out[:, None])
        self.sums = self.sums[:0]


class Block:
    """The sums of columns seen together while they grow."""

    def __init__(self, columns: tuple[str, ...], missing: Missing) -> None:
        self.columns, self.missing = columns, missing
        width = len(columns) + 1
        self.n, self.w, self.q = np.zeros(0), np.zeros((0, width, width)), np.zeros((0, width, width))
        self.shift: Floats | None = None

    def add(self, columns: Sequence[pa.Array], seen: int, cell: Codes, cells: int, weights: Floats) -> None:
        """Add a chunk's rows."""
        values = np.empty((len(weights), len(columns)))
        for place, (name, column) in enumerate(zip(self.columns, columns, strict=True)):
            values[:, place] = numbers(column, name, seen)
            if self.missing is not Missing.DROP:
                empty = np.flatnonzero(np.isnan(values[:, place]))
                refuse(name, empty, seen, "has no number", "Say --missing drop to leave such rows out of this item.")
        if self.shift is None:
            with np.errstate(invalid="ignore"):
                middle = np.nan_to_num(np.array([_middle(one) for one in values.T]))
            self.shift = middle
        self.n, self.w, self.q = (grown(sums, cells) for sums in (self.n, self.w, self.q))
        add_moments(cell, weights, values, self.shift, self.n, self.w, self.q)

    def finish(self, order: Ints, factor: Floats) -> Moments:
        n, w, q = (grown(sums, len(order))[order] for sums in (self.n, self.w, self.q))
        lower = np.tril_indices(len(self.columns) + 1, -1)
        for sums in (w, q):
            sums[:, lower[0], lower[1]] = sums[:, lower[1], lower[0]]
        shift = self.shift if self.shift is not None else np.zeros(len(self.columns))
        return Moments(self.columns, shift, n, w * factor[:, None, None], q * factor[:, None, None] ** 2)


def _middle(values: Floats) -> float:
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0
    return float(known[0] if (known == known[0]).all() else np.round(known.mean()))


def laid_out(items: list[Item], order: Ints, factor: Floats) -> list[Answers]:
    """The items' sums with cells in order, those of items with as many categories together.

    order, factor: as in `Item.finish`. Each item's own sums are let go of as it is laid out, so there is room.
    """
    families: dict[int, list[Item]] = {}
    for item in items:
        families.setdefault(len(item.values), []).append(item)
    found = []
    for many, family in families.items():
        levels = tuple(tuple(item.values.values[place] for place in item.in_order) for item in family)
        out = np.empty((3, len(family), len(order), many + 1))
        for place, item in enumerate(family):
            item.finish(order, factor, out[:, place])
        found.append(Answers(tuple(item.name for item in family), levels, *out))
    return found


def in_families(items: list[Answers]) -> tuple[Answers, ...]:
    """Items laid together by how many categories they have, so that estimates are made for all at once."""
    families: dict[int, list[Answers]] = {}
    for item in items:
        families.setdefault(item.n.shape[2], []).append(item)
    return tuple(
        Answers(
            tuple(name for one in family for name in one.items),
            tuple(levels for one in family for levels in one.levels),
            *(np.concatenate([getattr(one, name) for one in family]) for name in ("n", "w", "q")),
        )
        if len(family) > 1
        else family[0]
        for family in families.values()
    )


def rank(value: Any) -> tuple[int, Any]:
    """What values are ordered by: numbers before texts, "(missing)" last."""
    if value == LABEL_OF_MISSING:
        return 3, ""
    if isinstance(value, bool | int | float):
        return 0, value
    return (1, value) if isinstance(value, str) else (2, str(value))


def grown(sums: Floats, size: int) -> Floats:
    """The array with room for more cells, the new ones 0."""
    if len(sums) >= size:
        return sums
    return np.concatenate([sums, np.zeros((size - len(sums), *sums.shape[1:]))])
