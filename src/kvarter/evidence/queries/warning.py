"""The early warning: each rule in force, each of its lines, and how far the area is from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.figures import Counted, Figure, Measure
from kvarter.evidence.models import EarlyWarning, StatutoryInput
from kvarter.evidence.queries.pages import held_text
from kvarter.evidence.queries.published import Published, Told
from kvarter.evidence.showing import Shown, number_text, points_text, show, value_text
from kvarter.evidence.statutory import CRITERIA, Judged, Judgement, Mean, Outcome, Rule, Strictness, judge, rules_on


@dataclass(frozen=True)
class LineShown:
    """A criterion in words: the line, the area's figure with its label, how far, and whether it is met.

    note: where the figure is of a larger unit, that it is, and how much of it the area is; it decides nothing then.
    """

    name: str
    limit: str
    figure: Shown | None
    distance: str
    outcome: str
    is_met: bool
    note: str = ""


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
    last = figures.pop("origin", ())
    share = last[-1].amount if origin and last else None
    living = most_residents(published)
    found = []
    for rule in rules_on(today):
        judgement = judge(rule, figures, inputs, residents=_enough(living, rule), origin=share)
        size = _size(rule, living)
        lines = tuple(_line(one, told.get(one.line.criterion), inputs) for one in judgement.criteria)
        found.append(_rule(judgement, (size, *lines), origin=origin))
    return found


def years_of(told: Told) -> tuple[Mean, ...]:
    """The area's own figures by year, exact, oldest first: those that are fully counted."""
    own = [f for f in told.figures if f.place.is_area and f.counted is Counted.FULL and f.numerator is not None]
    by_year = {figure.period.last.year: _exact(figure) for figure in sorted(own, key=lambda f: f.period.last)}
    return tuple(Mean(year, amount) for year, amount in by_year.items())


def _exact(figure: Figure) -> Fraction:
    assert figure.numerator is not None
    assert figure.denominator
    return Fraction(figure.numerator) / Fraction(figure.denominator)


def most_residents(published: Published) -> Figure | None:
    """The most residents that one of the area's newest figures is of, as a count; None where there is none.

    A figure about some of the residents shows that there are at least so many, and never that there are fewer.
    """
    newest = [(told, told.latest(area=True)) for told in published.indicators.values()]
    people = [one for told, one in newest if one and one.denominator and (one.base == "people" or told.criterion)]
    most = max(people, key=lambda one: (one.denominator or 0, one.period.last), default=None)
    if most is None:
        return None
    return replace(most, measure=Measure.COUNT, value=most.denominator, numerator=None, denominator=None)


def _enough(living: Figure | None, rule: Rule) -> int | None:
    """How many live in the area where they are enough for the rule; None where the figures do not show it."""
    most = int(living.value) if living and living.value else 0
    return most if most >= rule.residents else None


def _size(rule: Rule, living: Figure | None) -> LineShown:
    """The condition of so many residents, which stands beside the criteria that are counted."""
    is_met = _enough(living, rule) is not None
    beyond = int(living.value or 0) - rule.residents if living else 0
    words = _("%(n)s beboere over grænsen") if is_met else _("%(n)s beboere under grænsen, så vidt tallet rækker")
    words = words if beyond else _("lige på grænsen")
    return LineShown(
        _("Betingelse: beboere på det, som almene afdelinger ejede i 2010"),
        _("mindst %(n)s beboere") % {"n": number_text(rule.residents)},
        show(living) if living else None,
        words % {"n": number_text(abs(beyond))} if living else "",
        _("opfyldt") if is_met else _("kan ikke vurderes"),
        is_met,
    )


def _rule(judgement: Judgement, lines: tuple[LineShown, ...], *, origin: bool) -> RuleShown:
    rule = judgement.rule
    english = get_language() == "en"
    needed = _("Mindst %(n)s af %(of)s kriterier skal være opfyldt, og området skal have mindst %(residents)s beboere.")
    needed %= {"n": rule.needed, "of": len(rule.lines), "residents": number_text(rule.residents)}
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
        lines,
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


def _line(one: Judged, told: Told | None, inputs: Inputs) -> LineShown:
    criterion = CRITERIA[one.line.criterion]
    own = told.latest(area=True) if told else None
    held = told.holder if told else None
    figure = own or held
    amount = one.figure if own else _exact(held) if held and held.denominator else None
    return LineShown(
        criterion.name_en if get_language() == "en" else criterion.name,
        _limit(one, inputs.get((one.line.criterion, one.line.times), {})),
        show(figure) if figure else None,
        "" if amount is None or one.limit is None else _distance(one, amount, figure),
        {
            Outcome.MET: _("opfyldt"),
            Outcome.NOT_MET: _("ikke opfyldt"),
            Outcome.UNKNOWN: _("kan ikke vurderes"),
        }[one.outcome],
        one.outcome is Outcome.MET,
        held_text(told, held) if told and held else "",
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


def _distance(one: Judged, amount: Fraction, figure: Figure | None) -> str:
    """How far a figure is from the line, and on which side: in points or kroner; in people where one year counts."""
    assert one.limit is not None, "only what has a line is at a distance from it"
    measure = Measure.SHARE if one.limit <= 1 else Measure.AMOUNT
    if amount == one.limit:
        return _("lige på grænsen")
    said = points_text(abs(float(amount - one.limit)), measure).removeprefix("+")
    side = (_("%(n)s over grænsen") if amount > one.limit else _("%(n)s under grænsen")) % {"n": said}
    if measure is Measure.SHARE and one.line.years == 1 and figure:
        return f"{side} ({_people(one, figure)})"
    return side


def _people(one: Judged, figure: Figure) -> str:
    """How many people more or fewer would bring a figure to the other side of the line, with the law's strictness."""
    assert one.limit is not None
    assert figure.numerator is not None
    assert figure.denominator
    at = one.limit * Fraction(figure.denominator)
    # The fewest that are over, or at, the line; one fewer is on the other side.
    fewest = floor(at) + 1 if one.line.how is Strictness.OVER else ceil(at)
    part = Fraction(figure.numerator)
    people = fewest - part if part < fewest else part - fewest + 1
    return ngettext("1 person", "%(many)s personer", ceil(people)) % {"many": number_text(ceil(people))}
