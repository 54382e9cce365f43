"""Whether a questionnaire holds together, however it was made: from a form, or question by question on the site."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kvarter.surveys.minutes import HERE
from kvarter.surveys.questionnaire import Ask, Choice, Compare, Condition, Item, Questionnaire, Texts

KEY = re.compile(r"[^\W\d][\w.-]{0,63}")
SLUG = re.compile(r"[a-zA-Z0-9_-]{1,60}")
LONGEST_TITLE = 200
# The columns that stand beside the answers of a wave (queries/answers.py).
RESERVED = {"wave", "area", "stratum", "gender", "age", "newcomer", "household", "households", "base", "weight", "mode"}
CODE = re.compile(r"[^\s'\"<>&]{1,64}")
THEME = re.compile(r"[a-z0-9-]*")
# What no XML may hold, and so neither Kobo, ODK nor an archive: control signs but tab and new line, and half letters.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIRECTIONS = ("more", "less", "maintain", "none")
_ORDERED = (Compare.LESS, Compare.AT_MOST, Compare.MORE, Compare.AT_LEAST)


@dataclass(frozen=True)
class Fault:
    """Something that must be put right. about: the key of the item, section or scale; "" for the whole."""

    about: str
    told: str


def faults_of(questionnaire: Questionnaire) -> list[Fault]:
    """Everything that must be put right before a questionnaire can be asked; [] for one that holds together."""
    return [
        *_of_whole(questionnaire),
        *_of_keys(questionnaire),
        *(fault for item in questionnaire.items for fault in _of_item(questionnaire, item)),
        *_of_routing(questionnaire),
    ]


def _of_whole(whole: Questionnaire) -> Iterator[Fault]:
    if not any(True for _item in whole.items):
        yield Fault("", _("der er ingen spørgsmål. Skriv mindst ét."))
    if not SLUG.fullmatch(whole.key):
        yield Fault("", _("nøglen “%(key)s” må kun have a til z, tal og streger, højst 60.") % {"key": whole.key})
    if any(len(title) > LONGEST_TITLE for title in whole.titles.values()):
        yield Fault("", _("titlen er over 200 tegn. Gør den kortere."))
    if whole.version < 1:
        yield Fault("", _("udgaven skal være et helt tal fra 1."))
    if whole.audience not in ("adults", "youth"):
        yield Fault("", _("målgruppen “%(said)s” skal være adults eller youth.") % {"said": whole.audience})
    introductions = {language: text.replace(HERE, "1") for language, text in whole.introductions.items()}
    for texts in (whole.titles, introductions):
        yield from _of_texts(whole, "", texts)
    if not whole.titles:
        yield Fault("", _("der mangler en titel. Skriv en."))
    for section in whole.sections:
        yield from _of_texts(whole, section.key, section.texts)
        if not section.items:
            yield Fault(section.key, _("afsnittet har ingen spørgsmål. Slet det, eller skriv et."))


def _of_texts(whole: Questionnaire, about: str, texts: Texts) -> Iterator[Fault]:
    """A text that is there in one language must be there in all, and in no other."""
    for language in whole.languages if texts else ():
        if not texts.get(language, "").strip():
            yield Fault(about, _("en tekst mangler på sproget “%(code)s”. Skriv den.") % {"code": language})
    for language in texts:
        if language not in whole.languages:
            yield Fault(
                about,
                _("en tekst er på sproget “%(code)s”, som resten ikke er på. Oversæt resten, eller slet den.")
                % {"code": language},
            )
    if any(UNWRITABLE.search(text) for text in texts.values()):
        yield Fault(about, _("en tekst har et usynligt tegn, som en formular ikke kan rumme. Skriv teksten igen."))
    if any("${" in text for text in texts.values()):
        yield Fault(about, _("en tekst henter et svar ind med ${…}. Skriv teksten, så den passer til alle."))


def _of_keys(whole: Questionnaire) -> Iterator[Fault]:
    keys = [item.key for item in whole.items] + [section.key for section in whole.sections]
    for key, times in Counter(key.lower() for key in keys).items():
        if times > 1:
            yield Fault(key, _("navnet “%(key)s” er brugt %(n)s gange. Giv hver sit.") % {"key": key, "n": times})
    for key in {item.key for item in whole.items} & RESERVED:
        yield Fault(
            key, _("navnet “%(key)s” er en kolonne, der står ved siden af svarene. Vælg et andet.") % {"key": key}
        )
    for key in keys:
        if not KEY.fullmatch(key):
            yield Fault(
                key,
                _("navnet “%(key)s” skal begynde med et bogstav og kun have bogstaver, tal, streg og punktum.")
                % {"key": key},
            )
    for key, times in Counter(scale.key for scale in whole.scales).items():
        if times > 1:
            yield Fault(key, _("listen “%(key)s” er der %(n)s gange. Giv hver sit navn.") % {"key": key, "n": times})
    for scale in whole.scales:
        if not CODE.fullmatch(scale.key):
            yield Fault(scale.key, _("navnet på listen “%(key)s” må ikke have mellemrum.") % {"key": scale.key})
        yield from _of_choices(whole, scale.key, scale.choices)


def _of_item(whole: Questionnaire, item: Item) -> Iterator[Fault]:
    if not item.texts:
        yield Fault(item.key, _("spørgsmålet har ingen tekst. Skriv en."))
    for texts in (item.texts, item.hints):
        yield from _of_texts(whole, item.key, texts)
    if not THEME.fullmatch(item.theme):
        yield Fault(
            item.key, _("temaet “%(said)s” skal skrives som i aftalen, fx “social-miks”.") % {"said": item.theme}
        )
    if item.about not in ("self", "area"):
        yield Fault(item.key, _("“%(said)s” skal være self eller area.") % {"said": item.about})
    yield from _of_answers(whole, item)
    yield from _of_told(whole, item)
    yield from _of_limits(item)


def _of_answers(whole: Questionnaire, item: Item) -> Iterator[Fault]:
    if not item.ask.has_choices:
        if item.scale or item.choices:
            yield Fault(item.key, _("spørgsmålet har svar at vælge, men er ikke af den slags. Slet dem."))
        return
    if item.scale and item.scale not in {scale.key for scale in whole.scales}:
        yield Fault(item.key, _("listen “%(key)s” findes ikke. Skriv dens svar.") % {"key": item.scale})
        return
    if item.scale and item.choices:
        yield Fault(item.key, _("spørgsmålet har både en fælles liste og egne svar. Behold det ene."))
    elif not item.scale:
        yield from _of_choices(whole, item.key, item.choices)
    users = [other.key for other in whole.items if other.scale == item.key]
    if (not item.scale and item.key in {scale.key for scale in whole.scales}) or users == [item.key]:
        yield Fault(item.key, _("en liste hedder det samme som spørgsmålet. Giv listen et andet navn."))


def _of_choices(whole: Questionnaire, about: str, choices: tuple[Choice, ...]) -> Iterator[Fault]:
    if not any(choice.without is None for choice in choices):
        yield Fault(about, _("der er ingen svar at vælge. Skriv mindst ét."))
    for code, times in Counter(choice.code for choice in choices).items():
        if times > 1:
            yield Fault(about, _("svaret “%(code)s” er der %(n)s gange. Slet de andre.") % {"code": code, "n": times})
    for choice in choices:
        if not CODE.fullmatch(choice.code):
            yield Fault(
                about, _("koden “%(code)s” må ikke have mellemrum eller anførselstegn.") % {"code": choice.code}
            )
        if not choice.texts:
            yield Fault(about, _("svaret “%(code)s” har ingen tekst. Skriv en.") % {"code": choice.code})
        if choice.without and choice.score is not None:
            yield Fault(
                about, _("“%(code)s” er ikke et svar og kan ikke have et tal på skalaen.") % {"code": choice.code}
            )
        yield from _of_texts(whole, about, choice.texts)


def _of_told(whole: Questionnaire, item: Item) -> Iterator[Fault]:
    """That an item's figure can be reckoned: the share who gave some of its choices, or the mean of numbers."""
    told = item.told
    if told is None:
        return
    if told.direction not in _DIRECTIONS:
        yield Fault(
            item.key,
            _("retningen “%(said)s” skal være en af %(known)s.")
            % {"said": told.direction, "known": ", ".join(_DIRECTIONS)},
        )
    if (told.margin is not None) != (told.direction == "maintain"):
        yield Fault(item.key, _("en margin hører til retningen maintain, og kun til den."))
    answers = {choice.code: choice for choice in _choices(whole, item) if choice.without is None}
    for code in told.choices:
        if code not in answers:
            yield Fault(item.key, _("“%(code)s” er ikke et af svarene.") % {"code": code})
    if told.choices or item.ask is Ask.NUMBER:
        return
    if item.ask not in (Ask.ONE, Ask.SCALE) or any(choice.score is None for choice in answers.values()):
        yield Fault(
            item.key, _("et gennemsnit kræver et tal på hvert svar. Skriv dem, eller sig hvilke svar der tæller.")
        )


