"""Workbooks and CSV files as people download them from StatBank's site, or have made from it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace

from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Finding, Period, Unit
from kvarter.evidence.importers.statbank.areas import unit_coded, unit_named
from kvarter.evidence.importers.statbank.cells import Cells, Dimension, Value
from kvarter.evidence.importers.statbank.csv_answer import TIME, cells_of, is_answer
from kvarter.evidence.importers.statbank.grid import read_grid
from kvarter.evidence.importers.statbank.layout import SOURCE, StatbankExtract, Told, lay_out, note
from kvarter.evidence.importers.statbank.periods import Timing, period_of, whole_period
from kvarter.evidence.importers.statbank.texts import decoded, grid_of, refuse_foreign
from kvarter.tables.limits import BadFile
from kvarter.tables.workbook import sheet_rows

TIME_WORDS = {"tid", "time", "år", "aar", "year", "periode", "period"}
# What StatBank calls variables that are areas: under these, bare codes are areas too.
AREA_CODES = {"OMRÅDE", "OMR20", "KOMMUNE", "KOMMUNEDK", "KOMK", "BOPKOM", "BOPOMR", "REGION", "MUNICIPALITY"}
# A zero may be a hidden figure in StatBank; a downloaded file does not say, so none is taken at its word.
SUPPRESSED = "0"
# UTF-8 read as Latin-1 shows these before a Danish letter's second half.
_GARBLED = ("Ã¦", "Ã¸", "Ã¥", "Ã†", "Ã˜", "Ã…", "\ufffd")


def read_export(
    raw: bytes, file: str, *, timing: Timing = whole_period, when: Period | None = None, area: int | None = None
) -> StatbankExtract:
    """The Extract of a downloaded workbook (.xlsx) or CSV file.

    timing: which days of a period the figures are about. when: what they are about, for a file without a column of
    time. area: the label column that is the area (from 1), where more than one might be.
    Raises BadFile naming file, row and column, and how to mend it.
    """
    if raw.startswith(b"PK"):
        return _from_grid(sheet_rows(raw, file), raw, file, timing, area)
    text, findings = _text(raw, file)
    if not text.endswith(("\n", "\r")):
        told = _("Sidste række er ikke afsluttet. Se efter, at det sidste tal er helt.")
        findings = (*findings, note("not-ended", told))
    grid = grid_of(text, _separator(text), file)
    if is_answer(grid[0]):
        made = _from_long(cells_of(grid, file), file, raw, file, timing, area, "INDHOLD")
    elif _is_long(grid[0], when):
        made = _from_plain(grid, raw, file, timing, when, area)
    else:
        made = _from_grid(grid, raw, file, timing, area)
    return replace(made, findings=(*findings, *made.findings))


def _text(raw: bytes, file: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of a CSV file in UTF-8, or else in Windows' Western code page, which is told. Raises BadFile."""
    refuse_foreign(raw, file)
    findings: tuple[Finding, ...] = ()
    try:
        text = decoded(raw, file)
    except BadFile:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            text = ""
        if not text or any(sign in text for sign in _GARBLED):
            raise
        findings = (note("not-utf-8", _("Filen er ikke i UTF-8, men læst som Windows-tekst (Latin-1).")),)
    told = _(
        "%(file)s, række %(row)s: danske bogstaver er ødelagt. Filen er gemt med et forkert tegnsæt. Hent den igen."
    )
    faults = [
        told % {"file": file, "row": row}
        for row, line in enumerate(text.splitlines(), start=1)
        if any(sign in line for sign in _GARBLED)
    ]
    if faults:
        raise BadFile.of(faults)
    return text, findings


def _separator(text: str) -> str:
    """Semicolon, comma or tabulator: the one most in the first rows."""
    counts = Counter(sign for sign in "".join(text.splitlines(keepends=True)[:20]) if sign in ";,\t")
    return counts.most_common(1)[0][0] if counts else ";"


def _is_long(header: list[str], when: Period | None) -> bool:
    """Whether a first row names columns, one of them the time, rather than being a title."""
    words = [name.strip().casefold() for name in header]
    return all(words) and len(words) > 1 and (when is not None or any(word in TIME_WORDS for word in words[:-1]))


