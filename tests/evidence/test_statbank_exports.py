"""Files as people download them from StatBank's site: the real ones, ones of that form, and damaged ones."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]

from kvarter.evidence.importers.extract import Period, Status
from kvarter.evidence.importers.statbank.exports import read_export
from kvarter.evidence.importers.statbank.layout import ATTRIBUTION, StatbankExtract
from kvarter.evidence.importers.statbank.periods import end_of_month, first_day
from kvarter.tables.limits import BadFile
from tests.conftest import SHARED

EXPORTS = SHARED / "data" / "statbank_exports"


def real(name: str, **more: Any) -> StatbankExtract:
    """One of the real files, read."""
    file = EXPORTS / name
    if not file.exists():
        pytest.skip(f"the exports are not at {EXPORTS}")
    return read_export(file.read_bytes(), name, **more)


def of(made: StatbankExtract, code: str, scheme: str = "kommune") -> dict[str, tuple[float, str]]:
    """A unit's figures and statuses of the first measure, by the first day they are about."""
    return {
        str(line.period.first): (float(made.amounts[at, 0]), str(made.statuses[at, 0]))
        for at, line in enumerate(made.lines)
        if (line.unit.scheme, line.unit.code) == (scheme, code)
    }


def book(rows: list[list[Any]], *others: list[list[Any]]) -> bytes:
    """A workbook with a sheet for each list of rows."""
    made = Workbook()
    for at, sheet_rows in enumerate([rows, *others]):
        sheet = made.create_sheet(f"T{at}")
        for row in sheet_rows:
            sheet.append(row)
    made.remove(made.worksheets[0])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


TABLE: list[list[Any]] = [
    ["Beskæftigede efter køn, område og tid"],
    ["Enhed: Antal"],
    [None, None, "2019", "2020"],
    ["Mænd", "Hele landet", 100, 110],
    [None, "Gladsaxe", 5, ".."],
    ["Kvinder", "Hele landet", 120, 0],
    [None, "Gladsaxe", 6.5, 7],
    [None],
    ["Der er databrud mellem 2019 og 2020."],
    ["Foreløbige tal."],
]


def test_a_break_told_only_in_the_footer_is_marked() -> None:
    made = real("INDKP107.xlsx")
    gladsaxe = of(made, "159")
    assert gladsaxe["2015-01-01"] == (410142, Status.NORMAL)
    assert gladsaxe["2016-01-01"] == (392211, Status.BREAK)
    assert [status for _amount, status in gladsaxe.values()].count(Status.BREAK) == 1
    assert made.footnotes[0].startswith("There is a databreak between 2015 and 2016.")
    assert "break-in-footer" in {finding.kind for finding in made.findings}


def test_income_of_the_long_educated_is_not_taken_for_everybodys() -> None:
    made = real("INDKP107.xlsx")
    assert "65 LONG-CYCLE HIGHER EDUCATION" in made.label
    assert "LONG-CYCLE" in made.measures[0]
    told = next(finding.told for finding in made.findings if finding.kind == "covers-only")
    assert "LONG-CYCLE HIGHER EDUCATION" in told
    assert made.attribution == ATTRIBUTION
    assert made.digest == hashlib.sha256((EXPORTS / "INDKP107.xlsx").read_bytes()).hexdigest()


def test_nine_incomes_of_nought_are_not_taken_at_their_word() -> None:
    made = real("INDKP107.xlsx")
    assert (made.statuses == Status.ZERO_OR_SUPPRESSED).sum() == 9
    assert np.isnan(made.amounts[made.statuses == Status.ZERO_OR_SUPPRESSED]).all()


def test_the_employment_rate_is_of_november_and_has_a_99th_unit() -> None:
    made = real("RAS200.xlsx", timing=end_of_month(11))
    assert made.unit == "Per cent"
    assert len({line.unit for line in made.lines if line.unit.scheme == "kommune"}) == 99
    assert "99th-unit" in {finding.kind for finding in made.findings}
    assert of(made, "159")["2008-11-30"] == (77.9, Status.NORMAL)
    assert made.lines[0].row == 4
    assert made.footnotes == ()


def test_an_area_is_as_of_the_first_of_january() -> None:
    made = real("ARE207.xlsx", timing=first_day)
    assert of(made, "DK", "land") == {"2023-01-01": (42952, Status.NORMAL)}
    assert made.unit == "km2"
    assert made.footnotes[0].startswith("From 1. January 2011")
    assert {line.unit.scheme for line in made.lines} == {"land", "region", "kommune"}


@pytest.mark.parametrize(("book_name", "csv_name"), [("INDKP107", "INDKP107_long"), ("RAS200", "RAS200_long")])
def test_the_long_file_and_the_workbook_tell_the_same(book_name: str, csv_name: str) -> None:
    wide, long = real(f"{book_name}.xlsx"), real(f"{csv_name}.csv")
    municipalities = {(line.unit.code, line.period) for line in long.lines}
    assert len(municipalities) == len(long.lines) == {"INDKP107": 1372, "RAS200": 1386}[book_name]
    for code in {code for code, _period in municipalities}:
        one, other = ([amount for amount, _status in of(made, code).values()] for made in (wide, long))
        assert np.array_equal(np.array(one), np.array(other), equal_nan=True), code


