"""Disclosure control of tables: what may be published, what must be hidden besides, and what is rounded instead.

A `Table` holds the finest classification (the inner cells); a `Rule` says what is unsafe and which margins are
published together; `protect` gives what may be published; `breaches` sets the attacker on it.

What an attacker must be left with, for an unsafe count x (1 to minimum-1, and 0 when zeros are protected): an interval
that rules out nothing from 0 up to the minimum (or up to `protection`, if that is more). This is the stricter of the
usual readings: an interval as wide that starts above 0 would tell that somebody is there, and one that ends below the
minimum would tell what the rule hides. Unsafe are inner cells, published or not, and every published margin cell of
this and of earlier publications. A set of cells left over by differencing is not listed by itself, and need not be:
when it holds fewer than the minimum, an unsafe inner cell within it is bounded from above.

For a sum of values (a magnitude table) the interval must reach as far above and below the true sum as the p%-rule or
the (n,k)-rule asks (the sliding protection of Cox 1980), and `protection` per cent of it for a cell of too few.
Rounded to a base, the interval of an unsafe cell must be at least base-1 wide, as a cell rounded by itself is left.
Not covered: an attacker in a cell who subtracts himself; one who reasons from what would have been hidden; cells known
to be empty; and that all of a group share one trait, every other cell of its row a published zero.

Sources: Willenborg & de Waal, Elements of Statistical Disclosure Control (2001); Hundepool et al. (2012), ch. 4-5.
"""

from __future__ import annotations

import itertools
import math
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kvarter.effect.attacker import Breach, Floats, Target, attack
from kvarter.effect.differencing import Known, Members
from kvarter.effect.errors import BadData, NoSolution
from kvarter.effect.suppression import Problem, Rule, hide, round_table

Status = Literal["ok", "primary", "secondary", "rounded"]
Cover = Literal["good", "least", "none"]
Margin = tuple[str, ...]
TOTAL = "*"
TOPS = ("largest", "second")
SEEDS_TRIED = 5


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


def _records(rows: Any) -> list[Mapping[str, Any]]:
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
    records = _records(rows)
    if not records:
        raise BadData("the table has no rows; give at least one")
    if count not in records[0]:
        raise BadData(f"there is no column {count} of counts among {', '.join(records[0])}; name it")
    names = tuple(dimensions or (name for name in records[0] if name not in (count, "value", *TOPS)))
    keys = [tuple(_level(row, name, at) for name in names) for at, row in enumerate(records, 1)]
    levels = tuple(tuple(dict.fromkeys(column)) for column in zip(*keys, strict=True))
    places = [{level: place for place, level in enumerate(column)} for column in levels]
    cells = [tuple(place[level] for place, level in zip(places, key, strict=True)) for key in keys]
    given = [name for name in (count, "value", *TOPS) if name in (count, *records[0])]
    figures = {name: np.zeros([len(column) for column in levels]) for name in given}
    for at, (cell, row) in enumerate(zip(cells, records, strict=True), 1):
        got = {name: _figure(row, name, at) for name in figures}
        if got[count] % 1:
            raise BadData(f"column {count}, row {at}: {got[count]} is not a whole number; count the rows first")
        tops = sorted(figure for name in TOPS if name in got for figure in (got[name], float(figures[name][cell])))
        for name, figure in got.items():
            figures[name][cell] = tops[-1 - TOPS.index(name)] if name in TOPS else figures[name][cell] + figure
    sums = (figures.get("value"), figures.get("largest"), figures.get("second"))
    return Table(names, levels, figures[count].astype(np.int64), *sums, groupings=dict(groupings or {}))


def _level(row: Mapping[str, Any], name: str, at: int) -> str:
    level = row.get(name)
    if level is None or level != level:
        raise BadData(f"column {name}, row {at}: there is no level; give unknown a level of its own")
    return str(level)


def _figure(row: Mapping[str, Any], name: str, at: int) -> float:
    figure = row.get(name)
    try:
        number = float(figure)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise BadData(f"column {name}, row {at}: {figure!r} is no figure of zero or more; correct it")
    return number


