"""The sheets of an Excel workbook (.xlsx), read part by part from the archive.

python-calamine is quicker, but makes room for every field from the first to the last: one field in the last row and
column of a file of 6 kB ends the whole process, and no error can be caught. Here a sheet takes what its fields take.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree

from kvarter.tables.days import Days, days_of
from kvarter.tables.limits import LARGEST_UNPACKED, MOST_CELLS, BadFile

# What the readers of archives and XML raise on a damaged file.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    etree.LxmlError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
)
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
# A workbook may be written in the transitional or the strict form; the names of its parts are the same in both.
_LINK = re.compile(r"\{.*/relationships\}id")


@dataclass(frozen=True)
class Sheet:
    """A sheet that has something in it: its rows from the first on, texts and numbers ("" where there is nothing).

    merged: the fields that were merged into one, as B3:D3.
    """

    name: str
    rows: list[list[object]]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Held:
    """What a workbook keeps for all its sheets: texts by their number, and which looks show days."""

    texts: list[str]
    days: Days


def sheet_rows(raw: bytes, file: str) -> list[list[object]]:
    """The rows of the one sheet that has any. Raises BadFile."""
    filled = workbook_sheets(raw, file)
    if len(filled) != 1:
        raise BadFile(
            _("%(file)s har %(n)s ark med indhold. Gem netop ét ark i en fil for sig.")
            % {"file": file, "n": len(filled)}
        )
    return filled[0].rows


def workbook_sheets(raw: bytes, file: str) -> list[Sheet]:
    """Every sheet that has something in it. Raises BadFile."""
    try:
        sheets = list(_sheets(raw, file))
    except DAMAGED as error:
        raise BadFile(
            _("%(file)s er ikke en hel Excel-fil (.xlsx). Hent den igen, eller hent tabellen som CSV.") % {"file": file}
        ) from error
    return [Sheet(name, laid_out(fields, file), merged) for name, fields, merged in sheets if fields]


def refuse_bomb(packed: zipfile.ZipFile, file: str) -> None:
    """Raise BadFile for an archive that would fill the memory."""
    if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
        raise BadFile(_("%(file)s fylder over 100 MB, når den pakkes ud. Den læses ikke.") % {"file": file})


def _sheets(raw: bytes, file: str) -> Iterator[tuple[str, dict[tuple[int, int], object], tuple[str, ...]]]:
    """Name, fields by row and column from 0, and merged fields of each sheet. Raises what damage makes it raise."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        refuse_bomb(packed, file)
        links = {link.get("Id"): link.get("Target") for link in tree_of(packed, "xl/_rels/workbook.xml.rels")}
        names = set(packed.namelist())
        shared = "xl/sharedStrings.xml"
        texts = [_text(one) for one in tree_of(packed, shared)] if shared in names else []
        book = tree_of(packed, "xl/workbook.xml")
        days = days_of(book, tree_of(packed, "xl/styles.xml") if "xl/styles.xml" in names else None)
        for sheet in book.iterfind("{*}sheets/{*}sheet"):
            link = next(str(value) for name, value in sheet.attrib.items() if _LINK.fullmatch(str(name)))
            target = links[link] or ""
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            name = str(sheet.get("name"))
            yield name, *_fields(packed, part, _Held(texts, days), file, name)


