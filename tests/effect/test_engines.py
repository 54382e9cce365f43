"""One set of sums, however they are made: chunk by chunk, in DuckDB, on Spark, or plainly in NumPy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kvarter import effect
from tests.effect.definition import defined

ITEMS = ["a", "b"]


@st.composite
def samples(draw: st.DrawFn) -> tuple[pl.DataFrame, effect.Design]:
    """Rows of any design: strata, clusters, two stages, populations, weights, groups and missing answers.

    All is drawn by NumPy from one seed, so that each design comes as often as another.
    """
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    strata, clusters, each = random.integers(1, 5), random.integers(2, 6), random.integers(1, 5)
    h = np.repeat(np.arange(strata), clusters * each)
    c = np.tile(np.repeat(np.arange(clusters), each), strata)
    rows = len(h)
    data = {
        "h": h,
        "c": c,
        "g": random.integers(0, 3, rows).astype(str),
        "Nh": np.full(rows, clusters + random.integers(0, 10)),
        "nh": random.uniform(0.5, 3, rows),
        "M": np.full(rows, each + random.integers(0, 10)),
        "a": random.integers(1, 6, rows).astype(float),
        "b": random.normal(1e4, 3, rows),
        "s": random.choice(["yes", "no", "maybe"], rows),
    }
    frame = pl.DataFrame(data)
    if random.random() < 0.5:
        hole = pl.Series(random.random(rows) < 0.2)
        hole[0] = False  # somebody answers
        frame = frame.with_columns(pl.when(~hole).then(pl.col(name)).alias(name) for name in ("a", "s"))
    kinds = [
        effect.Design(weights="nh", strata="h"),
        effect.Design(weights="nh", strata="h", clusters=("c",), nest=True),
        effect.Design(weights="nh", strata="h", clusters=("c",), population=("Nh",), nest=True),
        effect.Design(strata="h", clusters=("c",), population=("Nh", "M"), nest=True),
    ]
    if random.random() < 0.5:  # so that clusters are of different sizes, and some units alone in theirs
        frame = frame.filter((pl.int_range(pl.len()) == 0) | pl.Series(random.random(rows) < 0.6))
    single = str(random.choice(["certainty", "adjust", "average"]))
    design = effect.Design(**{**vars(kinds[random.integers(len(kinds))]), "single_psu": single})
    assume(single != "average" or shows_a_spread(frame, design))
    return frame, design


def shows_a_spread(frame: pl.DataFrame, design: effect.Design) -> bool:
    """Whether at each stage some stratum has two units: `average` needs one to go by, and refuses without."""
    units = frame.group_by("h").agg(pl.col("c").n_unique() if design.clusters else pl.len())
    inside = frame.group_by("h", "c").len()
    return bool(units.to_series(1).max() > 1 and (len(design.population) < 2 or inside["len"].max() > 1))


def asked(data: Any, design: effect.Design, engine: str = "auto") -> pl.DataFrame:
    pairs = [("a", "b")]
    cube = effect.make_cube(
        data, design, means=ITEMS, shares=["s"], together=pairs, by=["g"], missing="drop", engine=engine
    )
    return effect.estimate(cube, means=ITEMS, shares=["s"], totals=ITEMS, ratios=pairs, margins=True)


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


@settings(max_examples=100)
@given(samples())
def test_every_figure_is_what_its_definition_gives(sample: tuple[pl.DataFrame, effect.Design]) -> None:
    frame, design = sample
    rows = asked(frame, design)
    assert set(rows["statistic"]) == {"mean", "share", "total", "ratio"}
    for row in rows.iter_rows(named=True):
        told = defined(frame, design, row)
        assert row["n"] == told.n
        if not told.n:
            continue
        size = max(1e-6, abs(told.estimate))
        np.testing.assert_allclose(row["estimate"], told.estimate, rtol=1e-9)
        assert row["df"] == told.df
        if told.df < 1:
            assert np.isnan([row["se"], row["ci_low"], row["ci_high"]]).all()
            continue
        np.testing.assert_allclose(row["se"], np.sqrt(told.variance), rtol=1e-6, atol=1e-9 * size)
        np.testing.assert_allclose([row["ci_low"], row["ci_high"]], told.interval, rtol=1e-6, atol=1e-8 * size)


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
