"""What a second analyst tried: wrong words, wrong types and figures that are only rounding are each told plainly."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from kvarter import effect
from kvarter.cli.main import main

PEOPLE = 40
FRAME = pl.DataFrame(
    {
        "w": [1.0 + n % 3 / 10 for n in range(PEOPLE)],
        "h": ["Ådal" if n % 2 else "Bro" for n in range(PEOPLE)],
        "hh": [n // 2 for n in range(PEOPLE)],
        "wave": [2020 + n % 4 // 2 for n in range(PEOPLE)],
        "q1": [1 + n % 5 for n in range(PEOPLE)],
        "same": [3] * PEOPLE,
        "level": [3.2] * PEOPLE,
    }
)
PLAIN = effect.Design(weights="w")


def cube(*means: str, shares: tuple[str, ...] = (), by: tuple[str, ...] = ()) -> effect.Cube:
    return effect.make_cube(FRAME, PLAIN, means=means, shares=shares, by=by)


@pytest.mark.parametrize("wrong", [[1.5], [-0.1], [], [0.5, float("nan")]])
def test_a_quantile_is_of_a_share_of_people(wrong: list[float]) -> None:
    with pytest.raises(effect.BadData, match=r"shares from 0 to 1, as \[0.25"):
        effect.quantiles(cube(shares=("q1",)), "q1", wrong)


def test_whole_numbers_are_shares_too() -> None:
    assert effect.quantiles(cube(shares=("q1",)), "q1", [0, 0.5, 1])["estimate"].to_list() == [1, 3, 5]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"clusters": 3}, r'clusters is 3: give names of columns, as clusters = \["one", "other"\]'),
        ({"clusters": [["hh"]]}, "clusters is .*: give names of columns"),
        ({"population": [1]}, "population is .*: give names of columns"),
        ({"strata": ["h"]}, 'strata is .*: give the name of one column, as strata = "one"'),
        ({"nest": "yes"}, "nest is 'yes': give true or false"),
    ],
)
def test_a_design_says_which_part_is_written_wrong(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(effect.BadDesign, match=said):
        effect.Design(weights="w", **given)
    ((key, value),) = given.items()
    file = tmp_path / "design.toml"
    file.write_text(f'[design]\nweights = "w"\n{key} = {str(value)!s}\n'.replace("yes", '"yes"'))
    with pytest.raises(effect.BadDesign, match=f"design.toml: {said}"):
        effect.read_design(file)


def test_a_text_alone_is_one_column() -> None:
    design = effect.Design(weights="w", clusters="hh")  # type: ignore[arg-type]
    made = effect.make_cube(FRAME, design, means="q1", by="h")
    assert (design.clusters, made.by) == (("hh",), ["h"])
    assert effect.estimate(made, means="q1").height == 2
    assert set(effect.bootstrap(FRAME, PLAIN, "q1", by="h", size=9)["item"]) == {"q1"}


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: effect.make_cube(FRAME, PLAIN, means=[3]), "means is .*: give names of columns"),
        (lambda: effect.make_cube(FRAME, PLAIN, means=["q1"], missing="dropp"), "missing is 'dropp': give one of fail"),
        (lambda: effect.make_cube(FRAME, PLAIN, means=["q1"], engine="duck"), "engine is 'duck': give one of auto"),
        (lambda: effect.estimate(cube("q1"), means=["q1"], interval="logi"), "interval is 'logi': give one of beta"),
        (lambda: effect.estimate(cube("q1"), ratios=["q1"]), "ratios is .*: give pairs"),
        (
            lambda: effect.change(cube("q1", by=("wave",)), "wave", ["q1"], adjust="bonf"),
            "adjust is 'bonf': give one of bh, holm, none",
        ),
        (
            lambda: effect.change(cube("q1", by=("wave",)), "wave", ["q1"], aims={"q1": "more"}),  # type: ignore[dict-item]
            "The aim of 'q1' is 'more': give Aim",
        ),
        (
            lambda: effect.gap(cube("q1", by=("h",)), "h", "Bro", "Ådal", ["q1"], aims={"q1": "more"}),  # type: ignore[dict-item]
            "The aim of 'q1' is 'more': give Aim",
        ),
        (
            lambda: effect.calibrate(FRAME, PLAIN, effect.Margins({("h",): {("Bro",): 1}}, {}), method="rake"),
            "method is 'rake': give one of raking, linear, logit",
        ),
    ],
)
def test_a_word_that_is_no_choice_is_answered_with_those_there_are(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(effect.EffectError, match=said):
        ask()


def test_decimals_are_numbers() -> None:
    """DuckDB and SQL give them."""
    told = FRAME.with_columns(q1=pl.Series([Decimal(n) / 4 for n in FRAME["q1"]], dtype=pl.Decimal(6, 2)))
    for kept in ({"means": ["q1"]}, {"shares": ["q1"]}):
        made = effect.make_cube(told, PLAIN, **kept)
        assert effect.estimate(made, means=["q1"])["estimate"][0] * 4 == pytest.approx(
            effect.estimate(cube("q1"), means=["q1"])["estimate"][0]
        )


def test_a_stratum_keeps_the_letters_of_its_name() -> None:
    design = effect.Design(weights="w", strata="h", clusters=("h",))
    with pytest.raises(effect.BadDesign, match=r"only one sampled unit at stage 1 in h 'Bro'"):
        effect.estimate(effect.make_cube(FRAME, design, means=["q1"]), means=["q1"])


@pytest.mark.parametrize("engine", ["auto", "duckdb"])
def test_weights_that_are_all_0_are_refused(tmp_path: Path, engine: str) -> None:
    file = tmp_path / "a.parquet"
    FRAME.with_columns(w=pl.lit(0.0)).write_parquet(file)
    with pytest.raises(effect.BadData, match="Column w: every weight is 0"):
        effect.make_cube(file, PLAIN, means=["q1"], engine=engine)


@pytest.mark.parametrize(("item", "value"), [("same", 3), ("level", 3.2)])
def test_where_all_answer_alike_there_is_no_spread_and_nothing_to_compare_it_with(item: str, value: float) -> None:
    for design in (PLAIN, effect.Design(weights="w", clusters=("hh",))):
        made = effect.make_cube(FRAME, design, means=[item], by=["h"])
        for row in effect.estimate(made, means=[item], totals=[item], margins=True).iter_rows(named=True):
            assert np.isnan(row["deff"])
            if row["statistic"] == "mean":
                assert (row["estimate"], row["se"]) == (value, 0)
        assert effect.difference(made, "h", "Bro", "Ådal", means=[item])["se"][0] == 0


def test_a_reference_without_answers_in_a_wave_leaves_a_row_that_cannot_be_measured() -> None:
    told = FRAME.with_columns(area=pl.when(pl.col("wave") == 2020).then(pl.lit("here")).otherwise(pl.col("h")))
    told = told.with_columns(area=pl.col("area").replace("Bro", "here"))
    made = effect.make_cube(told, PLAIN, means=["q1"], by=["wave", "area"])
    rows = effect.change(made, "wave", ["q1"], reference={"area": "Ådal"})
    (row,) = rows.filter(pl.col("area") == "here - Ådal").iter_rows(named=True)
    assert row["verdict"] == effect.Verdict.UNMEASURABLE
    assert np.isnan(row["change"])
    own = rows.filter(pl.col("area") == "here")["p_adjusted"][0]
    alone = effect.change(made, "wave", ["q1"]).filter(pl.col("area") == "here")["p_adjusted"][0]
    assert own == alone


@pytest.mark.parametrize("ending", [".arrow", ".feather"])
def test_both_kinds_of_arrow_files_are_read(tmp_path: Path, ending: str) -> None:
    file, stream = tmp_path / f"file{ending}", tmp_path / f"stream{ending}"
    FRAME.write_ipc(file)
    FRAME.write_ipc_stream(stream)
    told = [effect.estimate(effect.make_cube(one, PLAIN, means=["q1"]), means=["q1"]).rows() for one in (file, stream)]
    assert told[0] == told[1]
    stream.write_bytes(b"neither")
    with pytest.raises(effect.BadData, match=r"stream.* cannot be read"):
        effect.make_cube(stream, PLAIN, means=["q1"])


def test_a_margin_that_is_not_met_is_named_in_its_own_unit() -> None:
    told = FRAME.with_columns(g=pl.col("h"))
    margins = effect.Margins({("h",): {("Bro",): 500, ("Ådal",): 500}, ("g",): {("Bro",): 400, ("Ådal",): 600}}, {})
    with pytest.raises(effect.NoSolution, match=r"rounds, [gh] = (Bro|Ådal) is still \d+ from [456]00\."):
        effect.calibrate(told, PLAIN, margins)
    total = effect.Margins({("h",): {("Bro",): 500, ("Ådal",): 500}}, {"same": 9000.0})
    with pytest.raises(effect.NoSolution, match=r"the total of same is still .* from 9000|= .* from 500"):
        effect.calibrate(told, PLAIN, total)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (pl.when(pl.int_range(pl.len()) == 4).then(None).otherwise("w"), "Column w, row 5: is no weight"),
        (pl.lit("heavy"), "Column w, row 1: 'heavy' is not a number"),
    ],
)
def test_an_engine_tells_the_row_of_a_file(tmp_path: Path, spoilt: pl.Expr, said: str) -> None:
    file = tmp_path / "a.parquet"
    FRAME.with_columns(w=spoilt).write_parquet(file)
    with pytest.raises(effect.BadData, match=said):
        effect.make_cube(file, PLAIN, means=["q1"], engine="duckdb")


def test_an_engine_calls_a_relations_columns_by_their_names() -> None:
    heavy = FRAME.with_columns(w=pl.lit("heavy")).to_arrow()
    with pytest.raises(effect.BadData, match="source column w"):
        effect.make_cube(duckdb.from_arrow(heavy), PLAIN, means=["q1"], engine="duckdb")


@pytest.mark.parametrize("asked", [{"shares": ["a"]}, {"means": ["q1"], "by": ["a"]}])
def test_an_answer_that_reads_as_a_missing_one_is_refused(asked: dict[str, Any]) -> None:
    told = FRAME.with_columns(a=pl.Series([None, "(missing)", *["yes"] * (PEOPLE - 2)]))
    with pytest.raises(effect.BadData, match=r"Column a, row 2: reads \(missing\), as missing answers do"):
        effect.make_cube(told, PLAIN, **asked, missing="category")
    assert effect.make_cube(told, PLAIN, shares=["a"], missing="drop").holds()["shares"] == ["a"]


def test_a_reference_that_is_not_there_is_answered_with_those_there_are() -> None:
    made = cube("q1", by=("wave", "h"))
    with pytest.raises(
        effect.NotAnswerable, match="There are Bro, Ådal; SPSS and Stata files give their stored values"
    ):
        effect.change(made, "wave", ["q1"], reference={"h": "rest"})


def test_what_is_shown_of_a_cube_and_of_weights_holds_no_small_count() -> None:
    made = cube("q1", by=("h",))
    assert repr(made) == "Cube(40 rows in 2 groups, shares=['q1'], means=['q1'], by=['h'])"
    margins = effect.Margins({("h",): {("Bro",): 3, ("Ådal",): 2}}, {})
    weights = effect.calibrate(FRAME, PLAIN, margins)
    held = effect.calibrated_cube(FRAME, PLAIN, weights, means=["q1"], by=["h"])
    few = effect.protect(effect.table_from_rows([{"a": "x", "n": 3}, {"a": "y", "n": 70}]), effect.Rule(minimum=5))
    for shown in (made, weights, held, made.answers, few):
        assert "array" not in repr(shown)
        assert "Ådal" not in repr(shown)
        assert len(repr(shown)) < 700


def test_a_margin_of_a_share_is_a_share() -> None:
    done = CliRunner().invoke(main, ["effect", "plan", "size", "--population", "4500", "--margin", "3"])
    assert (done.exit_code, "as 0.03 for 3 points" in done.stderr) == (2, True)
    more = ["effect", "plan", "size", "--population", "4500", "--margin", "3", "--sd", "40"]
    assert CliRunner().invoke(main, more).exit_code == 0
