"""What intervals and standard errors promise, held against surveys drawn again and again."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tools.coverage_table import PLAIN, UNEVEN, coverage

from kvarter import effect

SURVEYS = 1_500


@pytest.mark.slow
@pytest.mark.parametrize(("share", "size"), [(0.02, 300), (0.1, 300), (0.5, 900), (0.95, 900)])
def test_the_default_interval_of_a_share_holds_the_truth_as_often_as_it_says(share: float, size: int) -> None:
    found = coverage(share, PLAIN, size, SURVEYS, seed=7)
    assert found["beta"] > 0.95 - 3 * np.sqrt(0.95 * 0.05 / SURVEYS)


@pytest.mark.slow
def test_the_plain_interval_does_not_and_the_check_can_fail() -> None:
    found = coverage(0.05, UNEVEN, 300, SURVEYS, seed=7)
    assert found["mean"] < 0.945 < found["beta"]


def sample(rows: int = 600) -> pl.DataFrame:
    random = np.random.default_rng(4)
    return pl.DataFrame(
        {
            "h": random.integers(0, 3, rows),
            "stair": random.integers(0, 40, rows),
            "w": random.uniform(1, 4, rows),
            "N": np.full(rows, 1500),
            "g": random.integers(0, 2, rows),
            "trust": random.integers(1, 6, rows),
        }
    )


@pytest.mark.parametrize(
    "design",
    [
        effect.Design(weights="w", strata="h", population=("N",)),
        effect.Design(weights="w", strata="h", clusters=("stair",), nest=True),
    ],
)
def test_the_bootstrap_finds_the_spread_that_linearisation_says(design: effect.Design) -> None:
    data = sample()
    drawn = effect.bootstrap(data, design, ["trust"], by=["g"], size=2000, seed=3)
    said = effect.estimate(effect.make_cube(data, design, means=["trust"], by=["g"]), means=["trust"], shares=["trust"])
    both = drawn.join(said, on=["item", "category", "statistic", "g"], nulls_equal=True)
    assert both.height == drawn.height == 12
    np.testing.assert_allclose(both["estimate"].to_numpy(), both["estimate_right"].to_numpy(), rtol=1e-12)
    assert abs((both["se"] / both["se_right"]).log().mean()) < 0.03
    assert (both["se"] / both["se_right"]).is_between(0.9, 1.1).all()


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    design = effect.Design(weights="w", strata="h")
    one, same, other = (effect.bootstrap(sample(), design, ["trust"], size=40, seed=seed) for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)
