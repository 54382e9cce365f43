"""Estimates with calibrated weights: what the margins explain of an answer adds no variance.

The residual method (Deville & Särndal 1992, 3.4): an estimate's influence u on a row is replaced by its residual
u - x'β on the margins x, and its variance is that of the sum of w g (u - x'β). It is had from the cube, since rows in
one combination of margins have one x'β.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.asking import make_cube
from kvarter.effect.columns import Missing
from kvarter.effect.cube import Answers, Cube
from kvarter.effect.design import Design
from kvarter.effect.errors import NotAnswerable
from kvarter.effect.estimates import degrees, simple_variance
from kvarter.effect.intervals import Interval, share_interval, t_interval
from kvarter.effect.margins import Margins
from kvarter.effect.units import spread
from kvarter.effect.weighting import Calibrated, together

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
WEIGHT, BASE = "calibrated weight", "weight before"


@dataclass(frozen=True)
class CalibratedCube:
    """A cube of the new weights, grouped by the margins' columns too, and one of the old, which β is fitted with."""

    cube: Cube
    fitted: Cube
    margins: Margins
    by: tuple[str, ...]


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
    """The cube of data whose rows have the calibrated weights. Number margins are summed together with each mean."""
    frame = pl.from_arrow(together(data, [*means, *shares, *by, *calibrated.margins.columns, *design.columns]))
    assert isinstance(frame, pl.DataFrame), "a table is a frame"
    frame = frame.with_columns(pl.Series(WEIGHT, calibrated.weights), pl.Series(BASE, calibrated.base))
    totals = list(calibrated.margins.totals)
    crossed = [*by, *(n for names in calibrated.margins.counts for n in names if n not in by)]
    seen_together = [(name, *totals) for name in means] if totals else []
    if totals and shares:
        raise NotAnswerable(
            "Shares beside number margins: give each category as a column of 0 and 1, and ask its mean."
        )

    def made(weights: str) -> Cube:
        return make_cube(
            frame,
            replace(design, weights=weights),
            means=() if totals else means,
            shares=shares,
            together=seen_together,
            by=list(dict.fromkeys(crossed)),
            missing=missing,
        )

    return CalibratedCube(made(WEIGHT), made(BASE), calibrated.margins, tuple(by))


@dataclass(frozen=True)
class _Basis:
    """An item's sums on columns φ: products by weight and by squared weight, (cells, j, j).

    one: the place of the column that is 1 for every row; numbers: the places of the number margins.
    fitted: the products by the weights that β is fitted with. answered: answers by cell.
    """

    products: Floats
    q: Floats
    fitted: Floats
    one: int
    numbers: tuple[int, ...]
    answered: Floats

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
    """Estimates in a tidy table, as `estimate` gives them, for the groups the cube was asked for."""
    held.cube.units.check_single()
    wanted = [*((m, "mean") for m in means), *((s, "share") for s in shares), *((t, "total") for t in totals)]
    if not wanted:
        raise NotAnswerable("Nothing was asked for. Name items, shares or totals.")
    into, groups = _domains(held.cube, held.by)
    rows = []
    for item, statistic in wanted:
        basis = _basis(held, item)
        for number in range(max(1, groups.height)):
            label = groups.row(number, named=True) if held.by else {}
            inside = into == number
            for category, away in _influences(held, basis, item, statistic, inside):
                told = {"item": item, "category": category, "statistic": statistic, **label}
                method = Interval(interval) if statistic == "share" else None
                rows.append(told | _estimated(held, basis, away, inside, method, level))
    return pl.DataFrame(rows, infer_schema_length=None)


def _domains(cube: Cube, by: Sequence[str]) -> tuple[Ints, pl.DataFrame]:
    """The group asked for that each cell lies in, and the groups in order."""
    if not by:
        return np.zeros(len(cube.group), np.int64), pl.DataFrame()
    kept = cube.groups.select(by)
    groups = kept.unique().sort(list(by), nulls_last=True).with_row_index(" place")
    joined = kept.join(groups, on=list(by), how="left", nulls_equal=True, maintain_order="left")
    return joined[" place"].to_numpy().astype(np.int64)[cube.group], groups.drop(" place")


