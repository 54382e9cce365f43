"""A cube is the same however the rows came, adds up, is kept and read back, and says what it can answer."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter import effect
from kvarter.effect.building import Builder, Wanted
from kvarter.effect.errors import BadDesign, NotAnswerable
from tests.effect.reference import same

DESIGN = effect.Design(weights="w", strata="h", population=("N",))
WANTED = Wanted(means=("a", "b"), shares=("s",), together=(("a", "b"),), by=("g", "k"), missing=effect.Missing.DROP)


def rows(seed: int, many: int = 90) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    hole = random.random(many) < 0.1
    return pl.DataFrame(
        {
            "w": random.uniform(1, 4, many),
            "h": random.choice(["x", "y", "z"], many),
            "N": np.full(many, 500),
            "g": random.integers(0, 3, many),
            "k": random.choice(["u", "v"], many),
            "a": [None if gone else int(v) for gone, v in zip(hole, random.integers(1, 6, many), strict=True)],
            "b": random.normal(1e6, 1, many),
            "s": random.choice(["yes", "no"], many),
        }
    )


def built(*chunks: pl.DataFrame) -> effect.Cube:
    builder = Builder(DESIGN, WANTED)
    for chunk in chunks:
        builder.add(chunk.to_arrow())
    return builder.finish()


def answers(cube: effect.Cube) -> np.ndarray:
    table = effect.estimate(cube, means=["a", "b"], shares=["s"], totals=["b"], ratios=[("a", "b")], margins=True).sort(
        "item", "category", "statistic", "g", "k"
    )
    return table.select("n", "estimate", "se", "df").cast(pl.Float64).to_numpy()


@given(st.integers(0, 1000), st.integers(0, 100), st.lists(st.integers(1, 89), max_size=4))
def test_the_order_and_the_chunks_make_no_difference(seed: int, shuffle: int, cuts: list[int]) -> None:
    data = rows(seed)
    mixed = data.sample(fraction=1.0, shuffle=True, seed=shuffle)
    ends = [0, *sorted(cuts), data.height]
    parts = [mixed[a:b] for a, b in pairwise(ends) if b > a]
    one, other = built(data), built(*parts)
    assert one.groups.equals(other.groups)
    np.testing.assert_allclose(answers(other), answers(one), rtol=1e-9)


@given(st.integers(0, 1000))
def test_cubes_of_parts_add_up_to_the_cube_of_all(seed: int) -> None:
    data = rows(seed)
    parts = [built(part) for part in data.partition_by("k")]
    np.testing.assert_allclose(answers(effect.add_cubes(parts)), answers(built(data)), rtol=1e-9)


def test_a_cube_is_kept_and_read_back_as_it_was(tmp_path: Path) -> None:
    cube = built(rows(5))
    effect.save_cube(cube, tmp_path / "cube")
    again = effect.load_cube(tmp_path / "cube")
    np.testing.assert_array_equal(answers(again), answers(cube))
    assert again.design == cube.design
    (tmp_path / "cube" / "cube.json").write_text("{}")
    with pytest.raises(effect.BadData, match="format"):
        effect.load_cube(tmp_path / "cube")


def test_a_cube_takes_the_place_of_a_cube_and_of_nothing_else(tmp_path: Path) -> None:
    cube = built(rows(1))
    (tmp_path / "empty").mkdir()
    for _again in range(2):
        effect.save_cube(cube, tmp_path / "empty")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "answers.csv").write_text("a\n1\n")
    (tmp_path / "file").write_text("mine")
    for name in ("mine", "file"):
        with pytest.raises(effect.BadData, match=f"{name}: holds something else than a cube"):
            effect.save_cube(cube, tmp_path / name)
    assert (tmp_path / "mine" / "answers.csv").read_text() == "a\n1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "mine"]


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ({"design": {"colour": "red"}}, "does not hold all of a cube"),
        ({"answers": [{"items": ["z"], "levels": [[1]], "width": 9}]}, "does not hold all of a cube"),
        ({"format": "older"}, "is of the format 'older'"),
    ],
)
def test_a_folder_that_holds_something_else_is_told(tmp_path: Path, spoilt: dict[str, object], told: str) -> None:
    effect.save_cube(built(rows(1)), tmp_path / "cube")
    file = tmp_path / "cube" / "cube.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | spoilt))
    with pytest.raises(effect.BadData, match=told):
        effect.load_cube(tmp_path / "cube")
    file.write_text("[]")
    with pytest.raises(effect.BadData, match="is of the format None"):
        effect.load_cube(tmp_path / "cube")


def test_what_asks_for_nothing_is_told() -> None:
    with pytest.raises(effect.BadData, match="no cubes to add"):
        effect.add_cubes([])
    with pytest.raises(NotAnswerable, match="Nothing was asked for"):
        effect.difference(built(rows(1)), "k", "u", "v", means=[])


@pytest.mark.parametrize("size", [0, 1, -3, True, 2.5])
def test_a_spread_of_fewer_than_two_replicates_is_refused(size: int) -> None:
    data = pl.DataFrame({"w": [1.0] * 6, "id": range(6), "a": [1, 2, 3, 1, 2, 3]})
    with pytest.raises(effect.BadData, match="two or more"):
        effect.bootstrap(data, effect.Design(weights="w"), ["a"], size=size)
    cube = effect.make_cube(data, effect.Design(weights="w", clusters=("id",)), means=["a"])
    with pytest.raises(effect.BadData, match="two or more"):
        effect.check_means(cube, "a", "bootstrap", size=size)


def test_a_cube_from_a_folder_adds_to_one_of_today_though_its_categories_are_dates(tmp_path: Path) -> None:
    data = rows(3).with_columns(s=pl.date(2024, 1, 1) + pl.duration(days="g"))
    cube = effect.make_cube(data, effect.Design(weights="w", strata="h"), shares=["s"])
    effect.save_cube(cube, tmp_path / "cube")
    both = effect.estimate(effect.add_cubes([cube, effect.load_cube(tmp_path / "cube")]), shares=["s"])
    one = effect.estimate(cube, shares=["s"])
    assert both["category"].to_list() == one["category"].to_list()
    same(both["estimate"], one["estimate"], 1e-12)


@pytest.mark.parametrize("column", ["g", "a", "h"])
def test_a_column_of_lists_is_told(column: str) -> None:
    data = rows(3).with_columns(pl.concat_list(pl.col("w")).alias(column))
    with pytest.raises(effect.BadData, match=f"Column {column}: holds .*list"):
        effect.make_cube(data, effect.Design(weights="w", strata="h"), means=["a"], by=["g"], missing="drop")


def test_cubes_that_were_drawn_otherwise_do_not_add() -> None:
    data = rows(1)
    other = effect.make_cube(data, effect.Design(weights="w"), means=["a"], missing="drop")
    with pytest.raises(BadDesign, match="same design"):
        effect.add_cubes([built(data), other])
    design = effect.Design(strata="h", population=("N",))
    half = effect.make_cube(data, design, means=["b"])
    with pytest.raises(BadDesign, match="weight column"):
        effect.add_cubes([half, half])
    apart = [data.with_columns(N=pl.lit(n)) for n in (500, 600)]
    with pytest.raises(BadDesign, match="different populations"):
        effect.add_cubes([built(one) for one in apart])


def test_it_says_what_it_can_answer_and_what_to_ask_instead() -> None:
    cube = built(rows(1))
    holds = cube.holds()
    assert holds["by"] == ["g", "k"]
    assert "s" in holds["shares"]
    assert holds["ratios"] == ["a / b"]
    for asked, said in (
        ({"means": ["nothing"]}, "Build it with"),
        ({"shares": ["b"]}, r"shares=\['b'\]"),
        ({"means": ["s"]}, "shares instead"),
        ({"means": ["a"], "by": ["h"]}, r"by=\['h'"),
        ({}, "Nothing was asked"),
    ):
        with pytest.raises(NotAnswerable, match=said):
            effect.estimate(cube, **asked)


def test_margins_are_the_estimates_of_fewer_groups() -> None:
    cube = built(rows(2))
    table = effect.estimate(cube, means=["a"], margins=True)
    whole = table.filter(pl.col("g").is_null() & pl.col("k").is_null())
    alone = effect.estimate(effect.make_cube(rows(2), DESIGN, means=["a"], missing="drop"), means=["a"])
    same(whole.select("estimate", "se", "df").row(0), alone.select("estimate", "se", "df").row(0), 1e-12)


def test_a_missing_answer_is_what_the_user_says_it_is() -> None:
    data = rows(3)
    with pytest.raises(effect.BadData, match=r"Column a, row \d+"):
        effect.make_cube(data, DESIGN, means=["a"])
    dropped = effect.estimate(effect.make_cube(data, DESIGN, shares=["a"], missing="drop"), shares=["a"])
    counted = effect.estimate(effect.make_cube(data, DESIGN, shares=["a"], missing="category"), shares=["a"])
    assert counted["category"].to_list()[-1] == "(missing)"
    assert counted["n"][0] == data.height
    assert dropped["n"][0] == data["a"].count()


@pytest.mark.parametrize("kind", ["arrow", "polars", "pandas", "dict", "duckdb"])
def test_tables_of_every_kind_are_read(kind: str) -> None:
    data = rows(4).drop_nulls()
    whole: pa.Table = data.to_arrow()
    if kind == "duckdb":
        import duckdb

        table = duckdb.from_arrow(whole)
    else:
        table = {"arrow": whole, "polars": data, "pandas": data.to_pandas(), "dict": data.to_dict(as_series=False)}[
            kind
        ]
    found = effect.estimate(effect.make_cube(table, DESIGN, means=["b"]), means=["b"])
    wanted = effect.estimate(effect.make_cube(data, DESIGN, means=["b"]), means=["b"])
    same(found["se"], wanted["se"], 1e-12)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".arrow", ".sav", ".dta", "folder"])
def test_files_of_every_kind_are_read(tmp_path: Path, ending: str) -> None:
    import pyreadstat

    data = rows(4).drop_nulls()
    file = tmp_path / f"data{'' if ending == 'folder' else ending}"
    if ending == ".csv":
        file.write_text(data.write_csv(separator=";", decimal_comma=True))
    elif ending == ".parquet":
        data.write_parquet(file)
    elif ending == ".arrow":
        data.write_ipc(file)
    elif ending == ".sav":
        pyreadstat.write_sav(data.to_pandas(), str(file))
    elif ending == ".dta":
        pyreadstat.write_dta(data.to_pandas(), str(file))
    else:
        file.mkdir()
        for n, part in enumerate(data.partition_by("k")):
            part.write_parquet(file / f"{n}.parquet")
    ask = {"means": ["b"], "shares": ["s"], "by": ["g"]}
    found = effect.estimate(effect.make_cube(file, DESIGN, **ask), means=["b"], shares=["s"])
    wanted = effect.estimate(effect.make_cube(data, DESIGN, **ask), means=["b"], shares=["s"])
    same(found.sort("category", "g")["se"], wanted.sort("category", "g")["se"], 1e-9)


def test_a_scale_is_the_mean_of_a_persons_answers() -> None:
    data = pl.DataFrame({"w": [1.0, 2.0, 1.0], "a": [1, 5, None], "b": [2, 4, None], "c": [3, None, 2]})
    scales = {"trust": ["a", "b", "c"]}
    cube = effect.make_cube(data, effect.Design(weights="w"), means=["trust"], scales=scales, missing="drop")
    table = effect.estimate(cube, means=["trust"])
    assert table["n"][0] == 2
    same(table["estimate"][0], (1 * 2.0 + 2 * 4.5) / 3)
    with pytest.raises(effect.BadData, match="Column a, row 3"):
        effect.make_cube(data, effect.Design(weights="w"), means=["trust"], scales=scales)


PLAIN = effect.Design(weights="w")


def chunked(data: pl.DataFrame, size: int, **asked: object) -> effect.Cube:
    builder = Builder(PLAIN, Wanted(**asked))  # type: ignore[arg-type]
    for start in range(0, data.height, size):
        builder.add(data[start : start + size].to_arrow())
    return builder.finish()


def test_what_a_column_is_summed_with_does_not_change_its_own_mean() -> None:
    data = pl.DataFrame({"w": [1.0] * 8, "t": [1] * 4 + [5] * 4, "inc": [10.0, 20, 30, 40, None, None, None, 50]})
    cube = effect.make_cube(data, PLAIN, means=["t"], together=[("t", "inc")], missing="drop")
    row = effect.estimate(cube, means=["t"]).row(0, named=True)
    assert (row["n"], row["estimate"]) == (8, 3.0)


def test_a_missing_answer_in_one_chunk_alone_splits_no_category() -> None:
    data = pl.DataFrame({"w": [1.0] * 8, "t": [1, 2, 1, 2, 1, 2, None, 2], "g": [1, 1, 2, 2, 1, 1, None, 2]})
    how = {"shares": ("t",), "by": ("g",), "missing": effect.Missing.CATEGORY}
    parts, whole = chunked(data, 4, **how), chunked(data, 8, **how)
    assert parts.answers[0].levels == whole.answers[0].levels == ((1, 2, "(missing)"),)
    assert parts.groups["g"].to_list() == whole.groups["g"].to_list() == ["1", "2", "(missing)"]
    added = effect.add_cubes([chunked(data[:4], 4, **how), chunked(data[4:], 4, **how)])
    same(effect.estimate(added, shares=["t"], by=[])["estimate"], [3 / 8, 4 / 8, 1 / 8])


def test_cubes_add_though_one_saw_fewer_answers() -> None:
    one = pl.DataFrame({"w": [1.0] * 4, "a": [1, 2, 3, 3], "b": [1, 2, 1, 2]})
    other = pl.DataFrame({"w": [1.0] * 4, "a": [1, 2, 1, 2], "b": [3, 2, 1, 2]})
    cubes = [effect.make_cube(data, PLAIN, means=["a", "b"]) for data in (one, other)]
    whole = effect.make_cube(pl.concat([one, other]), PLAIN, means=["a", "b"])
    for name in ("estimate", "se"):
        same(
            effect.estimate(effect.add_cubes(cubes), means=["a", "b"])[name],
            effect.estimate(whole, means=["a", "b"])[name],
        )


def test_a_column_that_turns_out_to_have_many_values_is_kept_as_numbers() -> None:
    random = np.random.default_rng(1)
    data = pl.DataFrame({"w": random.uniform(1, 2, 400), "y": np.r_[np.zeros(100), random.normal(1e5, 1e4, 300)]})
    late = chunked(data, 100, means=("y",))
    assert late.alone("y") is not None
    at_once = effect.make_cube(data.reverse(), PLAIN, means=["y"])
    for name in ("estimate", "se", "deff"):
        same(effect.estimate(late, means=["y"])[name], effect.estimate(at_once, means=["y"])[name], 1e-10)


def test_ids_far_apart_take_no_room_between_them() -> None:
    data = pl.DataFrame({"w": [1.0] * 8, "id": [1, 2, 3, 4, *(10**12 + n for n in range(4))], "t": [1, 2, 3, 4] * 2})
    design = effect.Design(weights="w", clusters=("id",))
    builder = Builder(design, Wanted(means=("t",)))
    for half in (data[:4], data[4:]):
        builder.add(half.to_arrow())
    assert effect.estimate(builder.finish(), means=["t"])["df"][0] == 7


# Printed by R 4.2.2, survey 4.1.1: degf and the confidence interval of svymean with its df.
def test_rows_without_weight_are_no_answers() -> None:
    data = {"w": [1, 2, 1, 2, 0, 0, 0, 0], "id": list(range(8)), "t": [1, 0, 1, 0, 1, 1, 0, 1]}
    cube = effect.make_cube(data, effect.Design(weights="w", clusters=("id",)), means=["t"])
    row = effect.estimate(cube, means=["t"]).row(0, named=True)
    assert (row["n"], row["df"]) == (4, 3)
    assert round(row["ci_low"], 3) == -0.423
    assert round(row["ci_high"], 3) == 1.089


@pytest.mark.parametrize("engine", ["auto", "duckdb"])
def test_a_category_that_no_row_has_is_no_unit_group_or_answer(engine: str) -> None:
    """A column of categories keeps those that were filtered away, as pandas' and Polars' do."""
    frame = rows(5).with_columns(unit=(pl.int_range(pl.len()) % 9).cast(pl.String))
    clustered = effect.Design(weights="w", clusters=("unit",))

    def asked(data: pl.DataFrame) -> pl.DataFrame:
        cube = effect.make_cube(data, clustered, means=["b"], shares=["s"], by=["k"], engine=engine)
        return effect.estimate(cube, means=["b"], shares=["s"], margins=True)

    known = {"unit": [str(n) for n in range(20, -1, -1)], "k": ["t", "u", "v"], "s": ["maybe", "no", "yes"]}
    some = frame.with_columns(pl.col(name).cast(pl.Enum(levels)) for name, levels in known.items())
    found, wanted = asked(some), asked(frame)
    keys = ["item", "category", "k"]
    assert (
        found.with_columns(pl.col("k").cast(pl.String)).select(keys).sort(keys).equals(wanted.select(keys).sort(keys))
    )
    for name in ("n", "estimate", "se", "df"):
        same(*(one.sort(pl.col(keys).cast(pl.String))[name] for one in (found, wanted)), 1e-12)


@pytest.mark.parametrize(
    "data", [{"w": [1.0], "a": [1, 2]}, pl.DataFrame({"w": [1, 2], "a": pl.Series([1, 2], dtype=pl.Int128)})]
)
def test_what_makes_no_table_is_told(data: object) -> None:
    with pytest.raises(effect.BadData, match="no table of columns that Arrow knows"):
        effect.make_cube(data, effect.Design(weights="w"), means=["a"])


def test_a_total_of_large_numbers_keeps_the_digits_of_its_spread() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(0, 1, 1000)
    found = []
    for level in (0.0, 1e8):
        data = pl.DataFrame({"id": np.arange(1000), "N": np.full(1000, 5000), "y": noise + level})
        cube = effect.make_cube(data, effect.Design(clusters=("id",), population=("N",)), means=["y"])
        found.append(effect.estimate(cube, totals=["y"])["se"][0])
    same(found[1], found[0], 1e-6)


def test_a_group_without_answers_has_no_quantile() -> None:
    data = pl.DataFrame({"w": [1.0] * 6, "g": ["a"] * 4 + ["b"] * 2, "t": [1, 2, 3, 4, None, None]})
    cube = effect.make_cube(data, PLAIN, shares=["t"], by=["g"], missing="drop")
    table = effect.quantiles(cube, "t", [0.5])
    assert table["n"].to_list() == [4, 0]
    assert np.isnan(table["estimate"][1])


def test_an_item_that_nobody_answered_is_told() -> None:
    data = pl.DataFrame({"w": [1.0, 1.0], "s": pl.Series([None, None], dtype=pl.String)})
    cube = effect.make_cube(data, PLAIN, shares=["s"], missing="drop")
    with pytest.raises(NotAnswerable, match="Column s: nobody answered"):
        effect.estimate(cube, shares=["s"])


def test_a_name_that_the_result_needs_is_refused() -> None:
    with pytest.raises(effect.BadData, match="Rename it"):
        effect.make_cube({"w": [1.0], "n": [1], "t": [1]}, PLAIN, means=["t"], by=["n"])
