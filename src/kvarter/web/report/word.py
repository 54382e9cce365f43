"""The report as an editable .docx: real headings, tables with header rows, pictures with their words, and its language.

The same report gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from kvarter.web.report.content import (
    Block,
    Facts,
    Findings,
    Heading,
    Multiple,
    Multiples,
    Picture,
    Quote,
    Report,
    Text,
    without_controls,
)
from kvarter.web.report.content import Table as Rows
from kvarter.web.report.drawings import WIDE, as_png, drawn, title_of, told_by

_PETROL, _QUIET = RGBColor(0x0A, 0x4D, 0x57), RGBColor(0x4D, 0x4D, 0x4D)
_FONT = "Calibri"
_LOCALES = {"da": "da-DK", "en": "en-GB"}
_SIZES = {"Title": 30, "Heading 1": 19, "Heading 2": 13, "Heading 3": 11, "Caption": 9}
_A4 = (Mm(210), Mm(297))
_TEXT_WIDTH, _SMALL_WIDTH = Mm(150), Mm(46)
_BESIDE = 3  # small multiples


def to_docx(report: Report) -> bytes:
    """The report as a .docx with a table of contents that Word can bring up to date."""
    with override(report.language):
        return _steady(
            _Writer(without_controls(report)).written(), datetime.combine(report.dated, datetime.min.time(), UTC)
        )


class _Writer:
    """Writes a report's blocks into a document, in order."""

    def __init__(self, report: Report) -> None:
        self.report, self.document, self.marks = report, Document(), 0
        _style(self.document, report.language)
        self._page()
        facts = self.document.core_properties
        facts.title = f"{report.title}: {report.partnership}"
        facts.author, facts.comments = report.partnership, ""
        facts.language = _LOCALES.get(report.language, report.language)
        facts.created = facts.modified = datetime.combine(report.dated, datetime.min.time())

    def written(self) -> bytes:
        """The whole document, as it is saved."""
        self._front()
        for part in self.report.parts:
            heading = self._paragraph(part.heading, "Heading 1", part.lang)
            heading.paragraph_format.page_break_before = part.new_page
            self._mark(heading, part.anchor)
            for block in part.blocks:
                self._block(block)
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _page(self) -> None:
        """A4 with running header and page numbers; what is made up says so on every page."""
        section = self.document.sections[0]
        section.start_type = WD_SECTION.NEW_PAGE
        section.page_width, section.page_height = _A4
        section.left_margin = section.right_margin = Mm(24)
        section.top_margin, section.bottom_margin = Mm(26), Mm(22)
        header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
        header.add_run(self.report.running)
        if self.report.made_up:
            header.add_run(f"\t\t{self.report.made_up}").bold = True
        footer.add_run(f"\t\t{_('Side')} ")
        _field(footer, "PAGE")
        footer.add_run(f" {_('af')} ")
        _field(footer, "NUMPAGES")

    def _front(self) -> None:
        report = self.report
        if report.made_up:
            self._paragraph(report.made_up, "Intense Quote")
        self._paragraph(report.title, "Title")
        self._paragraph(report.subtitle, "Subtitle")
        self._facts(report.facts)
        self._paragraph(_("Sådan læses rapporten"), "Heading 1")
        for sentence in report.lead:
            self._paragraph(sentence)
        contents = self._paragraph(_("Indhold"), "Heading 1")
        contents.paragraph_format.page_break_before = True
        _contents(self.document, [(part.anchor, part.heading) for part in report.parts])

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._paragraph(block.text, f"Heading {block.level - 1}", block.lang)
        elif isinstance(block, Text):
            style = {"lead": "Lead", "note": "Source"}.get(block.role, "Normal")
            self._paragraph(block.text, style, block.lang)
        elif isinstance(block, Quote):
            label = f"{block.label}: " if block.label else ""
            self._paragraph(label + block.text, "Quote", block.lang)
        elif isinstance(block, Findings):
            self._paragraph(block.heading).runs[0].bold = True
            for sentence in block.items:
                self._paragraph(sentence, "List Bullet")
        elif isinstance(block, Facts):
            self._facts(block.rows)
        elif isinstance(block, Rows):
            self._table(block)
        elif isinstance(block, Picture):
            self._picture(block)
            self._paragraph(block.caption, "Caption")
        else:
            self._multiples(block)

    def _paragraph(self, text: str, style: str = "Normal", lang: str = "") -> Any:
        made = self.document.add_paragraph(style=style)
        run = made.add_run(text)
        if lang:
            _language(run._r.get_or_add_rPr(), lang)
        return made

    def _facts(self, rows: Sequence[tuple[str, str]]) -> None:
        for name, value in rows:
            made = self.document.add_paragraph()
            made.add_run(f"{name}: ").bold = True
            made.add_run(value)

    def _table(self, block: Rows) -> None:
        caption = self._paragraph(block.caption, "Caption")
        caption.paragraph_format.keep_with_next = True
        self._grid(block.head, block.rows, block.row_heads)

    def _grid(self, head: Sequence[str], rows: Sequence[Sequence[str]], row_heads: int) -> Any:
        """A table whose first row is its header and comes again on every page."""
        table = self.document.add_table(rows=1, cols=len(head), style="Table Grid")
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        for name, value in (("firstRow", "1"), ("firstColumn", str(int(row_heads > 0))), ("noHBand", "1")):
            look.set(qn(f"w:{name}"), value)
        _fill(table.rows[0], head, len(head))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell in table.rows[0].cells:
            _shade(cell)
        for row in rows:
            made = table.add_row()
            made._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            _fill(made, row, row_heads)
        self.document.add_paragraph(style="Glance")
        return table

    def _picture(self, picture: Picture) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        self._draw(paragraph.add_run(), picture, _TEXT_WIDTH)

    def _draw(self, run: Any, picture: Picture, width: int) -> None:
        """A chart with what it shows as its words, for who cannot see it."""
        svg = drawn(picture, WIDE, self.report.language)
        properties = run.add_picture(io.BytesIO(as_png(svg)), width=width)._inline.docPr
        properties.set("descr", f"{title_of(svg)}. {told_by(svg)}")
        properties.set("title", title_of(svg))

    def _multiples(self, block: Multiples) -> None:
        """The themes at a glance, three beside each other: a table for each three, headed by their names."""
        self._paragraph(block.key, "Source")
        for first in range(0, len(block.cells), _BESIDE):
            self._beside(block.cells[first : first + _BESIDE])
        if block.sources:
            self._paragraph(block.sources, "Source")

    def _beside(self, cells: Sequence[Multiple]) -> None:
        names = [cell.theme for cell in cells] + [""] * (_BESIDE - len(cells))
        table = self._grid(names, [[""] * _BESIDE], 0)
        for place, cell in zip(table.rows[1].cells, cells, strict=False):
            self._glance(place, cell)

    def _glance(self, place: Any, cell: Multiple) -> None:
        """A theme at a glance: the figure and whose it is, its chart, and what may be said of it."""
        place._tc.remove(place.paragraphs[0]._p)
        over = (cell.indicator, cell.figure, cell.certainty, cell.label)
        under = (cell.verdict, cell.grounds, *cell.notes)
        for line in filter(None, over):
            place.add_paragraph(style="Glance").add_run(line).bold = line == cell.figure
        if cell.picture:
            self._draw(place.add_paragraph(style="Glance").add_run(), cell.picture, _SMALL_WIDTH)
        for line in filter(None, under):
            place.add_paragraph(style="Glance").add_run(line).bold = line == cell.verdict

    def _mark(self, paragraph: Any, name: str) -> None:
        """A bookmark that the contents lead to."""
        self.marks += 1
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            element = OxmlElement(tag)
            element.set(qn("w:id"), str(self.marks))
            if tag == "w:bookmarkStart":
                element.set(qn("w:name"), _bookmark(name))
                paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, element)
            else:
                paragraph._p.append(element)


