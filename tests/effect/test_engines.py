"""One set of sums, however they are made: chunk by chunk, in DuckDB, on Spark, or plainly in NumPy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvarter import effect

ITEMS = ["a", "b"]


@st.composite
def samples(draw: st.DrawFn) -> tuple[pl.DataFrame, effect.Design]:
    """Rows of any design: strata, clusters, two stages, populations, weights, groups and missing answers."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    strata, clusters = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    each = draw(st.integers(1, 4))
    h = np.repeat(np.arange(strata), clusters * each)
    c = np.tile(np.repeat(np.arange(clusters), each), strata)
    rows = len(h)
    data = {
        "h": h,
        "c": c,
        "g": random.integers(0, 3, rows).astype(str),
        "Nh": np.full(rows, clusters + draw(st.integers(0, 9))),
        "nh": random.uniform(0.5, 3, rows),
        "M": np.full(rows, each + draw(st.integers(0, 9))),
        "a": random.integers(1, 6, rows).astype(float),
        "b": random.normal(1e4, 3, rows),
        "s": random.choice(["yes", "no", "maybe"], rows),
    }
    frame = pl.DataFrame(data)
    if draw(st.booleans()):
        hole = pl.Series(random.random(rows) < 0.2)
        hole[0] = False  # somebody answers
        frame = frame.with_columns(pl.when(~hole).then(pl.col(name)).alias(name) for name in ("a", "s"))
    kinds = [
        effect.Design(weights="nh", strata="h"),
        effect.Design(weights="nh", strata="h", clusters=("c",), nest=True),
        effect.Design(weights="nh", strata="h", clusters=("c",), population=("Nh",), nest=True),
        effect.Design(strata="h", clusters=("c",), population=("Nh", "M"), nest=True),
    ]
    single = draw(st.sampled_from(["certainty", "adjust"]))
    design = draw(st.sampled_from(kinds))
    return frame, effect.Design(**{**vars(design), "single_psu": single})


def asked(data: Any, design: effect.Design, engine: str = "auto") -> pl.DataFrame:
    cube = effect.make_cube(data, design, means=ITEMS, shares=["s"], by=["g"], missing="drop", engine=engine)
    return effect.estimate(cube, means=ITEMS, shares=["s"], totals=["b"], margins=True)


def agree(one: pl.DataFrame, other: pl.DataFrame) -> None:
    keys = ["item", "category", "statistic", "g"]
    left, right = one.sort(keys), other.sort(keys)
    assert left.select(keys).equals(right.select(keys))
    for name in ("estimate", "se", "ci_low", "ci_high", "df", "n"):
        a, b = left[name].to_numpy().astype(float), right[name].to_numpy().astype(float)
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * max(1.0, float(np.nanmax(np.abs(a), initial=0))))


@settings(max_examples=60)
@given(samples())
def test_duckdb_gives_what_the_compiled_loop_gives(sample: tuple[pl.DataFrame, effect.Design]) -> None:
    agree(asked(*sample), asked(*sample, engine="duckdb"))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none on this machine")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.slow
@settings(max_examples=4)
@given(sample=samples())
def test_spark_gives_what_the_compiled_loop_gives(spark: Any, sample: tuple[pl.DataFrame, effect.Design]) -> None:
    frame, design = sample
    table = spark.createDataFrame(frame.to_pandas().where(lambda f: f.notna(), None))
    agree(asked(frame, design), asked(table, design, engine="spark"))


def by_hand(frame: pl.DataFrame, design: effect.Design, item: str, group: str | None) -> tuple[float, float]:
    """The mean and its variance straight from the definition, in NumPy, row by row and stratum by stratum."""
    data = {name: frame[name].to_numpy() for name in frame.columns}
    y = data[item].astype(float)
    h, c = data["h"], data["c"] if design.clusters else np.arange(len(y))
    w = data["nh"] if design.weights else _from_populations(frame)
    inside = ~np.isnan(y) & ((data["g"] == group) if group is not None else True)
    over = w[inside].sum()
    if not over:
        return np.nan, np.nan
    mean = (w[inside] * y[inside]).sum() / over
    z = np.where(inside, w * (np.nan_to_num(y) - mean) / over, 0.0)
    variance = 0.0
    for stratum in np.unique(h):
        own = h == stratum
        units = np.unique(c[own])
        totals = np.array([z[own & (c == unit)].sum() for unit in units])
        left = 1 - len(units) / data["Nh"][own][0] if design.population else 1.0
        variance += _spread(totals, left, design)
        if len(design.population) == 2:
            for unit in units:
                rows = own & (c == unit)
                inner = 1 - rows.sum() / data["M"][rows][0]
                variance += (1 - left) * _spread(z[rows], inner, design)
    return mean, variance


def _from_populations(frame: pl.DataFrame) -> np.ndarray:
    units = frame.with_columns(n=pl.col("c").n_unique().over("h"), m=pl.len().over("h", "c"))
    return (units["Nh"] / units["n"] * units["M"] / units["m"]).to_numpy()


def _spread(totals: np.ndarray, left: float, design: effect.Design) -> float:
    n = len(totals)
    if n > 1:
        return left * n / (n - 1) * ((totals - totals.mean()) ** 2).sum()
    return left * (totals**2).sum() if design.single_psu == "adjust" else 0.0


@settings(max_examples=100)
@given(samples())
def test_the_cube_gives_what_the_definition_gives(sample: tuple[pl.DataFrame, effect.Design]) -> None:
    frame, design = sample
    for row in asked(frame, design).filter(statistic="mean").iter_rows(named=True):
        mean, variance = by_hand(frame, design, row["item"], row["g"])
        if row["n"]:
            np.testing.assert_allclose(row["estimate"], mean, rtol=1e-10)
        if row["se"] is not None and not np.isnan(row["se"]):
            np.testing.assert_allclose(row["se"] ** 2, variance, rtol=1e-8, atol=1e-12)


def test_columns_that_differ_in_case_alone_stay_two(tmp_path: Any) -> None:
    frame = pl.DataFrame(
        {"h": [1, 1, 2, 2], "nh": [5.0, 5.0, 7.0, 7.0], "Nh": [50, 50, 9, 9], "a": [1.5, 2.0, 3.0, 4.0]}
    )
    design = effect.Design(weights="nh", strata="h", population=("Nh",))
    file = tmp_path / "data.parquet"
    frame.write_parquet(file)
    tables = [
        effect.estimate(effect.make_cube(data, design, means=["a"], engine=engine), means=["a"])
        for data, engine in ((frame, "auto"), (file, "auto"), (file, "duckdb"))
    ]
    assert tables[0]["se"][0] > 0
    for other in tables[1:]:
        np.testing.assert_allclose(other["se"].to_numpy(), tables[0]["se"].to_numpy(), rtol=1e-12)
