"""The report as a tagged PDF (PDF/UA-1, ISO 14289-1), set by Typst from `report.typ`.

Words reach the template as data and are placed as text, and charts as drawings: nothing in them is read as markup.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.exports.edition import ExportError
from kvarter.web.report.content import Block, Multiple, Multiples, Picture, Report, without_controls
from kvarter.web.report.drawings import WIDE, drawn, fonts, title_of, told_by

# The fonts that are ours, and then the machine's as well.
OURS: dict[str, Any] = {"ignore_system_fonts": True}
ALL: dict[str, Any] = {}
MOST_UNKNOWN = 50
_UNKNOWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def to_pdf(report: Report) -> bytes:
    """The report as PDF/UA-1: tagged, with bookmarks and its language. The same report gives the same bytes.

    Every letter must be shown, so what our fonts lack is set with the machine's, and what those lack stands as its
    number in Unicode, which the report says of itself. Raises ExportError when it cannot be set so: it is never set
    without its tags.
    """
    data = _data(without_controls(report))
    for fonts_of in (OURS, ALL):
        try:
            return _set(report, data, **fonts_of)
        except typst.TypstError as error:
            refused = error
    return _with_numbers(report, data, refused)


def _with_numbers(report: Report, data: dict[str, Any], refused: typst.TypstError) -> bytes:
    """The report with each letter that no font has as its number, as [U+13000]."""
    with override(report.language):
        told = _("Tegn, som ingen skrift her kan vise, står med deres nummer i Unicode, som [U+13000].")
        failed = _("PDF-filen kan ikke sættes, så alle kan læse den: %(why)s Hent rapporten som .docx.")
    data["parts"][-1]["blocks"].append({"kind": "text", "text": told, "role": "note", "lang": report.language})
    for _attempt in range(MOST_UNKNOWN):
        unknown = _UNKNOWN.search(str(refused))
        if unknown is None:
            break
        letters = _ESCAPED.sub(lambda one: chr(int(one[1], 16)), unknown[1])
        text = json.dumps(data, ensure_ascii=False)
        for letter in dict.fromkeys(letters):
            if letter.isprintable() and letter.isascii():
                continue
            text = text.replace(letter, f"[U+{ord(letter):04X}]")
        data = json.loads(text)
        try:
            return _set(report, data, **ALL)
        except typst.TypstError as error:
            refused = error
    raise ExportError(failed % {"why": f"{str(refused).rstrip('.')}."}) from refused


def _set(report: Report, data: dict[str, Any], **how: Any) -> bytes:
    made = datetime.combine(report.dated, datetime.min.time(), UTC)
    folder = fonts()
    done: bytes = typst.compile(
        (files("kvarter.web.report") / "report.typ").read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
        timestamp=int(made.timestamp()),
        font_paths=[folder] if folder else [],
        pdf_standards=["ua-1"],
        **how,
    )
    return done


def _data(report: Report) -> dict[str, Any]:
    with override(report.language):
        return {
            **{name: getattr(report, name) for name in ("language", "title", "partnership", "subtitle", "made_up")},
            "date": [report.dated.year, report.dated.month, report.dated.day],
            "running": report.running,
            "facts": report.facts,
            "lead": report.lead,
            "contents": _("Indhold"),
            "reading": _("Sådan læses rapporten"),
            "page": _("Side"),
            "of": _("af"),
            "parts": [
                {
                    "heading": part.heading,
                    "lang": part.lang or report.language,
                    "new_page": part.new_page,
                    "blocks": [_block(block, report.language) for block in part.blocks],
                }
                for part in report.parts
            ],
        }


def _block(block: Block, language: str) -> dict[str, Any]:
    """A block as plain data, its charts drawn."""
    if isinstance(block, Picture):
        return {"kind": block.kind, "caption": block.caption, **_drawing(block, language)}
    if isinstance(block, Multiples):
        cells = [_cell(cell, language) for cell in block.cells]
        return {"kind": block.kind, "cells": cells, "key": block.key, "sources": block.sources}
    found = {"kind": block.kind, **asdict(block)}
    if "lang" in found:
        found["lang"] = found["lang"] or language
    return found


def _cell(cell: Multiple, language: str) -> dict[str, Any]:
    names = ("theme", "indicator", "figure", "certainty", "verdict", "grounds", "notes", "label")
    found: dict[str, Any] = {name: getattr(cell, name) for name in names}
    picture = _drawing(cell.picture, language) if cell.picture else None
    return {**found, "lang": cell.lang or language, "picture": picture}


def _drawing(picture: Picture, language: str) -> dict[str, str]:
    svg = drawn(picture, WIDE, language)
    return {"svg": svg, "alt": f"{title_of(svg)}. {told_by(svg)}"}
