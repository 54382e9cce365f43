"""What SPSS and Stata files call their codes stands beside the codes, where it is asked for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pyreadstat
import pytest

from tests.effect.test_command import run, table

LABELS = {"area": {1: "Høje Gladsaxe", 2: "Resten"}, "safe": {1: "Tryg", 2: "Utryg"}}
NAMES = {"w": "", "area": "Område", "safe": "Hvor tryg er du?", "kind": ""}


@pytest.fixture(params=["data.sav", "data.dta"])
def file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file in which some codes have labels."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame(
        {"w": [1.0] * 6, "area": [1, 1, 1, 2, 2, 2], "safe": [1, 2, 3, 1, 1, 2], "kind": list("aabbab")}
    )
    write = pyreadstat.write_sav if request.param.endswith(".sav") else pyreadstat.write_dta
    write(frame, request.param, column_labels=list(NAMES.values()), variable_value_labels=LABELS)
    Path("design.toml").write_text('[design]\nweights = "w"\n')
    return str(request.param)


def test_items_categories_and_groups_have_their_labels_and_keep_their_codes(file: str) -> None:
    command = f"estimate {file} --design design.toml --shares safe --items safe --by area,kind --margins"
    plain, labelled = table(run(command)), table(run(f"{command} --labels"))
    assert [{name: row[name] for name in plain[0]} for row in labelled] == plain
    assert list(labelled[0])[len(plain[0]) :] == ["item_label", "category_label", "area_label"]
    assert {row["item_label"] for row in labelled} == {"Hvor tryg er du?"}
    assert {(float(row["category"] or 0), row["category_label"]) for row in labelled} == {
        (0, ""),
        (1, "Tryg"),
        (2, "Utryg"),
        (3, ""),
    }
    assert {(float(row["area"] or 0), row["area_label"]) for row in labelled} == {
        (0, ""),
        (1, "Høje Gladsaxe"),
        (2, "Resten"),
    }


def test_a_file_without_labels_has_them_empty(file: str) -> None:
    pl.DataFrame({"w": [1.0, 1.0, 2.0], "safe": [1, 2, 1]}).write_csv("data.csv")
    rows = table(run("estimate data.csv --design design.toml --shares safe --labels"))
    assert {(row["item_label"], row["category_label"]) for row in rows} == {("", "")}


def test_a_grouping_called_as_a_label_is_refused(file: str) -> None:
    frame, _meta = (pyreadstat.read_sav if file.endswith(".sav") else pyreadstat.read_dta)(file)
    write = pyreadstat.write_sav if file.endswith(".sav") else pyreadstat.write_dta
    write(frame.rename(columns={"kind": "area_label"}), file, variable_value_labels=LABELS)
    done = run(f"estimate {file} --design design.toml --shares safe --by area,area_label --labels")
    assert done.exit_code == 2
    assert "has a column area_label already" in done.stderr
