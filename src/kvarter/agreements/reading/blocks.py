"""From lines to blocks: headings, paragraphs, items of lists. Mends what copying from other programs breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from kvarter.agreements.reading import words
from kvarter.agreements.text import Remark

LONGEST_HEADING = 160
WIDE = 150  # a text whose longest line is wider than this has a line for each paragraph
_BULLET = re.compile(r"^\s*(?:[-*•–·▪◦]|[a-z]\))\s+(?P<rest>\S.*)$")
_MARKDOWN_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<rest>.+?)\s*#*$")
_NUMBERED = re.compile(
    r"^\s*(?P<number>§+\s*\d+[a-z]?|\d{1,2}(?:\.\d{1,2})*|stk\.?\s*\d+)[.):]*\s+(?P<rest>\S.*)$", re.IGNORECASE
)
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.:!<>|~§–])")
_ENDS = (".", "!", "?", ":", ";", "…", ".”", '."', '"', "”", ")", "*")


class Mark(Enum):
    """What the file's format tells of a line."""

    NONE = "none"
    HEADING = "heading"
    SUBTITLE = "subtitle"
    ITEM = "item"
    GOAL = "goal"
    PARTY = "party"
    WRAPPED = "wrapped"


@dataclass(frozen=True)
class Line:
    """A line of the file, counted from 1."""

    number: int
    text: str
    mark: Mark = Mark.NONE
    level: int = 0


class Shape(Enum):
    """What a block is to the eye."""

    HEADING = "heading"
    SUBTITLE = "subtitle"
    PARAGRAPH = "paragraph"
    LEAD = "lead"
    ITEM = "item"
    GOAL = "goal"
    PARTY = "party"


@dataclass(frozen=True)
class Block:
    """A run of text with its shape. `level`: a heading's (0: the format does not tell) or the numbering's depth."""

    shape: Shape
    text: str
    line: int
    level: int = 0


def blocks_of(lines: list[Line]) -> tuple[list[Block], list[Remark]]:
    """The blocks in order, and what was mended."""
    remarks: list[Remark] = []
    wide = max((len(line.text) for line in lines), default=0) > WIDE
    blocks = [block for group in _groups(lines) for block in _blocks(group, wide, remarks)]
    blocks = list(_rejoined(blocks, remarks))
    return [_as_lead(block) for block in blocks], remarks


def _groups(lines: list[Line]) -> Iterator[list[Line]]:
    """Lines between empty ones."""
    group: list[Line] = []
    for line in lines:
        if line.text.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


_SHAPES = {Mark.SUBTITLE: Shape.SUBTITLE, Mark.ITEM: Shape.ITEM, Mark.GOAL: Shape.GOAL, Mark.PARTY: Shape.PARTY}


def _blocks(group: list[Line], wide: bool, remarks: list[Remark]) -> Iterator[Block]:
    """The blocks of lines that stand together."""
    open_block: Block | None = None
    for line in group:
        new = _start(line)
        if new is None and open_block is not None and _goes_on(open_block, line, wide):
            open_block = _longer(open_block, line)
            continue
        if open_block:
            yield open_block
        if new is None and open_block is not None and open_block.shape is Shape.ITEM:
            remarks.append(
                Remark(_("Der mangler en prik foran linjen. Den er læst som et punkt på listen."), line.number)
            )
            new = Block(Shape.ITEM, _plain(line.text), line.number)
        open_block = new or Block(
            _paragraph_or_heading(line.text, alone=len(group) == 1), _plain(line.text), line.number
        )
    if open_block:
        yield open_block


def _start(line: Line) -> Block | None:
    """The block that a line opens by its own marks."""
    if line.mark is Mark.HEADING:
        return Block(Shape.HEADING, _plain(line.text), line.number, line.level)
    if line.mark in _SHAPES:
        return Block(_SHAPES[line.mark], _plain(line.text), line.number)
    if heading := _MARKDOWN_HEADING.match(line.text):
        return Block(Shape.HEADING, _plain(heading["rest"]), line.number, len(heading["marks"]))
    if bullet := _BULLET.match(line.text):
        return Block(Shape.ITEM, _plain(bullet["rest"]), line.number)
    if goal := words.NUMBERED_GOAL.match(line.text.strip()):
        return Block(Shape.GOAL, _plain(goal["rest"]), line.number)
    return _numbered(line)


