"""What made-up people say of themselves: as it follows from who they are."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from kvarter.surveys.queries.answers import MOVED_IN
from kvarter.web.demonstration.population import Asked, Someone

PENSION = 67
AGES = ((29, "18_29"), (44, "30_44"), (59, "45_59"), (74, "60_74"), (200, "75_plus"))
YOUNG_AGES = ((13, "12_13"), (15, "14_15"), (17, "16_17"))
SCHOOLING = ((-1.8, "ingen"), (-0.6, "grundskole"), (-0.2, "gymnasium"), (0.5, "faglig"), (9.0, "videregaaende"))
# From the best off down: who works, and what the others do.
WORK = (("loen", -0.55), ("selvstaendig", -0.7), ("ledig", -1.2), ("hjemme", -1.5))


def _gender(woman: str, man: str) -> Callable[[Someone, Asked, random.Random], str]:
    return lambda one, _asked, _chance: woman if one.gender == "k" else man


def _up_to(steps: tuple[tuple[int, str], ...]) -> Callable[[Someone, Asked, random.Random], str]:
    return lambda one, _asked, _chance: next(code for oldest, code in steps if one.age <= oldest)


def _moved_in(one: Someone, asked: Asked, _chance: random.Random) -> int:
    return max(one.home.moved_in, asked.opens.year - one.age)


def _lives_with(one: Someone, _asked: Asked, _chance: random.Random) -> str:
    others = [other.age for other in one.home.people if other is not one]
    if not others:
        return "alene"
    partner, children = any(age >= 18 for age in others), any(age < 18 for age in others)
    return ("par_boern" if children else "par") if partner else "alene_boern"


def _schooling(one: Someone, _asked: Asked, chance: random.Random) -> str:
    at = one.leanings["selvforsoergelse"] + chance.gauss(0, 0.7)
    return next((code for most, code in SCHOOLING if at <= most), SCHOOLING[-1][1])


def _work(one: Someone, _asked: Asked, chance: random.Random) -> str:
    if one.age >= PENSION:
        return "pension"
    if one.age < 25 and chance.random() < 0.6:
        return "uddannelse"
    at = one.leanings["selvforsoergelse"] + chance.gauss(0, 0.5)
    return next((code for code, least in WORK if at > least), "andet")


def _home(one: Someone, asked: Asked, chance: random.Random) -> str:
    if one.home.area == asked.area:
        return "almen"
    return chance.choices(("almen", "privat_leje", "andel", "eje"), (0.28, 0.12, 0.14, 0.46))[0]


def _comes_here(one: Someone, asked: Asked, chance: random.Random) -> str:
    if one.home.area == asked.area:
        return "bor_der"
    return chance.choices(("hver_uge", "hver_maaned", "sjaeldnere", "aldrig"), (0.12, 0.18, 0.42, 0.28))[0]


# By item: what somebody says.
BACKGROUND: dict[str, Callable[[Someone, Asked, random.Random], Any]] = {
    "koen": _gender("kvinde", "mand"),
    "u_koen": _gender("pige", "dreng"),
    "alder": _up_to(AGES),
    "u_alder": _up_to(YOUNG_AGES),
    MOVED_IN: _moved_in,
    "husstand": _lives_with,
    "uddannelse": _schooling,
    "beskaeftigelse": _work,
    "bolig": _home,
    "kommer_i_omraadet": _comes_here,
}
