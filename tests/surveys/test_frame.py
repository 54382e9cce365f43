"""Reading a list of people to draw from: what is understood, and everything that is refused with its row and remedy."""

from __future__ import annotations

import contextlib
import io
import random
import re
import time
import zipfile

import odf.opendocument
import odf.table
import odf.text
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.surveys.frame import Asking, BadFrame, packed, read_frame, unpacked
from kvarter.surveys.frame_cells import looks_like_cpr
from kvarter.tables.limits import BadFile
from tests.surveys.listing import HEADINGS, Rows, as_csv, as_xlsx, changed, rows_of

NAMES = {"lilleby": "lilleby", "resten": "resten", "resten af byen": "resten"}
ASKING = Asking("lilleby", "resten", NAMES, 2024, youth=True)
ADULTS = Asking("lilleby", "resten", NAMES, 2024, youth=False)


def refused(content: bytes, asking: Asking = ASKING) -> tuple[str, ...]:
    """What is said against a file."""
    with pytest.raises(BadFrame) as error:
        read_frame(content, "liste.csv", asking)
    return error.value.problems


def test_a_list_is_understood_the_same_from_csv_excel_and_opendocument() -> None:
    rows = rows_of(5, 9)
    whole = read_frame(as_csv(rows), "liste.csv", ASKING)
    assert len(whole.people) == 14
    first = whole.people[0]
    assert (first.pseudonym, first.area, first.stratum, first.household) == ("p000001", "lilleby", "lilleby", "h1")
    assert first.address == ("Birkevej 1, 2. th.", "2860 Søborg")
    assert read_frame(as_xlsx(rows), "liste.xlsx", ASKING) == whole
    assert read_frame(_as_ods(rows), "liste.ods", ASKING) == whole
    assert read_frame(as_csv(rows, separator=","), "liste.csv", ASKING) == whole
    assert unpacked(packed(whole)) == whole


def _as_ods(rows: Rows) -> bytes:
    book = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="Liste")
    for row in [list(HEADINGS), *rows]:
        line = odf.table.TableRow()
        for text in row:
            cell = odf.table.TableCell(valuetype="string")
            cell.addElement(odf.text.P(text=text))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_english_headings_and_words_and_years_of_birth_are_understood() -> None:
    rows = [["x1", "lilleby", "1", "woman", "1950", "letter", "yes", "Ann", "Road 1", "2860 Soborg"]]
    headings = "Pseudonym,Area,Household ID,Gender,Birth year,Contact channel,Panel,Name,Address line 1,Town"
    frame = read_frame(as_csv(rows, headings.split(",")), "list.csv", ASKING)
    assert [(one.gender, one.age, one.channel, one.panel) for one in frame.people] == [("f", "65+", "letter", True)]


@pytest.mark.parametrize(
    ("age", "group"),
    [
        ("12", "12-17"),
        ("17", "12-17"),
        ("18", "18-29"),
        ("49", "30-49"),
        ("50", "50-64"),
        ("65", "65+"),
        ("18-29", "18-29"),
    ],
)
def test_ages_become_groups(age: str, group: str) -> None:
    frame = read_frame(as_csv(changed(rows_of(3, 3), 0, age=age)), "liste.csv", ASKING)
    assert frame.people[0].age == group


