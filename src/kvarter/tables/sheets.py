"""Any table as plain sheets: CSV, Excel (.xlsx) or OpenDocument (.ods), told by what is in the file."""

from __future__ import annotations

import csv
import io
from collections import Counter

from django.utils.translation import gettext as _

from kvarter.tables.limits import LARGEST, MOST_CELLS, BadFile
from kvarter.tables.opendocument import opendocument_sheets
from kvarter.tables.workbook import Sheet, workbook_sheets

_OLD_EXCEL, _PDF = b"\xd0\xcf\x11\xe0", b"%PDF"


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """The sheets of a file. Raises BadFile naming what is wrong and how to mend it."""
    refuse_no_table(content, name)
    if content.startswith(b"PK"):
        return (
            opendocument_sheets(content, name) if b"opendocument" in content[:200] else workbook_sheets(content, name)
        )
    return [Sheet(name, csv_rows(content, name))]


def refuse_no_table(content: bytes, name: str) -> None:
    """Raise BadFile for what is no table by its size and first bytes: empty, too large, an old workbook, a PDF."""
    if not content.strip():
        raise BadFile(_("%(file)s er tom. Hent filen igen.") % {"file": name})
    if len(content) > LARGEST:
        raise BadFile(_("%(file)s er større end 50 MB. Del den i flere filer.") % {"file": name})
    if content.startswith(_OLD_EXCEL):
        raise BadFile(
            _("%(file)s er en gammel Excel-fil eller låst med en adgangskode. Gem den som .xlsx uden adgangskode.")
            % {"file": name}
        )
    if content.startswith(_PDF):
        raise BadFile(
            _("%(file)s er en PDF. Tal kan ikke læses af den; hent dem som CSV eller regneark.") % {"file": name}
        )


def csv_rows(content: bytes, name: str) -> list[list[object]]:
    """The rows of a CSV file: UTF-8, UTF-16 or Windows' Western letters; semicolon, comma or tabulator.

    Raises BadFile for a web page, for what is no text, and for a row of more fields than the first full one.
    """
    text = _text(content, name)
    if text.lstrip().startswith("<"):
        raise BadFile(_("%(file)s er en webside og ikke tal. Hent tallene som CSV eller regneark.") % {"file": name})
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True))
    except csv.Error as error:
        raise BadFile(_("%(file)s kan ikke læses som CSV: %(why)s") % {"file": name, "why": error}) from error
    if sum(len(row) for row in rows) > MOST_CELLS:
        raise BadFile(_("%(file)s har for mange felter. Del den i flere filer.") % {"file": name})
    return [list(row) for row in rows]


def _text(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise BadFile(_("%(file)s er ikke tekst. Hent tallene som CSV eller regneark.") % {"file": name})
    else:
        tried = ("utf-8-sig", "cp1252")
    for encoding in tried:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(_("%(file)s er ikke tekst. Hent tallene som CSV eller regneark.") % {"file": name})


def _separator(text: str) -> str:
    counts = Counter(sign for line in text.splitlines()[:20] for sign in line if sign in ";,\t")
    return max(counts, key=lambda sign: (counts[sign], sign == ";")) if counts else ";"
