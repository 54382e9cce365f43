"""Change between waves, and whether it can be called one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse, special

from kvarter.effect import estimates as es
from kvarter.effect.choosing import column_names
from kvarter.effect.contrasts import Contrast, adjusted, check_adjust, contrast
from kvarter.effect.counts import Direction
from kvarter.effect.cube import Cube
from kvarter.effect.errors import BadData, NotAnswerable
from kvarter.effect.estimates import Linear
from kvarter.effect.intervals import check_level
from kvarter.effect.units import Units

Floats = npt.NDArray[np.float64]
POWER = 0.8


class Verdict(StrEnum):
    """What may be said of a change. CHANGED is for an item without a wanted direction, KEPT for one to maintain."""

    BETTER = "demonstrably better"
    WORSE = "demonstrably worse"
    UNCHANGED = "no demonstrable change"
    UNMEASURABLE = "cannot be measured"
    CHANGED = "demonstrable change"
    KEPT = "demonstrably maintained"


@dataclass(frozen=True)
class Aim:
    """A wanted direction. margin: for MAINTAIN, how far it may move and still be called kept; for the others, the
    smallest change that matters, if one is agreed: where even that could not have been seen, nothing can be said.
    """

    direction: Direction = Direction.NONE
    margin: float | None = None

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "direction", Direction(self.direction))
        except ValueError as error:
            raise BadData(f"{self.direction!r} is no direction: give one of {', '.join(Direction)}.") from error
        if self.direction is Direction.MAINTAIN and not (self.margin and self.margin > 0):
            raise BadData("An item to maintain needs a margin above 0: how far may it move and still be kept?")
        if self.margin is not None and not 0 < self.margin < math.inf:
            raise BadData(f"A margin of {self.margin:g} is no change that matters: give one above 0, or none.")


def change(
    cube: Cube,
    wave: str,
    items: Sequence[str] = (),
    *,
    shares: Sequence[str] = (),
    reference: Mapping[str, Any] | None = None,
    aims: Mapping[str, Aim] | None = None,
    waves: Sequence[Any] | None = None,
    adjust: str = "bh",
    level: float = 0.95,
) -> pl.DataFrame:
    """Every pair of waves compared, in every group; with a reference, the difference of differences too.

    cube: grouped by the wave and any other columns, with the person among the design's clusters so that those who
    answered twice count as one unit. No finite population correction is taken: the waves are drawn anew, and years
    apart, from a population that moves, so the change is that of the process behind it. reference: the group to
    compare with, as {"area": "rest"}. aims: by item, or by "item=category" for shares. waves: their order, needed for
    names without a number in them.
    A change d = θ_later - θ_earlier has var(d) = var(θ_later) + var(θ_earlier) - 2 cov, from the sum by unit of both
    waves' linearised values (Kish 1965, 12.4; R: svycontrast on svyby); t = d / se. The smallest detectable change is
    (t(1 - alpha/2) + t(0.8)) se. A difference of differences is that of two changes, in the same way.
    p_adjusted is over all rows given; a change is called one when it is at most 1 - level. Columns: item, the groups,
    wave_from, wave_to, n_from, n_to, estimate_from, estimate_to, change, se, ci_low, ci_high, df, p, p_adjusted,
    verdict, smallest_detectable. p is of the difference; for an item to maintain it is that of the equivalence test,
    and the verdict is "demonstrably maintained" when that is seen, "demonstrable change" when it is not and the
    difference is, and otherwise "cannot be measured". Raises NotAnswerable for one wave alone, or a reference that is
    not there. Where the reference has no answers in a wave the difference of differences "cannot be measured".
    """
    check_level(level)
    items, shares = column_names(items, "items"), column_names(shares, "shares")
    if not (items or shares):
        raise NotAnswerable("Nothing was asked for. Name items or shares.")
    check_adjust(adjust)
    cube = _with_replacement(cube)
    cube.units.check_single()
    order = _order(cube, wave, waves)
    if reference:
        _check_reference(cube, reference)
        cube = _with_reference(cube, reference)
    rows = [_Row.pairs(cube, wave, order), *([_Row.differences(cube, wave, order, reference)] if reference else [])]
    frames, asked = [], _asked(cube, items, shares)
    _check_aims(aims or {}, [label for label, *_rest in asked])
    for label, linear, place, answered in asked:
        aim = (aims or {}).get(label, Aim())
        for some in rows:
            if some.labels.height:
                frames.append(_compared(cube, some, label, linear, place, answered, aim, level))
    if not frames:
        raise NotAnswerable("No group has answers in two waves, so there is no change to see.")
    return judged(pl.concat(frames, how="vertical_relaxed"), adjust, level).select(_columns(cube, wave))


def _columns(cube: Cube, wave: str) -> list[str]:
    groups = [name for name in cube.by if name != wave]
    ends = ["wave_from", "wave_to", "n_from", "n_to", "estimate_from", "estimate_to"]
    tests = ["change", "se", "ci_low", "ci_high", "df", "p", "p_adjusted", "verdict", "smallest_detectable"]
    return ["item", *groups, *ends, *tests]


def _with_replacement(cube: Cube) -> Cube:
    """The cube without populations. Raises NotAnswerable when its weights follow from them, over all waves at once."""
    if not cube.design.population:
        return cube
    if cube.design.weights is None:
        raise NotAnswerable(
            "Weights that follow from the population would be those of all waves taken together. Give a weight column, "
            "with the weight each answer has in its own wave."
        )
    return replace(cube, units=Units(replace(cube.design, population=()), cube.units.table))


def _order(cube: Cube, wave: str, waves: Sequence[Any] | None) -> dict[Any, int]:
    """The place of each wave in time. Raises NotAnswerable for one alone, or names that do not tell their order."""
    if wave not in cube.by:
        raise NotAnswerable(f"The cube is not grouped by {wave}. Build it with by=[{wave!r}, …].")
    found = cube.groups[wave].unique().to_list()
    if len(found) < 2:
        raise NotAnswerable(f"Column {wave}: there is only the wave {found[0]!r}. A change needs two.")
    if waves is not None:
        named = [str(one) for one in waves]
        if lost := [one for one in found if str(one) not in named]:
            raise NotAnswerable(f"Column {wave}: {lost[0]!r} has no place in the order given. Name every wave.")
        return {one: named.index(str(one)) for one in found}
    if any(isinstance(one, str) and not any(c.isdigit() for c in one) for one in found):
        names = ", ".join(map(str, found))
        raise NotAnswerable(f"Column {wave}: which of {names} came first? Give their order: waves=[…], or --waves.")
    return {one: place for place, one in enumerate(sorted(found, key=_by_number))}


def _by_number(wave: Any) -> list[tuple[int, Any]]:
    """Numbers within a name count as numbers: wave 2 comes before wave 10."""
    if not isinstance(wave, str):
        return [(0, wave)]
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", wave) if part]


def check_kind(name: str, aim: Any) -> None:
    """Raise BadData for an aim that is none."""
    if not isinstance(aim, Aim):
        ways = ", ".join(Direction)
        raise BadData(f'The aim of {name!r} is {aim!r}: give Aim("more") or Aim("maintain", 0.1), one of {ways}.')


def _check_aims(aims: Mapping[str, Aim], labels: list[str]) -> None:
    for name, aim in aims.items():
        check_kind(name, aim)
        if name not in labels:
            raise NotAnswerable(f"There is no {name!r} to have an aim for: give one of {', '.join(labels)}.")


def _check_reference(cube: Cube, reference: Mapping[str, Any]) -> None:
    """There is such a group; and areas are not themselves the sampled units, as then one area shows no spread."""
    for name, value in reference.items():
        have = list(dict.fromkeys(map(str, cube.groups[name].to_list()))) if name in cube.by else []
        if str(value) not in have:
            raise NotAnswerable(
                f"There is no group with {name} = {value!r} to compare with. There are {', '.join(have) or 'none'}; "
                "SPSS and Stata files give their stored values, not labels."
            )
        if name in cube.design.clusters[:1]:
            raise NotAnswerable(
                f"{name} is the sampled unit itself, and one area alone has no spread to judge its change by. "
                "Use against_others, which judges it by how much the other areas' changes differ."
            )


def _values(cube: Cube, reference: Mapping[str, Any]) -> dict[str, Any]:
    """The reference's values as the cube has them, where numbers may have been told as texts."""
    return {
        name: next(value for value in cube.groups[name].to_list() if str(value) == str(wanted))
        for name, wanted in reference.items()
    }


