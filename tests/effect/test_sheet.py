"""Answers counted together give the sums of answers counted one item at a time, whatever the columns hold."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvarter import effect
from kvarter.effect import asking, building, coding
from kvarter.effect.building import Builder, Wanted

DESIGN = effect.Design(weights="w", strata="h")
KINDS = [pl.Int8, pl.Int16, pl.Int64, pl.UInt8, pl.UInt64, pl.Float64]


@st.composite
def answers(draw: st.DrawFn) -> pl.DataFrame:
    """Items of several kinds: whole numbers, holes, fractions, texts, and more values than a scale has."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(2, 60))
    columns = {
        "h": random.integers(0, 2, rows),
        "w": random.uniform(0.5, 2, rows).round(3),
        "g": random.integers(0, 3, rows),
    }
    frame = pl.DataFrame(columns).with_columns(w=pl.when(pl.int_range(rows) == 1).then(0.0).otherwise("w"))
    for name in "abcd":
        low = draw(st.sampled_from([0, 1, 7, 100]))
        values = pl.Series(name, low + random.integers(0, draw(st.sampled_from([1, 5, 90])), rows))
        column = values.cast(draw(st.sampled_from(KINDS))) if low < 100 else values
        holes = pl.Series(random.random(rows) < draw(st.sampled_from([0.0, 0.3])))
        frame = frame.with_columns(pl.select(pl.when(~holes).then(column).alias(name))[name])
    return frame.with_columns(t=pl.Series(random.choice(["yes", "no"], rows)))


def summed(frame: pl.DataFrame, at_once: bool, pieces: int) -> pl.DataFrame:
    """Everything that can be estimated, from a builder that takes the rows in so many pieces."""
    builder = Builder(DESIGN, Wanted(("a", "b", "c", "d"), ("a", "t"), (), ("g",), effect.Missing.DROP))
    edges = np.linspace(0, frame.height, pieces + 1).astype(int)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "WORTH_A_THREAD", 100_000 if at_once else 0)
        for low, high in itertools.pairwise(edges):
            builder.add(frame[int(low) : int(high)].to_arrow())
    cube = builder.finish()
    shares = [item for item in ("a", "t") if any(frame[item].is_not_null())]
    means = [item for item in "abcd" if any(frame[item].is_not_null())]
    return asking.estimate(cube, means=means, shares=shares, totals=means, margins=True)


@settings(max_examples=80, deadline=None)
@given(answers())
def test_items_counted_together_give_what_they_give_one_by_one(frame: pl.DataFrame) -> None:
    plain = effect.Design(weights="w", strata="h", single_psu=effect.SinglePsu.CERTAINTY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.effect.test_sheet.DESIGN", plain)
        together, alone, split = summed(frame, True, 1), summed(frame, False, 1), summed(frame, True, 2)
    for other in (alone, split):
        keys = ["item", "category", "statistic", "g"]
        left, right = together.sort(keys, nulls_last=True), other.sort(keys, nulls_last=True)
        assert left.select(keys).equals(right.select(keys))
        for name in ("n", "estimate", "se", "df"):
            np.testing.assert_allclose(left[name].to_numpy(), right[name].to_numpy(), rtol=1e-9, atol=1e-7)


def test_a_missing_answer_is_still_refused_by_row() -> None:
    frame = pl.DataFrame({"h": [1, 1, 1], "w": [1.0, 1.0, 1.0], "a": [1, None, 2], "b": [1, 2, 3]})
    with pytest.raises(effect.BadData, match="Column a, row 2: has no answer"):
        effect.make_cube(frame, DESIGN, means=["a", "b"])


def test_a_value_that_stands_for_missing_inside_is_kept_as_a_number() -> None:
    lowest = -(2**63)
    frame = pl.DataFrame({"h": [1, 1, 1], "w": [1.0, 1.0, 1.0], "a": [lowest, lowest, None]})
    cube = effect.make_cube(frame, DESIGN, shares=["a"], missing="drop")
    assert effect.estimate(cube, shares=["a"])["category"].to_list() == [str(lowest)]


def test_pairs_keep_their_numbers_when_a_table_grows_too_wide_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "WIDEST_TABLE", 50)
    random = np.random.default_rng(3)
    pairs, known = coding.Tuples(2), {}
    for wide in (5, 8, 400, 400):
        left, right = (random.integers(-1, wide, 300).astype(np.int32) for _ in range(2))
        for a, b, number in zip(left, right, pairs.code([left, right]), strict=True):
            assert number == (-1 if min(a, b) < 0 else known.setdefault((int(a), int(b)), len(known)))
    assert [tuple(pair) for pair in pairs.parts().tolist()] == list(known)
