"""The rule sets as data: what the law says, from which day, how strictly. Nothing of it is a constant in code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

FILE = files("kvarter.evidence.statutory") / "rules.toml"


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


@dataclass(frozen=True)
class Criterion:
    """What is counted. two_years: the mean of the last two years counts, not one year alone."""

    key: str
    name: str
    name_en: str
    two_years: bool


@dataclass(frozen=True)
class Line:
    """A criterion's line. times: "country" or "region" when it is so many times their figure, "" when it is a share."""

    criterion: str
    how: Strictness
    line: Fraction
    times: str


@dataclass(frozen=True)
class Rule:
    """A category of the law for a time: so many of its lines met, by an area of so many residents.

    origin: the share from non-Western countries above which the category needs it, None where it does not.
    origin_counts: origin is one of the criteria counted, and not a condition beside them.
    """

    category: str
    category_en: str
    valid_from: date
    valid_until: date | None
    residents: int
    needed: int
    lines: tuple[Line, ...]
    origin: Fraction | None
    origin_counts: bool
    years_in_a_row: int
    source: str
    checked: bool

    def holds_on(self, day: date) -> bool:
        """Whether the rule was in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


CRITERIA = {told["key"]: Criterion(**told) for told in _content()["criterion"]}


@cache
def load_rules() -> tuple[Rule, ...]:
    """Every rule set there is, as they stand in the file."""
    return tuple(_rule(told) for told in _content()["rule"])


def rules_on(day: date) -> Iterable[Rule]:
    """The rule sets in force on a day."""
    return [rule for rule in load_rules() if rule.holds_on(day)]


def _rule(told: dict[str, Any]) -> Rule:
    lines = tuple(
        Line(one["criterion"], Strictness(one["how"]), Fraction(one["line"]), one.get("times", ""))
        for one in told["lines"]
    )
    unknown = {line.criterion for line in lines} - set(CRITERIA)
    if unknown:
        raise ValueError(f"rules.toml names criteria that it does not describe: {', '.join(sorted(unknown))}")
    return Rule(
        told["category"],
        told["category_en"],
        told["from"],
        told.get("until"),
        told["residents"],
        told["needed"],
        lines,
        Fraction(told["origin"]) if "origin" in told else None,
        told.get("origin_counts", False),
        told.get("years_in_a_row", 1),
        told["source"],
        told["checked"],
    )
