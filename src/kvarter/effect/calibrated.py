"""Estimates with calibrated weights: what the margins explain of an answer adds no variance.

The residual method (Deville & Särndal 1992, 3.4): an estimate's influence u on a row is replaced by its residual
u - x'β on the margins x, and its variance is that of the sum of w g (u - x'β). It is had from the cube, since rows in
one combination of margins have one x'β.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.asking import make_cube
from kvarter.effect.choosing import chosen, column_names
from kvarter.effect.columns import LABEL_OF_MISSING, SAY_HOW, Missing, refuse
from kvarter.effect.cube import Answers, Cube
from kvarter.effect.design import Design
from kvarter.effect.errors import BadData, NotAnswerable
from kvarter.effect.estimates import degrees, simple_variance, without_noise
from kvarter.effect.growing import rank
from kvarter.effect.intervals import Interval, check_level, share_interval, t_interval
from kvarter.effect.margins import Margins
from kvarter.effect.units import spread
from kvarter.effect.weighting import Calibrated, together

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
WEIGHT, BASE, NO_GROUP = "calibrated weight", "weight before", "no group"
Parts = tuple[tuple[str | None, str], ...]


@dataclass(frozen=True)
class CalibratedCube:
    """A cube of the new weights, grouped by the margins' columns too, and one of the old, which β is fitted with.

    parts: for each mean (and each share, where margins are numbers) the columns that the item's numbers, or its
    categories as 0 and 1, are summed in, 0 where nobody answered.
    """

    cube: Cube
    fitted: Cube
    margins: Margins = field(repr=False)
    by: tuple[str, ...]
    parts: Mapping[str, Parts]


def calibrated_cube(
    data: Any,
    design: Design,
    calibrated: Calibrated,
    *,
    means: Sequence[str] = (),
    shares: Sequence[str] = (),
    by: Sequence[str] = (),
    missing: Missing | str = Missing.FAIL,
) -> CalibratedCube:
    """The cube of data whose rows have the calibrated weights.

    missing: as in `make_cube`; with drop, rows without an answer or a group stay in the sample and in the fit of what
    the margins explain, as in R's `svymean(na.rm = TRUE)` and in a subset of a calibrated design.
    """
    means, shares, by = column_names(means, "means"), column_names(shares, "shares"), column_names(by, "by")
    way = chosen(Missing, missing, "missing")
    frame = pl.from_arrow(together(data, [*means, *shares, *by, *calibrated.margins.columns, *design.columns]))
    assert isinstance(frame, pl.DataFrame), "a table is a frame"
    _check_same_rows(frame, calibrated)
    frame = frame.with_columns(pl.Series(WEIGHT, calibrated.weights), pl.Series(BASE, calibrated.base))
    totals = list(calibrated.margins.totals)
    crossed = [*by, *(n for names in calibrated.margins.counts for n in names if n not in by)]
    if way is Missing.DROP and by:
        frame, crossed = _with_all_groups(frame, by), [*crossed, NO_GROUP]
    frame, parts = _with_numbers(frame, means, shares if totals else (), way)
    flags = [_flag(item) for item in parts]

    def made(weights: str) -> Cube:
        return make_cube(
            frame,
            replace(design, weights=weights),
            shares=flags if totals else [*flags, *shares],
            together=[(*(name for _c, name in part), _flag(item), *totals) for item, part in parts.items()],
            by=list(dict.fromkeys(crossed)),
            missing=way,
        )

    return CalibratedCube(made(WEIGHT), made(BASE), calibrated.margins, by, parts)


def _check_same_rows(frame: pl.DataFrame, calibrated: Calibrated) -> None:
    """Weights are laid beside rows in their order: raise BadData unless these are the rows they were made of, as far as
    weights depend on them. Rows alike in all that have the same weight, so those may be in any order.
    """
    seen = calibrated.seen
    if not seen.equals(frame.select(seen.columns).cast(seen.schema, strict=False)):
        raise BadData(
            "These are not the rows that the weights were made of, or not in that order: give the same data, in the "
            "same order, as to calibrate."
        )


def _with_all_groups(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Rows without a group put in some group, and told apart by a column, so that they stay in the sample."""
    lost = pl.any_horizontal(pl.col(name).is_null() for name in by)
    some = [pl.col(name).fill_null(pl.col(name).drop_nulls().first()) for name in by]
    return frame.with_columns(*some, lost.alias(NO_GROUP))


