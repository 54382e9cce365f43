"""What takes long says so on standard error, by itself; what does not is silent."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest

from kvarter import effect
from kvarter.effect import waiting
from tests.effect.test_command import DATA, DESIGN, run


def test_what_is_quick_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting.shown("reading", 3) as told:
        told(3)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("total", "said"), [(10, "4.00/10.0"), (None, "4.00 rows")])
def test_what_takes_long_tells_how_far_it_is_also_while_it_stands_still(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, total: int | None, said: str
) -> None:
    monkeypatch.setattr(waiting, "AFTER_SECONDS", 0.05)
    monkeypatch.setattr(waiting, "EACH_SECONDS", 0.05)
    with waiting.shown("reading", total) as told:
        told(4)
        time.sleep(1)
    found = capsys.readouterr().err
    assert said in found
    assert "reading" in found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything counts as long."""
    monkeypatch.setattr(waiting, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(waiting, "EACH_SECONDS", 0.001)
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text(DATA)
    Path("design.toml").write_text(DESIGN)


@pytest.mark.usefixtures("impatient")
def test_each_long_command_says_what_it_does() -> None:
    Path("margins.csv").write_text("margin,category,total\nsafe,yes,60\nsafe,no,50\n")
    Path("table.csv").write_text("area,age,n\nhg,young,2\nhg,old,40\nrest,young,30\nrest,old,50\n")
    Path("rule.toml").write_text("[rule]\nminimum = 5\n")
    for command, words in {
        "estimate data.csv --design design.toml --items trust": ["reading"],
        "calibrate data.csv --design design.toml --margins margins.csv": ["reading", "calibrating"],
        "disclose table.csv --rule rule.toml": ["hiding", "showing again"],
    }.items():
        done = run(command)
        assert done.exit_code == 0, done.output
        for word in words:
            assert word in done.stderr


@pytest.mark.usefixtures("impatient")
def test_the_attack_and_the_bootstrap_say_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    rule, counts = effect.Rule(minimum=5), effect.table_from_rows(pl.DataFrame({"a": ["x", "y"], "n": [3, 30]}))
    effect.breaches([effect.protect(counts, rule, cover="none")], counts, rule)
    effect.bootstrap("data.csv", effect.Design(weights="w"), ["trust"], size=50)
    told = capsys.readouterr().err
    assert "attacking" in told
    assert "drawing anew" in told


@pytest.mark.usefixtures("impatient")
def test_a_column_that_nobody_answered_is_named() -> None:
    frame = pl.read_csv("data.csv").with_columns(trust=pl.lit(None))
    frame.write_csv("data.csv")
    done = run("estimate data.csv --design design.toml --items trust --missing drop")
    assert "Column trust: nobody answered, so its figures are empty." in done.stderr
