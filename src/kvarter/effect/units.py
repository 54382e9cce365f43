"""The units of a sample by stage, and the variance that each stage adds to a sum over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.design import Design, SinglePsu
from kvarter.effect.errors import BadDesign
from kvarter.effect.kernel import add_rows, add_spread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROWS = "rows"
SELF_REPRESENTING = 1e-7


@dataclass(frozen=True)
class Stage:
    """One stage: the unit and the stratum of each leaf (ids from 0), and each stratum's sample and population.

    unit is empty where the units are rows. scale: what a stratum's units count for, the product of the fractions
    drawn at the stages above.
    """

    unit: Ints
    stratum: Ints
    sampled: Floats
    population: Floats
    scale: Floats

    @property
    def left(self) -> Floats:
        """One less the fraction drawn: the finite population correction of each stratum."""
        return np.where(np.isinf(self.population), 1.0, 1.0 - self.sampled / self.population)


@dataclass(frozen=True)
class Units:
    """The leaves: the smallest units whose sums a cube keeps, one row each.

    table: a column for each of `design.keys`, `rows` (how many rows a leaf has) and the population columns.
    """

    design: Design
    table: pl.DataFrame = field(repr=False)

    def __len__(self) -> int:
        return self.table.height

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage that counts, the first one first. Raises BadDesign for sizes that cannot be."""
        design, table = self.design, self.table
        leaves = table.height
        above = _ids(table, _named(design)) if design.strata else np.zeros(leaves, np.int64)
        if design.strata and design.clusters and not design.nest:
            self._check_nested()
        found: list[Stage] = []
        scale = np.ones(int(above.max(initial=0)) + 1)
        for number in range(design.stages):
            is_rows = number >= len(design.clusters)
            unit = np.empty(0, np.int64) if is_rows else _ids(table, [*_named(design), *design.clusters[: number + 1]])
            sampled = self._sampled(above, unit, is_rows=is_rows)
            population = self._population(number, above, sampled)
            found.append(Stage(unit, above, sampled, population, scale))
            if not is_rows:
                over = _first(above, unit)
                scale = scale[over] * np.where(np.isinf(population), 0.0, sampled / population)[over]
                above = unit
        return tuple(found)

    def _check_nested(self) -> None:
        """A first-stage cluster may not lie in two strata unless its name is its own within each."""
        first = self.design.clusters[0]
        spread = self.table.group_by(first).agg(pl.col(str(self.design.strata)).n_unique().alias("in"))
        twice = spread.filter(pl.col("in") > 1)
        if twice.height:
            raise BadDesign(
                f"Column {first}: {twice[first][0]!r} lies in more than one stratum of {self.design.strata}. "
                "Say nest = true if cluster names begin again in each stratum; for people who moved between two waves, "
                "give each the stratum of one wave in both, or leave strata out."
            )

    def _sampled(self, above: Ints, unit: Ints, *, is_rows: bool) -> Floats:
        if is_rows:
            return sum_by(above, int(above.max()) + 1, self.table[ROWS].to_numpy().astype(float))
        return np.bincount(_first(above, unit)).astype(np.float64)

    def _population(self, number: int, above: Ints, sampled: Floats) -> Floats:
        """Each stratum's number of units, from sizes or from fractions; infinite where none is given."""
        if number >= len(self.design.population):
            return np.full(len(sampled), np.inf)
        name = self.design.population[number]
        given = self.table[name].to_numpy().astype(float)
        low, high = np.full(len(sampled), np.inf), np.full(len(sampled), -np.inf)
        np.minimum.at(low, above, given)
        np.maximum.at(high, above, given)
        if (odd := np.flatnonzero(low != high)).size:
            raise BadDesign(
                f"Column {name}: {self._name_of(number, above, int(odd[0]))} has both {low[odd[0]]:g} and "
                f"{high[odd[0]]:g}. All rows of one stratum must have its one population."
            )
        if (low <= 1).all():
            return np.asarray(sampled / low, np.float64)
        if (short := np.flatnonzero(low < sampled)).size:
            raise BadDesign(
                f"Column {name}: {self._name_of(number, above, int(short[0]))} has {sampled[short[0]]:g} units in the "
                f"sample and only {low[short[0]]:g} in the population. Give the number drawn from, or leave it out."
            )
        return low

    def _name_of(self, number: int, above: Ints, stratum: int) -> str:
        names = [*_named(self.design), *self.design.clusters[:number]]
        if not names:
            return "the sample"
        row = self.table.row(int(np.flatnonzero(above == stratum)[0]), named=True)
        return ", ".join(f"{name} {row[name]!r}" for name in names)

    @property
    def rows_are_units(self) -> bool:
        """Whether the last stage's units are rows, so that squares of single rows are needed for the variance."""
        return not self.stages[-1].unit.size

    @cached_property
    def weights(self) -> Floats:
        """One over the chance of being drawn, for each leaf, as the population and the sample give it."""
        found = np.ones(len(self))
        for stage in self.stages:
            found *= (stage.population / stage.sampled)[stage.stratum]
        return found

    def check_single(self) -> None:
        """Raise BadDesign for a stratum with one unit that is not all of it, when the design says fail."""
        if self.design.single_psu is not SinglePsu.FAIL:
            return
        for number, stage in enumerate(self.stages):
            alone = np.flatnonzero((stage.sampled == 1) & (stage.left >= SELF_REPRESENTING))
            if alone.size:
                raise BadDesign(
                    f"There is only one sampled unit at stage {number + 1} in "
                    f"{self._name_of(number, stage.stratum, int(alone[0]))}, so its spread cannot be seen. Join it "
                    "with a stratum like it, or set single_psu to certainty, adjust or average."
                )


