"""Answers and groups that are missing, and people who answer twice: nobody is left out or taken for two in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner

from kvarter import effect
from kvarter.cli.main import main
from kvarter.effect.overlapping import check_persons

PLAIN = effect.Design(weights="w")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["effect", *arguments])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


@pytest.fixture
def people() -> pl.DataFrame:
    """Twelve, of whom two lack an area and three a gender."""
    return pl.DataFrame(
        {
            "w": [1.0, 2.0] * 6,
            "area": ["hg", "hg", "rest", None] * 2 + ["hg", "rest", "rest", "rest"],
            "gender": ["f", "m", None, "m", "f", None] * 2,
            "trust": [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 1, 2],
        }
    )


@pytest.mark.parametrize("ending", [".sav", ".dta"])
def test_a_blank_text_of_spss_and_stata_is_no_answer(tmp_path: Path, ending: str) -> None:
    file, design = tmp_path / f"d{ending}", tmp_path / "design.toml"
    design.write_text('[design]\nweights = "w"\n')
    frame = pl.DataFrame({"w": [1.0, 1.0, 1.0, 1.0], "safe": ["Ja", "  ", "Nej", ""]}).to_pandas()
    {".sav": pyreadstat.write_sav, ".dta": pyreadstat.write_dta}[ending](frame, str(file))
    code, told = run("estimate", str(file), "--design", str(design), "--shares", "safe")
    assert (code, "safe, row 2" in told) == (2, True)
    code, told = run("estimate", str(file), "--design", str(design), "--shares", "safe", "--missing", "drop")
    assert code == 0
    assert [line.split(",")[1:5] for line in told.splitlines()[1:]] == [
        ["Ja", "share", "2", "0.5"],
        ["Nej", "share", "2", "0.5"],
    ]


def test_a_cube_of_two_groupings_gives_no_margin_that_lacks_people(people: pl.DataFrame, tmp_path: Path) -> None:
    cube = effect.make_cube(people, PLAIN, means=["trust"], by=["area", "gender"], missing="drop")
    assert cube.left_out == people.filter(pl.col("area").is_null() | pl.col("gender").is_null()).height
    for by in (["area"], []):
        with pytest.raises(effect.NotAnswerable, match=f"{cube.left_out} rows lack one of area, gender"):
            effect.estimate(cube, means=["trust"], by=by)
    effect.save_cube(cube, tmp_path / "cube")
    assert effect.load_cube(tmp_path / "cube").left_out == cube.left_out
    assert effect.add_cubes([cube, cube]).left_out == 2 * cube.left_out
    both = effect.make_cube(people, PLAIN, means=["trust"], by=["area", "gender"], missing="drop", engine="duckdb")
    assert both.left_out == cube.left_out


def test_margins_on_the_command_line_hold_those_who_lack_the_other_grouping(
    people: pl.DataFrame, tmp_path: Path
) -> None:
    file, design = tmp_path / "people.csv", tmp_path / "design.toml"
    people.write_csv(file)
    design.write_text('[design]\nweights = "w"\n')
    command = ["estimate", str(file), "--design", str(design), "--totals", "trust", "--missing", "drop"]
    code, told = run(*command, "--by", "area,gender", "--margins")
    assert code == 0, told
    found = pl.read_csv(told.encode())
    margins = found.filter(pl.col("gender").is_null())
    each = [pl.read_csv(run(*command, *more)[1].encode()) for more in (["--by", "area"], [])]
    alone = pl.concat(each, how="diagonal")
    assert margins["n"].to_list() == alone["n"].to_list() == [5, 5, 12]
    assert margins["estimate"].to_list() == alone["estimate"].to_list()
    assert margins["se"].to_list() == alone["se"].to_list()


def test_persons_in_two_households_are_refused_as_the_overlap_would_be_lost(tmp_path: Path) -> None:
    file, design = tmp_path / "waves.csv", tmp_path / "design.toml"
    random = np.random.default_rng(1)
    persons = [*range(40), *range(40)]
    pl.DataFrame(
        {
            "person": persons,
            "wave": [1] * 40 + [2] * 40,
            "household": [f"a{n // 2}" for n in range(40)] + [f"b{n // 2}" for n in range(40)],
            "home": [f"h{n // 2}" for n in persons],
            "w": 1.0,
            "trust": random.integers(1, 6, 80),
        }
    ).write_csv(file)
    command = ["change", str(file), "--design", str(design), "--wave", "wave", "--items", "trust", "--unit"]
    design.write_text('[design]\nweights = "w"\nclusters = ["household"]\n')
    code, told = run(*command, "person")
    assert code == 2
    assert "Column person: 0 lies in two units of household, 'a0' and 'b0'" in told
    code, told = run(*command, "nobody")
    assert (code, "no column nobody" in told) == (2, True)
    design.write_text('[design]\nweights = "w"\nclusters = ["home"]\n')
    assert run(*command, "person")[0] == 0


def test_calibrated_weights_are_laid_beside_the_rows_they_were_made_of() -> None:
    data = pl.DataFrame({"w": 1.0, "gender": ["f", "f", "f", "m", "m"], "trust": [1, 2, 3, 4, 5]})
    margins = effect.Margins({("gender",): {("f",): 10.0, ("m",): 20.0}}, {})
    weights = effect.calibrate(data, PLAIN, margins)
    held = effect.calibrated_cube(data, PLAIN, weights, means=["trust"])
    assert effect.estimate_calibrated(held, means=["trust"])["estimate"].to_list() == [pytest.approx(11 / 3)]
    for other in (data.reverse(), data.head(4)):
        with pytest.raises(effect.BadData, match="in the same order"):
            effect.calibrated_cube(other, PLAIN, weights, means=["trust"])


@pytest.mark.parametrize("level", [95, 0, 1, 1.5, -0.1])
def test_a_level_of_confidence_is_a_share(people: pl.DataFrame, level: float) -> None:
    cube = effect.make_cube(people, PLAIN, means=["trust"])
    with pytest.raises(effect.NotAnswerable, match=r"as 0\.95"):
        effect.estimate(cube, means=["trust"], level=level)
    stacked = pl.concat([people.with_columns(wave=pl.lit(n)) for n in (1, 2)])
    with pytest.raises(effect.NotAnswerable, match=r"as 0\.95"):
        effect.change(effect.make_cube(stacked, PLAIN, means=["trust"], by=["wave"]), "wave", ["trust"], level=level)


def test_a_population_below_nothing_is_refused() -> None:
    with pytest.raises(effect.BadData, match="gender, m: -5 is no population"):
        effect.Margins({("gender",): {("m",): -5, ("f",): 10}}, {})


def test_persons_in_two_strata_are_refused_where_names_begin_again_in_each(tmp_path: Path) -> None:
    """With `nest` a person in two strata is two units, and the overlap of the waves would not be counted."""
    data = pl.DataFrame({"p": [1, 2, 1, 2], "wave": [1, 1, 2, 2], "h": ["a", "a", "b", "b"], "w": 1.0})
    design = effect.Design(weights="w", strata="h", nest=True, clusters=("p",))
    with pytest.raises(effect.BadDesign, match="1 lies in two units of h, 'a' and 'b'"):
        check_persons(data, design, "p")
    check_persons(data, effect.Design(weights="w"), "p")


def test_number_margins_tell_rows_in_another_order() -> None:
    data = pl.DataFrame({"w": 1.0, "x": [1.0, 2.0, 4.0, 8.0], "y": [1, 2, 3, 4]})
    weights = effect.calibrate(data, PLAIN, effect.Margins({}, {"x": 40.0}), method="linear")
    effect.calibrated_cube(data, PLAIN, weights, means=["y"])
    with pytest.raises(effect.BadData, match="in the same order"):
        effect.calibrated_cube(data.reverse(), PLAIN, weights, means=["y"])


def test_rows_exchanged_within_a_margin_are_told_though_all_adds_up() -> None:
    """Only rows alike in all that weights depend on may change places: their weight is the same."""
    data = pl.DataFrame({"w": 1.0, "sex": ["f", "f", "m", "m"], "x": [1.0, 2.0, 4.0, 8.0], "y": [1, 2, 3, 4]})
    margins = effect.Margins({("sex",): {("f",): 20.0, ("m",): 20.0}}, {"x": 160.0})
    weights = effect.calibrate(data, PLAIN, margins, method="linear")
    with pytest.raises(effect.BadData, match="in the same order"):
        effect.calibrated_cube(data[[1, 0, 2, 3]], PLAIN, weights, means=["y"])
    alike = data.with_columns(x=pl.lit(4.0))
    weights = effect.calibrate(alike, PLAIN, effect.Margins({("sex",): {("f",): 20.0, ("m",): 20.0}}, {}))
    found = [
        effect.estimate_calibrated(effect.calibrated_cube(rows, PLAIN, weights, means=["y"]), means=["y"])
        for rows in (alike, alike[[1, 0, 3, 2]])
    ]
    assert found[0].equals(found[1])


def test_persons_of_names_that_begin_again_are_told_how_to_be_named() -> None:
    data = pl.DataFrame({"p": [1, 2, 1, 2] * 2, "hh": [1, 1, 2, 2] * 2, "wave": [1] * 4 + [2] * 4, "w": 1.0})
    with pytest.raises(effect.BadDesign, match="give every person a name of their own"):
        check_persons(data, effect.Design(weights="w", clusters=("hh", "p")), "p")
    named = data.with_columns(p=pl.format("{}-{}", "hh", "p"))
    check_persons(named, effect.Design(weights="w", clusters=("hh", "p")), "p")


@pytest.mark.parametrize(("middle", "spread"), [(1.7e9, 1.0), (1.7e12, 1000.0)])
def test_a_small_spread_far_from_nothing_is_no_noise(middle: float, spread: float) -> None:
    values = np.random.default_rng(1).normal(0, spread, 400)
    cube = effect.make_cube(pl.DataFrame({"w": 1.0, "y": middle + values}), PLAIN, means=["y"])
    (se,) = effect.estimate(cube, means=["y"])["se"].to_list()
    assert se == pytest.approx(values.std(ddof=1) / 20, rel=1e-3)


def test_a_group_is_not_compared_with_itself(people: pl.DataFrame) -> None:
    cube = effect.make_cube(people.drop_nulls(), PLAIN, means=["trust"], by=["area"])
    with pytest.raises(effect.NotAnswerable, match="Name two"):
        effect.gap(cube, "area", "hg", "hg", ["trust"])
    with pytest.raises(effect.NotAnswerable, match="to have an aim for"):
        effect.gap(cube, "area", "hg", "rest", ["trust"], aims={"typo": effect.Aim(effect.Direction.MORE)})
