"""Building a cube from chunks of rows, each looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from kvarter.effect.coding import Codes, Tuples, Values
from kvarter.effect.columns import FEW, LABEL_OF_MISSING, SAY_HOW, Missing, coded, column_of, is_few, numbers, refuse
from kvarter.effect.cube import Answers, Cube, Moments
from kvarter.effect.design import Design
from kvarter.effect.errors import BadData, BadDesign
from kvarter.effect.kernel import add_answers, add_moments, lay_out
from kvarter.effect.units import ROWS, Units

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
WORTH_A_THREAD = 100_000
TAKEN = frozenset(
    [
        "item",
        "category",
        "statistic",
        "n",
        "estimate",
        "se",
        "ci_low",
        "ci_high",
        "df",
        "deff",
        "change",
        "p",
        "verdict",
    ]
)


@dataclass(frozen=True)
class Wanted:
    """What to sum. means: columns with numbers; few whole ones are kept as categories, so that shares, quantiles and
    other scores can be had too. shares: columns kept by category. together: numbers summed with their cross products.
    by: grouping columns.
    """

    means: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    by: tuple[str, ...] = ()
    missing: Missing = Missing.FAIL

    @property
    def columns(self) -> list[str]:
        """Every column that is summed or grouped by."""
        return list(dict.fromkeys([*self.means, *self.shares, *(c for t in self.together for c in t), *self.by]))


class Builder:
    """Takes chunks in any order and any size; the cube is the same, whatever they were."""

    def __init__(self, design: Design, wanted: Wanted) -> None:
        for name in wanted.by:
            if name in TAKEN:
                raise BadData(f"Column {name}: the result has a column of that name. Rename it, to group by it.")
        if ROWS in design.columns:
            raise BadDesign(f"A column of the design cannot be called {ROWS!r}: the sums have one. Rename it.")
        self.design, self.wanted = design, wanted
        self._keys = {name: Values() for name in design.keys}
        self._groups = {name: Values() for name in wanted.by}
        self._leaves, self._combined = Tuples(max(1, len(design.keys))), Tuples(max(1, len(wanted.by)))
        self._cells = Tuples(2)
        self._rows = np.zeros(0)
        self._populations = [np.zeros(0) for _ in design.population]
        self._items: dict[str, Item] | None = None
        self._blocks: dict[tuple[str, ...], Block] = {}
        self._seen = 0

    def add(self, chunk: pa.Table) -> None:
        """Sum a chunk. Raises BadData or BadDesign naming column and row."""
        chunk = chunk.combine_chunks()
        if not chunk.num_rows:
            return
        leaf = self._leaf(chunk, np.ones(chunk.num_rows))
        cell = self._cells.code([leaf, self._group(chunk)])
        weights = self._weights(chunk)
        cells = len(self._cells)
        if self._items is None:
            self._items = self._kinds(chunk)
        work = [(item, column_of(chunk, name), self._seen, cell, cells, weights) for name, item in self._items.items()]
        _each(work, chunk.num_rows)
        for columns, block in self._blocks.items():
            block.add([column_of(chunk, name) for name in columns], self._seen, cell, cells, weights)
        self._turn_wide_items()
        self._seen += chunk.num_rows

    def _turn_wide_items(self) -> None:
        """Keep as numbers an item that a later chunk shows to have many values: its sums by value say all of it."""
        for name in [name for name in self._items or {} if name not in self.wanted.shares]:
            item = (self._items or {})[name]
            if len(item.values) > FEW:
                self._blocks[name,] = item.as_block()
                del (self._items or {})[name]

    def _kinds(self, chunk: pa.Table) -> dict[str, Item]:
        """Which columns are kept by category: those asked for by share, and whole numbers that are few."""
        missing, items = self.wanted.missing, {}
        for name in self.wanted.shares:
            items[name] = Item(name, missing)
        for name in self.wanted.means:
            if name not in items and is_few(column_of(chunk, name), name, self._seen):
                items[name] = Item(name, missing)
            elif name not in items:
                self._blocks[name,] = Block((name,), missing)
        for columns in self.wanted.together:
            self._blocks[columns] = Block(columns, missing)
        return items

    def _leaf(self, chunk: pa.Table, rows: Floats) -> Codes:
        """The leaf of each row, and the leaves' rows counted on: each row of a chunk stands for so many."""
        codes = []
        for name in self.design.keys:
            code = self._keys[name].code(column_of(chunk, name))
            refuse(
                name, np.flatnonzero(code < 0), self._seen, "is empty", "Every row must have its place in the sample."
            )
            codes.append(code)
        leaf = self._leaves.code(codes or [np.zeros(chunk.num_rows, np.int32)])
        many = len(self._leaves)
        self._rows = _grown(self._rows, many) + np.bincount(leaf, rows, minlength=many)
        for place, name in enumerate(self.design.population):
            self._note_population(place, name, numbers(column_of(chunk, name), name, self._seen), leaf, many)
        return leaf

    def _note_population(self, place: int, name: str, given: Floats, leaf: Codes, many: int) -> None:
        refuse(name, np.flatnonzero(~(given > 0)), self._seen, "is no population", "Give a number above 0.")
        known = _grown(self._populations[place], many)
        fresh = known[leaf] == 0
        known[leaf[fresh]] = given[fresh]
        odd = np.flatnonzero(known[leaf] != given)
        if odd.size:
            raise BadDesign(
                f"Column {name}, row {self._seen + odd[0] + 1}: {given[odd[0]]:g}, but an earlier row of the same "
                f"stratum has {known[leaf[odd[0]]]:g}. All rows of one stratum must have its one population."
            )
        self._populations[place] = known

    def _group(self, chunk: pa.Table) -> Codes:
        codes = []
        for name in self.wanted.by:
            code = coded(self._groups[name], column_of(chunk, name), self.wanted.missing)
            if self.wanted.missing is Missing.FAIL:
                refuse(name, np.flatnonzero(code < 0), self._seen, "is empty", SAY_HOW)
            codes.append(code)
        return self._combined.code(codes or [np.zeros(chunk.num_rows, np.int32)])

    def _weights(self, chunk: pa.Table) -> Floats:
        name = self.design.weights
        if name is None:
            return np.ones(chunk.num_rows)
        found = numbers(column_of(chunk, name), name, self._seen)
        wrong = np.flatnonzero(~(found >= 0) | np.isinf(found))
        refuse(name, wrong, self._seen, "is no weight", "Give a number of 0 or more.")
        return found

    def finish(self) -> Cube:
        """The cube, with leaves, groups and categories in order. Raises BadData for no rows at all."""
        if not self._seen:
            raise BadData("There are no rows to count. See that the file, and any filter, is the right one.")
        table, leaf_place = self._leaf_table()
        groups, group_place = _ordered(self._groups, self._combined)
        units = Units(self.design, table)
        parts = np.array(self._cells.parts(), dtype=np.int64).reshape(-1, 2)
        leaf, group = leaf_place[parts[:, 0]], group_place[parts[:, 1]]
        order = np.lexsort((group, leaf))
        factor = np.ones(len(order)) if self.design.weights else units.weights[leaf[order]]
        return Cube(
            units,
            groups,
            leaf[order],
            group[order],
            in_families([item.finish(order, factor) for item in (self._items or {}).values()]),
            tuple(block.finish(order, factor) for block in self._blocks.values()),
        )

    def _leaf_table(self) -> tuple[pl.DataFrame, Ints]:
        table, place = _ordered(self._keys, self._leaves)
        order = np.argsort(place)
        columns = {ROWS: self._rows[order]}
        for name, values in zip(self.design.population, self._populations, strict=True):
            columns[name] = values[order]
        kept = pl.DataFrame(columns)
        return (table.hstack(kept) if table.width else kept), place


