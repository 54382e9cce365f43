"""Hiding what is needed, one unsafe cell at a time: quick where the cheapest answer would take hours.

For an unsafe cell to be safe upwards there must be another table that agrees with everything shown and in which the
cell is as large as the rule asks; and one for downwards. The least moves from the true table to such a one are found
by a linear program, moves of shown cells costing what it costs to hide them, and the cells that move are hidden
(Kelly, Golden & Assad, Cell suppression: disclosure protection for sensitive tabular data, Networks 22, 1992). Each
table found is a witness for every other cell that it moves far enough, so most need no program of their own. At the
end each added cell is shown again, dearest first, that its witnesses or new ones can do without.

A program looks only near an unsafe cell, at few levels of each dimension; at the whole table where that will not do.
What is left hidden is safe however it was found: every unsafe cell has its witnesses, in whole numbers for counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from kvarter.effect.attacker import CLOSE, Floats, System, Target, solver
from kvarter.effect.waiting import shown

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
# How many levels of each dimension a program looks at, at first and where the answer is not in whole numbers.
NEAR = (5, 3, 2)
# What moving a hidden cell costs beside a shown one: enough to keep moves short, too little to choose between them.
HIDDEN = 1e-3
# What keeps the search for new witnesses short when cells are shown again, without a clock, so that answers repeat.
QUESTIONS, AT_ONCE = 300, 4
# How often whole numbers are looked for at other prices, in which multiples (moves by a half are whole when doubled),
# and how near the cheapest the solver must come where that does not do.
TURNS, MULTIPLES, GAP = 4, (1, 2, 3), 0.5


@dataclass(frozen=True)
class Demand:
    """One way an unsafe cell must be able to move: the place of its sum, how far, and up (1) or down (-1)."""

    target: Target
    place: int
    need: float
    sign: int


def demands_of(system: System, truth: Floats, targets: Sequence[Target]) -> list[Demand]:
    """What must be able to move, the furthest first."""
    found = []
    for target in targets:
        place = system.place[target.members]
        found.append(Demand(target, place, target.high - truth[place], 1))
        found.append(Demand(target, place, truth[place] - target.low, -1))
    room = CLOSE * system.unit
    return sorted((one for one in found if one.need > room), key=lambda one: (-one.need, one.place, one.sign))


class Cover:
    """What is hidden, and the moves from the true table to others that show it to be enough.

    truth, costs, must: of every sum of the system: its figure, what hiding it costs (0 where it is not shown anyway),
    and whether it is hidden whatever else is. shape: of the inner cells. whole: they are counts.
    """

    def __init__(
        self,
        system: System,
        truth: Floats,
        costs: Floats,
        must: Flags,
        demands: Sequence[Demand],
        shape: tuple[int, ...],
        whole: bool,
    ) -> None:
        self.system, self.truth, self.costs, self.demands, self.shape = system, truth, costs, demands, shape
        self.must = must | (costs == 0)
        self.hidden = self.must.copy()
        self.whole = whole
        self.size, self.count, self.room = system.size, len(truth), CLOSE * system.unit
        self.sign = np.array([one.sign for one in demands])
        self.place = np.array([one.place for one in demands], np.intp)
        self.need = np.array([one.need for one in demands])
        self.up = np.maximum(system.high - truth, 0.0)
        self.down = np.maximum(truth - system.low, 0.0)
        self.moves = np.zeros((0, self.count), np.bool_)
        self.meets = np.zeros((0, len(demands)), np.bool_)
        self.tables: list[Floats] = []
        self.questions = QUESTIONS
        self.model = solver(presolve="off", solver="simplex", mip_rel_gap=GAP)
        self.random = np.random.default_rng(0)
        self.index = np.arange(2 * self.count, dtype=np.int32)
        self._lay_out()

    def _lay_out(self) -> None:
        """Two columns for each sum, how far up and how far down; one row for each sum of others."""
        many = 2 * self.count
        self.model.addVars(many, np.zeros(many), np.zeros(many))
        for own, parts in _by_parts(self.system):
            inside = np.array([*parts, own])
            ones = np.array([*np.ones(len(parts)), -1.0])
            index = np.concatenate([inside, inside + self.count]).astype(np.int32)
            self.model.addRow(0.0, 0.0, len(index), index, np.concatenate([ones, -ones]))

    def hide(self) -> Demand | None:
        """Hide until every demand has a witness. Gives a demand that none can be found for whatever is hidden."""
        met: Flags = np.asarray(self.meets.any(0))
        with shown("hiding", len(self.demands), "bounds") as told:
            for number, demand in enumerate(self.demands):
                told(1)
                if met[number]:
                    continue
                moves = self._found(demand)
                if moves is None:
                    return demand
                self._note(moves)
                met |= self.meets[-1]
                self.hidden |= self.moves[-1]
        return None

    def show_again(self) -> None:
        """Show each cell that its witnesses can do without, or that few new ones make up for; the dearest first."""
        extra = np.flatnonzero(self.hidden & ~self.must)
        with shown("showing again", len(extra), "cells") as told:
            for cell in extra[np.argsort(-self.costs[extra], kind="stable")]:
                self._try_without(cell)
                told(1)

    def _try_without(self, cell: int) -> None:
        """Show a cell again if its witnesses, or few new ones, can do without."""
        stay = ~self.moves[:, cell]
        lost = np.flatnonzero(~self.meets[stay].any(0))
        self.hidden[cell] = False
        if lost.size <= AT_ONCE and self._make_up(lost):
            stay = ~self.moves[:, cell]
            self.moves, self.meets = self.moves[stay], self.meets[stay]
            self.tables = [table for table, kept in zip(self.tables, stay, strict=True) if kept]
        else:
            self.hidden[cell] = True

    def _make_up(self, lost: Places) -> bool:
        """Find new witnesses for these demands that move nothing shown."""
        found = []
        for number in lost:
            if not self.questions:
                return False
            self.questions -= 1
            moves = self._ask(self.demands[number], NEAR[0], strict=True)
            if moves is None:
                return False
            found.append(moves)
        for moves in found:
            self._note(moves)
        return True

    def _found(self, demand: Demand) -> Floats | None:
        """The cheapest moves found that meet a demand: by linear programs, or by the solver in whole numbers."""
        everywhere = max(self.shape)
        for levels in NEAR if self.whole else (NEAR[0], everywhere):
            if (moves := self._ask(demand, levels)) is not None:
                return moves
        for levels in (*NEAR[1::-1], everywhere) if self.whole else ():
            if (moves := self._ask(demand, levels, solve=True)) is not None:
                return moves
        return None

    def _near(self, demand: Demand, levels: int) -> Flags:
        """The inner cells near a demand's: in each dimension its own level and those cheapest to move."""
        cells = [demand.place] if demand.place < self.size else list(self.system.sums[demand.place - self.size])
        at = np.unravel_index(max(cells, key=lambda cell: (self.hidden[cell], self.truth[cell])), self.shape)
        kept = []
        for dimension, many in enumerate(self.shape):
            line = np.ravel_multi_index(
                tuple(np.arange(many) if d == dimension else place for d, place in enumerate(at)), self.shape
            )
            price = np.where(self.hidden[line], 0.0, self.costs[line]) + 3.0 * (self.truth[line] < demand.need)
            price[at[dimension]] = -1.0
            kept.append(np.argsort(price, kind="stable")[:levels])
        near = np.zeros(self.size, np.bool_)
        near[np.asarray(np.ravel_multi_index(np.ix_(*kept), self.shape))] = True
        return near

    def _ask(self, demand: Demand, levels: int, *, strict: bool = False, solve: bool = False) -> Floats | None:
        """The cheapest moves nearby that meet a demand, in whole numbers for counts; None when none are found.

        strict: only hidden cells may move. solve: in whole numbers from the start, however long it takes.
        """
        free = self.hidden.copy() if strict else np.ones(self.count, np.bool_)
        free[: self.size] &= self._near(demand, levels)
        up, down = np.where(free, self.up, 0.0), np.where(free, self.down, 0.0)
        ahead, back = (up, down) if demand.sign > 0 else (down, up)
        if ahead[demand.place] < demand.need - self.room:
            return None
        low = np.zeros(2 * self.count)
        low[demand.place + (0 if demand.sign > 0 else self.count)] = min(demand.need, ahead[demand.place])
        back[demand.place] = 0.0
        bounds = np.concatenate([up, down])
        self.model.changeColsBounds(2 * self.count, self.index, low / self.system.unit, bounds / self.system.unit)
        price = np.where(self.hidden, HIDDEN * (1 + self.costs), self.costs)
        if solve:
            return self._whole_answer(price)
        for turn in range(TURNS if self.whole else 1):
            moves = self._answer(price * (self.random.uniform(0.5, 1.5, self.count) if turn else 1.0))
            if moves is None or not self.whole:
                return moves
            for times in MULTIPLES:
                whole = np.rint(moves * times)
                fits = (whole <= up + self.room) & (-whole <= down + self.room)
                if np.abs(moves * times - whole).max() <= CLOSE and fits.all():
                    return np.asarray(whole)
        return None

    def _answer(self, price: Floats) -> Floats | None:
        """The cheapest moves within the bounds set last, at these prices."""
        self.model.changeColsCost(2 * self.count, self.index, np.concatenate([price, price]))
        self.model.clearSolver()  # from the true table the way is short; from the last answer it would be long
        self.model.run()
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        values = np.array(self.model.getSolution().col_value) * self.system.unit
        return np.asarray(values[: self.count] - values[self.count :])

    def _whole_answer(self, price: Floats) -> Floats | None:
        """As `_answer`, in whole numbers."""
        for whole, method, presolve in ((True, "choose", "on"), (False, "simplex", "off")):
            self.model.changeColsIntegrality(2 * self.count, self.index, np.full(2 * self.count, whole, np.uint8))
            self.model.setOptionValue("solver", method)
            self.model.setOptionValue("presolve", presolve)
            if whole:
                moves = self._answer(price)
        return None if moves is None else np.rint(moves)

    def _note(self, moves: Floats) -> None:
        """Keep a witness: its table, what it moves, and which demands it meets."""
        self.tables.append(self.truth[: self.size] + moves[: self.size])
        self.moves = np.vstack([self.moves, np.abs(moves) > self.room])
        self.meets = np.vstack([self.meets, self.sign * moves[self.place] >= self.need - self.room])


def _by_parts(system: System) -> Iterator[tuple[int, list[int]]]:
    """Each sum's place and those of sums that make it up: fewer than its inner cells, so that programs stay thin."""
    sets = [frozenset(members) for members in system.sums]
    order = sorted(range(len(sets)), key=lambda row: -len(sets[row]))
    over: list[list[int]] = [[] for _ in range(system.size)]
    for row in order:
        for cell in sets[row]:
            over[cell].append(row)
    for row in order:
        rest, parts = set(sets[row]), []
        while rest:
            cell = min(rest)
            inside = (one for one in over[cell] if len(sets[one]) < len(sets[row]) and sets[one] <= rest)
            part = next(inside, None)
            parts.append(cell if part is None else system.size + part)
            rest -= {cell} if part is None else sets[part]
        yield system.size + row, parts
