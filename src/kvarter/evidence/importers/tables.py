"""Somebody's table read by a mapping: every figure with its place and time, and what is odd about it told."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Floats, Line, Period, Severity, Status, Unit
from kvarter.evidence.importers.mapping import Mapping, period_from, text_of
from kvarter.evidence.importers.numbers import decimal_sign, number
from kvarter.tables.limits import BadFile
from kvarter.tables.sheets import read_sheets
from kvarter.tables.workbook import Sheet

# Parts may miss their total by so much of it where producers round each figure.
ROUNDING = 0.005


def read_mapped(content: bytes, name: str, mapping: Mapping) -> Extract:
    """The figures of a file by a mapping. Raises BadFile naming sheet, row and column, and how to mend it."""
    return read_sheet(_sheet(read_sheets(content, name), mapping.sheet, name), name, mapping, content)


def read_sheet(sheet: Sheet, name: str, mapping: Mapping, content: bytes) -> Extract:
    """The figures of one sheet by a mapping. Raises BadFile."""
    return _Reading(sheet, name, mapping).extract(hashlib.sha256(content).hexdigest())


def _sheet(sheets: Sequence[Sheet], wanted: str, name: str) -> Sheet:
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
    def __init__(self, sheet: Sheet, name: str, mapping: Mapping) -> None:
        self.sheet, self.name, self.mapping = sheet, name, mapping
        if mapping.header_row > len(sheet.rows):
            raise self.bad(mapping.header_row, "", _("rækken med overskrifter findes ikke"))
        self.headings = [text_of(field) for field in sheet.rows[mapping.header_row - 1]]
        twice = [heading for heading, times in Counter(filter(None, self.headings)).items() if times > 1]
        wanted = [mapping.unit_column, mapping.period_column, mapping.measure_column, *mapping.figures]
        for heading in filter(None, wanted):
            if heading not in self.headings:
                raise self.bad(mapping.header_row, heading, _("kolonnen findes ikke"))
            if heading in twice:
                raise self.bad(mapping.header_row, heading, _("to kolonner hedder det samme. Giv dem hver sit navn"))
        self._refuse_merged()

    def bad(self, row: int, column: str, why: str) -> BadFile:
        """The error that names the place."""
        return BadFile(
            _("%(file)s, ark “%(sheet)s”, række %(row)s, kolonne “%(column)s”: %(why)s.")
            % {"file": self.name, "sheet": self.sheet.name, "row": row, "column": column, "why": why}
        )

    def _refuse_merged(self) -> None:
        first, last = self.mapping.header_row, self.mapping.last_row or len(self.sheet.rows)
        for place in self.sheet.merged:
            rows = [int(text) for text in _numbers(place)]
            if rows and max(rows) >= first and min(rows) <= last:
                raise self.bad(
                    min(rows), place, _("felterne er slået sammen. Del dem i regnearket, og udfyld dem alle")
                )

    @property
    def figure_columns(self) -> list[str]:
        """The columns of figures: those named, or all that are not spoken for."""
        taken = {self.mapping.unit_column, self.mapping.period_column, self.mapping.measure_column, ""}
        return self.mapping.figures or [heading for heading in self.headings if heading not in taken]

    def cells(self) -> Iterator[_Cell]:
        """Every figure, row by row."""
        mapping, at = self.mapping, {heading: place for place, heading in enumerate(self.headings)}
        last = mapping.last_row or len(self.sheet.rows)
        rows = [(n, row) for n, row in enumerate(self.sheet.rows, 1) if mapping.header_row < n <= last]
        signs = {
            column: mapping.decimal or decimal_sign([_at(row, at[column]) for _n, row in rows])
            for column in self.figure_columns
        }
        for n, row in rows:
            if not any(text_of(field) for field in row):
                continue
            if len(row) > len(self.headings) and any(text_of(field) for field in row[len(self.headings) :]):
                raise self.bad(n, "", _("rækken har flere felter end overskrifterne"))
            unit = text_of(_at(row, at[mapping.unit_column])) if mapping.unit_column else mapping.unit
            if not unit:
                raise self.bad(n, mapping.unit_column, _("der står ikke, hvilket område rækken er om"))
            for column in self.figure_columns:
                measure = text_of(_at(row, at[mapping.measure_column])) if mapping.measure_column else column
                amount, status = self._figure(_at(row, at[column]), n, column, signs[column])
                yield _Cell(unit, self._period(row, at, n, column), measure or column, amount, status, n)

    def _period(self, row: Sequence[object], at: dict[str, int], n: int, column: str) -> Period:
        mapping = self.mapping
        text = column if mapping.periods_across else mapping.period
        if mapping.period_column:
            text = text_of(_at(row, at[mapping.period_column]))
        found = period_from(text)
        if found is None:
            raise self.bad(n, mapping.period_column or column, _("“%(text)s” er ingen tid, vi kender") % {"text": text})
        return found

    def _figure(self, field: object, row: int, column: str, decimal: str) -> tuple[float, Status]:
        text = text_of(field)
        if text in self.mapping.signs:
            return math.nan, self.mapping.signs[text]
        amount = number(field, decimal=decimal)
        if amount is None:
            raise self.bad(
                row,
                column,
                _("“%(text)s” er ikke et tal. Sig i opskriften, hvad tegnet står for") % {"text": text[:60]},
            )
        return amount, Status.NORMAL

    def extract(self, digest: str) -> Extract:
        """The figures laid out by place and time."""
        cells = list(self.cells())
        if not cells:
            raise self.bad(self.mapping.header_row, "", _("der er ingen tal under overskrifterne"))
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
            findings=(*_doubled(doubled), *_odd(lines, measures, amounts, self.mapping)),
        )

    def _footer(self) -> tuple[str, ...]:
        """What stands below the figures: the producer's notes."""
        if not self.mapping.last_row:
            return ()
        texts = [" ".join(filter(None, map(text_of, row))) for row in self.sheet.rows[self.mapping.last_row :]]
        return tuple(text for text in texts if text)


