"""Lines of a PDF with text: paragraphs by the space between lines, headings by size, page margins left out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from ctypes import byref, c_double
from dataclasses import dataclass
from statistics import median
from threading import Lock
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from django.utils.translation import gettext as _

from kvarter.agreements.reading.blocks import Line, Mark
from kvarter.agreements.reading.errors import ReadingError

MOST_PAGES = 300
_PDFIUM = Lock()  # the library is not safe to use from two threads at once
_PAGE_NUMBER = re.compile(r"(?:side|page)?\s*\d+(?:\s*(?:af|of|/)\s*\d+)?", re.IGNORECASE)
_DIVIDED = re.compile("[\ufffe\u00ad]")  # how the library gives a hyphen that divides a word at the end of a line
_ENDS = (".", "!", "?", ":", ";", "”", '"')


@dataclass(frozen=True)
class Row:
    """Printed words: their size, and the heights on the page of the first and the last letter, in points.

    The heights differ where the library has put together lines that divide a word.
    """

    text: str
    size: float
    height: float
    foot: float


def lines_of_pages(data: bytes) -> list[Line]:
    """The document's lines, with an empty one between paragraphs. Raises ReadingError."""
    with _PDFIUM:
        pages = _pages(data)
    if not any(pages):
        raise ReadingError(
            _(
                "PDF-filen er et billede uden tekst, for eksempel en skanning. "
                "Brug den fil, den er lavet af, eller tekstgenkendelse."
            )
        )
    return list(_with_breaks(_without_margins(pages)))


def _pages(data: bytes) -> list[list[Row]]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadingError(_("PDF-filen er låst med en adgangskode. Gem en kopi uden.")) from error
        raise ReadingError(_("PDF-filen kan ikke åbnes. Den er beskadiget eller ikke en PDF.")) from error
    try:
        if len(document) > MOST_PAGES:
            raise ReadingError(_("PDF-filen har %(n)s sider. Der kan højst læses 300.") % {"n": len(document)})
        return [list(_rows(document[number].get_textpage())) for number in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise ReadingError(_("PDF-filen kan ikke læses. Gem den igen.")) from error
    finally:
        document.close()


def _rows(page: Any) -> Iterator[Row]:
    whole: str = page.get_text_range()
    here = 0
    for text in whole.split("\r\n"):
        first, last = here + len(text) - len(text.lstrip()), here + len(text.rstrip()) - 1
        here += len(text) + 2
        words = _DIVIDED.sub("", text).strip()
        if words:
            yield Row(words, pdfium.FPDFText_GetFontSize(page, first), _height(page, first), _height(page, last))


def _height(page: Any, index: int) -> float:
    x, y = c_double(), c_double()
    pdfium.FPDFText_GetCharOrigin(page, index, byref(x), byref(y))
    return y.value


def _without_margins(pages: list[list[Row]]) -> list[list[Row]]:
    """Each page without its number and what stands at the top or foot of most pages."""
    edges = [_without_digits(row.text) for page in pages for row in {*page[:2], *page[-2:]}]
    often = {edge for edge in edges if len(pages) > 2 and edges.count(edge) > len(pages) / 2}

    def is_margin(row: Row) -> bool:
        return bool(_PAGE_NUMBER.fullmatch(row.text)) or _without_digits(row.text) in often

    return [
        [row for n, row in enumerate(page) if not (is_margin(row) and (n < 2 or n >= len(page) - 2))] for page in pages
    ]


def _without_digits(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def _with_breaks(pages: list[list[Row]]) -> Iterator[Line]:
    """An empty line wherever the space or the size says that something new begins."""
    gaps = [a.foot - b.height for page in pages for a, b in itertools.pairwise(page) if a.size == b.size]
    usual = median([gap for gap in gaps if gap > 0] or [0.0])
    number, before = 0, None
    for page in pages:
        for n, row in enumerate(page):
            new_page = n == 0
            if before is not None and _begins_anew(before, row, usual, new_page):
                number += 1
                yield Line(number, "")
            number += 1
            yield Line(number, row.text, Mark.WRAPPED)
            before = row


def _begins_anew(before: Row, row: Row, usual: float, new_page: bool) -> bool:
    if abs(before.size - row.size) > 0.5:
        return True
    if new_page:
        return before.text.endswith(_ENDS)
    return usual > 0 and before.foot - row.height > usual * 1.25
