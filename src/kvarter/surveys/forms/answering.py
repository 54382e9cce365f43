"""How questions are drawn: each as a small piece of plain data, with its texts in the language they really are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kvarter.surveys.checking import MOST_TEXT, Wrong
from kvarter.surveys.paging import Paper
from kvarter.surveys.questionnaire import RIGHT_TO_LEFT, Ask, Item, Texts, words

FEW = 12  # skipped questions that are listed one by one


@dataclass(frozen=True)
class Chosen:
    """One choice of a question, and whether it is chosen."""

    code: str
    text: SafeString
    on: bool


@dataclass(frozen=True)
class Question:
    """A question as a page draws it. name: of the form's field. mark: that it may be skipped, or not, unlike most.

    typed: what stands in it. fault: what is wrong.
    """

    name: str
    kind: str
    text: SafeString
    hint: SafeString | str
    mark: str
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


@dataclass(frozen=True)
class Drawn:
    """The questions of a page as HTML, and those of them that something is wrong with."""

    html: SafeString
    wrong: tuple[Question, ...]


def drawn(
    paper: Paper,
    items: Iterable[Item],
    answers: Mapping[str, Any],
    language: str,
    *,
    given: Mapping[str, list[str]] | None = None,
    faults: Mapping[str, Wrong] | None = None,
) -> Drawn:
    """The questions of a page. What was just typed stands where it was wrong, else what is kept.

    Only the fewer are marked: those that may be skipped where most are required, and the other way round.
    """
    asked, wrong, sent = list(items), faults or {}, given or {}
    mostly = 2 * sum(item.required for item in asked) >= len(asked)
    pieces, troubled = [], []
    for item in asked:
        fault = wrong.get(item.key)
        stands = _stands(sent.get(item.key) if fault else answers.get(item.key))
        is_marked = item.required is not mostly
        if fault:
            troubled.append(_question(paper, item, stands, fault, language, is_marked=is_marked))
            pieces.append(_html(troubled[-1], language))
        else:
            pieces.append(_piece(paper, item, stands, language, is_marked=is_marked))
    return Drawn(SafeString("".join(pieces)), tuple(troubled))


def _stands(held: Any) -> list[str]:
    return [str(one) for one in (held if isinstance(held, list) else [held]) if one is not None]


def _piece(paper: Paper, item: Item, stands: list[str], language: str, *, is_marked: bool) -> SafeString:
    """A question as HTML. With nothing typed and at most one choice it looks the same for all, and is drawn once."""
    if len(stands) > 1 or (stands and not item.ask.has_choices):
        return _html(_question(paper, item, stands, None, language, is_marked=is_marked), language)
    key = (item.key, *stands, language, get_language(), is_marked)
    if key not in paper.pieces:
        paper.pieces[key] = _html(_question(paper, item, stands, None, language, is_marked=is_marked), language)
    return paper.pieces[key]


def _html(question: Question, language: str) -> SafeString:
    return SafeString(render_to_string("surveys/answer/question.html", {"q": question, "ui": interface(language)}))


def _question(
    paper: Paper, item: Item, stands: list[str], fault: Wrong | None, language: str, *, is_marked: bool
) -> Question:
    mark = _("skal besvares") if item.required else _("kan springes over")
    return Question(
        name=name_of(paper, item),
        kind={Ask.MANY: "checkbox", Ask.NUMBER: "number", Ask.DATE: "date", Ask.TEXT: "text"}.get(item.ask, "radio"),
        text=said(item.texts, language),
        hint=said(item.hints, language) if item.hints else "",
        mark=mark if is_marked else "",
        choices=tuple(
            Chosen(choice.code, said(choice.texts, language), choice.code in stands)
            for choice in (paper.questionnaire.choices_of(item) if item.ask.has_choices else ())
        ),
        typed=stands[0] if stands else "",
        fault=fault_in_words(paper, item, fault, language) if fault else "",
        low=item.low,
        high=item.high,
    )


_FAULTS = {
    Wrong.NOT_A_CHOICE: gettext_lazy("Vælg et af svarene."),
    Wrong.NOT_A_NUMBER: gettext_lazy("Skriv et helt tal, kun med cifre."),
    Wrong.NOT_A_DAY: gettext_lazy("Skriv en dato, der findes."),
    Wrong.BOTH: gettext_lazy("Vælg enten svar eller “ved ikke”, ikke begge dele."),
}


def fault_in_words(paper: Paper, item: Item, wrong: Wrong, language: str) -> str:
    """What is wrong and how to mend it."""
    if wrong is Wrong.MISSING:
        return _missing(paper, item, language)
    if wrong is Wrong.TOO_LONG:
        return _("Teksten er for lang og er ikke gemt. Skriv højst %(most)s tegn.") % {"most": MOST_TEXT}
    if wrong is Wrong.OUTSIDE:
        return _limits(item)
    return str(_FAULTS[wrong])


def _missing(paper: Paper, item: Item, language: str) -> str:
    if not item.ask.has_choices:
        return _("Skriv et svar.")
    without = [words(one.texts, language) for one in paper.questionnaire.choices_of(item) if one.without]
    if not without:
        return _("Vælg et svar.")
    return _("Vælg et svar. Det kan også være %(names)s.") % {"names": ", ".join(f"“{name}”" for name in without)}


def _limits(item: Item) -> str:
    known = {"low": item.low, "high": item.high}
    if item.low and item.high:
        return _("Det skal være fra %(low)s til %(high)s.") % known
    return (_("Det skal være mindst %(low)s.") if item.low else _("Det skal være højst %(high)s.")) % known


@dataclass(frozen=True)
class Skipped:
    """What was skipped, and where: a question by itself, or how many of a page where there are many."""

    text: SafeString
    page: int
    anchor: str
    is_required: bool
    many: int


def skipped_of(paper: Paper, answers: Mapping[str, Any], language: str) -> list[Skipped]:
    """What is asked and not answered: by question, or by page where there are more than can be looked over."""
    items = paper.skipped(answers)
    if len(items) <= FEW:
        return [
            Skipped(said(one.texts, language), paper.page_of[one.key], name_of(paper, one), one.required, 1)
            for one in items
        ]
    pages = Counter(paper.page_of[one.key] for one in items)
    required = {paper.page_of[one.key] for one in items if one.required}
    return [
        Skipped(said(paper.pages[page - 1][0].texts, language), page, "", page in required, many)
        for page, many in pages.items()
    ]


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
