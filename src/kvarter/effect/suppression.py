"""The rule, and choosing what to hide besides the unsafe cells, or how to round, so that the attacker is kept off.

Hiding: the fewest and cheapest further cells such that the attacker's linear program is kept off every target. This is
the exact scheme of Fischetti & Salazar (Management Science 47(7), 2001): a program in yes/no variables proposes what to
hide, the attacker answers with the bounds that still let him in, each answer becomes a condition on the next proposal,
and it ends only when he finds nothing, in fractions or in whole numbers. Asked for the least cost, that is done, and
the answer is the cheapest there is; it can take minutes. Otherwise cells are hidden one unsafe cell at a time (see
`covering`): quick, and never less safe, since each has another table to show for it.

Rounding: controlled rounding (Cox, A constructive procedure for unbiased controlled rounding, JASA 82, 1987; Causey,
Cox & Ernst, JASA 80, 1985): every published cell goes to one of its two neighbouring multiples of the base and the
table still adds up. It is a random walk whose every step is fair, so the expected rounded figure is the true one; it
always ends in whole multiples for two dimensions. With three or more it may not, and the solver then takes the nearest
table that does (where none does, margins may go one multiple further, and the publication says so).

Both use HiGHS.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields
from pathlib import Path

import highspy
import numpy as np
import numpy.typing as npt

from kvarter.effect.attacker import CLOSE, Floats, Search, Target, solver, system_of, unit_of
from kvarter.effect.covering import Cover, demands_of
from kvarter.effect.differencing import Known, Members
from kvarter.effect.errors import BadDesign, NoSolution
from kvarter.effect.waiting import shown

Need = tuple[float, float, float]
Flags = npt.NDArray[np.bool_]
# A walk through more cells than this would take minutes; the solver alone is then nearest to a random start.
WALKABLE = 200
# What HiGHS calls a point that meets every condition.
FEASIBLE = 2
# The range on either side of a sum of too few contributors, in per cent, when the rule says nothing else.
SAFETY_PERCENT = 30.0
DEAR = 100.0


@dataclass(frozen=True)
class Rule:
    """What is unsafe, how far off an attacker must be kept, and what is published together.

    `minimum`: a count from 1 to minimum-1 is unsafe, and 0 too with `protect_zeros`. Sums of values are unsafe as well
    when the `dominance_n` (1 or 2) largest contributions make up more than `dominance_k` per cent, or when what is
    left besides the two largest is less than `p_percent` per cent of the largest. `protection`: for counts, the
    figure that must remain possible (never less than `minimum`); for sums, the range in per cent on either side of one
    of too few contributors. `round_base`: 0 to hide, 3 or 5 to round counts instead, by a secret draw
    (`seed` makes it repeatable: keep it secret too, for who knows it can replay the rounding). `margins`: what is
    published together, each a tuple of columns, () the grand total; every margin when left out. `dear`: those of them
    whose cells are hidden for the sake of others only where nothing else will do, as totals may be.
    Raises BadDesign when the parts contradict each other.
    """

    minimum: int = 3
    protect_zeros: bool = False
    dominance_n: int = 0
    dominance_k: float = 0.0
    p_percent: float = 0.0
    protection: float | None = None
    round_base: int = 0
    margins: tuple[tuple[str, ...], ...] | None = None
    dear: tuple[tuple[str, ...], ...] = ()
    seed: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that cannot be meant."""
        for name in ("minimum", "dominance_n", "round_base"):
            given = getattr(self, name)
            if isinstance(given, bool) or not isinstance(given, int):
                raise BadDesign(f"the disclosure rule does not hold: {name} must be a whole number, not {given!r}")
        checks = (
            (self.minimum >= 1, "minimum must be 1 (nothing is too small) or more"),
            (self.round_base in (0, 3, 5), "round_base must be 0, 3 or 5"),
            (self.dominance_n in (0, 1, 2), "dominance_n must be 0 (no such rule), 1 or 2"),
            (self.dominance_n == 0 or 0 < self.dominance_k < 100, "dominance_k must lie between 0 and 100 per cent"),
            (0 <= self.p_percent <= 100, "p_percent must lie between 0 and 100"),
            (self.protection is None or 0 < self.protection < math.inf, "protection must be more than nothing"),
            (self.seed is None or (type(self.seed) is int and self.seed >= 0), "seed must be a whole number from 0"),
            (self.margins is None or len(self.margins) > 0, "margins must name something to publish"),
        )
        for holds, remedy in checks:
            if not holds:
                raise BadDesign(f"the disclosure rule does not hold: {remedy}")

    @classmethod
    def from_toml(cls, path: Path) -> Rule:
        """The rule in the [rule] section of a TOML file. Raises BadDesign for a missing section or an unknown key."""
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise BadDesign(f"{path.name} is not TOML ({wrong}); correct it") from wrong
        section = document.pop("rule", None)
        if not isinstance(section, dict):
            raise BadDesign(f"{path.name} has no [rule] section; add one")
        for name in document:
            raise BadDesign(f"{path.name} has {name} outside [rule]; put it under [rule], or take it out")
        known = {part.name for part in fields(cls)}
        for key in section.keys() - known:
            raise BadDesign(
                f"{path.name} has {key} under [rule], which is no part of one; choose {', '.join(sorted(known))}"
            )
        for name in section.keys() & {"margins", "dear"}:
            lists = isinstance(section[name], list) and all(isinstance(one, list) for one in section[name])
            if not lists:
                raise BadDesign(
                    f'{path.name}: {name} is a list of lists of columns, as [["area"], ["area", "age"], []]'
                )
            section[name] = tuple(tuple(margin) for margin in section[name])
        try:
            return cls(**section)
        except TypeError as wrong:
            raise BadDesign(f"{path.name} has a value of the wrong kind under [rule] ({wrong}); correct it") from wrong

    def too_few(self, count: float) -> bool:
        """Whether a count is unsafe."""
        return 0 < count < self.minimum or (count == 0 and self.protect_zeros)

    def worth(self, figures: Mapping[Members, float], dear: Set[Members]) -> Floats:
        """What hiding each cell costs: a total more than its parts, not 1,000 times; a dear one DEAR times that."""
        return np.array([(DEAR if cell in dear else 1) * (1 + math.log1p(n)) for cell, n in figures.items()])

    def check(self, sums: bool, led: bool) -> None:
        """Raise BadDesign when a table of `sums` (else of counts), its largest contributions `led`, does not fit."""
        if (self.dominance_n or self.p_percent) and not led:
            raise BadDesign(
                "dominance and p_percent need the columns value, largest and second; give them or drop both"
            )
        if self.round_base and sums:
            raise BadDesign("only counts are rounded to a base; set round_base to 0 for a table of sums")

    def need(self, count: float, value: float | None, first: float, second: float) -> Need | None:
        """What the attacker's interval must reach down to, up to, and be wide; None for a safe cell.

        For a `value`, the sum of `count` contributions of which `first` and `second` are the largest, that is the
        sliding protection: as much more than the sum as would have made it safe (Cox, Suppression methodology and
        statistical disclosure control, JASA 75, 1980), and as much less, though never below zero.
        """
        if value is None:
            reach = 0.0, max(float(self.minimum), self.protection or 0.0), 0.0
            rounded = math.inf, -math.inf, self.round_base - 1.0
            return None if not self.too_few(count) else rounded if self.round_base else reach
        ranges = [(self.protection or SAFETY_PERCENT) / 100 * value if self.too_few(count) else 0.0]
        if self.dominance_n:
            ranges.append((first + second * (self.dominance_n == 2)) * 100 / self.dominance_k - value)
        if self.p_percent:
            ranges.append(self.p_percent / 100 * first - (value - first - second))
        room = max(ranges)
        return (max(0.0, value - room), value + room, 0.0) if room > CLOSE * value else None


