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
from kvarter.effect.columns import (
    FEW,
    SAY_HOW,
    Columns,
    Missing,
    coded,
    columns_of,
    is_few,
    numbers,
    refuse,
)
from kvarter.effect.cube import Cube
from kvarter.effect.design import Design
from kvarter.effect.errors import BadData, BadDesign
from kvarter.effect.growing import Block, Item, grown, in_families, laid_out, rank
from kvarter.effect.kernel import note_given
from kvarter.effect.sheet import Sheet
from kvarter.effect.units import ROWS, Units

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
WORTH_A_THREAD = 100_000
LARGEST = 2**63
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
        self._sheet: Sheet | None = None
        self._items: dict[str, Item] | None = None
        self._blocks: dict[tuple[str, ...], Block] = {}
        self._seen = self._left_out = 0
        self._weighs = False

    def add(self, chunk: pa.Table) -> None:
        """Sum a chunk. Raises BadData or BadDesign naming column and row."""
        rows = chunk.num_rows
        if not rows:
            return
        columns = columns_of(chunk)
        leaf = self._leaf(columns, np.ones(rows))
        cell = self._cells.code([leaf, self._group(columns, rows)])
        self._left_out += int((cell < 0).sum())
        weights, cells = self._weights(columns, rows), len(self._cells)
        if self._items is None:
            self._sheet = self._first_sheet(columns, cell, cells, weights)
            self._items = self._kinds(columns, self._sheet.names if self._sheet else [])
        elif self._sheet:
            self._items |= Item.of_sheet(self._sheet, self.wanted.missing)
            self._sheet = None
        _each([(item, columns[name], self._seen, cell, cells, weights) for name, item in self._items.items()], rows)
        for names, block in self._blocks.items():
            block.add([columns[name] for name in names], self._seen, cell, cells, weights)
        self._turn_wide_items()
        self._seen += rows

    def _turn_wide_items(self) -> None:
        """Keep as numbers an item that a later chunk shows to have many values: its sums by value say all of it."""
        for name in [name for name in self._items or {} if name not in self.wanted.shares]:
            item = (self._items or {})[name]
            if len(item.values) > FEW:
                self._blocks[name,] = item.as_block()
                del (self._items or {})[name]

    def _first_sheet(self, columns: Columns, cell: Codes, cells: int, weights: Floats) -> Sheet | None:
        """The sums of a small first chunk's items, as many as fit a sheet."""
        if self._seen or len(weights) >= WORTH_A_THREAD:
            return None
        sheet = Sheet(columns, dict.fromkeys([*self.wanted.shares, *self.wanted.means]), self.wanted.missing)
        return sheet if sheet.add(cell, cells, weights) else None

    def _kinds(self, columns: Columns, done: Sequence[str]) -> dict[str, Item]:
        """Which of the others are kept by category: those asked for by share, and whole numbers that are few."""
        missing, items = self.wanted.missing, {}
        for name in self.wanted.shares:
            if name not in done:
                items[name] = Item(name, missing)
        for name in self.wanted.means:
            if name in items or name in done:
                continue
            if is_few(columns[name], name, self._seen):
                items[name] = Item(name, missing)
            else:
                self._blocks[name,] = Block((name,), missing)
        for together in self.wanted.together:
            self._blocks[together] = Block(together, missing)
        return items

    def _leaf(self, columns: Columns, rows: Floats) -> Codes:
        """The leaf of each row, and the leaves' rows counted on: each row of a chunk stands for so many."""
        codes = []
        for name in self.design.keys:
            code = self._keys[name].code(columns[name])
            refuse(
                name, np.flatnonzero(code < 0), self._seen, "is empty", "Every row must have its place in the sample."
            )
            codes.append(code)
        leaf = self._leaves.code(codes or [np.zeros(len(rows), np.int32)])
        many = len(self._leaves)
        self._rows = grown(self._rows, many) + np.bincount(leaf, rows, minlength=many)
        for place, name in enumerate(self.design.population):
            self._note_population(place, name, numbers(columns[name], name, self._seen), leaf, many)
        return leaf

    def _note_population(self, place: int, name: str, given: Floats, leaf: Codes, many: int) -> None:
        refuse(name, np.flatnonzero(~(given > 0)), self._seen, "is no population", "Give a number above 0.")
        known = grown(self._populations[place], many)
        if (odd := note_given(given, leaf, known)) >= 0:
            raise BadDesign(
                f"Column {name}, row {self._seen + odd + 1}: {given[odd]:g}, but an earlier row of the same "
                f"stratum has {known[leaf[odd]]:g}. All rows of one stratum must have its one population."
            )
        self._populations[place] = known

    def _group(self, columns: Columns, rows: int) -> Codes:
        codes = []
        for name in self.wanted.by:
            code = coded(self._groups[name], columns[name], self.wanted.missing, name, self._seen)
            if self.wanted.missing is Missing.FAIL:
                refuse(name, np.flatnonzero(code < 0), self._seen, "is empty", SAY_HOW)
            codes.append(code)
        return self._combined.code(codes or [np.zeros(rows, np.int32)])

    def _weights(self, columns: Columns, rows: int) -> Floats:
        name = self.design.weights
        if name is None:
            return np.ones(rows)
        found = numbers(columns[name], name, self._seen)
        wrong = np.flatnonzero(~(found >= 0) | np.isinf(found))
        refuse(name, wrong, self._seen, "is no weight", "Give a number of 0 or more.")
        self._weighs |= bool((found > 0).any())
        return found

    def finish(self) -> Cube:
        """The cube, with leaves, groups and categories in order. Raises BadData for no rows at all."""
        if not self._seen:
            raise BadData("There are no rows to count. See that the file, and any filter, is the right one.")
        if self.design.weights and not self._weighs:
            raise BadData(f"Column {self.design.weights}: every weight is 0, so nobody counts. Give the weights.")
        table, leaf_place = self._leaf_table()
        grouped, group_place = _ordered(self._groups, self._combined)
        units = Units(self.design, table)
        parts = self._cells.parts()
        leaf, group = leaf_place[parts[:, 0]], group_place[parts[:, 1]]
        order = np.lexsort((group, leaf))
        factor = np.ones(len(order)) if self.design.weights else units.weights[leaf[order]]
        items = list((self._items or {}).values())
        return Cube(
            units,
            pl.DataFrame(grouped),
            leaf[order],
            group[order],
            in_families((self._sheet.finish(order, factor) if self._sheet else []) + laid_out(items, order, factor)),
            tuple(block.finish(order, factor) for block in self._blocks.values()),
            self._left_out,
        )

    def _leaf_table(self) -> tuple[pl.DataFrame, Ints]:
        columns, place = _ordered(self._keys, self._leaves)
        order = _turned(place)
        columns.append(pl.Series(ROWS, self._rows[order]))
        for name, values in zip(self.design.population, self._populations, strict=True):
            columns.append(pl.Series(name, values[order]))
        return pl.DataFrame(columns), place


