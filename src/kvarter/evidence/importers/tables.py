"""Somebody's table read by a mapping: every figure with its place and time, and what is odd about it told."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Line, Period, Severity, Status, Unit
from kvarter.evidence.importers.mapping import Mapping, text_of
from kvarter.evidence.importers.merging import unmerged
from kvarter.evidence.importers.numbers import decimal_sign, number
from kvarter.evidence.importers.oddities import oddities
from kvarter.evidence.importers.statuses import status_from
from kvarter.evidence.importers.times import period_from
from kvarter.evidence.showing import period_text
from kvarter.tables.limits import BadFile
from kvarter.tables.sheets import read_sheets
from kvarter.tables.workbook import Sheet


def read_mapped(content: bytes, name: str, mapping: Mapping) -> Extract:
    """The figures of a file by a mapping. Raises BadFile naming sheet, row and column, and how to mend it.

    The digest is of the file; where it has several sheets, of the file followed by the sheet's name.
    """
    sheets = read_sheets(content, name)
    sheet = sheet_of(sheets, mapping.sheet, name)
    return read_sheet(sheet, name, mapping, content + (sheet.name.encode() if len(sheets) > 1 else b""))


def read_sheet(sheet: Sheet, name: str, mapping: Mapping, content: bytes) -> Extract:
    """The figures of one sheet by a mapping. Raises BadFile with everything that is wrong."""
    return _Reading(sheet, name, mapping).extract(hashlib.sha256(content).hexdigest())


def sheet_of(sheets: Sequence[Sheet], wanted: str, name: str) -> Sheet:
    """The sheet that is to be read. Raises BadFile where it is not there, or it is not told which."""
    named = [sheet for sheet in sheets if sheet.name == wanted] or (
        list(sheets) if not wanted or len(sheets) == 1 else []
    )
    if len(named) != 1:
        raise BadFile(
            _("%(file)s har arkene %(sheets)s. Sig i opskriften, hvilket ét af dem der skal læses.")
            % {"file": name, "sheets": ", ".join(sheet.name for sheet in sheets)}
        )
    return named[0]


@dataclass(frozen=True)
class _Cell:
    unit: str
    period: Period
    measure: str
    amount: float
    status: Status
    row: int


class _Reading:
    """One sheet on its way to an Extract. faults: everything that is wrong with it so far."""

    def __init__(self, sheet: Sheet, name: str, mapping: Mapping) -> None:
        self.name, self.mapping, self.sheet_name = name, mapping, sheet.name
        self.faults: list[str] = []
        if mapping.header_row > len(sheet.rows):
            raise BadFile(self._told(mapping.header_row, "", _("rækken med overskrifter findes ikke")))
        self.last = mapping.last_row or len(sheet.rows)
        self.sheet, self.filled = unmerged(sheet, mapping, self._fault)
        self.headings = [text_of(field) for field in self.sheet.rows[mapping.header_row - 1]]
        self._look_for_columns()
        if self.faults:
            raise BadFile.of(self.faults)
        self.at = {heading: place for place, heading in enumerate(self.headings)}

    def _told(self, row: int, column: str, why: str) -> str:
        """What is wrong, with its place."""
        facts = {"file": self.name, "sheet": self.sheet_name, "row": row, "column": column, "why": why}
        if not column:
            return _("%(file)s, ark “%(sheet)s”, række %(row)s: %(why)s.") % facts
        return _("%(file)s, ark “%(sheet)s”, række %(row)s, kolonne “%(column)s”: %(why)s.") % facts

    def _fault(self, row: int, column: str, why: str) -> None:
        self.faults.append(self._told(row, column, why))

    def _look_for_columns(self) -> None:
        mapping = self.mapping
        twice = [heading for heading, times in Counter(filter(None, self.headings)).items() if times > 1]
        wanted = [mapping.unit_column, mapping.period_column, mapping.measure_column, mapping.status_column]
        for heading in dict.fromkeys(filter(None, [*wanted, *mapping.figures])):
            if heading not in self.headings:
                there = ", ".join(filter(None, self.headings))[:300]
                told = _("kolonnen findes ikke. Arket har nu: %(there)s. Ret opskriften") % {"there": there}
                self._fault(mapping.header_row, heading, told)
            elif heading in twice:
                self._fault(mapping.header_row, heading, _("to kolonner hedder det samme. Giv dem hver sit navn"))

    @property
    def figure_columns(self) -> list[str]:
        """The columns of figures: those named, or all that are not spoken for."""
        mapping = self.mapping
        taken = {mapping.unit_column, mapping.period_column, mapping.measure_column, mapping.status_column, ""}
        return mapping.figures or [heading for heading in self.headings if heading not in taken]

    def cells(self) -> Iterator[_Cell]:
        """Every figure that can be read, row by row; what cannot is told in `faults`."""
        mapping = self.mapping
        rows = [(n, row) for n, row in enumerate(self.sheet.rows, 1) if mapping.header_row < n <= self.last]
        signs = {
            column: mapping.decimal or decimal_sign([_at(row, self.at[column]) for _n, row in rows])
            for column in self.figure_columns
        }
        for n, row in rows:
            if not any(text_of(field) for field in row):
                continue
            if len(row) > len(self.headings) and any(text_of(field) for field in row[len(self.headings) :]):
                self._fault(n, "", _("rækken har flere felter end overskrifterne"))
                continue
            unit = self._text(row, mapping.unit_column) if mapping.unit_column else mapping.unit
            if not unit:
                self._fault(n, mapping.unit_column, _("der står ikke, hvilket område rækken er om. Skriv det i feltet"))
            status = self._status(row, n)
            once = None if mapping.periods_across and not mapping.period_column else self._period(row, n, "")
            for column in self.figure_columns:
                period = self._period(row, n, column) if mapping.periods_across else once
                found = self._figure(_at(row, self.at[column]), n, column, signs[column], status)
                if unit and period and found:
                    yield _Cell(unit, period, self._measure(row, column), *found, n)

    def _text(self, row: Sequence[object], column: str) -> str:
        return text_of(_at(row, self.at[column]))

    def _measure(self, row: Sequence[object], column: str) -> str:
        """What a figure is of: a time in a heading is no name of it."""
        if self.mapping.measure_column:
            return self._text(row, self.mapping.measure_column) or column
        return (self.mapping.label or self.sheet_name) if self.mapping.periods_across else column

    def _period(self, row: Sequence[object], n: int, column: str) -> Period | None:
        mapping = self.mapping
        text = column if mapping.periods_across and not mapping.period_column else mapping.period
        if mapping.period_column:
            text = self._text(row, mapping.period_column)
        found = period_from(text)
        if found is None:
            told = (
                _("“%(text)s” er ingen tid, vi kender. Skriv fx 2025, 2025K1, 31.12.2025 eller 2024/25")
                if text
                else _("der står ingen tid. Skriv fx 2025, 2025K1, 31.12.2025 eller 2024/25")
            )
            self._fault(n, mapping.period_column or column, told % {"text": text[:60]})
        return found

    def _status(self, row: Sequence[object], n: int) -> Status | None:
        """The status that a row tells of its figures; None where it tells none."""
        column = self.mapping.status_column
        text = self._text(row, column) if column else ""
        found = status_from(text, self.mapping.signs) if text else None
        if text and found is None:
            told = _("“%(text)s” er ingen status, vi kender. Skriv fx A, foreløbig, skjult eller mangler")
            self._fault(n, column, told % {"text": text[:60]})
        return found

    def _figure(
        self, field: object, row: int, column: str, decimal: str, status: Status | None
    ) -> tuple[float, Status] | None:
        text = text_of(field)
        if text in self.mapping.signs:
            sign = self.mapping.signs[text]
            return math.nan, (sign if status is None or status.has_figure else status)
        amount = number(field, decimal=decimal)
        if amount is None:
            told = _("“%(text)s” er ikke et tal. Ret feltet, eller sig i opskriften, hvad tegnet står for")
            self._fault(row, column, told % {"text": text[:60]})
            return None
        if status is not None and not status.has_figure:
            told = _("rækkens status siger, at der ikke er noget tal, men der står %(text)s. Ret det ene af dem")
            self._fault(row, column, told % {"text": text[:60]})
            return None
        return amount, status or Status.NORMAL

    def extract(self, digest: str) -> Extract:
        """The figures laid out by place and time. Raises BadFile with everything that is wrong."""
        cells = list(self.cells())
        if self.faults:
            raise BadFile.of(self.faults)
        if not cells:
            raise BadFile(self._told(self.mapping.header_row, "", _("der er ingen tal under overskrifterne")))
        keys = list(dict.fromkeys((cell.unit, cell.period) for cell in cells))
        measures = tuple(dict.fromkeys(cell.measure for cell in cells))
        line_at, measure_at = ({key: n for n, key in enumerate(found)} for found in (keys, measures))
        amounts = np.full((len(keys), len(measures)), np.nan)
        statuses = np.full((len(keys), len(measures)), Status.MISSING.value, dtype="<U2")
        seen: dict[tuple[int, int], int] = {}
        doubled: list[tuple[_Cell, int]] = []
        rows: dict[int, int] = {}
        for cell in cells:
            line, measure = line_at[cell.unit, cell.period], measure_at[cell.measure]
            if (line, measure) in seen:
                doubled.append((cell, seen[line, measure]))
            seen[line, measure] = cell.row
            rows.setdefault(line, cell.row)
            amounts[line, measure], statuses[line, measure] = cell.amount, cell.status.value
        lines = tuple(Line(Unit(self.mapping.scheme, unit), period, rows[n]) for n, (unit, period) in enumerate(keys))
        return Extract(
            self.mapping.source,
            self.name,
            digest,
            self.mapping.label or self.sheet.name,
            self.mapping.published,
            lines,
            measures,
            amounts,
            statuses,
            self.mapping.attribution,
            footnotes=self._footer(),
            findings=(*_filled(self.filled), *_doubled(doubled), *oddities(lines, measures, amounts, self.mapping)),
            areas=self.mapping.areas,
            makes=tuple((one.indicator, tuple(one.part), tuple(one.whole)) for one in self.mapping.makes),
        )

    def _footer(self) -> tuple[str, ...]:
        """What stands below the figures: the producer's notes."""
        if not self.mapping.last_row:
            return ()
        texts = [" ".join(filter(None, map(text_of, row))) for row in self.sheet.rows[self.mapping.last_row :]]
        return tuple(text for text in texts if text)


def _at(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else ""


def _filled(filled: list[str]) -> list[Finding]:
    return [Finding("merged-cells", Severity.NOTE, told) for told in filled]


def _doubled(doubled: list[tuple[_Cell, int]]) -> list[Finding]:
    found = []
    for cell, before in doubled[:20]:
        told = _(
            "“%(measure)s” for %(unit)s %(period)s står to gange, i række %(before)s og %(row)s. Behold den ene."
        ) % {
            "measure": cell.measure,
            "unit": cell.unit,
            "period": period_text(cell.period),
            "before": before,
            "row": cell.row,
        }
        found.append(Finding("doubled-rows", Severity.STOP, told, (cell.measure,)))
    return found