def _from_plain(
    grid: list[list[str]], raw: bytes, file: str, timing: Timing, when: Period | None, area: int | None
) -> StatbankExtract:
    """The Extract of rows with a column for each variable, the figure last, as municipality,year,inc."""
    time = next((name.strip() for name in grid[0][:-1] if name.strip().casefold() in TIME_WORDS), None)
    if time is None:
        if when is None:
            raise BadFile(_("%(file)s har ingen kolonne for tid. Skriv, hvornår tallene gælder.") % {"file": file})
        # The year stands in for a column the file lacks; the day asked for is given back instead of it.
        grid = [[TIME, *grid[0]], *[[str(when.first.year), *row] for row in grid[1:] if row]]
        time, timing = TIME, lambda _period: when
    name = grid[0][-1].strip()
    return _from_long(cells_of(grid, file, time), f"{file}: {name}", raw, file, timing, area, name)


def _from_long(
    cells: Cells, label: str, raw: bytes, file: str, timing: Timing, area: int | None, single: str
) -> StatbankExtract:
    """The Extract of cells that have a name for each variable."""
    fixed = [one.values[0].code for one in cells.dimensions if len(one.values) == 1 and one.role != "time"]
    named = [text for text in fixed if unit_named(text) is None]
    told = Told(
        file=file,
        digest=hashlib.sha256(raw).hexdigest(),
        label=": ".join([label, *([", ".join(named)] if named else [])]),
        published=None,
        units=(),
        suppressed=SUPPRESSED,
        findings=_covers(named),
        single=single,
    )
    return _laid_out(cells, told, timing, area)


def _from_grid(
    rows: list[list[object]] | list[list[str]], raw: bytes, file: str, timing: Timing, area: int | None
) -> StatbankExtract:
    """The Extract of a table with titles above, times across, labels to the left and notes below."""
    grid = read_grid(rows, file)
    told = Told(
        file=file,
        digest=hashlib.sha256(raw).hexdigest(),
        label="; ".join((*grid.titles, *grid.fixed)) or file,
        published=None,
        units=(),
        suppressed=SUPPRESSED,
        unit=grid.unit,
        footnotes=grid.footer,
        findings=_covers(list(grid.fixed)),
        bare_names=True,
        single="; ".join(grid.fixed) or "; ".join(grid.titles) or file,
    )
    return _laid_out(grid.cells, told, timing, area)


def _covers(fixed: list[str]) -> tuple[Finding, ...]:
    """What all figures of the file are limited to."""
    if not fixed:
        return ()
    return (note("covers-only", _("Alle filens tal gælder: %(labels)s.") % {"labels": "; ".join(fixed)}),)


def _laid_out(cells: Cells, told: Told, timing: Timing, area: int | None) -> StatbankExtract:
    """The Extract, once it is known which dimension is the area."""
    place = _area_place(cells, told.file, area)
    if place is None:
        raise BadFile(
            _(
                "%(file)s: ingen kolonne har navne på kommuner, regioner eller hele landet. "
                "Hent tabellen igen med område."
            )
            % {"file": told.file}
        )
    units = [_unit(value.code) for value in cells.dimensions[place].values]
    return lay_out(cells, place, replace(told, units=units), timing)


def _unit(text: str) -> Unit:
    """The unit of a name or a code; the producer's own where we know none."""
    return unit_named(text) or unit_coded(text) or Unit(SOURCE, text, text)


def _area_place(cells: Cells, file: str, area: int | None) -> int | None:
    """Which dimension is the area. Raises BadFile where two might be."""
    if area is not None:
        if not 1 <= area <= len(cells.dimensions):
            raise BadFile(_("%(file)s har ikke en kolonne %(n)s.") % {"file": file, "n": area})
        return area - 1
    found = [at for at, one in enumerate(cells.dimensions) if one.role != "time" and _names_areas(one)]
    if len(found) > 1:
        raise BadFile(_("%(file)s har flere kolonner med områder. Vælg, hvilken tallene handler om.") % {"file": file})
    return found[0] if found else None


def _names_areas(dimension: Dimension) -> bool:
    """Whether most of a column's values name areas; bare numbers do not, for ages look like codes."""
    if dimension.code.upper() in AREA_CODES:
        return any(unit_named(value.code) or unit_coded(value.code) for value in dimension.values)
    return 2 * sum(_names_one(value) for value in dimension.values) >= len(dimension.values)


def _names_one(value: Value) -> bool:
    """Whether a value names an area."""
    return (not value.code.isdigit() and unit_named(value.code) is not None) or _is_area_code(value.code)


def _is_area_code(code: str) -> bool:
    """A code written as only municipalities' are: four digits with a nought before."""
    return len(code) == 4 and code.startswith("0") and unit_named(code) is not None and period_of(code) is None