def _choices(whole: Questionnaire, item: Item) -> tuple[Choice, ...]:
    shared = next((scale.choices for scale in whole.scales if scale.key == item.scale), ())
    return shared if item.scale else item.choices


def _of_limits(item: Item) -> Iterator[Fault]:
    if not (item.low or item.high):
        return
    if item.ask not in (Ask.NUMBER, Ask.DATE):
        yield Fault(item.key, _("kun tal og dage kan have grænser."))
        return
    if not all(_is_limit(limit, item.ask) for limit in (item.low, item.high) if limit):
        yield Fault(item.key, _("en grænse skal være et helt tal eller en dag som 2026-01-31."))
    elif item.low and item.high and _order(item.low, item.ask) > _order(item.high, item.ask):
        yield Fault(item.key, _("den laveste grænse er højere end den højeste."))


def _is_limit(text: str, ask: Ask) -> bool:
    if ask is Ask.NUMBER:
        return re.fullmatch(r"-?(0|[1-9][0-9]{0,11})", text) is not None
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _order(text: str, ask: Ask) -> tuple[int, str]:
    return (int(text), "") if ask is Ask.NUMBER else (0, text)


def _of_routing(whole: Questionnaire) -> Iterator[Fault]:
    """A condition looks at items before its own: so none can hang on itself, or on one that comes later."""
    items = {item.key: item for item in whole.items}
    before: set[str] = set()
    for item in whole.items:
        for one in _comparisons(item.shown_if):
            if one.item not in items:
                yield Fault(item.key, _("betingelsen nævner “%(key)s”, som ikke findes.") % {"key": one.item})
            elif one.item not in before:
                yield Fault(
                    item.key,
                    _("betingelsen ser på “%(key)s”, som kommer senere. Flyt det spørgsmål op.") % {"key": one.item},
                )
            else:
                yield from _of_comparison(whole, item, items[one.item], one)
        before.add(item.key)


