"""What made-up people answer: who does at all, and what they say to each question.

An answer lies on one line: what somebody is like on the theme, how the place they live in lies and has moved, and
chance. It is read off against how many around the area give each answer, so that a share is there what `assumed.toml`
says it is.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate
from statistics import NormalDist
from typing import Any

from kvarter.surveys.frame_cells import AGE_GROUPS
from kvarter.surveys.questionnaire import Ask, Item, Questionnaire
from kvarter.web.demonstration.background import BACKGROUND
from kvarter.web.demonstration.population import Asked, Someone

ASSUMED: Mapping[str, Any] = tomllib.loads((files(__package__) / "assumed.toml").read_text(encoding="utf-8"))
NORMAL = NormalDist()
ONE_IS = 0.65  # so much of an answer is what somebody is like; the rest is chance
IS_CHANCE = (1 - ONE_IS**2) ** 0.5
SKIPPED, UNKNOWN, UNSAID, WRITES = 0.025, 0.03, 0.01, 0.12
ACTIVE_ANSWER_MORE = 0.2
DAYS_TO_ANSWER = 7.0
# The next answer out from the middle is given by so many of those who give the one before.
OUTWARD_WITH, OUTWARD_AGAINST = 0.55, 0.6


def lies(one: Someone, theme: str, asked: Asked) -> float:
    """How far those who live where somebody lives lie from those around the area in the first wave."""
    here = one.home.area == asked.area
    moves = ASSUMED["moves_here" if here else "moves_around"][theme]
    return (float(ASSUMED["gap"][theme]) if here else 0.0) + asked.wave * float(moves)


def answers_at_all(one: Someone, chance: random.Random) -> bool:
    """Whether somebody asked answers. Those who take part in things do more often, in other ways than age too."""
    usual = ASSUMED["answers_by_age"][group_of(one.age)] / 100
    own = NORMAL.inv_cdf(usual) + ACTIVE_ANSWER_MORE * one.leanings["medborgerskab"]
    return chance.random() < NORMAL.cdf(own)


def group_of(age: int) -> str:
    """The age group that somebody of an age is in."""
    return next(name for name, oldest in AGE_GROUPS if age <= oldest)


def day_of(asked: Asked, chance: random.Random) -> date:
    """The day somebody answers: most in the first days."""
    days = (asked.closes - asked.opens).days
    return asked.opens + timedelta(days=min(int(chance.expovariate(1 / DAYS_TO_ANSWER)), days))


def way_of(one: Someone, chance: random.Random) -> str:
    """How somebody answers: the older more often on paper."""
    ways = (0.62, 0.28, 0.06, 0.04) if one.age >= 65 else (0.93, 0.04, 0.01, 0.02)
    return chance.choices(("web", "paper", "phone", "helper"), ways)[0]


def language_of(one: Someone, asked: Asked, questionnaire: Questionnaire, chance: random.Random) -> str:
    """The language somebody answers in: mostly the first."""
    first, *others = questionnaire.languages
    seldom = 0.08 if one.home.area == asked.area else 0.02
    return chance.choice(others) if others and chance.random() < seldom else first


def answers_of(one: Someone, asked: Asked, questionnaire: Questionnaire, chance: random.Random) -> dict[str, Any]:
    """What somebody answers to each question, whether routing leads them to it or not."""
    given = {item.key: _answer(one, asked, questionnaire, item, chance) for item in questionnaire.items}
    return {key: answer for key, answer in given.items() if answer is not None}


def _answer(one: Someone, asked: Asked, whole: Questionnaire, item: Item, chance: random.Random) -> Any:
    if chance.random() < SKIPPED and not item.required:
        return None
    if item.key in BACKGROUND:
        return BACKGROUND[item.key](one, asked, chance)
    if item.ask is Ask.TEXT:
        return chance.choice(ASSUMED["words"]["said"]) if chance.random() < WRITES else None
    if silent := _silent(whole, item, chance):
        return silent
    if not (item.theme and item.told):
        return _any(whole, item, chance)
    toward = ONE_IS * one.leanings[item.theme] + lies(one, item.theme, asked)
    at = (-toward if item.told.direction == "less" else toward) + chance.gauss(0, IS_CHANCE)
    return _number(item, at) if item.ask is Ask.NUMBER else _step(whole, item, at)


def _silent(whole: Questionnaire, item: Item, chance: random.Random) -> str | None:
    """An answer that is none, by those who do not know or would rather not say."""
    drawn = chance.random()
    wanted = "unknown" if drawn < UNKNOWN else "unsaid" if drawn < UNKNOWN + UNSAID else ""
    codes = [choice.code for choice in whole.choices_of(item) if choice.without == wanted]
    return codes[0] if codes else None


def _any(whole: Questionnaire, item: Item, chance: random.Random) -> Any:
    """An answer to a question that no figure is made of."""
    codes = [choice.code for choice in whole.choices_of(item) if not choice.without]
    if item.ask is Ask.MANY:
        return [code for code in codes if chance.random() < 1 / len(codes)] or None
    return chance.choice(codes) if codes else None


def _number(item: Item, at: float) -> int:
    """A whole number between the item's limits, spread around their middle."""
    low, high = int(item.low), int(item.high)
    return min(max(round((low + high) / 2 + at * (high - low) / 4), low), high)


def _step(whole: Questionnaire, item: Item, at: float) -> str:
    """The answer that lies where somebody stands: the further out, the fewer give it."""
    codes, reach = _ladder(whole, item)
    beyond = 1 - NORMAL.cdf(at)
    return next((code for code, upto in zip(codes, reach, strict=True) if beyond <= upto), codes[-1])


@lru_cache(maxsize=256)
def _ladder_of(codes: tuple[str, ...], counted: tuple[str, ...], share: float) -> tuple[tuple[str, ...], list[float]]:
    """The answers from the outermost of those that count, and the share of people who give it or one before it."""
    if codes[0] not in counted:
        codes = codes[::-1]
    many = len(counted)
    with_it = _parted(share, many, OUTWARD_WITH)[::-1]
    against = _parted(1 - share, len(codes) - many, OUTWARD_AGAINST)
    return codes, list(accumulate((*with_it, *against)))


def _ladder(whole: Questionnaire, item: Item) -> tuple[tuple[str, ...], list[float]]:
    assert item.told, "only a question that becomes a figure has answers that count"
    codes = tuple(choice.code for choice in whole.choices_of(item) if not choice.without)
    return _ladder_of(codes, item.told.choices, ASSUMED["count"][item.key] / 100)


def _parted(share: float, parts: int, outward: float) -> list[float]:
    """A share parted from the middle outward, each part so much of the one before."""
    weights = [outward**at for at in range(parts)]
    return [share * weight / sum(weights) for weight in weights]