def _with_reference(cube: Cube, reference: Mapping[str, Any]) -> Cube:
    """The cube with an empty group wherever the reference of a group has no answers, so that its row is not lost."""
    kinds = cube.groups.schema
    values = _values(cube, reference)
    like = cube.groups.with_columns(pl.lit(value, dtype=kinds[name]).alias(name) for name, value in values.items())
    lost = like.unique(maintain_order=True).join(cube.groups, on=cube.by, how="anti", nulls_equal=True)
    return replace(cube, groups=pl.concat([cube.groups, lost])) if lost.height else cube


@dataclass(frozen=True)
class _Row:
    """Rows to be: their labels, and the groups each takes from and to, with signs."""

    labels: pl.DataFrame
    weights: sparse.csr_array
    start: sparse.csr_array
    end: sparse.csr_array

    @classmethod
    def pairs(cls, cube: Cube, wave: str, order: Mapping[Any, int]) -> _Row:
        """Later less earlier, in each group."""
        return cls._made(cube, wave, [(group, {a: 1.0}, {b: 1.0}) for group, a, b, _e in _pairs(cube, wave, order)])

    @classmethod
    def differences(cls, cube: Cube, wave: str, order: Mapping[Any, int], reference: Mapping[str, Any]) -> _Row:
        """The change of each group less that of the reference group like it."""
        pairs = {(frozenset(group.items()), ends): (a, b) for group, a, b, ends in _pairs(cube, wave, order)}
        found = []
        values = _values(cube, reference)
        for group, a, b, ends in _pairs(cube, wave, order):
            other = {**group, **values}
            if other == group or (frozenset(other.items()), ends) not in pairs:
                continue
            c, d = pairs[frozenset(other.items()), ends]
            label = {**group, **{n: f"{group[n]} - {values[n]}" for n in reference}}
            found.append((label, {a: 1.0, c: -1.0}, {b: 1.0, d: -1.0}))
        return cls._made(cube, wave, found)

    @classmethod
    def _made(
        cls, cube: Cube, wave: str, found: list[tuple[dict[str, Any], dict[int, float], dict[int, float]]]
    ) -> _Row:
        names = [name for name in cube.by if name != wave]
        starts, ends = [start for _label, start, _end in found], [end for _label, _start, end in found]
        labels = {name: [str(row[0][name]) for row in found] for name in names}
        waves = cube.groups[wave].to_list()
        labels["wave_from"] = [str(waves[next(iter(row))]) for row in starts]
        labels["wave_to"] = [str(waves[next(iter(row))]) for row in ends]
        start, end = _matrix(starts, cube.many), _matrix(ends, cube.many)
        return cls(pl.DataFrame(labels), sparse.csr_array(end - start), start, end)