@dataclass(frozen=True)
class Problem:
    """What is to be published, what is unsafe, and what is known already.

    `inner`: the true inner cells. `sums`: the members of each different cell to be published; `weights`: what hiding
    it costs; `must`: which of them are hidden whatever else is. `targets`: what must not be pinned. `earlier`: what
    is known already. `whole`: the inner cells are counts. `shape`: how they lie, by dimension.
    """

    inner: Floats
    shape: tuple[int, ...]
    sums: tuple[Members, ...]
    weights: Floats
    must: Flags
    targets: tuple[Target, ...]
    earlier: tuple[Known, ...]
    whole: bool


class _Proposals:
    """The yes/no program: which cells to hide, at the least cost that the conditions met so far allow."""

    def __init__(self, weights: Floats, must: Flags) -> None:
        self.size = len(weights)
        self.model = solver(mip_rel_gap=0.0)
        index = np.arange(self.size, dtype=np.int32)
        self.model.addVars(self.size, must.astype(np.float64), np.ones(self.size))
        self.model.changeColsCost(self.size, index, weights)
        self.model.changeColsIntegrality(self.size, index, np.ones(self.size, dtype=np.uint8))
        self.must = must

    def require(self, shares: Floats) -> None:
        """The shares of the cells that are hidden must add up to at least one."""
        index = np.flatnonzero(shares > CLOSE).astype(np.int32)
        self.model.addRow(1.0, math.inf, len(index), index, shares[index])

    def best(self) -> Flags:
        """The proposal of least cost. Hiding everything meets every condition, so there always is one."""
        self.model.run()
        if self.model.getInfo().primal_solution_status != FEASIBLE:
            return np.ones(self.size, dtype=np.bool_)
        values = np.array(self.model.getSolution().col_value)
        return np.asarray(values > 0.5) | self.must