class Item:
    """An item's sums while they grow."""

    def __init__(self, name: str, missing: Missing) -> None:
        self.name, self.missing = name, missing
        self.values = Values()
        self.sums = np.zeros((0, 1, 3))

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
        codes = coded(self.values, column, self.missing)
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

    def finish(self, order: Ints, factor: Floats) -> Answers:
        """The sums with cells and categories in order."""
        levels = sorted(range(len(self.values)), key=lambda place: rank(self.values.values[place]))
        places = np.array([*levels, self.sums.shape[1] - 1])
        out = np.zeros((3, len(order), len(places)))
        lay_out(self.sums, order, places, factor, out)
        names = tuple(self.values.values[place] for place in levels)
        return Answers((self.name,), (names,), *(sums[None] for sums in out))


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
        self.n, self.w, self.q = (_grown(sums, cells) for sums in (self.n, self.w, self.q))
        add_moments(cell, weights, values, self.shift, self.n, self.w, self.q)

    def finish(self, order: Ints, factor: Floats) -> Moments:
        n, w, q = (_grown(sums, len(order))[order] for sums in (self.n, self.w, self.q))
        lower = np.tril_indices(len(self.columns) + 1, -1)
        for sums in (w, q):
            sums[:, lower[0], lower[1]] = sums[:, lower[1], lower[0]]
        shift = self.shift if self.shift is not None else np.zeros(len(self.columns))
        return Moments(self.columns, shift, n, w * factor[:, None, None], q * factor[:, None, None] ** 2)


