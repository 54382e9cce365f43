"""An agreement as a tagged PDF (PDF/UA-1, ISO 14289-1), set by Typst from `agreement.typ`.

Words reach the template as data and are placed as text: no letter in them is ever read as markup.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import typst
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.exports.edition import Edition, ExportError
from kvarter.agreements.text import Kind


def to_pdf(edition: Edition) -> bytes:
    """The version as PDF: tagged, with bookmarks, its language, and the address it came from.

    The same edition gives the same bytes. Letters that Typst's own fonts lack (Arabic, say) break PDF/UA's rule that
    every letter can be shown; such a text is set with the machine's fonts, tagged but without the promise.
    Raises ExportError when Typst cannot set it at all.
    """
    try:
        return _set(edition, ignore_system_fonts=True, pdf_standards=["ua-1"])
    except typst.TypstError:
        try:
            return _set(edition)
        except typst.TypstError as error:
            raise ExportError(str(error)) from error


def _set(edition: Edition, **how: Any) -> bytes:
    made = datetime.combine(edition.in_force_from, datetime.min.time(), UTC)
    done: bytes = typst.compile(
        (files("kvarter.agreements.exports") / "agreement.typ").read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(_data(edition))},
        timestamp=int(made.timestamp()),
        **how,
    )
    return done


def _data(edition: Edition) -> dict[str, Any]:
    with override(edition.language):
        return {
            "title": edition.text.title,
            "subtitle": edition.text.subtitle,
            "made_up": edition.made_up,
            "language": edition.language,
            "partnership": edition.partnership,
            "date": [edition.in_force_from.year, edition.in_force_from.month, edition.in_force_from.day],
            "facts": [list(fact) for fact in _facts(edition)],
            "address": edition.address,
            "clauses": [_clause(edition, *walked) for walked in edition.walk()],
            "page": _("Side"),
            "of": _("af"),
            "goal": _("Mål"),
            "means": _("Det betyder, at vi:"),
            "running": f"{edition.text.title} · {date_format(edition.in_force_from, 'DATE_FORMAT')}",
        }


def _facts(edition: Edition) -> list[tuple[str, str]]:
    until = f" {_('til')} {date_format(edition.in_force_until, 'DATE_FORMAT')}" if edition.in_force_until else ""
    facts = [
        (_("Udgave"), str(edition.number)),
        (_("Gælder fra"), date_format(edition.in_force_from, "DATE_FORMAT") + until),
        (_("Besluttet"), edition.decision),
        (_("Parter"), ", ".join(edition.parties)),
        (_("Ændringer godkendes af"), edition.text.approving_body),
        (_("Aftalen udløber"), date_format(edition.text.term_ends, "DATE_FORMAT") if edition.text.term_ends else ""),
    ]
    if edition.language != edition.text.language:
        facts.append((_("Oversættelse"), _("Den oprindelige tekst er aftalen.")))
    return [fact for fact in facts if fact[1]]


def _clause(edition: Edition, clause: Any, depth: int, number: int) -> dict[str, Any]:
    words, language = edition.words(clause)
    leads = any(child.kind is Kind.STRATEGY for child in edition.text.under(clause.key))
    return {
        "key": clause.key,
        "kind": clause.kind.value,
        "heading": words.heading,
        "paragraphs": [part for part in words.text.split("\n\n") if part],
        "language": language,
        "depth": depth,
        "number": number,
        "leads": leads,
    }
