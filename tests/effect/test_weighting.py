"""Weights that add up to what is known, how well they do it, and what they cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kvarter import effect
from kvarter.effect.errors import BadData, NoSolution
from tests.effect.reference import same

DESIGN = effect.Design(weights="w")


def people(seed: int = 1, rows: int = 300) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "w": random.uniform(5, 20, rows),
            "gender": random.choice(["woman", "man"], rows),
            "age": random.choice(["18-39", "40-64", "65-"], rows, p=[0.2, 0.4, 0.4]),
            "income": random.lognormal(12, 0.4, rows),
            "trust": random.integers(1, 6, rows),
        }
    )


MARGINS = effect.Margins(
    {("gender",): {("woman",): 2300, ("man",): 2200}, ("age",): {("18-39",): 1500, ("40-64",): 1700, ("65-",): 1300}},
    {},
)


@given(st.integers(0, 10**6), st.sampled_from(["raking", "linear", "logit"]), st.floats(0.4, 0.6))
def test_every_margin_is_met_by_every_method(seed: int, method: str, women: float) -> None:
    data = people(seed)
    counts = {("woman",): 4500 * women, ("man",): 4500 * (1 - women)}
    margins = effect.Margins({**MARGINS.counts, ("gender",): counts}, {})
    bounds = (0.05, 12.0) if method == "logit" else None
    found = effect.calibrate(data, DESIGN, margins, method=method, bounds=bounds)
    for names, wanted in margins.counts.items():
        got = data.with_columns(new=pl.Series(found.weights)).group_by(names).agg(pl.col("new").sum())
        for row in got.iter_rows():
            same(row[-1], wanted[row[:-1]], 1e-8)
    if method != "linear":
        assert (found.weights > 0).all()
    assert found.diagnostics["worst_margin"] < 1e-8


def test_raking_and_the_multiplicative_newton_give_the_same_weights() -> None:
    """The same solution by two ways (Deville & Särndal 1992, case 2); a number column forces the second."""
    data = people().with_columns(one=pl.lit(1.0))
    raked = effect.calibrate(data, DESIGN, MARGINS).weights
    newton = effect.calibrate(data, DESIGN, effect.Margins(MARGINS.counts, {"one": 4500.0})).weights
    same(newton, raked, 1e-8)


def test_bounds_hold_and_those_at_them_are_told() -> None:
    data = people()
    base = effect.calibrate(data, DESIGN, MARGINS, method="linear")
    bounds = (float(base.g.min() * 1.02), float(base.g.max() * 0.98))
    for method in ("linear", "logit"):
        found = effect.calibrate(data, DESIGN, MARGINS, method=method, bounds=bounds)
        assert found.g.min() >= bounds[0] - 1e-9
        assert found.g.max() <= bounds[1] + 1e-9
    assert effect.calibrate(data, DESIGN, MARGINS, method="linear", bounds=bounds).diagnostics["trimmed"] > 0


def test_what_cannot_be_is_refused_with_its_place() -> None:
    data = people()
    contradiction = effect.Margins({**MARGINS.counts, ("gender",): {("woman",): 2300, ("man",): 2300}}, {})
    with pytest.raises(NoSolution, match="contradict"):
        effect.calibrate(data, DESIGN, contradiction)
    empty = effect.Margins({("gender",): {("woman",): 2300, ("man",): 2100, ("other",): 100}}, {})
    with pytest.raises(NoSolution, match="Nobody in the sample is gender = other"):
        effect.calibrate(data, DESIGN, empty)
    place = pl.int_range(pl.len())
    odd = data.with_columns(gender=pl.when(place == 7).then(pl.lit("x")).otherwise("gender"))
    with pytest.raises(BadData, match=r"row 8.*not in the margin"):
        effect.calibrate(odd, DESIGN, MARGINS)
    with pytest.raises(NoSolution, match="within bounds"):
        effect.calibrate(data, DESIGN, MARGINS, method="logit", bounds=(0.99, 1.01))


def test_calibration_takes_away_the_variance_that_the_margins_explain() -> None:
    data = people().with_columns(pay=pl.col("income") / 1000 + pl.Series(np.random.default_rng(2).normal(0, 5, 300)))
    total = float((data["income"] * data["w"]).sum())
    size = float(data["w"].sum())
    margins = effect.Margins({("gender",): {("woman",): size * 0.5, ("man",): size * 0.5}}, {"income": total})
    weights = effect.calibrate(data, DESIGN, margins, method="linear")
    after = effect.estimate_calibrated(effect.calibrated_cube(data, DESIGN, weights, means=["pay"]), means=["pay"])
    before = effect.estimate(effect.make_cube(data, DESIGN, means=["pay"]), means=["pay"])
    assert after["se"][0] < 0.2 * before["se"][0]
    assert after["deff"][0] < 0.1


def test_a_share_that_the_margins_fix_is_known_exactly() -> None:
    data = people()
    weights = effect.calibrate(data, DESIGN, MARGINS)
    cube = effect.calibrated_cube(data, DESIGN, weights, shares=["gender", "trust"], by=["age"])
    whole = effect.calibrated_cube(data, DESIGN, weights, shares=["gender"])
    row = effect.estimate_calibrated(whole, shares=["gender"]).row(1, named=True)
    same([row["estimate"], row["ci_low"], row["ci_high"]], [2300 / 4500] * 3, 1e-9)
    parts = effect.estimate_calibrated(cube, shares=["trust"])
    assert parts["age"].unique().sort().to_list() == ["18-39", "40-64", "65-"]
    same(parts.group_by("age").agg(pl.col("estimate").sum())["estimate"], [1, 1, 1], 1e-9)


def test_the_residual_variance_is_what_replicates_find() -> None:
    """Each of 120 people left out in turn, and the rest weighted anew: the jackknife of the whole procedure."""
    data = people(rows=120)
    full = effect.calibrate(data, DESIGN, MARGINS)
    row = effect.estimate_calibrated(effect.calibrated_cube(data, DESIGN, full, means=["trust"]), means=["trust"])
    each = []
    for left in range(120):
        rest = data.with_row_index("n").filter(pl.col("n") != left).drop("n")
        weights = effect.calibrate(rest, DESIGN, MARGINS).weights
        each.append((weights * rest["trust"].to_numpy()).sum() / weights.sum())
    jackknife = np.sqrt(119 / 120 * ((np.array(each) - np.mean(each)) ** 2).sum())
    assert abs(row["se"][0] / jackknife - 1) < 0.06


@given(st.lists(st.floats(0.1, 100), min_size=3, max_size=40), st.floats(1.5, 10))
def test_trimming_keeps_the_sum_and_the_largest_in_place(weights: list[float], largest: float) -> None:
    values = np.array(weights)
    assume(np.median(values) * largest * len(values) > values.sum() * 1.01)
    found, share = effect.trimmed(values, largest=largest)
    same(found.sum(), values.sum(), 1e-9)
    assert found.max() <= np.median(values) * largest * (1 + 1e-9)
    assert 0 <= share <= 1


def test_those_who_did_not_answer_are_stood_in_for_within_their_class() -> None:
    drawn = pl.DataFrame(
        {"block": ["a"] * 4 + ["b"] * 2, "w": [10.0] * 6, "answered": [True, True, False, False, True, False]}
    )
    found = effect.nonresponse_weights(drawn, "answered", ["block"], "w")
    assert found.tolist() == [20.0, 20.0, 0.0, 0.0, 20.0, 0.0]
    with pytest.raises(NoSolution, match="'block': 'b'"):
        effect.nonresponse_weights(drawn.with_columns(answered=pl.col("block") == "a"), "answered", ["block"], "w")
    for other in (drawn.to_pandas(), drawn.with_columns(pl.col("answered").cast(pl.Int64))):
        np.testing.assert_array_equal(effect.nonresponse_weights(other, "answered", ["block"], "w"), found)


@pytest.mark.parametrize(
    ("spoilt", "classes", "told"),
    [
        ({"answered": [1, 2, 1]}, ["block"], r"Column answered: holds \[1, 2\]. Give true and false"),
        ({"answered": ["yes", "no", "yes"]}, ["block"], "Column answered: holds"),
        ({"w": [1.0, None, 1.0]}, ["block"], "Column w, row 2: is no weight"),
        ({"w": [1.0, 1.0, -1.0]}, ["block"], "Column w, row 3: is no weight"),
        ({}, [], "classes names no column"),
        ({}, ["street"], "no column street"),
    ],
)
def test_what_does_not_tell_who_answered_is_refused(spoilt: dict[str, Any], classes: list[str], told: str) -> None:
    drawn = {"answered": [True, False, True], "block": ["a", "a", "a"], "w": [1.0, 1.0, 1.0]} | spoilt
    with pytest.raises(effect.BadData, match=told):
        effect.nonresponse_weights(drawn, "answered", classes, "w")


@pytest.mark.parametrize(
    ("weights", "largest"), [([1.0, np.nan], 2), ([1.0, -2.0], 2), ([1.0, 2.0], np.nan), ([1.0], 0)]
)
def test_what_cannot_be_trimmed_is_refused(weights: list[float], largest: float) -> None:
    with pytest.raises(effect.BadData, match="Weights of 0 or more are trimmed"):
        effect.trimmed(np.array(weights), largest=largest)


@pytest.mark.parametrize(
    "counts", [{}, {"age": {"old": 3.0}}, {("age",): {"old": 3.0}}, {("age", "sex"): {("old",): 3.0}}]
)
def test_margins_are_told_by_tuples(counts: Any) -> None:
    with pytest.raises(effect.BadData, match="gender"):
        effect.Margins(counts, {})


def test_a_quantile_has_a_level_of_confidence() -> None:
    cube = effect.make_cube({"w": [1.0, 1.0], "a": [1, 2]}, effect.Design(weights="w"), shares=["a"])
    with pytest.raises(effect.EffectError, match="no level of confidence"):
        effect.quantiles(cube, "a", level=2)


def test_margins_are_read_from_both_kinds_of_file(tmp_path: Path) -> None:
    toml, csv = tmp_path / "m.toml", tmp_path / "m.csv"
    toml.write_text(
        '[counts.gender]\nwoman = 10\nman = 12\n[counts."gender*age"]\n"woman*65-" = 4\n[totals]\nincome = 5.5\n'
    )
    csv.write_text("margin,category,total\ngender,woman,10\ngender,man,12\ngender*age,woman*65-,4\nincome,,5.5\n")
    assert effect.read_margins(toml) == effect.read_margins(csv)
    csv.write_text("margin,category,total\ngender,woman,many\n")
    with pytest.raises(BadData, match=r"entry 1.*no number"):
        effect.read_margins(csv)


def test_the_unit_a_margin_is_counted_in_makes_no_difference() -> None:
    found = []
    for unit in (1e-6, 1.0, 1e4):
        data = people().with_columns(income=pl.col("income") * unit)
        total = float((data["income"] * data["w"]).sum()) * 1.02
        margins = effect.Margins({("gender",): {("woman",): 1900.0, ("man",): 1900.0}}, {"income": total})
        weights = effect.calibrate(data, DESIGN, margins, method="linear")
        cube = effect.calibrated_cube(data, DESIGN, weights, means=["trust"])
        found.append(effect.estimate_calibrated(cube, means=["trust"])["se"][0])
    same(found[1:], [found[0]] * 2, 1e-6)


def test_a_group_that_only_rows_without_weight_are_in_cannot_be_met() -> None:
    data = pl.DataFrame({"w": [1.0, 1, 1, 0, 0], "g": ["a", "a", "b", "c", "c"]})
    margins = effect.Margins({("g",): {("a",): 50.0, ("b",): 30.0, ("c",): 20.0}}, {})
    with pytest.raises(NoSolution, match="g = c"):
        effect.calibrate(data, DESIGN, margins)
    design = effect.Design(strata="st", population=("N",))
    odd = data.with_columns(st=pl.Series(["x", "x", None, "x", "x"]), N=pl.lit(9))
    with pytest.raises(BadData, match="Column st, row 3"):
        effect.calibrate(odd, design, margins)
