"""The rule sets as data: what the law says, from which day, how strictly. Nothing of it is a constant in code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

FILE = files("kvarter.evidence.statutory") / "rules.toml"
AGAINST = ("", "country", "region")


class Strictness(StrEnum):
    """Which side of the line meets a criterion, with the law's own words: exactly on it is not over it."""

    OVER = "over"
    AT_LEAST = "at least"
    BELOW = "below"

    def met(self, figure: Fraction, line: Fraction) -> bool:
        """Whether a figure meets the criterion."""
        if self is Strictness.OVER:
            return figure > line
        return figure >= line if self is Strictness.AT_LEAST else figure < line


class Unit(StrEnum):
    """What a criterion's figure is: so many of so many, or a mean in kroner."""

    SHARE = "share"
    MEAN = "mean"


@dataclass(frozen=True)
class Criterion:
    """What is counted, and of whom. two_years: the mean of the last two years counts, not one year alone.

    age_from and age_to: both ages are in; None where the law has no limit.
    """

    key: str
    name: str
    name_en: str
    two_years: bool
    who: str
    who_en: str
    unit: Unit
    note: str
    age_from: int | None = None
    age_to: int | None = None


@dataclass(frozen=True)
class Line:
    """A criterion's line. times: "country" or "region" when it is so many times their figure, "" when it is a share.

    years: the figure is the mean of so many last years.
    """

    criterion: str
    how: Strictness
    line: Fraction
    times: str
    years: int


@dataclass(frozen=True)
class Rule:
    """A category of the law for a time: so many of its lines met, by an area of so many residents.

    origin: the share from non-Western countries that the category needs (origin_how: how strictly), None where it does
    not. origin_counts: origin is one of the criteria counted, and not a condition beside them. checked: whether it was
    compared with the statute itself; note: what was read, and what is not sure.
    """

    category: str
    category_en: str
    valid_from: date
    valid_until: date | None
    residents: int
    needed: int
    lines: tuple[Line, ...]
    origin: Fraction | None
    origin_how: Strictness
    origin_counts: bool
    years_in_a_row: int
    source: str
    address: str
    read: date
    checked: bool
    note: str

    def holds_on(self, day: date) -> bool:
        """Whether the rule was in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    @property
    def of(self) -> int:
        """How many criteria are counted, origin with them where it is one of them."""
        return len(self.lines) + self.origin_counts


def read_rules(content: str) -> tuple[dict[str, Criterion], tuple[Rule, ...]]:
    """The criteria by key and the rule sets of a file's text. Raises ValueError naming the rule and what is wrong."""
    told = tomllib.loads(content)
    criteria = {one["key"]: Criterion(**one | {"unit": Unit(one["unit"])}) for one in told["criterion"]}
    rules = tuple(_rule(one, criteria) for one in told["rule"])
    for first, second in combinations(rules, 2):
        if first.category == second.category and _overlap(first, second):
            raise ValueError(f"rules.toml has two rules at once for {first.category}: end one before the other begins")
    return criteria, rules


@cache
def _read() -> tuple[dict[str, Criterion], tuple[Rule, ...]]:
    return read_rules(FILE.read_text(encoding="utf-8"))


def load_rules() -> tuple[Rule, ...]:
    """Every rule set there is, as they stand in the file."""
    return _read()[1]


def rules_on(day: date) -> tuple[Rule, ...]:
    """The rule sets in force on a day."""
    return tuple(rule for rule in load_rules() if rule.holds_on(day))


def _overlap(first: Rule, second: Rule) -> bool:
    return first.holds_on(second.valid_from) or second.holds_on(first.valid_from)


def _rule(told: dict[str, Any], criteria: Mapping[str, Criterion]) -> Rule:
    where = f"rules.toml, {told['category']} from {told['valid_from']}"
    optional = {"valid_until": None, "origin": None, "origin_how": "over", "origin_counts": False, "years_in_a_row": 1}
    facts = optional | told
    facts["lines"] = tuple(_line(one, criteria, where) for one in told["lines"])
    facts["origin"] = None if facts["origin"] is None else _exact(facts["origin"], where)
    facts["origin_how"] = Strictness(facts["origin_how"])
    _refuse(set(facts) - set(Rule.__dataclass_fields__), where)
    rule = Rule(**facts)
    if not 1 <= rule.needed <= rule.of:
        raise ValueError(f"{where}: {rule.needed} of {rule.of} criteria cannot be needed")
    if rule.valid_until is not None and rule.valid_until <= rule.valid_from:
        raise ValueError(f"{where}: it ends before it begins")
    return rule


def _line(told: Mapping[str, Any], criteria: Mapping[str, Criterion], where: str) -> Line:
    _refuse(set(told) - set(Line.__dataclass_fields__), where)
    key, times = told["criterion"], told.get("times", "")
    if key not in criteria:
        raise ValueError(f"{where}: it names a criterion that is not described: {key}")
    if times not in AGAINST:
        raise ValueError(f"{where}: times is {times}; write country or region, or leave it out")
    years = told.get("years", 2 if criteria[key].two_years else 1)
    return Line(key, Strictness(told["how"]), _exact(told["line"], where), times, years)


def _exact(text: Any, where: str) -> Fraction:
    if not isinstance(text, str):
        raise ValueError(f'{where}: write {text} as text, "{text}", so that it is exact')
    return Fraction(text)


def _refuse(unknown: Iterable[str], where: str) -> None:
    if unknown:
        raise ValueError(f"{where}: these keys are not known: {', '.join(sorted(unknown))}")


CRITERIA = _read()[0]
