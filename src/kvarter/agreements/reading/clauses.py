"""From blocks to clauses: what each passage is, under which it belongs, and the key it is known by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from kvarter.agreements.keys import plain_letters
from kvarter.agreements.reading import facts, words
from kvarter.agreements.reading.blocks import Block, Shape, section_name
from kvarter.agreements.text import ClauseText, Kind, Remark

# Sections whose first paragraph stands with the heading; in the others the heading holds paragraphs under it.
WITH_TEXT = {Kind.BACKGROUND, Kind.VISION, Kind.ORGANISATION, Kind.TERM}
ITEMS = {Kind.GOAL: Kind.STRATEGY, Kind.RULE_OF_PLAY: Kind.RULE_OF_PLAY, Kind.THEME: Kind.THEME}


@dataclass
class Draft:
    """A clause while it is being put together."""

    kind: Kind
    heading: str = ""
    text: str = ""
    parent: Draft | None = None
    key: str = ""


@dataclass
class Reader:
    """Walks through the blocks and remembers where it is."""

    language: str
    drafts: list[Draft] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    section: Draft | None = None
    section_kind: Kind = Kind.TEXT
    section_level: int = 0
    goal: Draft | None = None
    lead: Draft | None = None
    in_parties: bool = False

    def read(self, blocks: Sequence[Block]) -> None:
        """Take in every block, with the one after it in view."""
        for here, block in enumerate(blocks):
            after = blocks[here + 1] if here + 1 < len(blocks) else None
            self._take(block, after)

    def _take(self, block: Block, after: Block | None) -> None:
        if block.shape is Shape.PARTY:
            self.parties.append(block.text)
        elif block.shape is Shape.GOAL or self._is_goal(block, after):
            self._open_goal(block)
        elif block.shape is Shape.HEADING:
            self._open_section(block)
        elif block.shape is Shape.LEAD:
            self._lead(block, after)
        elif block.shape is Shape.ITEM:
            self._item(block)
        else:
            self._paragraph(block)

    def _add(self, kind: Kind, text: str = "", heading: str = "", parent: Draft | None = None) -> Draft:
        draft = Draft(kind, heading, text, parent)
        self.drafts.append(draft)
        return draft

    def _is_goal(self, block: Block, after: Block | None) -> bool:
        """A heading under the goals, or one that leads to what it means that we do."""
        if block.shape is not Shape.HEADING or section_name(block.text) in words.SECTIONS:
            return False
        leads = after is not None and after.shape is Shape.LEAD and bool(words.STRATEGY_LEAD.match(after.text))
        inside = self.section_kind is Kind.GOAL and (
            block.level > self.section_level or (not block.level and after is not None and after.shape is Shape.ITEM)
        )
        return leads or inside

    def _open_goal(self, block: Block) -> None:
        parent = self.section if self.section_kind is Kind.GOAL else None
        self.goal = self._add(Kind.GOAL, block.text, parent=parent)
        self.lead = None

    def _open_section(self, block: Block) -> None:
        name = section_name(block.text)
        kind = words.SECTIONS.get(name) or words.SECTIONS.get(re.split(r"\s[–-]\s", name)[0].strip(), Kind.TEXT)
        self.goal = self.lead = None
        self.in_parties = name in words.PARTY_SECTIONS
        self.section_kind, self.section_level = kind, block.level
        heading = block.text.rstrip(":").strip()
        if kind is Kind.FUTURE_IMAGE:
            self.section = next((d for d in self.drafts if d.kind is Kind.VISION), None)
            self._pending_heading = heading
            return
        own = kind if kind in WITH_TEXT else Kind.SECTION
        self.section = self._add(own, heading=heading)

    _pending_heading: str = ""

    def _lead(self, block: Block, after: Block | None) -> None:
        followed = after is not None and after.shape is Shape.ITEM
        if self.goal and words.STRATEGY_LEAD.match(block.text) and followed:
            return
        if not followed:
            self.remarks.append(
                Remark(
                    _("Efter “%(text)s” kommer der ingen liste. Mangler der en figur?") % {"text": block.text},
                    block.line,
                )
            )
        self.lead = self._add(Kind.TEXT, block.text, parent=self.goal or self.section)
        if words.RULE_LEAD.search(block.text):
            self.section_kind = Kind.RULE_OF_PLAY

    def _item(self, block: Block) -> None:
        if self.in_parties:
            self.parties.append(block.text.rstrip(".,;"))
            return
        if self.goal:
            self._add(Kind.STRATEGY, block.text, parent=self.goal)
        elif self.section_kind is Kind.GOAL:
            self.goal = None
            self._add(Kind.GOAL, block.text, parent=self.section)
        elif self.section_kind is Kind.FUTURE_IMAGE:
            self._future_image(block.text)
        else:
            kind = ITEMS.get(self.section_kind) or facts.kind_of_sentence(block.text) or Kind.TEXT
            self._add(kind, block.text, parent=self.lead or self.section)

    def _future_image(self, text: str) -> None:
        self._add(Kind.FUTURE_IMAGE, text, self._pending_heading, self.section)
        self._pending_heading = ""

    def _paragraph(self, block: Block) -> None:
        self.lead = None
        if self.section_kind is Kind.FUTURE_IMAGE:
            self._future_image(block.text)
        elif self.goal is not None:
            self._add(Kind.TEXT, block.text, parent=self.goal)
        elif sentences := facts.sentences_with_facts(block.text):
            for sentence in sentences:
                self._add(facts.kind_of_sentence(sentence) or Kind.TEXT, sentence, parent=self.section)
        elif self.section and self.section.kind in WITH_TEXT and not self.section.text:
            self.section.text = block.text
        else:
            self._body(block)

    def _body(self, block: Block) -> None:
        """A passage under a heading: what the section is of, or an obligation when it promises something dated."""
        own = self.section_kind if self.section_kind in {Kind.BACKGROUND, Kind.ORGANISATION, Kind.VISION} else None
        kind = facts.kind_of_sentence(block.text) or own or Kind.TEXT
        draft = self._add(kind, block.text, parent=self.section)
        for theme in facts.themes_in(block.text, block.line, self.remarks):
            self._add(Kind.THEME, theme, parent=draft)


def with_keys(reader: Reader) -> tuple[ClauseText, ...]:
    """The clauses under readable keys, each once. A clause without words of its own falls away."""
    taken: set[str] = set()
    counts: dict[tuple[Kind, str], int] = {}
    drafts = [draft for draft in reader.drafts if draft.heading or draft.text]
    for draft in drafts:
        draft.key = _free(_key(draft, reader.language, counts), taken)
        taken.add(draft.key)
    return tuple(ClauseText(d.key, d.kind, d.heading, d.text, d.parent.key if d.parent else None) for d in drafts)


def _key(draft: Draft, language: str, counts: dict[tuple[Kind, str], int]) -> str:
    word = words.KEY_WORDS[language][draft.kind]
    if draft.kind is Kind.THEME:
        return f"{word}-{_slug(draft.text)}"
    if draft.kind is Kind.SECTION:
        return _slug(draft.heading) or word
    if draft.kind is Kind.STRATEGY and draft.parent:
        return f"{draft.parent.key}-{_count(counts, draft.kind, draft.parent.key)}"
    number = _count(counts, draft.kind, "")
    alone = draft.heading and number == 1 and draft.kind in WITH_TEXT
    return word if alone else f"{word}-{number}"


def _count(counts: dict[tuple[Kind, str], int], kind: Kind, under: str) -> int:
    counts[kind, under] = counts.get((kind, under), 0) + 1
    return counts[kind, under]


def _slug(text: str) -> str:
    return slugify(plain_letters(text))[:50].strip("-")


def _free(key: str, taken: set[str]) -> str:
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    return free
