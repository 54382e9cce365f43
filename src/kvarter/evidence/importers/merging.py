"""Fields that somebody merged in a sheet: filled and told where it is plain what they mean, refused where it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from kvarter.evidence.importers.mapping import Mapping, text_of
from kvarter.tables.workbook import Sheet, corners_of, letters_of

Fault = Callable[[int, str, str], None]


def unmerged(sheet: Sheet, mapping: Mapping, fault: Fault) -> tuple[Sheet, list[str]]:
    """The sheet with merged fields filled, and what was filled in words. fault: told what cannot be (row, column, why).

    A place or a time that was merged down its own column holds for all its rows, and so does a heading that was merged
    with the empty rows above it. A merged figure could be one for all rows or the same for each: that is refused.
    """
    rows, filled = [list(row) for row in sheet.rows], []
    last = mapping.last_row or len(rows)
    head = mapping.header_row - 1
    for place in sheet.merged:
        corners = corners_of(place)
        if corners is None:
            continue
        top, left, bottom, right = corners
        if bottom < head or top >= last:
            continue
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        heading = _heading(rows, head, left) or text_of(value)
        is_head = bottom == head and left == right
        is_said = heading in {mapping.unit_column, mapping.period_column} and heading and left == right and top > head
        if not text_of(value):
            continue
        if not (is_head or is_said):
            told = _("felterne %(place)s er slået sammen. Del dem i regnearket, og udfyld dem alle")
            fault(top + 1, heading or letters_of(left), told % {"place": place})
            continue
        for row in rows[top : bottom + 1]:
            row[left] = value
        told = _("Ark “%(sheet)s”, felterne %(place)s var slået sammen. “%(text)s” er læst i dem alle.")
        filled.append(told % {"sheet": sheet.name, "place": place, "text": text_of(value)[:60]})
    return replace(sheet, rows=rows), filled


def _heading(rows: list[list[object]], head: int, column: int) -> str:
    return text_of(rows[head][column]) if column < len(rows[head]) else ""
