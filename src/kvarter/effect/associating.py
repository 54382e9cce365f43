"""Whether two characteristics go together: Rao & Scott's second-order test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from kvarter.effect.cube import Answers, Cube
from kvarter.effect.errors import NotAnswerable
from kvarter.effect.estimates import degrees, scored
from kvarter.effect.units import spread

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Association:
    """F with its two degrees of freedom and p: the chance of a table so uneven if the two had nothing to do with
    each other.
    """

    f: float
    ndf: float
    ddf: float
    p: float


def association(cube: Cube, item: str) -> Association:
    """An item kept by category against the cube's groups.

    Pearson's X² of the weighted table is divided by the trace of the design-effect matrix Δ and has
    tr(Δ)²/tr(Δ²) degrees of freedom (Rao & Scott 1984, Annals 12; R: svychisq, statistic "F").
    Raises NotAnswerable for a single group or category.
    """
    cube.units.check_single()
    found = cube.find_answers(item)
    if found is None:
        raise NotAnswerable(f"The cube does not keep {item} by category. Build it with shares=[{item!r}].")
    answers, place = found
    levels = len(answers.levels[place])
    if cube.many < 2 or levels < 2:
        raise NotAnswerable(f"{item} and the groups must have two categories each to be compared.")
    w = np.zeros((cube.many, levels))
    np.add.at(w, cube.group, answers.w[place][:, :levels])
    n = float(answers.n[place][:, :-1].sum())
    share = w / w.sum()
    expected = share.sum(1, keepdims=True) * share.sum(0, keepdims=True)
    pearson = n * float(((share - expected) ** 2 / expected).sum())
    delta = _effects(share, _covariance(cube, answers, place, share, float(w.sum())), n)
    trace, square = float(np.trace(delta)), float(np.trace(delta @ delta))
    ndf = trace**2 / square
    whole = cube.summed_over([])
    held = whole.find_answers(item)
    assert held is not None, "a collapsed cube keeps its items"
    df = float(degrees(whole, held[0].n[held[1]][:, :-1].sum(1)[:, None])[0, 0])
    f = pearson / trace
    return Association(f, ndf, ndf * df, float(special.fdtrc(ndf, ndf * df, f)))


def _effects(share: Floats, covariance: Floats, n: float) -> Floats:
    """Δ: the covariance of the departures from independence over what a simple sample would give."""
    rows, columns = share.shape
    row, column = (index.ravel() for index in np.indices(share.shape))
    main = np.column_stack(
        [np.ones(rows * columns), *(row == r for r in range(1, rows)), *(column == c for c in range(1, columns))]
    )
    both = np.column_stack([(row == r) & (column == c) for r in range(1, rows) for c in range(1, columns)]).astype(
        float
    )
    contrast = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    inverse = np.diag(np.divide(1.0, share.ravel(), out=np.zeros(share.size), where=share.ravel() > 0))
    simple = contrast.T @ (inverse / n) @ contrast
    actual = contrast.T @ inverse @ covariance @ inverse @ contrast
    return np.asarray(np.linalg.solve(simple, actual), float)


def _covariance(cube: Cube, answers: Answers, place: int, share: Floats, over: float) -> Floats:
    """The covariance of all the table's shares, from variances of sums and differences: (v(a + b) - v(a - b)) / 4."""
    many, levels = share.shape
    size, zero = share.size, np.zeros(len(cube.group), np.int64)

    def score(k: int) -> Floats:
        own = np.zeros((many, answers.n.shape[2]))
        own[:, :levels] = -share.ravel()[k]
        own[k // levels, k % levels] += 1.0
        return own / over

    def variance(scores: Floats) -> float:
        sums, squares = scored(cube, answers, place, scores)
        return float(spread(cube.units, cube.leaf, zero, 1, sums, squares)[0, 0])

    found = np.zeros((size, size))
    for a in range(size):
        for b in range(a + 1):
            found[a, b] = found[b, a] = (variance(score(a) + score(b)) - variance(score(a) - score(b))) / 4
    return found