def _named(design: Design) -> list[str]:
    return [design.strata] if design.strata else []


def _ids(table: pl.DataFrame, names: Sequence[str]) -> Ints:
    """A number for each combination, in their order."""
    found = np.zeros(table.height, np.int64)
    for place, name in enumerate(names):
        one = _ids_of(table[name])
        found = one if not place else np.unique(found * (int(one.max(initial=0)) + 1) + one, return_inverse=True)[1]
    return found


def _ids_of(column: pl.Series) -> Ints:
    if column.dtype.is_integer():  # at once, where asking Polars would take longer than the work
        return np.unique(column.to_numpy(), return_inverse=True)[1]
    return column.rank("dense").to_numpy().astype(np.int64) - 1


def _first(values: Ints, unit: Ints) -> Ints:
    """A unit's value, the same for all its leaves: shape (units,)."""
    found = np.empty(int(unit.max(initial=-1)) + 1, np.int64)
    found[unit] = values
    return found


def spread(units: Units, leaf: Ints, group: Ints, groups: int, sums: Floats, squares: Floats | None) -> Floats:
    """The variance of sums over the sample, for each group: shape (groups, statistics).

    leaf, group: where each cell lies. sums: the linearised values of a cell's rows added up, shape (cells, k);
    squares: the sums of their squares, where rows are the units of the last stage.
    Formula: at each stage, for each stratum h, (1 - n/N) n/(n - 1) [sum z² - (sum z)²/n], where z are the units'
    sums, times the fractions drawn at the stages above (Särndal, Swensson & Wretman 1992, 4.3; R: svyrecvar).
    """
    total = np.zeros((groups, sums.shape[1]))
    for stage in units.stages:
        if stage.unit.size:
            unit_group = stage.unit[leaf] * groups + group
            by_unit, pairs = _collapse(unit_group, sums)
            over = _first(stage.stratum, stage.unit)[pairs // groups]
            total += _of_stage(units, stage, over, pairs % groups, groups, by_unit, None)
        else:
            assert squares is not None, "rows that are units keep their squares"
            total += _of_stage(units, stage, stage.stratum[leaf], group, groups, sums, squares)
    return total


def _collapse(key: Ints, values: Floats) -> tuple[Floats, Ints]:
    """Values added up by key, and the keys, in order."""
    unique, inverse = np.unique(key, return_inverse=True)
    if len(unique) == len(key):
        order = np.argsort(key)
        return values[order], unique
    return add_by(inverse, len(unique), values), unique


def sum_by(index: npt.NDArray[Any], size: int, values: Floats) -> Floats:
    """Values added up by index: shape (size,)."""
    return np.asarray(np.bincount(index, values, minlength=size), np.float64)


def add_by(index: Ints, size: int, values: Floats) -> Floats:
    """Rows of values added up by index: shape (size, k)."""
    if values.shape[1] == 1:
        return sum_by(index, size, values[:, 0])[:, None]
    found = np.zeros((size, values.shape[1]))
    add_rows(index, np.ascontiguousarray(values), found)
    return found


def _of_stage(
    units: Units, stage: Stage, stratum: Ints, group: Ints, groups: int, sums: Floats, squares: Floats | None
) -> Floats:
    """What one stage adds, for each group. squares: of rows; None when each line of sums is a unit's own."""
    key, inverse = np.unique(stratum * groups + group, return_inverse=True)
    h, g = key // groups, key % groups
    n, left = stage.sampled[h], np.where(stage.left[h] < SELF_REPRESENTING, 0.0, stage.left[h]) * stage.scale[h]
    times = left * np.where(n > 1, n / np.maximum(n - 1, 1), 0.0)
    alone = left * (n == 1) * (units.design.single_psu is SinglePsu.ADJUST)
    found = np.zeros((groups, sums.shape[1]))
    given = np.empty((0, sums.shape[1])) if squares is None else np.ascontiguousarray(squares)
    add_spread(inverse, np.ascontiguousarray(sums), given, n, times, alone, g, found)
    return found * _average(stage) if units.design.single_psu is SinglePsu.AVERAGE else found


def _average(stage: Stage) -> float:
    """Strata in all over those that show a spread of their own."""
    alone = (stage.sampled == 1) & (stage.left >= SELF_REPRESENTING)
    shown = len(stage.sampled) - int(alone.sum())
    if not shown:
        raise BadDesign(
            "Every stratum has one sampled unit: there is no spread to average. Join strata that are alike."
        )
    return len(stage.sampled) / shown
