"""The sheets of an OpenDocument spreadsheet (.ods), as those of a workbook."""

from __future__ import annotations

import io
import zipfile

from django.utils.translation import gettext as _
from lxml import etree

from kvarter.tables.limits import BadFile
from kvarter.tables.workbook import DAMAGED, Sheet, laid_out, range_of, refuse_bomb, tree_of

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# Empty fields and rows are repeated to the end of the sheet; what holds something is repeated this often at most.
_MOST_REPEATS = 10_000


def opendocument_sheets(raw: bytes, file: str) -> list[Sheet]:
    """Every sheet that has something in it. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            refuse_bomb(packed, file)
            if _is_locked(packed):
                raise BadFile(
                    _("%(file)s er låst med en adgangskode. Gem den uden, og send den igen.") % {"file": file}
                )
            tables = list(tree_of(packed, "content.xml").iter(f"{_TABLE}table"))
            found = [(str(table.get(f"{_TABLE}name")), *_fields(table)) for table in tables]
    except DAMAGED as error:
        raise BadFile(
            _("%(file)s er ikke et helt regneark (.ods). Gem det igen, eller gem tabellen som CSV.") % {"file": file}
        ) from error
    return [Sheet(name, laid_out(fields, file), merged) for name, fields, merged in found if fields]


def _is_locked(packed: zipfile.ZipFile) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in packed.namelist() and b"encryption-data" in packed.read(manifest)


def _fields(table: etree._Element) -> tuple[dict[tuple[int, int], object], tuple[str, ...]]:
    """The fields of a table that hold something, by row and column from 0, and those that were merged."""
    found: dict[tuple[int, int], object] = {}
    merged: list[str] = []
    row = 0
    for line in table.iter(f"{_TABLE}table-row"):
        own, spans = _row(line)
        times = _repeats(line, "number-rows-repeated")
        for again in range(min(times, _MOST_REPEATS) if own else 0):
            found |= {(row + again, column): value for column, value in own.items()}
        merged += [range_of(row, column, row + down - 1, column + across - 1) for column, across, down in spans]
        row += times
    return found, tuple(merged)


def _row(line: etree._Element) -> tuple[dict[int, object], list[tuple[int, int, int]]]:
    """What a row holds by column, and what was merged: the column, and how many columns and rows it covers."""
    own: dict[int, object] = {}
    spans: list[tuple[int, int, int]] = []
    column = 0
    for field in line:
        if field.tag not in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            continue
        times = _repeats(field, "number-columns-repeated")
        value = _value(field)
        if value != "":
            own |= dict.fromkeys(range(column, column + min(times, _MOST_REPEATS)), value)
        across, down = (int(field.get(f"{_TABLE}number-{side}-spanned", "1")) for side in ("columns", "rows"))
        if across > 1 or down > 1:
            spans.append((column, across, down))
        column += times
    return own, spans


def _repeats(element: etree._Element, name: str) -> int:
    """How often an element stands for itself. Raises ValueError for what is no number."""
    return max(int(element.get(f"{_TABLE}{name}", "1")), 1)


def _value(field: etree._Element) -> object:
    kind = field.get(f"{_OFFICE}value-type")
    if kind in {"float", "percentage", "currency"}:
        return float(str(field.get(f"{_OFFICE}value")))
    if kind == "date":
        return str(field.get(f"{_OFFICE}date-value"))[:10]
    return "\n".join("".join(map(str, part.itertext())) for part in field.iterfind(f"{_TEXT}p"))
