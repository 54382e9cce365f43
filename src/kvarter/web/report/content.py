"""What the report is made of: plain blocks in order, alike for page, PDF and .docx. No writer adds a word of its own.

Every number stands in a text that was made from what is published. `lang`: the language of a text where it is another
than the report's; "" where it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, ClassVar

from kvarter.evidence.figures import Figure
from kvarter.evidence.legible import legible
from kvarter.evidence.queries.published import Told


@dataclass(frozen=True)
class Heading:
    """A heading under the part's own. level: 3 or 4; a part's is 2, the report's 1. listed: in the contents."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 3
    lang: str = ""
    listed: bool = True


@dataclass(frozen=True)
class Text:
    """A paragraph. role: lead, definition, note (small: sources) or "" (plain)."""

    kind: ClassVar[str] = "text"
    text: str
    role: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Quote:
    """A clause of the agreement: what it is ("" where the heading over it says so), its key, and its words."""

    kind: ClassVar[str] = "quote"
    label: str
    key: str
    text: str
    lang: str = ""


@dataclass(frozen=True)
class Findings:
    """What may be concluded of an indicator, sentence by sentence."""

    kind: ClassVar[str] = "findings"
    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and a value."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under a header row; the first so many cells of each row are its headers."""

    kind: ClassVar[str] = "table"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_heads: int = 1


@dataclass(frozen=True)
class Picture:
    """A chart to be drawn from published figures. name: its address. headline: of a small one, the figure it is for."""

    kind: ClassVar[str] = "picture"
    name: str
    told: Told
    caption: str
    alt: str
    headline: Figure | None = None


@dataclass(frozen=True)
class Multiple:
    """A theme at a glance. figure: its newest figure, or that there is none; certainty: its interval, or why there is
    none; verdict and grounds: how it has gone; notes: its distance from others, and whose figure it is; label: whose
    and when. Its source stands under them all.
    """

    anchor: str
    theme: str
    lang: str
    figure: str
    indicator: str = ""
    certainty: str = ""
    verdict: str = ""
    grounds: str = ""
    notes: tuple[str, ...] = ()
    label: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Multiples:
    """Every theme at a glance, on one page. key: how the charts are read. sources: each once."""

    kind: ClassVar[str] = "multiples"
    cells: tuple[Multiple, ...]
    key: str
    sources: str


Block = Heading | Text | Quote | Findings | Facts | Table | Picture | Multiples


@dataclass(frozen=True)
class Part:
    """A part of the report, with its line in the contents."""

    anchor: str
    heading: str
    blocks: tuple[Block, ...]
    lang: str = ""
    new_page: bool = True

    @property
    def subheadings(self) -> tuple[Heading, ...]:
        """Its headings of level 3 that the contents list."""
        every = (block for block in self.blocks if isinstance(block, Heading))
        return tuple(block for block in every if block.level == 3 and block.listed)


@dataclass(frozen=True)
class Report:
    """The whole report. made_up: what every page must say where the figures are made for a demonstration, else "".

    dated: the day of the newest publication it is made from, so that the same content is the same report.
    """

    language: str
    title: str
    partnership: str
    subtitle: str
    made_up: str
    dated: date
    running: str
    facts: tuple[tuple[str, str], ...]
    lead: tuple[str, ...]
    parts: tuple[Part, ...]

    def pictures(self) -> Iterator[Picture]:
        """Every chart, in order."""
        for part in self.parts:
            for block in part.blocks:
                if isinstance(block, Picture):
                    yield block
                elif isinstance(block, Multiples):
                    yield from (cell.picture for cell in block.cells if cell.picture)


def without_controls(report: Report) -> Report:
    """The report with texts that every file can hold. What charts are drawn from is left as it is: they see to it."""
    return replace(report, **_clean_fields(report))


def _clean_fields(piece: Any) -> dict[str, Any]:
    return {field.name: _clean(getattr(piece, field.name)) for field in fields(piece)}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, tuple):
        return tuple(map(_clean, value))
    return replace(value, **_clean_fields(value)) if isinstance(value, (Part, Multiple, Block)) else value
