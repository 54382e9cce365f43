"""Means, shares, totals, ratios from a cube, each with its uncertainty.

Variance by linearisation: an estimate's influence on a row is summed by sampled unit and spread over strata
(Särndal, Swensson & Wretman 1992, ch. 5; Lumley 2010, app. A). For a mean over a domain, z = w (y - mean) / sum w.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.cube import Answers, Cube, Moments
from kvarter.effect.intervals import Interval, share_interval, t_interval
from kvarter.effect.kernel import linear_means, linear_shares
from kvarter.effect.units import Units, add_by, spread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NOISE = 1e-14


@dataclass(frozen=True)
class Linear:
    """Estimates by group with what their variance is made of: shape (groups, k), and (cells, k) for the sums.

    sums, squares: the linearised values of a cell's rows added up, and their squares. n: answers behind each
    estimate. simple: the variance that a simple sample of n without replacement from the same population would give.
    """

    estimate: Floats
    n: Floats
    simple: Floats
    sums: Floats
    squares: Floats

    def picked(self, places: Ints) -> Linear:
        """Some of the estimates of each group."""
        if len(places) == self.estimate.shape[1]:
            return self
        arrays = (self.estimate, self.n, self.simple, self.sums, self.squares)
        return Linear(*(values[:, places] for values in arrays))

    def variance(self, cube: Cube) -> Floats:
        """The design's variance: shape (groups, k)."""
        return spread(cube.units, cube.leaf, cube.group, cube.many, self.sums, self.squares)


def degrees(cube: Cube, answered: Floats) -> Floats:
    """Sampled units less strata, among those with an answer in the group (R: degf of the subset).

    answered: how many answered in each cell, shape (cells, k). Gives shape (groups, k).
    """
    return degrees_of(cube.units, cube.leaf, cube.group, cube.many, answered)


def degrees_of(units: Units, leaf: Ints, group: Ints, groups: int, answered: Floats) -> Floats:
    """The same for cells and groups of any making."""
    stage = units.stages[0]
    strata = _with_any(stage.stratum[leaf], group, groups, answered)
    if not stage.unit.size:
        return add_by(group, groups, answered) - strata
    return _with_any(stage.unit[leaf], group, groups, answered) - strata


def _with_any(of: Ints, group: Ints, groups: int, answered: Floats) -> Floats:
    """In how many of these there is an answer in the group."""
    key, inverse = np.unique(of * groups + group, return_inverse=True)
    return add_by(key % groups, groups, (add_by(inverse, len(key), answered) > 0).astype(float))


def means_of_answers(cube: Cube, answers: Answers, items: Ints) -> Linear:
    """The means of items whose categories are numbers."""
    scores = _scores(answers, items)
    mean, count, over, around, sums, squares = linear_means(
        answers.n, answers.w, _if_needed(cube, answers.q), items, scores, cube.group, cube.many
    )
    return Linear(mean, count, simple_variance(around, count, over), sums, _squares(cube, sums, squares))


def _scores(answers: Answers, items: Ints) -> Floats:
    """What the items' categories are worth; most have the same."""
    known: dict[tuple[Any, ...], Floats] = {}
    for item in items.tolist():
        levels = answers.levels[item]
        if levels not in known:
            known[levels] = answers.scores(item)
    return np.stack([known[answers.levels[item]] for item in items.tolist()])


def mean_of(cube: Cube, item: str) -> tuple[Linear, Floats]:
    """An item's mean, and its answers by cell, however the cube holds it. Raises NotAnswerable."""
    found = cube.find_answers(item)
    if found and cube.alone(item) is None:
        answers, place = found
        return means_of_answers(cube, answers, np.array([place])), answers.n[place, :, :-1].sum(1)[:, None]
    moments = cube.find_moments([item])
    return ratio_of(cube, moments, item, None), moments.n[:, None]


def scored(cube: Cube, answers: Answers, item: int, scores: Floats) -> tuple[Floats, Floats]:
    """Sums and squares by cell of rows whose influence is w times their category's score in their group.

    scores: shape (groups, categories + 1), the last for missing answers. Gives two arrays of shape (cells, 1).
    """
    own = scores[cube.group]
    return (answers.w[item] * own).sum(1)[:, None], (answers.q[item] * own**2).sum(1)[:, None]


def shares_of(cube: Cube, answers: Answers, items: Ints) -> Linear:
    """The share of each category among those who answered, item by item: k is items times categories.

    Items with fewer categories than the widest have shares of 0 in the places not in use.
    """
    found = linear_shares(answers.n, answers.w, _if_needed(cube, answers.q), items, cube.group, cube.many)
    share, count, over, sums, squares = (part.reshape(len(part), part.shape[1] * part.shape[2]) for part in found)
    simple = simple_variance(share * (1 - share), count, over)
    return Linear(share, count, simple, sums, _squares(cube, sums, squares))


