"""Whatever is sent in as a form gives a form or a BadForm: never a traceback, and never a full memory."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kvarter.surveys.questionnaires import load_questionnaire
from kvarter.surveys.xlsform.errors import BadForm
from kvarter.surveys.xlsform.reading import read_xlsform
from kvarter.surveys.xlsform.sheets import LARGEST
from kvarter.surveys.xlsform.writing import as_csv, as_xlsx

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.sampled_from(["skema.xlsx", "skema.csv", "skema.md", "skema.xls", "skema.ods", "", "skema"])
# What a field of a form may hold, right or wrong.
TYPES = ["text", "integer", "date", "note", "begin_group", "end_group", "begin_repeat"]
WORDS = [
    "select_one l",
    "select_multiple l",
    "",
    "a",
    "l",
    "yes",
    "${a} = 'x'",
    "${b} > 1",
    ". > 0",
    "more: x",
    "unknown",
    "likert",
    "=1+1",
    "<x>",
]
NAMED = (
    "type name label label::Dansk(da) hint relevant constraint required appearance list_name calculation default "
    "kvarter_told kvarter_theme kvarter_score kvarter_without form_id version default_language media::image"
)
FIELD = st.sampled_from(TYPES + WORDS) | st.text(max_size=8)
HEADINGS = st.sampled_from(NAMED.split()) | st.text(max_size=6)
TABLE = st.tuples(st.lists(HEADINGS, max_size=8), st.lists(st.lists(FIELD, max_size=8), max_size=8))


@cache
def whole() -> tuple[bytes, bytes]:
    """A real form, as a workbook and as CSV."""
    questionnaire = load_questionnaire("hoeje-gladsaxe-unge")
    return as_xlsx(questionnaire), as_csv(questionnaire).encode()


def take(content: bytes, name: str) -> None:
    """Read a form, which may be refused and nothing else."""
    try:
        read_xlsform(content, name)
    except BadForm as refused:
        said, problems = str(refused), refused.problems
    else:
        return
    assert problems
    assert "kan ikke blive til et spørgeskema" in said


@often
@given(
    st.binary(max_size=400),
    NAMES,
    st.sampled_from([b"", b"PK\x03\x04", b"| survey |\n", b"survey,,,\n", b"\xef\xbb\xbf"]),
)
def test_any_bytes(content: bytes, name: str, start: bytes) -> None:
    take(start + content, name)


@often
@given(st.integers(0, 10**6), st.integers(0, 255), st.booleans())
def test_a_workbook_cut_short_or_with_a_wrong_byte(place: int, byte: int, cut: bool) -> None:
    content = whole()[0]
    place %= len(content)
    take(content[:place] if cut else content[:place] + bytes([byte]) + content[place + 1 :], "skema.xlsx")


@often
@given(st.integers(0, 10**6), st.text(max_size=5))
def test_a_csv_file_with_something_written_into_it(place: int, text: str) -> None:
    content = whole()[1].decode()
    place %= len(content)
    take((content[:place] + text + content[place:]).encode("utf-8", "replace"), "skema.csv")


@often
@given(st.dictionaries(st.sampled_from(["survey", "choices", "settings", "osm", "Survey "]), TABLE, min_size=1))
def test_any_fields_in_any_columns(tables: dict[str, tuple[list[str], list[list[str]]]]) -> None:
    lines = []
    for name, (headings, rows) in tables.items():
        lines += [f"| {name} |", *("| | " + " | ".join(row) + " |" for row in [headings, *rows])]
    take("\n".join(lines).encode("utf-8", "replace"), "skema.md")


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 200_000_000)
    assert len(file.getvalue()) < LARGEST
    with pytest.raises(BadForm, match="100 MB"):
        read_xlsform(file.getvalue(), "bombe.xlsx")


def test_a_file_of_200_mb_is_refused_by_its_size() -> None:
    with pytest.raises(BadForm, match="større end 5 MB"):
        read_xlsform(bytes(200_000_000), "stor.xlsx")


def test_a_field_far_out_in_the_sheet_takes_no_room() -> None:
    book = Workbook()
    book.worksheets[0].title = "survey"
    book.worksheets[0].cell(1_048_576, 16_384, "x")
    file = io.BytesIO()
    book.save(file)
    with pytest.raises(BadForm, match="meget langt ude"):
        read_xlsform(file.getvalue(), "vid.xlsx")


def test_groups_in_a_hundred_groups_are_refused() -> None:
    begun = "".join(f"| | begin_group | g{depth} | G |\n| | text | a{depth} | A |\n" for depth in range(100))
    form = f"| survey |\n| | type | name | label |\n{begun}" + "| | end_group | | |\n" * 100
    with pytest.raises(BadForm, match="række 20: grupperne ligger for dybt"):
        read_xlsform(form.encode(), "dyb.md")


def test_an_old_workbook_is_sent_back_with_what_to_do() -> None:
    with pytest.raises(BadForm, match=r"Gem den som \.xlsx"):
        read_xlsform(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "gammel.xls")


def test_a_long_line_of_signs_takes_no_time() -> None:
    hard = b"| survey |\n| | type | name | label |\n| | text | a | " + b"#" * 2_000_000 + b" |\n"
    with pytest.raises(BadForm, match="over 10000 tegn"):
        read_xlsform(hard, "lang.md")
    deep = b"| survey |\n| | type | name | label | relevant |\n| | text | a | A | " + b"not(" * 2000 + b" |\n"
    with pytest.raises(BadForm, match="for lang"):
        read_xlsform(deep, "dyb.md")
