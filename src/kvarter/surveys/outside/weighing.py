"""What each answer of a file counts for: by the file's own weights, by counts of the people, or all the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import polars as pl
from django.utils.translation import gettext as _

from kvarter.surveys.coarsening import Kind
from kvarter.surveys.frame import UNDER_AGE
from kvarter.surveys.outside.findings import Odd, Weight
from kvarter.surveys.outside.laying import Answer
from kvarter.surveys.outside.mapping import AnswersMapping, StratumFacts
from kvarter.surveys.outside.people import GROUPS
from kvarter.surveys.weights import Method, People, Weighted, area_weights


class Way(StrEnum):
    """GIVEN: the file's own weights. COUNTED: to be raked by us to counts of the people, as for a wave of our own.
    LEVEL: all answers of a stratum count the same, up to its people where they are told.
    """

    GIVEN = "given"
    COUNTED = "counted"
    LEVEL = "level"


@dataclass(frozen=True)
class Counting:
    """How a file's answers count. bases, weights: in the order of the answers; weighting: as it is kept with the wave,
    none where weighting is still to be done.
    """

    way: Way
    strata: tuple[StratumFacts, ...]
    bases: tuple[float | None, ...]
    weights: tuple[float | None, ...]
    weighting: dict[str, Any] | None


def way_of(mapping: AnswersMapping) -> Way:
    """How the answers are to count, by what the mapping tells."""
    if mapping.people.weight:
        return Way.GIVEN
    return Way.COUNTED if mapping.cells else Way.LEVEL


def counting_of(mapping: AnswersMapping, answers: Sequence[Answer]) -> Counting:
    """How answers without a fault in their strata count (see `odd_strata`)."""
    way = way_of(mapping)
    each = Counter(answer.whose.stratum for answer in answers)
    strata = {one.name: one for one in mapping.strata}
    shares = {name: one.people / (one.asked or each[name]) for name, one in strata.items() if one.asked or each[name]}
    bases = tuple(shares.get(answer.whose.stratum, 1.0) for answer in answers)
    if way is Way.COUNTED:
        return Counting(way, tuple(mapping.strata), bases, (None,) * len(answers), None)
    weights = [
        answer.whose.weight if way is Way.GIVEN else _level(strata.get(answer.whose.stratum), each, answer)
        for answer in answers
    ]
    return Counting(way, tuple(mapping.strata), bases, tuple(weights), _told(way, mapping, answers, weights))


def _level(stratum: StratumFacts | None, each: Counter[str], answer: Answer) -> float:
    return stratum.people / each[answer.whose.stratum] if stratum else 1.0


def _told(
    way: Way, mapping: AnswersMapping, answers: Sequence[Answer], weights: Sequence[float | None]
) -> dict[str, Any]:
    """The weighting as it is kept with a wave of our own, and whose it is."""
    found = np.array([weight or 0.0 for weight in weights])
    frame = pl.DataFrame({"area": [answer.whose.area for answer in answers]}, schema={"area": pl.String})
    areas = area_weights(frame, list(_people(mapping, frame, found)), found)
    return Weighted(found, Method(), tuple(areas), (), 0.0, 0.0, 0).told() | {"whose": str(way)}


def _people(mapping: AnswersMapping, frame: pl.DataFrame, weights: np.ndarray[Any, Any]) -> Iterator[People]:
    """How many people each area has; as many as the weights say, where it is not told."""
    told: dict[str, int] = defaultdict(int)
    for stratum in mapping.strata:
        told[stratum.area] += stratum.people
    for area in sorted(set(frame["area"].to_list())):
        people = told.get(area) or round(float(weights[(frame["area"] == area).to_numpy()].sum()))
        yield People(area, area, "", "", people)


def odd_strata(mapping: AnswersMapping, answers: Sequence[Answer]) -> Iterator[Odd]:
    """What is odd about strata, counts and weights."""
    yield from _odd_strata(mapping, answers)
    yield from _odd_cells(mapping, answers)
    way = way_of(mapping)
    if way is Way.LEVEL and not mapping.strata:
        told = _("Filen har ingen vægte, og det er ikke sagt, hvor mange der bor hvor. Alle svar tæller lige.")
        yield Odd("no-weights", Weight.NOTE, told)
    elif way is Way.LEVEL:
        told = _("Filen har ingen vægte. Alle svar i et lag tæller lige, så det passer med lagets antal personer.")
        yield Odd("no-weights", Weight.NOTE, told)


def _odd_strata(mapping: AnswersMapping, answers: Sequence[Answer]) -> Iterator[Odd]:
    known = {one.name: one for one in mapping.strata}
    if len(known) < len(mapping.strata):
        yield Odd("stratum-twice", Weight.STOP, _("Et lag står to gange i opskriften. Giv hvert sit navn."))
    each = Counter((answer.whose.stratum, answer.whose.area) for answer in answers)
    lost = sorted({stratum for stratum, _area in each} - known.keys()) if known else []
    if lost:
        told = _("Lagene %(names)s står i filen, men ikke i opskriften. Føj dem til med deres antal personer.")
        yield Odd("unknown-stratum", Weight.STOP, told % {"names": ", ".join(name or "“”" for name in lost[:20])})
    for name, area in each:
        if name in known and area and known[name].area != area:
            told = _("Laget “%(name)s” ligger i %(area)s efter opskriften, men filen har det også i %(other)s.")
            yield Odd("stratum-elsewhere", Weight.STOP, told % {"name": name, "area": known[name].area, "other": area})
    silent = sorted(known.keys() - {stratum for stratum, _area in each})
    if silent:
        told = _("Ingen har svaret fra %(names)s. Læg laget sammen med et andet.") % {"names": ", ".join(silent)}
        yield Odd("silent-stratum", Weight.STOP, told)
    for name, one in known.items():
        answered = sum(n for (stratum, _area), n in each.items() if stratum == name)
        if one.asked is not None and not answered <= one.asked <= one.people:
            told = _(
                "Laget “%(name)s”: %(answered)s svar, %(asked)s spurgte og %(people)s personer passer ikke sammen."
            )
            facts = {"name": name, "answered": answered, "asked": one.asked, "people": one.people}
            yield Odd("impossible-counts", Weight.STOP, told % facts)
        elif answered > one.people:
            told = _("Laget “%(name)s” har flere svar (%(answered)s) end personer (%(people)s).")
            facts = {"name": name, "answered": answered, "people": one.people}
            yield Odd("impossible-counts", Weight.STOP, told % facts)
        if mapping.people.household and one.households is None:
            told = _("Sig, hvor mange husstande laget “%(name)s” har, når filen siger, hvem der bor sammen.")
            yield Odd("no-households", Weight.STOP, told % {"name": name})


def _odd_cells(mapping: AnswersMapping, answers: Sequence[Answer]) -> Iterator[Odd]:
    """Counts by gender and age must add up to their stratum, once each, and be of groups there are."""
    if not mapping.cells:
        return
    sums: Counter[str] = Counter()
    for one in mapping.cells:
        sums[one.stratum] += one.people
    people = {one.name: one.people for one in mapping.strata}
    wrong = [name for name in {*sums, *people} if sums[name] != people.get(name)]
    if wrong:
        told = _("Antal personer efter køn og alder giver ikke det, laget har i alt: %(names)s.")
        yield Odd("unequal-sums", Weight.STOP, told % {"names": ", ".join(sorted(wrong))})
    keys = Counter((one.stratum, one.gender, one.age) for one in mapping.cells)
    if any(times > 1 for times in keys.values()):
        yield Odd("cell-twice", Weight.STOP, _("Det samme køn og den samme alder står to gange i et lag."))
    if odd := sorted({one.age for one in mapping.cells} - GROUPS - {""}):
        told = _("Aldersgrupperne %(odd)s kendes ikke. Brug %(known)s.")
        known = ", ".join(sorted(GROUPS - {UNDER_AGE}))
        yield Odd("unknown-code", Weight.STOP, told % {"odd": ", ".join(odd), "known": known})
    answered = Counter((answer.whose.stratum, answer.whose.gender, answer.whose.age) for answer in answers)
    if any(answered[one.stratum, one.gender, one.age] > one.people for one in mapping.cells):
        yield Odd("impossible-counts", Weight.STOP, _("Flere har svaret af et køn og en alder, end der er personer."))
    yield from _uncounted(mapping, answered)


def _uncounted(mapping: AnswersMapping, answered: Counter[Kind]) -> Iterator[Odd]:
    """Whoever answered must be among those counted, by gender and age together: they are joined and weighted by it."""
    counted = {(one.stratum, one.gender, one.age) for one in mapping.cells}
    if lost := sorted(answered.keys() - counted):
        names = ", ".join(" ".join(part or "“”" for part in one) for one in lost[:10])
        told = _(
            "Der er svar fra grupper, som ikke er talt med blandt personerne: %(names)s. Føj dem til med deres antal."
        )
        yield Odd("uncounted-group", Weight.STOP, told % {"names": names})