class _Hiding:
    """The exchange between proposals and the attacker, or the quick cover of one unsafe cell after another."""

    def __init__(self, problem: Problem) -> None:
        """Lay out every sum of the problem and of the earlier publications in one system."""
        self.problem = problem
        unit = unit_of([float(problem.inner.sum())], problem.whole)
        sums = (*problem.sums, *(target.members for target in problem.targets))
        self.system = system_of(len(problem.inner), problem.earlier, sums, unit)
        self.low, self.high = self.system.low, self.system.high
        others = [problem.inner[list(members)].sum() for members in self.system.sums]
        self.truth = np.concatenate([problem.inner, np.array(others, dtype=np.float64)])
        self.places = np.array([self.system.place[members] for members in problem.sums], dtype=np.intp)
        # What everybody knows exactly already cannot be hidden any more, and is no help.
        self.free = self.low[self.places] < self.high[self.places]

    def cheapest(self) -> Flags:
        """Which of the cells to be published are hidden. Raises NoSolution where earlier publications give it away."""
        hidden = self.problem.must & self.free
        proposals = _Proposals(self.problem.weights, hidden)
        with shown("hiding", unit="rounds") as told:
            while conditions := self._attack(hidden):
                for shares in conditions:
                    proposals.require(shares)
                hidden = proposals.best() & self.free
                told(1)
        return hidden

    def quick(self) -> tuple[Flags, tuple[Floats, ...]]:
        """As `cheapest`, at a cost near the least rather than at it, and the tables that show it to be enough."""
        costs, must = np.zeros(len(self.truth)), np.zeros(len(self.truth), np.bool_)
        costs[self.places], must[self.places] = self.problem.weights, self.problem.must
        demands = demands_of(self.system, self.truth, self.problem.targets)
        cover = Cover(self.system, self.truth, costs, must, demands, self.problem.shape, self.problem.whole)
        if impossible := cover.hide():
            _given_away(impossible.target)
        cover.show_again()
        return np.asarray(cover.hidden[self.places] & self.free), tuple(cover.tables)

    def _search(self, hidden: Flags) -> Search:
        low, high = self.low.copy(), self.high.copy()
        open_places = self.places[~hidden & self.free]
        low[open_places] = high[open_places] = self.truth[open_places]
        self.system.bound(low, high)
        return Search(self.system, self.problem.targets, self.problem.whole)

    def _attack(self, hidden: Flags) -> list[Floats]:
        """What the attacker's answers to this proposal ask of the next one; nothing when he is kept off."""
        search = self._search(hidden)
        found = [shares for row in range(len(search.targets)) for shares in self._answers(search, row, hidden)]
        return found or self._whole_answers(search, hidden)

    def _answers(self, search: Search, row: int, hidden: Flags) -> list[Floats]:
        target, found = search.targets[row], []
        truth = float(self.problem.inner[list(target.members)].sum())
        if not target.holds(-math.inf, search.greatest[row]):
            upward = search.push(row, -1)
            if upward.multipliers is not None and not target.holds(-math.inf, -upward.value):
                found.append(self._condition(upward.multipliers, target.high - truth, target, hidden))
        if not target.holds(search.least[row], math.inf):
            downward = search.push(row, 1)
            if downward.multipliers is not None and not target.holds(downward.value, math.inf):
                found.append(self._condition(downward.multipliers, truth - target.low, target, hidden))
        return found

    def _condition(self, multipliers: Floats, need: float, target: Target, hidden: Flags) -> Floats:
        """How much of the `need` each cell would let the target move if hidden: the cut of Fischetti & Salazar.

        By duality no table moves the target further than the sum, over the sums that are not known exactly, of
        multiplier times slack; so the hidden cells' slacks must add up to the need.
        """
        slack = np.zeros(len(self.truth))
        down, up = multipliers > CLOSE, multipliers < -CLOSE
        slack[down] = multipliers[down] * (self.truth - self.low)[down]
        slack[up] = -multipliers[up] * (self.high - self.truth)[up]
        given = np.ones(len(slack), dtype=np.bool_)
        given[self.places[self.free]] = False
        need -= float(slack[given & np.isfinite(slack)].sum())
        if need <= CLOSE * self.system.unit:
            return self._one_more(hidden, target)
        shares = np.where(self.free, np.minimum(slack[self.places] / need, 1.0), 0.0)
        if shares[hidden].sum() >= 1.0 - CLOSE:  # rounding error in the multipliers: this answer teaches nothing
            return self._one_more(hidden, target)
        return shares if shares.sum() >= 1.0 - CLOSE else _given_away(target)

    def _one_more(self, hidden: Flags, target: Target) -> Floats:
        """Hiding less never keeps an attacker off who gets in already, so at least one more cell must be hidden."""
        shares = (self.free & ~hidden).astype(np.float64)
        return shares if shares.any() else _given_away(target)

    def _whole_answers(self, search: Search, hidden: Flags) -> list[Floats]:
        rows = (row for row in range(len(search.targets)) if search.pinned(row) is not None)
        row = next(rows, None)
        return [] if row is None else [self._one_more(hidden, search.targets[row])]


