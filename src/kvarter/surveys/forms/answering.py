"""How questions are drawn: each as a small piece of plain data, with its texts in the language they really are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kvarter.surveys.checking import MOST_TEXT, Wrong
from kvarter.surveys.paging import Paper
from kvarter.surveys.questionnaire import RIGHT_TO_LEFT, Ask, Item, Texts, words

NAMES_OF_LANGUAGES = {
    "ar": "العربية",
    "bs": "Bosanski",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "fa": "فارسی",
    "fr": "Français",
    "ku": "کوردی",
    "pl": "Polski",
    "ps": "پښتو",
    "ro": "Română",
    "so": "Soomaali",
    "sr": "Srpski",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
}


@dataclass(frozen=True)
class Chosen:
    """One choice of a question, and whether it is chosen."""

    code: str
    text: SafeString
    on: bool


@dataclass(frozen=True)
class Question:
    """A question as a page draws it. name: of the form's field. typed: what stands in it. fault: what is wrong."""

    name: str
    kind: str
    text: SafeString
    hint: SafeString | str
    optional: bool
    choices: tuple[Chosen, ...]
    typed: str
    fault: str
    low: str = ""
    high: str = ""

    @property
    def described(self) -> str:
        """The ids of what describes it to a screen reader."""
        return " ".join(f"{letter}{self.name}" for letter, there in (("h", self.hint), ("e", self.fault)) if there)


def name_of(paper: Paper, item: Item) -> str:
    """An item's name in a form."""
    return f"i{paper.numbers[item.key]}"


def direction(language: str) -> str:
    """The direction a language is written in, as HTML says it."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def marked(language: str, page: str) -> SafeString:
    """Attributes that tell a text's language and direction where they are not the page's."""
    if language == page:
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, direction(language))


def said(texts: Texts, page: str) -> SafeString:
    """A text in the page's language; where it is not there, another, marked as what it is."""
    if texts.get(page) or not texts:
        return format_html("{}", texts.get(page, ""))
    language = "da" if texts.get("da") else next(iter(texts))
    return format_html("<span{}>{}</span>", marked(language, page), words(texts, language))


def interface(page: str) -> SafeString:
    """Attributes for what is said in the interface's own language on a page in another."""
    return marked(get_language() or "da", page)


def questions(
    paper: Paper,
    items: Iterable[Item],
    answers: Mapping[str, Any],
    language: str,
    *,
    given: Mapping[str, list[str]] | None = None,
    faults: Mapping[str, Wrong] | None = None,
) -> list[Question]:
    """The questions of a page. What was just typed stands where it was wrong, else what is kept."""
    wrong, sent = faults or {}, given or {}
    return [
        _question(
            paper,
            item,
            sent.get(item.key) if item.key in wrong else answers.get(item.key),
            wrong.get(item.key),
            language,
        )
        for item in items
    ]


def _question(paper: Paper, item: Item, held: Any, fault: Wrong | None, language: str) -> Question:
    stands = [str(one) for one in (held if isinstance(held, list) else [held]) if one is not None]
    return Question(
        name=name_of(paper, item),
        kind={Ask.MANY: "checkbox", Ask.NUMBER: "number", Ask.DATE: "date", Ask.TEXT: "text"}.get(item.ask, "radio"),
        text=said(item.texts, language),
        hint=said(item.hints, language) if item.hints else "",
        optional=not item.required,
        choices=tuple(
            Chosen(choice.code, said(choice.texts, language), choice.code in stands)
            for choice in (paper.questionnaire.choices_of(item) if item.ask.has_choices else ())
        ),
        typed=stands[0] if stands else "",
        fault=fault_in_words(item, fault) if fault else "",
        low=item.low,
        high=item.high,
    )


_FAULTS = {
    Wrong.NOT_A_CHOICE: gettext_lazy("Vælg et af svarene."),
    Wrong.NOT_A_NUMBER: gettext_lazy("Skriv et helt tal, kun med cifre."),
    Wrong.NOT_A_DAY: gettext_lazy("Skriv en dato, der findes."),
    Wrong.BOTH: gettext_lazy("Vælg enten svar eller “ved ikke”, ikke begge dele."),
}


def fault_in_words(item: Item, wrong: Wrong) -> str:
    """What is wrong and how to mend it."""
    if wrong is Wrong.MISSING:
        return (
            _("Vælg et svar. “Ved ikke” og “vil ikke svare” er også svar.")
            if item.ask.has_choices
            else _("Skriv et svar.")
        )
    if wrong is Wrong.TOO_LONG:
        return _("Teksten er for lang og er ikke gemt. Skriv højst %(most)s tegn.") % {"most": MOST_TEXT}
    if wrong is Wrong.OUTSIDE:
        return _limits(item)
    return str(_FAULTS[wrong])


def _limits(item: Item) -> str:
    known = {"low": item.low, "high": item.high}
    if item.low and item.high:
        return _("Det skal være fra %(low)s til %(high)s.") % known
    return (_("Det skal være mindst %(low)s.") if item.low else _("Det skal være højst %(high)s.")) % known


def answer_in_words(paper: Paper, key: str, answer: Any, language: str) -> SafeString:
    """An answer as it is read: its choices' texts, or what was typed."""
    item = paper.questionnaire.item(key)
    if answer is None:
        return format_html("{}", _("intet svar"))
    if not item.ask.has_choices:
        return format_html("{}", answer)
    chosen = answer if isinstance(answer, list) else [answer]
    texts = (said(c.texts, language) for c in paper.questionnaire.choices_of(item) if c.code in chosen)
    return format_html_join("; ", "{}", ((text,) for text in texts))
