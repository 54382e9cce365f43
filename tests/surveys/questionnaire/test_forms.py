"""Forms as Kobo and ODK users write them: what is understood, and what is refused by row and remedy."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from kvarter.surveys.questionnaire import Ask, Choice, Compare, Condition, Told, Without
from kvarter.surveys.xlsform.errors import BadForm
from kvarter.surveys.xlsform.reading import ReadForm, read_xlsform
from kvarter.surveys.xlsform.writing import as_xlsx

YES_NO = """
| choices |
|  | list_name | name | label |
|  | jn        | ja   | Ja    |
|  | jn        | nej  | Nej   |
"""


def read(form: str, **how: str) -> ReadForm:
    """A form drawn as tables."""
    return read_xlsform(form.encode(), "skema.md", **how)


def refused(form: str) -> str:
    """What is said of a form that cannot be read."""
    with pytest.raises(BadForm) as error:
        read(form)
    return str(error.value)


def survey(*rows: str, choices: str = YES_NO) -> str:
    """A form of questions: type, name, label, and the last columns where they are needed."""
    head = "| survey |\n| | type | name | label | relevant | constraint | required | appearance |\n"
    return head + "".join(f"| | {row} |\n" for row in rows) + choices


# The forms that pyxform and xlsform.org document, each feature with our own rows.
DOCUMENTED = {
    "text and a number": """
| survey |
|  | type    | name | label::English (en)   |
|  | text    | who  | Who are you?          |
|  | integer | flat | Which floor is yours? |
""",
    "single colons and names of languages": """
| survey |
|  | type                  | name | label:english   |
|  | select one from often | use  | How often?      |
| choices |
|  | list name | name  | label:english |
|  | often     | daily | Daily         |
|  | often     | never | Never         |
""",
    "upper case, settings and several languages": """
| SURVEY |
|  | TYPE                  | NAME | LABEL::Dansk (da) | LABEL::English (en) | HINT::Dansk (da) | HINT::English (en) |
|  | select_multiple often | use  | Hvor tit?         | How often?          | Flere svar       | Several answers    |
| CHOICES |
|  | LIST_NAME | NAME  | LABEL::Dansk (da) | LABEL::English (en) |
|  | often     | daily | Hver dag          | Daily               |
|  | often     | never | Aldrig            | Never               |
| SETTINGS |
|  | FORM_TITLE | FORM_ID | VERSION | DEFAULT_LANGUAGE |
|  | Brug       | brug    | 3       | English (en)     |
""",
    "groups in groups with routing": """
| survey |
|  | type           | name   | label      | relevant              |
|  | note           | hello  | Velkommen  |                       |
|  | select_one jn  | home   | Hjemme?    |                       |
|  | begin group    | kids   | Børn       | ${home} = 'ja'        |
|  | integer        | many   | Hvor mange |                       |
|  | begin_group    | school | Skole      | ${many} > 0           |
|  | text           | which  | Hvilken?   |                       |
|  | end_group      |        |            |                       |
|  | date           | moved  | Hvornår?   | selected(${home}, 'ja') |
|  | end group      |        |            |                       |
"""
    + YES_NO,
    "required, constraint, likert and what a phone collects": """
