"""What a wave's figures are called and how they came about, in both languages at once: it is published for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.evidence.figures import Counted, Flow, Measure
from kvarter.evidence.models import Grade, Theme
from kvarter.evidence.showing import number_text
from kvarter.evidence.telling import both
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Stratum, Wave
from kvarter.surveys.queries.answers import NEWCOMER_YEARS
from kvarter.surveys.queries.monitor import ways_of
from kvarter.surveys.questionnaire import Item, Questionnaire, words
from kvarter.surveys.theme_scales import scale_items, theme_items

LONGEST_NAME = 160
YOUNGEST_ASKED, ADULT = 12, 18


def cut_words(cut: str, year: int) -> dict[str, str]:
    """A part of the people in words: "age=30-49;gender=f" is women, 30-49 years. year: of the wave."""
    values = dict(part.split("=", 1) for part in cut.split(";"))
    return both(lambda: ", ".join(_cut_part(name, values[name], year) for name in sorted(values, reverse=True)))


def _cut_part(name: str, value: str, year: int) -> str:
    if name == "gender":
        return {"f": _("kvinder"), "m": _("mænd")}.get(value, _("andet køn"))
    if name == "newcomer":
        told = {"year": year - NEWCOMER_YEARS}
        return _("flyttet ind i %(year)s eller senere") % told if value == "yes" else _("her fra før %(year)s") % told
    return _("%(age)s år") % {"age": value}


def indicator_facts(wave: Wave, asked: Questionnaire, item: Item, theme: Theme) -> dict[str, Any]:
    """What the indicator of an item is called, what is counted, and whom the wave asks."""
    if item.key in scale_items(asked):
        return _scale_facts(wave, asked, item, theme)
    danish, english = words(item.texts, "da"), words(item.texts, "en")
    noted = {asked.languages[0]: item.note, **item.notes}
    definition = both(lambda: _definition(asked, item))
    respondents = both(lambda: _respondents(wave, asked, item))
    return {
        "name": _named(asked, danish, "da"),
        "name_en": _named(asked, english, "en"),
        "definition": definition["da"],
        "definition_en": definition["en"],
        "respondents": respondents["da"],
        "respondents_en": respondents["en"],
        "known_issues": words(noted, "da"),
        "known_issues_en": noted.get("en", ""),
        "measure": Measure.SHARE if item.told and item.told.choices else Measure.MEAN,
        "flow": Flow.STOCK,
        "grade": Grade.A,
    }


def _scale_facts(wave: Wave, asked: Questionnaire, item: Item, theme: Theme) -> dict[str, Any]:
    """A theme's questions taken together."""
    many = len(theme_items(asked)[item.theme])
    texts = {
        "name": lambda: _named(
            asked,
            _("%(theme)s: spørgsmålene samlet") % {"theme": theme.said("name")},
            translation.get_language() or "da",
        ),
        "definition": lambda: (
            _(
                "Hvor mange af 100 svar der er, som man kunne håbe på, i gennemsnit over %(n)s spørgsmål. Den, der har "
                "svaret på under halvdelen, er ikke talt med."
            )
            % {"n": many}
        ),
        "respondents": lambda: _respondents(wave, asked, item),
        "known_issues": lambda: _("Et tema er ikke én ting, og spørgsmålene måler ikke det samme. Læs dem også alene."),
    }
    facts: dict[str, Any] = {"measure": Measure.MEAN, "flow": Flow.STOCK, "grade": Grade.B}
    for name, say in texts.items():
        told = both(say)
        facts[name], facts[f"{name}_en"] = told["da"], told["en"]
    return facts


def _named(asked: Questionnaire, name: str, language: str) -> str:
    """What a figure is called: the young are asked much the same as the others, so their figures say whose they are."""
    if asked.audience != "youth":
        return name[:LONGEST_NAME]
    with translation.override(language):
        whose = _("(12-17 år)")
    return f"{name[: LONGEST_NAME - len(whose) - 1]} {whose}"


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