def test_answers_that_were_saved_are_read_with_and_without_a_mark_and_an_end() -> None:
    for name in ("api_csv_FOLK1A.csv", "api_csv_FOLK1A-1.csv", "api_csv_FOLK1A-2.csv", "api_csv_FOLK1A-3.csv"):
        made = real(name, timing=first_day)
        raw = (EXPORTS / name).read_bytes()
        assert np.sum(made.statuses != Status.MISSING) == len(raw.splitlines()) - 1
        assert ("not-ended" in {one.kind for one in made.findings}) is (not raw.endswith(b"\n"))
    assert of(real("api_csv_FOLK1A-1.csv", timing=first_day), "159") == {"2020-01-01": (69262, Status.NORMAL)}


def test_a_file_without_time_needs_to_be_told_it() -> None:
    day = Period(date(2023, 1, 1), date(2023, 1, 1))
    with pytest.raises(BadFile, match="hvornår tallene gælder"):
        real("area.csv")
    assert of(real("area.csv", when=day), "159") == {"2023-01-01": (24.9, Status.NORMAL)}


@pytest.mark.parametrize("name", ["api_csv_dk-stat-all-tables.csv", "dst_kommunegrupper.csv", "SOURCE.md"])
def test_files_that_hold_no_figures_are_refused(name: str) -> None:
    with pytest.raises(BadFile, match=name):
        real(name)


def test_a_workbook_of_two_measures_is_read_with_marks_gaps_and_notes() -> None:
    made = read_export(book(TABLE), "t.xlsx")
    assert made.measures == ("Mænd", "Kvinder")
    assert made.label == "Beskæftigede efter køn, område og tid"
    assert [(line.unit.code, line.period.first.year, line.row) for line in made.lines] == [
        ("DK", 2019, 4),
        ("DK", 2020, 4),
        ("159", 2019, 5),
        ("159", 2020, 5),
    ]
    assert made.statuses.tolist() == [["A", "A"], ["B", "ZQ"], ["A", "A"], ["O", "B"]]
    assert made.column("Kvinder").tolist()[2:] == [6.5, 7]
    assert made.footnotes == ("Der er databrud mellem 2019 og 2020.", "Foreløbige tal.")
    assert made.unit == "Antal"


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_sites_csv_with_titles_is_read_like_its_workbook(coding: str) -> None:
    lines = [";".join("" if one is None else f'"{one}"' for one in row) for row in TABLE]
    made = read_export("\r\n".join([*lines, ""]).encode(coding), "t.csv")
    same = read_export(book(TABLE), "t.xlsx")
    assert np.array_equal(made.amounts, same.amounts, equal_nan=True)
    assert (made.measures, made.footnotes, made.label) == (same.measures, same.footnotes, same.label)
    assert ("not-utf-8" in {one.kind for one in made.findings}) is (coding == "cp1252")


