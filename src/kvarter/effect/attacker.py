"""The attacker: what somebody with paper, patience and a solver can work out from everything published.

He knows nothing of how the hidden figures were chosen. All he has is a list of publications, each a list of sums over
the same inner cells, and the fact that no figure is negative. He tries plain differencing (one published figure minus
those inside it) and, for every cell that the rule holds unsafe, the least and the greatest figure that agree with
everything published: by linear programming, and for counts also in whole numbers, which can be tighter.

Whoever made a publication may give tables that agree with it. Each is held against everything published, and where it
agrees and is far enough off, no question need be asked: that there is such a table is all that a program could say.

The solver is HiGHS. One model is built for each set of publications, and only the question to it is changed.

Sources: Willenborg & de Waal, Elements of Statistical Disclosure Control (2001), chapters 4-6; Fischetti & Salazar,
Solving the cell suppression problem on tabular data with linear constraints, Management Science 47(7), 2001.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from kvarter.effect.differencing import Known, Members, difference, mask_of
from kvarter.effect.errors import BadData, NoSolution
from kvarter.effect.waiting import shown

Floats = npt.NDArray[np.float64]

CLOSE = 1e-6
TRIES = 6  # tables at random prices that are looked at, before the solver is asked for one in whole numbers
# highspy tells few types, so what is made of it is taken as anything, here.
_Lp: Any = highspy.HighsLp
_Status: Any = highspy.HighsModelStatus


class _Quiet(highspy.Highs):
    def enableCallbacks(self) -> None:  # noqa: N802
        """Be silent first: this call, the first that HiGHS makes of itself, prints a greeting otherwise."""
        cast(Any, self).silent()
        cast(Any, super()).enableCallbacks()


def solver(**options: str | int | float) -> Any:
    """A HiGHS model that prints nothing and keeps to one thread, with further HiGHS options."""
    model = cast(Any, _Quiet)()
    for name, value in {"threads": 1, **options}.items():
        model.setOptionValue(name, value)
    return model


class Publication(Protocol):
    """What the attacker reads: `size` inner cells, the published sums over them, and whether they count people.

    `tables` are not his: they are said to agree with everything published, and spare questions where they do.
    """

    @property
    def size(self) -> int: ...
    @property
    def whole(self) -> bool: ...
    @property
    def knowns(self) -> tuple[Known, ...]: ...
    @property
    def tables(self) -> tuple[Floats, ...]: ...


@dataclass(frozen=True)
class Target:
    """An unsafe cell, and what the attacker must be left with.

    His least figure must be at most `low`, his greatest at least `high`, and they must lie at least `width` apart.
    """

    name: str
    members: Members
    low: float = math.inf
    high: float = -math.inf
    width: float = 0.0

    def holds(self, least: float, greatest: float) -> bool:
        """Whether an attacker who gets as far as [least, greatest] is kept as far off as this asks."""
        room = CLOSE * max(1.0, abs(self.high) if math.isfinite(self.high) else 1.0, self.width)
        return least <= self.low + room and greatest >= self.high - room and greatest - least >= self.width - room


@dataclass(frozen=True)
class Breach:
    """An unsafe cell pinned closer than the rule allows: to [low, high], and by which means."""

    cell: str
    low: float
    high: float
    how: str


@dataclass(frozen=True)
class Optimum:
    """The least value of a sum, a table that gives it, and the multiplier of each bound that stops it going lower.

    A sum without a least value has -inf, no table and no multipliers.
    """

    value: float
    point: Floats | None
    multipliers: Floats | None


@dataclass
class System:
    """All that is known of a table as bounds on sums, held in one HiGHS model.

    The first `size` sums are the inner cells themselves; `sums` are the others, each told by its members. `low` and
    `high` bound all of them, in that order. `unit`: the figures are given to the solver in this unit, since its
    tolerances are absolute. Raises NoSolution when no table agrees with the bounds.
    """

    size: int
    sums: tuple[Members, ...]
    unit: float = 1.0
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    place: dict[Members, int] = field(init=False)
    _model: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Build the model, with nothing known but that no inner cell is negative."""
        count = self.size + len(self.sums)
        self.low, self.high = np.zeros(count), np.full(count, np.inf)
        self.place = {(cell,): cell for cell in range(self.size)}
        self.place.update({members: self.size + row for row, members in enumerate(self.sums)})
        self._model = solver(presolve="off", solver="simplex")
        self._model.passModel(self._program())

    def _program(self) -> Any:
        program = _Lp()
        program.num_col_, program.num_row_ = self.size, len(self.sums)
        program.col_cost_ = np.zeros(self.size)
        program.col_lower_, program.col_upper_ = self.low[: self.size], self.high[: self.size]
        program.row_lower_, program.row_upper_ = self.low[self.size :], self.high[self.size :]
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.cumsum([0, *(len(members) for members in self.sums)]).astype(np.int32)
        index = [cell for members in self.sums for cell in members]
        program.a_matrix_.index_ = np.array(index, dtype=np.int32)
        program.a_matrix_.value_ = np.ones(len(index))
        return program

    def bound(self, low: Floats, high: Floats) -> None:
        """Say anew between which bounds each sum lies: arrays of size + len(sums)."""
        self.low, self.high = low, high
        size, rows, low, high = self.size, len(self.sums), low / self.unit, high / self.unit
        self._model.changeColsBounds(size, np.arange(size, dtype=np.int32), low[:size], high[:size])
        if rows:
            self._model.changeRowsBounds(rows, np.arange(rows, dtype=np.int32), low[size:], high[size:])

    def least(self, weights: Floats) -> Optimum:
        """The least value of the weighted inner cells over every table (fractions too) that agrees with the bounds."""
        self._model.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), weights)
        self._model.run()
        status = self._model.getModelStatus()
        if status in (_Status.kUnbounded, _Status.kUnboundedOrInfeasible):
            return Optimum(-math.inf, None, None)
        if status != _Status.kOptimal:
            raise NoSolution(_disagree(self._model.modelStatusToString(status)))
        found = self._model.getSolution()
        point = np.array(found.col_value) * self.unit
        return Optimum(float(weights @ point), point, np.array([*found.col_dual, *found.row_dual]))

    def whole_within(self, members: Members, low: float, high: float, prices: Floats) -> Floats | None:
        """A table in whole numbers in which a sum lies between these bounds, if the cheapest at these prices is one.

        Quick, and no more than a try: None says nothing.
        """
        place, mine = self.place[members], (self.low.copy(), self.high.copy())
        tight = self.low.copy(), self.high.copy()
        tight[0][place], tight[1][place] = max(low, mine[0][place]), min(high, mine[1][place])
        if tight[0][place] > tight[1][place]:
            return None
        self.bound(*tight)
        try:
            point = self.least(prices).point
        except NoSolution:
            point = None
        self.bound(*mine)
        if point is None or np.abs(point - np.rint(point)).max(initial=0.0) > CLOSE:
            return None
        return np.asarray(np.rint(point))

    def least_whole(self, weights: Floats, enough: float) -> Floats:
        """As `least`, over whole numbers only: the table, or any in which the sum is no more than `enough`.

        No cell need be more than the largest sum known.
        """
        model, program = solver(**({"objective_target": enough} if math.isfinite(enough) else {})), self._program()
        known = self.high[np.isfinite(self.high)]
        program.col_cost_ = weights
        program.col_upper_ = np.minimum(self.high[: self.size], known.max(initial=0.0))
        program.integrality_ = [highspy.HighsVarType.kInteger] * self.size
        model.passModel(program)
        model.run()
        status = model.getModelStatus()
        if status not in (_Status.kOptimal, _Status.kObjectiveTarget):
            raise NoSolution(_disagree(model.modelStatusToString(status)))
        return np.asarray(np.rint(np.array(model.getSolution().col_value)))


