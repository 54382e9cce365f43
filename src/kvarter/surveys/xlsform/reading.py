"""A form as a questionnaire: all of it, or every reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath

from django.utils.translation import gettext as _
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from kvarter.surveys.faults import Fault, faults_of
from kvarter.surveys.questionnaire import Item, Questionnaire, Scale, Texts
from kvarter.surveys.xlsform.choices import Lists
from kvarter.surveys.xlsform.errors import BadForm, Problem
from kvarter.surveys.xlsform.languages import code_of
from kvarter.surveys.xlsform.rows import Rows
from kvarter.surveys.xlsform.sheets import FormFile, Row, read_form_file

_OUR_OWN = {
    "survey": {"kvarter_theme", "kvarter_told", "kvarter_note", "kvarter_about"},
    "choices": {"kvarter_score", "kvarter_without"},
    "settings": {"kvarter_title", "kvarter_audience"},
}


@dataclass(frozen=True)
class ReadForm:
    """A questionnaire from a form. remarks: what was left out or understood in one of several ways."""

    questionnaire: Questionnaire
    remarks: tuple[Problem, ...]


def read_xlsform(content: bytes, file: str, *, language: str = "da") -> ReadForm:
    """The questionnaire in a form (.xlsx, .ods, .csv, or tables in a .md). Raises BadForm naming each row and remedy.

    language: of texts whose heading names none, when the settings do not say either.
    """
    form = read_form_file(content, file, language)
    problems = _unknown_columns(form)
    lists = Lists(form.sheet("choices"), problems)
    rows = Rows(form.sheet("survey"), problems)
    settings = next(iter(form.sheet("settings").rows), Row(2, {}))
    if problems:
        raise BadForm(file, problems)
    remarks = [*lists.remarks, *rows.remarks]
    found = _put_together(form, rows, lists, settings, remarks)
    faults = faults_of(found)
    if faults:
        raise BadForm(file, [_at(fault, rows, lists) for fault in faults])
    _ask_pyxform(form)
    return ReadForm(found, tuple(remarks))


def _unknown_columns(form: FormFile) -> list[Problem]:
    """Columns that look like ours and are not: most likely misspelt, and so what they say would be lost."""
    return [
        Problem(name, 1, _("kolonnen “%(column)s” er ikke kendt. Ret stavningen.") % {"column": column.name})
        for name, sheet in form.sheets.items()
        for column in sheet.columns
        if column.name.startswith("kvarter_") and column.name not in _OUR_OWN[name]
    ]


def _put_together(form: FormFile, rows: Rows, lists: Lists, settings: Row, remarks: list[Problem]) -> Questionnaire:
    items = [item for section in rows.sections for item in section.items]
    own = _own_lists(items)
    languages = _languages(form)
    titles = _titles(settings, form.name, languages)
    return Questionnaire(
        key=_key(settings, form.name),
        version=_version(settings, remarks),
        titles=titles,
        languages=languages,
        sections=tuple(
            replace(section, items=tuple(_with_choices(item, own, lists) for item in section.items))
            for section in rows.sections
        ),
        scales=tuple(Scale(name, choices) for name, choices in lists.choices.items() if name not in own),
        introductions=rows.introductions,
        audience=settings.said("kvarter_audience") or "adults",
    )


def _own_lists(items: list[Item]) -> frozenset[str]:
    """Lists that only the question of the same name uses: its own answers, and no scale."""
    users: dict[str, list[str]] = {}
    for item in items:
        users.setdefault(item.scale, []).append(item.key)
    return frozenset(name for name, keys in users.items() if keys == [name])


def _with_choices(item: Item, own: frozenset[str], lists: Lists) -> Item:
    if item.scale not in own:
        return item
    return replace(item, scale="", choices=lists.choices.get(item.scale, ()))


def _languages(form: FormFile) -> tuple[str, ...]:
    """The languages of the labels: the form's own first, then as they stand."""
    columns = [
        column for name in ("survey", "choices") for column in form.sheet(name).columns if column.name == "label"
    ]
    found = dict.fromkeys(column.language for column in columns)
    own = code_of(next((row.said("default_language") for row in form.sheet("settings").rows), ""))
    return tuple(sorted(found, key=lambda code: code != own))


def _titles(settings: Row, file: str, languages: tuple[str, ...]) -> Texts:
    """The title in each language: as the form says, else the one it has."""
    said = settings.said("form_title") or settings.said("form_id") or PurePath(file).stem
    return {code: settings.texts("kvarter_title").get(code, said) for code in languages}


def _key(settings: Row, file: str) -> str:
    said = settings.said("form_id")
    if said:
        return said
    return re.sub(r"[^a-zA-Z0-9_-]+", "-", PurePath(file).stem).strip("-")[:60] or "skema"


def _version(settings: Row, remarks: list[Problem]) -> int:
    said = settings.said("version")
    if re.fullmatch(r"[0-9]{1,9}", said) and int(said):
        return int(said)
    if said:
        remarks.append(
            Problem("settings", settings.number, _("udgaven “%(v)s” er ikke et tal og læses som 1.") % {"v": said})
        )
    return 1


def _at(fault: Fault, rows: Rows, lists: Lists) -> Problem:
    """A fault with the row it comes from."""
    if fault.about in rows.numbers:
        return Problem("survey", rows.numbers[fault.about], fault.told)
    if fault.about in lists.rows:
        return Problem("choices", lists.rows[fault.about], fault.told)
    return Problem("survey", 0, fault.told)


def _ask_pyxform(form: FormFile) -> None:
    """Raise BadForm for a form that pyxform, and so Kobo and ODK, would not take."""
    sheets = {name: [dict(row) for row in sheet.raw] for name, sheet in form.sheets.items()}
    headings = {f"{name}_header": [dict.fromkeys(sheet.headings)] for name, sheet in form.sheets.items()}
    try:
        convert({**sheets, **headings, "sheet_names": list(sheets), "fallback_form_name": PurePath(form.name).stem})
    except PyXFormError as error:
        told = _("Kobo og ODK kan ikke bruge det: %(said)s") % {"said": error}
        row = re.search(r"\[row : (\d+)\]", str(error))
        raise BadForm(form.name, [Problem("survey", int(row[1]) if row else 0, told)]) from error
