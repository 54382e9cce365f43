"""Replicate weights: the same variance found by drawing the sample anew, as a check on the linearised one.

JK1 and JKn leave out one unit at a time; BRR takes half of each stratum of two, by a Hadamard matrix, Fay's variant
keeps a share of the other half (Judkins 1990); BOOTSTRAP draws n - 1 units of each stratum with replacement (Rao & Wu
1988), shrunk towards 1 for a finite population. Units are those of the first stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.linalg import hadamard

from kvarter.effect.cube import Cube
from kvarter.effect.errors import BadData, BadDesign, NotAnswerable
from kvarter.effect.units import Stage, Units, add_by

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Kind(StrEnum):
    """How replicates are made."""

    JK1 = "jk1"
    JKN = "jkn"
    BRR = "brr"
    BOOTSTRAP = "bootstrap"


@dataclass(frozen=True)
class Replicates:
    """factors: what each unit's weight is multiplied by in each replicate, shape (units, replicates). scales: what
    each replicate's squared departure counts for, shape (replicates,).
    """

    factors: Floats
    scales: Floats

    def variance(self, replicated: Floats, about: Floats | None = None) -> Floats:
        """sum of scale (θ_r - centre)², over the first axis; the centre is the replicates' mean, or `about`."""
        centre = replicated.mean(0) if about is None else about
        return np.asarray(np.tensordot(self.scales, (replicated - centre) ** 2, axes=1), float)


def check_size(size: int) -> None:
    """Raise BadData for so few replicates that no spread is seen."""
    if isinstance(size, bool) or not isinstance(size, int) or size < 2:
        raise BadData(f"size is {size!r}: give how many replicates to draw, two or more; 500 is usual.")


def replicates(units: Units, kind: Kind | str, *, fay: float = 0.0, size: int = 500, seed: int = 0) -> Replicates:
    """Replicates of a cube's units: a variance is sum c_r (θ_r - mean θ)², θ_r the figure with replicate r's weights.

    With n units in a stratum: jackknife factors 0 and n / (n - 1), c = (1 - n/N)(n - 1)/n; BRR factors 2 - fay and fay,
    c = 1 / (R (1 - fay)²) (Judkins 1990); bootstrap factors 1 - λ + λ n/(n - 1) count, λ² = 1 - n/N, c = 1/R (Rao & Wu
    1988). R: as.svrepdesign; Wolter 2007, *Introduction to Variance Estimation*.

    fay: for BRR, what the half left out still counts; which halves are taken is a matter of the Hadamard matrix, so a
    figure that is no plain sum, as a ratio, may differ a little from another program's. size, seed: for BOOTSTRAP.
    Raises NotAnswerable when rows themselves are the units (give each row an id as a cluster) and for an unknown kind,
    BadDesign when strata do not fit the kind, BadData for fewer than two replicates.
    """
    stage = units.stages[0]
    if not stage.unit.size:
        raise NotAnswerable("Replicates need clusters. Give each row an id of its own and name it as a cluster.")
    stratum = np.empty(int(stage.unit.max()) + 1, np.int64)
    stratum[stage.unit] = stage.stratum
    if str(kind) not in list(Kind):
        raise NotAnswerable(f"{kind!r} is no kind of replicates: give one of {', '.join(Kind)}.")
    way = Kind(kind)
    if not 0 <= fay < 1:
        raise BadDesign(f"fay is {fay:g}: give what the half left out still counts, from 0 to below 1.")
    if way is Kind.BRR:
        return _brr(stratum, stage, fay)
    if way is Kind.BOOTSTRAP:
        check_size(size)
        return _bootstrap(stratum, stage, size, seed)
    if way is Kind.JK1 and len(stage.sampled) > 1:
        raise BadDesign("JK1 is for a sample without strata. Use jkn.")
    return _jackknife(stratum, stage)


