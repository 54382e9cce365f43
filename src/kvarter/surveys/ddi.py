"""A questionnaire for an archive: DDI-Codebook 2.5, the standard data archives read (ddialliance.org).

Each question is a variable with its words and answers in every language, the answers that are none marked as missing,
whom it is asked of (universe), and its theme (concept).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _
from lxml import etree

from kvarter.surveys.minutes import introduction_of
from kvarter.surveys.questionnaire import Ask, Choice, Compare, Condition, Item, Questionnaire, Texts, words

NAMESPACE = "ddi:codebook:2_5"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# The languages our own words are in; the questions are in all of theirs.
_OURS = ("da", "en")
_DOMAINS: Mapping[Ask, str] = {
    Ask.ONE: "category",
    Ask.SCALE: "category",
    Ask.MANY: "multiple",
    Ask.NUMBER: "numeric",
    Ask.DATE: "datetime",
    Ask.TEXT: "text",
}


def ddi_xml(questionnaire: Questionnaire) -> str:
    """The questionnaire as a DDI-Codebook document."""
    own = questionnaire.languages[0]
    book = etree.Element(f"{{{NAMESPACE}}}codeBook", {"version": "2.5", _LANG: own}, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    _study(_add(book, "stdyDscr"), questionnaire)
    data = _add(book, "dataDscr")
    ids = {item.key: f"V{number}" for number, item in enumerate(questionnaire.items, start=1)}
    for number, section in enumerate(questionnaire.sections, start=1):
        within = " ".join(ids[item.key] for item in section.items)
        group = _add(data, "varGrp", ID=f"G{number}", type="section", var=within)
        _add_texts(group, "labl", section.texts)
    for item in questionnaire.items:
        _variable(_add(data, "var", ID=ids[item.key], name=item.key), questionnaire, item)
    return etree.tostring(book, encoding="unicode", pretty_print=True)


def _study(study: etree._Element, whole: Questionnaire) -> None:
    own = whole.languages[0]
    citation = _add(study, "citation")
    titles = _add(citation, "titlStmt")
    _add(titles, "titl", whole.titles[own], language=own)
    _add_texts(titles, "parTitl", {code: text for code, text in whole.titles.items() if code != own})
    _add(titles, "IDNo", whole.key)
    _add(_add(citation, "verStmt"), "version", str(whole.version))
    info = _add(study, "stdyInfo")
    themes = dict.fromkeys(item.theme for item in whole.items if item.theme)
    if themes:
        subject = _add(info, "subject")
        for theme in themes:
            _add(subject, "topcClas", theme)
    _add_texts(info, "abstract", introduction_of(whole))
    summary = _add(info, "sumDscr")
    for code in _OURS:
        with translation.override(code):
            who = _("Unge fra 12 til 17 år") if whole.audience == "youth" else _("Voksne fra 18 år")
            _add(summary, "universe", who, language=code)


def _variable(variable: etree._Element, whole: Questionnaire, item: Item) -> None:
    """One question, its parts in the order the schema wants them."""
    if item.ask is not Ask.TEXT:
        variable.set("intrvl", "contin" if item.ask is Ask.NUMBER else "discrete")
    _add_texts(variable, "labl", item.texts)
    question = _add(variable, "qstn", responseDomainType=_DOMAINS[item.ask])
    _add_texts(question, "qstnLit", item.texts)
    _add_texts(question, "ivuInstr", item.hints)
    limits = {name: limit for name, limit in (("min", item.low), ("max", item.high)) if limit}
    if limits:
        _add(_add(variable, "valrng"), "range", **limits)
    for code in _OURS if item.shown_if else ():
        with translation.override(code):
            _add(variable, "universe", _told(whole, item.shown_if, code), language=code)
    for choice in whole.choices_of(item):
        _category(variable, choice)
    if item.theme:
        _add(variable, "concept", item.theme)
    coded = "numeric" if item.ask is Ask.NUMBER else "character"
    _add(variable, "varFormat", type=coded, **({"category": "date"} if item.ask is Ask.DATE else {}))
    if item.note:
        _add_texts(variable, "notes", {whole.languages[0]: item.note, **item.notes})


def _category(variable: etree._Element, choice: Choice) -> None:
    missing = {"missing": "Y", "missType": choice.without.value} if choice.without else {}
    category = _add(variable, "catgry", **missing)
    _add(category, "catValu", choice.code)
    _add_texts(category, "labl", choice.texts)


def _told(whole: Questionnaire, condition: Condition | None, language: str) -> str:
    """A condition in words: whom the question is asked of."""
    if condition is None:
        return ""
    if condition.parts:
        joined = _("og") if condition.every else _("eller")
        return f" {joined} ".join(f"({_told(whole, part, language)})" for part in condition.parts)
    item = whole.item(condition.item)
    answers = {choice.code: words(choice.texts, language) for choice in whole.choices_of(item)}
    question = words(item.texts, language)
    if not condition.value:
        return _("“%(question)s” er besvaret") % {"question": question}
    said = {
        Compare.IS: _("“%(question)s” er “%(answer)s”"),
        Compare.IS_NOT: _("“%(question)s” er ikke “%(answer)s”"),
        Compare.LESS: _("“%(question)s” er under “%(answer)s”"),
        Compare.AT_MOST: _("“%(question)s” er højst “%(answer)s”"),
        Compare.MORE: _("“%(question)s” er over “%(answer)s”"),
        Compare.AT_LEAST: _("“%(question)s” er mindst “%(answer)s”"),
        Compare.HAS: _("“%(answer)s” er med i svaret på “%(question)s”"),
    }[condition.compare]
    return said % {"question": question, "answer": answers.get(condition.value, condition.value)}


def _add(
    parent: etree._Element, tag: str, text: str = "", /, *, language: str = "", **attributes: str
) -> etree._Element:
    given = {_LANG: language, **attributes} if language else attributes
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", given)
    made.text = text or None
    return made


def _add_texts(parent: etree._Element, name: str, texts: Texts) -> None:
    for code, text in texts.items():
        _add(parent, name, text, language=code)