@dataclass(frozen=True)
class Cell:
    """One published cell: its margin, its level on each column of it, its inner cells, its figure and its status.

    A hidden figure is None. Status: ok (the true one), primary (hidden for itself), secondary (for others), rounded.
    """

    margin: Margin
    key: tuple[str, ...]
    members: Members
    value: float | None
    status: Status

    @property
    def name(self) -> str:
        """The cell told by its columns: `sex=woman, age=0-17`, or `the grand total`."""
        pairs = zip(self.margin, self.key, strict=True)
        return ", ".join(f"{column}={level}" for column, level in pairs) or "the grand total"


@dataclass(frozen=True)
class Protected:
    """What may be published of a table: a publication for the attacker to read.

    `spread` is how far a rounded figure may lie from the true one (0: figures are exact), which is published with it.
    """

    table: Table
    cells: tuple[Cell, ...]
    spread: int = 0

    @property
    def size(self) -> int:
        """How many inner cells the figures are sums over."""
        return int(self.table.counts.size)

    @property
    def whole(self) -> bool:
        """Whether the inner cells are counts."""
        return self.table.values is None

    @cached_property
    def knowns(self) -> tuple[Known, ...]:
        """Everything the publication tells. Hidden cells tell nothing."""
        off = self.spread
        return tuple(
            Known(f"by {', '.join(c.margin) or 'nothing'}", c.name, c.members, max(0.0, c.value - off), c.value + off)
            for c in self.cells
            if c.value is not None
        )

    def rows(self, reasons: bool = False) -> list[dict[str, Any]]:
        """Tidy rows: a column for each dimension and grouping (`*` where summed over), `n` (`value` for sums), status.

        A hidden cell has None and the status `suppressed`; with `reasons`, primary or secondary. The reasons are for
        the producer's own eyes: to publish that a cell is primary is to publish that its figure is below the minimum.
        """
        figure, rows = "n" if self.whole else "value", []
        for cell in self.cells:
            row: dict[str, Any] = dict.fromkeys((*self.table.dimensions, *self.table.groupings), TOTAL)
            row |= zip(cell.margin, cell.key, strict=True)
            row[figure] = int(cell.value) if self.whole and cell.value is not None else cell.value
            row["status"] = "suppressed" if cell.value is None and not reasons else cell.status
            rows.append(row)
        return rows


def _cells(table: Table, margins: Sequence[Margin] | None) -> list[Cell]:
    """Every cell of the margins (of all there are, when None), nothing hidden yet."""
    return [
        Cell(margin, key, members, float(table.figures[list(members)].sum()), "ok")
        for margin in (table.margins() if margins is None else margins)
        for key, members in table.parts(margin)
    ]


def unsafe_cells(table: Table, rule: Rule, published: Sequence[Protected] = ()) -> tuple[Target, ...]:
    """Every unsafe cell, and what an attacker must be left with: inner cells and all published margins.

    Those are the margins of `rule` and of each of `published`. Raises BadData for a margin that does not exist.
    """
    cells = [*_cells(table, (table.dimensions,)), *_cells(table, rule.margins)]
    targets: dict[Members, Target] = {}
    for cell in (*cells, *(cell for earlier in published for cell in earlier.cells)):
        need = None if cell.members in targets else rule.need(*table.evidence(cell.members))
        if need is not None:
            targets[cell.members] = Target(cell.name, cell.members, *need)
    return tuple(targets.values())


def protect(table: Table, rule: Rule, published: Sequence[Protected] = (), cover: Cover = "good") -> Protected:
    """What may be published of `table` by `rule`, safe together with everything `published` before over the same cells.

    `cover`: "good" hides few further cells, not always the fewest (2,000 in a minute); "least" the cheapest there are,
    which can take hours; "none" no further cells, to show that this does not do. Raises BadDesign when the rule does
    not fit, BadData when an earlier publication is of another population or other cells, NoSolution when the earlier
    ones already give something away, whatever is done now.
    """
    rule.check(table.values is not None, table.largest is not None)
    for earlier in published:
        _agrees(table, earlier)
    cells, targets, whole = _cells(table, rule.margins), unsafe_cells(table, rule, published), table.values is None
    if rule.round_base:
        return _rounded(table, rule, published, targets)
    true = {cell.members: cell.value or 0.0 for cell in cells}
    unsafe = {target.members for target in targets}
    hidden = np.array([members in unsafe for members in true])
    if cover != "none":
        knowns = tuple(known for earlier in published for known in earlier.knowns)
        weights = rule.worth(true, {cell.members for cell in cells if cell.margin in rule.dear})
        problem = Problem(table.figures, table.counts.shape, tuple(true), weights, hidden, targets, knowns, whole)
        hidden = hide(problem, cover == "least")
    gone = {members for members, lost in zip(true, hidden, strict=True) if lost}
    return Protected(table, tuple(_hidden(c, c.members in unsafe) if c.members in gone else c for c in cells))