def changed(row: int, column: int, value: Any) -> list[list[Any]]:
    """The table with one field changed."""
    return [
        [value if (at, place) == (row, column) else one for place, one in enumerate(fields, start=1)]
        for at, fields in enumerate(TABLE, start=1)
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (changed(5, 4, "mange"), "række 5, kolonne 4: “mange”"),
        (changed(6, 2, "Gladsaxe"), "række 6 og 7"),
        (changed(3, 4, "2019"), "samme tid to gange"),
        (changed(4, 1, ""), "række 4"),
        ([*TABLE, ["Mænd", "Gladsaxe", 1, 2]], "række 11: der er tal efter en tom række"),
        ([TABLE[0], [None, "2019"], ["Æbler", 1], ["Pærer", 2]], "ingen kolonne har navne på kommuner"),
        ([TABLE[0], [None, "Antal"], ["Gladsaxe", 1]], "hverken år eller anden tid"),
        ([TABLE[0], [None, "2019"], [None]], "ingen tal"),
    ],
)
def test_a_table_that_does_not_hang_together_is_refused_with_the_place(rows: list[list[Any]], words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read_export(book(rows), "t.xlsx")


def test_what_is_not_such_a_file_is_named() -> None:
    for raw, words in [
        (b"<!DOCTYPE html><html><body>503</body></html>", "webside"),
        (book(TABLE)[:-900], "ikke en hel Excel-fil"),
        (b"PK\x03\x04" + b"\0" * 50, "ikke en hel Excel-fil"),
        (book(TABLE, TABLE), "2 ark"),
        (b"", "tom"),
        ("OMRÅDE;TID;INDHOLD\n159;2020;1\n".encode("utf-16"), "UTF-8"),
        ("OMRÅDE;TID;INDHOLD\nBrøndby;2020;1\n".encode().decode("cp1252").encode(), "række 1: danske bogstaver"),
        (b'A;TID;INDHOLD\n"Gladsaxe;2020;1\n', "anførselstegn"),
        (b"OMR;TID;INDHOLD\nGladsaxe;2020;1;2\n", "række 2: 4 felter"),
        (b"OMR;TID;INDHOLD\nGladsaxe;i fjor;1\n", "i fjor"),
        (b"FRA;TIL;TID;INDHOLD\nGladsaxe;Herlev;2020;1\nHerlev;Gladsaxe;2020;1\n", "flere kolonner med områder"),
    ]:
        with pytest.raises(BadFile, match=words):
            read_export(raw, "t.csv")


@pytest.mark.parametrize("place", ["XFD1048576", "CV500000", "A0", "A9999999", "AAAA1", "&#88;FD1048576", ""])
def test_a_field_far_out_in_a_sheet_does_not_fill_the_memory(place: str) -> None:
    with pytest.raises(BadFile, match=r"langt ude|ikke en hel"):
        read_export(inside(book(TABLE), b'r="A4"', f'r="{place}"'.encode()), "t.xlsx")


def inside(raw: bytes, old: bytes, new: bytes) -> bytes:
    """A workbook with something replaced in its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as packed, zipfile.ZipFile(out, "w") as changed_book:
        for name in packed.namelist():
            part = packed.read(name)
            if "worksheets/sheet" in name:
                assert old in part
                part = part.replace(old, new)
            changed_book.writestr(name, part)
    return out.getvalue()


def test_of_two_areas_one_is_chosen() -> None:
    raw = b"FRA;TIL;TID;INDHOLD\nGladsaxe;Herlev;2020;1\nHerlev;Gladsaxe;2020;2\n"
    made = read_export(raw, "t.csv", area=2)
    assert [line.unit.code for line in made.lines] == ["163", "159"]
    assert made.measures == ("FRA=Gladsaxe", "FRA=Herlev")
    with pytest.raises(BadFile, match="kolonne 9"):
        read_export(raw, "t.csv", area=9)


def test_codes_are_areas_under_a_name_that_says_so_and_one_area_has_one_line() -> None:
    made = read_export("ALDER;OMRÅDE;TID;INDHOLD\n101;000;2020;9\n101;084;2020;8\n101;0159;2020;7\n".encode(), "t.csv")
    assert [(line.unit.scheme, line.unit.code) for line in made.lines] == [
        ("land", "DK"),
        ("region", "084"),
        ("kommune", "159"),
    ]
    assert made.measures == ("ALDER=101",)
    with pytest.raises(BadFile, match=r"Gladsaxe \(159\) står der to gange"):
        read_export("OMRÅDE;TID;INDHOLD\n159001;2020;1\n0159;2020;1\n".encode(), "t.csv")


def read_or_refused(raw: bytes, name: str) -> None:
    """Nothing else may come of a file than figures that hang together, or BadFile that names it."""
    try:
        made = read_export(raw, name)
    except BadFile as refused:
        if name not in str(refused):
            raise AssertionError(f"the message does not name the file: {refused}") from refused
        return
    has = np.array([[Status(one).has_figure for one in row] for row in made.statuses])
    assert np.array_equal(has, np.isfinite(made.amounts))


FIELDS = (
    st.none()
    | st.sampled_from(
        ["2019", "2019K1", "Gladsaxe", "Hele landet", "..", "-", "1,5", "1*", "x", " ", "0159", "Enhed: km2"]
    )
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates(date(1950, 1, 1))
)


@settings(max_examples=60)
@given(st.data())
def test_a_table_with_fields_changed_is_read_or_refused(data: st.DataObject) -> None:
    rows = [list(row) for row in TABLE]
    for _step in range(data.draw(st.integers(1, 5))):
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        row[data.draw(st.integers(0, len(row))) :] = data.draw(st.lists(FIELDS, max_size=4))
    read_or_refused(book(rows), "t.xlsx")
    lines = [",".join("" if one is None else str(one) for one in row) for row in rows]
    read_or_refused("\n".join(lines).encode(), "t.csv")


WHOLE = book(TABLE)
LONG = "OMRÅDE;KØN;TID;INDHOLD\r\nGladsaxe;I alt;2020K1;69262\r\nHele landet;I alt;2020K1;..\r\n".encode()
PIECES = (b"", b"PK", b"<", b"&", b"\xff", b"\x00", b'"', b";", b"9" * 30, b"\r\n", b'r="ZZZ99999999"', b"2019", b"<c>")


def mutated(data: st.DataObject, raw: bytes) -> bytes:
    for _step in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 8)))
        raw = raw[:start] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=3)) + raw[end:]
    return raw


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    name, raw = data.draw(st.sampled_from([("t.xlsx", WHOLE), ("t.csv", LONG)]))
    read_or_refused(mutated(data, raw), name)


@settings(max_examples=60)
@given(st.data())
def test_a_workbook_damaged_inside_is_read_or_refused(data: st.DataObject) -> None:
    """The archive is whole, one of its parts is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(out, "w") as new:
        hit = data.draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            new.writestr(name, mutated(data, old.read(name)) if name == hit else old.read(name))
    read_or_refused(out.getvalue(), "t.xlsx")