def _at(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else ""


def _numbers(place: str) -> list[str]:
    """The row numbers in B3:D3 or R3C2."""
    found, digits = [], ""
    for sign in f"{place.split('C')[0] if place.startswith('R') and 'C' in place else place} ":
        if sign.isdigit():
            digits += sign
        elif digits:
            found.append(digits)
            digits = ""
    return found


def _doubled(doubled: list[tuple[_Cell, int]]) -> list[Finding]:
    if not doubled:
        return []
    cell, before = doubled[0]
    told = _("“%(measure)s” for %(unit)s %(period)s står to gange, i række %(before)s og %(row)s. Behold den ene.") % {
        "measure": cell.measure,
        "unit": cell.unit,
        "period": cell.period,
        "before": before,
        "row": cell.row,
    }
    return [Finding("doubled-rows", Severity.STOP, told, (cell.measure,))]


def _odd(lines: tuple[Line, ...], measures: tuple[str, ...], amounts: Floats, mapping: Mapping) -> list[Finding]:
    """What does not add up, stands still, jumps, or is a per cent of nothing told."""
    found = [*_unequal(measures, amounts, mapping)]
    for place, measure in enumerate(measures):
        series = _series(lines, amounts[:, place])
        if any(len(values) > 2 and len(set(values)) == 1 for values in series):
            told = _("“%(measure)s” er det samme tal hver gang. Det er nok én måling, der er skrevet af.") % {
                "measure": measure
            }
            found.append(Finding("same-measurement", Severity.NOTE, told, (measure,)))
        if any(_jumps(values) for values in series):
            told = _(
                "“%(measure)s” springer mere end halvdelen fra en gang til den næste. Se efter, om der er et brud."
            )
            found.append(Finding("possible-break", Severity.NOTE, told % {"measure": measure}, (measure,)))
        if _is_per_cent(measure):
            known = amounts[:, place][~np.isnan(amounts[:, place])]
            over = bool((known > 100).any() or (known < 0).any())
            told = (
                _("“%(measure)s” er procent, men går uden for 0 til 100. Kolonnen holdes ude.")
                if over
                else _("“%(measure)s” er procent uden det antal, den er af. Den kan kun vises uden usikkerhed.")
            )
            severity = Severity.WITHHELD if over else Severity.NOTE
            kind = "share-above-100" if over else "bare-percentage"
            found.append(Finding(kind, severity, told % {"measure": measure}, (measure,)))
    return found


def _unequal(measures: tuple[str, ...], amounts: Floats, mapping: Mapping) -> Iterator[Finding]:
    at = {measure: place for place, measure in enumerate(measures)}
    for one in mapping.sums:
        if one.total not in at or any(part not in at for part in one.parts):
            continue
        parts = amounts[:, [at[part] for part in one.parts]].sum(axis=1)
        total = amounts[:, at[one.total]]
        off = np.abs(parts - total) > np.maximum(ROUNDING * np.abs(total), 1.0)
        if off.any():
            told = _("Delene giver ikke “%(total)s” i %(n)s rækker. Kolonnerne holdes ude.") % {
                "total": one.total,
                "n": int(off.sum()),
            }
            yield Finding("unequal-sums", Severity.WITHHELD, told, (one.total, *one.parts))


def _series(lines: tuple[Line, ...], amounts: Floats) -> list[list[float]]:
    """The known figures of each place, oldest first."""
    by_unit: dict[str, list[tuple[Period, float]]] = {}
    for line, amount in zip(lines, amounts, strict=True):
        if not math.isnan(amount):
            by_unit.setdefault(line.unit.code, []).append((line.period, float(amount)))
    return [[amount for _period, amount in sorted(own, key=lambda one: one[0].last)] for own in by_unit.values()]


def _jumps(values: list[float]) -> bool:
    return any(max(a, b) >= 20 and abs(b - a) > 0.5 * max(abs(a), abs(b)) for a, b in pairwise(values))


def _is_per_cent(measure: str) -> bool:
    bare = measure.casefold()
    return "%" in bare or "procent" in bare or bare.startswith("andel")
