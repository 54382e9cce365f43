"""The sheets of a form as rows of texts by column, from a workbook, a CSV file or tables in plain text (Markdown)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from pyxform.parsing.sheet_headers import to_snake_case

from kvarter.surveys.xlsform.errors import BadForm, Problem
from kvarter.surveys.xlsform.languages import code_of
from kvarter.tables.limits import BadFile
from kvarter.tables.sheets import read_sheets

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 1000
MOST_COLUMNS = 200
LONGEST = 10_000
SHEETS = ("survey", "choices", "settings")
NOT_READ = {"external_choices", "entities", "osm"}
# Columns with a text in each language, under the names pyxform gives them.
TEXTS = {"label", "hint", "kvarter_title", "kvarter_note"}
_SPOKEN = TEXTS | {"guidance_hint", "constraint_message", "required_message", "image", "big-image", "audio", "video"}
_OTHER_NAMES = {
    "caption": "label",
    "relevance": "relevant",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "jr:requiredmsg": "required_message",
    "calculate": "calculation",
    "readonly": "read_only",
    "id_string": "form_id",
    "set_form_id": "form_id",
    "set_form_title": "form_title",
}
_PIPE = re.compile(r"(?<!\\)\|")
_TRUE_OR_FALSE = {"#1": "TRUE", "#0": "FALSE"}  # as a workbook's own true and false are read
_YES_OR_NO = {"required", "read_only", "disabled"}


@dataclass(frozen=True)
class Column:
    """A column by its name in lower case, and the code of its language where its texts are in one."""

    name: str
    language: str = ""


@dataclass(frozen=True)
class Row:
    """A row with its number in the sheet, from 1: what its filled fields hold."""

    number: int
    fields: Mapping[Column, str]

    def said(self, name: str) -> str:
        """What stands in a column that is in no language; "" for nothing."""
        return self.fields.get(Column(name), "")

    def texts(self, name: str) -> dict[str, str]:
        """The texts of a column by language."""
        return {column.language: text for column, text in self.fields.items() if column.name == name}


@dataclass(frozen=True)
class FormSheet:
    """A sheet of a form. raw: the same rows as pyxform wants them, by heading."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    headings: tuple[str, ...]
    raw: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class FormFile:
    """The sheets of a form by name."""

    name: str
    sheets: Mapping[str, FormSheet]

    def sheet(self, name: str) -> FormSheet:
        """A sheet, empty where it is not there."""
        return self.sheets.get(name) or FormSheet((), (), (), ())


def read_form_file(content: bytes, file: str, language: str) -> FormFile:
    """The sheets of a file. language: of texts whose heading names none, unless the settings do. Raises BadForm."""
    if len(content) > LARGEST:
        raise BadForm(file, [Problem("survey", 0, _("filen er større end 5 MB. Et spørgeskema fylder langt mindre."))])
    try:
        read = list(_tables(content, file))
    except BadFile as error:
        raise BadForm(file, [Problem("survey", 0, str(error))]) from error
    tables = dict(read)
    problems = [
        Problem(name, 0, _("der er to ark med det navn. Slet det ene."))
        for name, times in Counter(name for name, _table in read).items()
        if times > 1
    ]
    problems += [
        Problem(name, 0, _("arket kan ikke læses. Læg dets svar i arket “choices”, og slet arket."))
        for name in NOT_READ & set(tables)
        if len(tables[name]) > 1
    ]
    if "survey" not in tables:
        problems.append(Problem("survey", 0, _("arket mangler. Kald arket med spørgsmålene “survey”.")))
    spoken = code_of(_default_language(tables.get("settings", []))) or language
    sheets = {name: _sheet(name, tables[name], spoken, problems) for name in SHEETS if name in tables}
    if problems:
        raise BadForm(file, problems)
    return FormFile(file, sheets)