def _flag(item: str) -> str:
    return f"{item} is answered"


def _with_numbers(
    frame: pl.DataFrame, means: Sequence[str], shares: Sequence[str], missing: Missing
) -> tuple[pl.DataFrame, dict[str, Parts]]:
    """Columns of numbers for every item, 0 where nobody answered, and which they are."""
    parts: dict[str, Parts] = {}
    for item in dict.fromkeys([*means, *shares]):
        kind = frame[item].dtype
        answer = pl.col(item).fill_nan(None) if kind.is_float() else pl.col(item)
        empty = frame.select(answer.is_null().alias(item))[item]
        if missing is Missing.FAIL or (missing is Missing.CATEGORY and item in means):
            refuse(item, empty.arg_true().to_numpy().astype(np.int64), 0, "has no answer", SAY_HOW)
        if missing is Missing.CATEGORY and empty.any():
            answer, empty = answer.cast(pl.String).fill_null(LABEL_OF_MISSING), empty & ~empty
        columns: list[tuple[str | None, str, pl.Expr]] = []
        if item in means:
            if not (kind.is_numeric() or kind == pl.Boolean):
                raise NotAnswerable(f"Column {item}: holds {kind}, so it has no mean. Ask for its shares instead.")
            columns.append((None, f"{item} as a number", answer.cast(pl.Float64)))
        if item in shares:
            levels = sorted(frame.select(answer.drop_nulls().unique())[item].to_list(), key=rank)
            columns += [(str(level), f"{item} = {level}", (answer == level).cast(pl.Float64)) for level in levels]
        frame = frame.with_columns(
            *(made.fill_null(0.0).alias(name) for _category, name, made in columns),
            (~empty).cast(pl.Int8).alias(_flag(item)),
        )
        parts[item] = tuple((category, name) for category, name, _made in columns)
    return frame, parts


@dataclass(frozen=True)
class _Basis:
    """An item's sums on columns φ: products by weight and by squared weight, (cells, j, j).

    one: the place of the column that is 1 for every row; numbers: the places of the number margins.
    fitted: the products by the weights that β is fitted with. answered: answers by cell. upper: for each estimate
    its category, and what of φ it adds up; lower: what of φ is 1 for those who answered.
    """

    products: Floats
    q: Floats
    fitted: Floats
    one: int
    numbers: tuple[int, ...]
    answered: Floats
    upper: list[tuple[str | None, Floats]]
    lower: Floats

    @property
    def w(self) -> Floats:
        """The weighted sums: (cells, j)."""
        return self.products[:, self.one]


def estimate_calibrated(
    held: CalibratedCube,
    *,
    means: Sequence[str] = (),
    shares: Sequence[str] = (),
    totals: Sequence[str] = (),
    interval: Interval | str = Interval.BETA,
    level: float = 0.95,
) -> pl.DataFrame:
    """Estimates in a tidy table, as `estimate` gives them, for the groups the cube was asked for.

    The figure is that of `estimate` with the calibrated weights; its variance is that of the residuals: with u a row's
    influence (y - mean) / sum w, it is of the sum of w (u - x'β), β = (sum d x x')⁻¹ sum d x u, with the weights d from
    before calibration (Deville & Särndal 1992; R: svymean on a calibrated design). Raises NotAnswerable for what the
    cube does not hold, BadDesign for a stratum with one unit.
    """
    held.cube.units.check_single()
    check_level(level)
    asked = (("mean", means, "means"), ("share", shares, "shares"), ("total", totals, "totals"))
    wanted = [(name, statistic) for statistic, given, key in asked for name in column_names(given, key)]
    method = chosen(Interval, interval, "interval")
    if not wanted:
        raise NotAnswerable("Nothing was asked for. Name items, shares or totals.")
    into, groups = _domains(held.cube, held.by)
    rows = []
    for item, statistic in wanted:
        basis = _basis(held, item, statistic)
        for number in range(max(1, groups.height)):
            label = groups.row(number, named=True) if held.by else {}
            inside = into == number
            for category, upper in basis.upper:
                told = {"item": item, "category": category, "statistic": statistic, **label}
                one = _One(basis, upper, inside, total=statistic == "total")
                rows.append(told | _estimated(held, one, method if statistic == "share" else None, level))
    return pl.DataFrame(rows, infer_schema_length=None)