def _comparisons(condition: Condition | None) -> Iterator[Condition]:
    if condition is None:
        return
    if not condition.parts:
        yield condition
    for part in condition.parts:
        yield from _comparisons(part)


def _of_comparison(whole: Questionnaire, item: Item, other: Item, one: Condition) -> Iterator[Fault]:
    if other.ask.has_choices:
        known = {choice.code for choice in _choices(whole, other)}
        if one.compare not in _ORDERED and one.value and one.value not in known:
            yield Fault(
                item.key,
                _("betingelsen nævner svaret “%(code)s”, som “%(key)s” ikke har.")
                % {"code": one.value, "key": other.key},
            )
    elif one.compare is Compare.HAS:
        yield Fault(item.key, _("“%(key)s” har ingen svar at vælge. Sammenlign med =, < eller >.") % {"key": other.key})
    elif other.ask is not Ask.TEXT and one.value and not _is_limit(one.value, other.ask):
        yield Fault(
            item.key, _("“%(said)s” kan ikke være et svar på “%(key)s”.") % {"said": one.value, "key": other.key}
        )
    if not one.value and one.compare is not Compare.IS_NOT:
        yield Fault(item.key, _("betingelsen sammenligner med ingenting. Skriv et svar."))
    if "'" in one.value and '"' in one.value:
        yield Fault(item.key, _("et svar i en betingelse kan ikke have begge slags anførselstegn."))
