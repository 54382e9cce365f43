"""How far an area is from each line. What is not known is never guessed, and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kvarter.evidence.statutory.rules import CRITERIA, Line, Rule, Strictness, Unit
from kvarter.evidence.statutory.values import Given, Input, Yearly, base_of, figure_of, newest


class Outcome(StrEnum):
    """Whether a rule or a criterion is met; UNKNOWN is that it cannot be judged."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judged:
    """A criterion: the line as it is for the area, its figure, and how far it is on the safe side of it.

    limit is None where the country's or region's figure is not given; distance is above 0 on the safe side, 0 on the
    line, and None where either is unknown. parts: the years' counts the figure is the mean of. base: the figure of the
    country or region that the line is so many times of.
    """

    line: Line
    limit: Fraction | None
    figure: Fraction | None
    distance: Fraction | None
    outcome: Outcome
    parts: tuple[Yearly, ...] = ()
    base: Fraction | None = None

    @property
    def points(self) -> Fraction | None:
        """The distance in percentage points, above 0 on the safe side; None for a mean, and where it is unknown."""
        is_share = CRITERIA[self.line.criterion].unit is Unit.SHARE
        return 100 * self.distance if is_share and self.distance is not None else None

    @property
    def multiples(self) -> Fraction | None:
        """The distance as so many times the country's or region's figure; None where the line is not such."""
        return self.distance / self.base if self.distance is not None and self.base else None


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
    figures: Mapping[str, Given],
    inputs: Mapping[tuple[str, str], Input],
    *,
    residents: int | None = None,
    origin: Fraction | None = None,
    years_met: int | None = None,
    earlier: Sequence[Outcome] = (),
) -> Judgement:
    """Whether an area meets a rule.

    figures: the area's by criterion, as yearly counts or as a fraction; for lines that are times another's figure, in
    the same unit as that. inputs: that figure of the country or region by (criterion, "country" or "region"), best by
    year: then it is that of the area's own years, and the line is unknown where a year lacks. origin: None where it is
    turned off or not known; an origin among the figures is never looked at. Of a rule that asks for several years in a
    row: years_met, how many it has been so, this year with it; or earlier, the outcomes of the years before without
    that demand, newest first.
    """
    criteria = tuple(_judged(line, figures, inputs) for line in rule.lines)
    told = [one.outcome for one in criteria]
    others = [_size(rule, residents), _years(rule, years_met, earlier)]
    of_origin = _origin(rule, origin)
    outcome = _outcome(rule, told, others, of_origin)
    counted = [*told, of_origin] if rule.origin_counts else told
    met, unknown = counted.count(Outcome.MET), counted.count(Outcome.UNKNOWN)
    by_origin = of_origin is Outcome.UNKNOWN and outcome is Outcome.UNKNOWN and _turns_on_origin(rule, told, others)
    return Judgement(rule, criteria, met, unknown, outcome, by_origin)


def _judged(line: Line, figures: Mapping[str, Given], inputs: Mapping[tuple[str, str], Input]) -> Judged:
    given = figures.get(line.criterion)
    figure, parts = figure_of(given, line.years), newest(given, line.years)
    base = base_of(inputs.get((line.criterion, line.times)), parts) if line.times else None
    limit: Fraction | None = line.line
    if line.times:
        limit = None if base is None else line.line * base
    if figure is None or limit is None:
        return Judged(line, limit, figure, None, Outcome.UNKNOWN, parts, base)
    distance = figure - limit if line.how is Strictness.BELOW else limit - figure
    outcome = Outcome.MET if line.how.met(figure, limit) else Outcome.NOT_MET
    return Judged(line, limit, figure, distance, outcome, parts, base)


def _origin(rule: Rule, origin: Fraction | None) -> Outcome:
    if rule.origin is None:
        return Outcome.MET
    if origin is None:
        return Outcome.UNKNOWN
    return Outcome.MET if rule.origin_how.met(origin, rule.origin) else Outcome.NOT_MET


def _outcome(rule: Rule, told: list[Outcome], others: list[Outcome], of_origin: Outcome) -> Outcome:
    if rule.origin_counts:
        return _all([_enough([*told, of_origin], rule.needed), *others])
    return _all([_enough(told, rule.needed), *others, of_origin])


def _turns_on_origin(rule: Rule, told: list[Outcome], others: list[Outcome]) -> bool:
    """Whether the outcome would be another with origin over its line than with origin under it."""
    over, under = (_outcome(rule, told, others, way) for way in (Outcome.MET, Outcome.NOT_MET))
    return over is not under


def _enough(told: list[Outcome], needed: int) -> Outcome:
    met, unknown = told.count(Outcome.MET), told.count(Outcome.UNKNOWN)
    if met >= needed:
        return Outcome.MET
    return Outcome.UNKNOWN if met + unknown >= needed else Outcome.NOT_MET


def _size(rule: Rule, residents: int | None) -> Outcome:
    if residents is None:
        return Outcome.UNKNOWN
    return Outcome.MET if residents >= rule.residents else Outcome.NOT_MET


def _years(rule: Rule, years_met: int | None, earlier: Sequence[Outcome]) -> Outcome:
    if rule.years_in_a_row == 1:
        return Outcome.MET
    if years_met is not None:
        return Outcome.MET if years_met >= rule.years_in_a_row else Outcome.NOT_MET
    before = list(earlier[: rule.years_in_a_row - 1])
    return _all(before + [Outcome.UNKNOWN] * (rule.years_in_a_row - 1 - len(before)))


def _all(parts: list[Outcome]) -> Outcome:
    if Outcome.NOT_MET in parts:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN if Outcome.UNKNOWN in parts else Outcome.MET
