"""Every figure straight from its definition, in plain NumPy: row by row and stratum by stratum, and nothing of ours.

Särndal, Swensson & Wretman (1992), ch. 4-5; the interval of shares by Korn & Graubard (1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from kvarter import effect

Floats = npt.NDArray[np.float64]
Part = tuple[float, bool]


@dataclass(frozen=True)
class Figure:
    """An estimate, its variance (NaN where nothing tells it), its degrees of freedom and its interval at 95 %."""

    n: int
    estimate: float
    variance: float
    df: int
    interval: tuple[float, float]


def defined(frame: pl.DataFrame, design: effect.Design, row: dict[str, Any]) -> Figure:
    """The figure of a row of estimates. The frame has strata h, clusters c, a group g, sizes Nh and M, weights nh."""
    names = row["item"].split("/")
    values = [_values(frame[name], row["category"]) for name in names]
    inside = np.all([~np.isnan(y) for y in values], axis=0)
    if row["g"] is not None:
        inside &= frame["g"].to_numpy() == row["g"]
    w = np.where(inside, _weights(frame, design), 0.0)
    y, x = np.nan_to_num(values[0]), np.nan_to_num(values[-1]) if len(names) > 1 else np.ones(len(inside))
    if not inside.any():
        return Figure(0, np.nan, np.nan, 0, (np.nan, np.nan))
    if row["statistic"] == "total":
        estimate, z = float((w * y).sum()), w * y
    else:
        estimate = float((w * y).sum() / (w * x).sum())
        z = w * (y - estimate * x) / (w * x).sum()
    variance, df, n = _variance(frame, design, z), _degrees(frame, design, inside), int(inside.sum())
    make = _interval_of_a_share if row["statistic"] == "share" else _interval
    return Figure(n, estimate, variance, df, make(estimate, variance, df, n))


def _values(column: pl.Series, category: str | None) -> Floats:
    """The numbers of a column, or whether each row is of a category; NaN where it is empty."""
    chosen = column if category is None else (column == category)
    return chosen.cast(pl.Float64).fill_null(np.nan).to_numpy()


def _weights(frame: pl.DataFrame, design: effect.Design) -> Floats:
    if design.weights:
        return frame[design.weights].to_numpy()
    drawn = frame.with_columns(n=pl.col("c").n_unique().over("h"), m=pl.len().over("h", "c"))
    return (drawn["Nh"] / drawn["n"] * drawn["M"] / drawn["m"]).to_numpy()


def _variance(frame: pl.DataFrame, design: effect.Design, z: Floats) -> float:
    h, c, size, inner = (frame[name].to_numpy() for name in ("h", "c", "Nh", "M"))
    if not design.clusters:
        c = np.arange(len(z))
    first, second = [], []
    for stratum in np.unique(h):
        own = h == stratum
        units = np.unique(c[own])
        drawn = len(units) / size[own][0] if design.population else 0.0
        first.append(_part(np.array([z[own & (c == unit)].sum() for unit in units]), 1 - drawn, design))
        if len(design.population) == 2:
            for unit in units:
                rows = own & (c == unit)
                part, alone = _part(z[rows], 1 - rows.sum() / inner[rows][0], design)
                second.append((drawn * part, alone))
    return _added(first, design) + _added(second, design)


def _part(totals: Floats, left: float, design: effect.Design) -> Part:
    """What one stratum adds, and whether it shows nothing of its own because only one unit of it was drawn."""
    n = len(totals)
    if n > 1:
        return left * n / (n - 1) * float(((totals - totals.mean()) ** 2).sum()), False
    return left * float((totals**2).sum()) if design.single_psu == "adjust" else 0.0, left > 0


def _added(parts: Sequence[Part], design: effect.Design) -> float:
    """The parts of a stage; with `average`, those that show nothing are taken to be as the others are in the mean."""
    total, alone = sum(part for part, _alone in parts), sum(alone for _part, alone in parts)
    if design.single_psu != "average" or not alone:
        return total
    return total * len(parts) / (len(parts) - alone) if alone < len(parts) else np.nan


def _degrees(frame: pl.DataFrame, design: effect.Design, inside: npt.NDArray[np.bool_]) -> int:
    """Sampled units less strata, of those with an answer."""
    answered = frame.filter(inside)
    units = answered.select("h", "c").unique().height if design.clusters else answered.height
    return units - answered["h"].n_unique()


def _interval(estimate: float, variance: float, df: int, _n: int) -> tuple[float, float]:
    half = stats.t.ppf(0.975, df) * np.sqrt(variance) if df > 0 else np.nan
    return estimate - half, estimate + half


def _interval_of_a_share(p: float, variance: float, df: int, n: int) -> tuple[float, float]:
    if df < 1:
        return np.nan, np.nan
    inner = 0 < p < 1
    if inner and variance < 1e-18:
        return p, p
    size = p * (1 - p) / variance if inner else n
    size *= (stats.t.ppf(0.975, max(n - 1, 1)) / stats.t.ppf(0.975, df)) ** 2
    low = stats.beta.ppf(0.025, size * p, size * (1 - p) + 1) if p > 1e-12 else 0.0
    high = stats.beta.ppf(0.975, size * p + 1, size * (1 - p)) if p < 1 - 1e-12 else 1.0
    return float(low), float(high)