def tree_of(packed: zipfile.ZipFile, name: str) -> etree._Element:
    """A part of the archive as a tree; nothing outside it is fetched or filled in."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(packed.read(name), parser)


def _fields(
    packed: zipfile.ZipFile, part: str, held: _Held, file: str, name: str
) -> tuple[dict[tuple[int, int], object], tuple[str, ...]]:
    """The fields of a sheet that hold something, and those merged into one, read row by row: a town's list of people
    would take a gigabyte as one tree. Raises ValueError for one that has no place or no meaning, and BadFile for a
    formula that was never worked out, which would be read as nothing.
    """
    found: dict[tuple[int, int], object] = {}
    merged: list[str] = []
    with packed.open(part) as raw:
        tags = ("{*}row", "{*}mergeCell")
        closed = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
        for _end, element in etree.iterparse(raw, tag=tags, **closed):
            if etree.QName(element).localname == "mergeCell":
                merged.append(str(element.get("ref")))
                continue
            for field in element.iterchildren("{*}c"):
                value = _value(field, held)
                if value == "":
                    _refuse_unworked(field, file, name)
                else:
                    found[_place(field)] = value
            _forget(element)
    return found, tuple(merged)


def _refuse_unworked(field: etree._Element, file: str, name: str) -> None:
    if field.find("{*}f") is not None and field.get("t") != "str":
        raise BadFile(
            _(
                "%(file)s, ark %(sheet)s, felt %(place)s er en formel uden resultat. Åbn filen i et regneark, gem "
                "den, og send den igen."
            )
            % {"file": file, "sheet": name, "place": field.get("r")}
        )


def _place(field: etree._Element) -> tuple[int, int]:
    """Row and column of a field, from 0. Raises ValueError."""
    place = _PLACE.fullmatch(str(field.get("r")))
    if not place:
        raise ValueError(field.get("r"))
    return int(place[2]) - 1, _column(place[1])


def _forget(row: etree._Element) -> None:
    """Let go of a row that is read, and of its place in the tree."""
    row.clear()
    before, parent = row.getprevious(), row.getparent()
    if before is not None and parent is not None:
        parent.remove(before)


def _value(field: etree._Element, book: _Held) -> object:
    """What a field holds; a day as yyyy-mm-dd. Raises ValueError or LookupError."""
    kind = field.get("t", "n")
    if kind == "inlineStr":
        return "".join(_text(inner) for inner in field.iterfind("{*}is"))
    held = field.findtext("{*}v") or ""
    if not held or kind in {"str", "d"}:
        return held
    if kind == "s":
        return book.texts[_from_0(held)]
    if kind == "n":
        return book.days.of(float(held), field.get("s")) or float(held)
    # An error of a formula, or true and false: no figure, and to be refused by its place.
    return f"#{held}"


def _from_0(number: str) -> int:
    """A number that counts from 0. Raises ValueError."""
    found = int(number)
    if found < 0:
        raise ValueError(number)
    return found


def _text(held: etree._Element) -> str:
    """The text in an element, without the guides to its pronunciation."""
    inner = held.iterfind("{*}t"), held.iterfind("{*}r/{*}t")
    return "".join(text.text or "" for texts in inner for text in texts)


def _column(letters: str) -> int:
    """The number of a column, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters_of(column: int) -> str:
    """The letters of a column, by its number from 0: A, Z, AA."""
    found, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        found = chr(65 + rest) + found
    return found


def range_of(top: int, left: int, bottom: int, right: int) -> str:
    """The fields between two corners, counted from 0, as B3:D3."""
    return f"{letters_of(left)}{top + 1}:{letters_of(right)}{bottom + 1}"


def corners_of(place: str) -> tuple[int, int, int, int] | None:
    """Top, left, bottom and right of B3:D3, counted from 0; None for what is no such place."""
    ends = [_PLACE.fullmatch(end) for end in place.split(":")]
    first, last = ends[0], ends[-1]
    if first is None or last is None or len(ends) > 2:
        return None
    return int(first[2]) - 1, _column(first[1]), int(last[2]) - 1, _column(last[1])


def laid_out(fields: dict[tuple[int, int], object], file: str) -> list[list[object]]:
    """The fields as rows. Raises BadFile if they are spread too far."""
    rows, columns = (max(place[side] for place in fields) + 1 for side in (0, 1))
    if rows * columns > MOST_CELLS:
        raise BadFile(
            _("%(file)s har felter meget langt ude i arket. Slet dem, eller hent filen igen.") % {"file": file}
        )
    laid: list[list[object]] = [[""] * columns for _row in range(rows)]
    for (row, column), value in fields.items():
        laid[row][column] = value
    return laid
