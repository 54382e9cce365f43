"""Lines of a Word document: headings by style, lists by numbering, tables row by row."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import docx
from docx.table import Table

from kvarter.agreements.reading.blocks import Line, Mark
from kvarter.agreements.reading.words import GOAL_COLUMN, PARTY_COLUMN

_HEADING = re.compile(r"(?:heading|overskrift)\s*(\d)", re.IGNORECASE)


def lines_of_document(data: bytes) -> list[Line]:
    """The document's lines in order, with an empty one after each paragraph."""
    document = docx.Document(BytesIO(data))
    lines: list[Line] = []
    for part in document.iter_inner_content():
        found = _table(part) if isinstance(part, Table) else _paragraph(part)
        for text, mark, level in found:
            lines.append(Line(len(lines) + 1, text, mark, level))
            if mark is not Mark.ITEM:
                lines.append(Line(len(lines) + 1, ""))
    return lines


def _paragraph(part: Any) -> list[tuple[str, Mark, int]]:
    text = " ".join(part.text.split())
    if not text:
        return []
    style = (part.style.name or "") if part.style is not None else ""
    if style.lower() in {"title", "titel"}:
        return [(text, Mark.HEADING, 1)]
    if style.lower() in {"subtitle", "undertitel"}:
        return [(text, Mark.SUBTITLE, 0)]
    if heading := _HEADING.search(style):
        return [(text, Mark.HEADING, int(heading[1]))]
    numbered = part._p.pPr is not None and part._p.pPr.numPr is not None
    if numbered or style.lower().startswith(("list", "opstilling")):
        return [(text, Mark.ITEM, 0)]
    return [(text, Mark.NONE, 0)]


def _table(table: Table) -> list[tuple[str, Mark, int]]:
    """A table of goals or of parties by its first heading; any other row by row."""
    rows = [[_cell(cell) for cell in row.cells] for row in table.rows]
    if not rows:
        return []
    head = rows[0][0][0].lower().rstrip(":") if rows[0] and rows[0][0] else ""
    if head in GOAL_COLUMN:
        return [line for row in rows[1:] for line in _goal_row(row)]
    if head in PARTY_COLUMN:
        return [(row[0][0], Mark.PARTY, 0) for row in rows[1:] if row and row[0]]
    return [(": ".join(" ".join(cell) for cell in row if cell), Mark.NONE, 0) for row in rows if any(row)]


def _cell(cell: Any) -> list[str]:
    texts = (" ".join(row.split()) for paragraph in cell.paragraphs for row in paragraph.text.split("\n"))
    return [text for text in texts if text]


def _goal_row(row: list[list[str]]) -> list[tuple[str, Mark, int]]:
    if not row or not row[0]:
        return []
    strategies = [text.lstrip("-•* ") for cell in row[1:] for text in cell]
    return [(" ".join(row[0]), Mark.GOAL, 0), *((text, Mark.ITEM, 0) for text in strategies)]
