"""What is known before a wave starts: how far its plan has come, and what it will be able to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import polars as pl
from django.utils.translation import get_language

from kvarter.effect import (
    Design,
    Last,
    Sight,
    answers_for_margin,
    can_we_see_it,
    estimate,
    make_cube,
    margin,
    proportional,
)
from kvarter.effect.columns import Missing
from kvarter.effect.planning import Wave as Planned
from kvarter.effect.planning import share_sd
from kvarter.places.models import Area
from kvarter.surveys.models import Stratum, Target, Wave
from kvarter.surveys.queries.answers import figures_of
from kvarter.surveys.questionnaire import Ask, Item, Questionnaire, words

# What a Danish neighbourhood survey may count on (docs/surveys.md): of those asked 28 to 45 % answer, and people in one
# household are somewhat alike.
RATE, DESIGN_EFFECT = 0.35, 1.2
_SQUARES = " squares"


@dataclass(frozen=True)
class Guess:
    """What is counted on: the share of those asked who answer, and the design effect."""

    rate: float = RATE
    effect: float = DESIGN_EFFECT


@dataclass(frozen=True)
class Aim:
    """What a wave will see of one target in one area.

    last: the published estimate it is held against, None where there is none and half is taken for it. margin: of one
    wave. sight: whether the wanted change would be seen. In the units of the item: a share, or a step of its scale.
    """

    target: Target
    question: str
    is_share: bool
    area: Area
    population: int
    asked: int
    answers: int
    margin: float
    last: float | None
    sight: Sight


def strata_of(wave: Wave) -> list[Stratum]:
    """A wave's strata, its own area's first (one SQL query)."""
    return list(Stratum.objects.filter(wave=wave).select_related("area"))


def suggested(wave: Wave, strata: Sequence[Stratum], guess: Guess) -> dict[str, int]:
    """How many to ask of each stratum: everyone in the area, and of the rest as many as give it the same margin."""
    sizes = {one.name: one.population for one in strata if one.area_id == wave.area_id}
    rest = {one.name: one.population for one in strata if one.area_id != wave.area_id and one.population}
    here, there = sum(sizes.values()), sum(rest.values())
    if here < 2 or there < 2:
        return sizes | rest
    one = _planned(here, guess)
    wanted = margin(_answers(here, guess), share_sd(0.5, here), one) or 0.01
    needed = answers_for_margin(wanted, share_sd(0.5, there), _planned(there, guess)).asked
    found: dict[str, int] = proportional(rest, min(max(needed, 2 * len(rest)), there))
    return sizes | found


def aims_of(
    wave: Wave, targets: Sequence[Target], strata: Sequence[Stratum], before: Wave | None, guess: Guess
) -> list[Aim]:
    """What the wave will see of each target in each area. Of a mean whose spread nobody knows yet, nothing is said.

    At most two SQL queries, for the answers to the wave before.
    """
    questionnaire = wave.questionnaire.questionnaire
    known = _known_before(before, [target.item for target in targets]) if before and targets else {}
    items = {item.key: item for item in questionnaire.items}
    asked = _asked(wave, strata, guess)
    made = (
        _aim(target, items[target.item], questionnaire, area, people, known.get((target.item, area.slug)), guess)
        for target in targets
        if target.item in items
        for area, people in asked.items()
    )
    return [aim for aim in made if aim]


def _asked(wave: Wave, strata: Sequence[Stratum], guess: Guess) -> dict[Area, tuple[int, int]]:
    """People and how many of them are asked, by area: as drawn, or as suggested."""
    sizes = suggested(wave, strata, guess)
    is_drawn = any(one.drawn for one in strata)
    found: dict[Area, tuple[int, int]] = {}
    for one in strata:
        people, asked = found.get(one.area, (0, 0))
        found[one.area] = people + one.population, asked + (one.drawn if is_drawn else sizes[one.name])
    return {area: counts for area, counts in found.items() if counts[0] > 1 and counts[1]}


def _aim(
    target: Target,
    item: Item,
    questionnaire: Questionnaire,
    area: Area,
    people: tuple[int, int],
    known: Last | None,
    guess: Guess,
) -> Aim | None:
    population, asked = people
    planned, answers = _planned(population, guess), _answers(asked, guess)
    is_share = bool(item.told and item.told.choices)
    sd = known.sd if known else _sd_guessed(item, questionnaire, population)
    if sd is None:
        return None
    last = known or Last(0.5 if is_share else 0.0, sd, answers)
    last = Last(last.estimate, last.sd, min(last.answers, population))
    change = -target.change if item.told and item.told.direction == "less" else target.change
    if is_share and not 0 <= last.estimate + change <= 1:
        change = -change
    return Aim(
        target=target,
        question=words(item.texts, get_language() or "da"),
        is_share=is_share,
        area=area,
        population=population,
        asked=asked,
        answers=answers,
        margin=margin(answers, sd, planned),
        last=known.estimate if known else None,
        sight=can_we_see_it(last.estimate + change, last, planned, asked),
    )


def _planned(population: int, guess: Guess) -> Planned:
    return Planned(population, guess.rate, guess.effect)


def _answers(asked: int, guess: Guess) -> int:
    return max(int(asked * guess.rate + 1e-9), 1)


def _sd_guessed(item: Item, questionnaire: Questionnaire, population: int) -> float | None:
    """The safe guess before anybody was asked: half say yes, or half are at each end of the scale."""
    if item.told and item.told.choices:
        return share_sd(0.5, population)
    scores = [one.score for one in questionnaire.choices_of(item) if one.score is not None] if _has_scale(item) else []
    return (max(scores) - min(scores)) / 2 if len(set(scores)) > 1 else None


def _has_scale(item: Item) -> bool:
    return item.ask in (Ask.ONE, Ask.SCALE)


def before(wave: Wave) -> Wave | None:
    """The latest published wave of the same area before this one (one SQL query)."""
    rows = Wave.objects.filter(partnership=wave.partnership, area=wave.area, state=Wave.State.PUBLISHED)
    rows = rows.filter(reference_on__lt=wave.reference_on).select_related("questionnaire", "area")
    found = rows.order_by("-reference_on").first()
    if found:
        found.partnership = wave.partnership
    return found


def _known_before(wave: Wave, items: Sequence[str]) -> Mapping[tuple[str, str], Last]:
    """What the published wave found of items, by item and area."""
    table = figures_of(wave, wave.questionnaire.questionnaire, wave.questionnaire.digest)
    found: dict[tuple[str, str], Last] = {}
    for item in items:
        if item not in table.columns or table[item].null_count() == len(table):
            continue
        told = table.select("area", "weight", pl.col(item), (pl.col(item) ** 2).alias(_SQUARES))
        cube = make_cube(told, Design(weights="weight"), means=[item, _SQUARES], by=["area"], missing=Missing.DROP)
        rows = estimate(cube, means=[item, _SQUARES], by=["area"]).iter_rows(named=True)
        means = {(row["item"], row["area"]): row for row in rows}
        for (name, area), row in means.items():
            spread = (means[_SQUARES, area]["estimate"] or 0) - (row["estimate"] or 0) ** 2
            if name == item and row["n"] > 1 and spread > 0:
                found[item, area] = Last(row["estimate"], sqrt(spread * row["n"] / (row["n"] - 1)), int(row["n"]))
    return found
