"""`kvarter effect` as an analyst runs it: the columns promised, and bad input told with column, row and remedy."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from kvarter.cli.main import main

DESIGN = '[design]\nweights = "w"\nstrata = "h"\npopulation = ["N"]\n'


def _row(n: int) -> str:
    odd = n % 2
    area, wave, safe = ("hg", "rest")[odd], 2020 + 3 * (n % 4 // 2), ("yes", "no")[n % 3 > 0]
    return f"{n},{2 + n % 3},{'ab'[odd]},40,{area},{wave},{1 + n % 5},{safe}"


DATA = "id,w,h,N,area,wave,trust,safe\n" + "\n".join(_row(n) for n in range(40))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with data and a design."""
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text(DATA)
    Path("design.toml").write_text(DESIGN)
    return tmp_path


def run(command: str, *more: str) -> Result:
    """Run `kvarter effect` with the words of a command, and words that hold spaces after them."""
    return CliRunner().invoke(main, ["effect", *command.split(), *more])


def table(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.usefixtures("desk")
def test_estimates_have_the_promised_columns() -> None:
    command = "estimate data.csv --design design.toml --items trust --shares safe --totals trust --by area,wave"
    rows = table(run(command, "--ci", "logit"))
    assert ",".join(rows[0]) == "item,category,statistic,area,wave,n,estimate,se,ci_low,ci_high,df,deff"
    assert {row["statistic"] for row in rows} == {"mean", "share", "total"}
    assert len(rows) == 4 + 8 + 4


@pytest.mark.usefixtures("desk")
def test_changes_have_the_promised_columns() -> None:
    Path("flat.toml").write_text('[design]\nweights = "w"\n')
    command = "change data.csv --design flat.toml --wave wave --unit id --items trust --by area --reference area=rest"
    rows = table(run(command, "--aim", "trust=more"))
    assert list(rows[0]) == [
        "item",
        "area",
        "wave_from",
        "wave_to",
        "n_from",
        "n_to",
        "estimate_from",
        "estimate_to",
        "change",
        "se",
        "ci_low",
        "ci_high",
        "df",
        "p",
        "p_adjusted",
        "verdict",
        "smallest_detectable",
    ]
    assert [row["area"] for row in rows] == ["hg", "rest", "hg - rest"]


@pytest.mark.usefixtures("desk")
def test_weights_are_added_to_the_data() -> None:
    Path("margins.csv").write_text("margin,category,total\nsafe,yes,60\nsafe,no,50\n")
    result = run("calibrate data.csv --design design.toml --margins margins.csv --out new.csv")
    assert result.exit_code == 0, result.output
    new = pl.read_csv("new.csv")
    assert new.filter(pl.col("safe") == "yes")["calibrated_weight"].sum() == pytest.approx(60)
    assert "deff_weights" in result.stderr


@pytest.mark.usefixtures("desk")
def test_a_table_is_judged_before_it_is_shown() -> None:
    Path("table.csv").write_text("area,age,n\nhg,young,2\nhg,old,40\nrest,young,30\nrest,old,50\n")
    Path("rule.toml").write_text("[rule]\nminimum = 5\n")
    rows = table(run("disclose table.csv --rule rule.toml"))
    inner = {(row["area"], row["age"]): row["n"] for row in rows}
    assert inner["hg", "young"] == ""
    assert sum(not value for value in inner.values()) >= 4
    assert inner["*", "*"] == "122"


@pytest.mark.usefixtures("desk")
def test_a_sample_is_planned_shared_out_and_drawn() -> None:
    size = table(run("plan size --population 4500 --margin 0.05 --response-rate 0.4"))[0]
    assert size["answers"] == "355"
    seen = table(run("plan see --population 4500 --last 0.6 --last-answers 300 --target 0.7 --asked 800"))[0]
    assert seen["seen"] == "true"
    Path("strata.csv").write_text("stratum,population,sd\na,20,1\nb,20,3\n")
    shares = run("plan allocate strata.csv --total 12 --out sizes.csv")
    assert shares.exit_code == 0, shares.output
    sizes = dict(pl.read_csv("sizes.csv").select("stratum", "size").iter_rows())
    assert sizes == {"a": 3, "b": 9}
    command = "plan draw data.csv --unit id --stratum h --sizes sizes.csv --seed 7 --protocol how.txt"
    drawn = table(run(command))
    assert len(drawn) == 12
    assert "SHA-256" in Path("how.txt").read_text()
    assert table(run(command)) == drawn


def spoil(**columns: Any) -> None:
    """Data with other values in its fourth row."""
    frame = pl.read_csv("data.csv")
    for name, value in columns.items():
        place = pl.int_range(pl.len()) == 3
        frame = frame.with_columns(pl.when(place).then(pl.lit(value)).otherwise(pl.col(name)).alias(name))
    frame.write_csv("data.csv")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("spoilt", "words", "said"),
    [
        ({}, ["--items", "nowhere"], "no column nowhere"),
        ({"w": -1}, ["--items", "trust"], "Column w, row 4: is no weight"),
        ({"w": None}, ["--items", "trust"], "Column w, row 4: is no weight"),
        ({"trust": None}, ["--items", "trust"], "Column trust, row 4"),
        ({"area": None}, ["--items", "trust", "--by", "area"], "Column area, row 4"),
        ({"N": 7}, ["--items", "trust"], "Column N, row 4: 7, but an earlier row"),
        ({}, ["--items", "safe"], "is not a number. Ask for its shares"),
        ({}, [], "Nothing was asked for"),
        ({"h": "c", "N": 3}, ["--items", "trust"], "only one sampled unit"),
        ({"h": None}, ["--items", "trust"], "Column h, row 4: is empty"),
    ],
)
def test_bad_data_is_told_with_its_place_and_leaves_no_file(
    spoilt: dict[str, Any], words: list[str], said: str
) -> None:
    if spoilt:
        spoil(**spoilt)
    result = run("estimate data.csv --design design.toml --out out.csv", *words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["data.csv", "design.toml"]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("design", "said"),
    [
        ('[design]\nweights = "w"\nstrata = "h"\npopulation = ["small"]\n', "units in the sample and only"),
        ('[design]\nweights = "w"\nclusters = ["one"]\n', "only one sampled unit"),
        ("[survey]\n", "no [design] section"),
        ("[design]\n", "needs weights, or population sizes"),
        ('[design]\nweights = "w"\ncolour = "red"\n', "colour is not part of a design"),
        ('[design]\nweights = "w"\nsingle_psu = "guess"\n', "give one of"),
        ('[design]\nweights = "w"\nstrata = "h"\nclusters = ["area2"]\n', "nest = true"),
        ("not toml", "is not TOML"),
    ],
)
def test_a_bad_design_is_told_with_a_remedy(design: str, said: str) -> None:
    Path("design.toml").write_text(design)
    frame = pl.read_csv("data.csv").with_columns(small=pl.lit(3), one=pl.lit(1), area2=pl.col("trust") % 2)
    frame.write_csv("data.csv")
    result = run("estimate data.csv --design design.toml --items trust")
    assert result.exit_code == 2, result.output
    assert said in result.stderr