def test_children_are_held_out_and_counted_and_the_young_where_they_have_no_questionnaire() -> None:
    content = as_csv(changed(changed(rows_of(5, 5), 0, age="11"), 1, age="15"))
    assert read_frame(content, "liste.csv", ASKING).left_out == {"0-11": 1}
    adults = read_frame(content, "liste.csv", ADULTS)
    assert adults.left_out == {"0-11": 1, "12-17": 1}
    assert len(adults.people) == 8


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"area": "Månen"}, "“Månen” er hverken undersøgelsens område"),
        ({"area": ""}, "Området mangler"),
        ({"pseudonym": ""}, "Pseudonymet mangler"),
        ({"pseudonym": "p000003"}, "Det samme pseudonym"),
        ({"household": ""}, "Husstanden mangler"),
        ({"age": "gammel"}, "Alderen er ikke et helt tal"),
        ({"age": ""}, "Alderen mangler"),
        ({"age": "180"}, "fra 0 til 120 år"),
        ({"gender": "q"}, "Køn skrives"),
        ({"channel": "due"}, "Vejen skal være"),
        ({"channel": ""}, "Vejen skal være"),
        ({"panel": "måske"}, "Spurgt sidst"),
        ({"channel": "brev", "name": ""}, "mangler navn eller adresse"),
        ({"channel": "brev", "address": "", "postcode": "", "town": ""}, "mangler navn eller adresse"),
        ({"channel": "e-mail", "email": ""}, "skal have e-mail"),
        ({"channel": "e-mail", "email": "to@steder@her"}, "kan ikke være rigtig"),
        ({"pseudonym": "010170-1234"}, "ligner et CPR-nummer"),
        ({"pseudonym": "0101701234"}, "ligner et CPR-nummer"),
        ({"household": "6101701234"}, "ligner et CPR-nummer"),
        ({"address": "01.01.70-1234"}, "ligner et CPR-nummer"),
        ({"name": "010170–1234"}, "ligner et CPR-nummer"),
        ({"age": "11", "name": "0101131234"}, "ligner et CPR-nummer"),
        ({"name": '=HYPERLINK("x")'}, "begynder som en formel"),
        ({"pseudonym": "@sum(1)"}, "begynder som en formel"),
        ({"household": "#REF!"}, "formel i rækken har givet en fejl"),
        ({"name": "SÃ¸ren"}, "Bogstaverne er læst forkert"),
        ({"name": "S›ren"}, "Bogstaverne er læst forkert"),
        ({"name": "So\x07ren"}, "ikke kan skrives"),
        ({"address": "x" * 61}, "for langt"),
    ],
)
def test_each_thing_wrong_names_file_row_and_remedy(fields: dict[str, str], said: str) -> None:
    problems = refused(as_csv(changed(rows_of(8, 8), 4, **fields)))
    assert any(re.match(r"liste\.csv, række 6: ", told) and said in told for told in problems), problems


def test_everything_wrong_is_told_at_once_with_its_rows() -> None:
    rows = changed(changed(rows_of(20, 20), 3, gender="q"), 5, gender="q", area="Månen")
    problems = refused(as_csv(rows))
    assert len(problems) == 2
    assert any("række 5, 7: Køn" in told for told in problems)
    many = refused(as_csv([[*row[:3], "q", *row[4:]] for row in rows_of(20, 20)]))
    assert "(og 32 til)" in many[0]


def test_all_that_is_wrong_with_one_row_is_told_at_once() -> None:
    wrong = {"age": "180", "gender": "q", "channel": "due", "household": "", "pseudonym": "p000001"}
    problems = refused(as_csv(changed(rows_of(8, 8), 4, **wrong)))
    for told in ("fra 0 til 120 år", "Køn skrives", "Vejen skal være", "Husstanden mangler", "Det samme pseudonym"):
        assert any(told in problem for problem in problems), told
    assert len(problems) == 5


@pytest.mark.parametrize("column", range(len(HEADINGS) + 1))
def test_a_cpr_number_is_told_in_any_column_and_never_said(column: int) -> None:
    rows = [[*row, ""] for row in rows_of(5, 5)]
    rows[3][column] = "0101701234"
    problems = refused(as_csv(rows, [*HEADINGS, "Noter"]))
    assert any("række 5: Der står noget, der ligner et CPR-nummer" in told for told in problems)
    assert "0101701234" not in " ".join(problems)


def test_a_household_lies_in_one_place() -> None:
    rows = rows_of(10, 10)
    assert "Husstanden står også" in refused(as_csv(changed(rows, 15, household=rows[0][2])))[0]


def test_a_stratum_that_is_missing_or_lies_in_two_areas_is_refused() -> None:
    headings = [*HEADINGS, "Lag"]
    rows = [[*row, "et lag"] for row in rows_of(4, 4)]
    assert any("Laget står i to områder" in told for told in refused(as_csv(rows, headings)))
    rows = [[*row, row[1]] for row in rows_of(4, 4)]
    rows[2][-1] = ""
    assert any("Laget mangler" in told for told in refused(as_csv(rows, headings)))