def _basis(held: CalibratedCube, item: str) -> _Basis:
    found, numbers = held.cube.find_answers(item), list(held.margins.totals)
    if found and not numbers:
        answers, place = found
        before, other = _found(held.fitted, item)
        w, q = _with_all(answers, place)
        answered = answers.n[place, :, :-1].sum(1)
        return _Basis(w, q, _with_all(before, other)[0], w.shape[1] - 1, (), answered)
    moments = held.cube.find_moments([item, *numbers])
    if moments.n.sum() < held.cube.rows:
        raise NotAnswerable(
            f"Column {item}: calibrated estimates need a number in every row. Leave the others out first."
        )
    places = tuple(moments.columns.index(name) + 1 for name in numbers)
    fitted = held.fitted.find_moments([item, *numbers]).shifted(moments.shift)
    return _Basis(moments.w, moments.q, fitted.w, 0, places, moments.n)


def _found(cube: Cube, item: str) -> tuple[Answers, int]:
    found = cube.find_answers(item)
    assert found is not None, "both cubes were built of the same items"
    return found


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


def _influences(
    held: CalibratedCube, basis: _Basis, item: str, statistic: str, inside: npt.NDArray[np.bool_]
) -> list[tuple[str | None, tuple[Floats, float]]]:
    """For each estimate of an item in a domain: its category, its influence on the columns φ, and its value."""
    base = basis.w[inside].sum(0)
    found, width = held.cube.find_answers(item), basis.w.shape[1]
    if found and not held.margins.totals:
        answers, place = found
        levels = answers.levels[place]
        over = base[: len(levels)].sum()
        if statistic == "share":
            share = base[: len(levels)] / over
            rows = [
                (np.r_[np.eye(len(levels))[k] - share[k], np.zeros(width - len(levels))] / over)
                for k in range(len(levels))
            ]
            return [(str(levels[k]), (rows[k], float(share[k]))) for k in range(len(levels))]
        upper = np.r_[answers.scores(place)[:-1], 0.0]
        lower = np.r_[np.ones(len(levels)), np.zeros(width - len(levels))]
    else:
        moments = held.cube.find_moments([item, *held.margins.totals])
        upper, lower = np.zeros(width), np.eye(width)[0]
        place = moments.columns.index(item)
        upper[place + 1], upper[0] = 1.0, moments.shift[place]
        over = base[0]
    if statistic == "total":
        return [(None, (upper, float(upper @ base)))]
    mean = float(upper @ base) / over
    return [(None, ((upper - mean * lower) / over, mean))]


def _estimated(
    held: CalibratedCube,
    basis: _Basis,
    influence: tuple[Floats, float],
    inside: npt.NDArray[np.bool_],
    interval: Interval | None,
    level: float,
) -> dict[str, Any]:
    """One estimate with the uncertainty of its residuals."""
    cube, (away, value) = held.cube, influence
    residual = np.where(inside[:, None], away, 0.0) - _explained(held, basis, away, inside)
    sums = np.einsum("cj,cj->c", basis.w, residual)[:, None]
    squares = np.einsum("ci,cij,cj->c", residual, basis.q, residual)[:, None]
    zero = np.zeros(len(cube.group), np.int64)
    variance = float(spread(cube.units, cube.leaf, zero, 1, sums, squares)[0, 0])
    answered = np.where(inside, basis.answered, 0.0)
    df = np.array([float(degrees(replace(cube, group=zero, groups=pl.DataFrame()), answered[:, None])[0, 0])])
    n, one = np.array([answered.sum()]), np.array([value])
    se = np.where(df < 1, np.nan, np.sqrt(max(variance, 0.0)))
    simple = _simple_variance(basis, away, inside, n)
    low, high = share_interval(one, se, n, df, interval, level) if interval else t_interval(one, se, df, level)
    return {
        "n": int(n[0]),
        "estimate": value,
        "se": float(se[0]),
        "ci_low": float(low[0]),
        "ci_high": float(high[0]),
        "df": float(df[0]),
        "deff": variance / float(simple[0]) if simple[0] > 0 else float("nan"),
    }


def _simple_variance(basis: _Basis, away: Floats, inside: npt.NDArray[np.bool_], n: Floats) -> Floats:
    """What a simple sample of as many would give."""
    products = basis.products[inside].sum(0)
    over = float(products[basis.one, basis.one])
    return simple_variance(np.array([away @ products @ away * over]), n, np.array([over]))


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