def _each(work: list[tuple[Any, ...]], rows: int) -> None:
    """Sum the items, on both cores when there is enough to share."""
    if rows < WORTH_A_THREAD:
        for item, *rest in work:
            item.add(*rest)
        return
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(item.add, *rest) for item, *rest in work]:
            done.result()


def _ordered(values: dict[str, Values], tuples: Tuples) -> tuple[list[pl.Series], Ints]:
    """The combinations as columns in order, and the place among them of each by its number."""
    if not values:
        return [], np.zeros(1, np.int64)
    parts = tuples.parts()
    ranks: list[Ints] = []
    kept = []
    for one in values.values():
        levels = sorted(range(len(one)), key=lambda n: rank(one.values[n]))
        kept.append(_of_one_kind([one.values[n] for n in levels]))
        ranks.append(_turned(np.array(levels, np.int64))[parts[:, len(ranks)]])
    order = np.lexsort(ranks[::-1])
    columns = [_spread(*one) for one in zip(values, kept, [places[order] for places in ranks], strict=True)]
    return columns, _turned(order)


def _turned(order: Ints) -> Ints:
    """The place of each number in an order."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place


def _spread(name: str, levels: list[Any], places: Ints) -> pl.Series:
    if levels and all(type(level) is int and abs(level) < LARGEST for level in levels):  # quicker than asking Polars
        return pl.Series(name, np.array(levels, np.int64)[places])
    return pl.Series(name, levels, strict=False).gather(places)


def _of_one_kind(values: list[Any]) -> list[Any]:
    """Values as they are, or as texts when some are texts: "(missing)" beside numbers."""
    texts = [isinstance(value, str) for value in values]
    return [str(value) for value in values] if any(texts) and not all(texts) else values
