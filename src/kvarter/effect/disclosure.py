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

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from kvarter.effect.attacker import Breach, Floats, Target, attack
from kvarter.effect.classifying import TOTAL, Margin, Table, figure_of, records_of, table_from_rows
from kvarter.effect.differencing import Known, Members
from kvarter.effect.errors import BadData, BadDesign, NoSolution
from kvarter.effect.suppression import Problem, Rule, hide, round_table

Status = Literal["ok", "primary", "secondary", "rounded"]
Cover = Literal["good", "least", "none"]
SEEDS_TRIED = 5


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
    `tables`: other inner cells that agree with it, found when it was made: the proof of its safety, never published.
    """

    table: Table = field(repr=False)
    cells: tuple[Cell, ...]
    spread: int = 0
    tables: tuple[Floats, ...] = field(default=(), repr=False, compare=False)

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
    if cover not in get_args(Cover):
        raise BadDesign(f"cover is {cover!r}: give one of {', '.join(get_args(Cover))}.")
    rule.check(table.values is not None, table.largest is not None)
    for earlier in published:
        _agrees(table, earlier)
    cells, targets, whole = _cells(table, rule.margins), unsafe_cells(table, rule, published), table.values is None
    if rule.round_base:
        return _rounded(table, rule, published, targets)
    true = {cell.members: cell.value or 0.0 for cell in cells}
    unsafe = {target.members for target in targets}
    hidden, proof = np.array([members in unsafe for members in true]), tuple[Floats, ...]()
    if cover != "none":
        knowns = tuple(known for earlier in published for known in earlier.knowns)
        dear = {members for margin in rule.dear for _key, members in table.parts(margin)}
        weights = rule.worth(true, dear)
        problem = Problem(table.figures, table.counts.shape, tuple(true), weights, hidden, targets, knowns, whole)
        hidden, proof = hide(problem, cover == "least")
    gone = {members for members, lost in zip(true, hidden, strict=True) if lost}
    shown = tuple(_hidden(c, c.members in unsafe) if c.members in gone else c for c in cells)
    return Protected(table, shown, tables=proof)


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


def read_published(rows: Any, table: Table, spread: int | None = None, tables: Sequence[Floats] = ()) -> Protected:
    """An earlier publication from its tidy rows (as `Protected.rows` gives them, any table) over the cells of `table`.

    An empty `n` (or `value`) was hidden. `spread`: how far its rounded figures may lie from the true ones, 0 when
    exact. `tables`: those it was made with, where they were kept: without them a large one takes long to attack.
    Raises BadData naming the row when it has no such cell, and where rounded figures come without a spread.
    """
    figure, cells, columns = "n" if table.values is None else "value", [], (*table.dimensions, *table.groupings)
    parts: dict[Margin, dict[tuple[str, ...], Members]] = {}
    records = records_of(rows)
    _check_columns(records, figure, columns)
    for at, row in enumerate(records, 1):
        margin = tuple(name for name in columns if str(row.get(name, TOTAL)) != TOTAL)
        key = tuple(str(row[name]) for name in margin)
        if margin not in parts:
            parts[margin] = dict(table.parts(margin))
        members = parts[margin].get(key)
        if members is None:
            raise BadData(f"earlier publication, row {at}: there is no cell {margin} {key}; use the levels as then")
        if row.get("status") == "rounded" and spread is None:
            raise BadData(
                f"earlier publication, row {at}: is rounded; say how far its figures may lie from the true ones"
            )
        hidden = row[figure] in (None, "") or row[figure] != row[figure]
        value = None if hidden else figure_of(row, figure, at)
        cells.append(Cell(margin, key, members, value, "secondary" if hidden else "rounded" if spread else "ok"))
    return Protected(table, tuple(cells), spread or 0, tuple(tables))


def _check_columns(records: Sequence[Mapping[str, Any]], figure: str, columns: Sequence[str]) -> None:
    """Raise BadData for rows in which every figure would be taken for hidden, or a margin for another."""
    for name in dict.fromkeys(name for row in records for name in row):
        if name not in (*columns, figure, "status"):
            raise BadData(f"earlier publication: {name} is no column of the table; lay both over the same ones")
    for at, row in enumerate(records, 1):
        if figure not in row:
            raise BadData(f"earlier publication, row {at}: there is no {figure}; give it, empty where it was hidden")


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