def totals_of_answers(cube: Cube, answers: Answers, items: Ints) -> Linear:
    """The totals of items whose categories are numbers."""
    scores = np.stack([answers.scores(item) for item in items])[:, :-1]
    w, q, n = (sums[items][:, :, :-1] for sums in (answers.w, answers.q, answers.n))
    many, group = cube.many, cube.group
    sums, squares = np.einsum("ick,ik->ci", w, scores), np.einsum("ick,ik->ci", q, scores**2)
    over, count = add_by(group, many, w.sum(2).T), add_by(group, many, n.sum(2).T)
    total = add_by(group, many, sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / over
        away = scores[:, None, :] - mean[group].T[:, :, None]
        around = add_by(group, many, np.einsum("ick,ick->ci", w, away**2)) / over
    around = without_noise(np.sqrt(around), mean) ** 2
    return Linear(total, count, simple_variance(around, count, over) * over**2, sums, squares)


def ratio_of(cube: Cube, moments: Moments, above: str | None, below: str | None) -> Linear:
    """The ratio of two columns' totals; below None is the mean of `above`, above None is no column."""
    upper, lower = _picked(moments, above), _picked(moments, below)
    many, group = cube.many, cube.group
    shift = upper[0] if below is None else 0.0
    up, down = moments.w[:, 0] @ (upper - shift * lower), moments.w[:, 0] @ lower
    over = add_by(group, many, down[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = shift + add_by(group, many, up[:, None]) / over
        away = (upper - ratio[group] * lower) / over[group]
    return _linear(cube, moments, ratio, away)


def total_of(cube: Cube, moments: Moments, column: str) -> Linear:
    """The total of a column."""
    picked = _picked(moments, column)
    total = add_by(cube.group, cube.many, (moments.w[:, 0] @ picked)[:, None])
    away = np.broadcast_to(picked, (len(cube.group), len(picked)))
    found = _linear(cube, moments, total, away)
    weight = add_by(cube.group, cube.many, moments.w[:, 0, :1])
    simple = ratio_of(cube, moments, column, None).simple * weight**2
    return Linear(found.estimate, found.n, simple, found.sums, found.squares)


def _picked(moments: Moments, column: str | None) -> Floats:
    """What of (1, columns less shift) makes the column: the count itself for None."""
    found = np.zeros(len(moments.columns) + 1)
    if column is None:
        found[0] = 1.0
        return found
    place = moments.columns.index(column)
    found[place + 1], found[0] = 1.0, moments.shift[place]
    return found


def _linear(cube: Cube, moments: Moments, estimate: Floats, away: Floats) -> Linear:
    """An estimate whose influence on a row is w times `away` times (1, columns): away has shape (cells, p + 1)."""
    count = add_by(cube.group, cube.many, moments.n[:, None])
    weight = add_by(cube.group, cube.many, moments.w[:, 0, :1])
    away = _known(away)
    sums = np.einsum("cj,cj->c", moments.w[:, 0], away)[:, None]
    squares = np.einsum("ci,cij,cj->c", away, moments.q, away)[:, None]
    around = add_by(cube.group, cube.many, np.einsum("ci,cij,cj->c", away, moments.w, away)[:, None]) * weight
    around = without_noise(np.sqrt(np.maximum(around, 0.0)), estimate) ** 2
    return Linear(estimate, count, simple_variance(around, count, weight), sums, squares)


def simple_variance(around: Floats, n: Floats, over: Floats) -> Floats:
    """Variance of a mean under simple sampling without replacement: S²/n (1 - n/N), N the sum of weights."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = around * n / (n - 1) * (over - n) / (over * n)
    return np.asarray(np.where(found > 0, found, np.nan), float)


def without_noise(se: Floats, size: Floats) -> Floats:
    """Standard errors with 0 for what is only rounding beside estimates of this size: all answered alike."""
    return np.where(se <= NOISE * np.abs(size), 0.0, se)


def _if_needed(cube: Cube, squared: Floats) -> Floats:
    """Squared weights where rows are the last stage's units; else none of them."""
    return squared if cube.units.rows_are_units else squared[:, :0]


def _squares(cube: Cube, sums: Floats, squares: Floats) -> Floats:
    """The squares; where they are not needed nothing, in the shape of the sums and without its room."""
    return squares if cube.units.rows_are_units else np.broadcast_to(0.0, sums.shape)


def _known(values: Floats) -> Floats:
    """0 for what cannot be known: a group without answers."""
    return values if np.isfinite(values).all() else np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def tidy(
    cube: Cube,
    found: Linear,
    names: list[tuple[str, str | None, str]],
    answered: Floats,
    interval: Interval | None,
    level: float = 0.95,
) -> pl.DataFrame:
    """A row for each estimate and group: item, category, statistic, the groups, n, estimate, se, interval, df, deff.

    names: item, category and statistic of each of the k estimates. answered: per cell, for the degrees of freedom.
    """
    variance, df = found.variance(cube), degrees(cube, answered)
    df = np.broadcast_to(df, found.estimate.shape)
    empty = ~(found.n > 0)
    se = np.where(empty | (df < 1), np.nan, without_noise(np.sqrt(variance), found.estimate))
    low, high = (
        t_interval(found.estimate, se, df, level)
        if interval is None
        else share_interval(found.estimate, se, found.n, df, interval, level)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = np.where(se > 0, variance / found.simple, np.nan)
    many, k = found.estimate.shape
    head = pl.DataFrame(
        {
            "item": np.repeat([item for item, _c, _s in names], many),
            "category": pl.Series([c for _i, c, _s in names for _ in range(many)], dtype=pl.String),
            "statistic": np.repeat([statistic for _i, _c, statistic in names], many),
        }
    )
    groups = cube.groups[np.tile(np.arange(many), k)] if cube.by else pl.DataFrame()
    columns = {
        "n": found.n.T.ravel().astype(np.int64),
        "estimate": found.estimate.T.ravel(),
        "se": se.T.ravel(),
        "ci_low": low.T.ravel(),
        "ci_high": high.T.ravel(),
        "df": df.T.ravel(),
        "deff": deff.T.ravel(),
    }
    body = pl.DataFrame(columns)
    return pl.concat([frame for frame in (head, groups, body) if frame.width], how="horizontal")
