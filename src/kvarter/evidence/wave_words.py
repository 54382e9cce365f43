"""What a wave's figures are called and how they came about, in both languages at once: it is published for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.evidence.figures import Counted, Flow, Measure
from kvarter.evidence.models import Grade, Theme
from kvarter.evidence.showing import number_text
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Stratum, Wave
from kvarter.surveys.queries.answers import NEWCOMER_YEARS
from kvarter.surveys.questionnaire import Item, Questionnaire, words
from kvarter.surveys.theme_scales import scale_items, theme_items

LONGEST_NAME = 160


def both(say: Callable[[], str]) -> dict[str, str]:
    """A text in Danish and English."""
    found = {}
    for language in ("da", "en"):
        with translation.override(language):
            found[language] = say()
    return found


def cut_words(cut: str) -> dict[str, str]:
    """A part of the people in words: "age=30-49;gender=f" is women, 30-49 years."""
    values = dict(part.split("=", 1) for part in cut.split(";"))
    return both(lambda: ", ".join(_cut_part(name, values[name]) for name in sorted(values, reverse=True)))


def _cut_part(name: str, value: str) -> str:
    if name == "gender":
        return {"f": _("kvinder"), "m": _("mænd")}.get(value, _("andet køn"))
    if name == "newcomer":
        told = {"n": NEWCOMER_YEARS}
        return (
            _("flyttet ind inden for %(n)s år") % told if value == "yes" else _("boet her længere end %(n)s år") % told
        )
    return _("%(age)s år") % {"age": value}


def indicator_facts(asked: Questionnaire, item: Item, theme: Theme) -> dict[str, Any]:
    """What the indicator of an item is called, what is counted, and who was asked."""
    if item.key in scale_items(asked):
        return _scale_facts(asked, item, theme)
    danish, english = words(item.texts, "da"), words(item.texts, "en")
    definition = both(lambda: _definition(asked, item))
    respondents = both(lambda: _respondents(asked, item))
    return {
        "name": danish[:LONGEST_NAME],
        "name_en": english[:LONGEST_NAME],
        "definition": definition["da"],
        "definition_en": definition["en"],
        "respondents": respondents["da"],
        "respondents_en": respondents["en"],
        "known_issues": item.note,
        "measure": Measure.SHARE if item.told and item.told.choices else Measure.MEAN,
        "flow": Flow.STOCK,
        "grade": Grade.A,
    }


def _scale_facts(asked: Questionnaire, item: Item, theme: Theme) -> dict[str, Any]:
    """A theme's questions taken together."""
    many = len(theme_items(asked)[item.theme])
    texts = {
        "name": lambda: _("%(theme)s: spørgsmålene samlet") % {"theme": theme.said("name")},
        "definition": lambda: (
            _(
                "Hvor mange af 100 svar der er, som man kunne håbe på, i gennemsnit over %(n)s spørgsmål. Den, der har "
                "svaret på under halvdelen, er ikke talt med."
            )
            % {"n": many}
        ),
        "respondents": lambda: _respondents(asked, item),
        "known_issues": lambda: _("Et tema er ikke én ting, og spørgsmålene måler ikke det samme. Læs dem også alene."),
    }
    facts: dict[str, Any] = {"measure": Measure.MEAN, "flow": Flow.STOCK, "grade": Grade.B}
    for name, say in texts.items():
        told = both(say)
        facts[name], facts[f"{name}_en"] = told["da"], told["en"]
    return facts


def _definition(asked: Questionnaire, item: Item) -> str:
    language = translation.get_language() or "da"
    question = words(item.texts, language)
    assert item.told, "only an item that becomes a figure has an indicator"
    if not item.told.choices:
        return _("Gennemsnittet af svarene på: “%(question)s”. Ved ikke og intet svar er ikke talt med.") % {
            "question": question
        }
    labels = {choice.code: words(choice.texts, language) for choice in asked.choices_of(item)}
    told = _(" eller ").join(f"“{labels[code]}”" for code in item.told.choices)
    return _("Andelen, der svarer %(answers)s på: “%(question)s”. Ved ikke og intet svar er ikke talt med.") % {
        "answers": told,
        "question": question,
    }