def _respondents(wave: Wave, asked: Questionnaire, item: Item) -> str:
    facts = {"places": _(" og ").join(str(area) for area in (wave.area, wave.reference) if area), "area": wave.area}
    if asked.audience == "youth":
        return _("Unge fra 12 til 17 år i %(places)s") % facts
    if item.about == "area":
        return _("Voksne i %(places)s, spurgt om %(area)s") % facts
    return _("Voksne i %(places)s") % facts


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
            "Hvem der er spurgt, hvor mange der svarede, og hvordan svarene er vægtet, står som noter ved hvert tal. "
            "Usikkerheden er regnet med hensyn til, at folk i samme husstand ligner hinanden. Intervallerne for "
            "andele er Korn og Graubards, på 95 %."
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
    """How this wave went: when, who was asked, how many answered and in what way, and how it was weighted."""
    strata = list(Stratum.objects.filter(wave=wave).select_related("area").order_by("pk"))
    sample = Response.objects.filter(wave=wave.key, finished=True, kind=Response.Kind.SAMPLE)
    modes = ways_of(wave) or Counter(sample.exclude(mode="").values_list("mode", flat=True))
    notes = [both(lambda: _field(wave, sample.count(), sum(stratum.drawn for stratum in strata)))]
    notes += [both(partial(_asked, wave, own)) for own in _by_area(strata)]
    notes += [both(lambda: _modes(modes))] if modes else []
    weighting = wave.weighting or {}
    notes.append(both(lambda: _weights(wave, weighting.get("whose", ""))))
    notes += _told_of(wave) if wave.is_imported else []
    if weighting.get("trimmed"):
        notes.append(
            both(
                lambda: (
                    _("%(share)s %% af vægtene er skåret til.") % {"share": number_text(100 * weighting["trimmed"], 1)}
                )
            )
        )
    return notes


def _by_area(strata: Iterable[Stratum]) -> list[list[Stratum]]:
    found: dict[int, list[Stratum]] = {}
    for stratum in strata:
        found.setdefault(stratum.area_id, []).append(stratum)
    return list(found.values())


def _asked(wave: Wave, strata: Sequence[Stratum]) -> str:
    """Who of an area was asked: everyone who stood in the list, or those drawn of them."""
    people, drawn = (sum(getattr(one, name) for one in strata) for name in ("population", "drawn"))
    facts = {
        "area": strata[0].area,
        "people": number_text(people),
        "drawn": number_text(drawn),
        "age": YOUNGEST_ASKED if wave.youth_id else ADULT,
    }
    if not drawn:
        return _("%(area)s: hvor mange der blev spurgt, er ikke oplyst.") % facts
    if drawn == people:
        return _("%(area)s: alle %(people)s fra %(age)s år er spurgt.") % facts
    if wave.is_imported:
        return _("%(area)s: %(drawn)s af %(people)s fra %(age)s år er spurgt.") % facts
    return _("%(area)s: %(drawn)s af %(people)s fra %(age)s år er trukket ud tilfældigt og spurgt.") % facts


# What was found when answers were read in, that their readers must know too.
TOLD_ON = {"no-weights", "wave-size", "field-period", "other-season", "other-modes", "nothing-alike", "other-areas"}


def _weights(wave: Wave, whose: str) -> str:
    """How the answers are weighted, and where others collected them, whose the weights are."""
    if not wave.is_imported:
        return _("Svarene er vægtet, så de passer med køn, alder og område i den liste, der er trukket fra.")
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
        "closes": _day(wave.ended),
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


def _modes(modes: Counter[str]) -> str:
    every = modes.total()
    parts = [f"{Response.Mode(mode).label} {number_text(100 * count / every)} %" for mode, count in modes.most_common()]
    return _("Svaret: %(ways)s.") % {"ways": ", ".join(parts)}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
