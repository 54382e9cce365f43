"""Three small agreements of different shape, in words of our own, and ways to make files of them."""

from __future__ import annotations

from io import BytesIO

import docx
import typst

NUMBERED = """\
Delaftale om Nordbyens pladser

§ 1 Parter
Delaftalen er indgået mellem Nordby Kommune, Boligselskabet Elmen og Grundejerforeningen Nord.

§ 2 Mål
Mål 1: Pladserne bliver brugt hele året
1.1 Vi sætter lys og borde op
1.2 Vi holder et marked hver måned
Mål 2: Børnene kan lege uden at være bange for bilerne
2.1 Vi lukker Skolegade for gennemkørsel

§ 3 Løbetid
Delaftalen gælder indtil den 30. juni 2028. Parterne drøfter en forlængelse af aftalen i 2027.
Stk. 2. Ændringer skal godkendes af Nordbyens styregruppe.

§ 4 Opfølgning
Hvert andet år gennemføres en undersøgelse på fire temaer: tryghed, ophold, trafik og grønne steder.

Underskrevet i Nordby, den 3. marts 2025
"""

ENGLISH = """\
# Better Together in Eastfield

An agreement for a greener and friendlier estate

This partnership agreement is made between Eastfield Borough Council, Oak Housing Association and the County Police.
The agreement runs until 31 December 2029. Changes must be approved by the Steering Board.

## Vision

Eastfield is a place people are proud of.

## Images of the future

Children walk to school on their own.

There is music in the square in summer.

## Goals

Goal 1: We want safer streets

This means that we:

- Light the paths
- Walk the estate together every month

Goal 2: We want more people in work

This means that we:

- Open a job club
- Train ten residents a year as
  mentors for others

## Follow-up

A survey takes place every second year on three themes: safety, health and work.

## Ground rules

In our joint efforts we will:

- listen first
- share the credit
"""


def table_document() -> bytes:
    """A Word file with the parties in a table, the goals in another, headings by style and a numbered list."""
    document = docx.Document()
    document.add_heading("Samarbejdsaftale for Sydhavnen", 0)
    document.add_paragraph("Aftalen løber til 2027. Ændringer i aftalen godkendes af Sydforum.")
    document.add_heading("Parter", 1)
    parties = document.add_table(rows=3, cols=2)
    for row, cells in zip(
        parties.rows, (("Part", "Rolle"), ("Syd Kommune", "Formand"), ("KAB Syd", "Vært")), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_heading("Mål", 1)
    goals = document.add_table(rows=3, cols=2)
    rows = (
        ("Mål", "Det betyder, at vi"),
        ("Flere unge i fritidsjob", "Finder ti nye pladser\nHjælper med ansøgningen"),
        ("Et renere kvarter", "Rydder op hver lørdag"),
    )
    for row, cells in zip(goals.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_heading("Spilleregler", 1)
    document.add_paragraph("vi siger tingene direkte", style="List Bullet")
    document.add_paragraph("vi holder, hvad vi lover", style="List Number")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def as_pdf(title: str, paragraphs: list[str], headings: set[str]) -> bytes:
    """A PDF of several narrow pages with page numbers and divided words, as word processors make them."""
    source = [
        '#set page(width: 90mm, height: 110mm, numbering: "1 / 1")',
        '#set text(lang: "da", hyphenate: true, size: 10pt)',
        "#set par(justify: true)",
        f"= {title}",
    ]
    source += [f"== {text}" if text in headings else text for text in paragraphs]
    made: bytes = typst.compile("\n\n".join(source).encode(), format="pdf")
    return made
