"""What is judged of a wave, from plain answers: the gap by the margin agreed, and only of what can be tested."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from kvarter.effect.changes import Aim, Verdict
from kvarter.effect.counts import Direction
from kvarter.evidence.estimating import Answered, Judged, judged
from kvarter.evidence.figures import Between

ITEMS = ("ens", "naesten", "langt-fra", "ingen")
PEOPLE = 400


def wave(day: date = date(2024, 3, 1)) -> Answered:
    """Both places say the same of one thing, nearly so of another, are far apart in a third; one is left unanswered."""
    random = np.random.default_rng(5)
    here = np.repeat([True, False], PEOPLE)
    table = pl.DataFrame(
        {
            "area": np.where(here, "lilleby", "resten"),
            "stratum": np.where(here, "lilleby", "resten"),
            "household": [str(number) for number in range(2 * PEOPLE)],
            "weight": random.uniform(1, 2, 2 * PEOPLE),
            "ens": np.ones(2 * PEOPLE),
            "naesten": random.normal(3, 0.5, 2 * PEOPLE),
            "langt-fra": random.normal(3, 0.5, 2 * PEOPLE) + 0.5 * here,
            "ingen": np.full(2 * PEOPLE, np.nan),
        }
    )
    return Answered(day, table.with_columns(pl.col("ingen").fill_nan(None)), (), ITEMS)


def gaps(**aims: Aim) -> dict[str, Judged]:
    wanted = {name.replace("_", "-"): aim for name, aim in aims.items()}
    found = judged([wave()], area="lilleby", reference="resten", aims=wanted, broken={})
    return {one.item: one for one in found if one.between is Between.GAP}


def test_only_what_can_be_tested_is_judged_and_counted() -> None:
    """Where everybody answers alike, or nobody does, there is nothing to test."""
    found = gaps()
    assert set(found) == {"naesten", "langt-fra"}
    assert {one.together for one in found.values()} == {2}
    assert found["langt-fra"].verdict is Verdict.CHANGED
    assert found["naesten"].verdict is Verdict.UNCHANGED


def test_a_gap_is_held_to_the_margin_that_was_agreed() -> None:
    within = Aim(Direction.MAINTAIN, 0.2)
    found = gaps(naesten=within, langt_fra=within)
    assert found["naesten"].verdict is Verdict.KEPT
    assert found["langt-fra"].verdict is Verdict.CHANGED


def test_so_are_changes_between_two_waves() -> None:
    found = judged([wave(date(2021, 3, 1)), wave()], area="lilleby", reference="resten", aims={}, broken={})
    changes = [one for one in found if one.between is not Between.GAP]
    assert {one.item for one in changes} == {"naesten", "langt-fra"}
    assert {one.together for one in changes} == {len(changes)}
