"""What several publications of one table give away together, from Python and from the command line."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kvarter import effect
from kvarter.effect.attacker import System, attack
from kvarter.effect.classifying import Grouping, Table, read_groupings
from kvarter.effect.disclosure import Protected, Rule, breaches, protect, read_published, unsafe_cells
from kvarter.effect.errors import BadData
from tests.effect.tables import table
from tests.effect.test_command import run

SCHOOL = Grouping("b", {"0": "0-15", "1": "16+", "2": "16+", "3": "16+"})
LAW = Grouping("b", {"0": "0-17", "1": "0-17", "2": "18+", "3": "18+"})
AGES = [[20, 2, 30, 9], [40, 33, 30, 39]]


def by_age(counts: object = AGES) -> Table:
    """Two areas (a) by four ages (b), which two laws divide differently."""
    return table(counts, groupings={"school": SCHOOL, "law": LAW})


def publish(counts: Table, grouping: str) -> Protected:
    return protect(counts, Rule(minimum=3, margins=(("a", grouping), ("a",))))


def test_a_cell_that_only_the_difference_of_two_publications_reveals_is_found() -> None:
    counts, rule = by_age(), Rule(minimum=3, margins=(("a", "law"),))
    first, second = publish(counts, "school"), publish(counts, "law")
    targets = unsafe_cells(counts, rule, [first, second])
    assert [one.members for one in targets] == [(1,)]
    assert attack([first], targets) == attack([second], targets) == []
    (breach,) = attack([first, second], targets)
    assert (breach.cell, breach.low, breach.high) == ("a=0, b=1", 2, 2)
    assert breach.how.startswith("differencing")


def test_a_table_of_an_older_publication_shows_nothing_of_the_newer() -> None:
    """The first two of a row are hidden, and make 3 together; the older tables have 9 there, and agree no more."""
    counts, rule = table([[2, 1, 30], [20, 30, 40], [25, 35, 45]]), Rule(minimum=5)
    bare = protect(counts, rule, cover="none")
    cells = tuple(replace(one, value=None) if one.members in {(0,), (1,), (3,), (4,)} else one for one in bare.cells)
    older = (
        table([[9, 0, 30], [13, 31, 40], [25, 35, 45]]).figures,
        table([[0, 9, 30], [22, 22, 40], [25, 35, 45]]).figures,
    )
    found = breaches([replace(bare, cells=cells, tables=older)], counts, rule)
    assert {(one.cell, one.low, one.high, one.how) for one in found} == {
        ("a=0, b=0", 0, 3, "linear programming"),
        ("a=0, b=1", 0, 3, "linear programming"),
    }


def test_publications_of_an_older_and_a_newer_table_are_not_taken_for_one() -> None:
    counts, older = by_age(), by_age([[20, 9, 30, 9], [40, 33, 30, 39]])
    rule = Rule(minimum=3)
    with pytest.raises(BadData, match="published as two different figures"):
        breaches([publish(older, "school"), publish(counts, "school")], counts, rule)
    with pytest.raises(BadData, match="another figure before"):
        protect(counts, rule, [publish(older, "school")])


@pytest.mark.parametrize("made", [np.zeros(7), np.zeros(9), np.zeros((2, 4)), np.float64(3)])
def test_a_table_made_by_hand_of_the_wrong_length_is_refused_in_words(made: np.ndarray) -> None:
    counts = by_age()
    with pytest.raises(effect.EffectError, match="there are 8 inner cells; give one figure a cell"):
        breaches([replace(publish(counts, "law"), tables=(made,))], counts, Rule(minimum=3))


def test_a_publication_read_back_with_its_tables_is_attacked_as_quickly_as_when_it_was_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts, rule = table(np.random.default_rng(1).poisson(6, (6, 5, 4))), Rule(minimum=5)
    made = protect(counts, rule)
    asked, least = [], System.least
    monkeypatch.setattr(System, "least", lambda system, weights: asked.append(1) or least(system, weights))

    def questions(tables: tuple[np.ndarray, ...]) -> int:
        asked.clear()
        assert breaches([read_published(made.rows(), counts, tables=tables)], counts, rule) == []
        return len(asked)

    assert questions(made.tables) == 1
    assert questions(()) > 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"a": "0", "status": "suppressed"}, "row 1: there is no n; give it, empty where it was hidden"),
        ({"a": "0", "sex": "w", "n": 4}, "sex is no column of the table"),
        ({"a": "0", "n": 60, "status": "rounded"}, "row 1: is rounded; say how far"),
    ],
)
def test_rows_that_would_be_misread_are_refused(row: dict[str, object], told: str) -> None:
    with pytest.raises(BadData, match=told):
        read_published([row], by_age())


# At the command line

GROUPINGS = """[school]
dimension = "age"
groups = { 0 = "0-15", 16 = "16+", 17 = "16+", 18 = "16+" }
[law]
dimension = "age"
groups = { 0 = "0-16", 16 = "0-16", 17 = "17+", 18 = "17+" }
"""
WITH = "--groupings groupings.toml"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table, two rules, and what was published by the first."""
    monkeypatch.chdir(tmp_path)
    rows = [
        f"{area},{age},{n}"
        for area, line in zip(("=hg", "rest"), AGES, strict=True)
        for age, n in zip((0, 16, 17, 18), line, strict=True)
    ]
    Path("table.csv").write_text("\n".join(["area,age,n", *rows]) + "\n")
    for name in ("school", "law"):
        Path(f"{name}.toml").write_text(f'[rule]\nminimum = 3\nmargins = [["area", "{name}"], ["area"]]\n')
    Path("groupings.toml").write_text(GROUPINGS)
    assert run(f"disclose table.csv --rule school.toml {WITH} --out first.csv").exit_code == 0


