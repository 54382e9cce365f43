"""Anybody's table: read whatever it is saved as, by a mapping, with every oddity told and nothing guessed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from kvarter.evidence.importers import beboerdata
from kvarter.evidence.importers.extract import Extract, Period, Severity, Status
from kvarter.evidence.importers.mapping import Mapping, read_mapping
from kvarter.evidence.importers.numbers import decimal_sign, number
from kvarter.evidence.importers.reading import NeedsMapping, read_files
from kvarter.evidence.importers.suggesting import suggest
from kvarter.evidence.importers.tables import read_mapped
from kvarter.evidence.importers.times import period_from
from kvarter.tables import sheets
from kvarter.tables.limits import BadFile
from kvarter.tables.sheets import read_sheets
from tests.conftest import SHARED

ROWS: list[list[object]] = [
    ["Beskæftigelse i afdelingerne"],
    ["Afdeling", "År", "I arbejde", "Alle"],
    ["AAB 52", 2022, 412, 900],
    ["AAB 52", 2023, 430, 910],
    ["Lejerbo 7", 2022, "*", 80],
    ["Lejerbo 7", 2023, 33, 82],
    ["Kilde: Landsbyggefonden"],
]
WHOLE = Mapping(
    header_row=2, last_row=6, unit_column="Afdeling", period_column="År", source="beboerdata", label="Beskæftigelse"
)


def as_csv(rows: list[list[object]], *, separator: str = ";", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(separator.join(str(field) for field in row) for row in rows).encode(encoding)


def as_xlsx(rows: list[list[object]], change: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    assert book.active
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods(rows: list[list[object]]) -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Ark")
    for row in rows:
        line = TableRow()
        for field in row:
            told = {"valuetype": "float", "value": field} if isinstance(field, int | float) else {"valuetype": "string"}
            cell = TableCell(**told)
            cell.addElement(P(text=str(field)))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


FILES = {
    "semicolon": as_csv(ROWS),
    "tabulator": as_csv(ROWS, separator="\t"),
    "bom": b"\xef\xbb\xbf" + as_csv(ROWS),
    "latin": as_csv(ROWS, encoding="cp1252"),
    "utf-16": as_csv(ROWS, encoding="utf-16"),
    "xlsx": as_xlsx(ROWS),
    "ods": as_ods(ROWS),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_same_table_is_the_same_whatever_it_is_saved_as(kind: str) -> None:
    found = read_mapped(FILES[kind], "tal", WHOLE)
    assert [(line.unit.code, line.period.last.year) for line in found.lines] == [
        ("AAB 52", 2022),
        ("AAB 52", 2023),
        ("Lejerbo 7", 2022),
        ("Lejerbo 7", 2023),
    ]
    assert found.measures == ("I arbejde", "Alle")
    assert list(found.column("Alle")) == [900, 910, 80, 82]
    assert np.isnan(found.column("I arbejde")[2])
    assert found.statuses_of("I arbejde")[2] == Status.SUPPRESSED, "hidden is not nothing"
    assert found.footnotes == ("Kilde: Landsbyggefonden",)
    assert found.findings == ()


@pytest.mark.parametrize("kind", FILES)
def test_a_mapping_is_suggested_that_reads_the_table(kind: str) -> None:
    (sheet,) = read_sheets(FILES[kind], "tal")
    found = suggest(sheet, source="beboerdata")
    assert (found.header_row, found.last_row) == (2, 6)
    assert (found.unit_column, found.period_column) == ("Afdeling", "År")
    assert read_mapping(found.model_dump_json()) == found
    assert list(read_mapped(FILES[kind], "tal", found).column("Alle")) == [900, 910, 80, 82]


def test_years_across_are_read_as_times() -> None:
    rows = [["Område", "Tema", "2022", "2023"], ["A", "Børn", 10, 12], ["A", "Voksne", 30, 33], ["B", "Børn", 5, 4]]
    (sheet,) = read_sheets(as_xlsx(rows), "tal.xlsx")
    found = read_mapped(as_xlsx(rows), "tal.xlsx", suggest(sheet, source="s"))
    assert found.measures == ("Børn", "Voksne")
    assert list(found.column("Børn")) == [10, 12, 5, 4]
    assert np.isnan(found.column("Voksne")[2])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020K1", date(2020, 1, 1), date(2020, 3, 31)),
        ("2019/20", date(2019, 8, 1), date(2020, 7, 31)),
        ("2019/2020", date(2019, 8, 1), date(2020, 7, 31)),
        ("31.12.2020", date(2020, 12, 31), date(2020, 12, 31)),
        ("2020-12-31", date(2020, 12, 31), date(2020, 12, 31)),
        ("31/12/2020", date(2020, 12, 31), date(2020, 12, 31)),
        ("31. december 2020", date(2020, 12, 31), date(2020, 12, 31)),
        ("okt 2020", date(2020, 10, 1), date(2020, 10, 31)),
        ("4. kvartal 2020", date(2020, 10, 1), date(2020, 12, 31)),
        ("2020 K4", date(2020, 10, 1), date(2020, 12, 31)),
    ],
)
def test_times_as_people_write_them(text: str, first: date, last: date) -> None:
    assert period_from(text) == Period(first, last)


@pytest.mark.parametrize("text", ["", "i fjor", "2019/21", "31.02.2020", "2020-13-01", "12"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert period_from(text) is None


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("1.234,5", ",", 1234.5),
        ("1 234,5", ",", 1234.5),
        ("1\u00a0234", ",", 1234),
        ("1,234.5", ",", 1234.5),
        ("12,5 %", ",", 0.125),
        ("1.234", ",", 1234),
        ("0.123", ",", 0.123),
        ("-0.250", ",", -0.25),
        ("0,123", ".", 0.123),
        ("0.123.456", ",", None),
        ("1.234", ".", 1.234),
        ("1,234", ".", 1234),
        ("1,234", ",", 1.234),
        ("−3", ",", -3),
        ("1e3", ",", 1000),
        ("tre", ",", None),
        ("1.2.3", ",", None),
        ("nan", ",", None),
        (True, ",", None),
    ],
)
def test_numbers_as_people_write_them(text: object, decimal: str, amount: float | None) -> None:
    assert number(text, decimal=decimal) == amount


def test_one_field_decides_for_its_column() -> None:
    assert decimal_sign(["1.234", "12.5"]) == "."
    assert decimal_sign(["1.234", "2.345"]) == ","
    assert decimal_sign(["1.234", "0.456"]) == ".", "no thousands begin with a nought"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 150_000_000)
    return out.getvalue()


def formula(book: openpyxl.Workbook) -> None:
    assert book.active
    book.active["C3"] = "=SUM(D3:D4)"


def merged(book: openpyxl.Workbook) -> None:
    assert book.active
    book.active.merge_cells("C3:C4")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tom"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0abc", "gammel Excel-fil"),
        (b"<html><body>Fejl</body></html>", "webside"),
        (b"\x00\x01\x02", "ikke tekst"),
        (b"PK\x03\x04broken", "hel Excel-fil"),
        (bomb(), "100 MB"),
        (as_xlsx(ROWS, formula), "felt C3 er en formel uden resultat"),
        (as_xlsx(ROWS, merged), "slået sammen"),
        (as_csv([*ROWS[:3], ["AAB 52", 2023, "mange", 910]]), "række 4, kolonne “I arbejde”: “mange” er ikke et tal"),
        (as_csv([*ROWS[:3], ["", 2023, 1, 910]]), "række 4, kolonne “Afdeling”"),
        (as_csv([*ROWS[:3], ["AAB 52", "i fjor", 1, 910]]), "“i fjor” er ingen tid"),
        (as_csv([*ROWS[:3], ["AAB 52", 2023, 1, 910, 7]]), "flere felter end overskrifterne"),
        (as_csv([ROWS[0], ["Afdeling", "År", "Alle", "Alle"], ["A", 2022, 1, 2]]), "to kolonner"),
        (as_csv([["x"], ["Sted", "År", "Alle"], ["A", 2022, 1]]), "kolonnen findes ikke"),
        (as_csv(ROWS[:2]), "ingen tal under"),
    ],
)
def test_what_cannot_be_read_is_refused_by_place_and_remedy(content: bytes, said: str) -> None:
    figures = ["Alle"] if b"Alle;Alle" in content else []
    with pytest.raises(BadFile) as refused:
        read_mapped(content, "tal", WHOLE.model_copy(update={"last_row": 0, "figures": figures}))
    assert said in str(refused.value)


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LARGEST", 100)
    with pytest.raises(BadFile, match="50 MB"):
        read_sheets(b"a;b\r\n" * 21, "tal.csv")


def test_a_workbook_of_several_sheets_asks_which() -> None:
    content = as_xlsx(ROWS, lambda book: book.create_sheet("To").append([1, 2]))
    with pytest.raises(BadFile, match="Sheet, To"):
        read_mapped(content, "tal.xlsx", WHOLE)
    assert read_mapped(content, "tal.xlsx", WHOLE.model_copy(update={"sheet": "Sheet"})).lines


def kinds(found: Extract) -> dict[str, Severity]:
    return {finding.kind: finding.severity for finding in found.findings}


def table(*rows: list[object], **mapping: object) -> Extract:
    own = WHOLE.model_copy(update={"header_row": 1, "last_row": 0} | mapping)
    return read_mapped(as_csv([["Afdeling", "År", *mapping.pop("columns", ["Alle"])], *rows]), "tal.csv", own)  # type: ignore[misc]


def test_a_row_that_stands_twice_stops_the_file() -> None:
    assert kinds(table(["A", 2022, 5], ["A", 2022, 6])) == {"doubled-rows": Severity.STOP}


def test_parts_that_do_not_add_up_are_held_out() -> None:
    text = json.dumps(
        {"source": "s", "unit_column": "A", "period_column": "År", "sums": [{"total": "Alle", "parts": ["M", "K"]}]}
    )
    content = as_csv([["A", "År", "M", "K", "Alle"], ["x", 2022, 50, 50, 100], ["x", 2023, 50, 50, 130]])
    found = read_mapped(content, "tal.csv", read_mapping(text))
    assert found.withheld == {"M", "K", "Alle"}


def test_one_measurement_repeated_a_jump_and_a_bare_per_cent_are_told() -> None:
    assert kinds(table(*[["A", year, 700] for year in (2020, 2021, 2022)])) == {"same-measurement": Severity.NOTE}
    assert kinds(table(["A", 2020, 700], ["A", 2021, 100])) == {"possible-break": Severity.NOTE}
    content = as_csv([["Afdeling", "År", "Andel i job"], ["A", 2020, "41,5"], ["A", 2021, "43,0"]])
    own = WHOLE.model_copy(update={"header_row": 1, "last_row": 0})
    assert kinds(read_mapped(content, "t.csv", own)) == {"bare-percentage": Severity.NOTE}
    content = as_csv([["Afdeling", "År", "Andel i job"], ["A", 2020, "141,5"]])
    assert read_mapped(content, "t.csv", own).withheld == {"Andel i job"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "JSON"),
        ('{"source": "s", "findes": 1}', "findes"),
        ('{"header_row": 0, "source": "s"}', "header_row"),
        ('{"signs": {"x": "ukendt"}, "source": "s"}', "signs"),
        ("{}", "source"),
    ],
)
def test_a_wrong_mapping_is_refused_by_its_part(text: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_mapping(text)


def test_a_table_without_a_mapping_gets_one_suggested() -> None:
    with pytest.raises(NeedsMapping) as asked:
        read_files("table", {"tal.csv": as_csv(ROWS)}, {})
    assert read_files("table", {"tal.csv": as_csv(ROWS)}, {"mapping": asked.value.suggestion}).lines


def workbook_of_afdelinger() -> bytes:
    def more(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("Uddannelse")
        for row in (["Afdeling", "2022", "2023"], ["AAB 52", 300, 290], ["Lejerbo 7", ".", 25]):
            sheet.append(row)

    return as_xlsx(ROWS, more)


def test_beboerdata_reads_a_table_a_sheet_beside_each_other() -> None:
    found = beboerdata.read_beboerdata(workbook_of_afdelinger(), "beboerdata.xlsx")
    assert found.measures == ("Sheet: I arbejde", "Sheet: Alle", "Uddannelse: 2022", "Uddannelse: 2023") or (
        "Sheet: Alle" in found.measures
    )
    assert found.attribution == beboerdata.ATTRIBUTION
    assert {line.unit.scheme for line in found.lines} == {"afdeling"}


def test_beboerdata_asks_for_a_mapping_rather_than_guess() -> None:
    with pytest.raises(BadFile, match="Gem en opskrift på arket"):
        beboerdata.read_beboerdata(as_xlsx([["Navn", "Antal"], ["A", 5]]), "b.xlsx")


@pytest.mark.parametrize("name", ["INDKP107.xlsx", "RAS200.xlsx", "ARE207.xlsx", "RAS200_long.csv"])
def test_real_downloads_give_their_figures(name: str) -> None:
    file = SHARED / "data" / "statbank_exports" / name
    if not file.exists():
        pytest.skip("the downloads are not beside the project")
    found = read_files("statbank", {name: file.read_bytes()}, {})
    assert len(found.lines) > 90
    assert not np.isnan(found.amounts).all()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=8),
    st.data(),
)
def test_a_damaged_file_is_read_or_refused(kind: str, changes: list[tuple[int, int]], data: st.DataObject) -> None:
    content = bytearray(FILES[kind])
    for place, value in changes:
        content[place % len(content)] = value
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        with suppress(BadFile):
            (sheet, *_more) = read_sheets(damaged, "tal") or [None]
            if sheet:
                read_mapped(damaged, "tal", suggest(sheet, source="s"))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.text(max_size=6) | st.integers() | st.floats(allow_nan=False), max_size=5), min_size=1, max_size=6
    )
)
def test_any_fields_are_read_or_refused(rows: list[list[object]]) -> None:
    for content in (
        as_csv(rows, encoding="utf-8") if _writable(rows) else b"a;b",
        as_csv([*ROWS[:2], *rows]) if _writable(rows) else b"a",
    ):
        with suppress(BadFile):
            read_mapped(content, "tal.csv", WHOLE.model_copy(update={"last_row": 0}))


def _writable(rows: list[list[object]]) -> bool:
    try:
        as_csv(rows)
    except UnicodeEncodeError:
        return False
    return True
