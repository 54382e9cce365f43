"""Whatever is sent to a survey, wrong as it may be: a clear error, and nothing half-kept.

Unknown types in forms, strata that are missing or stand twice, answers outside the routing, and texts far too long.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from kvarter.journal.models import Entry
from kvarter.surveys.actions.frames import frame_of, send_frame
from kvarter.surveys.actions.outside import NotTakenIn, look_in_both, take_in_answers
from kvarter.surveys.answers.models import Response
from kvarter.surveys.checking import MOST_TEXT, checked
from kvarter.surveys.frame import BadFrame
from kvarter.surveys.models import FrameFile, QuestionnaireVersion, Stratum, Wave
from kvarter.surveys.outside.reading import read_answers
from kvarter.surveys.queries.answering import paper_of
from kvarter.surveys.views.private import MOST_BYTES
from kvarter.tables.limits import BadFile
from tests.surveys import listing
from tests.surveys.outside import MAPPING, as_csv, ready, some_rows, table_of
from tests.surveys.residents import MOVED, SAFE, TRUST, WHY, WORDS, enter, in_field, letter_to, resident, the_response
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)

KNOWN = {"text", "integer", "date", "select_one jn", "select_multiple jn", "note", "start", "deviceid"}
WORD = st.sampled_from(["select", "one", "multiple", "begin", "end", "geo", "point", "text", "time", "q", "jn", "or"])
TYPES = st.one_of(
    st.sampled_from(sorted(KNOWN)),
    st.sampled_from(sorted(QUESTION_TYPE_DICT)),
    st.lists(WORD, min_size=1, max_size=3).flatmap(lambda some: st.sampled_from([" ".join(some), "_".join(some)])),
    st.text("abcøæ0_- ", min_size=1, max_size=12).map(str.strip).filter(bool),
)


@settings(max_examples=60)
@given(types=st.lists(TYPES, min_size=1, max_size=4))
def test_a_form_of_any_types_is_taken_whole_or_refused_row_by_row(
    world: World, client_as: Callable[[str], Client], types: list[str]
) -> None:
    QuestionnaireVersion.objects.all()._raw_delete("default")
    before = Entry.objects.count()
    form = SimpleUploadedFile("skema.md", _form(types).encode())
    address = "/kvarter/lilleby/spoergeskemaer"
    page = client_as("secretariat").post(address, {"sent": form, "why": ""}, follow=True).content.decode()
    stored = QuestionnaireVersion.objects.first()
    if stored:
        keys = [item.key for item in stored.questionnaire.items]
        left_out = {f"a{at}" for at, _kind in enumerate(types) if f"“survey”, række {at + 3}:" in page}
        assert set(keys) | left_out == {"foerst", *(f"a{at}" for at in range(len(types)))}
        return
    assert "skema.md kan ikke blive til et spørgeskema" in page
    assert "række" in page
    assert Entry.objects.count() == before


def _form(types: list[str]) -> str:
    rows = "".join(f"| | {kind} | a{at} | Hvad med {at}? |\n" for at, kind in enumerate(types))
    lists = "| choices |\n| | list_name | name | label |\n| | jn | ja | Ja |\n| | jn | nej | Nej |\n"
    return f"| survey |\n| | type | name | label |\n| | text | foerst | Først? |\n{rows}{lists}"


STRATA = st.sampled_from(["", "  ", "nord", "syd", "øst"])


@settings(max_examples=60)
@given(strata=st.lists(STRATA, min_size=8, max_size=8))
def test_a_list_with_any_strata_is_kept_only_where_none_is_said_or_each_is_and_lies_in_one_place(
    world: World, strata: list[str]
) -> None:
    wave = Wave.objects.first() or planned(world)
    FrameFile.objects.all().delete()
    before = Entry.objects.count()
    rows = [
        [*row[:2], f"hus{at}", *row[3:], stratum]
        for at, (row, stratum) in enumerate(zip(listing.rows_of(4, 4), strata, strict=True))
    ]
    places: dict[str, set[str]] = {}
    for row in rows:
        places.setdefault(row[-1].strip(), set()).add(row[1])
    unsaid = places.keys() == {""}  # then each area is one
    sound = unsaid or ("" not in places and all(len(areas) == 1 for areas in places.values()))
    content = listing.as_csv(rows, [*listing.HEADINGS, "Lag"])
    problems: tuple[str, ...] = ()
    try:
        send_frame(by=world.secretariat, wave=wave, content=content, name="liste.csv")
    except BadFrame as error:
        problems = error.problems
    assert bool(problems) is not sound
    if problems:
        assert all("række" in told and "Lag" in told for told in problems), problems
        assert not FrameFile.objects.exists()
        assert Entry.objects.count() == before
    else:
        people = frame_of(wave).people
        said = (one.area for one in people) if unsaid else map(str.strip, strata)
        assert Counter(one.stratum for one in people) == Counter(said)
    assert not Stratum.objects.exists()


@settings(max_examples=60)
@given(
    told=st.lists(
        st.tuples(st.sampled_from(["lilleby", "resten", "nord"]), st.sampled_from(["lilleby", "resten"])), max_size=4
    )
)
def test_answers_from_elsewhere_with_any_strata_are_taken_in_only_where_they_fit(
    world: World, told: list[tuple[str, str]]
) -> None:
    if not QuestionnaireVersion.objects.exists():
        ready(world)
    blocks = [f'[[strata]]\nname = "{name}"\narea = "{area}"\npeople = 9000\n' for name, area in told]
    found = look_in_both(world.partnership, table_of(some_rows(30)), MAPPING + "\n".join(blocks), {})[0]
    if not told or sorted(told) == [("lilleby", "lilleby"), ("resten", "resten")]:
        assert not found.stopped
        return
    assert any("lag" in one.told.casefold() or "svaret fra" in one.told for one in found.stopped)
    with pytest.raises(NotTakenIn):
        take_in_answers(by=world.secretariat, partnership=world.partnership, coming=found)
    assert not any(rows.exists() for rows in (Wave.objects, Stratum.objects, Response.objects))


SAID = {
    TRUST: st.sampled_from(["1", "5", "ved-ikke", "6", "ja", ""]),
    SAFE: st.sampled_from(["ja", "nej", "vil-ikke", "måske", ""]),
    WHY: st.lists(st.sampled_from(["lys", "trafik", "vil-ikke", "regn"]), max_size=3),
    MOVED: st.sampled_from(["2010", "1492", "99999999999999", "to", "²", ""]),
    WORDS: st.text(max_size=20),
}
PAGES = st.tuples(st.integers(1, 3), st.fixed_dictionaries({}, optional=SAID))


@settings(max_examples=40)
@given(pages=st.lists(PAGES, min_size=1, max_size=6))
def test_pages_sent_in_any_order_leave_only_answers_that_were_asked_for_and_can_be(
    world: World, pages: list[tuple[int, dict[str, Any]]]
) -> None:
    wave = Wave.objects.first() or in_field(world)
    Response.objects.all().delete()
    person, client = letter_to(wave), resident()
    enter(client, person.code)
    for number, said in pages:
        answer = client.post(f"/svar/side/{number}", said)
        assert answer.status_code in (200, 302)
        assert answer.status_code == 302 or "Noget mangler eller kan ikke gemmes" in answer.content.decode()
    row = the_response()
    paper = paper_of(row.questionnaire)
    assert row.answers == paper.routed(row.answers)
    for key, value in row.answers.items():
        item = paper.questionnaire.item(key)
        assert checked(paper.questionnaire, item, value if isinstance(value, list) else [value]) == (value, None)


@settings(max_examples=60)
@given(
    safe=st.lists(st.sampled_from(["1", "2", "8", ""]), min_size=6, max_size=6),
    marks=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=6, max_size=6),
    leave_out=st.booleans(),
)
def test_a_file_with_answers_outside_the_routing_is_stopped_by_row_or_they_are_left_out(
    world: World, safe: list[str], marks: list[tuple[bool, bool]], leave_out: bool
) -> None:
    if not QuestionnaireVersion.objects.exists():
        ready(world)
    rows = some_rows(6)
    for row, said, (light, traffic) in zip(rows, safe, marks, strict=True):
        row |= {"q2": said, "lys": int(light), "trafik": int(traffic)}
    outside = [at for at, (said, marked) in enumerate(zip(safe, marks, strict=True), 2) if said != "2" and any(marked)]
    mapping = ('outside_routing = "leave_out"\n' if leave_out else "") + MAPPING
    found = look_in_both(world.partnership, table_of(rows), mapping, {})[0]
    told = [one for one in found.odd if one.kind == "outside-routing"]
    assert bool(told) == bool(outside)
    assert all(one.stops is not leave_out for one in told)
    assert all(str(at) in told[0].told for at in outside)
    for answer, said, marked in zip(found.answers, safe, marks, strict=True):
        assert ("hvorfor-utryg" in answer.answers) == (said == "2" and any(marked))


LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)


@settings(max_examples=25)
@given(letters=LETTERS, size=st.sampled_from([MOST_TEXT + 1, MOST_BYTES // 2, MOST_BYTES, 10 * 1024 * 1024]))
def test_a_text_of_any_letters_that_is_too_long_leaves_what_was_saved(world: World, letters: str, size: int) -> None:
    wave = Wave.objects.first() or in_field(world)
    Response.objects.all().delete()
    person, client = letter_to(wave), resident()
    enter(client, person.code)
    client.post("/svar/side/3", {MOVED: "2010", WORDS: "Flere bænke"})
    kept = the_response().answers
    text = "x" + letters * (size // len(letters)) + "x"
    answer = client.post("/svar/side/3", {MOVED: "2011", WORDS: text})
    said = answer.content.decode()
    assert (answer.status_code == 413 and f"{MOST_BYTES // 1024} kB" in said) or f"højst {MOST_TEXT} tegn" in said
    assert the_response().answers == kept | ({"flyttet-ind": 2011} if answer.status_code == 200 else {})


@settings(max_examples=15)
@given(letters=LETTERS, size=st.sampled_from([MOST_TEXT + 1, 40_000, 200_000, 10 * 1024 * 1024]))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_with_a_text_far_too_long_is_refused_by_its_place(
    world: World, kind: str, letters: str, size: int
) -> None:
    if not QuestionnaireVersion.objects.exists():
        ready(world)
    rows = some_rows(12)
    rows[3]["ord"] = "x" + letters * (size // len(letters)) + "x"
    content = as_csv(rows) if kind == "csv" else _workbook(rows)
    try:
        found = look_in_both(world.partnership, read_answers(content, f"svar.{kind}"), MAPPING, {})[0]
    except BadFile as error:
        told = str(error)
    else:
        assert found.stopped
        told = " ".join(one.told for one in found.stopped)
        assert "række 5" in told
    assert f"svar.{kind}" in told
    assert len(told) < 1000  # and the text itself is not said again
    assert not any(rows.exists() for rows in (Wave.objects, Response.objects))


def _workbook(rows: list[dict[str, Any]]) -> bytes:
    """As others than openpyxl may write it, which cuts a field at what Excel can hold."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    marks = {}
    for number, row in enumerate(rows):
        long = {name: f"LANG{number}" for name, value in row.items() if len(str(value)) > MOST_TEXT}
        marks |= {mark: str(row[name]) for name, mark in long.items()}
        sheet.append(list((row | long).values()))
    content = io.BytesIO()
    book.save(content)
    return _with_texts(content.getvalue(), marks)


def _with_texts(book: bytes, marks: dict[str, str]) -> bytes:
    import zipfile
    from xml.sax.saxutils import escape

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in packed.namelist():
            part = packed.read(name)
            for mark, text in marks.items():
                part = part.replace(mark.encode(), escape(text).encode())
            made.writestr(name, part)
    return out.getvalue()