@pytest.mark.parametrize("blank", ["", "-"])
def test_a_column_for_strata_that_is_blank_throughout_is_as_none(blank: str) -> None:
    rows = rows_of(4, 4)
    beside = as_csv([[*row, blank] for row in rows], [*HEADINGS, "Lag"])
    assert read_frame(beside, "liste.csv", ASKING) == read_frame(as_csv(rows), "liste.csv", ASKING)


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["CPR-nr.", *HEADINGS[1:]], "kolonne med CPR-numre"),
        (["Løbetal", *HEADINGS[1:]], "mangler en kolonne med overskriften “pseudonym”"),
        ([*HEADINGS[:4], "Højde", *HEADINGS[5:]], "“alder”"),
        ([*HEADINGS[:7], "Pseudonym", *HEADINGS[8:]], "To kolonner hedder “pseudonym”"),
    ],
)
def test_headings_that_are_missing_repeated_or_forbidden(headings: list[str], said: str) -> None:
    assert any(said in told for told in refused(as_csv(rows_of(2, 2), headings)))


def test_columns_that_are_not_used_are_not_kept() -> None:
    rows = [[*row, "hemmelig"] for row in rows_of(3, 3)]
    frame = read_frame(as_csv(rows, [*HEADINGS, "Diagnose"]), "liste.csv", ASKING)
    assert frame.unused == ("Diagnose",)
    assert b"hemmelig" not in packed(frame)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "er tom"),
        (b"\n\n", "er tom"),
        (as_csv([]), "Ingen i filen kan spørges"),
        (b"x" * (50 * 1024 * 1024 + 1), "større end 50 MB"),
        (b"%PDF-1.7", "er en PDF"),
        (b"PK\x03\x04 ikke en fil", "ikke en hel Excel-fil"),
        (b"a;b\x00c", "ikke tekst"),
    ],
)
def test_files_that_are_no_list(content: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_frame(content, "liste.csv", ASKING)


def test_a_list_of_the_wrong_area_alone_is_refused() -> None:
    assert "område, undersøgelsen handler om" in refused(as_csv(rows_of(0, 5)))[0]


def test_a_formula_never_worked_out_is_refused_by_its_place() -> None:
    rows: list[list[object]] = [list(row) for row in rows_of(3, 3)]
    rows[1][0] = "=A2"
    with pytest.raises(BadFile, match="A3 er en formel uden resultat"):
        read_frame(as_xlsx(rows), "liste.xlsx", ASKING)  # type: ignore[arg-type]


def test_a_number_that_excel_rounded_is_refused() -> None:
    rows = changed(rows_of(3, 3), 0, pseudonym="12345678901234567")
    with pytest.raises(BadFrame, match="rundet pseudonymet af"):
        read_frame(as_xlsx(rows), "liste.xlsx", ASKING)


@pytest.mark.parametrize(("text", "is_one"), [("0101701234", True), ("tlf 39575000", False), ("9999999999", False)])
def test_what_looks_like_a_cpr_number(text: str, is_one: bool) -> None:
    assert looks_like_cpr(text) is is_one


def test_a_whole_town_is_read_in_a_few_seconds() -> None:
    content = as_csv(rows_of(4_200, 66_000, youngest=0))
    began = time.process_time()
    frame = read_frame(content, "liste.csv", ASKING)
    assert len(frame.people) + sum(frame.left_out.values()) == 70_200
    assert time.process_time() - began < 12


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with contextlib.suppress(BadFile):
        read_frame(content, "liste.csv", ASKING)


@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.text(max_size=30)), min_size=1, max_size=8),
)
def test_no_fields_break_the_reader_or_let_half_a_row_in(seed: int, wild: list[tuple[int, int, str]]) -> None:
    rows = rows_of(6, 6, seed=seed)
    for row, column, text in wild:
        rows[row][column] = text
    try:
        frame = read_frame(as_csv(rows), "liste.csv", ASKING)
    except BadFile:
        return
    assert len(frame.people) + sum(frame.left_out.values()) == len(rows)
    for one in frame.people:
        assert one.pseudonym
        assert one.household
        assert one.area in {"lilleby", "resten"}
        assert one.channel in {"digital", "letter", "email"}
        assert not looks_like_cpr(one.pseudonym + "\n" + one.name)


@given(st.integers(0, 2**31))
def test_no_damage_to_a_workbook_breaks_the_reader(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(as_xlsx(rows_of(2, 2)))
    for _hit in range(chance.randint(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with contextlib.suppress(BadFile):
        read_frame(bytes(content), "liste.xlsx", ASKING)


def test_a_workbook_of_two_sheets_is_refused() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("En", "To"):
        book.create_sheet(name).append(["noget"])
    content = io.BytesIO()
    book.save(content)
    assert zipfile.is_zipfile(content)
    with pytest.raises(BadFile, match="2 ark med indhold"):
        read_frame(content.getvalue(), "liste.xlsx", ASKING)
