"""A file of Den Danske Valgdatabase as rows of cells: what must hold before anything in it is believed."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kvarter.tables.limits import BadFile

LARGEST = 200 * 1024 * 1024
NOTHING = "-"
_MAGIC = {
    b"PK\x03\x04": "Excel",
    b"\xd0\xcf\x11\xe0": "Excel 97",
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"PAR1": "Parquet",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MISREAD = re.compile(r"Ã[¦¸¥†˜…\x80-\x9f]|\ufffd")
_NUMBER = re.compile(r"-?[0-9]{1,15}(,[0-9]{1,9})?")


@dataclass(frozen=True)
class Table:
    """A file's header and, one by one, its rows, each as wide as the header."""

    file: str
    header: tuple[str, ...]
    text: str
    delimiter: str

    def rows(self, faults: list[str]) -> Iterator[tuple[int, list[str]]]:
        """Each row with the line of the file it ends on, counted from 1; empty lines left out.

        A row that is not as wide as the header is told in `faults` and left out.
        """
        records = _records(self.file, self.text, self.delimiter)
        next(records)
        try:
            for number, cells in records:
                if len(cells) == len(self.header):
                    yield number, cells
                else:
                    faults.append(self._wrong_width(number, cells))
        except BadFile as error:  # from here on it cannot be told where a row ends
            faults += error.faults

    def _wrong_width(self, number: int, cells: list[str]) -> str:
        where = {"file": self.file, "row": number, "found": len(cells), "wanted": len(self.header)}
        if len(cells) < len(self.header):
            return _(
                "“%(file)s”, række %(row)d: Der er %(found)d felter, men %(wanted)d kolonner. Den første uden felt"
                " er “%(column)s”. Filen er nok klippet over. Hent den igen, og ret ikke i den."
            ) % {**where, "column": self.header[len(cells)]}
        return (
            _(
                "“%(file)s”, række %(row)d: Der er %(found)d felter, men kun %(wanted)d kolonner. Et skilletegn"
                " står nok inde i et felt. Hent filen igen, og ret ikke i den."
            )
            % where
        )


class Numbers(dict[str, float]):
    """The number each text stands for, remembered: a file has few different ones. NaN for "-", infinity for nothing."""

    def can_read(self, text: str) -> bool:
        """Whether a text stands for a number, nothing or a “-”."""
        stripped = text.strip()
        return stripped in {NOTHING, ""} or _NUMBER.fullmatch(stripped) is not None

    def __missing__(self, text: str) -> float:
        """Read a text not seen before. Raises ValueError."""
        stripped = text.strip()
        if stripped == NOTHING:
            number = float("nan")
        elif not stripped:
            number = float("inf")
        elif _NUMBER.fullmatch(stripped):
            number = float(stripped.replace(",", "."))
        else:
            raise ValueError(text)
        self[text] = number
        return number


def check_size(file: str, size: int) -> None:
    """Refuse a file by its size in bytes, before it is read. Raises BadFile."""
    if size > LARGEST:
        raise BadFile(
            _("“%(file)s” fylder %(size)d MB. Der kan højst læses 200 MB. Hent ét valg ad gangen.")
            % {"file": file, "size": size // 1_000_000}
        )


def table_of(file: str, data: bytes) -> Table:
    """The table in a file: UTF-8 or Latin-1, semicolons or commas. Raises BadFile."""
    check_size(file, len(data))
    if not data.strip():
        raise BadFile(_("“%(file)s” er tom. Hent den igen hos Danmarks Statistik.") % {"file": file})
    text = _text(file, data)
    delimiter = _delimiter(text)
    first = next(_records(file, text, delimiter), None)
    if first is None:
        raise BadFile(_("“%(file)s” er tom. Hent den igen hos Danmarks Statistik.") % {"file": file})
    header = tuple(name.strip() for name in first[1])
    _check_header(file, header)
    return Table(file, header, text, delimiter)


def plain(name: str) -> str:
    """A column's name without spaces and capitals: the producer writes both “Valgsted Id” and “ValgstedId”."""
    return "".join(name.split()).casefold()


def _text(file: str, data: bytes) -> str:
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise BadFile(
                _("“%(file)s” hedder som en CSV-fil, men er en %(kind)s-fil. Gem den som CSV UTF-8, og prøv igen.")
                % {"file": file, "kind": kind}
            )
    text = _decoded(data)
    if text is None or _CONTROL.search(text):
        raise BadFile(
            _("“%(file)s” er ikke en tekstfil, der kan læses. Gem den som CSV UTF-8, og prøv igen.") % {"file": file}
        )
    return text


def _decoded(data: bytes) -> str | None:
    """Unicode, else Windows' letters (Latin-1 and some more), else None."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _delimiter(text: str) -> str:
    """The sign that cuts the first line that holds anything into most cells; a semicolon when both do as well."""
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")[: csv.field_size_limit()]
    return max((";", ","), key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))


def _records(file: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BadFile(
                _(
                    "“%(file)s”, række %(row)d: Et citationstegn er åbnet og ikke lukket. Hent filen igen, og ret ikke"
                    " i den."
                )
                % {"file": file, "row": reader.line_num}
            ) from None
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _check_header(file: str, header: tuple[str, ...]) -> None:
    """Refuse a header in which a name is lost, doubled or misread. Raises BadFile with every one that is."""
    faults = []
    for number, name in enumerate(header, 1):
        if not name:
            faults.append(
                _("“%(file)s”, række 1, kolonne %(column)d har intet navn. Hent filen igen, og ret ikke i den.")
                % {"file": file, "column": number}
            )
        if name and name in header[: number - 1]:
            faults.append(
                _("“%(file)s”, række 1: Kolonnen “%(column)s” står to gange. Slet den ene, hvis de er ens.")
                % {"file": file, "column": name}
            )
        if _MISREAD.search(name):
            faults.append(
                _("“%(file)s”, række 1: “%(column)s” har forkerte æ, ø eller å. Hent filen igen, og gem den ikke om.")
                % {"file": file, "column": name}
            )
    if faults:
        raise BadFile.of(faults)
