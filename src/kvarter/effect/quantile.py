"""Quantiles from the sums per value, with Woodruff's interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.cube import Answers, Cube
from kvarter.effect.errors import BadData, NotAnswerable
from kvarter.effect.estimates import degrees, scored, shares_of
from kvarter.effect.intervals import check_level, t_interval, t_quantile
from kvarter.effect.units import spread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def quantiles(
    cube: Cube, item: str, probabilities: Sequence[float] = (0.25, 0.5, 0.75), level: float = 0.95
) -> pl.DataFrame:
    """The smallest value that at least this share is at or below, by group: item, quantile, the groups, n, estimate,
    se, ci_low, ci_high, df.

    The cube must hold the column by its values, `shares=[item]`: one look at the data, if there are not millions of
    them; else round the column first, and a second look within the interval found gives the rest of the digits.
    The interval is that of the share at or below the estimate, read back on the values (Woodruff 1952, JASA 47);
    se is its width over 2 t (R: svyquantile, qrule "math"). Where that interval reaches below the least or above the
    greatest value it ends there, and the se is then too small (R gives NaN). Raises NotAnswerable for categories that
    are no numbers, BadData for what is no share of people.
    """
    shares = _as_shares(probabilities)
    check_level(level)
    cube.units.check_single()
    found = cube.find_answers(item)
    if found is None:
        raise NotAnswerable(f"The cube does not hold {item} by its values. Build it with shares=[{item!r}].")
    answers, place = found
    values = answers.scores(place)[: len(answers.levels[place])]
    linear = shares_of(cube, answers, np.array([place]))
    answered = answers.n[place][:, :-1].sum(1)[:, None]
    df = degrees(cube, answered)[:, 0]
    below = np.cumsum(linear.estimate, axis=1)
    rows = []
    for p in shares:
        at = _reached(below, np.full(cube.many, p))
        share = below[np.arange(cube.many), at]
        low, high = t_interval(share, _se_below(cube, answers, place, at, share), df, level)
        known = (linear.n[:, 0] > 0) & (df >= 1)
        ends = [np.where(known, values[_reached(below, np.nan_to_num(end))], np.nan) for end in (low, high)]
        width = (ends[1] - ends[0]) / (2 * t_quantile(df, level))
        body = {
            "n": linear.n[:, 0].astype(np.int64),
            "estimate": np.where(linear.n[:, 0] > 0, values[at], np.nan),
            "se": width,
            "ci_low": ends[0],
            "ci_high": ends[1],
            "df": df,
        }
        head = {"item": [item] * cube.many, "quantile": [p] * cube.many}
        frames = [pl.DataFrame(head), cube.groups, pl.DataFrame(body)]
        rows.append(pl.concat([frame for frame in frames if frame.width], how="horizontal"))
    return pl.concat(rows)


def _as_shares(probabilities: Sequence[float]) -> list[float]:
    found = [float(p) for p in probabilities]
    if not found or not all(0 <= p <= 1 for p in found):
        raise BadData(f"probabilities are {list(probabilities)}: give shares from 0 to 1, as [0.25, 0.5, 0.75].")
    return found


def _reached(below: Floats, p: Floats) -> Ints:
    """The first value at which the running share reaches p; the last where it never does."""
    reached = below >= p[:, None] - 1e-12
    return np.asarray(np.where(reached.any(1), reached.argmax(1), below.shape[1] - 1), np.int64)


def _se_below(cube: Cube, answers: Answers, place: int, at: Ints, share: Floats) -> Floats:
    """The standard error of the share at or below each group's value."""
    levels = answers.n.shape[2] - 1
    over = np.bincount(cube.group, answers.w[place][:, :-1].sum(1), minlength=cube.many)
    scores = np.zeros((cube.many, levels + 1))
    scores[:, :-1] = (np.arange(levels) <= at[:, None]) - share[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        sums, squares = scored(cube, answers, place, np.nan_to_num(scores / over[:, None]))
    return np.sqrt(spread(cube.units, cube.leaf, cube.group, cube.many, sums, squares))[:, 0]
