"""Any table of figures as plain sheets: CSV, Excel (.xlsx) or OpenDocument (.ods), told by what is in the file."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter

from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import BadFile, Status
from kvarter.evidence.importers.opendocument import opendocument_sheets
from kvarter.evidence.importers.statbank.cells import MOST_CELLS
from kvarter.evidence.importers.workbook import Sheet, workbook_sheets

LARGEST = 50 * 1024 * 1024
_OLD_EXCEL, _PDF = b"\xd0\xcf\x11\xe0", b"%PDF"
_SPACES = "\u00a0\u202f\u2009 "
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.\s]\d{3})+(?:,\d+)?")
_GROUPED_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNSURE = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")


def read_sheets(content: bytes, name: str) -> list[Sheet]:
    """The sheets of a file. Raises BadFile naming what is wrong and how to mend it."""
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
    if content.startswith(b"PK"):
        return (
            opendocument_sheets(content, name) if b"opendocument" in content[:200] else workbook_sheets(content, name)
        )
    return [Sheet(name, csv_rows(content, name))]


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


def number(field: object, *, decimal: str = ",") -> float | None:
    """A field as a number, None if it is none: 1.234,5 or 1 234,5 in Danish, 1,234.5 in English, and 12,5 %.

    A text of one group, as 1.234, is read by `decimal`: the sign that stands before decimals in its column (see
    `decimal_sign`). A per cent sign divides by a hundred.
    """
    if isinstance(field, float | int) and not isinstance(field, bool):
        return float(field) if math.isfinite(field) else None
    text = str(field).strip().strip(_SPACES)
    share = text.endswith("%")
    text = text.removesuffix("%").strip(_SPACES)
    for space in _SPACES:
        text = text.replace(space, " ")
    amount = _amount(text.replace("−", "-"), decimal)
    return amount / 100 if share and amount is not None else amount


def _amount(text: str, decimal: str) -> float | None:
    if _UNSURE.fullmatch(text):
        text = text.replace("." if decimal == "," else ",", "").replace(",", ".")
    elif _GROUPED.fullmatch(text):
        text = re.sub(r"[.\s]", "", text).replace(",", ".")
    elif _GROUPED_ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    elif _PLAIN.fullmatch(text):
        text = text.replace(",", ".")
    else:
        return None
    found = float(text)
    return found if math.isfinite(found) else None


def decimal_sign(fields: list[object]) -> str:
    """Which sign stands before decimals in a column of texts: the comma, unless a field can only be English."""
    texts = [str(field).strip() for field in fields if isinstance(field, str)]
    for text in texts:
        if _GROUPED_ENGLISH.fullmatch(text) and not _UNSURE.fullmatch(text):
            return "."
        if re.fullmatch(r"[+-]?\d+\.(?:\d{1,2}|\d{4,})", text):
            return "."
    return ","


SIGNS = {
    "": Status.MISSING,
    "..": Status.MISSING,
    "...": Status.MISSING,
    ".": Status.SUPPRESSED,
    "*": Status.SUPPRESSED,
    "x": Status.SUPPRESSED,
    "X": Status.SUPPRESSED,
    "-": Status.ZERO_OR_SUPPRESSED,
    "–": Status.ZERO_OR_SUPPRESSED,
}
