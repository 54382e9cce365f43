"""What takes long says so to a terminal when a command runs; the library, and what goes to a pipe, is silent."""

from __future__ import annotations

import os
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import polars as pl
import pytest

from kvarter import effect
from kvarter.cli.main import main
from kvarter.effect import reading, waiting
from tests.effect.test_command import DATA, DESIGN, run


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything counts as long."""
    monkeypatch.setattr(waiting, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(waiting, "EACH_SECONDS", 0.001)


def on_a_terminal(work: Callable[[], object]) -> str:
    """What is told on standard error meanwhile, where that is a terminal."""
    seen, screen = os.openpty()
    termios.tcsetwinsize(screen, (24, 120))
    told: list[bytes] = []
    reader = Thread(target=lambda: _read_all(seen, told))
    reader.start()
    before = sys.stderr
    try:
        with os.fdopen(screen, "w") as sys.stderr:
            work()
    finally:
        sys.stderr = before
        reader.join()
        os.close(seen)
    return b"".join(told).decode()


def _read_all(seen: int, told: list[bytes]) -> None:
    with suppress(OSError):  # which is how Linux says that a terminal is gone
        while block := os.read(seen, 1 << 16):
            told.append(block)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with what the commands read."""
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text(DATA)
    Path("design.toml").write_text(DESIGN)
    Path("margins.csv").write_text("margin,category,total\nsafe,yes,60\nsafe,no,50\n")
    Path("table.csv").write_text("area,age,n\nhg,young,2\nhg,old,40\nrest,young,30\nrest,old,50\n")
    Path("rule.toml").write_text("[rule]\nminimum = 5\n")


COMMANDS = {
    "estimate data.csv --design design.toml --items trust": ["reading"],
    "change data.csv --design design.toml --wave wave --unit id --items trust": ["looking for persons", "reading"],
    "calibrate data.csv --design design.toml --margins margins.csv": ["reading", "calibrating"],
    "disclose table.csv --rule rule.toml": ["hiding", "showing again"],
}


def test_what_is_quick_says_nothing() -> None:
    def work() -> None:
        with waiting.aloud(), waiting.shown("reading", 3) as told:
            told(3)

    assert on_a_terminal(work) == ""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("total", "said"), [(10, "4.00/10.0"), (None, "4.00 rows")])
def test_what_takes_long_tells_how_far_it_is_also_while_it_stands_still(total: int | None, said: str) -> None:
    def work() -> None:
        with waiting.aloud(), waiting.shown("reading", total) as told:
            told(4)
            time.sleep(1)

    found = on_a_terminal(work)
    assert said in found
    assert "reading" in found


@pytest.mark.usefixtures("desk", "impatient")
@pytest.mark.parametrize("command", COMMANDS)
def test_each_long_command_says_what_it_does_to_who_sits_at_it(command: str) -> None:
    told = on_a_terminal(lambda: main(["effect", *command.split(), "--out", "out.csv"], standalone_mode=False))
    for word in COMMANDS[command]:
        assert word in told


@pytest.mark.usefixtures("desk", "impatient")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_nothing_of_its_progress_to_a_pipe(command: str) -> None:
    done = run(command)
    assert done.exit_code == 0, done.output
    assert not any(word in done.stderr for word in COMMANDS[command])


@pytest.mark.usefixtures("desk", "impatient")
def test_the_library_is_silent_unless_asked() -> None:
    def work() -> None:
        rule, counts = effect.Rule(minimum=5), effect.table_from_rows(pl.DataFrame({"a": ["x", "y"], "n": [3, 30]}))
        effect.breaches([effect.protect(counts, rule, cover="none")], counts, rule)
        effect.bootstrap("data.csv", effect.Design(weights="w"), ["trust"], size=50)

    def asked() -> None:
        with waiting.aloud():
            work()

    assert on_a_terminal(work) == ""
    told = on_a_terminal(asked)
    assert "attacking" in told
    assert "drawing anew" in told


def test_a_cube_tells_how_many_rows_each_chunk_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 30)
    told: list[int] = []
    data = pl.DataFrame({"w": [1.0] * 70, "trust": [1, 2] * 35})
    effect.make_cube(data, effect.Design(weights="w"), means=["trust"], told=told.append)
    assert told == [30, 30, 10]


@pytest.mark.usefixtures("desk")
def test_a_column_that_nobody_answered_is_named() -> None:
    frame = pl.read_csv("data.csv").with_columns(trust=pl.lit(None))
    frame.write_csv("data.csv")
    done = run("estimate data.csv --design design.toml --items trust --missing drop")
    assert "Column trust: nobody answered, so its figures are empty." in done.stderr
