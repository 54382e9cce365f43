"""The law's lines: dated, strict as written, exact on the line, and never decided by what is not known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kvarter.evidence.actions.indicators import change_indicator
from kvarter.evidence.actions.statutory import NotAnInput, look_at_origin, set_input
from kvarter.evidence.models import Indicator
from kvarter.evidence.statutory import CRITERIA, Judgement, Outcome, Rule, judge, load_rules, rules_on
from kvarter.people.policy import OPERATOR
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

NOW = date(2026, 11, 23)
INPUTS = {("convicted", "country"): Fraction("0.0073"), ("income", "region"): Fraction(400_000)}
SAFE = {
    "work": Fraction("0.20"),
    "convicted": Fraction("0.005"),
    "schooling": Fraction("0.30"),
    "income": Fraction(350_000),
}
WORSE = {"work": 1, "convicted": 1, "schooling": 1, "income": -1}


def rule(category: str, day: date = NOW) -> Rule:
    return next(one for one in rules_on(day) if one.category == category)


def judged(category: str, **figures: str) -> Judgement:
    told = SAFE | {name: Fraction(text) for name, text in figures.items()}
    return judge(rule(category), told, INPUTS, residents=4000, origin=Fraction("0.6"), years_met=5)


@pytest.mark.parametrize(
    ("criterion", "on_the_line", "met"),
    [
        ("work", "0.40", False),
        ("convicted", "0.0219", True),
        ("schooling", "0.60", False),
        ("income", "220000", False),
    ],
)
def test_exactly_on_the_line_is_as_strict_as_the_law(criterion: str, on_the_line: str, met: bool) -> None:
    """Over 40 per cent is more than 40; at least three times is three times; below 55 per cent is less than 55."""
    one = next(
        j for j in judged("udsat boligområde", **{criterion: on_the_line}).criteria if j.line.criterion == criterion
    )
    assert one.distance == 0
    assert (one.outcome is Outcome.MET) == met


def test_two_of_four_make_an_exposed_area_whatever_the_origin() -> None:
    one = judge(rule("udsat boligområde"), SAFE | {"work": Fraction("0.41")}, INPUTS, residents=4000)
    two = judge(
        rule("udsat boligområde"),
        SAFE | {"work": Fraction("0.41"), "schooling": Fraction("0.61")},
        INPUTS,
        residents=4000,
    )
    assert (one.outcome, two.outcome) == (Outcome.NOT_MET, Outcome.MET)


def test_categories_that_rest_on_origin_are_not_judged_without_it() -> None:
    bad = {
        "work": Fraction("0.5"),
        "schooling": Fraction("0.7"),
        "convicted": Fraction("0.05"),
        "income": Fraction(100),
    }
    found = judge(rule("parallelsamfund"), bad, INPUTS, residents=4000)
    assert (found.outcome, found.by_origin) == (Outcome.UNKNOWN, True)
    assert (
        judge(rule("parallelsamfund"), bad, INPUTS, residents=4000, origin=Fraction("0.5")).outcome is Outcome.NOT_MET
    )
    assert judge(rule("parallelsamfund"), bad, INPUTS, residents=4000, origin=Fraction("0.501")).outcome is Outcome.MET


def test_a_safe_area_is_safe_without_looking_at_origin() -> None:
    found = judge(rule("parallelsamfund"), SAFE, INPUTS, residents=4000)
    assert (found.outcome, found.by_origin) == (Outcome.NOT_MET, False)


def test_a_missing_national_figure_is_never_guessed() -> None:
    found = judge(rule("udsat boligområde"), SAFE | {"work": Fraction("0.5")}, {}, residents=4000)
    assert (found.met, found.unknown, found.outcome) == (1, 2, Outcome.UNKNOWN)


def test_a_small_area_is_on_no_list() -> None:
    bad = {name: Fraction(1) for name in SAFE}
    assert judge(rule("udsat boligområde"), bad, INPUTS, residents=999).outcome is Outcome.NOT_MET
    assert judge(rule("udsat boligområde"), bad, INPUTS, residents=1000).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("day", "categories"),
    [
        (date(2017, 1, 1), {"ghettoområde"}),
        (date(2020, 1, 1), {"udsat boligområde", "ghettoområde"}),
        (NOW, {"udsat boligområde", "parallelsamfund", "omdannelsesområde", "forebyggelsesområde"}),
    ],
)
def test_the_rules_are_those_of_the_day(day: date, categories: set[str]) -> None:
    assert {one.category for one in rules_on(day)} == categories


def test_transformation_takes_five_years_in_a_row() -> None:
    bad = {
        "work": Fraction("0.5"),
        "schooling": Fraction("0.7"),
        "convicted": Fraction("0.05"),
        "income": Fraction(100),
    }
    for years, outcome in ((4, Outcome.NOT_MET), (5, Outcome.MET), (None, Outcome.UNKNOWN)):
        found = judge(rule("omdannelsesområde"), bad, INPUTS, residents=4000, origin=Fraction("0.6"), years_met=years)
        assert found.outcome is outcome


shares = st.fractions(0, 1, max_denominator=1000)
figures = st.fixed_dictionaries({}, optional={name: shares for name in CRITERIA if name != "origin"})
ORDER = {Outcome.NOT_MET: 0, Outcome.UNKNOWN: 1, Outcome.MET: 2}


@given(st.sampled_from(load_rules()), figures, st.sampled_from(sorted(SAFE)), st.fractions(0, 1, max_denominator=50))
def test_worse_figures_never_make_an_area_safer(
    one: Rule, told: dict[str, Fraction], which: str, more: Fraction
) -> None:
    if which not in told:
        return
    inputs = {("convicted", "country"): Fraction("0.1"), ("income", "region"): Fraction(1)}
    worse = told | {which: told[which] + more * WORSE[which]}
    before, after = (judge(one, f, inputs, residents=4000, origin=Fraction("0.4"), years_met=5) for f in (told, worse))
    assert ORDER[after.outcome] >= ORDER[before.outcome]


@given(st.sampled_from(load_rules()), figures, st.sampled_from(sorted(SAFE)), shares)
def test_what_is_not_known_decides_nothing(one: Rule, told: dict[str, Fraction], which: str, value: Fraction) -> None:
    """An outcome found without a figure stays whatever the figure turns out to be."""
    without = {name: figure for name, figure in told.items() if name != which}
    found = judge(one, without, INPUTS, residents=4000, origin=Fraction("0.6"), years_met=5).outcome
    if found is not Outcome.UNKNOWN:
        with_it = judge(one, without | {which: value}, INPUTS, residents=4000, origin=Fraction("0.6"), years_met=5)
        assert with_it.outcome is found


@pytest.mark.django_db
def test_the_page_shows_how_far_and_hides_origin_until_it_is_turned_on(world: World) -> None:
    indicator = lay_out(world)
    change_indicator(by=OPERATOR, indicator=Indicator.objects.get(pk=indicator.pk), criterion="schooling")
    taken_in(world, {"900001": (550.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    client = Client(SERVER_NAME="localhost")
    address = reverse("early_warning", args=[world.partnership.slug])
    html = client.get(address).content.decode()
    assert "5,0 procentpoint til grænsen" in html
    assert "550 af 1.000" in html, "the figure stands with its base"
    assert "ikke-vestlige" not in html
    assert "tallet er ikke skrevet ind" in html
    look_at_origin(by=OPERATOR, partnership=world.partnership, with_origin=True, why="Bestyrelsen bad om det")
    set_input(
        by=OPERATOR,
        partnership=world.partnership,
        criterion="convicted",
        against="country",
        year=2024,
        value=Decimal("0.0073"),
        source="Ministeriets liste",
    )
    html = client.get(address).content.decode()
    assert "ikke-vestlige" in html
    assert "2,2 %" in html, "three times the country"


@pytest.mark.django_db
def test_an_input_of_nothing_is_refused(world: World) -> None:
    with pytest.raises(NotAnInput):
        set_input(
            by=OPERATOR,
            partnership=world.partnership,
            criterion="income",
            against="region",
            year=2024,
            value=Decimal(0),
            source="x",
        )
