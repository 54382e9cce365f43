"""The early warning: each rule in force, each of its lines, and how far the area is from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.figures import Counted, Figure, Measure
from kvarter.evidence.models import EarlyWarning, StatutoryInput
from kvarter.evidence.queries.published import Published, Told
from kvarter.evidence.showing import Shown, number_text, points_text, show, value_text
from kvarter.evidence.statutory import CRITERIA, Judged, Judgement, Mean, Outcome, Rule, Strictness, judge, rules_on


@dataclass(frozen=True)
class LineShown:
    """A criterion in words: the line, the area's figure with its label, how far, and whether it is met."""

    name: str
    limit: str
    figure: Shown | None
    distance: str
    outcome: str
    is_met: bool


@dataclass(frozen=True)
class RuleShown:
    """A category in words."""

    category: str
    since: date
    outcome: str
    is_met: bool
    lines: tuple[LineShown, ...]
    needed: str
    source: str
    checked: bool


def with_origin(partnership: Partnership) -> bool:
    """Whether origin is looked at (one SQL query)."""
    return EarlyWarning.objects.filter(partnership=partnership, with_origin=True).exists()


Inputs = dict[tuple[str, str], dict[int, Fraction]]


def inputs_of(partnership: Partnership) -> Inputs:
    """The figures of the country or region that lines are measured against, by year (one SQL query)."""
    found: Inputs = {}
    for row in StatutoryInput.objects.filter(partnership=partnership):
        found.setdefault((row.criterion, row.against), {})[row.year] = Fraction(row.value)
    return found


def warnings(published: Published, inputs: Inputs, today: date, *, origin: bool) -> list[RuleShown]:
    """Every rule in force, judged on the published figures of the area itself. What is unknown is said to be."""
    told = {one.criterion: one for one in published.indicators.values() if one.criterion}
    figures = {key: years_of(one) for key, one in told.items()}
    newest = {key: one.latest(area=True) for key, one in told.items()}
    last = figures.pop("origin", ())
    share = last[-1].amount if origin and last else None
    return [
        _rule(_judged(rule, figures, inputs, newest, share), newest, inputs, origin=origin) for rule in rules_on(today)
    ]


def _judged(
    rule: Rule,
    figures: Mapping[str, tuple[Mean, ...]],
    inputs: Inputs,
    newest: Mapping[str, Figure | None],
    share: Fraction | None,
) -> Judgement:
    return judge(rule, figures, inputs, residents=_residents(newest, rule), origin=share)


def years_of(told: Told) -> tuple[Mean, ...]:
    """The area's own figures by year, exact, oldest first: those that are fully counted."""
    own = [f for f in told.figures if f.place.is_area and f.counted is Counted.FULL and f.numerator is not None]
    by_year = {figure.period.last.year: _exact(figure) for figure in sorted(own, key=lambda f: f.period.last)}
    return tuple(Mean(year, amount) for year, amount in by_year.items())


def _exact(figure: Figure) -> Fraction:
    assert figure.numerator is not None
    assert figure.denominator
    return Fraction(figure.numerator) / Fraction(figure.denominator)


def _residents(newest: Mapping[str, Figure | None], rule: Rule) -> int | None:
    """How many live in the area, as far as the figures show that they are enough for the rule; None where they do not.

    A figure about some of the residents shows that there are at least so many, and never that there are fewer.
    """
    counted = [figure.denominator for figure in newest.values() if figure and figure.denominator]
    most = int(max(counted, default=0))
    return most if most >= rule.residents else None


def _rule(judgement: Judgement, newest: Mapping[str, Figure | None], inputs: Inputs, *, origin: bool) -> RuleShown:
    rule = judgement.rule
    english = get_language() == "en"
    needed = _("Mindst %(n)s af %(of)s skal være opfyldt.") % {"n": rule.needed, "of": len(rule.lines)}
    if rule.origin is not None:
        needed += " " + (
            _with_origin(rule.origin) if origin else _("Det afhænger også af herkomst, som der ikke ses på her.")
        )
    if rule.years_in_a_row > 1:
        needed += " " + _("Det skal have været sådan %(n)s år i træk.") % {"n": rule.years_in_a_row}
    return RuleShown(
        rule.category_en if english else rule.category,
        rule.valid_from,
        _said(judgement),
        judgement.outcome is Outcome.MET,
        tuple(_line(one, newest.get(one.line.criterion), inputs) for one in judgement.criteria),
        needed,
        rule.source,
        rule.checked,
    )


def _with_origin(line: Fraction) -> str:
    return _("Desuden skal mere end %(line)s være fra ikke-vestlige lande.") % {
        "line": value_text(float(line), Measure.SHARE)
    }


def _said(judgement: Judgement) -> str:
    if judgement.by_origin:
        return _("Vurderes ikke: det afhænger af herkomst, som er slået fra.")
    return {
        Outcome.MET: _("Kriterierne er opfyldt."),
        Outcome.NOT_MET: _("Kriterierne er ikke opfyldt."),
        Outcome.UNKNOWN: _("Kan ikke vurderes: der mangler tal for området selv."),
    }[judgement.outcome]


def _line(one: Judged, figure: Figure | None, inputs: Inputs) -> LineShown:
    criterion = CRITERIA[one.line.criterion]
    return LineShown(
        criterion.name_en if get_language() == "en" else criterion.name,
        _limit(one, inputs.get((one.line.criterion, one.line.times), {})),
        show(figure) if figure else None,
        _distance(one),
        {
            Outcome.MET: _("opfyldt"),
            Outcome.NOT_MET: _("ikke opfyldt"),
            Outcome.UNKNOWN: _("kan ikke vurderes"),
        }[one.outcome],
        one.outcome is Outcome.MET,
    )


def _limit(one: Judged, known: Mapping[int, Fraction]) -> str:
    """The line in words, worked out for the area's own years, or else for the newest year that is known."""
    line = one.line
    how = {Strictness.OVER: _("over"), Strictness.AT_LEAST: _("mindst"), Strictness.BELOW: _("under")}[line.how]
    if not line.times:
        return f"{how} {value_text(float(line.line), Measure.SHARE)}"
    times = _("gange tallet for hele landet") if line.times == "country" else _("af regionens gennemsnit")
    size = number_text(float(line.line)) if line.line >= 1 else value_text(float(line.line), Measure.SHARE)
    if one.limit is None and not known:
        missing = _("tallet er ikke skrevet ind")
        return f"{how} {size} {times} ({missing})"
    year = max(known, default=0)
    limit = one.limit if one.limit is not None else line.line * known[year]
    at = value_text(float(limit), Measure.SHARE if limit <= 1 else Measure.AMOUNT)
    return f"{how} {size} {times}: {at}" + ("" if one.limit is not None else f" ({year})")


def _distance(one: Judged) -> str:
    if one.distance is None or one.limit is None:
        return ""
    measure = Measure.SHARE if one.limit <= 1 else Measure.AMOUNT
    if one.distance == 0:
        return _("lige på grænsen")
    said = points_text(abs(float(one.distance)), measure).removeprefix("+")
    return _("%(n)s til grænsen") % {"n": said} if one.distance > 0 else _("%(n)s over på den anden side") % {"n": said}
