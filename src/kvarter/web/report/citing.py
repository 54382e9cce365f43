"""Where figures are from, in the report's small print."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kvarter.evidence.citing import Citation
from kvarter.web.report.content import Text


def cited(source: Citation) -> Iterator[Text]:
    """A source, and by itself the sentence that must stand beside where it is in another language than the report."""
    (named, lang), *sentence = source.paragraphs
    yield Text(_("Kilde: %(source)s") % {"source": named}, "note", lang)
    for text, other in sentence:
        yield Text(text, "note", other)
