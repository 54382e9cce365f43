"""The report as a tagged PDF (PDF/UA-1, ISO 14289-1), set by Typst from `report.typ`.

Words reach the template as data and are placed as text, and charts as drawings: nothing in them is read as markup.
"""

from __future__ import annotations

import json
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


def to_pdf(report: Report) -> bytes:
    """The report as PDF: tagged, with bookmarks and its language. The same report gives the same bytes.

    Letters that the fonts at hand lack break PDF/UA's rule that every letter can be shown; such a report is set with
    the machine's fonts, tagged but without the promise. Raises ExportError when Typst cannot set it at all.
    """
    data = json.dumps(_data(without_controls(report)))
    try:
        return _set(report, data, ignore_system_fonts=True, pdf_standards=["ua-1"])
    except typst.TypstError:
        try:
            return _set(report, data)
        except typst.TypstError as error:
            raise ExportError(str(error)) from error


def _set(report: Report, data: str, **how: Any) -> bytes:
    made = datetime.combine(report.dated, datetime.min.time(), UTC)
    folder = fonts()
    done: bytes = typst.compile(
        (files("kvarter.web.report") / "report.typ").read_bytes(),
        format="pdf",
        sys_inputs={"data": data},
        timestamp=int(made.timestamp()),
        font_paths=[folder] if folder else [],
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