def _numbered(line: Line) -> Block | None:
    found = _NUMBERED.match(line.text)
    if (
        not found
        or found["rest"].split()[0].casefold() in words.MONTHS
        or (line.mark is Mark.WRAPPED and not found["rest"][0].isupper())
    ):
        return None
    depth = found["number"].count(".") + 1
    rest = _plain(found["rest"])
    if found["number"].lower().startswith("stk"):
        return Block(Shape.PARAGRAPH, rest, line.number, 2)
    if depth == 1 and _looks_like_heading(rest):
        return Block(Shape.HEADING, rest, line.number)
    return Block(Shape.ITEM if depth > 1 or found["number"].isdigit() else Shape.PARAGRAPH, rest, line.number, depth)


def _goes_on(block: Block, line: Line, wide: bool) -> bool:
    """Whether a line without marks of its own belongs to the block above it."""
    if block.shape in {Shape.HEADING, Shape.GOAL, Shape.PARTY} and line.mark is not Mark.WRAPPED:
        return False
    if block.shape is Shape.ITEM:
        first = line.text.lstrip()
        return line.text[:1].isspace() or first[0].islower() or (not wide and not _complete(block.text))
    if line.mark is Mark.WRAPPED:
        return not (_complete(block.text) and _looks_like_heading(line.text) and len(line.text) < 60)
    return not block.text.endswith(":")


def _complete(text: str) -> bool:
    return text.endswith(_ENDS)


def _longer(block: Block, line: Line) -> Block:
    """The block with one more line; a word divided at the end of the line is whole again."""
    text = _plain(line.text)
    divided = line.mark is Mark.WRAPPED and re.search(r"\w-$", block.text) and text[:1].islower()
    joined = block.text[:-1] + text if divided else f"{block.text} {text}"
    shape = Shape.PARAGRAPH if block.shape is Shape.HEADING and _complete(joined) else block.shape
    return Block(shape, joined, block.line, block.level)


def _paragraph_or_heading(text: str, *, alone: bool) -> Shape:
    return Shape.HEADING if alone and _looks_like_heading(_plain(text)) else Shape.PARAGRAPH


def section_name(text: str) -> str:
    """A heading as the cue words have it: small letters, no colon."""
    return text.strip().rstrip(":").strip().casefold()


def _looks_like_heading(text: str) -> bool:
    known = section_name(text) in words.SECTIONS or section_name(text) in words.PARTY_SECTIONS
    short = len(text) <= LONGEST_HEADING and text[:1].isupper() and not text.endswith((".", "!", "?", ";", ",", ":"))
    return known or short


def _rejoined(blocks: list[Block], remarks: list[Remark]) -> Iterator[Block]:
    """A paragraph of several sentences that stops without a stop goes on in the next block."""
    waiting: Block | None = None
    for block in blocks:
        if waiting and block.shape in {Shape.PARAGRAPH, Shape.HEADING} and block.level == 0:
            remarks.append(Remark(_("En tom linje delte et afsnit midt i en sætning. Det er samlet igen."), block.line))
            block = Block(Shape.PARAGRAPH, f"{waiting.text} {block.text}", waiting.line)
            waiting = None
        elif waiting:
            yield waiting
            waiting = None
        if block.shape is Shape.PARAGRAPH and _is_broken(block.text):
            waiting = block
        else:
            yield block
    if waiting:
        yield waiting


def _is_broken(text: str) -> bool:
    return not _complete(text) and bool(re.search(r"[.!?]\s+[A-ZÆØÅ]", text))


def _as_lead(block: Block) -> Block:
    """A paragraph that ends in a colon leads to what follows."""
    if block.shape is Shape.PARAGRAPH and block.text.endswith(":") and len(block.text) <= LONGEST_HEADING:
        return Block(Shape.LEAD, block.text, block.line, block.level)
    return block


def _plain(text: str) -> str:
    """The words without Markdown's marks."""
    text = " ".join(text.split())
    for _round in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return _ESCAPED.sub(r"\1", text)