def _respondents(asked: Questionnaire, item: Item) -> str:
    if asked.audience == "youth":
        return _("Unge fra 12 til 17 år i området")
    if item.about == "area":
        return _("Voksne i området og i resten af kommunen, spurgt om området")
    return _("Voksne i området og i resten af kommunen")


def source_facts(wave: Wave) -> dict[str, Any]:
    """The survey as a source: who makes it, how, and what it cannot say."""
    facts: dict[str, Any] = {
        "counted": Counted.SAMPLE.value,
        "attribution": wave.controller,
        "producer": wave.controller,
    }
    facts["producer_en"] = wave.controller
    texts = {
        "title": lambda: _("Undersøgelsen blandt beboerne"),
        "method": lambda: _(
            "Alle i området og et tilfældigt udsnit af resten er spurgt. Svarene er vægtet, så de passer med køn, "
            "alder og område i den liste, der er trukket fra. Usikkerheden er regnet med hensyn til, at folk i samme "
            "husstand ligner hinanden. Intervallerne for andele er Korn og Graubards, på 95 %."
        ),
        "limits": lambda: _(
            "Nogle svarer ikke, og vægtning gør det kun godt for køn, alder og område. Et spørgeskema ved ikke, "
            "hvorfor noget har ændret sig. De samme mennesker følges ikke fra gang til gang."
        ),
    }
    for name, say in texts.items():
        told = both(say)
        facts[name], facts[f"{name}_en"] = told["da"], told["en"]
    return facts


def method_notes(wave: Wave) -> list[dict[str, str]]:
    """How this wave went: when, how many of how many, in what way, and how it was weighted."""
    strata = list(Stratum.objects.filter(wave=wave).select_related("area"))
    drawn = sum(stratum.drawn for stratum in strata)
    sample = Response.objects.filter(wave=wave.key, finished=True, kind=Response.Kind.SAMPLE)
    modes: dict[str, int] = {}
    for mode in sample.values_list("mode", flat=True):
        modes[mode] = modes.get(mode, 0) + 1
    notes = [both(lambda: _field(wave, sum(modes.values()), drawn)), both(lambda: _modes(modes))]
    weighting = wave.weighting or {}
    if wave.is_imported:
        notes += [both(lambda: _elsewhere(weighting.get("whose", ""))), *_told_of(wave)]
    if weighting.get("trimmed"):
        notes.append(
            both(
                lambda: (
                    _("%(share)s %% af vægtene er skåret til.") % {"share": number_text(100 * weighting["trimmed"], 1)}
                )
            )
        )
    return notes


# What was found when answers were read in, that their readers must know too.
TOLD_ON = {"no-weights", "wave-size", "field-period", "other-season", "other-modes", "nothing-alike", "other-areas"}


def _elsewhere(whose: str) -> str:
    """That others collected the answers, and whose the weights are."""
    told = {
        "given": _("Svarene er samlet ind af andre og læst ind. Vægtene fulgte med dem."),
        "level": _("Svarene er samlet ind af andre og læst ind uden vægte."),
    }
    return told.get(whose) or _("Svarene er samlet ind af andre, læst ind og vægtet her.")


def _told_of(wave: Wave) -> list[dict[str, str]]:
    return [one["told"] for one in wave.findings if one["kind"] in TOLD_ON]


def _field(wave: Wave, answers: int, drawn: int) -> str:
    facts = {
        "opens": _day(wave.opens),
        "closes": _day(wave.closes),
        "answers": number_text(answers),
        "drawn": number_text(drawn),
        "rate": number_text(100 * answers / drawn) if drawn else "",
    }
    if not drawn:
        return (
            _("Spurgt fra %(opens)s til %(closes)s. %(answers)s svar; hvor mange der blev spurgt, er ikke oplyst.")
            % facts
        )
    return _("Spurgt fra %(opens)s til %(closes)s. %(answers)s af %(drawn)s svarede (%(rate)s %%).") % facts


def _modes(modes: dict[str, int]) -> str:
    every = sum(modes.values())
    parts = [
        f"{Response.Mode(mode).label} {number_text(100 * count / every)} %"
        for mode, count in sorted(modes.items(), key=lambda one: -one[1])
    ]
    return _("Svaret: %(ways)s.") % {"ways": ", ".join(parts)}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