@pytest.mark.usefixtures("desk")
def test_the_command_line_holds_back_what_an_earlier_publication_would_give_away() -> None:
    alone = run(f"disclose table.csv --rule law.toml {WITH} --out alone.csv")
    assert alone.exit_code == 0, alone.output
    assert pl.read_csv("alone.csv")["n"].null_count() == 0
    found = run(f"attack table.csv --rule law.toml {WITH} --published first.csv --published alone.csv")
    (breach,) = csv.DictReader(io.StringIO(found.stdout))
    assert found.exit_code == 1
    assert (breach["cell"], breach["low"], breach["high"]) == ("area==hg, age=16", "2.0", "2.0")

    command = f"disclose table.csv --rule law.toml {WITH} --published first.csv --proof proof.parquet --out second.csv"
    assert run(command).exit_code == 0
    hidden = pl.read_csv("second.csv").filter(pl.col("n").is_null())
    assert hidden["area"].to_list() == ["'=hg", "'=hg"]
    both = "--published first.csv --published second.csv"
    safe = run(f"attack table.csv --rule law.toml {WITH} {both} --proof proof.parquet")
    assert (safe.exit_code, safe.stdout) == (0, "cell,low,high,how\n")


@pytest.mark.usefixtures("desk")
def test_a_table_in_which_nothing_is_hidden_has_a_proof_too() -> None:
    Path("none.toml").write_text("[rule]\nminimum = 1\n")
    assert run("disclose table.csv --rule none.toml --out open.csv --proof proof.parquet").exit_code == 0
    assert run("attack table.csv --rule none.toml --published open.csv --proof proof.parquet").exit_code == 0


@pytest.mark.usefixtures("desk")
def test_a_level_that_a_grouping_misspells_is_told() -> None:
    Path("groupings.toml").write_text(GROUPINGS.replace('16 = "0-16"', '61 = "0-16"'))
    done = run(f"disclose table.csv --rule law.toml {WITH}")
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines() == [
        "law: there is no age '61' in the table.",
        "law: age '16' is in no group, and in no margin by law.",
    ]


@pytest.mark.usefixtures("desk")
def test_rounded_figures_are_read_with_how_far_off_they_may_be() -> None:
    Path("round.toml").write_text("[rule]\nminimum = 3\nround_base = 3\nseed = 4\n")
    assert run("disclose table.csv --rule round.toml --out rounded.csv").exit_code == 0
    refused = run("attack table.csv --rule round.toml --published rounded.csv")
    assert refused.exit_code == 2
    assert "rounded.csv: earlier publication, row 1: is rounded" in refused.stderr
    assert run("attack table.csv --rule round.toml --published rounded.csv=2").exit_code == 0


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--published first.csv", "first.csv: earlier publication: school is no column of the table"),
        (f"{WITH} --published nowhere.csv", "there is no such file"),
        (f"{WITH} --published first.csv=far", "give FILE=2"),
        (f"{WITH} --published other.csv", "other.csv: earlier publication, row 2: there is no cell"),
        ("--groupings law.toml --published first.csv", "[rule] needs dimension, and groups"),
        ("--groupings table.csv --published first.csv", "table.csv is not TOML"),
        (f"{WITH} --published first.csv --proof table.csv", "table.csv: column area holds no numbers"),
        (f"{WITH} --published first.csv --proof short.csv", "there are 8 inner cells"),
        (WITH, "there is nothing to attack"),
    ],
)
def test_what_cannot_be_attacked_is_told(words: str, told: str) -> None:
    Path("short.csv").write_text("t\n1\n")
    Path("other.csv").write_text("area,age,n\n=hg,0,3\n=hg,77,3\n")
    found = run(f"attack table.csv --rule law.toml {words}")
    assert found.exit_code == 2, found.output
    assert told in found.stderr


def test_groupings_are_read_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "groupings.toml"
    path.write_text(GROUPINGS)
    assert read_groupings(path)["law"] == Grouping("age", {"0": "0-16", "16": "0-16", "17": "17+", "18": "17+"})
