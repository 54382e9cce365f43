"""What somebody without a letter is asked first, as a questionnaire of one page: roughly who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kvarter.surveys.frame_cells import AGE_GROUPS
from kvarter.surveys.models import Wave
from kvarter.surveys.paging import Paper, paper
from kvarter.surveys.questionnaire import Ask, Choice, Item, Questionnaire, Section, Without

AGES = tuple(name for name, last in AGE_GROUPS if last >= 12)  # younger children are not asked


def background(wave: Wave, language: str) -> Paper:
    """Where one lives, gender and age group, in the interface's language. Each may be left unsaid."""

    def choice(code: str, text: str, without: Without | None = None) -> Choice:
        return Choice(code, {language: text}, without=without)

    unsaid = choice("unsaid", _("Vil ikke svare"), Without.UNSAID)
    areas = [Choice(area.slug, area.names) for area in (wave.area, wave.reference) if area]
    elsewhere = choice("elsewhere", _("Et andet sted"), Without.UNKNOWN)
    genders = [choice("f", _("Kvinde")), choice("m", _("Mand")), choice("x", _("Andet"))]
    ages = [choice(age, _("%(age)s år") % {"age": age.replace("-", "–")}) for age in AGES]
    hint = {language: _("Er du under 12 år, er spørgsmålene ikke til dig.")}
    items = (
        _item("area", {language: _("Hvor bor du?")}, (*areas, elsewhere, unsaid)),
        _item("gender", {language: _("Hvad er dit køn?")}, (*genders, unsaid)),
        _item("age", {language: _("Hvor gammel er du?")}, (*ages, unsaid), hint),
    )
    titles = {language: str(wave)}
    return paper(Questionnaire("background", 1, titles, (language,), (Section("you", titles, items),)))


def _item(
    key: str, texts: Mapping[str, str], choices: tuple[Choice, ...], hints: Mapping[str, str] | None = None
) -> Item:
    return Item(key, Ask.ONE, texts, choices=choices, hints=hints or {}, required=True)


def background_of(asked: Paper, answers: Mapping[str, Any]) -> dict[str, str]:
    """The background as a response keeps it: what is unsaid is empty."""
    known = asked.questionnaire
    without = {item.key: {c.code for c in known.choices_of(item) if c.without} for item in known.items}
    return {key: "" if answers[key] in without[key] else answers[key] for key in without}
