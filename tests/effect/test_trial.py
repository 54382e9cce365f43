"""What an analyst who knows R tried and found: each mend pinned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from kvarter import effect
from kvarter.cli.main import main


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["effect", *arguments])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


def waves(moved: float, people: int = 200) -> pl.DataFrame:
    random = np.random.default_rng(3)
    first = random.normal(5, 1, people)
    second = random.normal(5 + moved, 1, people)
    values = np.concatenate([first, second])
    return pl.DataFrame(
        {"wave": [1] * people + [2] * people, "person": range(2 * people), "trust": values, "w": np.ones(2 * people)}
    )


def judged(data: pl.DataFrame, aim: effect.Aim) -> str:
    cube = effect.make_cube(data, effect.Design(weights="w", clusters=("person",)), means=["trust"], by=["wave"])
    return str(effect.change(cube, "wave", ["trust"], aims={"trust": aim})["verdict"][0])


@pytest.mark.parametrize(
    ("moved", "margin", "verdict"),
    [
        (0.0, 0.5, effect.Verdict.KEPT),
        (0.6, 0.5, effect.Verdict.CHANGED),
        (0.4, 0.5, effect.Verdict.CHANGED),
        (0.05, 0.05, effect.Verdict.UNMEASURABLE),
    ],
)
def test_what_is_to_be_maintained_is_kept_changed_or_not_to_be_told(moved: float, margin: float, verdict: str) -> None:
    """A change that is clearly there is never called none, also when it may still lie within the margin."""
    assert judged(waves(moved), effect.Aim(effect.Direction.MAINTAIN, margin)) == verdict


def test_a_margin_that_is_no_change_is_refused() -> None:
    with pytest.raises(effect.BadData, match="above 0"):
        effect.Aim(effect.Direction.MORE, -1.0)


def test_waves_of_different_populations_are_compared(tmp_path: Path) -> None:
    data = waves(0.5).with_columns(N=pl.when(pl.col("wave") == 1).then(5000).otherwise(5200))
    data.write_csv(tmp_path / "a.csv")
    (tmp_path / "d.toml").write_text('[design]\nweights = "w"\npopulation = ["N"]\n')
    code, said = run(
        *("change", str(tmp_path / "a.csv"), "--design", str(tmp_path / "d.toml")),
        *("--wave", "wave", "--unit", "person", "--items", "trust", "--out", "-"),
    )
    assert code == 0, said
    assert "demonstrable change" in said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,400.5,1", "column population, row 1"),
        ("a,400,1\nb,-5,1", "column population, row 2"),
        ("a,400,x", "column sd, row 1"),
        ("a,400,1\na,30,1", "column stratum, row 2"),
    ],
)
def test_strata_that_cannot_be_are_told_by_row(tmp_path: Path, rows: str, said: str) -> None:
    file = tmp_path / "strata.csv"
    file.write_text(f"stratum,population,sd\n{rows}\n")
    code, output = run("plan", "allocate", str(file), "--total", "30")
    assert code == 2
    assert said in output


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ("stratum,many\na,2", "no column size"),
        ("stratum,size\na,x", "column size, row 1"),
        ("stratum,size\na,", "column size, row 1"),
        ("stratum,size\na,1.5", "column size, row 1"),
        ("stratum,size\na,1\na,2", "column stratum, row 2"),
    ],
)
def test_sizes_that_cannot_be_are_told_by_row(tmp_path: Path, sizes: str, said: str) -> None:
    (tmp_path / "frame.csv").write_text("id,home\n" + "".join(f"{n},a\n" for n in range(9)))
    (tmp_path / "sizes.csv").write_text(sizes + "\n")
    code, output = run(
        *("plan", "draw", str(tmp_path / "frame.csv"), "--unit", "id", "--stratum", "home"),
        *("--sizes", str(tmp_path / "sizes.csv"), "--seed", "1", "--out", str(tmp_path / "drawn.csv")),
    )
    assert code == 2
    assert said in output
    assert not (tmp_path / "drawn.csv").exists()


def test_overlap_and_correlation_belong_together() -> None:
    asked = ("--population", "4500", "--last", "0.6", "--last-answers", "400", "--target", "0.7", "--asked", "900")
    assert run("plan", "see", *asked, "--correlation", "0.6")[0] == 2
    assert run("plan", "see", *asked, "--correlation", "0.6", "--overlap", "0.5")[0] == 0


@pytest.mark.parametrize(("kind", "fay", "said"), [("zzz", 0.0, "no kind"), ("brr", 1.0, "fay"), ("brr", -1.0, "fay")])
def test_replicates_that_cannot_be_are_refused(kind: str, fay: float, said: str) -> None:
    data = pl.DataFrame({"h": [1, 1, 2, 2], "p": [1, 2, 3, 4], "y": [1.0, 2.0, 3.0, 5.0], "w": [1.0] * 4})
    cube = effect.make_cube(data, effect.Design(weights="w", strata="h", clusters=("p",)), means=["y"])
    with pytest.raises(effect.EffectError, match=said):
        effect.check_means(cube, "y", kind, fay=fay)


def test_rounding_is_drawn_in_secret_unless_a_seed_is_named() -> None:
    rows = [{"a": str(n), "n": 1 + n % 4} for n in range(40)]
    table = effect.table_from_rows(rows)
    drawn = {
        tuple(cell.value for cell in effect.protect(table, effect.Rule(round_base=5)).cells) for _again in range(6)
    }
    named = {
        tuple(cell.value for cell in effect.protect(table, effect.Rule(round_base=5, seed=7)).cells)
        for _again in range(3)
    }
    assert len(drawn) > 1
    assert len(named) == 1


def estimated(folder: Path, content: bytes, *asked: str, design: str = 'weights = "w"') -> tuple[int, str]:
    (folder / "a.csv").write_bytes(content)
    (folder / "d.toml").write_text(f"[design]\n{design}\n")
    return run("estimate", str(folder / "a.csv"), "--design", str(folder / "d.toml"), *asked)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,w,x,y\n1,1,5,1\n2,1,3,5,2\n3,1,4,1\n", "Row #3"),
        (b"id,w,x,y\n1,1,5,1\n2,1,3\n", "Row #3"),
        (b"id,w,x,x\n1,1,5,1\n", "two columns are called 'x'"),
        (b"id,w,x,y\n1,1,inf,1\n", "Column x, row 1: is infinite"),
        (b"", "is empty"),
    ],
)
def test_a_file_that_would_be_misread_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    code, output = estimated(tmp_path, content, "--items", "x")
    assert code == 2
    assert said in output


def test_danish_letters_are_read_whatever_they_are_saved_as(tmp_path: Path) -> None:
    text = "w,f\n1,bær\n1,bør\n1,bær\n1,båd\n"
    told = {estimated(tmp_path, text.encode(e), "--shares", "f") for e in ("utf-8", "utf-8-sig", "cp1252", "utf-16")}
    assert len(told) == 1
    ((code, output),) = told
    assert code == 0
    assert "f,bær,share,4,0.5" in output


def test_a_code_with_a_leading_zero_is_not_the_one_without(tmp_path: Path) -> None:
    code, output = estimated(tmp_path, b"w,x,f\n1,5,0101\n1,3,101\n1,1,0101\n1,2,0202\n", "--items", "x", "--by", "f")
    assert code == 0
    assert {row.split(",")[3] for row in output.splitlines()[1:]} == {"0101", "101", "0202"}


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    code, output = estimated(tmp_path, b"w,x\n1,5\n\n1,3\n\n", "--items", "x")
    assert (code, output.splitlines()[1].split(",")[3:5]) == (0, ["2", "4.0"])


def test_what_stands_outside_the_design_is_told(tmp_path: Path) -> None:
    code, output = estimated(
        tmp_path, b"w,x\n1,5\n1,3\n", "--items", "x", design='weights = "w"\n[desing]\nstrata = "x"'
    )
    assert code == 2
    assert "desing stands outside [design]" in output


def test_a_draw_keeps_the_registers_own_ids(tmp_path: Path) -> None:
    (tmp_path / "frame.csv").write_text("id,home\n0124,a\n0007,a\n")
    (tmp_path / "sizes.csv").write_text("stratum,size\na,2\n")
    code, output = run(
        *("plan", "draw", str(tmp_path / "frame.csv"), "--unit", "id", "--stratum", "home"),
        *("--sizes", str(tmp_path / "sizes.csv"), "--seed", "1", "--protocol", str(tmp_path / "p.txt")),
    )
    assert code == 0
    assert "0124" in output


def test_a_protocol_that_cannot_be_written_leaves_the_old_draw(tmp_path: Path) -> None:
    (tmp_path / "frame.csv").write_text("id,home\n1,a\n2,a\n")
    (tmp_path / "sizes.csv").write_text("stratum,size\na,1\n")
    (tmp_path / "old.csv").write_text("the old draw")
    code, output = run(
        *("plan", "draw", str(tmp_path / "frame.csv"), "--unit", "id", "--stratum", "home"),
        *("--sizes", str(tmp_path / "sizes.csv"), "--seed", "1"),
        *("--protocol", str(tmp_path / "nowhere" / "p.txt"), "--out", str(tmp_path / "old.csv")),
    )
    assert (code, (tmp_path / "old.csv").read_text()) == (2, "the old draw"), output


def test_calibration_overwrites_no_column_and_takes_no_bounds_for_raking(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("w,g\n1,a\n1,b\n")
    (tmp_path / "d.toml").write_text('[design]\nweights = "w"\n')
    (tmp_path / "m.toml").write_text("[counts.g]\na = 5\nb = 6\n")
    asked = (
        "calibrate",
        str(tmp_path / "a.csv"),
        "--design",
        str(tmp_path / "d.toml"),
        "--margins",
        str(tmp_path / "m.toml"),
    )
    assert run(*asked, "--column", "w")[0] == 2
    assert run(*asked, "--bounds", "0.5", "2")[0] == 2
    assert run(*asked)[0] == 0
    assert run(*asked, "--out", str(tmp_path / "a.xlsx"))[0] == 2


def test_a_text_among_numbers_is_named_by_its_own_row() -> None:
    frame = pl.DataFrame({"w": [1.0] * 3, "a": ["2", "4", "often"]})
    with pytest.raises(effect.BadData, match="Column a, row 3: 'often' is not a number"):
        effect.make_cube(frame, effect.Design(weights="w"), means=["a"])
