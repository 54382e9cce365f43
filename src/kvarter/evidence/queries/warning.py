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
from kvarter.evidence.statutory import CRITERIA, Judged, Judgement, Outcome, Strictness, judge, rules_on


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


def inputs_of(partnership: Partnership) -> dict[tuple[str, str], Fraction]:
    """The newest figure of the country or region for each line (one SQL query)."""
    rows = StatutoryInput.objects.filter(partnership=partnership).order_by("year")
    return {(row.criterion, row.against): Fraction(row.value) for row in rows}


def warnings(
    published: Published, inputs: Mapping[tuple[str, str], Fraction], today: date, *, origin: bool
) -> list[RuleShown]:
    """Every rule in force, judged on the newest published figures of the area itself. Unknown is said to be unknown."""
    told = {one.criterion: one for one in published.indicators.values() if one.criterion}
    figures = {key: figure for key, one in told.items() if (figure := exact_figure(one)) is not None}
    newest = {key: one.latest(area=True) for key, one in told.items()}
    share = figures.get("origin") if origin else None
    known = {key: figure for key, figure in figures.items() if key != "origin"}
    return [
        _rule(judge(rule, known, inputs, residents=_residents(newest), origin=share), newest, origin=origin)
        for rule in rules_on(today)
    ]


def exact_figure(told: Told) -> Fraction | None:
    """The area's own figure as an exact fraction; the mean of the last two years where the law asks for that.

    None where the area has none, or only one of two years, or where it is not fully counted.
    """
    own = [f for f in told.figures if f.place.is_area and f.counted is Counted.FULL and f.numerator is not None]
    latest = sorted(own, key=lambda figure: figure.period.last)[-2:]
    if not latest:
        return None
    if not CRITERIA[told.criterion].two_years:
        return _exact(latest[-1])
    if len(latest) < 2 or latest[1].period.last.year - latest[0].period.last.year != 1:
        return None
    return (_exact(latest[0]) + _exact(latest[1])) / 2


def _exact(figure: Figure) -> Fraction:
    assert figure.numerator is not None
    assert figure.denominator
    return Fraction(figure.numerator) / Fraction(figure.denominator)


def _residents(newest: Mapping[str, Figure | None]) -> int | None:
    """At least so many residents: the largest number of people any of the area's figures is about."""
    counted = [figure.denominator for figure in newest.values() if figure and figure.denominator]
    return int(max(counted)) if counted else None


def _rule(judgement: Judgement, newest: Mapping[str, Figure | None], *, origin: bool) -> RuleShown:
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
        tuple(_line(one, newest.get(one.line.criterion)) for one in judgement.criteria),
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


def _line(one: Judged, figure: Figure | None) -> LineShown:
    criterion = CRITERIA[one.line.criterion]
    return LineShown(
        criterion.name_en if get_language() == "en" else criterion.name,
        _limit(one),
        show(figure) if figure else None,
        _distance(one),
        {
            Outcome.MET: _("opfyldt"),
            Outcome.NOT_MET: _("ikke opfyldt"),
            Outcome.UNKNOWN: _("kan ikke vurderes"),
        }[one.outcome],
        one.outcome is Outcome.MET,
    )


def _limit(one: Judged) -> str:
    line = one.line
    how = {Strictness.OVER: _("over"), Strictness.AT_LEAST: _("mindst"), Strictness.BELOW: _("under")}[line.how]
    if not line.times:
        return f"{how} {value_text(float(line.line), Measure.SHARE)}"
    times = _("gange tallet for hele landet") if line.times == "country" else _("af regionens gennemsnit")
    size = number_text(float(line.line)) if line.line >= 1 else value_text(float(line.line), Measure.SHARE)
    if one.limit is None:
        return f"{how} {size} {times} ({_('tallet er ikke skrevet ind')})"
    at = value_text(float(one.limit), Measure.SHARE if one.limit <= 1 else Measure.AMOUNT)
    return f"{how} {size} {times}: {at}"


def _distance(one: Judged) -> str:
    if one.distance is None or one.limit is None:
        return ""
    measure = Measure.SHARE if one.limit <= 1 else Measure.AMOUNT
    if one.distance == 0:
        return _("lige på grænsen")
    said = points_text(abs(float(one.distance)), measure).removeprefix("+")
    return _("%(n)s til grænsen") % {"n": said} if one.distance > 0 else _("%(n)s over på den anden side") % {"n": said}