def _matrix(rows: list[dict[int, float]], many: int) -> sparse.csr_array:
    where = [(n, group, sign) for n, row in enumerate(rows) for group, sign in row.items()]
    data = np.array([sign for *_, sign in where])
    index = (np.array([n for n, *_ in where], int), np.array([g for _, g, _ in where], int))
    return sparse.csr_array((data, index), shape=(len(rows), many))


def _pairs(cube: Cube, wave: str, order: Mapping[Any, int]) -> list[tuple[dict[str, Any], int, int, tuple[Any, Any]]]:
    """For each group and pair of its waves, the earlier first: the group, the two places, the two waves."""
    names = [name for name in cube.by if name != wave]
    by_group: dict[tuple[Any, ...], list[tuple[Any, int]]] = {}
    for place, row in enumerate(cube.groups.iter_rows(named=True)):
        by_group.setdefault(tuple(row[name] for name in names), []).append((row[wave], place))
    return [
        (dict(zip(names, group, strict=True)), a, b, (first, second))
        for group, waves in by_group.items()
        for (first, a), (second, b) in combinations(sorted(waves, key=lambda one: order[one[0]]), 2)
    ]


def _asked(cube: Cube, items: Sequence[str], shares: Sequence[str]) -> list[tuple[str, Linear, int, Floats]]:
    """For each figure: its label, the estimates it is among, its place there, and the answers by cell."""
    found: list[tuple[str, Linear, int, Floats]] = []
    for item in items:
        linear, answered = es.mean_of(cube, item)
        found.append((item, linear, 0, answered))
    for item in shares:
        held = cube.find_answers(item)
        if held is None:
            raise NotAnswerable(f"The cube does not keep {item} by category. Build it with shares=[{item!r}].")
        answers, place = held
        linear, answered = es.shares_of(cube, answers, np.array([place])), answers.n[place, :, :-1].sum(1)[:, None]
        found += [(f"{item}={name}", linear, k, answered) for k, name in enumerate(answers.levels[place])]
    return found