def _domains(cube: Cube, by: Sequence[str]) -> tuple[Ints, pl.DataFrame]:
    """The group asked for that each cell lies in, and the groups in order."""
    if not by:
        return np.zeros(len(cube.group), np.int64), pl.DataFrame()
    kept = cube.groups.select(by)
    known = ~cube.groups[NO_GROUP] if NO_GROUP in cube.by else pl.Series([True]).new_from_index(0, kept.height)
    groups = kept.filter(known).unique().sort(list(by), nulls_last=True).with_row_index(" place")
    joined = kept.join(groups, on=list(by), how="left", nulls_equal=True, maintain_order="left")
    place = np.where(known.to_numpy(), joined[" place"].fill_null(0).to_numpy().astype(np.int64), -1)
    return place[cube.group], groups.drop(" place")


def _basis(held: CalibratedCube, item: str, statistic: str) -> _Basis:
    part = [one for one in held.parts.get(item, ()) if (one[0] is None) == (statistic != "share")]
    if part:
        return _of_numbers(held, item, part)
    found, before = held.cube.find_answers(item), held.fitted.find_answers(item)
    if found is None or before is None:
        asked = "shares" if statistic == "share" else "means"
        raise NotAnswerable(f"The cube has no sums of {item}. Build it with {asked}=[{item!r}].")
    answers, place = found
    levels, (w, q) = answers.levels[place], _with_all(answers, place)
    lower = np.zeros(w.shape[1])
    lower[: len(levels)] = 1.0
    upper: list[tuple[str | None, Floats]] = [(str(level), np.eye(len(lower))[k]) for k, level in enumerate(levels)]
    if statistic != "share":
        upper = [(None, np.r_[answers.scores(place)[:-1], 0.0])]
    answered = answers.n[place, :, :-1].sum(1)
    return _Basis(w, q, _with_all(*before)[0], w.shape[1] - 1, (), answered, upper, lower)


def _of_numbers(held: CalibratedCube, item: str, part: Parts | list[tuple[str | None, str]]) -> _Basis:
    numbers, flag = list(held.margins.totals), _flag(item)
    columns = [*(name for _category, name in held.parts[item]), flag, *numbers]
    moments = held.cube.find_moments(columns)
    fitted = held.fitted.find_moments(columns).shifted(moments.shift)

    def picked(column: str) -> Floats:
        place, found = moments.columns.index(column), np.zeros(len(moments.columns) + 1)
        found[place + 1], found[0] = 1.0, moments.shift[place]
        return found

    answers = held.cube.find_answers(flag)
    assert answers is not None, "the flag is kept by category"
    counts, place = answers
    answered = sum(
        (counts.n[place, :, k] for k, level in enumerate(counts.levels[place]) if level), np.zeros(len(moments.n))
    )
    upper = [(category, picked(name)) for category, name in part]
    places = tuple(moments.columns.index(name) + 1 for name in numbers)
    return _Basis(moments.w, moments.q, fitted.w, 0, places, answered, upper, picked(flag))


def _with_all(answers: Answers, item: int) -> tuple[Floats, Floats]:
    """Products of (categories, 1): the last column is 1 for every row, with an answer or without."""
    made = []
    for sums in (answers.w[item], answers.q[item]):
        cells, width = sums.shape
        products = np.zeros((cells, width, width))
        place = np.arange(width - 1)
        products[:, place, place] = sums[:, :-1]
        products[:, place, -1] = products[:, -1, place] = sums[:, :-1]
        products[:, -1, -1] = sums.sum(1)
        made.append(products)
    return made[0], made[1]


