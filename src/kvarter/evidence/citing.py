"""Where figures are from, in a line beside them: what of it stands in another language than the page is marked so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kvarter.evidence.figures import Figure, SourceFacts


@dataclass(frozen=True)
class Citation:
    """Producer, title, the producer's names for the data used, and the sentence that must stand beside.

    parts: (text, its language where that is not the page's), to be read one after another.
    """

    parts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "".join(text for text, _lang in self.parts)

    @property
    def html(self) -> SafeString:
        """The line for a page, each part in its language."""
        return format_html_join("", "{}", ((in_language(*part),) for part in self.parts))

    @property
    def paragraphs(self) -> tuple[tuple[str, str], ...]:
        """The line for a document whose paragraphs are each of one language: the sentence alone where it is another."""
        *named, last = self.parts
        if not last[1]:
            return ((str(self), ""),)
        return ("".join(text for text, _lang in named).strip(), ""), last


def in_language(text: str, lang: str) -> SafeString:
    """A text for a page, marked where it is in another language than the page."""
    return format_html('<span lang="{}">{}</span>', lang, text) if lang else format_html("{}", text)


def citations_of(figures: Iterable[Figure]) -> tuple[Citation, ...]:
    """Each source once, with the data used of it in the order of time."""
    labels: dict[SourceFacts, list[str]] = {}
    for figure in sorted(figures, key=lambda figure: figure.period.last):
        used = labels.setdefault(figure.source, [])
        if figure.label not in used:
            used.append(figure.label)
    return tuple(dict.fromkeys(_citation(source, used) for source, used in labels.items()))


def _citation(source: SourceFacts, used: Iterable[str]) -> Citation:
    """The names that producers give their data are in their own language, which is Danish."""
    foreign = "da" if (get_language() or "da") != "da" else ""
    parts = [(source.producer, source.lang_of("producer")), (": ", ""), (source.title, source.lang_of("title"))]
    parts += [(" (", ""), (", ".join(used), foreign), (").", "")]
    if source.attribution != source.producer:
        parts += [(" ", ""), (f"{source.attribution}.", source.attribution_lang)]
    return Citation(tuple(parts))
