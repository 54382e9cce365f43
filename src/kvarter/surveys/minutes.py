"""How long a questionnaire takes, reckoned from its words and its questions before anybody is asked.

A reader of Danish reads 180 words a minute here. Brysbaert (2019, Journal of Memory and Language 109) puts silent
reading of plain prose at 238 words a minute for adults; a quarter is taken off for phones and for those who read with
trouble. To that comes the time to make up one's mind and answer, which in web surveys is a few seconds for a plain
choice and much more for open answers (Yan and Tourangeau 2008, Applied Cognitive Psychology 22). The seconds below are
set on the safe side; a pilot must show whether they hold. A scale is read in full the first time in a section and
skimmed after.
"""

from __future__ import annotations

from collections.abc import Mapping

from kvarter.surveys.questionnaire import Ask, Item, Questionnaire, Texts, words
from kvarter.surveys.routing import pages_of

WORDS_A_MINUTE: Mapping[str, int] = {"adults": 180, "youth": 150}
SECONDS: Mapping[Ask, float] = {
    Ask.ONE: 3.0,
    Ask.SCALE: 3.0,
    Ask.MANY: 5.0,
    Ask.NUMBER: 5.0,
    Ask.DATE: 8.0,
    Ask.TEXT: 25.0,
}
SECONDS_A_PAGE = 2.0
SKIMMED = 0.3
# Where an introduction says how long it takes: to Kobo and ODK, a question that is worked out (xlsform/writing.py).
NAME_IN_FORMS = "kvarter_minutes"
HERE = f"${{{NAME_IN_FORMS}}}"


def introduction_of(questionnaire: Questionnaire) -> Texts:
    """The introduction in each of its languages, with the minutes it takes to answer in that language."""
    return {
        language: text.replace(HERE, str(whole_minutes(questionnaire, language)))
        for language, text in questionnaire.introductions.items()
    }


def whole_minutes(questionnaire: Questionnaire, language: str = "da") -> int:
    """How many minutes it takes, as people are told: at least one."""
    return max(1, round(minutes_of(questionnaire, language)))


def minutes_of(questionnaire: Questionnaire, language: str = "da") -> float:
    """How many minutes it takes to be asked every question, also those that only some are."""
    read: float = _words(questionnaire.titles, language) + _words(questionnaire.introductions, language)
    seconds = 0.0
    met: set[tuple[str, str]] = set()
    for section, items in pages_of(questionnaire):
        read += _words(section.texts, language)
        seconds += SECONDS_A_PAGE
        for item in items:
            again = (section.key, item.scale or item.key) in met
            met.add((section.key, item.scale or item.key))
            read += _words(item.texts, language) + _words(item.hints, language)
            read += _of_choices(questionnaire, item, language) * (SKIMMED if again else 1)
            seconds += SECONDS[item.ask]
    return read / WORDS_A_MINUTE[questionnaire.audience] + seconds / 60


def _of_choices(questionnaire: Questionnaire, item: Item, language: str) -> int:
    return sum(_words(choice.texts, language) for choice in questionnaire.choices_of(item))


def _words(texts: Texts, language: str) -> int:
    return len(words(texts, language).split())