def _disagree(status: str) -> str:
    return (
        f"no table agrees with everything published (the solver says: {status}); "
        "check that every publication is of the same population and the same cells"
    )


class Search:
    """The hunt through one system for how far each target can be moved, up and down.

    Every table the solver returns is also a witness for all other targets, so most need no question of their own.
    """

    def __init__(self, system: System, targets: Sequence[Target], whole: bool) -> None:
        """Take the bounds of `system` as they are now. `whole`: cells are counts, so witnesses must be too."""
        self.system, self.targets, self.whole = system, targets, whole
        self.random = np.random.default_rng(0)
        self.weights = np.zeros((len(targets), system.size))
        for row, target in enumerate(targets):
            self.weights[row, list(target.members)] = 1.0
        self.least = np.full(len(targets), np.inf)
        self.greatest = np.full(len(targets), -np.inf)
        # A sum can only be without end over bounds that some table agrees with: ask for one first.
        start = system.least(np.zeros(system.size)).point
        if start is not None:
            self._witness(start)

    def _witness(self, point: Floats) -> None:
        if self.whole:
            near = np.rint(point)
            if np.abs(near - point).max(initial=0.0) > CLOSE:
                return
            point = near
        values = self.weights @ point
        self.least, self.greatest = np.minimum(self.least, values), np.maximum(self.greatest, values)

    def witness_all(self, tables: Sequence[Floats]) -> None:
        """Take as witnesses those of some tables that agree with every bound: it is looked up, whoever says so."""
        sums, size = self.system.sums, self.system.size
        inside = np.repeat(np.arange(len(sums)), [len(members) for members in sums])
        cells = np.array([cell for members in sums for cell in members], np.intp)
        over = sparse.csr_array((np.ones(len(cells)), (inside, cells)), shape=(len(sums), size))
        room = CLOSE * self.system.unit
        for table in tables:
            if table.shape != (size,):
                raise BadData(
                    f"a table has the shape {table.shape}: there are {size} inner cells; give one figure a cell"
                )
            figures = np.concatenate([table, over @ table])
            if (figures >= self.system.low - room).all() and (figures <= self.system.high + room).all():
                self._witness(table)

    def push(self, row: int, sign: int) -> Optimum:
        """Move a target as far down (sign 1) or up (sign -1) as the bounds let it, and note the table that shows it."""
        found = self.system.least(sign * self.weights[row])
        if found.point is not None:
            self._witness(found.point)
        else:  # no cell is negative, so only upwards can be without end
            self.greatest[row] = math.inf
        return found

    def push_whole(self, row: int, sign: int) -> float:
        """As `push`, over whole numbers only, and no further than the target asks: the value reached."""
        enough = self.targets[row].low if sign > 0 else -self.targets[row].high
        point = self.system.least_whole(sign * self.weights[row], -math.inf if self.targets[row].width else enough)
        self._witness(point)
        return float(self.weights[row] @ point)

    def pinned(self, row: int) -> Breach | None:
        """The breach of one target, or None when the attacker is kept off: fractions first, then whole numbers."""
        target = self.targets[row]
        if target.holds(self.least[row], self.greatest[row]):
            return None
        high = -self.push(row, -1).value
        if target.holds(self.least[row], self.greatest[row]):
            return None
        low = self.push(row, 1).value
        if self.whole:
            low, high = math.ceil(low - CLOSE), _floor(high)
        if not target.holds(low, high):
            return Breach(target.name, low, high, "linear programming")
        if not self.whole or target.holds(self.least[row], self.greatest[row]):
            return None
        return self._pinned_whole(row)

    def _pinned_whole(self, row: int) -> Breach | None:
        if self._seen_whole(row):
            return None
        low, high = self.least[row], self.greatest[row]
        if high < math.inf:
            high = self.push_whole(row, -1)
        low = self.push_whole(row, 1)
        if self.targets[row].holds(low, high):
            return None
        return Breach(self.targets[row].name, low, high, "whole-number programming")

    def _seen_whole(self, row: int) -> bool:
        """Whether tables tried at random prices show the target to be far enough off in whole numbers too."""
        target = self.targets[row]
        for low, high in ((target.high, math.inf), (-math.inf, target.low)):
            for _ in range(TRIES):
                if low <= self.greatest[row] and self.least[row] <= high:
                    break
                prices = self.random.uniform(0.5, 1.5, self.system.size)
                point = self.system.whole_within(target.members, low, high, prices)
                if point is not None:
                    self._witness(point)
        return target.holds(self.least[row], self.greatest[row])


