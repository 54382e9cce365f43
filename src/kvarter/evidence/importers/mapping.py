"""A saved mapping: which columns of somebody's table are the place, the time and the figures."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kvarter.evidence.importers.extract import Period, Status
from kvarter.evidence.importers.numbers import SIGNS, number
from kvarter.evidence.importers.statbank.periods import period_of
from kvarter.tables.limits import BadFile
from kvarter.tables.workbook import Sheet

_UNIT_WORDS = re.compile(r"område|sted|kommune|afdeling|sogn|distrikt|enhed|area|unit|kode|code", re.IGNORECASE)
_PERIOD_WORDS = re.compile(r"^(år|aar|tid|periode|dato|year|period|date|kvartal|skoleår)", re.IGNORECASE)
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*/\s*(\d{2}|\d{4})")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sum(_Strict):
    """Columns whose figures are to add up to that of another."""

    total: str
    parts: Annotated[list[str], Field(min_length=1)]


class Mapping(_Strict):
    """How a table is to be read. Columns are named by their heading.

    sheet: its name, "" when the file has one. header_row: the row of headings, from 1. last_row: the last row of
    figures, 0 to the end. unit_column: the column of the places' codes, or "" with `unit` for a table of one place.
    scheme: whose codes they are. period_column: the column of times, or "" with `period` for a table of one time, or
    with `periods_across` where each column of figures is a time and `measure_column` says what it is of. figures: the
    columns of figures; [] all that are not spoken for. signs: what a text that is no number stands for. sums: what must
    add up.
    """

    version: Literal[1] = 1
    sheet: str = ""
    header_row: int = Field(1, ge=1)
    last_row: int = Field(0, ge=0)
    unit_column: str = ""
    unit: str = ""
    scheme: str = Field("afdeling", min_length=1, max_length=20)
    period_column: str = ""
    period: str = ""
    periods_across: bool = False
    measure_column: str = ""
    figures: list[str] = []
    signs: dict[str, Status] = SIGNS
    decimal: Literal["", ",", "."] = ""
    sums: list[Sum] = []
    label: str = Field("", max_length=200)
    published: date | None = None
    source: str = Field(min_length=1, max_length=60)
    attribution: str = Field("", max_length=300)


def read_mapping(text: str) -> Mapping:
    """A mapping from its JSON. Raises BadFile naming the part that is wrong."""
    try:
        return Mapping.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "JSON"
        raise BadFile(
            _("Opskriften på tabellen, %(place)s: %(why)s") % {"place": place, "why": first["msg"]}
        ) from error


def period_from(text: str) -> Period | None:
    """A time as people write it: 2020, 2020K1, 2019/20 (a school year), 31.12.2020 or 2020-12-31; None if none."""
    bare = text.strip()
    if school := _SCHOOL_YEAR.fullmatch(bare):
        first = int(school[1])
        if int(school[2]) in ((first + 1) % 100, first + 1):
            return Period(date(first, 8, 1), date(first + 1, 7, 31))
    if danish := re.fullmatch(r"(\d{1,2})[.-](\d{1,2})[.-](\d{4})", bare):
        day, month, year = map(int, danish.groups())
        bare = f"{year:04d}-{month:02d}-{day:02d}"
    try:
        found = date.fromisoformat(bare) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare) else None
    except ValueError:
        return None
    return Period(found, found) if found else period_of(bare)


def text_of(field: object) -> str:
    """A field as text; a whole number without decimals."""
    if isinstance(field, float) and field.is_integer() and abs(field) < 1e15:
        return str(int(field))
    return " ".join(str(field).split())


def suggest(sheet: Sheet, *, source: str, scheme: str = "afdeling") -> Mapping:
    """The mapping that fits a sheet best, for a person to put right. Raises BadFile where no row can be headings."""
    header = _header_row(sheet)
    names = [text_of(field) for field in sheet.rows[header]]
    times = [name for name in names if period_from(name)]
    when = next((name for name in names if _PERIOD_WORDS.search(name) and name not in times), "")
    texts = [n for n in names if n and n not in (when, *times) and not _is_figures(sheet, header, names.index(n))]
    unit = next((name for name in texts if _UNIT_WORDS.search(name)), texts[0] if texts else "")
    across = len(times) > 1 and not when
    others = [name for name in names if name and name not in (unit, when, *times)]
    measure = next((name for name in others if across and not _is_figures(sheet, header, names.index(name))), "")
    return Mapping(
        sheet=sheet.name,
        header_row=header + 1,
        last_row=_last_row(sheet, header),
        unit_column=unit,
        scheme=scheme,
        period_column=when,
        periods_across=across,
        measure_column=measure,
        figures=times if across else [name for name in others if _is_figures(sheet, header, names.index(name))],
        label=_title(sheet, header),
        source=source,
    )


def _header_row(sheet: Sheet) -> int:
    """The first row that is full, has no figures but times, and is followed by a row with figures. Raises BadFile."""
    for at, row in enumerate(sheet.rows[:-1]):
        texts = [text_of(field) for field in row]
        filled = [text for text in texts if text]
        below = sheet.rows[at + 1]
        is_head = all(number(text) is None or period_from(text) for text in filled)
        if len(filled) > 1 and is_head and any(number(field) is not None for field in below[1:]):
            return at
    raise BadFile(
        _("Arket “%(sheet)s” har ingen række med overskrifter over tal. Sig, hvilken række overskrifterne står i.")
        % {"sheet": sheet.name}
    )


def _is_figures(sheet: Sheet, header: int, column: int) -> bool:
    fields = [row[column] for row in sheet.rows[header + 1 :] if column < len(row)]
    known = [field for field in fields if text_of(field) not in SIGNS]
    return bool(known) and sum(number(field) is not None for field in known) >= 0.8 * len(known)


def _last_row(sheet: Sheet, header: int) -> int:
    """The last row before the footer: the rows after the last that has a figure are notes."""
    last = header + 1
    for at, row in enumerate(sheet.rows[header + 1 :], header + 2):
        if any(number(field) is not None for field in row[1:]):
            last = at
    return last


def _title(sheet: Sheet, header: int) -> str:
    titles = [text_of(field) for row in sheet.rows[:header] for field in row if text_of(field)]
    return (titles[0] if titles else sheet.name)[:200]
