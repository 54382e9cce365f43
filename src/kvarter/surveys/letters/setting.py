"""Letters as PDF, set by Typst from `letter.typ` a part at a time and put together to one file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

import pypdfium2
import typst
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.journal.actions import ActionError
from kvarter.surveys.actions.inviting import Addressed
from kvarter.surveys.letters.qr import square
from kvarter.surveys.letters.words import Words, answer_address, code_address

AT_A_TIME = 100


class CannotSet(ActionError):
    """The letters cannot be set. Nobody counts as written to."""


def letters_pdf(
    words: Words, people: Sequence[Addressed], day: date, progress: Callable[[int], object] = lambda _n: None
) -> bytes:
    """One PDF with a sheet for each, in their order: a front in Danish and a back in English. Raises CannotSet."""
    parts = []
    for at in range(0, len(people), AT_A_TIME):
        some = people[at : at + AT_A_TIME]
        parts.append(set_by_typst("letter.typ", _data(words, some, day)))
        progress(len(some))
    return joined(parts)


def joined(parts: Sequence[bytes]) -> bytes:
    """PDFs put together to one."""
    if len(parts) == 1:
        return parts[0]
    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        with pypdfium2.PdfDocument(part) as read:
            whole.import_pages(read)
    content = io.BytesIO()
    whole.save(content)
    whole.close()
    return content.getvalue()


def set_by_typst(template: str, data: dict[str, Any]) -> bytes:
    """A template of this folder with its data, as tagged PDF. Raises CannotSet.

    Letters that neither Typst's own fonts nor ours have (Chinese, say) break PDF/UA's rule that every letter can be
    shown; such a part is set with the machine's fonts, tagged but without the promise.
    """
    content = (files("kvarter.surveys.letters") / template).read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    fonts = [str(folder) for folder in settings.FONT_FOLDERS]
    with_ours: dict[str, Any] = {"ignore_system_fonts": True, "pdf_standards": ["ua-1"]}
    for how in (with_ours, {}):
        try:
            made: bytes = typst.compile(content, format="pdf", sys_inputs=inputs, font_paths=fonts, **how)
            return made
        except typst.TypstError as error:
            why = error
    raise CannotSet(_("Siderne kan ikke sættes: %(why)s") % {"why": why})


SAID = ("title", "opening", "scanning", "how", "how_young", "free", "youth", "helping", "leaving", "facts", "more")


def _data(words: Words, people: Sequence[Addressed], day: date) -> dict[str, Any]:
    with override("da"):
        return {
            "sender": words.sender,
            "contact": words.contact,
            "date": date_format(day),
            "site": answer_address(),
            "code_label": _("Din kode"),
            "code_site": _("Skriv koden på"),
            "square_alt": _("En firkant, som en telefon kan læse. Den fører til det samme som koden."),
            "letters": list(_letters(people)),
            "turn": words.turn,
            "own": words.own,
            "back": {name: getattr(words.back, name) for name in SAID},
            **{name: getattr(words, name) for name in SAID},
        }


def _letters(people: Sequence[Addressed]) -> Iterator[dict[str, Any]]:
    for one in people:
        yield {
            "lines": [one.name, *one.address],
            "code": one.code,
            "square": square(code_address(one.code)),
            "youth": one.is_youth,
        }