| survey |
|  | type           | name  | label  | required | constraint          | appearance |
|  | start          | start |        |          |                     |            |
|  | deviceid       | dev   |        |          |                     |            |
|  | select_one jn  | glad  | Glad?  | true()   |                     | likert     |
|  | integer        | years | Alder  | yes      | . >= 0 and . <= 120 |            |
"""
    + YES_NO,
}


@pytest.mark.parametrize("form", DOCUMENTED.values(), ids=DOCUMENTED)
def test_documented_forms_go_out_and_come_back_the_same(form: str) -> None:
    found = read(form).questionnaire
    again = read_xlsform(as_xlsx(found), "skema.xlsx")
    assert again.questionnaire == found
    assert again.remarks == ()


def test_groups_become_sections_and_their_routing_that_of_their_questions() -> None:
    found = read(DOCUMENTED["groups in groups with routing"]).questionnaire
    home, many = Condition("home", Compare.IS, "ja"), Condition("many", Compare.MORE, "0")
    assert found.introductions == {"da": "Velkommen"}
    assert [(part.key, [one.key for one in part.items]) for part in found.sections] == [
        ("del_1", ["home"]),
        ("kids", ["many"]),
        ("school", ["which"]),
        ("kids_2", ["moved"]),
    ]
    assert found.item("many").shown_if == home
    assert found.item("which").shown_if == Condition(parts=(home, many))
    assert found.item("moved").shown_if == Condition(parts=(home, Condition("home", Compare.HAS, "ja")))


def test_the_language_of_the_settings_is_the_original() -> None:
    found = read(DOCUMENTED["upper case, settings and several languages"]).questionnaire
    assert found.languages == ("en", "da")
    assert (found.key, found.version, found.titles) == ("brug", 3, {"en": "Brug", "da": "Brug"})
    assert found.item("use").hints == {"da": "Flere svar", "en": "Several answers"}


def test_texts_without_a_language_are_in_the_one_that_is_said() -> None:
    form = survey("text | a | What?")
    assert read(form).questionnaire.languages == ("da",)
    assert read(form, language="en").questionnaire.item("a").texts == {"en": "What?"}


def test_what_a_phone_collects_by_itself_is_left_out_with_a_word() -> None:
    found = read(DOCUMENTED["required, constraint, likert and what a phone collects"])
    assert [one.key for one in found.questionnaire.items] == ["glad", "years"]
    assert found.questionnaire.item("glad").ask is Ask.SCALE
    assert found.questionnaire.item("glad").required
    assert [remark.row for remark in found.remarks] == [2, 3]


def test_our_own_columns_say_what_others_have_no_place_for() -> None:
    found = read("""
