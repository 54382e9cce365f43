"""Small areas: the Fay-Herriot model's estimates beside the direct ones, always labelled as modelled.

Model, for areas d = 1..m: direct estimate y_d = x_d' b + v_d + e_d, with v_d ~ N(0, A) the area's own deviation and
e_d ~ N(0, D_d) the sampling error, D_d known (Fay & Herriot 1979, JASA 74:269). The modelled estimate is the empirical
best linear unbiased predictor, x_d' b + g_d (y_d - x_d' b) with shrinkage weight g_d = A / (A + D_d). Fitted as the R
package sae does (Molina & Marhuenda 2015, The R Journal 7:81). The normal model knows no bounds: a modelled share near
0 or 1 may come out beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kvarter.effect.errors import BadData, BadDesign, NoSolution, NotAnswerable

FloatArray = NDArray[np.float64]
Label = Literal["direct", "modelled"]


@dataclass(frozen=True)
class FayHerriot:
    """A fitted model: coefficients (p,) with covariance (p, p), the between-area variance and the rounds taken."""

    coefficients: FloatArray
    covariance: FloatArray
    between_variance: float
    iterations: int


@dataclass(frozen=True)
class SmallArea:
    """One area: the direct estimate beside the modelled one, each with its mean squared error.

    `shrinkage` is the weight on the direct estimate, 0 where there is none. `synthetic` says that the area has no
    answers, so that the modelled value is what the covariates alone foretell. `label` says which of the two
    `estimate` and `mse` are, and must follow the figure wherever it is shown.
    """

    area: str
    answers: int
    direct: float | None
    direct_variance: float | None
    modelled: float
    modelled_mse: float
    shrinkage: float
    synthetic: bool
    label: Label

    @property
    def estimate(self) -> float:
        """The figure to show: the direct one where there are enough answers, else the modelled one."""
        return self.modelled if self.label == "modelled" or self.direct is None else self.direct

    @property
    def mse(self) -> float:
        """Mean squared error of `estimate`: a direct one's sampling variance, or a modelled one's from the model."""
        if self.label == "modelled" or self.direct_variance is None:
            return self.modelled_mse
        return self.direct_variance


def small_areas(
    areas: Sequence[str],
    answers: Sequence[int],
    direct: FloatArray,
    variance: FloatArray,
    covariates: FloatArray,
    enough: int = 60,
) -> tuple[list[SmallArea], FayHerriot]:
    """Direct and modelled estimates for every area, with the model behind them.

    `direct` and `variance` (areas,) may be anything where `answers` is 0; `covariates` (areas, p) must be known
    everywhere and hold a column of ones for an intercept. Areas with at least `enough` answers keep the direct
    estimate as theirs. MSE: g1 + g2 + 2 g3 (Prasad & Rao 1990; Datta & Lahiri 2000) for modelled estimates;
    A + x' Cov(b) x for areas without answers. Raises BadData naming column and row, BadDesign for covariates that do
    not fit, NotAnswerable with too few areas, NoSolution where the fit does not converge.
    """
    x, counts = np.asarray(covariates, dtype=np.float64), np.asarray(answers)
    y, d = np.asarray(direct, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    has = counts > 0
    _check(areas, counts, y, d, x)
    fit = fit_fay_herriot(y[has], d[has], x[has])
    found = np.flatnonzero(has)
    weight, values, errors = np.zeros(len(y)), x @ fit.coefficients, _synthetic_mse(fit, x)
    weight[found], values[found], errors[found] = _predict(fit, y[has], d[has], x[has])
    rows = [
        SmallArea(
            area=str(areas[i]),
            answers=int(counts[i]),
            direct=float(y[i]) if has[i] else None,
            direct_variance=float(d[i]) if has[i] else None,
            modelled=float(values[i]),
            modelled_mse=float(errors[i]),
            shrinkage=float(weight[i]),
            synthetic=not has[i],
            label="direct" if has[i] and counts[i] >= enough else "modelled",
        )
        for i in range(len(y))
    ]
    return rows, fit


def fit_fay_herriot(
    direct: FloatArray, variance: FloatArray, covariates: FloatArray, precision: float = 1e-4, rounds: int = 100
) -> FayHerriot:
    """Fit by restricted maximum likelihood with Fisher scoring, to the same digits as R's sae::eblupFH.

    Starts at the median sampling variance; A <- A + s(A) / F(A) with score s = (y'PPy - tr P) / 2 and information
    F = tr(PP) / 2; stops when A changes by at most `precision` of itself (so A is good to four digits or so, as in
    sae, not to the last bit), or after `rounds`; then A = max(A, 0). Unlike sae, a step to where A + D_d is not above
    zero goes on from A = 0, and ends there if the next step would be down again. Raises NotAnswerable with too few
    areas, BadDesign for covariates that are linearly dependent, NoSolution where it does not converge.
    """
    m, p = covariates.shape
    if m < p + 2:
        raise NotAnswerable(
            f"{m} areas with answers are too few for {p} covariates: use fewer, at most {max(m - 2, 0)}."
        )
    if np.linalg.matrix_rank(covariates) < p:
        raise BadDesign("The covariates are linearly dependent over areas with answers: leave one out.")
    between, change, taken = float(np.median(variance)), precision + 1, 0
    while change > precision and taken < rounds:
        taken += 1
        step = _scoring_step(between, direct, variance, covariates)
        change, between = abs(step / between) if between else inf, between + step
        if between + variance.min() <= 0:
            between = 0.0
            change = inf if _scoring_step(between, direct, variance, covariates) > 0 else 0.0
    if change > precision:
        raise NoSolution(f"No convergence in {rounds} rounds: use fewer covariates, or leave out the odd areas.")
    between = max(between, 0.0)
    weights = covariates.T / (between + variance)
    covariance = np.asarray(np.linalg.inv(weights @ covariates), dtype=np.float64)
    return FayHerriot(covariance @ weights @ direct, covariance, between, taken)


def _scoring_step(between: float, y: FloatArray, d: FloatArray, x: FloatArray) -> float:
    inverse = 1 / (between + d)
    weights = x.T * inverse
    p = np.diag(inverse) - weights.T @ np.linalg.solve(weights @ x, weights)
    py = p @ y
    score, information = (float(py @ py) - float(np.trace(p))) / 2, float((p * p).sum()) / 2
    return score / information


def _predict(fit: FayHerriot, y: FloatArray, d: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Shrinkage weights, predictions and their MSE, (m,) each, for the areas that the model was fitted on."""
    total = fit.between_variance + d
    weight, rest = fit.between_variance / total, d / total
    fixed = x @ fit.coefficients
    g1 = fit.between_variance * rest
    g2 = rest**2 * np.einsum("ij,jk,ik->i", x, fit.covariance, x)
    g3 = rest**2 * (2 / (1 / total**2).sum()) / total
    return weight, fixed + weight * (y - fixed), g1 + g2 + 2 * g3


def _synthetic_mse(fit: FayHerriot, x: FloatArray) -> FloatArray:
    return np.asarray(fit.between_variance + np.einsum("ij,jk,ik->i", x, fit.covariance, x))


def _check(areas: Sequence[str], answers: NDArray[np.int_], y: FloatArray, d: FloatArray, x: FloatArray) -> None:
    if x.ndim != 2 or not len(areas) == len(answers) == len(y) == len(d) == len(x):
        raise BadDesign("Give one name, answers, direct estimate, variance and row of covariates for each area.")
    has = answers > 0
    columns = (
        ("answers", answers >= 0, "0 or above"),
        ("direct", np.isfinite(y) | ~has, "a number, or set answers to 0"),
        ("variance", (np.isfinite(d) & (d > 0)) | ~has, "above zero: smooth it over areas, or set answers to 0"),
        ("covariates", np.isfinite(x).all(axis=1), "known for every area"),
    )
    for column, good, remedy in columns:
        for row in np.flatnonzero(~good).tolist():
            raise BadData(f"Column '{column}', row {row} (area '{areas[row]}') must be {remedy}.")
