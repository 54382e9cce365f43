"""A table to be judged: the inner cells of its finest classification, and reading one from rows."""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kvarter.effect.differencing import Members
from kvarter.effect.errors import BadData

Floats = npt.NDArray[np.float64]
Margin = tuple[str, ...]
TOTAL = "*"
TOPS = ("largest", "second")


@dataclass(frozen=True)
class Grouping:
    """Another classification of one dimension: the group of each level. A level left out is in no group."""

    dimension: str
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """The inner cells of a table: `counts` over every combination of the `levels` of the `dimensions`.

    For a table of sums, `values` holds the sum of each cell, `largest` and `second` its two largest contributions
    (each contributor in one cell only), all of the same shape and not negative; `counts` are then the contributors.
    `groupings` are coarser classifications that margins may name instead of their dimension. Raises BadData when the
    shapes do not fit, a figure is negative, or contributions exceed their sum.
    """

    dimensions: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    counts: npt.NDArray[np.int64]
    values: Floats | None = None
    largest: Floats | None = None
    second: Floats | None = None
    groupings: Mapping[str, Grouping] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        shape = tuple(len(names) for names in self.levels)
        if len(shape) != len(self.dimensions) or 0 in shape:
            raise BadData("every dimension needs at least one level; give one tuple of levels for each dimension")
        if any(TOTAL in names or len(set(names)) < len(names) for names in self.levels):
            raise BadData(f"a level comes twice or is called {TOTAL!r}, which stands for a total; rename it")
        if not np.issubdtype(self.counts.dtype, np.integer):
            raise BadData("the counts are not whole numbers; count the rows first")
        sums = (("values", self.values), ("largest", self.largest), ("second", self.second))
        for name, figures in (("counts", self.counts), *sums):
            if figures is not None and figures.shape != shape:
                raise BadData(f"{name} have the shape {figures.shape}, the levels {shape}; give one figure a cell")
            if figures is not None and not ((figures >= 0) & np.isfinite(figures)).all():
                raise BadData(f"{name} hold a negative or missing figure; every cell needs one of zero or more")
        self._check_contributions()
        for name, grouping in self.groupings.items():
            taken = {*self.dimensions, *grouping.groups.values()}
            if grouping.dimension not in self.dimensions or {name, TOTAL} & taken:
                raise BadData(
                    f"the grouping {name} must lie over one dimension, itself and its groups named unlike others"
                )

    def _check_contributions(self) -> None:
        if (self.largest is None) != (self.second is None) or (self.largest is not None and self.values is None):
            raise BadData("largest and second belong with values; give all three or only values")
        if self.values is not None and self.largest is not None and self.second is not None:
            over = self.largest + self.second > self.values * (1 + 1e-9)
            if over.any() or (self.largest < self.second).any():
                raise BadData("largest and second must be in order and within the value of their cell; correct them")

    @property
    def figures(self) -> Floats:
        """What is published, flat: the values of a table of sums, else the counts."""
        return np.asarray(self.counts if self.values is None else self.values, dtype=np.float64).ravel()

    def evidence(self, members: Members) -> tuple[float, float | None, float, float]:
        """Of some inner cells together: the count, the value (None for counts), the two largest contributions."""
        cells = list(members)
        count = float(self.counts.ravel()[cells].sum())
        if self.values is None:
            return count, None, 0.0, 0.0
        tops = [part.ravel()[cells] for part in (self.largest, self.second) if part is not None]
        first, second = np.sort(np.concatenate([*tops, np.zeros(2)]))[:-3:-1]
        return count, float(self.values.ravel()[cells].sum()), float(first), float(second)

    def margins(self) -> tuple[Margin, ...]:
        """Every margin there is, finest first: each dimension as it is, in any of its groupings, or summed over."""
        choices = [(d, *(g for g, by in self.groupings.items() if by.dimension == d), "") for d in self.dimensions]
        return tuple(tuple(name for name in margin if name) for margin in itertools.product(*choices))

    def parts(self, margin: Margin) -> Iterator[tuple[tuple[str, ...], Members]]:
        """The cells of a margin: their level on each of its columns, and the flat positions of their inner cells.

        Raises BadData when the margin names a column that is neither dimension nor grouping, or a dimension twice.
        """
        axes = [self._axis(name) for name in margin]
        if len(set(axes)) < len(axes):
            raise BadData(f"the margin {margin} uses a dimension twice; name each once, itself or by one grouping")
        names = dict(zip(axes, margin, strict=True))
        choices = [self._groups(axis, names.get(axis, "")) for axis in range(len(self.dimensions))]
        flat = np.arange(self.counts.size).reshape(self.counts.shape)
        for combination in itertools.product(*choices):
            cells = flat[np.ix_(*(places for _, places in combination))].ravel()
            yield tuple(combination[axis][0] for axis in axes), tuple(cells.tolist())

    def _axis(self, name: str) -> int:
        dimension = self.groupings[name].dimension if name in self.groupings else name
        if dimension not in self.dimensions:
            raise BadData(f"a margin names {name}, which is no column; choose among {', '.join(self.dimensions)}")
        return self.dimensions.index(dimension)

    def _groups(self, axis: int, name: str) -> list[tuple[str, list[int]]]:
        levels = self.levels[axis]
        groups = self.groupings[name].groups if name in self.groupings else {level: level for level in levels}
        found: dict[str, list[int]] = {}
        for place, level in enumerate(levels):
            if not name or level in groups:
                found.setdefault(groups[level] if name else TOTAL, []).append(place)
        return list(found.items())