@dataclass(frozen=True)
class _One:
    """One estimate: of a basis, what it adds up, the cells of its domain, and whether it is a total."""

    basis: _Basis
    upper: Floats
    inside: npt.NDArray[np.bool_]
    total: bool

    @property
    def over(self) -> float:
        """The weights of those who answered."""
        return float(self.basis.lower @ self.basis.w[self.inside].sum(0))

    @property
    def mean(self) -> float:
        """The mean, or the share."""
        return float(self.upper @ self.basis.w[self.inside].sum(0)) / self.over if self.over else float("nan")

    @property
    def value(self) -> float:
        """The estimate."""
        return self.mean * self.over if self.total else self.mean

    @property
    def centred(self) -> Floats:
        """The influence of the mean on φ."""
        found: Floats = np.nan_to_num((self.upper - self.mean * self.basis.lower) / (self.over or 1.0))
        return found

    @property
    def away(self) -> Floats:
        """The influence of the estimate on φ."""
        return self.upper if self.total else self.centred

    def simple(self, n: Floats) -> float:
        """What a simple sample of as many would give."""
        products = self.basis.products[self.inside].sum(0)
        around = np.array([self.centred @ products @ self.centred * self.over])
        return float(simple_variance(around, n, np.array([self.over]))[0]) * (self.over**2 if self.total else 1.0)


def _estimated(held: CalibratedCube, one: _One, interval: Interval | None, level: float) -> dict[str, Any]:
    """One estimate with the uncertainty of its residuals."""
    cube, basis, inside = held.cube, one.basis, one.inside
    residual = np.where(inside[:, None], one.away, 0.0) - _explained(held, basis, one.away, inside)
    sums = np.einsum("cj,cj->c", basis.w, residual)[:, None]
    squares = np.einsum("ci,cij,cj->c", residual, basis.q, residual)[:, None]
    zero = np.zeros(len(cube.group), np.int64)
    variance = float(spread(cube.units, cube.leaf, zero, 1, sums, squares)[0, 0])
    answered = np.where(inside, basis.answered, 0.0)
    df = np.array([float(degrees(replace(cube, group=zero, groups=pl.DataFrame()), answered[:, None])[0, 0])])
    n, value = np.array([answered.sum()]), np.array([one.value])
    se = np.where((df < 1) | (n == 0), np.nan, without_noise(np.sqrt(np.array([max(variance, 0.0)])), value))
    simple = one.simple(n)
    low, high = share_interval(value, se, n, df, interval, level) if interval else t_interval(value, se, df, level)
    return {
        "n": int(n[0]),
        "estimate": one.value,
        "se": float(se[0]),
        "ci_low": float(low[0]),
        "ci_high": float(high[0]),
        "df": float(df[0]),
        "deff": variance / simple if simple > 0 and se[0] > 0 else float("nan"),
    }


def _explained(held: CalibratedCube, basis: _Basis, away: Floats, inside: npt.NDArray[np.bool_]) -> Floats:
    """What the margins explain of an influence, as an influence on the columns φ of each cell: x'β."""
    dummies, numbers, one, p = _dummies(held), list(basis.numbers), basis.one, basis.fitted
    right = p @ away * inside[:, None]
    xx = np.block(
        [
            [dummies.T @ (dummies * p[:, one, one][:, None]), dummies.T @ p[:, one][:, numbers]],
            [(dummies.T @ p[:, one][:, numbers]).T, p.sum(0)[np.ix_(numbers, numbers)]],
        ]
    )
    xu = np.r_[dummies.T @ right[:, one], right.sum(0)[numbers]]
    size = np.sqrt(np.maximum(np.diagonal(xx), 1e-300))  # so that no column is lost for the unit it is counted in
    beta = np.linalg.lstsq(xx / np.outer(size, size), xu / size, rcond=1e-12)[0] / size
    found = np.zeros_like(basis.w)
    found[:, one] = dummies @ beta[: dummies.shape[1]]
    found[:, numbers] += beta[dummies.shape[1] :]
    return found


def _dummies(held: CalibratedCube) -> Floats:
    """Which combination of each margin a cell is in: 0 or 1, (cells, combinations of all margins)."""
    groups, blocks = held.cube.groups, []
    for names, counts in held.margins.counts.items():
        places = {tuple(map(str, key)): n for n, key in enumerate(counts)}
        block = np.zeros((groups.height, len(counts)))
        for row, key in enumerate(groups.select(names).iter_rows()):
            block[row, places[tuple(map(str, key))]] = 1.0
        blocks.append(block)
    if not blocks:
        return np.zeros((len(held.cube.group), 0))
    return np.concatenate(blocks, axis=1)[held.cube.group]