def _jackknife(stratum: Ints, stage: Stage) -> Replicates:
    n = stage.sampled[stratum]
    if (n < 2).any():
        raise BadDesign("A stratum has one unit, and leaving it out leaves nothing. Join it with a stratum like it.")
    same = stratum[:, None] == stratum[None, :]
    factors = np.where(same, (n / (n - 1))[:, None], 1.0)
    np.fill_diagonal(factors, 0.0)
    return Replicates(factors, stage.left[stratum] * (n - 1) / n)


def _brr(stratum: Ints, stage: Stage, fay: float) -> Replicates:
    if (stage.sampled != 2).any():
        raise BadDesign("Balanced half samples need two units in every stratum. Use jkn or bootstrap.")
    size = 4
    while size <= len(stage.sampled):
        size *= 2
    signs = hadamard(size)[:, 1 : len(stage.sampled) + 1]
    first = np.zeros(len(stratum), bool)
    first[np.unique(stratum, return_index=True)[1]] = True
    taken = np.where(first[:, None], signs.T[stratum], -signs.T[stratum])
    return Replicates(np.where(taken > 0, 2.0 - fay, fay), np.full(size, 1 / (size * (1 - fay) ** 2)))


def _bootstrap(stratum: Ints, stage: Stage, size: int, seed: int) -> Replicates:
    if (stage.sampled < 2).any():
        raise BadDesign("A stratum has one unit, and cannot be drawn anew. Join it with a stratum like it.")
    random = np.random.Generator(np.random.PCG64(seed))
    factors = np.empty((len(stratum), size))
    for h, n in enumerate(stage.sampled.astype(int)):
        members = np.flatnonzero(stratum == h)
        counts = random.multinomial(n - 1, np.full(n, 1 / n), size=size).T
        shrink = np.sqrt(stage.left[h])
        factors[members] = 1 - shrink + shrink * n / (n - 1) * counts
    return Replicates(factors, np.full(size, 1 / size))


def replicated_means(cube: Cube, made: Replicates, item: str) -> tuple[Floats, Floats]:
    """An item's mean in each group by replicate, (replicates, groups), and over all, (groups,)."""
    up, down = _sums(cube, item)
    return _by_replicate(cube, made, up, down)


def replicated_ratio(cube: Cube, made: Replicates, above: str, below: str) -> tuple[Floats, Floats]:
    """The ratio of two columns in each group by replicate, (replicates, groups), and over all, (groups,)."""
    moments = cube.find_moments([above, below])
    up, down = (
        moments.w[:, 0, moments.columns.index(name) + 1]
        + moments.shift[moments.columns.index(name)] * moments.w[:, 0, 0]
        for name in (above, below)
    )
    return _by_replicate(cube, made, up, down)


def _sums(cube: Cube, item: str) -> tuple[Floats, Floats]:
    found = cube.find_answers(item)
    if found and cube.alone(item) is None:
        answers, place = found
        return answers.w[place] @ answers.scores(place), answers.w[place][:, :-1].sum(1)
    moments = cube.find_moments([item])
    place = moments.columns.index(item)
    down = moments.w[:, 0, 0]
    return moments.w[:, 0, place + 1] + moments.shift[place] * down, down


def _by_replicate(cube: Cube, made: Replicates, up: Floats, down: Floats) -> tuple[Floats, Floats]:
    factors = made.factors[cube.units.stages[0].unit[cube.leaf]]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = add_by(cube.group, cube.many, factors * up[:, None]) / add_by(
            cube.group, cube.many, factors * down[:, None]
        )
        whole = np.bincount(cube.group, up, cube.many) / np.bincount(cube.group, down, cube.many)
    return each.T, whole


def check_means(
    cube: Cube, item: str, kind: Kind | str, *, fay: float = 0.0, size: int = 500, seed: int = 0
) -> pl.DataFrame:
    """An item's mean with the standard error by replicates, in each group: the groups, estimate, se."""
    made = replicates(cube.units, kind, fay=fay, size=size, seed=seed)
    each, whole = replicated_means(cube, made, item)
    body = pl.DataFrame({"estimate": whole, "se": np.sqrt(made.variance(each))})
    return pl.concat([cube.groups, body], how="horizontal") if cube.by else body
