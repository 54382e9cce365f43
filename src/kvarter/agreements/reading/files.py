"""From a file's bytes to its lines. Everything that can be wrong with a file is found here."""

from __future__ import annotations

import codecs
import re
import zipfile
from io import BytesIO
from pathlib import PurePath

from django.utils.translation import gettext as _

from kvarter.agreements.reading.blocks import Line
from kvarter.agreements.reading.errors import ReadingError
from kvarter.agreements.text import Remark

LARGEST = 10 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_LINES = 20_000
_MAGIC = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "Word/zip",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\xd0\xcf\x11\xe0": "Word 97",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def lines_of(data: bytes, filename: str) -> tuple[list[Line], list[Remark]]:
    """The lines of a file with what the format tells of each. Raises ReadingError."""
    check_size(len(data))
    if not data.strip():
        raise ReadingError(_("Filen er tom."))
    ending = PurePath(filename).suffix.lower()
    readers = {".txt": _text, ".md": _text, ".markdown": _text, ".docx": _docx, ".pdf": _pdf}
    if ending not in readers:
        raise ReadingError(
            _("Filer af typen “%(ending)s” kan ikke læses. Gem aftalen som .docx, .pdf, .txt eller .md.")
            % {"ending": ending or filename}
        )
    lines, remarks = readers[ending](data)
    if not any(line.text.strip() for line in lines):
        raise ReadingError(_("Der er ingen tekst i filen."))
    if len(lines) > MOST_LINES:
        raise ReadingError(_("Teksten har over %(n)s linjer. Det ligner ikke en aftale.") % {"n": MOST_LINES})
    return lines, remarks


def check_size(size: int) -> None:
    """Refuse a file by its size in bytes, before it is read into memory. Raises ReadingError."""
    if size > LARGEST:
        raise ReadingError(
            _("Filen fylder %(size)s MB. Der kan højst læses 10 MB. Fjern billeder, eller gem teksten for sig.")
            % {"size": size // 1_000_000}
        )


def _text(data: bytes) -> tuple[list[Line], list[Remark]]:
    text, remarks = _decoded(data)
    text = re.sub(r"<!--.*?-->", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    return [Line(number, row) for number, row in enumerate(rows, 1)], remarks


def _decoded(data: bytes) -> tuple[str, list[Remark]]:
    """Unicode, or Latin letters when what they give looks like Danish. Raises ReadingError."""
    for magic, name in _MAGIC.items():
        if data.startswith(magic):
            raise ReadingError(
                _("Filen hedder som en tekst, men er en %(kind)s-fil. Giv den det rigtige navn, eller gem som tekst.")
                % {"kind": name}
            )
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _plausible(data, encoding), []
    try:
        return _plausible(data, "utf-8"), []
    except UnicodeDecodeError:
        remark = Remark(_("Filen er ikke UTF-8. Den er læst som Windows-1252; se efter, om æ, ø og å er rigtige."))
        return _plausible(data, "cp1252"), [remark]


def _plausible(data: bytes, encoding: str) -> str:
    """The text, unless it holds what no text holds. UnicodeDecodeError goes on for plain UTF-8 alone."""
    wrong = ReadingError(_("Filen er ikke tekst i et tegnsæt, der kan læses. Gem den som UTF-8, og prøv igen."))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            raise
        raise wrong from None
    if _CONTROL.search(text):
        raise wrong
    if encoding == "cp1252":
        odd = sum(ord(letter) > 127 and letter not in "æøåÆØÅéüöäÉÜÖÄ§–—“”‘’„«»·•…€´½ " for letter in text)
        if odd > max(3, len(text) // 100):
            raise wrong
    return text


def _docx(data: bytes) -> tuple[list[Line], list[Remark]]:
    from kvarter.agreements.reading.word import lines_of_document

    damaged = ReadingError(
        _("Word-filen kan ikke åbnes. Den er beskadiget eller ikke en .docx-fil. Gem den igen i Word.")
    )
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise ReadingError(_("Word-filen fylder over 100 MB, når den pakkes ud. Den læses ikke."))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise damaged from None
    try:
        return lines_of_document(data), []
    except ReadingError:
        raise
    except Exception as error:  # python-docx raises whatever its XML made it stumble over
        raise damaged from error


def _pdf(data: bytes) -> tuple[list[Line], list[Remark]]:
    from kvarter.agreements.reading.pdf import lines_of_pages

    return lines_of_pages(data), []
