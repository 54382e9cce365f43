"""Confidence intervals for means and shares."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import special

from kvarter.effect.errors import NotAnswerable

Floats = npt.NDArray[np.float64]


KNOWN = 1e-9


class Interval(StrEnum):
    """How a share's interval is made.

    BETA: Clopper-Pearson's exact interval at the effective sample size (Korn & Graubard 1998, *Survey Methodology*
    24); LOGIT: symmetric on the log-odds; LIKELIHOOD: from the likelihood ratio scaled by the design effect (Rao &
    Scott 1984); WILSON: the score interval at the effective size (Wilson 1927; Dean & Pagano 2015); ASIN: on the
    arcsine scale; MEAN: plus and minus t standard errors, as for any mean.
    """

    BETA = "beta"
    LOGIT = "logit"
    LIKELIHOOD = "likelihood"
    WILSON = "wilson"
    ASIN = "asin"
    MEAN = "mean"


def check_level(level: float) -> None:
    """Raises NotAnswerable for a level of confidence that is no share between 0 and 1."""
    if not 0 < level < 1:
        raise NotAnswerable(f"{level:g} is no level of confidence. Give a share between 0 and 1, as 0.95.")


def t_interval(estimate: Floats, se: Floats, df: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """estimate ± t(df) se. Where df is below 1 there is no interval (NaN)."""
    half = t_quantile(df, level) * se
    return estimate - half, estimate + half


def t_quantile(df: Floats, level: float) -> Floats:
    """The two-sided t quantile; NaN where df is below 1, the normal one where it is infinite."""
    known, place = np.unique(np.asarray(df, float), return_inverse=True)  # many groups have the same few
    found = special.stdtrit(np.where(known >= 1, np.minimum(known, 1e12), np.nan), 0.5 + level / 2)
    return np.asarray(found[place].reshape(np.shape(df)), float)


def share_interval(
    share: Floats, se: Floats, n: Floats, df: Floats, method: Interval = Interval.BETA, level: float = 0.95
) -> tuple[Floats, Floats]:
    """The interval of shares between 0 and 1, by method. All arrays have one shape.

    n: answers behind each. Where none or all answered so, the standard error is 0 and says nothing: BETA and WILSON
    then go by n itself, and the others give no interval (NaN).
    """
    p, se, n, df = np.broadcast_arrays(*(np.asarray(a, float) for a in (share, se, n, df)))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = _METHODS[method](p, se, n, df, level)
    known = (se < KNOWN) & (p > 0) & (p < 1)  # as where weights are calibrated to this very share
    low, high = np.where(known, p, low), np.where(known, p, high)
    answerable = (n > 0) & (df >= 1) & ~np.isnan(se)
    return np.where(answerable, low, np.nan), np.where(answerable, high, np.nan)


def _effective(p: Floats, se: Floats, n: Floats, df: Floats, level: float) -> Floats:
    """The size of a simple sample as exact as this one, less a loss for few degrees of freedom."""
    size = np.where(se > 0, p * (1 - p) / se**2, n)
    loss = t_quantile(np.maximum(n - 1, 1), level) / t_quantile(df, level)
    return np.asarray(size * loss**2, float)


def _beta(p: Floats, se: Floats, n: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    size, tail = _effective(p, se, n, df, level), (1 - level) / 2
    low = np.where(p > 0, special.betaincinv(np.maximum(size * p, 1e-300), size * (1 - p) + 1, tail), 0.0)
    high = np.where(p < 1, special.betaincinv(size * p + 1, np.maximum(size * (1 - p), 1e-300), 1 - tail), 1.0)
    return low, high


def _wilson(p: Floats, se: Floats, n: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    size, t = np.where(se > 0, p * (1 - p) / se**2, n), t_quantile(df, level)
    middle = (p + t**2 / (2 * size)) / (1 + t**2 / size)
    half = t / (1 + t**2 / size) * np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2))
    return middle - half, middle + half


def _logit(p: Floats, se: Floats, n: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    middle, half = special.logit(p), t_quantile(df, level) * se / (p * (1 - p))
    return special.expit(middle - half), special.expit(middle + half)


def _asin(p: Floats, se: Floats, n: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    middle, half = np.arcsin(np.sqrt(p)), t_quantile(df, level) * se / (2 * np.sqrt(p * (1 - p)))
    low, high = np.maximum(middle - half, 0), np.minimum(middle + half, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def _mean(p: Floats, se: Floats, n: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    low, high = t_interval(p, np.where(se > 0, se, np.nan), df, level)
    return low, high


def _likelihood(p: Floats, se: Floats, n: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    """The shares whose scaled deviance 2 n [p log(p/x) + (1-p) log((1-p)/(1-x))] is within t², by bisection."""
    size = p * (1 - p) / se**2
    most = t_quantile(df, level) ** 2 * n / (n - 1)

    def deviance(x: Floats) -> Floats:
        return 2 * size * (special.xlogy(p, p / x) + special.xlogy(1 - p, (1 - p) / (1 - x)))

    ends = []
    for outer in (np.zeros_like(p), np.ones_like(p)):
        inside, outside = p.copy(), outer
        for _step in range(70):
            middle = (inside + outside) / 2
            within = deviance(middle) <= most
            inside, outside = np.where(within, middle, inside), np.where(within, outside, middle)
        ends.append(np.where(np.isfinite(size), inside, np.nan))
    return ends[0], ends[1]


_METHODS = {
    Interval.BETA: _beta,
    Interval.LOGIT: _logit,
    Interval.LIKELIHOOD: _likelihood,
    Interval.WILSON: _wilson,
    Interval.ASIN: _asin,
    Interval.MEAN: _mean,
}
