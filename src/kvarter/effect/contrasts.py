"""Differences between groups of one cube, with the covariance that shared units and strata give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from kvarter.effect.cube import Cube
from kvarter.effect.errors import BadData
from kvarter.effect.estimates import Linear, degrees_of, without_noise
from kvarter.effect.intervals import t_interval
from kvarter.effect.units import add_by, spread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


ADJUSTED = ("bh", "holm", "none")


@dataclass(frozen=True)
class Contrast:
    """Weighted sums of group estimates: each array has one place for each contrast and statistic, (m, k)."""

    estimate: Floats
    se: Floats
    df: Floats

    @property
    def p(self) -> Floats:
        """The chance of a difference at least so large if there were none: two-sided t."""
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(self.estimate / self.se)
        found = 2 * special.stdtr(np.where(self.df >= 1, self.df, np.nan), -t)
        return np.asarray(np.where(self.se > 0, found, np.nan), float)

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """estimate ± t se."""
        return t_interval(self.estimate, self.se, self.df, level)


def contrast(cube: Cube, linear: Linear, weights: Floats | sparse.csr_array, answered: Floats) -> Contrast:
    """Contrasts of the groups' estimates.

    weights: shape (m, groups). answered: answers by cell, (cells, k) or (cells, 1), for the degrees of freedom.
    The influences of the groups are added unit by unit before they are spread, so what groups have in common is
    counted as it should be: var(sum a_g θ_g) = var of the sum of a_g z_g (R: svycontrast on svyby's covariance).
    """
    table = sparse.csr_array(weights)
    many = table.shape[0]
    by_group = table.T.tocsr()
    reach = np.diff(by_group.indptr)[cube.group]
    cell = np.repeat(np.arange(len(cube.group)), reach)
    starts = by_group.indptr[cube.group]
    within = np.arange(len(cell)) - np.repeat(np.cumsum(reach) - reach, reach)
    place = np.repeat(starts, reach) + within
    into, a = by_group.indices[place].astype(np.int64), by_group.data[place][:, None]
    leaf = cube.leaf[cell]
    sums, squares = linear.sums[cell] * a, linear.squares[cell] * a**2
    if cube.units.rows_are_units:
        leaf, into_, sums, squares = _joined(leaf, into, many, sums, squares)
    else:
        into_ = into
    variance = spread(cube.units, leaf, into_, many, sums, squares)
    df = degrees_of(
        cube.units, cube.leaf[cell], into, many, np.broadcast_to(answered, (len(cube.group), answered.shape[1]))[cell]
    )
    estimate = table @ np.nan_to_num(linear.estimate)
    touched: Any = abs(table)
    empty = touched @ (~(linear.n > 0)).astype(float) > 0
    df = np.broadcast_to(df, estimate.shape)
    se = np.where(empty | (df < 1), np.nan, np.sqrt(variance))
    se = without_noise(se, touched @ np.nan_to_num(np.abs(linear.estimate)))
    return Contrast(np.where(empty, np.nan, estimate), se, df)


def _joined(leaf: Ints, into: Ints, many: int, sums: Floats, squares: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Cells of one leaf and contrast as one: groups share no rows, so their squares add."""
    key, inverse = np.unique(leaf * many + into, return_inverse=True)
    return key // many, key % many, add_by(inverse, len(key), sums), add_by(inverse, len(key), squares)


def adjusted(p: Floats, method: str = "bh") -> Floats:
    """p-values adjusted for being many; NaN stays NaN.

    "holm": the chance of any false alarm is kept (Holm 1979); "bh": the share of false alarms among the alarms is
    kept (Benjamini & Hochberg 1995); "none". Raises BadData for another method.
    """
    check_adjust(method)
    found = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    many = len(order)
    rank = np.arange(1, many + 1)
    if method == "holm":
        found[order] = np.minimum(np.maximum.accumulate(p[order] * (many - rank + 1)), 1)
    elif method == "bh":
        found[order] = np.minimum(np.minimum.accumulate((p[order] * many / rank)[::-1])[::-1], 1)
    else:
        return p.copy()
    return found


def check_adjust(method: str) -> None:
    """Raise BadData for what is no way to adjust."""
    if method not in ADJUSTED:
        raise BadData(f"adjust is {method!r}: give one of {', '.join(ADJUSTED)}.")
