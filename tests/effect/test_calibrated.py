"""Calibrated estimates where answers and groups are missing, and of shares beside number margins, against R.

The numbers are what R 4.2's survey 4.1 printed for apistrat with every 13th `level`, 11th `score` and 17th `where`
taken out: `svymean(…, na.rm = TRUE)` of `calibrate(design, ~sch.wide + enroll)`, and of its subsets.
"""

from __future__ import annotations

import polars as pl
import pytest

from kvarter import effect
from tests.effect.reference import SURVEY, same

DESIGN = effect.Design(weights="pw", strata="stype", population=("fpc",))
SCHOOLS = {("sch.wide",): {("Yes",): 5122.0, ("No",): 6194.0 - 5122}}
PUPILS = effect.Margins(SCHOOLS, {"enroll": 3811472.0})


@pytest.fixture
def schools() -> pl.DataFrame:
    file = SURVEY / "apistrat.csv"
    if not file.exists():
        pytest.skip(f"the reference data is not at {file}")
    level = pl.when(pl.col("api99") < 550).then(pl.lit("low")).when(pl.col("api99") < 700).then(pl.lit("middle"))
    made = {
        "level": (level.otherwise(pl.lit("high")), 7, 13),
        "score": (pl.col("api00"), 5, 11),
        "where": (pl.when(pl.col("comp.imp") == "Yes").then(pl.lit("a")).otherwise(pl.lit("b")), 3, 17),
    }
    row = pl.int_range(1, pl.len() + 1)
    return pl.read_csv(file).with_columns(
        pl.when((row < first) | ((row - first) % step != 0)).then(column).alias(name)
        for name, (column, first, step) in made.items()
    )


def held(schools: pl.DataFrame, margins: effect.Margins, method: str, **asked: object) -> effect.CalibratedCube:
    weights = effect.calibrate(schools, DESIGN, margins, method=method)
    asked = {"means": ["score"], "shares": ["level"], "missing": "drop", **asked}
    return effect.calibrated_cube(schools, DESIGN, weights, **asked)  # type: ignore[arg-type]


def test_shares_and_means_with_holes_beside_a_number_margin(schools: pl.DataFrame) -> None:
    found = effect.estimate_calibrated(held(schools, PUPILS, "linear"), means=["score"], shares=["level"])
    assert found["n"].to_list() == [182, 185, 185, 185]
    same(found["estimate"], [664.333019237697, 0.293689314046835, 0.320231418427891, 0.386079267525274])
    same(found["se"], [9.58885980027084, 0.0358628865277093, 0.0360855849192740, 0.0377051967257508])


def test_rows_without_a_group_stay_in_the_fit(schools: pl.DataFrame) -> None:
    cube = held(schools, PUPILS, "linear", by=["where"])
    found = effect.estimate_calibrated(cube, means=["score"], shares=["level"], totals=["score"])
    assert found["where"].unique().sort().to_list() == ["a", "b"]
    means = found.filter(pl.col("statistic") == "mean").sort("where")
    same(means["estimate"], [685.33350103173, 632.30619929319])
    same(means["se"], [12.7979370608968, 16.7373372243291])
    in_b = found.filter(pl.col("where") == "b")
    same(in_b.filter(statistic="share")["estimate"], [0.277292422971088, 0.340924539223720, 0.381783037805192])
    same(in_b.filter(statistic="share")["se"], [0.0603746158898329, 0.0584324765115905, 0.0599108959406600])
    same(in_b.filter(statistic="total")["estimate"], [1216030.01121066])
    same(in_b.filter(statistic="total")["se"], [130658.957889439])


def test_and_so_they_do_after_raking_to_counts_alone(schools: pl.DataFrame) -> None:
    cube = held(schools, effect.Margins(SCHOOLS, {}), "raking", by=["where"])
    in_b = effect.estimate_calibrated(cube, means=["score"], shares=["level"]).filter(pl.col("where") == "b")
    same(in_b["estimate"], [634.077183080434, 0.284290604156295, 0.333760662438453, 0.381948733405252])
    same(in_b["se"], [17.2252332314379, 0.0623730203125651, 0.0602193747191970, 0.0608906522823696])


def test_a_hole_is_refused_by_row_unless_it_is_said_what_it_means(schools: pl.DataFrame) -> None:
    with pytest.raises(effect.BadData, match=r"Column score, row 5 .*: has no answer"):
        held(schools, PUPILS, "linear", missing="fail")
    found = effect.estimate_calibrated(held(schools, PUPILS, "linear", means=[], missing="category"), shares=["level"])
    assert found["category"].to_list() == ["high", "low", "middle", "(missing)"]
    assert found["estimate"].sum() == pytest.approx(1)


def test_what_was_not_asked_for_is_told(schools: pl.DataFrame) -> None:
    cube = held(schools, PUPILS, "linear", shares=[])
    with pytest.raises(effect.NotAnswerable, match=r"shares=\['level'\]"):
        effect.estimate_calibrated(cube, shares=["level"])
    with pytest.raises(effect.NotAnswerable, match="so it has no mean"):
        held(schools, PUPILS, "linear", means=["level"])


def test_korn_and_graubard_with_three_and_one_degrees_of_freedom() -> None:
    """R: `svyciprop(method = "beta")` of the first four districts of apiclus1, and of the first two of these."""
    file = SURVEY / "apiclus1.csv"
    if not file.exists():
        pytest.skip(f"the reference data is not at {file}")
    data = pl.read_csv(file)
    first = sorted(data["dnum"].unique())[:4]
    data = data.filter(pl.col("dnum").is_in(first)).with_columns(early=pl.col("dnum").is_in(first[:2]))
    clustered = effect.Design(weights="pw", clusters=("dnum",))
    cube = effect.make_cube(data, clustered, shares=["comp.imp"], by=["early"])
    whole = effect.estimate(cube, shares=["comp.imp"], by=[]).row(1, named=True)
    same([whole["ci_low"], whole["ci_high"], whole["df"]], [0.692714281274486, 0.801478363691999, 3])
    part = effect.estimate(cube, shares=["comp.imp"]).filter(category="Yes", early=True).row(0, named=True)
    same([part["ci_low"], part["ci_high"], part["df"]], [0.747051036147533, 0.784103282901067, 1])
