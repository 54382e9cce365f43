"""The mapping that fits a sheet best, for a person to put right."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from kvarter.evidence.importers.mapping import Mapping, text_of
from kvarter.evidence.importers.numbers import SIGNS, number
from kvarter.evidence.importers.times import period_from
from kvarter.tables.limits import BadFile
from kvarter.tables.workbook import Sheet

_UNIT_WORDS = re.compile(r"område|sted|kommune|afdeling|sogn|distrikt|enhed|area|unit|kode|code", re.IGNORECASE)
_PERIOD_WORDS = re.compile(
    r"^(år|årstal|aar|tid|tidspunkt|periode|dag|dato|datoen|opgjort|måned|kvartal|skoleår|year|period|date|day|month"
    r"|quarter|time)\b",
    re.IGNORECASE,
)
_STATUS_WORDS = re.compile(r"^(status|obs_status|bemærkning)", re.IGNORECASE)


def suggest(sheet: Sheet, *, source: str, scheme: str = "afdeling", header_row: int = 0) -> Mapping:
    """The mapping that fits a sheet best. header_row: the row of headings, counted from 1, where it is known.

    Raises BadFile where no row can be headings.
    """
    header = header_row - 1 if header_row else found_header(sheet)
    names = [text_of(field) for field in sheet.rows[header]]
    times = [name for name in names if period_from(name)]
    when = next((name for name in names if _PERIOD_WORDS.search(name) and name not in times), "")
    when = when or next((n for n in names if n and n not in times and _are_days(sheet, header, names.index(n))), "")
    status = next((name for name in names if _STATUS_WORDS.search(name)), "")
    spoken_for = (when, status, *times)
    texts = [n for n in names if n and n not in spoken_for and not _is_figures(sheet, header, names.index(n))]
    unit = next((name for name in names if _UNIT_WORDS.search(name) and name not in spoken_for), "")
    unit = unit or (texts[0] if texts else "")
    across = len(times) > 1 and not when
    others = [name for name in names if name and name not in (unit, *spoken_for)]
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
        status_column=status,
        figures=times if across else [name for name in others if _is_figures(sheet, header, names.index(name))],
        label=_title(sheet, header),
        source=source,
    )


def found_header(sheet: Sheet) -> int:
    """The first row, from 0, that is full, has no figures but times, and is followed by a row with figures.

    Raises BadFile.
    """
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


def _known(sheet: Sheet, header: int, column: int) -> list[object]:
    fields = [row[column] for row in sheet.rows[header + 1 :] if column < len(row)]
    return [field for field in fields if text_of(field) not in SIGNS]


def _is_figures(sheet: Sheet, header: int, column: int) -> bool:
    known = _known(sheet, header, column)
    return bool(known) and sum(number(field) is not None for field in known) >= 0.8 * len(known)


def _are_days(sheet: Sheet, header: int, column: int) -> bool:
    """Whether a column has times that can be no figures, as days and quarters."""
    known = _known(sheet, header, column)
    days = [field for field in known if number(field) is None and period_from(text_of(field))]
    return bool(known) and len(days) >= 0.8 * len(known)


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
