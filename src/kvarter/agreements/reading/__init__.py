"""Reading an agreement from a file: its clauses, and the facts they state. Touches no database."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from kvarter.agreements.reading import facts, words
from kvarter.agreements.reading.blocks import Block, Shape, blocks_of, section_name
from kvarter.agreements.reading.clauses import Reader, with_keys
from kvarter.agreements.reading.errors import ReadingError
from kvarter.agreements.reading.files import check_size, lines_of
from kvarter.agreements.text import AgreementText, Remark

__all__ = ["ReadingError", "check_size", "read_agreement"]

LONGEST_TITLE = 200


def read_agreement(data: bytes, filename: str) -> AgreementText:
    """The agreement in a .txt, .md, .docx or .pdf file.

    Raises ReadingError when the file cannot be read at all. What was doubtful stands in `remarks`.
    """
    lines, remarks = lines_of(data, filename)
    blocks, mended = blocks_of(lines)
    title, subtitle, rest = _titled(blocks)
    whole = "\n".join(block.text for block in blocks)
    language = facts.language_of(whole)
    reader = Reader(language)
    reader.read(rest)
    clauses = with_keys(reader)
    term = facts.term_of(clauses)
    related = facts.related_in(clauses)
    found = [*remarks, *mended, *reader.remarks]
    if not any(block.shape is not Shape.PARAGRAPH for block in rest):
        found.append(Remark(_("Teksten har hverken overskrifter eller lister. Alt er læst som tekst.")))
    return AgreementText(
        title=title[:LONGEST_TITLE],
        subtitle=subtitle[:300],
        language=language,
        kind=facts.kind_of_text(whole),
        clauses=clauses,
        parties=facts.parties_in(clauses, reader.parties),
        approving_body=facts.approving_body(clauses),
        in_force_from=facts.in_force_from(whole),
        term_ends=term[0] if term else None,
        duties=facts.duties_in(clauses, related, language),
        related=related,
        remarks=tuple(sorted(found, key=lambda remark: remark.line or 0)),
        digest=hashlib.sha256(data).hexdigest(),
    )


def _titled(blocks: list[Block]) -> tuple[str, str, list[Block]]:
    """The title, the subtitle if there is one, and what follows them."""
    first, *rest = blocks
    title = first.text.rstrip(":")
    if first.shape in {Shape.PARAGRAPH, Shape.ITEM} and len(title) > LONGEST_TITLE:
        return title[:80].rsplit(" ", 1)[0], "", blocks
    if rest and _is_subtitle(rest[0], first, rest[1:]):
        return title, rest[0].text, rest[1:]
    return title, "", rest


def _is_subtitle(block: Block, title: Block, after: list[Block]) -> bool:
    if block.shape is Shape.SUBTITLE:
        return True
    if section_name(block.text) in {*words.SECTIONS, *words.PARTY_SECTIONS}:
        return False
    short = len(block.text) <= 160 and not block.text.endswith((".", ":"))
    plain_heading = block.shape is Shape.HEADING and not block.level
    follows = bool(after) and after[0].shape is not Shape.ITEM
    return title.shape is Shape.HEADING and short and follows and (plain_heading or block.shape is Shape.PARAGRAPH)