def _fill(row: Any, texts: Sequence[str], heads: int) -> None:
    for number, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.paragraphs[0].style = "Cell"
        cell.paragraphs[0].add_run(text).bold = number < heads


def _shade(cell: Any) -> None:
    """Petrol under a header."""
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", str(_PETROL))):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
    for run in cell.paragraphs[0].runs:
        run.font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)


def _bookmark(name: str) -> str:
    """A name that Word takes: letters, digits and underscores, at most 40."""
    return name.replace("-", "_")[:40]


def _style(document: Any, language: str) -> None:
    """Fonts, colours and language of every style that is used."""
    styles = document.styles
    for properties in styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr"):
        _language(properties, language)
    for name in ("Normal", "Subtitle", "Quote", "List Bullet", "Intense Quote", *_SIZES):
        font = styles[name].font
        font.name, font.italic = _FONT, False
        _one_font(styles[name].element.get_or_add_rPr())
    styles["Normal"].font.size = Pt(10.5)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    for name, size in _SIZES.items():
        styles[name].font.size, styles[name].font.color.rgb = Pt(size), _PETROL
    styles["Caption"].font.color.rgb = styles["Subtitle"].font.color.rgb = _QUIET
    styles["Subtitle"].font.size = Pt(12)
    styles["Quote"].paragraph_format.left_indent = Mm(6)
    for name, points, after in (("Lead", 11.5, 8), ("Source", 9.0, 6), ("Cell", 9.0, 2), ("Glance", 7.5, 1)):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style, made.font.size, made.paragraph_format.space_after = styles["Normal"], Pt(points), Pt(after)
        made.font.color.rgb = _QUIET if name in ("Lead", "Source") else None
    for name in ("Title", "Subtitle", "Intense Quote"):
        for spaced in styles[name].element.xpath("w:rPr/w:spacing"):  # the template spaces their letters out
            spaced.getparent().remove(spaced)
        for line in styles[name].element.xpath("w:pPr/w:pBdr/w:bottom"):
            line.attrib.pop(qn("w:themeColor"), None)
            line.set(qn("w:color"), str(_PETROL))
    styles["Intense Quote"].font.color.rgb = _PETROL