def _compared(
    cube: Cube, some: _Row, label: str, linear: Linear, place: int, answered: Floats, aim: Aim, level: float
) -> pl.DataFrame:
    one = Linear(
        *(
            values[:, place : place + 1]
            for values in (linear.estimate, linear.n, linear.simple, linear.sums, linear.squares)
        )
    )
    found = contrast(cube, one, some.weights, answered)
    n = one.n
    estimate = np.where(n > 0, one.estimate, np.nan)
    low, high = found.interval(level)
    p = equivalence(found, aim.margin or 0) if aim.direction is Direction.MAINTAIN else found.p
    columns = {
        "n_from": (abs(some.start) @ n)[:, 0].astype(np.int64),
        "n_to": (abs(some.end) @ n)[:, 0].astype(np.int64),
        "estimate_from": _added(some.start, estimate),
        "estimate_to": _added(some.end, estimate),
        "change": found.estimate[:, 0],
        "se": found.se[:, 0],
        "ci_low": low[:, 0],
        "ci_high": high[:, 0],
        "df": found.df[:, 0].astype(float),
        "p": p[:, 0],
        "_p_of_change": found.p[:, 0],
        "smallest_detectable": smallest_detectable(found.se, found.df, level)[:, 0],
    }
    told = {"item": label, "_direction": aim.direction.value, "_margin": aim.margin}
    frame = pl.concat([some.labels, pl.DataFrame(columns)], how="horizontal")
    return frame.with_columns(
        pl.lit(value, dtype=pl.Float64 if name == "_margin" else pl.String).alias(name) for name, value in told.items()
    )


def _added(weights: sparse.csr_array, estimate: Floats) -> Floats:
    """Weighted estimates added up; NaN where one of them is not known."""
    unknown = abs(weights) @ np.isnan(estimate).astype(float)
    return np.asarray(np.where(unknown > 0, np.nan, weights @ np.nan_to_num(estimate))[:, 0], float)


def smallest_detectable(se: Floats, df: Floats, level: float = 0.95, power: float = POWER) -> Floats:
    """The change that would have been seen four times in five: (t(1 - alpha/2) + t(power)) se."""
    known = np.where(df >= 1, df, np.nan)
    return np.asarray((special.stdtrit(known, 0.5 + level / 2) + special.stdtrit(known, power)) * se, float)


def equivalence(found: Contrast, margin: float | Floats) -> Floats:
    """Two one-sided tests that the difference lies within the margin (Schuirmann 1987): the larger p."""
    df = np.where((found.df >= 1) & (found.se > 0), found.df, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        below, above = (found.estimate + margin) / found.se, (margin - found.estimate) / found.se
    return np.asarray(np.maximum(special.stdtr(df, -below), special.stdtr(df, -above)), float)


def judged(table: pl.DataFrame, adjust: str, level: float) -> pl.DataFrame:
    """The rows with p_adjusted, over all of them, and a verdict.

    table: change, p, smallest_detectable, and of each row's aim _direction, _margin and _p_of_change (that of the
    difference, where p is of the equivalence). adjust: see `adjusted`.
    """
    table = table.with_columns(
        pl.Series(name, adjusted(table[of].to_numpy(), adjust))
        for name, of in (("p_adjusted", "p"), ("_change_adjusted", "_p_of_change"))
    )
    verdicts = [_verdict(row, 1 - level).value for row in table.iter_rows(named=True)]
    return table.with_columns(pl.Series("verdict", verdicts, dtype=pl.String))


def _verdict(row: dict[str, Any], alpha: float) -> Verdict:
    """What one row allows to be said: by the test of the difference itself, never by two intervals that overlap."""
    if row["p_adjusted"] is None or np.isnan(row["p_adjusted"]):
        return Verdict.UNMEASURABLE
    seen, direction, margin = row["p_adjusted"] <= alpha, Direction(row["_direction"]), row["_margin"]
    if direction is Direction.MAINTAIN:
        changed = row["_change_adjusted"] <= alpha
        return Verdict.KEPT if seen else Verdict.CHANGED if changed else Verdict.UNMEASURABLE
    if not seen:
        blind = margin is not None and row["smallest_detectable"] > margin
        return Verdict.UNMEASURABLE if blind else Verdict.UNCHANGED
    if direction is Direction.NONE:
        return Verdict.CHANGED
    return Verdict.BETTER if (row["change"] > 0) is (direction is Direction.MORE) else Verdict.WORSE