@pytest.mark.usefixtures("desk")
def test_no_rows_at_all_is_told() -> None:
    Path("data.csv").write_text(DATA.splitlines()[0] + "\n")
    result = run("estimate data.csv --design design.toml --items trust")
    assert result.exit_code == 2
    assert "no rows to count" in result.stderr


@pytest.mark.usefixtures("desk")
def test_a_new_file_is_its_owners_alone_an_old_one_keeps_its_mode_and_a_link_its_place() -> None:
    command = "estimate data.csv --design design.toml --items trust --out"
    assert run(f"{command} new.csv").exit_code == 0
    assert Path("new.csv").stat().st_mode & 0o777 == 0o600
    Path("new.csv").chmod(0o640)
    Path("link.csv").symlink_to("new.csv")
    assert run(f"{command} link.csv").exit_code == 0
    assert Path("link.csv").is_symlink()
    assert Path("new.csv").stat().st_mode & 0o777 == 0o640
    Path("folder.csv").mkdir()
    refused = run(f"{command} folder.csv")
    assert refused.exit_code == 2
    assert "is no file to write to" in refused.stderr


@pytest.mark.usefixtures("desk")
def test_no_text_is_a_formula_to_a_spreadsheet() -> None:
    spoil(area="=1+1")
    rows = table(run("estimate data.csv --design design.toml --items trust --by area"))
    assert "'=1+1" in {row["area"] for row in rows}
