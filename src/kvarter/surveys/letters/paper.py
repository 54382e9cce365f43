"""A questionnaire on paper, with somebody's code on every page, so that a page that goes astray is still theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.made_up import mark_of, told_of
from kvarter.surveys.letters.setting import set_by_typst
from kvarter.surveys.minutes import introduction_of
from kvarter.surveys.models import Wave
from kvarter.surveys.questionnaire import Ask, Compare, Condition, Item, Questionnaire, words
from kvarter.surveys.speaking import interface_in

LINES = {Ask.TEXT: 4, Ask.NUMBER: 1, Ask.DATE: 1}
SIGNS = {Compare.LESS: "<", Compare.AT_MOST: "≤", Compare.MORE: ">", Compare.AT_LEAST: "≥"}


def paper_pdf(wave: Wave, questionnaire: Questionnaire, code: str, language: str = "da") -> bytes:
    """The questionnaire as tagged PDF in large type. language: one it is there in. Raises CannotSet."""
    with override(interface_in(language)):
        return set_by_typst("paper.typ", _data(wave, questionnaire, code, language))


def _data(wave: Wave, whole: Questionnaire, code: str, language: str) -> dict[str, Any]:
    numbers = {item.key: number for number, item in enumerate(whole.items, 1)}
    return {
        "title": words(whole.titles, language),
        "made_up": " ".join(filter(None, (mark_of(wave.partnership), told_of(wave.partnership)))),
        "sender": wave.controller,
        "language": language,
        "code": code,
        "code_label": _("Din kode"),
        "page": _("Side"),
        "of": _("af"),
        "introduction": [part for part in words(introduction_of(whole), language).split("\n") if part.strip()],
        "how": [_("Sæt kryds med kuglepen. Spring over, hvis der står, at spørgsmålet ikke er til dig.")],
        "sections": [
            {
                "title": words(part.texts, language),
                "items": [_item(whole, one, numbers, language) for one in part.items],
            }
            for part in whole.sections
        ],
        "sending_title": _("Tak for dine svar"),
        "sending": [
            _("Send skemaet til %(sender)s senest den %(day)s. Skriv ikke dit navn på det.")
            % {"sender": wave.controller, "day": date_format(wave.closes)},
            wave.contact,
        ],
    }


def _item(whole: Questionnaire, item: Item, numbers: Mapping[str, int], language: str) -> dict[str, Any]:
    choices = whole.choices_of(item) if item.ask.has_choices else ()
    hint = words(item.hints, language) if item.hints else ""
    several = _("Sæt gerne flere kryds.") if item.ask is Ask.MANY else ""
    day = _("Skriv dag, måned og år.") if item.ask is Ask.DATE else ""
    return {
        "number": numbers[item.key],
        "text": words(item.texts, language),
        "hint": " ".join(filter(None, (hint, several, day))),
        "condition": _condition(whole, item, numbers, language),
        "choices": [words(choice.texts, language) for choice in choices],
        "lines": LINES.get(item.ask, 0),
    }


def _condition(whole: Questionnaire, item: Item, numbers: Mapping[str, int], language: str) -> str:
    if item.shown_if is None:
        return ""
    return _("Svar kun, hvis %s.") % _said(whole, item.shown_if, numbers, language)


def _said(whole: Questionnaire, condition: Condition, numbers: Mapping[str, int], language: str) -> str:
    """A condition in words: "du svarede “Nej” i spørgsmål 2"."""
    if condition.parts:
        joint = _(" og ") if condition.every else _(" eller ")
        return joint.join(_said(whole, part, numbers, language) for part in condition.parts)
    told = {"number": numbers[condition.item], "value": _value(whole, condition, language)}
    if condition.compare is Compare.IS_NOT:
        return _("du svarede andet end “%(value)s” i spørgsmål %(number)s") % told
    if condition.compare in SIGNS:
        return _("dit svar i spørgsmål %(number)s er %(sign)s %(value)s") % (told | {"sign": SIGNS[condition.compare]})
    return _("du svarede “%(value)s” i spørgsmål %(number)s") % told


def _value(whole: Questionnaire, condition: Condition, language: str) -> str:
    other = whole.item(condition.item)
    for choice in _choices(whole, other):
        if choice.code == condition.value:
            return words(choice.texts, language)
    return condition.value


def _choices(whole: Questionnaire, item: Item) -> Iterator[Any]:
    yield from whole.choices_of(item) if item.ask.has_choices else ()