def _tables(content: bytes, file: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Each sheet by its name in lower case, with its rows of texts. Raises BadFile."""
    if file.lower().endswith((".md", ".markdown")) and not content.startswith(b"PK"):
        yield from _markdown(_decoded(content, file))
        return
    sheets = read_sheets(content, file)
    if not content.startswith(b"PK"):
        yield from _stacked(_as_texts(sheets[0].rows))
        return
    for sheet in sheets:
        name = "survey" if len(sheets) == 1 else sheet.name.strip().lower()
        yield name, _as_texts(sheet.rows)


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(_("%(file)s er ikke gemt som UTF-8. Gem filen igen som UTF-8.") % {"file": file}) from error


def _as_texts(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    return [[_as_text(field) for field in row] for row in rows]


def _as_text(field: object) -> str:
    if isinstance(field, float) and field.is_integer():
        return str(int(field))
    return str(field).replace("\r\n", "\n").replace("\u00a0", " ").strip()


def _stacked(rows: Iterable[list[str]]) -> Iterator[tuple[str, list[list[str]]]]:
    """Sheets below one another, each begun by its name in the first column."""
    found: dict[str, list[list[str]]] = {}
    name = ""
    for row in rows:
        if row and row[0]:
            name = row[0].lower()
        if name and (any(row[1:]) or found.get(name)):
            found.setdefault(name, []).append(row[1:])
    yield from found.items()


def _markdown(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Tables drawn with upright lines; what stands outside them is for the reader."""
    lines = (line.strip() for line in text.splitlines())
    drawn = (_PIPE.split(line)[1:-1] for line in lines if line.startswith("|"))
    cells = ([cell.strip().replace(r"\|", "|") for cell in row] for row in drawn)
    return _stacked(row for row in cells if any(row) and not all(set(cell) <= {"-", ":"} for cell in row))


def _default_language(settings: list[list[str]]) -> str:
    """What the settings say of the language of texts whose heading names none."""
    if len(settings) < 2:
        return ""
    said = {_column(heading, "").name: text for heading, text in zip(settings[0], settings[1], strict=False)}
    return said.get("default_language", "")


def _sheet(name: str, table: list[list[str]], language: str, problems: list[Problem]) -> FormSheet:
    """A sheet, with what is wrong with its headings and its size added to the problems."""
    headings, *rows = table
    if len(rows) > MOST_ROWS or len(headings) > MOST_COLUMNS:
        problems.append(Problem(name, 0, _("arket er for stort. Del spørgeskemaet, eller slet det, der ikke bruges.")))
        return FormSheet((), (), (), ())
    columns = [_column(heading, language) if heading else None for heading in headings]
    problems += [
        Problem(name, 1, _("overskriften “%(heading)s” står to gange. Slet den ene.") % {"heading": headings[place]})
        for place, column in enumerate(columns)
        if column and column in columns[:place]
    ]
    problems += [
        Problem(name, 1, _("sproget i “%(heading)s” er ikke kendt. Skriv som “label::Dansk (da)”.") % {"heading": said})
        for said, column in zip(headings, columns, strict=True)
        if column and column.name in TEXTS and column.language == "?"
    ]
    found = [_row(number, row, columns) for number, row in enumerate(rows, start=2)]
    problems += [
        Problem(name, row.number, _("et felt er over %(n)s tegn. Gør teksten kortere.") % {"n": LONGEST})
        for row in found
        if any(len(text) > LONGEST for text in row.fields.values())
    ]
    raw = [dict(_raw(row, headings, columns)) for row in rows]
    filled = [row for row in found if row.fields and not _is_off(row)]
    return FormSheet(tuple(filter(None, columns)), tuple(filled), tuple(filter(None, headings)), tuple(raw))


def _column(heading: str, language: str) -> Column:
    """A heading as pyxform reads it: “label::Dansk (da)”, “label:english”, “bind::relevant”, “Caption”."""
    said = [part.strip() for part in heading.split("::" if "::" in heading else ":")]
    if to_snake_case(said[0]) in {"bind", "control", "body", "media"} and len(said) > 1:
        said = said[1:]
    if said[0].lower() == "jr":
        said = [":".join(said[:2]), *said[2:]]
    snaked: str = to_snake_case(said[0])
    name = _OTHER_NAMES.get(said[0].lower()) or _OTHER_NAMES.get(snaked, snaked)
    if name not in _SPOKEN:
        return Column(name)
    return Column(name, (code_of(said[1]) or "?") if len(said) > 1 else language)


def _row(number: int, row: list[str], columns: list[Column | None]) -> Row:
    filled = zip(columns, row, strict=False)
    return Row(number, {column: _said(column, text) for column, text in filled if column and text})


def _said(column: Column, text: str) -> str:
    return _TRUE_OR_FALSE.get(text, text) if column.name in _YES_OR_NO else text


def _raw(row: list[str], headings: list[str], columns: list[Column | None]) -> Iterator[tuple[str, str]]:
    for heading, column, text in zip(headings, columns, row, strict=False):
        if column and text:
            yield heading, _said(column, text)


def _is_off(row: Row) -> bool:
    return row.said("disabled").lower() in {"yes", "true", "true()"}