def _hidden(cell: Cell, itself: bool) -> Cell:
    return replace(cell, value=None, status="primary" if itself else "secondary")


def _agrees(table: Table, earlier: Protected) -> None:
    if (earlier.table.dimensions, earlier.table.levels) != (table.dimensions, table.levels):
        raise BadData("an earlier publication lies over other cells; lay both over the finest classification")
    for known in earlier.knowns:
        true = float(table.figures[list(known.members)].sum())
        if not known.low - 1e-6 * (1 + true) <= true <= known.high + 1e-6 * (1 + true):
            raise BadData(f"{known.name} was published as another figure before; only one population can be attacked")


def _rounded(table: Table, rule: Rule, published: Sequence[Protected], targets: Sequence[Target]) -> Protected:
    cells, base = _cells(table, rule.margins), rule.round_base
    sums = tuple(dict.fromkeys(cell.members for cell in cells))
    before = {
        cell.members: int(cell.value)
        for earlier in published
        for cell in earlier.cells
        if earlier.spread and cell.value is not None and cell.value % base == 0
    }
    first = secrets.randbits(64) if rule.seed is None else rule.seed
    for seed in range(first, first + SEEDS_TRIED):
        inner, spread = round_table(table.figures, sums, base, seed, before)
        rounded = (replace(c, value=float(inner[list(c.members)].sum()), status="rounded") for c in cells)
        found = Protected(table, tuple(rounded), spread)
        if not attack([*published, found], targets):
            return found
    raise NoSolution("no rounding keeps the attacker off what was published before; publish the same cells as then")


def read_published(rows: Any, table: Table, spread: int = 0) -> Protected:
    """An earlier publication from its tidy rows (as `Protected.rows` gives them, any table) over the cells of `table`.

    An empty `n` (or `value`) was hidden. `spread`: how far its rounded figures may lie from the true ones, 0 when
    exact. Raises BadData naming the row when it has no such cell.
    """
    figure, cells, columns = "n" if table.values is None else "value", [], (*table.dimensions, *table.groupings)
    parts: dict[Margin, dict[tuple[str, ...], Members]] = {}
    for at, row in enumerate(_records(rows), 1):
        margin = tuple(name for name in columns if str(row.get(name, TOTAL)) != TOTAL)
        key = tuple(str(row[name]) for name in margin)
        if margin not in parts:
            parts[margin] = dict(table.parts(margin))
        members = parts[margin].get(key)
        if members is None:
            raise BadData(f"earlier publication, row {at}: there is no cell {margin} {key}; use the levels as then")
        hidden = row.get(figure) in (None, "") or row[figure] != row[figure]
        value = None if hidden else _figure(row, figure, at)
        cells.append(Cell(margin, key, members, value, "secondary" if hidden else "rounded" if spread else "ok"))
    return Protected(table, tuple(cells), spread)


def breaches(publications: Sequence[Protected], table: Table, rule: Rule) -> list[Breach]:
    """What an attacker who reads all `publications` pins closer than `rule` allows; empty when he is kept off."""
    return attack(publications, unsafe_cells(table, rule, publications))


def disclose(
    table: Any, rule: Rule, published: Sequence[Protected] = (), count: str = "n", reasons: bool = False
) -> list[dict[str, Any]]:
    """Tidy rows of what may be published of a long table (polars, pandas, Arrow, or a list of dicts).

    See `table_from_rows` for the columns and `Protected.rows` for the rows and `reasons`. Raises what `protect` raises.
    """
    return protect(table_from_rows(table, count=count), rule, published).rows(reasons)