def records_of(rows: Any) -> list[Mapping[str, Any]]:
    """Rows as mappings, from polars, Arrow, pandas or a list."""
    for method, arguments in (("to_dicts", ()), ("to_pylist", ()), ("to_dict", ("records",))):
        if hasattr(rows, method):
            return list(getattr(rows, method)(*arguments))
    return list(rows)


def table_from_rows(
    rows: Any,
    dimensions: Sequence[str] | None = None,
    count: str = "n",
    groupings: Mapping[str, Grouping] | None = None,
) -> Table:
    """A table from long rows: a polars, pandas or Arrow table, or a list of dicts.

    `dimensions` are the columns that classify (every column but the figures when left out), `count` the column of
    counts. Columns called value, largest and second are taken as those of a table of sums. Rows of the same cell are
    added up; a combination without a row is zero. Levels are told as text, in the order they come. Raises BadData
    naming the column and the row.
    """
    records = records_of(rows)
    if not records:
        raise BadData("the table has no rows; give at least one")
    if count not in records[0]:
        raise BadData(f"there is no column {count} of counts among {', '.join(records[0])}; name it")
    names = tuple(dimensions or (name for name in records[0] if name not in (count, "value", *TOPS)))
    if not names or {"n", "status"} & set(names):
        have = ", ".join(records[0])
        raise BadData(f"the table needs columns that classify, called neither n nor status, and has {have}; mend it")
    keys = [tuple(_level(row, name, at) for name in names) for at, row in enumerate(records, 1)]
    levels = tuple(tuple(dict.fromkeys(column)) for column in zip(*keys, strict=True))
    places = [{level: place for place, level in enumerate(column)} for column in levels]
    cells = [tuple(place[level] for place, level in zip(places, key, strict=True)) for key in keys]
    given = [name for name in (count, "value", *TOPS) if name in (count, *records[0])]
    figures = {name: np.zeros([len(column) for column in levels]) for name in given}
    for at, (cell, row) in enumerate(zip(cells, records, strict=True), 1):
        got = {name: figure_of(row, name, at) for name in figures}
        if got[count] % 1:
            raise BadData(f"column {count}, row {at}: {got[count]} is not a whole number; count the rows first")
        tops = sorted(figure for name in TOPS if name in got for figure in (got[name], float(figures[name][cell])))
        for name, figure in got.items():
            figures[name][cell] = tops[-1 - TOPS.index(name)] if name in TOPS else figures[name][cell] + figure
    sums = (figures.get("value"), figures.get("largest"), figures.get("second"))
    return Table(names, levels, figures[count].astype(np.int64), *sums, groupings=dict(groupings or {}))


def read_groupings(path: Path) -> dict[str, Grouping]:
    """Coarser classifications from a TOML file: a section for each, as [school], with `dimension` and a table `groups`
    of the group of each level. Raises BadData naming what is wrong.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadData(f"{path.name} is not TOML ({wrong}); correct it") from wrong
    found = {}
    for name, told in document.items():
        groups = told.get("groups") if isinstance(told, dict) else None
        if not isinstance(groups, dict) or told.keys() != {"dimension", "groups"}:
            raise BadData(f"{path.name}: [{name}] needs dimension, and groups with the group of each level; give both")
        found[name] = Grouping(str(told["dimension"]), {level: str(group) for level, group in groups.items()})
    return found


def _level(row: Mapping[str, Any], name: str, at: int) -> str:
    level = row.get(name)
    if level is None or level != level:
        raise BadData(f"column {name}, row {at}: there is no level; give unknown a level of its own")
    return str(level)


def figure_of(row: Mapping[str, Any], name: str, at: int) -> float:
    figure = row.get(name)
    try:
        number = float(figure)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise BadData(f"column {name}, row {at}: {figure!r} is no figure of zero or more; correct it")
    return number