| survey |
|  | type          | name | label  | kvarter_theme | kvarter_told  | kvarter_about | kvarter_note | kvarter_note::en |
|  | select_one jn | a    | Godt?  | image         | maintain 2.5: ja | area       | Som ESS      | As ESS           |
|  | select_one jn | b    | Bedre? |               | more          |               |              |                  |
| choices |
|  | list_name | name | label     | kvarter_score | kvarter_without |
|  | jn        | ja   | Ja        | 1             |                 |
|  | jn        | nej  | Nej       | 0             |                 |
|  | jn        | x    | Ved ikke  |               | unknown         |
| settings |
|  | form_title | form_id | version | kvarter_audience |
|  | Unge       | unge    | v2      | youth            |
""")
    a, b = found.questionnaire.items
    assert (a.theme, a.about, a.note, a.told) == ("image", "area", "Som ESS", Told(("ja",), "maintain", 2.5))
    assert (a.notes, b.notes) == ({"en": "As ESS"}, {})
    assert b.told == Told((), "more")
    assert found.questionnaire.choices_of(a)[2] == Choice("x", {"da": "Ved ikke"}, None, Without.UNKNOWN)
    assert (found.questionnaire.audience, found.questionnaire.version) == ("youth", 1)
    assert "v2" in str(found.remarks[0])


def test_known_codes_for_no_answer_are_read_as_such_and_told() -> None:
    found = read(
        survey("select_one l | a | A?", choices="| choices |\n| | list_name | name | label |\n| | l | 1 | En |\n")
        + "| | l | dk | Ved ikke |\n| | l | refused | Nej tak |\n"
    )
    kinds = [
        choice.without for choice in found.questionnaire.item("a").choices or found.questionnaire.scales[0].choices
    ]
    assert kinds == [
        None,
        Without.UNKNOWN,
        Without.UNSAID,
    ]
    assert [remark.row for remark in found.remarks] == [3, 4]


def test_a_list_that_one_question_of_the_same_name_uses_is_its_own() -> None:
    found = read(survey("select_one jn | jn | Ja?")).questionnaire
    assert found.scales == ()
    assert [choice.code for choice in found.item("jn").choices] == ["ja", "nej"]


def test_a_real_workbook_with_numbers_truths_and_a_sheet_of_notes_is_read() -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    rows: Mapping[str, Sequence[Sequence[object]]] = {
        "survey": [
            ["type", "name", "label", "required", "readonly", "Our notes"],
            ["select_one tal", "a", "Hvilket?", True, False, "spørg Inge"],
            [],
            ["integer", "b", "Antal?", False],
        ],
        "choices": [["list_name", "name", "label"], ["tal", 1, "En"], ["tal", 2, 2]],
        "Noter": [["Husk at ringe"]],
        "settings": [["form_title", "form_id", "version"], ["Tal", "tal", 4]],
    }
    for name, table in rows.items():
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    found = read_xlsform(file.getvalue(), "tal.xlsx").questionnaire
    assert found.version == 4
    assert [one.required for one in found.items] == [True, False]
    assert [(choice.code, choice.texts["da"]) for choice in found.scales[0].choices] == [("1", "En"), ("2", "2")]


def test_an_open_document_spreadsheet_is_read_too() -> None:
    book = OpenDocumentSpreadsheet()
    for name, rows in {
        "survey": [["type", "name", "label"], ["select_one jn", "a", "Bor du her?"]],
        "choices": [["list_name", "name", "label"], ["jn", "ja", "Ja"], ["jn", "nej", "Nej"]],
    }.items():
        table = Table(name=name)
        for fields in rows:
            row = TableRow()
            for text in fields:
                cell = TableCell(valuetype="string")
                cell.addElement(P(text=text))
                row.addElement(cell)
            table.addElement(row)
        book.spreadsheet.addElement(table)
    file = io.BytesIO()
    book.save(file)
    assert [one.key for one in read_xlsform(file.getvalue(), "skema.ods").questionnaire.items] == ["a"]


EVERY_TYPE = sorted(
    {*QUESTION_TYPE_DICT, "begin repeat", "begin_loop", "select_one_external x", "select_one_from_file x.csv"}
)


@pytest.mark.parametrize("kind", EVERY_TYPE)
def test_every_type_that_pyxform_knows_is_asked_left_out_or_refused_by_name_and_row(kind: str) -> None:
    try:
        found = read(survey("text | a | A?", f"{kind} | b | B?"))
    except BadForm as error:
        refusals = error.problems
    else:
        assert [one.key for one in found.questionnaire.items] == ["a", "b"] or [one.row for one in found.remarks] == [3]
        return
    assert [problem.row for problem in refusals] == [3]
    assert kind in refusals[0].told
    assert refusals[0].told.endswith("."), "what to do instead"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (survey("text | a | A?", "text | A | A igen?"), "brugt 2 gange"),
        (survey("text | a | A\x1f?"), "række 2: en tekst har et usynligt tegn"),
        (survey("text | a | A ${kvarter_minutes}?"), "række 2: en tekst henter et svar ind"),
        (survey("select_one findes_ikke | a | A?"), "“survey”, række 2: listen “findes_ikke” findes ikke"),
        (survey("text | a | A? | ${b} = 'x'", "text | b | B?"), "række 2: betingelsen ser på “b”, som kommer senere"),
        (survey("text | a | A? | ${a} = 'x'"), "som kommer senere"),
        (survey("text | a | A?", "text | b | B? | ${x} = 'x'"), "række 3: betingelsen nævner “x”, som ikke findes"),
        (survey("select_one jn | a | A?", "text | b | B? | ${a} = 'måske'"), "nævner svaret “måske”"),
        (survey("integer | a | A?", "text | b | B? | selected(${a}, '1')"), "har ingen svar at vælge"),
        (survey("integer | a | A?", "text | b | B? | ${a} > 'mange'"), "kan ikke være et svar på “a”"),
        (survey("integer | a | A? | | . > 5 and . < 3"), "lavest"),
        (survey("text | a | A? | | regex(., 'x')"), "række 2: constraint:"),
        (survey("text | a | A? | count(${a}) > 1"), "række 2: relevant:"),
        (survey("text | a | A? | | | måske"), "required skal være yes eller no"),
        (survey("text | | A?"), "række 2: rækken har intet navn"),
        (survey("text | a |"), "række 2: spørgsmålet har ingen tekst"),
        (survey("text | 1a | A?"), "skal begynde med et bogstav"),
        (survey("text | age | A?"), "en kolonne, der står ved siden af svarene"),
        (survey("text | a | Hej ${b}?"), "henter et svar ind"),
        (survey("begin_group | g | G", "text | a | A?"), "række 2: gruppen slutter ikke"),
        (survey("text | a | A?", "end_group | | "), "række 3: ingen gruppe er begyndt"),
        (survey("select_one jn or_other | a | A?"), "række 2: “or_other” kan ikke læses"),
        (survey(""), "der er ingen spørgsmål"),
        (survey("select_one jn | a | A?", choices=YES_NO + "| | jn | ja | Igen |\n"), "svaret “ja” er der 2 gange"),
        (survey("select_one jn | a | A?", choices=YES_NO + "| | jn | | Tom |\n"), "“choices”, række 4"),
        (survey("select_multiple jn | a | A?", choices=YES_NO + "| | jn | x y | X |\n"), "koden “x y”"),
        ("| choices |\n| | list_name | name |\n| | a | b |\n", "Arket “survey”: arket mangler"),
        ("| survey |\n| | type | name | label::Klingonsk |\n| | text | a | A? |\n", "“label::Klingonsk” er ikke kendt"),
        ("| survey |\n| | type | name | label | caption |\n| | text | a | A? | B? |\n", "står to gange"),
        (
            "| survey |\n| | type | name | label | kvarter_tema |\n| | text | a | A? | x |\n",
            "“kvarter_tema” er ikke kendt",
        ),
        ("| survey |\n| | type | name | label | calculation |\n| | text | a | A? | 1+1 |\n", "“calculation” kan ikke"),
        ("| survey |\n| | type | name | label | image |\n| | text | a | A? | x.png |\n", "billeder og lyd"),
        (
            "| survey |\n| | type | name | label | kvarter_told |\n| | text | a | A? | more? |\n",
            "kvarter_told “more?” skal være",
        ),
        (
            "| survey |\n| | type | name | label::Dansk (da) | label::English (en) |\n| | text | a | A? | |\n",
            "række 2: en tekst mangler på sproget “en”",
        ),
        (survey("text | a | A?") + "| entities |\n| | dataset | label |\n| | x | y |\n", "“entities”: arket kan ikke"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_row_and_remedy(form: str, said: str) -> None:
    assert said in refused(form)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = refused(survey("geopoint | a | Hvor?", "text | b | B? | nej", "image | c | Billede?"))
    assert [f"række {row}:" in told for row in (2, 3, 4)] == [True, True, True]
    many = refused(survey(*(f"geopoint | a{number} | Hvor?" for number in range(50))))
    assert "Og 30 fejl til." in many


def test_what_pyxform_refuses_is_refused_in_its_own_words() -> None:
    assert "Kobo og ODK kan ikke bruge det" in refused(survey("text | meta | A?"))


@pytest.mark.parametrize("label", ["Dit CPR-nummer?", "Hvad er dit cpr nr.", "Skriv dit personnummer"])
def test_nobody_is_asked_for_what_leads_back_to_them(label: str) -> None:
    assert "række 2: der må ikke spørges om personnummer" in refused(survey(f"text | who | {label}"))


def test_first_aid_may_be_asked_about() -> None:
    assert read(survey("text | aid | Have you learned CPR?")).questionnaire
