"""How far an area is from each line. What is not known is never guessed, and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kvarter.evidence.statutory.rules import Line, Rule, Strictness


class Outcome(StrEnum):
    """Whether a rule or a criterion is met."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judged:
    """A criterion: the line as it is for the area, its figure, and how far it is on the safe side of it.

    line is None where the country's or region's figure is not given; distance is above 0 on the safe side, 0 on the
    line, and None where either is unknown.
    """

    line: Line
    limit: Fraction | None
    figure: Fraction | None
    distance: Fraction | None
    outcome: Outcome


@dataclass(frozen=True)
class Judgement:
    """A rule: its criteria, how many are met and unknown, and the outcome.

    by_origin: the outcome rests on the origin of residents, which was not looked at.
    """

    rule: Rule
    criteria: tuple[Judged, ...]
    met: int
    unknown: int
    outcome: Outcome
    by_origin: bool


def judge(
    rule: Rule,
    figures: Mapping[str, Fraction],
    inputs: Mapping[tuple[str, str], Fraction],
    *,
    residents: int | None = None,
    origin: Fraction | None = None,
    years_met: int | None = None,
) -> Judgement:
    """Whether an area meets a rule.

    figures: the area's by criterion; for lines that are times another's figure, in the same unit as that. inputs: that
    figure of the country or region by (criterion, "country" or "region"). origin: None where it is turned off or not
    known. years_met: how many years in a row the rule without that demand has been met, this year with it.
    """
    criteria = tuple(_judged(line, figures, inputs) for line in rule.lines)
    outcomes = [one.outcome for one in criteria]
    of_origin = _origin(rule, origin)
    if rule.origin_counts:
        outcomes.append(of_origin)
    met, unknown = outcomes.count(Outcome.MET), outcomes.count(Outcome.UNKNOWN)
    parts = [_enough(met, unknown, rule.needed), _size(rule, residents), _years(rule, years_met)]
    if not rule.origin_counts:
        parts.append(of_origin)
    outcome = _all(parts)
    without = _all([part for part in parts if part is not of_origin]) if rule.origin is not None else outcome
    by_origin = (
        origin is None and rule.origin is not None and outcome is Outcome.UNKNOWN and without is not Outcome.NOT_MET
    )
    return Judgement(rule, criteria, met, unknown, outcome, by_origin)


def _judged(line: Line, figures: Mapping[str, Fraction], inputs: Mapping[tuple[str, str], Fraction]) -> Judged:
    figure = figures.get(line.criterion)
    limit: Fraction | None = line.line
    if line.times:
        base = inputs.get((line.criterion, line.times))
        limit = None if base is None else line.line * base
    if figure is None or limit is None:
        return Judged(line, limit, figure, None, Outcome.UNKNOWN)
    distance = figure - limit if line.how is Strictness.BELOW else limit - figure
    outcome = Outcome.MET if line.how.met(figure, limit) else Outcome.NOT_MET
    return Judged(line, limit, figure, distance, outcome)


def _origin(rule: Rule, origin: Fraction | None) -> Outcome:
    if rule.origin is None:
        return Outcome.MET
    if origin is None:
        return Outcome.UNKNOWN
    return Outcome.MET if origin > rule.origin else Outcome.NOT_MET


def _enough(met: int, unknown: int, needed: int) -> Outcome:
    if met >= needed:
        return Outcome.MET
    return Outcome.UNKNOWN if met + unknown >= needed else Outcome.NOT_MET


def _size(rule: Rule, residents: int | None) -> Outcome:
    if residents is None:
        return Outcome.UNKNOWN
    return Outcome.MET if residents >= rule.residents else Outcome.NOT_MET


def _years(rule: Rule, years_met: int | None) -> Outcome:
    if rule.years_in_a_row == 1:
        return Outcome.MET
    if years_met is None:
        return Outcome.UNKNOWN
    return Outcome.MET if years_met >= rule.years_in_a_row else Outcome.NOT_MET


def _all(parts: list[Outcome]) -> Outcome:
    if Outcome.NOT_MET in parts:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN if Outcome.UNKNOWN in parts else Outcome.MET