def _one_font(properties: Any) -> None:
    """Take the theme's own fonts away, which go before the one that is named."""
    fonts = properties.find(qn("w:rFonts"))
    for key in [key for key in fonts.attrib if "heme" in key]:
        del fonts.attrib[key]


def _language(properties: Any, language: str) -> None:
    found = properties.find(qn("w:lang"))
    if found is None:
        found = OxmlElement("w:lang")
        properties.append(found)
    found.set(qn("w:val"), _LOCALES.get(language, language))


def _field(paragraph: Any, code: str) -> None:
    """A number that Word reckons, as of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _contents(document: Any, parts: Sequence[tuple[str, str]]) -> None:
    """A table of contents that leads to each part now, and that Word fills with pages when it is asked to."""
    lines = [document.add_paragraph() for _part in parts] or [document.add_paragraph()]
    for line, (anchor, heading) in zip(lines, parts, strict=False):
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _bookmark(anchor))
        run = OxmlElement("w:r")
        text = OxmlElement("w:t")
        text.text = heading
        run.append(text)
        link.append(run)
        line._p.append(link)
    first, last = lines[0]._p, lines[-1]._p
    at = 1 if first.pPr is not None else 0
    for run in reversed([_character("begin"), _instruction('TOC \\o "1-2" \\h \\z \\u'), _character("separate")]):
        first.insert(at, run)
    last.append(_character("end"))


def _character(kind: str) -> Any:
    run, mark = OxmlElement("w:r"), OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run.append(mark)
    return run


def _instruction(code: str) -> Any:
    run, text = OxmlElement("w:r"), OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {code} "
    run.append(text)
    return run


def _steady(content: bytes, made: datetime) -> bytes:
    """The same package without the time it was saved at."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as saved, zipfile.ZipFile(out, "w") as steady:
        for name in saved.namelist():
            entry = zipfile.ZipInfo(name, made.timetuple()[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            steady.writestr(entry, saved.read(name))
    return out.getvalue()