def _each(work: list[tuple[Any, ...]], rows: int) -> None:
    """Sum the items, on both cores when there is enough to share."""
    if rows < WORTH_A_THREAD:
        for item, *rest in work:
            item.add(*rest)
        return
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(item.add, *rest) for item, *rest in work]:
            done.result()


def _middle(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.round(known.mean())) if known.size else 0.0


def in_families(items: list[Answers]) -> tuple[Answers, ...]:
    """Items laid together by how many categories they have, so that estimates are made for all at once."""
    families: dict[int, list[Answers]] = {}
    for item in items:
        families.setdefault(item.n.shape[2], []).append(item)
    return tuple(
        Answers(
            tuple(one.items[0] for one in family),
            tuple(one.levels[0] for one in family),
            *(np.concatenate([getattr(one, name) for one in family]) for name in ("n", "w", "q")),
        )
        for family in families.values()
    )


def _ordered(values: dict[str, Values], tuples: Tuples) -> tuple[pl.DataFrame, Ints]:
    """The combinations as a table in order, and the place in it of each by its number."""
    parts = tuples.parts() if values else [(0,)]
    names = list(values)
    rows = [tuple(values[name].values[code] for name, code in zip(names, part, strict=False)) for part in parts]
    order = sorted(range(len(rows)), key=lambda n: [rank(value) for value in rows[n]])
    place = np.empty(len(rows), np.int64)
    place[order] = np.arange(len(rows))
    if not names:
        return pl.DataFrame(), place
    columns = {name: _of_one_kind([rows[n][k] for n in order]) for k, name in enumerate(names)}
    return pl.DataFrame(columns, strict=False), place


def _of_one_kind(values: list[Any]) -> list[Any]:
    """Values as they are, or as texts when some are texts: "(missing)" beside numbers."""
    texts = [isinstance(value, str) for value in values]
    return [str(value) for value in values] if any(texts) and not all(texts) else values


def rank(value: Any) -> tuple[int, Any]:
    """What values are ordered by: numbers before texts, "(missing)" last."""
    if value == LABEL_OF_MISSING:
        return 3, ""
    if isinstance(value, bool | int | float):
        return 0, value
    return (1, value) if isinstance(value, str) else (2, str(value))


def _grown(sums: Floats, size: int) -> Floats:
    """The array with room for more cells, the new ones 0."""
    if len(sums) >= size:
        return sums
    return np.concatenate([sums, np.zeros((size - len(sums), *sums.shape[1:]))])
