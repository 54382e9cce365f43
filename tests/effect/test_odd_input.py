"""Odd input at the command line: told in a line that says what to mend, with code 2, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kvarter import effect
from kvarter.effect.disclosure import protect
from tests.effect.tables import table
from tests.effect.test_command import DATA, run

ESTIMATE, CHANGE = (
    "estimate data.csv --design design.toml",
    "change data.csv --design design.toml --wave wave --unit id",
)
CALIBRATE, DISCLOSE = "calibrate data.csv --design design.toml --margins", "disclose table.csv --rule"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with data, a design, a table and a rule."""
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text(DATA)
    Path("design.toml").write_text('[design]\nweights = "w"\n')
    Path("table.csv").write_text("area,age,n\nhg,young,2\nhg,old,40\nrest,young,30\nrest,old,50\n")
    Path("rule.toml").write_text("[rule]\nminimum = 5\n")
    Path("broken.parquet").write_bytes(b"PAR1xx")
    pl.DataFrame({"area": [], "n": []}).write_parquet("empty.parquet")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("estimate broken.parquet --design design.toml --items trust", "broken.parquet: cannot be read"),
        ("calibrate broken.parquet --design design.toml --margins m.toml", "broken.parquet: cannot be read"),
        ("calibrate empty.parquet --design design.toml --margins m.toml", "empty.parquet: has no rows"),
        ("disclose empty.parquet --rule rule.toml", "empty.parquet: has no rows"),
        ("plan allocate empty.parquet --total 3", "empty.parquet: has no rows"),
        (f"{ESTIMATE} --scale w=id+trust --items w", "There is a column w already. Call the scale something else."),
        (f"{CHANGE} --scale id=trust+w --items id", "There is a column id already. Call the scale something else."),
        (f"{ESTIMATE} --scale a=trust+w --scale a=trust+id --items a", "two scales of that name"),
        (CHANGE, "Nothing was asked for. Name items or shares."),
        (f"{CHANGE} --items trust --aim trust=maintain:inf", "A margin of inf is no change that matters"),
        ("plan size --population 4500 --margin 0.05 --sd inf", "--sd inf: a standard deviation is"),
        ("disclose bare.csv --rule rule.toml", "needs columns that classify"),
        ("disclose status.csv --rule rule.toml", "called neither n nor status"),
    ],
)
def test_what_cannot_be_done_is_told(command: str, told: str) -> None:
    Path("m.toml").write_text("[counts.safe]\nyes = 60\nno = 50\n")
    Path("bare.csv").write_text("n\n3\n")
    Path("status.csv").write_text("area,status,n\nhg,rented,3\nhg,owned,9\n")
    done = run(command)
    assert done.exit_code == 2, done.output
    assert told in done.stderr


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("counts = 3\n", "counts is not read. Give [counts.COLUMN]"),
        ("[counts]\nsafe = 3\n", "counts is not read. Give [counts.COLUMN]"),
        ("[total]\ntrust = 3\n", "total is not read"),
        ("totals = 3\n", "totals is not read"),
    ],
)
def test_margins_of_another_form_are_told(written: str, told: str) -> None:
    Path("m.toml").write_text(written)
    done = run(f"{CALIBRATE} m.toml")
    assert done.exit_code == 2, done.output
    assert told in done.stderr


def test_a_margin_without_a_column_is_told() -> None:
    Path("m.csv").write_text("margin,category,total\nsafe,yes,60\n,no,50\n")
    done = run(f"{CALIBRATE} m.csv")
    assert done.exit_code == 2, done.output
    assert "m.csv, entry 2: names no column" in done.stderr


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"[rule]\nseed = -1\nround_base = 3\n", "seed must be a whole number from 0"),
        (b"[rule]\nseed = 'x'\nround_base = 3\n", "seed must be a whole number from 0"),
        (b"[rule]\nprotection = inf\n", "protection must be more than nothing"),
        (b"[rule]\ndear = [['nowhere']]\n", "a margin names nowhere, which is no column"),
        (b"[rule]\n# \xe6\n", "is not TOML"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_told(written: bytes, told: str) -> None:
    Path("r.toml").write_bytes(written)
    done = run(f"{DISCLOSE} r.toml")
    assert done.exit_code == 2, done.output
    assert told in done.stderr


def test_a_column_without_a_name_is_no_part_of_a_design() -> None:
    Path("design.toml").write_text('[design]\nweights = ""\n')
    done = run(f"{ESTIMATE} --items trust")
    assert done.exit_code == 2, done.output
    assert "design.toml: weights is '': give the name of one column, as weights = \"one\"" in done.stderr


def test_a_table_may_be_a_folder_of_parquet() -> None:
    Path("folder").mkdir()
    pl.read_csv("table.csv").write_parquet("folder/part.parquet")
    done = run("disclose folder --rule rule.toml")
    assert done.exit_code == 0, done.output
    assert done.stdout == run(f"{DISCLOSE} rule.toml").stdout


def test_margins_are_dear_in_whatever_order_their_columns_are_named() -> None:
    """One of a row must go with the unsafe cell: the total, unless it is dear, when it is cheaper than a large cell."""
    counts = table([[2, 40, 50], [30, 60, 70], [35, 45, 80]])
    margins = (("a", "b"), ("a",), ("b",), ())

    def hidden(dear: tuple[tuple[str, ...], ...]) -> int:
        found = protect(counts, effect.Rule(minimum=5, margins=margins, dear=dear))
        return sum(cell.value is None for cell in found.cells if cell.margin == ("a", "b"))

    assert hidden((("b", "a"),)) == hidden((("a", "b"),)) == 1
    assert hidden(()) > 1