def _floor(value: float) -> float:
    return math.floor(value + CLOSE) if math.isfinite(value) else value


def system_of(size: int, knowns: Iterable[Known], more: Iterable[Members] = (), unit: float = 1.0) -> System:
    """The system of everything known: sums told twice keep the tighter bounds. `more`: sums to hold room for.

    Raises BadData when two publications contradict each other outright.
    """
    bounds: dict[Members, tuple[float, float]] = {}
    for known in knowns:
        low, high = bounds.get(known.members, (0.0, math.inf))
        bounds[known.members] = low, high = max(low, known.low), min(high, known.high)
        if low > high:
            raise BadData(f"{known.name} is published as two different figures; attack publications of one population")
    sums = {members: None for members in (*bounds, *more) if len(members) != 1}
    system = System(size, tuple(sums), unit)
    low_all, high_all = system.low.copy(), system.high.copy()
    for members, (low, high) in bounds.items():
        low_all[system.place[members]], high_all[system.place[members]] = low, high
    system.bound(low_all, high_all)
    return system


def unit_of(figures: Iterable[float], whole: bool) -> float:
    """The unit that suits the solver: one person, or a ten-thousandth of the largest sum of values."""
    return 1.0 if whole else max(max(figures, default=0.0) / 1e4, CLOSE)