def hide(problem: Problem, least: bool = False) -> tuple[Flags, tuple[Floats, ...]]:
    """Which of the cells to be published are hidden: those that must be, and what else keeps the attacker off;
    and other tables that show it to be enough, where they were kept.

    `least`: at the least cost there is. What is known exactly already is never hidden. Raises NoSolution when the
    earlier publications give a target away.
    """
    hiding = _Hiding(problem)
    return (hiding.cheapest(), ()) if least else hiding.quick()


def _given_away(target: Target) -> Floats:
    raise NoSolution(
        f"{target.name} is pinned down by the earlier publications whatever is hidden now; "
        "withdraw one of them, or publish by a rule that asks less"
    )


def round_table(
    inner: Floats, sums: Sequence[Members], base: int, seed: int, fixed: Mapping[Members, int]
) -> tuple[Floats, int]:
    """The inner cells rounded to multiples of `base` so that all `sums` are too, and the furthest any may have moved.

    `fixed`: sums already published rounded, which keep their figures. Every sum moves less than `base` where such a
    table exists. Raises NoSolution when the fixed figures leave none.
    """
    rng = np.random.default_rng(seed)
    matrix = np.zeros((len(sums), len(inner)))
    for row, members in enumerate(sums):
        matrix[row, list(members)] = 1.0
    start = inner / base
    if len(inner) <= WALKABLE and not fixed:
        start = _walk(start, np.vstack([np.eye(len(inner)), matrix]), rng)
    near = np.rint(start)
    if not fixed and np.abs(near - start).max(initial=0.0) < CLOSE and _beside(matrix @ near, matrix @ (inner / base)):
        return near * base, base - 1
    goal = np.floor(start) + (rng.random(len(start)) < start - np.floor(start))
    pins = {row: fixed[members] / base for row, members in enumerate(sums) if members in fixed}
    for further in range(len(inner) + 1):
        found = _nearest(inner / base, goal, matrix, pins, further)
        if found is not None:
            return found * base, base * (1 + further) - 1
    raise NoSolution("no rounded table agrees with the rounded figures published before; publish the same cells again")


