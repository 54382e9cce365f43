"""How R reads a likelihood interval: a profile in steps, a spline through it, straight lines between points of that."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats = npt.NDArray[np.float64]


def interval_as_r_reads_it(p: float, se: float, n: int, df: float) -> tuple[float, float]:
    """The 95 % likelihood interval of a share, in the way of R's confint for a model with an intercept alone."""
    scale = se**2 * n / (p * (1 - p))
    cutoff = stats.t.ppf(0.025, df) * np.sqrt(scale)
    alpha = stats.norm.cdf(cutoff) / 2
    furthest = np.sqrt(stats.f.isf(alpha, 1, n - 1))
    start, step = special.logit(p), furthest / 5 * se / (p * (1 - p))
    points = {start: 0.0}
    for sign in (-1, 1):
        z = 0.0
        for count in range(1, 10):
            if abs(z) >= furthest:
                break
            here = start + sign * count * step
            z = sign * np.sqrt(_deviance(p, special.expit(here), n) * (n - 1) / n)
            points[here] = z
    x = np.array(sorted(points))
    y = np.array([points[one] for one in x])
    at = np.linspace(x[0], x[-1], 3 * len(x))
    read = np.interp([cutoff, -cutoff], through(x, y, at), at)
    low, high = special.expit(read)
    return float(low), float(high)


def _deviance(p: float, other: float, n: int) -> float:
    return float(2 * n * (special.xlogy(p, p / other) + special.xlogy(1 - p, (1 - p) / (1 - other))))


def through(x: Floats, y: Floats, at: Floats) -> Floats:
    """The cubic spline whose third derivative at each end is that of the cubic through the four last points
    (Forsythe, Malcolm & Moler 1977, ch. 4), by solving for its second derivatives.
    """
    n, h = len(x), np.diff(x)
    slope = np.diff(y) / h
    system, right = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = 6 * (slope[i] - slope[i - 1])
    for row, four in ((0, slice(0, 4)), (n - 1, slice(n - 4, n))):
        third = 6 * np.polyfit(x[four] - x[four][0], y[four], 3)[0]
        near, far, width = (1, 0, h[0]) if row == 0 else (n - 1, n - 2, h[-1])
        system[row, near], system[row, far] = 1.0, -1.0
        right[row] = third * width
    bend = np.linalg.solve(system, right)
    place = np.clip(np.searchsorted(x, at) - 1, 0, n - 2)
    t, width = at - x[place], h[place]
    first = slope[place] - width * (2 * bend[place] + bend[place + 1]) / 6
    return np.asarray(
        y[place] + t * (first + t * (bend[place] / 2 + t * (bend[place + 1] - bend[place]) / (6 * width)))
    )
