"""Areas with few answers: the modelled estimate beside the direct one, against R's sae and by simulation."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from kvarter.effect.area_models import FayHerriot, FloatArray, SmallArea, fit_fay_herriot, small_areas
from kvarter.effect.errors import BadData, BadDesign, NotAnswerable

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "survey"


def milk(enough: int = 60, silent: int | None = None) -> tuple[list[SmallArea], FayHerriot]:
    """The milk expenditure of 43 areas in the U.S. (Arora & Lahiri 1997), as in R's sae."""
    if not (REFERENCE / "milk_fay_herriot.csv").exists():
        pytest.skip(f"The reference figures are not on this machine: {REFERENCE}")
    with (REFERENCE / "milk_fay_herriot.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    majors = np.array([int(row["MajorArea"]) for row in rows])
    x = np.column_stack([np.ones(len(rows)), *(majors == level for level in (2, 3, 4))])
    answers = [int(row["ni"]) for row in rows]
    if silent is not None:
        answers[silent] = 0
    direct, sd = (np.array([float(row[column]) for row in rows]) for column in ("yi", "SD"))
    return small_areas([row["SmallArea"] for row in rows], answers, direct, sd**2, x, enough)


def noise(m: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    x = np.column_stack([np.ones(m), rng.normal(size=m)])
    d = rng.uniform(0.5, 2.0, m)
    return x, d, rng.normal(size=m)


def test_the_model_gives_the_figures_of_the_r_package_sae() -> None:
    areas, fit = milk()
    expected = json.loads((REFERENCE / "more.json").read_text())["milk_fay_herriot.csv"]
    assert fit.between_variance == pytest.approx(expected["refvar"], rel=1e-8)
    assert fit.coefficients == pytest.approx(expected["beta"], rel=1e-8)
    assert [a.modelled for a in areas[:5]] == pytest.approx(expected["eblup_1_to_5"], rel=1e-8)
    assert [a.modelled_mse for a in areas[:5]] == pytest.approx(expected["mse_1_to_5"], rel=1e-8)


def test_an_area_with_enough_answers_keeps_its_own_estimate_and_another_is_labelled_as_modelled() -> None:
    areas, _ = milk(enough=200)
    first, fourth = areas[0], areas[3]
    assert (first.answers, first.label, first.estimate, first.mse) == (
        191,
        "modelled",
        first.modelled,
        first.modelled_mse,
    )
    assert (fourth.answers, fourth.label, fourth.estimate, fourth.mse) == (221, "direct", 0.628, 0.109**2)
    assert (first.direct, first.modelled < 1.099) == (1.099, True)
    assert {a.label for a in milk()[0]} == {"direct"}


def test_an_area_where_nobody_answered_gets_what_its_covariates_foretell() -> None:
    areas, fit = milk(silent=1)
    silent, neighbour = areas[1], areas[0]
    assert (silent.direct, silent.direct_variance, silent.shrinkage) == (None, None, 0)
    assert (silent.synthetic, silent.label, neighbour.synthetic) == (True, "modelled", False)
    # Area 2 is in the first major area, whose mean is the intercept.
    assert silent.estimate == pytest.approx(fit.coefficients[0])
    assert silent.mse == pytest.approx(fit.between_variance + fit.covariance[0, 0])
    assert silent.mse > neighbour.modelled_mse


def test_areas_that_differ_by_no_more_than_chance_are_all_drawn_to_the_same_line() -> None:
    x, d, _ = noise(30, np.random.default_rng(3))
    straight = x @ np.array([5.0, 2.0])
    areas, fit = small_areas([str(i) for i in range(30)], [10] * 30, straight, d, x)
    assert fit.between_variance == 0
    assert [a.modelled for a in areas] == pytest.approx(straight.tolist())
    assert {a.shrinkage for a in areas} == {0.0}


def test_the_modelled_estimate_lies_between_the_direct_one_and_the_line() -> None:
    areas, fit = milk()
    for a in areas[:7]:
        low, high = sorted([float(fit.coefficients[0]), a.direct or 0.0])
        assert low < a.modelled < high
        assert a.modelled_mse < (a.direct_variance or 0.0)


def restricted_likelihood(between: float, y: FloatArray, d: FloatArray, x: FloatArray) -> float:
    """Minus twice the log of it, up to a constant, written out as in Cressie (1992)."""
    weights = x.T / (between + d)
    rest = y - x @ np.linalg.solve(weights @ x, weights @ y)
    return float(np.log(between + d).sum() + np.linalg.slogdet(weights @ x)[1] + (rest**2 / (between + d)).sum())


@pytest.mark.parametrize("seed", range(40))
def test_a_very_precise_area_among_few_does_not_throw_the_fit(seed: int) -> None:
    """Variances from a thousandth to several: a first step often leads below zero though the best A is above."""
    rng = np.random.default_rng(seed)
    x, _, _ = noise(12, rng)
    d = rng.gamma(0.7, 1, 12) + 1e-3
    y = x @ np.array([1.0, 1.0]) + rng.normal(size=12) * np.sqrt(d + 0.3)
    fit = fit_fay_herriot(y, d, x)
    best = min(restricted_likelihood(a, y, d, x) for a in [0, *np.geomspace(1e-4, 50, 400)])
    assert restricted_likelihood(fit.between_variance, y, d, x) <= best + 1e-3


def test_what_does_not_fit_is_told_by_column_and_row() -> None:
    x, d, y = noise(12, np.random.default_rng(1))
    names, answers = [f"Area {i}" for i in range(12)], [20] * 12
    with pytest.raises(BadData, match=r"'variance', row 4 \(area 'Area 4'\)"):
        small_areas(names, answers, y, np.where(np.arange(12) == 4, 0.0, d), x)
    with pytest.raises(BadData, match="'direct', row 2"):
        small_areas(names, answers, np.where(np.arange(12) == 2, np.nan, y), d, x)
    with pytest.raises(NotAnswerable, match="3 areas with answers are too few for 2"):
        small_areas(names, [20] * 3 + [0] * 9, y, d, x)
    with pytest.raises(BadDesign, match="linearly dependent"):
        fit_fay_herriot(y, d, np.column_stack([x, x[:, 1]]))
    with pytest.raises(BadDesign, match="for each area"):
        small_areas(names[:-1], answers, y, d, x)


@pytest.mark.slow
def test_the_mean_squared_error_is_what_a_simulation_finds_and_below_the_direct_one() -> None:
    """2,000 worlds of 40 areas with A = 1: the mean of the MSE estimates against the mean of the squared errors."""
    rng = np.random.default_rng(11)
    x, d, _ = noise(40, rng)
    names, answers = [str(i) for i in range(40)], [30] * 39 + [0]
    squared, told = np.zeros(40), np.zeros(40)
    for _ in range(2000):
        truth = x @ np.array([5.0, 1.0]) + rng.normal(size=40)
        areas, _ = small_areas(names, answers, truth + rng.normal(size=40) * np.sqrt(d), d, x)
        squared += (np.array([a.modelled for a in areas]) - truth) ** 2 / 2000
        told += np.array([a.modelled_mse for a in areas]) / 2000
    assert told[:39].mean() / squared[:39].mean() == pytest.approx(1, abs=0.03)
    assert told[39] / squared[39] == pytest.approx(1, abs=0.12)
    assert (squared[:39] < d[:39]).all()
