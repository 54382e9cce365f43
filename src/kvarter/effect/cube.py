"""The moments cube: the weighted sums that every estimate and its variance are made of, after one look at the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.design import Design
from kvarter.effect.errors import NotAnswerable
from kvarter.effect.units import Units, add_by, sum_by

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """Sums per answer category, for items with few: n, the weights, and the squared weights.

    n, w, q: shape (items, cells, categories + 1); the last place is for missing answers. Items with fewer categories
    than the widest leave the places between empty.
    """

    items: tuple[str, ...]
    levels: tuple[tuple[Any, ...], ...]
    n: Floats = field(repr=False)
    w: Floats = field(repr=False)
    q: Floats = field(repr=False)

    def scores(self, item: int) -> Floats:
        """The categories as numbers, 0 for places not in use: shape (categories + 1,). Raises NotAnswerable."""
        levels = self.levels[item]
        for level in levels:
            if not isinstance(level, int | float):
                raise NotAnswerable(
                    f"Column {self.items[item]}: {level!r} is no number, so it has no mean. Ask for its shares instead."
                )
        found = np.zeros(self.n.shape[2])
        found[: len(levels)] = levels
        return found


@dataclass(frozen=True)
class Moments:
    """Sums of columns seen together: rows with a missing value among them are left out.

    shift: taken off each column before it is summed, against loss of digits: shape (p,). n: (cells,). w, q: products
    of (1, columns - shift) times the weight and the squared weight, shape (cells, p + 1, p + 1).
    """

    columns: tuple[str, ...]
    shift: Floats = field(repr=False)
    n: Floats = field(repr=False)
    w: Floats = field(repr=False)
    q: Floats = field(repr=False)

    def shifted(self, shift: Floats) -> Moments:
        """The same sums with another shift taken off."""
        step = np.eye(len(self.columns) + 1)
        step[1:, 0] = self.shift - shift
        return Moments(self.columns, shift, self.n, step @ self.w @ step.T, step @ self.q @ step.T)


@dataclass(frozen=True, repr=False)
class Cube:
    """Sums by cell: a leaf of the sample (a cluster, or the stratum rows were drawn from) and a group.

    units: the leaves. groups: a row for each combination of the grouping columns that occurs. leaf, group: the leaf
    and group of each cell. left_out: rows that are in no group, as they lack one of several grouping columns. What is
    not in a cube can be told by `holds`.
    """

    units: Units
    groups: pl.DataFrame
    leaf: Ints
    group: Ints
    answers: tuple[Answers, ...] = ()
    moments: tuple[Moments, ...] = ()
    left_out: int = 0

    def __repr__(self) -> str:
        """What is in it, and no count of few: a notebook that is passed on shows this."""
        told = ", ".join(f"{name}={names}" for name, names in self.holds().items() if names)
        return f"Cube({self.rows} rows in {self.many} groups, {told})"

    @property
    def design(self) -> Design:
        """How the sample was drawn."""
        return self.units.design

    @property
    def by(self) -> list[str]:
        """The grouping columns."""
        return self.groups.columns

    @property
    def rows(self) -> int:
        """How many rows were summed."""
        return int(self.units.table["rows"].sum())

    def holds(self) -> dict[str, list[str]]:
        """What can be asked: the columns with `shares`, with `means` (and totals), the pairs with `ratios`, and the
        groupings `by`.
        """
        kept = [(item, levels) for a in self.answers for item, levels in zip(a.items, a.levels, strict=True)]
        numbers = [item for item, levels in kept if all(isinstance(level, int | float) for level in levels)]
        columns = [column for m in self.moments for column in m.columns]
        together = [" / ".join(m.columns) for m in self.moments if len(m.columns) > 1]
        means = list(dict.fromkeys([*numbers, *columns]))
        return {"shares": [item for item, _levels in kept], "means": means, "ratios": together, "by": self.by}

    def find_answers(self, item: str) -> tuple[Answers, int] | None:
        """The sums that hold an item's categories, and its place among them."""
        return next(((a, a.items.index(item)) for a in self.answers if item in a.items), None)

    def alone(self, column: str) -> Moments | None:
        """A column's own sums as numbers, where it was not kept by category: rows that lack others are in them."""
        return next((moments for moments in self.moments if moments.columns == (column,)), None)

    def find_moments(self, columns: Sequence[str]) -> Moments:
        """The narrowest sums of these columns together. Raises NotAnswerable saying what to ask for."""
        fitting = [m for m in self.moments if set(columns) <= set(m.columns)]
        if not fitting:
            names = ", ".join(columns)
            if len(columns) == 1:
                raise NotAnswerable(f"The cube has no sums of {names}. Build it with means=[{columns[0]!r}].")
            raise NotAnswerable(f"The cube has no sums of {names} together. Build it with together=[({names})].")
        return min(fitting, key=lambda m: len(m.columns))

    def collapsed(self, by: Sequence[str]) -> Cube:
        """The cube with fewer grouping columns.

        Raises NotAnswerable for one it does not have, and where rows were left out for want of another: they belong in
        the figures of fewer columns, and are not in this cube.
        """
        for name in by:
            if name not in self.by:
                have = ", ".join(self.by) or "none"
                raise NotAnswerable(
                    f"The cube is not grouped by {name}; it has {have}. Build it with by=[{name!r}, …]."
                )
        if list(by) == self.by:
            return self
        if self.left_out and set(by) != set(self.by):
            raise NotAnswerable(
                f"{self.left_out} rows lack one of {', '.join(self.by)} and are in no group of this cube, so figures "
                f"by {', '.join(by) or 'nothing'} would be without them. Build a cube by those columns alone."
            )
        return self.summed_over(by)

    def summed_over(self, by: Sequence[str]) -> Cube:
        """The rows of this cube's groups and no others, by fewer columns."""
        kept = self.groups.select(by) if by else pl.DataFrame({"": [0] * self.groups.height})
        order = kept.unique(maintain_order=True).sort(kept.columns, nulls_last=True)
        place = order.with_row_index("place")
        number = kept.join(place, on=kept.columns, how="left", nulls_equal=True, maintain_order="left")["place"]
        into = number.to_numpy().astype(np.int64)
        groups = order if by else pl.DataFrame()
        return self._regrouped(groups, into[self.group], order.height)

    def _regrouped(self, groups: pl.DataFrame, group: Ints, many: int) -> Cube:
        key, cell = np.unique(self.leaf * many + group, return_inverse=True)
        return Cube(
            self.units,
            groups,
            key // many,
            key % many,
            tuple(_add_answers(a, cell, len(key)) for a in self.answers),
            tuple(_add_moments(m, cell, len(key)) for m in self.moments),
            self.left_out,
        )

    @property
    def many(self) -> int:
        """The number of groups; one when there is no grouping."""
        return self.groups.height if self.by else 1


def _add_answers(answers: Answers, cell: Ints, cells: int) -> Answers:
    def added(sums: Floats) -> Floats:
        return np.stack([add_by(cell, cells, one) for one in sums]) if len(sums) else sums

    return Answers(answers.items, answers.levels, added(answers.n), added(answers.w), added(answers.q))


def _add_moments(moments: Moments, cell: Ints, cells: int) -> Moments:
    width = len(moments.columns) + 1

    def added(sums: Floats) -> Floats:
        return add_by(cell, cells, sums.reshape(-1, width * width)).reshape(cells, width, width)

    n = sum_by(cell, cells, moments.n)
    return Moments(moments.columns, moments.shift, n, added(moments.w), added(moments.q))
