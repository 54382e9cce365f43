"""Every number R's survey package printed for its own data, from ours to eight digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from kvarter import effect
from kvarter.effect.contrasts import contrast
from kvarter.effect.estimates import mean_of
from kvarter.effect.replicating import replicated_ratio
from tests.effect.reference import SURVEY, printed, same
from tests.effect.spline import interval_as_r_reads_it

STRATIFIED = effect.Design(weights="pw", strata="stype", population=("fpc",))
CLUSTERED = effect.Design(weights="pw", clusters=("dnum",), population=("fpc",))


@pytest.fixture
def r() -> dict[str, Any]:
    return printed("expected.json")


@pytest.fixture
def more() -> dict[str, Any]:
    return printed("more.json")


def stratified(**asked: Any) -> effect.Cube:
    return effect.make_cube(SURVEY / "apistrat.csv", STRATIFIED, **asked)


def clustered(**asked: Any) -> effect.Cube:
    return effect.make_cube(SURVEY / "apiclus1.csv", CLUSTERED, **asked)


def pair(table: pl.DataFrame) -> list[float]:
    return [table["estimate"][0], table["se"][0]]


def test_means_totals_ratio_and_design_effects_of_a_stratified_sample(r: dict[str, Any]) -> None:
    cube = stratified(means=["api00", "enroll", "meals"], together=[("api00", "api99")])
    means = effect.estimate(cube, means=["api00", "enroll", "meals"])
    same(means["estimate"], r["strat_mean"]["est"])
    same(means["se"], r["strat_mean"]["se"])
    same(means["deff"][:2], r["strat_deff"])
    assert set(means["df"]) == {r["degf_strat"]}
    total, ratio = r["strat_total_enroll"], r["strat_ratio_api00_api99"]
    same(pair(effect.estimate(cube, totals=["enroll"])), [total["est"], total["se"]])
    same(pair(effect.estimate(cube, ratios=[("api00", "api99")])), [ratio["est"], ratio["se"]])


def test_shares_and_groups_of_a_stratified_sample(r: dict[str, Any]) -> None:
    cube = stratified(means=["api00"], shares=["both"], by=["stype", "awards"])
    one = effect.estimate(cube, means=["api00"], by=["awards"])
    assert one["awards"].to_list() == r["strat_by_awards"]["level"]
    same(one["estimate"], r["strat_by_awards"]["est"])
    same(one["se"], r["strat_by_awards"]["se"])
    two = effect.estimate(cube, means=["api00"]).sort("awards", "stype")
    assert two["stype"].to_list() == r["strat_by_stype_awards"]["stype"]
    same(two["estimate"], r["strat_by_stype_awards"]["est"])
    same(two["se"], r["strat_by_stype_awards"]["se"])
    shares = effect.estimate(stratified(shares=["awards"]), shares=["awards"])
    same(shares["estimate"], r["strat_prop_awards"]["est"])
    same(shares["se"], r["strat_prop_awards"]["se"])


@pytest.mark.parametrize("method", ["logit", "beta", "mean", "asin"])
def test_the_interval_of_a_share_by_every_method(r: dict[str, Any], method: str) -> None:
    row = effect.estimate(stratified(shares=["awards"]), shares=["awards"], interval=method).row(1, named=True)
    same([row["ci_low"], row["ci_high"]], r[f"strat_ciprop_awards_{method}"]["ci"])


def best_schools(method: str) -> dict[str, Any]:
    """The 14 schools of 183 with the best results, with weights that follow from the population."""
    data = pl.read_csv(SURVEY / "apiclus1.csv").with_columns(best=pl.col("api00") > 795)
    design = effect.Design(clusters=("dnum",), population=("fpc",))
    cube = effect.make_cube(data, design, shares=["best"])
    return effect.estimate(cube, shares=["best"], interval=method).row(1, named=True)


@pytest.mark.parametrize("method", ["logit", "beta", "wilson"])
def test_the_interval_of_a_small_share_among_few_clusters(more: dict[str, Any], method: str) -> None:
    low, high = _noted(more["apiclus1.csv"]["ciprop_note"], method)
    row = best_schools(method)
    assert round(row["estimate"], 4) == 0.0765
    same([row["ci_low"], row["ci_high"]], [low, high], 2e-9)


def test_the_likelihood_interval_solves_the_equation_that_r_reads_off_a_spline(
    r: dict[str, Any], more: dict[str, Any]
) -> None:
    """R profiles the deviance at steps, lays a spline through them and reads it by straight lines: that costs it the
    sixth digit here and the fourth in the smaller sample. Ours solves the equation; read in R's way it gives R's own,
    to the eighth digit here, and in the smaller sample to the sixth, where R's fit of the share itself stops.
    """
    table = effect.estimate(stratified(shares=["awards"]), shares=["awards"], interval="likelihood")
    row = table.row(1, named=True)
    same([row["ci_low"], row["ci_high"]], r["strat_ciprop_awards_likelihood"]["ci"], 3e-6)
    low, high = _noted(more["apiclus1.csv"]["ciprop_note"], "likelihood")
    other = best_schools("likelihood")
    same([other["ci_low"], other["ci_high"]], [low, high], 3e-4)
    for one, wanted, digits in ((row, r["strat_ciprop_awards_likelihood"]["ci"], 1e-8), (other, [low, high], 1e-6)):
        same(interval_as_r_reads_it(one["estimate"], one["se"], one["n"], one["df"]), wanted, digits)
        size = one["estimate"] * (1 - one["estimate"]) / one["se"] ** 2
        t = effect.t_interval(np.zeros(1), np.ones(1), np.array([one["df"]]))[1][0]
        p = one["estimate"]
        for end in (one["ci_low"], one["ci_high"]):
            deviance = 2 * size * (p * np.log(p / end) + (1 - p) * np.log((1 - p) / (1 - end)))
            same(deviance * (one["n"] - 1) / one["n"], t**2)


def _noted(note: str, method: str) -> tuple[float, float]:
    numbers = note.split(f"{method} [")[1].split("]")[0].split(",")
    return float(numbers[0]), float(numbers[1])


def test_a_difference_between_groups(r: dict[str, Any]) -> None:
    cube = stratified(means=["api00"], by=["awards"])
    linear, answered = mean_of(cube, "api00")
    found = contrast(cube, linear, np.array([[-1.0, 1.0]]), answered)
    wanted = r["strat_difference_awards_yes_minus_no"]
    same([found.estimate[0, 0], found.se[0, 0]], [wanted["est"], wanted["se"]])


def test_the_t_test_and_the_chi_square_test_of_clustered_data(more: dict[str, Any]) -> None:
    wanted = more["apiclus1.csv"]["ttest_api00_comp_imp"]
    row = effect.difference(clustered(means=["api00"], by=["comp.imp"]), "comp.imp", "No", "Yes", means=["api00"]).row(
        0, named=True
    )
    same(row["difference"] / row["se"], wanted["t"], 1e-7)
    same(
        [row["df"], row["difference"], row["ci_low"], row["ci_high"]],
        [wanted["df"], wanted["difference"], *wanted["ci"]],
    )
    same(row["p"], wanted["p"], 1e-6)
    test = effect.association(clustered(shares=["sch.wide"], by=["stype"]), "sch.wide")
    square = more["apiclus1.csv"]["svychisq_schwide_stype"]
    same([test.f, test.ndf, test.ddf, test.p], [square[name] for name in ("F", "ndf", "ddf", "p")], 1e-6)


def test_one_stage_clusters(r: dict[str, Any]) -> None:
    cube = clustered(means=["api00", "enroll"], by=["stype"])
    whole = effect.estimate(cube, means=["api00", "enroll"], by=[])
    same(whole["estimate"], r["clus_mean"]["est"])
    same(whole["se"], r["clus_mean"]["se"])
    assert set(whole["df"]) == {r["degf_clus"]}
    total = r["clus_total_enroll"]
    same(pair(effect.estimate(cube, totals=["enroll"], by=[])), [total["est"], total["se"]])
    parts = effect.estimate(cube, means=["api00"])
    same(parts["estimate"], r["clus_by_stype"]["est"])
    same(parts["se"], r["clus_by_stype"]["se"])


def test_population_sizes_with_nested_ids(more: dict[str, Any]) -> None:
    wanted = more["fpc.csv"]
    design = effect.Design(weights="weight", strata="stratid", clusters=("psuid",), population=("Nh",), nest=True)
    cube = effect.make_cube(SURVEY / "fpc.csv", design, means=["x"])
    same(pair(effect.estimate(cube, means=["x"])), wanted["mean_x"])
    same(pair(effect.estimate(cube, totals=["x"])), wanted["total_x"])
    bare = effect.Design(weights="weight", strata="stratid", clusters=("psuid",), nest=True)
    cube = effect.make_cube(SURVEY / "fpc.csv", bare, means=["x"])
    same(pair(effect.estimate(cube, means=["x"])), wanted["mean_x_without_fpc"])


def test_quantiles_with_woodruffs_interval(r: dict[str, Any]) -> None:
    found = effect.quantiles(stratified(shares=["api00"]), "api00")
    same(found["estimate"], r["strat_quantiles_api00"]["q"])
    same(found["se"], r["strat_quantiles_api00"]["se"])


def calibrated(r: dict[str, Any], file: str, design: effect.Design, margins: effect.Margins, method: str) -> Any:
    weights = effect.calibrate(SURVEY / file, design, margins, method=method)
    cube = effect.calibrated_cube(SURVEY / file, design, weights, means=["api00", "enroll"])
    return weights.weights, effect.estimate_calibrated(cube, means=["api00"], totals=["enroll"])


def population(r: dict[str, Any], *names: str) -> dict[tuple[str, ...], dict[tuple[str, ...], float]]:
    return {(name,): {(level,): n for level, n in r["population"][name].items()} for name in names}


def check(table: pl.DataFrame, wanted: dict[str, Any]) -> None:
    same(table["estimate"], [wanted["api00"]["est"], wanted["enroll_total"]["est"]])
    same(table["se"], [wanted["api00"]["se"], wanted["enroll_total"]["se"]])


def test_raking(r: dict[str, Any]) -> None:
    margins = effect.Margins(population(r, "stype", "awards"), {})
    weights, table = calibrated(r, "apiclus1.csv", CLUSTERED, margins, "raking")
    wanted = r["clus_raked_stype_awards"]
    same([weights.sum(), weights.min(), weights.max()], [wanted["sum_w"], wanted["w_min"], wanted["w_max"]])
    check(table, wanted)


def test_the_regression_estimator(r: dict[str, Any]) -> None:
    margins = effect.Margins(population(r, "stype"), {"api99": r["population"]["api99_total"]})
    weights, table = calibrated(r, "apiclus1.csv", CLUSTERED, margins, "linear")
    wanted = r["clus_greg_stype_api99"]
    same([weights.sum(), weights.min(), weights.max()], [wanted["sum_w"], wanted["w_min"], wanted["w_max"]])
    check(table, wanted)


def test_post_stratification(r: dict[str, Any]) -> None:
    margins = effect.Margins(population(r, "awards"), {})
    _weights, table = calibrated(r, "apistrat.csv", STRATIFIED, margins, "raking")
    check(table, r["strat_poststrat_awards"])


def test_the_jackknife_and_balanced_half_samples(r: dict[str, Any], more: dict[str, Any]) -> None:
    table = effect.check_means(clustered(means=["api00"]), "api00", "jk1")
    same(pair(table), [r["clus_jackknife"]["api00"]["est"], r["clus_jackknife"]["api00"]["se"]])
    data = pl.read_csv(SURVEY / "scd.csv").with_columns(one=1.0)
    design = effect.Design(weights="one", strata="ESA", clusters=("ambulance",), nest=True)
    cube = effect.make_cube(data, design, together=[("alive", "arrests")])
    made = effect.replicates(cube.units, "brr")
    each, whole = replicated_ratio(cube, made, "alive", "arrests")
    same([whole[0], np.sqrt(made.variance(each))[0]], more["scd.csv"]["ratio_alive_over_arrests"])


# Printed by R 4.2.2, survey 4.1.1, on the data below: svydesign(id=~1, strata=~h, weights=~w), svymean and svytotal.
LONELY = {
    "certainty": (0.84852813742386, 4.2426406871193),
    "adjust": (1.1324751652906, 21.424285285629),
    "average": (1.0392304845413, 5.1961524227066),
}


@pytest.mark.parametrize("rule", LONELY)
def test_a_stratum_with_one_unit_by_every_rule(rule: str) -> None:
    data = {"h": [1, 1, 1, 2, 3, 3], "y": [1, 2, 4, 7, 3, 9], "w": [1, 2, 1, 3, 2, 1]}
    design = effect.Design(weights="w", strata="h", single_psu=effect.SinglePsu(rule))
    cube = effect.make_cube(data, design, means=["y"])
    same(
        [effect.estimate(cube, means=["y"])["se"][0], effect.estimate(cube, totals=["y"])["se"][0]], LONELY[rule], 1e-12
    )


def test_a_unit_alone_at_the_second_stage_is_averaged_over_all_units_where_r_gives_nothing() -> None:
    """R 4.2.2, survey 4.1.1, averages within each unit of the first stage, and prints NaN for these data; with
    `certainty` it prints 47.300458066845. By hand: three of eight clusters, of which two show a spread within.
    """
    data = {"c": [1, 1, 2, 2, 3], "N": [8] * 5, "M": [6, 6, 5, 5, 4], "y": [1, 3, 5, 9, 4]}
    totals = np.array([6 * (1 + 3) / 2, 5 * (5 + 9) / 2, 4 * 4.0])
    between = 8**2 * (1 - 3 / 8) * totals.var(ddof=1) / 3
    within = 8 / 3 * (6**2 * (1 - 2 / 6) * 2 / 2 + 5**2 * (1 - 2 / 5) * 8 / 2)
    for rule, wanted in (("certainty", between + within), ("average", between + within * 3 / 2)):
        design = effect.Design(clusters=("c",), population=("N", "M"), single_psu=effect.SinglePsu(rule))
        table = effect.estimate(effect.make_cube(data, design, means=["y"]), totals=["y"])
        same(table["se"][0], np.sqrt(wanted), 1e-12)
    same(np.sqrt(between + within), 47.300458066845, 1e-12)


def test_average_is_refused_where_no_stratum_shows_a_spread() -> None:
    """R prints NaN."""
    data = {"h": [1, 2, 3], "y": [1, 2, 4], "w": [1, 1, 1]}
    design = effect.Design(weights="w", strata="h", single_psu=effect.SinglePsu.AVERAGE)
    with pytest.raises(effect.BadDesign, match="there is no spread to average"):
        effect.estimate(effect.make_cube(data, design, means=["y"]), means=["y"])


def test_two_stages_with_weights_from_the_populations() -> None:
    """By hand (Särndal, Swensson & Wretman 1992, result 4.3.1): two of four clusters, then two of three rows."""
    data = {"c": [1, 1, 2, 2], "N": [4] * 4, "M": [3] * 4, "y": [1, 3, 5, 9]}
    cube = effect.make_cube(data, effect.Design(clusters=("c",), population=("N", "M")), means=["y"])
    table = effect.estimate(cube, totals=["y"])
    first, second = 3 * (1 + 3) / 2, 3 * (5 + 9) / 2
    between = 4**2 * (1 - 2 / 4) * ((first - second) ** 2 / 2) / 2
    within = 4 / 2 * sum(3**2 * (1 - 2 / 3) * s2 / 2 for s2 in (2.0, 8.0))
    same(pair(table), [4 / 2 * (first + second), np.sqrt(between + within)], 1e-12)