def _beside(rounded: Floats, true: Floats) -> bool:
    return bool((np.abs(rounded - true) < 1 - CLOSE).all())


def _walk(start: Floats, matrix: Floats, rng: np.random.Generator) -> Floats:
    """A fair random walk from `start` to a corner of the tables whose sums lie between neighbouring whole numbers."""
    place = start.copy()
    floor, ceiling = np.floor(matrix @ start + CLOSE), np.ceil(matrix @ start - CLOSE)
    for _ in range(len(matrix)):
        sums = matrix @ place
        tight = (sums - floor < CLOSE) | (ceiling - sums < CLOSE)
        direction = _direction(matrix[tight], len(start), rng)
        if direction is None:
            break
        change = matrix @ direction
        moving = ~tight & (np.abs(change) > CLOSE)
        ahead = np.where(change > 0, ceiling - sums, floor - sums)[moving] / change[moving]
        behind = np.where(change > 0, sums - floor, sums - ceiling)[moving] / change[moving]
        forward, back = float(ahead.min()), float(behind.min())
        # The odds against the lengths make the expected place the one we stand on.
        place = place + direction * (forward if rng.random() < back / (forward + back) else -back)
    return place


def _direction(tight: Floats, size: int, rng: np.random.Generator) -> Floats | None:
    """A random way to go that leaves every tight sum as it is, or None at a corner."""
    if not len(tight):
        return np.asarray(rng.standard_normal(size))
    _, values, vectors = np.linalg.svd(tight, full_matrices=True)
    rank = int((values > CLOSE).sum())
    if rank == size:
        return None
    direction = rng.standard_normal(size - rank) @ vectors[rank:]
    return np.asarray(direction / np.abs(direction).max())


def _nearest(true: Floats, goal: Floats, matrix: Floats, pins: Mapping[int, float], further: int) -> Floats | None:
    """The whole-number table nearest to `goal`, its sums beside the true ones, margins `further` steps off allowed."""
    model = solver()
    floor, size = np.floor(true + CLOSE), len(true)
    model.addVars(size, floor, np.ceil(true - CLOSE))
    index = np.arange(size, dtype=np.int32)
    model.changeColsIntegrality(size, index, np.ones(size, dtype=np.uint8))
    model.changeColsCost(size, index, np.where(goal > floor, -1.0, 1.0))
    for row, sums in enumerate(matrix):
        low, high = math.floor(sums @ true + CLOSE) - further, math.ceil(sums @ true - CLOSE) + further
        if row in pins:
            low = high = int(pins[row])
        members = np.flatnonzero(sums).astype(np.int32)
        model.addRow(float(low), float(high), len(members), members, np.ones(len(members)))
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.asarray(np.rint(np.array(model.getSolution().col_value)))
