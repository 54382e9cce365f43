"""What the page of a mapping shows of a sheet: its first rows with letters and numbers, as a spreadsheet does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kvarter.agreements.models import Partnership
from kvarter.evidence.importers.beboerdata import SOURCE as BEBOERDATA
from kvarter.evidence.importers.mapping import Mapping, read_mapping, text_of
from kvarter.evidence.importers.reading import FETCHED, MAPPED
from kvarter.evidence.models import Draft, IndicatorRecipe, SavedMapping
from kvarter.tables.limits import BadFile
from kvarter.tables.workbook import Sheet, letters_of

MOST_ROWS, MOST_COLUMNS, LONGEST = 8, 30, 60


@dataclass(frozen=True)
class ShownRow:
    """A row of a sheet: its number, and whether it is that of the headings."""

    number: int
    is_header: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class ShownSheet:
    """The first rows of a sheet, those about its headings and below. more: columns that are not shown."""

    letters: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    more: int


def shown(sheet: Sheet, header: int) -> ShownSheet:
    """A sheet as it is shown. header: the row of headings, from 1."""
    first = max(0, header - 3)
    rows = sheet.rows[first : first + MOST_ROWS]
    width = max(len(row) for row in sheet.rows)
    columns = min(width, MOST_COLUMNS)
    return ShownSheet(
        tuple(letters_of(n) for n in range(columns)),
        tuple(ShownRow(n, n == header, _fields(row, columns)) for n, row in enumerate(rows, first + 1)),
        width - columns,
    )


def _fields(row: Sequence[object], columns: int) -> tuple[str, ...]:
    texts = [text_of(field)[:LONGEST] for field in row[:columns]]
    return tuple(texts + [""] * (columns - len(texts)))


def fitting(partnership: Partnership, sheets: Iterable[Sheet]) -> SavedMapping | None:
    """The saved mapping whose every column is in the file, if there is one (one SQL query)."""
    there = {sheet.name: sheet for sheet in sheets}
    for saved in partnership.mappings.order_by("-pk"):
        try:
            mapping = read_mapping(saved.mapping)
        except BadFile:  # it was saved by an earlier form of mappings
            continue
        sheet = there.get(mapping.sheet) or (next(iter(there.values())) if len(there) == 1 else None)
        if sheet and fits(mapping, sheet):
            return saved
    return None


def fits(mapping: Mapping, sheet: Sheet) -> bool:
    """Whether a mapping says what is made of a sheet, and every column it names is there."""
    return (
        bool(mapping.makes) and mapping.header_row <= len(sheet.rows) and not gone(mapping, sheet, mapping.header_row)
    )


def gone(mapping: Mapping, sheet: Sheet, header: int) -> list[str]:
    """The columns that a mapping names and the sheet has not, in its row of headings (from 1)."""
    headings = {text_of(field) for field in sheet.rows[header - 1]}
    named = [mapping.unit_column, mapping.period_column, mapping.measure_column, mapping.status_column]
    return [name for name in dict.fromkeys([*named, *mapping.figures]) if name and name not in headings]


def takes_figures(draft: Draft) -> bool:
    """Whether it can be said of a file which of its figures make an indicator, without a mapping of columns."""
    return draft.kind in {FETCHED, "statbank"}


def needs_mapping(draft: Draft) -> bool:
    """Whether it is still to be said how a file is read (one SQL query for Beboerdata, none for others)."""
    if draft.kind not in MAPPED or draft.options.get("mapping"):
        return False
    own = IndicatorRecipe.objects.filter(indicator__partnership=draft.partnership, source__key=BEBOERDATA)
    return draft.kind != BEBOERDATA or not own.exists()
