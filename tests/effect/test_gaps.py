"""A gap is judged as a difference between groups, within the margin that was agreed, and among those really tested."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from scipy import stats

from kvarter import effect
from kvarter.effect.counts import Direction
from tests.effect.reference import same

ITEMS = ("near", "far", "nobody")
DESIGN = effect.Design(weights="w", strata="area")


def answers(people: int = 400) -> pl.DataFrame:
    """Two areas: alike in one thing, far apart in another, and one that nobody of the area answered."""
    random = np.random.default_rng(3)
    area = np.repeat(["hg", "rest"], people)
    here = area == "hg"
    return pl.DataFrame(
        {
            "area": area,
            "w": random.uniform(1, 3, 2 * people),
            "near": random.normal(3, 0.5, 2 * people),
            "far": random.normal(3, 0.5, 2 * people) + 0.3 * here,
            "nobody": np.where(here, np.nan, random.normal(3, 0.5, 2 * people)),
        }
    ).with_columns(pl.col("nobody").fill_nan(None))


def judged(aims: Mapping[str, effect.Aim] | None = None, *, people: int = 400, adjust: str = "bh") -> pl.DataFrame:
    cube = effect.make_cube(answers(people), DESIGN, means=ITEMS, by=["area"], missing="drop")
    return effect.gap(cube, "area", "rest", "hg", ITEMS, aims=aims, adjust=adjust)


def row(table: pl.DataFrame, item: str) -> dict[str, float]:
    found: dict[str, float] = table.row(by_predicate=pl.col("item") == item, named=True)
    return found


def test_a_gap_is_the_difference_of_the_two_groups() -> None:
    cube = effect.make_cube(answers(), DESIGN, means=ITEMS, by=["area"], missing="drop")
    names = ["item", "difference", "se", "ci_low", "ci_high", "df", "p"]
    assert judged().select(names).equals(effect.difference(cube, "area", "rest", "hg", means=ITEMS).select(names))


def test_only_what_was_answered_is_adjusted_for() -> None:
    table = judged()
    tested = table.filter(pl.col("p").is_not_nan())
    assert tested["item"].to_list() == ["near", "far"]
    same(tested["p_adjusted"].to_numpy(), stats.false_discovery_control(tested["p"].to_numpy()))
    assert row(table, "nobody")["verdict"] == effect.Verdict.UNMEASURABLE
    assert row(table, "far")["verdict"] == effect.Verdict.CHANGED
    assert row(table, "near")["verdict"] == effect.Verdict.UNCHANGED


def test_a_margin_to_maintain_is_an_equivalence_test() -> None:
    """By hand, as two one-sided tests."""
    margin = 0.15
    table = judged({"near": effect.Aim(Direction.MAINTAIN, margin)}, adjust="none")
    near = row(table, "near")
    d, se, df = near["difference"], near["se"], near["df"]
    same(near["p"], max(stats.t.sf((d + margin) / se, df), stats.t.sf((margin - d) / se, df)))
    assert near["verdict"] == effect.Verdict.KEPT


@pytest.mark.parametrize(
    ("item", "people", "margin", "verdict"),
    [
        ("far", 400, 0.25, effect.Verdict.CHANGED),
        ("far", 400, 0.6, effect.Verdict.KEPT),
        ("near", 12, 0.05, effect.Verdict.UNMEASURABLE),
    ],
)
def test_outside_the_margin_is_a_difference_and_too_few_cannot_tell(
    item: str, people: int, margin: float, verdict: effect.Verdict
) -> None:
    table = judged({item: effect.Aim(Direction.MAINTAIN, margin)}, people=people, adjust="none")
    assert row(table, item)["verdict"] == verdict


def test_a_wanted_direction_makes_no_gap_better_or_worse_but_its_margin_counts() -> None:
    assert row(judged({"far": effect.Aim(Direction.LESS)}), "far")["verdict"] == effect.Verdict.CHANGED
    blind = judged({"near": effect.Aim(Direction.MORE, 0.01)}, people=30)
    assert row(blind, "near")["verdict"] == effect.Verdict.UNMEASURABLE
