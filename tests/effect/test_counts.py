"""Figures counted in full: shares as estimate gives them, progress that knows its direction, forecasts scored."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter import effect
from kvarter.effect import Direction

counts = st.integers(0, 10**7)


@given(counts, counts)
def test_a_share_is_what_estimate_gives_for_the_same_counts_as_weights(some: int, others: int) -> None:
    if some + others == 0:
        return
    rows = pl.DataFrame({"vote": [1, 0], "people": [some, others]})
    cube = effect.make_cube(rows, effect.Design(weights="people"), means=["vote"])
    assert effect.estimate(cube, means=["vote"])["estimate"][0] == effect.share(some, some + others)


@pytest.mark.parametrize(("part", "whole"), [(3, 2), (-1, 2), (1, 0), (math.nan, 2), (1, math.inf)])
def test_what_is_no_share_is_refused(part: float, whole: float) -> None:
    with pytest.raises(effect.BadData, match="no share"):
        effect.share(part, whole)


def test_a_mean_needs_a_count() -> None:
    assert effect.mean(10, 4) == 2.5
    with pytest.raises(effect.BadData, match="count"):
        effect.mean(10, 0)


def test_progress_knows_baseline_and_direction() -> None:
    assert effect.progress(0.6, 0.7, 0.8, Direction.MORE) == pytest.approx(0.5)
    assert effect.progress(0.4, 0.3, 0.2, Direction.LESS) == pytest.approx(0.5)
    assert effect.progress(0.6, 0.5, 0.8, Direction.MORE) == pytest.approx(-0.5)
    assert effect.progress(0.6, 0.9, 0.8, Direction.MORE) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("target", "direction"),
    [(0.8, Direction.MAINTAIN), (0.8, Direction.NONE), (0.6, Direction.MORE), (0.4, Direction.MORE)],
)
def test_progress_is_nothing_where_there_is_no_way_to_go(target: float, direction: Direction) -> None:
    assert effect.progress(0.6, 0.7, target, direction) is None


def test_a_forecast_is_scored_against_as_last_time() -> None:
    assert effect.skill(forecast=0.7, actual=0.7, before=0.6) == 1
    assert effect.skill(forecast=0.6, actual=0.7, before=0.6) == 0
    assert effect.skill(forecast=0.5, actual=0.7, before=0.6) == pytest.approx(-1)
    assert effect.skill(forecast=0.5, actual=0.6, before=0.6) is None


def test_a_spread_is_what_r_gives() -> None:
    """R: quantile(c(0.61, 0.7, 0.55, 0.82, 0.64)), type 7."""
    found = effect.spread([0.61, 0.7, 0.55, 0.82, 0.64])
    assert (found.least, found.lower, found.middle, found.upper, found.most) == (0.55, 0.61, 0.64, 0.7, 0.82)
    assert effect.spread([1.0, 2.0, 4.0, 8.0]).upper == pytest.approx(5.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_a_spread_is_in_order_and_within_the_figures(values: list[float]) -> None:
    found = effect.spread(values)
    marks = [found.least, found.lower, found.middle, found.upper, found.most]
    assert marks == pytest.approx(sorted(marks), abs=1e-6)
    assert (marks[0], marks[-1]) == (min(values), max(values))


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan]])
def test_a_spread_of_too_little_is_refused(values: list[float]) -> None:
    with pytest.raises(effect.BadData, match="spread"):
        effect.spread(values)