def _joint(publications: Sequence[Publication], targets: Sequence[Target]) -> tuple[Search, list[Known]]:
    if not publications:
        raise BadData("there is nothing to attack; give at least one publication")
    size, whole = publications[0].size, publications[0].whole
    if any(other.size != size or other.whole != whole for other in publications):
        raise BadData("the publications lie over different inner cells; lay them all over the finest classification")
    knowns = [
        replace(known, heading=f"publication {number} {known.heading}")
        for number, one in enumerate(publications, 1)
        for known in one.knowns
    ]
    unit = unit_of((known.high for known in knowns), whole)
    system = system_of(size, knowns, (target.members for target in targets), unit)
    search = Search(system, targets, whole)
    search.witness_all([table for one in publications for table in one.tables])
    return search, knowns


def intervals(publications: Sequence[Publication], targets: Sequence[Target]) -> list[tuple[float, float]]:
    """The least and greatest figure for each target (for counts: the whole numbers within the LP bounds).

    Raises BadData when there is no publication or they lie over different cells, NoSolution when they contradict.
    """
    search, _ = _joint(publications, targets)
    pairs = [(search.push(row, 1).value, -search.push(row, -1).value) for row in range(len(targets))]
    return [(math.ceil(low - CLOSE), _floor(high)) if search.whole else (low, high) for low, high in pairs]


def attack(publications: Sequence[Publication], targets: Sequence[Target]) -> list[Breach]:
    """Every target pinned closer than it allows by all the publications together; an empty list when there is none.

    `publications` are all that anyone can read, earlier ones included; `targets` every unsafe cell of every margin
    (see kvarter.effect.disclosure.unsafe_cells). Raises BadData and NoSolution as `intervals`.
    """
    search, knowns = _joint(publications, targets)
    derived, found = difference(knowns), []
    with shown("attacking", len(targets), "cells") as told:
        for row in range(len(targets)):
            if (breach := _breach(search, row, derived)) is not None:
                found.append(breach)
            told(1)
    return found


def _breach(search: Search, row: int, derived: Mapping[int, tuple[float, str]]) -> Breach | None:
    target = search.targets[row]
    value, how = derived.get(mask_of(target.members), (math.nan, ""))
    if how and not target.holds(value, value):
        return Breach(target.name, value, value, how)
    return search.pinned(row)
