"""What files of answers may hold: every kind that is read, damaged ones, and whatever else may be sent."""

from __future__ import annotations

import io
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvarter.journal.models import Entry
from kvarter.surveys.actions.outside import NotTakenIn, look_in_both
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Wave
from kvarter.surveys.outside.reading import read_answers
from kvarter.surveys.outside.suggesting import suggest_for
from kvarter.tables.limits import BadFile
from tests.surveys.outside import MAPPING, PEOPLE, STRATA, WAVE, WITHOUT_WEIGHTS, as_csv, some_rows
from tests.surveys.test_answers_from_elsewhere import coming, nothing_stored, taken_in, town
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
__all__ = ["town"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "er tom"),
        (b"respnr,omr\n", "ingen rækker"),
        (b"respnr,respnr\n1,2\n", "to kolonner hedder"),
        (b"respnr,\n1,2\n", "ingen overskrift|flere felter"),
        (b"a,b\n1,2,3\n", "række 2 har flere felter"),
        (b'a,b\n"' + b"x" * 10_000_000 + b'",2\n', "kan ikke læses som CSV"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        read_answers(content, "svar.csv")


ANY_FIELD = st.one_of(
    st.sampled_from(
        ["", "1", "2", "3", "8", "9", "-1", "1.0", "nan", "inf", "1e308", "NULL", " ", "ja", "\x00", "=1+1", "²"]
    ),
    st.text(max_size=12),
    st.integers(),
)


@settings(max_examples=150)
@given(
    changes=st.dictionaries(
        st.tuples(st.integers(0, 11), st.sampled_from([*some_rows(1)[0], "mere"])), ANY_FIELD, max_size=4
    ),
    dropped=st.sets(st.sampled_from([*some_rows(1)[0]]), max_size=1),
    mapping=st.sampled_from([MAPPING, WITHOUT_WEIGHTS, WITHOUT_WEIGHTS + STRATA, WAVE + PEOPLE]),
    cut=st.one_of(st.just(10**6), st.integers(0, 600)),
)
def test_whatever_is_sent_gives_a_clear_error_and_nothing_half_stored(
    town: World, changes: dict[tuple[int, str], Any], dropped: set[str], mapping: str, cut: int
) -> None:
    before = Entry.objects.count()
    rows = [row | {"mere": ""} for row in some_rows(12)]
    for (at, column), value in changes.items():
        rows[at][column] = value
    content = as_csv([{name: value for name, value in row.items() if name not in dropped} for row in rows])
    stored, told = None, ""
    try:
        found = look_in_both(town.partnership, read_answers(content[:cut], "svar.csv"), mapping, {})[0]
        stored = taken_in(town, found)
    except (BadFile, NotTakenIn) as error:
        told = str(error)
    if stored is None:
        assert told
        assert nothing_stored()
        assert Entry.objects.count() == before
    else:
        assert Response.objects.filter(wave=stored.key).count() == len(found.answers)
        Response.objects.all().delete()
        Wave.objects.all().delete()


@settings(max_examples=60)
@given(content=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.xlsx", "a.ods"]))
def test_whatever_bytes_are_sent_are_read_or_refused_in_words(content: bytes, name: str) -> None:
    told, table = "", None
    try:
        table = read_answers(content, name)
    except BadFile as error:
        told = str(error)
    assert name in told or (table and table.rows and all(len(row) == len(table.columns) for row in table.rows))


def as_statistics(folder: Path, ending: str) -> bytes:
    """The rows as SPSS or Stata writes them, with what columns and codes are called."""
    rows = some_rows()
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("vaegt", "q1", "q2"):
        columns[name] = [float(value) for value in columns[name]]
    frame = pd.DataFrame(columns)
    labels = {"q1": "Man kan stole på naboerne", "q2": "Er du tryg om aftenen?"}
    agree = dict(enumerate(["Helt uenig", "Uenig", "Hverken eller", "Enig", "Helt enig"], 1))
    values = {"q1": agree | {8: "Ved ikke", 9: "Vil ikke svare"}, "q2": {1: "Ja", 2: "Nej", 8: "Ved ikke"}}
    values["koen"] = {1: "Mand", 2: "Kvinde"}
    path = folder / f"svar{ending}"
    if ending == ".sav":
        pyreadstat.write_sav(frame, path, column_labels=labels, variable_value_labels=values)
    else:
        pyreadstat.write_dta(frame, path, column_labels=labels, variable_value_labels=values)
    return path.read_bytes()


@pytest.mark.parametrize("ending", [".sav", ".dta"])
def test_spss_and_stata_give_the_same_wave_as_csv(town: World, tmp_path: Path, ending: str) -> None:
    table = read_answers(as_statistics(tmp_path, ending), f"svar{ending}")
    found = look_in_both(town.partnership, table, MAPPING, {})[0]
    assert not found.stopped
    assert found.answers == coming(town).answers


def test_a_workbook_gives_the_same_wave_as_csv(town: World) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    for row in [list(some_rows(1)[0]), *(list(row.values()) for row in some_rows())]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    found = look_in_both(town.partnership, read_answers(out.getvalue(), "svar.xlsx"), MAPPING, {})[0]
    assert found.answers == coming(town).answers


def test_what_codes_are_called_in_the_file_is_used_to_suggest_a_mapping(town: World, tmp_path: Path) -> None:
    table = read_answers(as_statistics(tmp_path, ".sav"), "svar.sav")
    told = suggest_for(town.partnership, table, date(2024, 5, 1))
    suggested = tomllib.loads(told)
    assert suggested["people"]["genders"] == {"1": "m", "2": "f"}
    items = {one["item"]: one for one in suggested["items"]}
    assert items["tillid-naboer"]["column"] == "q1"
    assert items["tillid-naboer"]["codes"]["4"] == "4"
    assert items["tillid-naboer"]["codes"]["8"] == "ved-ikke"
    assert items["tryg"]["codes"] == {"1": "ja", "2": "nej", "8": "ved-ikke"}
    assert "aar" in told.rpartition("#")[2]
    with pytest.raises(BadFile, match=r"står stadig “.” ved wave\.controller"):
        look_in_both(town.partnership, table, told, {})


@pytest.mark.parametrize("ending", [".sav", ".dta"])
def test_a_damaged_file_of_spss_or_stata_ends_no_server(tmp_path: Path, ending: str) -> None:
    whole = as_statistics(tmp_path, ending)
    for damaged in (whole[:300], b"$FL2" + whole[4:200] + b"\xff" * 4000, whole[:170] + b"\x7f" * 200, b"", b"x" * 50):
        with pytest.raises(BadFile, match="SPSS"):
            read_answers(damaged, f"svar{ending}")
