"""A questionnaire as a form that Kobo and ODK take, and that is read back to the very same.

What they have no place for stands in columns whose names begin with kvarter_, which they leave alone: the theme, how an
item becomes a figure, the score of an answer, and which answers are none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from openpyxl import Workbook

from kvarter.surveys.minutes import HERE, NAME_IN_FORMS, whole_minutes
from kvarter.surveys.questionnaire import Ask, Choice, Item, Questionnaire, Texts, Told
from kvarter.surveys.xlsform.conditions import written_condition, written_limits
from kvarter.surveys.xlsform.languages import heading_of

Table = list[list[str]]
_TYPES = {Ask.NUMBER: "integer", Ask.DATE: "date", Ask.TEXT: "text", Ask.MANY: "select_multiple"}


def as_xlsx(questionnaire: Questionnaire) -> bytes:
    """The form as a workbook (.xlsx)."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in form_tables(questionnaire).items():
        sheet = book.create_sheet(name)
        for row, fields in enumerate(table, start=1):
            for column, text in enumerate(fields, start=1):
                if text:
                    cell = sheet.cell(row, column, text)
                    cell.data_type = "s"  # also what begins with an equals sign
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_csv(questionnaire: Questionnaire) -> str:
    """The form as one CSV file, its sheets below one another, each begun by its name: for files kept under version."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for name, table in form_tables(questionnaire).items():
        writer.writerow([name])
        writer.writerows(["", *row] for row in table)
    return file.getvalue()


def form_tables(questionnaire: Questionnaire) -> Mapping[str, Table]:
    """The sheets of the form: survey, choices and settings, each with its headings first."""
    headings = [heading_of(code) for code in questionnaire.languages]
    return {
        "survey": _survey(questionnaire, headings),
        "choices": [
            ["list_name", "name", *(f"label::{one}" for one in headings), "kvarter_score", "kvarter_without"],
            *_choices(questionnaire),
        ],
        "settings": _settings(questionnaire, headings),
    }


def _survey(whole: Questionnaire, headings: list[str]) -> Table:
    """The questions; before them the minutes it takes, where the introduction says them."""
    first, rows = _survey_headings(headings, _note_languages(whole)), list(_rows(whole))
    if not any(HERE in text for text in whole.introductions.values()):
        return [first, *rows]
    minutes = _row(whole, "calculate", NAME_IN_FORMS, {})
    return [[*first, "calculation"], [*minutes, str(whole_minutes(whole))], *([*row, ""] for row in rows)]


def _survey_headings(headings: list[str], noted: list[str]) -> list[str]:
    spoken = [f"{kind}::{one}" for kind in ("label", "hint") for one in headings]
    ours = ["kvarter_theme", "kvarter_about", "kvarter_told", "kvarter_note"]
    notes = [f"kvarter_note::{heading_of(code)}" for code in noted]
    return ["type", "name", *spoken, "required", "relevant", "constraint", "appearance", *ours, *notes]


def _note_languages(whole: Questionnaire) -> list[str]:
    """The other languages that notes are there in."""
    return list(dict.fromkeys(code for item in whole.items for code in item.notes))


def _rows(whole: Questionnaire) -> Iterator[list[str]]:
    kinds = {item.key: item.ask for item in whole.items}
    if whole.introductions:
        yield _row(whole, "note", "kvarter_introduction", whole.introductions)
    for section in whole.sections:
        yield _row(whole, "begin_group", section.key, section.texts)
        for item in section.items:
            yield _item(whole, item, kinds)
        yield _row(whole, "end_group", "", {})


def _row(whole: Questionnaire, kind: str, key: str, texts: Texts) -> list[str]:
    return [kind, key, *_in_order(whole, texts), *([""] * (len(whole.languages) + 8 + len(_note_languages(whole))))]


def _item(whole: Questionnaire, item: Item, kinds: Mapping[str, Ask]) -> list[str]:
    kind = _TYPES.get(item.ask, "select_one")
    return [
        f"{kind} {item.scale or item.key}" if item.ask.has_choices else kind,
        item.key,
        *_in_order(whole, item.texts),
        *_in_order(whole, item.hints),
        "yes" if item.required else "",
        written_condition(item.shown_if, kinds) if item.shown_if else "",
        written_limits(item.low, item.high, item.ask),
        "likert" if item.ask is Ask.SCALE else "",
        item.theme,
        "" if item.about == "self" else item.about,
        _told(item.told),
        item.note,
        *(item.notes.get(code, "") for code in _note_languages(whole)),
    ]


def _told(told: Told | None) -> str:
    if told is None:
        return ""
    margin = "" if told.margin is None else f" {_number(told.margin)}"
    return f"{told.direction}{margin}" + (f": {' '.join(told.choices)}" if told.choices else "")


def _choices(whole: Questionnaire) -> Iterator[list[str]]:
    own = [(item.key, item.choices) for item in whole.items if item.choices]
    for name, choices in [*((scale.key, scale.choices) for scale in whole.scales), *own]:
        for choice in choices:
            yield _choice(whole, name, choice)


def _choice(whole: Questionnaire, name: str, choice: Choice) -> list[str]:
    score = "" if choice.score is None else _number(choice.score)
    return [name, choice.code, *_in_order(whole, choice.texts), score, choice.without.value if choice.without else ""]


def _settings(whole: Questionnaire, headings: list[str]) -> Table:
    others = whole.languages[1:]
    return [
        [
            *("form_title", "form_id", "version", "default_language", "kvarter_audience"),
            *(f"kvarter_title::{heading}" for heading in headings[1:]),
        ],
        [
            whole.titles[whole.languages[0]],
            whole.key,
            str(whole.version),
            headings[0],
            whole.audience,
            *(whole.titles[code] for code in others),
        ],
    ]


def _in_order(whole: Questionnaire, texts: Texts) -> list[str]:
    return [texts.get(code, "") for code in whole.languages]


def _number(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
