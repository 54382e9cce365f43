"""The law's lines: dated, strict as written, exact on the line, and never decided by what is not known."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import assume, given
from hypothesis import strategies as st

from kvarter.evidence.actions.indicators import change_indicator
from kvarter.evidence.actions.statutory import NotAnInput, look_at_origin, set_input
from kvarter.evidence.models import Indicator
from kvarter.evidence.statutory import (
    CRITERIA,
    Count,
    Judgement,
    Mean,
    Outcome,
    Rule,
    Strictness,
    judge,
    load_rules,
    rules_on,
)
from kvarter.evidence.statutory.rules import FILE, Line, read_rules
from kvarter.evidence.statutory.values import Given
from kvarter.people.policy import OPERATOR
from tests.conftest import SHARED
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
BAD = {
    "work": Fraction("0.5"),
    "schooling": Fraction("0.7"),
    "convicted": Fraction("0.05"),
    "income": Fraction(100),
}
WORSE = {"work": 1, "convicted": 1, "schooling": 1, "income": -1}
LISTS = SHARED / "data" / "ghetto_lists"


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
    found = judge(rule("parallelsamfund"), BAD, INPUTS, residents=4000)
    assert (found.outcome, found.by_origin) == (Outcome.UNKNOWN, True)
    assert (
        judge(rule("parallelsamfund"), BAD, INPUTS, residents=4000, origin=Fraction("0.5")).outcome is Outcome.NOT_MET
    )
    assert judge(rule("parallelsamfund"), BAD, INPUTS, residents=4000, origin=Fraction("0.501")).outcome is Outcome.MET


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
        (date(2010, 12, 31), set()),
        (date(2012, 10, 1), {"ghettoområde"}),
        (date(2018, 11, 30), {"ghettoområde"}),
        (date(2018, 12, 1), {"udsat boligområde", "ghettoområde", "hårdt ghettoområde"}),
        (date(2021, 11, 30), {"udsat boligområde", "ghettoområde", "hårdt ghettoområde"}),
        (date(2021, 12, 1), {"udsat boligområde", "parallelsamfund", "omdannelsesområde", "forebyggelsesområde"}),
        (NOW, {"udsat boligområde", "parallelsamfund", "omdannelsesområde", "forebyggelsesområde"}),
    ],
)
def test_the_rules_are_those_of_the_day(day: date, categories: set[str]) -> None:
    assert {one.category for one in rules_on(day)} == categories


def test_transformation_takes_five_years_in_a_row() -> None:
    for years, outcome in ((4, Outcome.NOT_MET), (5, Outcome.MET), (None, Outcome.UNKNOWN)):
        found = judge(rule("omdannelsesområde"), BAD, INPUTS, residents=4000, origin=Fraction("0.6"), years_met=years)
        assert found.outcome is outcome


shares = st.fractions(0, 1, max_denominator=1000)
figures = st.fixed_dictionaries({}, optional={name: shares for name in CRITERIA if name != "origin"})
NO_INCOME, HIGH_INCOME = {"income": Fraction(0)}, {"income": Fraction(10)}
ORDER = {Outcome.NOT_MET: 0, Outcome.UNKNOWN: 1, Outcome.MET: 2}


@given(st.sampled_from(load_rules()), figures, st.sampled_from(sorted(SAFE)), st.fractions(0, 1, max_denominator=50))
def test_worse_figures_never_make_an_area_safer(
    one: Rule, told: dict[str, Fraction], which: str, more: Fraction
) -> None:
    assume(which in told)
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


def outcome_of(one: Rule, told: dict[str, Fraction]) -> Outcome:
    inputs = {("convicted", "country"): Fraction("0.1"), ("income", "region"): Fraction(1)}
    return judge(one, told, inputs, residents=4000, origin=Fraction("0.6"), years_met=5).outcome


@given(st.sampled_from(load_rules()), figures)
def test_it_is_decided_exactly_when_best_and_worst_agree(one: Rule, told: dict[str, Fraction]) -> None:
    """Neither guessed where the unknown could matter, nor left open where it could not."""
    worst = outcome_of(
        one, {"work": Fraction(1), "convicted": Fraction(1), "schooling": Fraction(1)} | NO_INCOME | told
    )
    best = outcome_of(one, dict.fromkeys(("work", "convicted", "schooling"), Fraction(0)) | HIGH_INCOME | told)
    assert outcome_of(one, told) is (worst if worst is best else Outcome.UNKNOWN)


@given(
    st.sampled_from([(one, line) for one in load_rules() for line in one.lines]),
    st.fractions(Fraction(1, 1000), 1, max_denominator=10**9),
    st.fractions(Fraction(1, 10**12), Fraction(1, 1000)),
)
def test_the_least_step_over_the_line_counts_and_the_line_itself_as_the_law_says(
    which: tuple[Rule, Line], base: Fraction, step: Fraction
) -> None:
    one, line = which
    inputs = {(line.criterion, line.times): base} if line.times else {}
    limit = line.line * base if line.times else line.line
    worse = -step if line.how is Strictness.BELOW else step
    found = []
    for figure in (limit - worse, limit, limit + worse):
        judged_line = judge(one, {line.criterion: figure}, inputs).criteria[one.lines.index(line)]
        assert judged_line.distance is not None
        found.append((judged_line.distance, judged_line.outcome is Outcome.MET))
    assert found == [(step, False), (0, line.how is Strictness.AT_LEAST), (-step, True)]


@given(st.sampled_from(load_rules()), figures, shares, st.sampled_from([None, 0, 4000]))
def test_origin_is_not_looked_at_until_it_is_turned_on(
    one: Rule, told: dict[str, Fraction], origin: Fraction, residents: int | None
) -> None:
    """An origin among the figures changes nothing; and what rests on origin is what origin could turn."""
    facts = {"residents": residents, "years_met": 5}
    off = judge(one, told, INPUTS, **facts)  # type: ignore[arg-type]
    assert judge(one, told | {"origin": origin}, INPUTS, **facts) == off  # type: ignore[arg-type]
    assert "origin" not in {judged_line.line.criterion for judged_line in off.criteria}
    over, under = (judge(one, told, INPUTS, origin=Fraction(way), **facts) for way in (0, 1))  # type: ignore[arg-type]
    assert off.by_origin == (over.outcome is not under.outcome)
    if not off.by_origin:
        assert off.outcome is over.outcome


def test_enough_without_origin_does_not_rest_on_it() -> None:
    """Three of five were needed: with three others met, what is not known is how many live there."""
    found = judge(rule("ghettoområde", date(2017, 1, 1)), BAD, INPUTS)
    assert (found.met, found.outcome, found.by_origin) == (4, Outcome.UNKNOWN, False)


def test_counts_give_the_exact_mean_of_two_years_and_how_far_it_is() -> None:
    """39.9 and 40.1 per cent are 40 in the mean, which is not over 40; a float would not tell."""
    told: dict[str, Given] = {
        "work": (Count(2024, 401, 1000), Count(2023, 399, 1000)),
        "convicted": (Count(2022, 900, 1000), Count(2023, 4, 1000), Count(2024, 8, 1000)),
        "income": (Mean(2024, Fraction(300_000)),),
    }
    inputs = {
        ("convicted", "country"): {2022: Fraction(1), 2023: Fraction("0.002"), 2024: Fraction("0.004")},
        ("income", "region"): {2024: Fraction(400_000)},
    }
    work, convicted, _schooling, income = judge(rule("udsat boligområde"), told, inputs).criteria
    assert (work.figure, work.points, work.multiples) == (Fraction(2, 5), Fraction(0), None)
    assert work.outcome is Outcome.NOT_MET
    assert [one.year for one in work.parts] == [2023, 2024]
    assert (convicted.figure, convicted.base, convicted.limit) == (
        Fraction("0.006"),
        Fraction("0.003"),
        Fraction("0.009"),
    )
    assert (convicted.points, convicted.multiples) == (Fraction("0.3"), Fraction(1)), (
        "twice the country, one short of three times"
    )
    assert (income.points, income.multiples) == (None, Fraction("0.2")), "75 per cent of the region, 20 over the line"


@pytest.mark.parametrize(
    ("years", "known"),
    [([2024], [2023, 2024]), ([2022, 2024], [2022, 2023, 2024]), ([2023, 2024], [2024]), ([2023, 2024], [])],
)
def test_a_year_that_lacks_is_not_guessed(years: list[int], known: list[int]) -> None:
    """One year of two, two years with a gap, or a country whose figure is of other years: it cannot be judged."""
    told = {"convicted": tuple(Count(year, 500, 1000) for year in years)}
    inputs = {("convicted", "country"): dict.fromkeys(known, Fraction("0.0073"))}
    found = next(one for one in judge(rule("udsat boligområde"), told, inputs).criteria if one.line.criterion in told)
    assert (found.outcome, found.distance) == (Outcome.UNKNOWN, None)


@pytest.mark.parametrize(
    ("earlier", "outcome"),
    [
        ([Outcome.MET] * 4, Outcome.MET),
        ([Outcome.MET] * 4 + [Outcome.NOT_MET], Outcome.MET),
        ([Outcome.MET] * 3, Outcome.UNKNOWN),
        ([Outcome.UNKNOWN, Outcome.MET, Outcome.MET, Outcome.MET], Outcome.UNKNOWN),
        ([Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_MET], Outcome.NOT_MET),
    ],
)
def test_transformation_looks_at_each_of_the_years_before(earlier: list[Outcome], outcome: Outcome) -> None:
    found = judge(rule("omdannelsesområde"), BAD, INPUTS, residents=4000, origin=Fraction("0.6"), earlier=earlier)
    assert found.outcome is outcome


@pytest.mark.parametrize("part", [-1, 11])
def test_a_count_is_a_share(part: int) -> None:
    with pytest.raises(ValueError, match="2024"):
        Count(2024, part, 10)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('line = "0.40"', "line = 0.40", "exact"),
        ('criterion = "work"', 'criterion = "weather"', "weather"),
        ('times = "region"', 'times = "parish"', "parish"),
        ("needed = 2", "needed = 5", "5 of 4"),
        ("valid_until = 2021-12-01", "valid_until = 2018-12-01", "before it begins"),
        ("valid_until = 2018-12-01", "valid_until = 2018-12-02", "two rules at once"),
        ("residents = 1000", "residents = 1000\nresident = 1", "resident"),
    ],
)
def test_a_wrong_rule_is_refused_with_what_is_wrong(old: str, new: str, said: str) -> None:
    good = FILE.read_text(encoding="utf-8")
    assert old in good
    with pytest.raises(ValueError, match=said):
        read_rules(good.replace(old, new))


def lists(name: str) -> list[dict[str, str]]:
    if not LISTS.exists():
        pytest.skip("the gathered lists are not beside the project")
    with (LISTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("row", "category", "day"),
    [
        (0, "ghettoområde", date(2017, 12, 1)),
        (1, "udsat boligområde", date(2018, 12, 1)),
        (2, "ghettoområde", date(2018, 12, 1)),
        (2, "parallelsamfund", NOW),
        (3, "forebyggelsesområde", NOW),
    ],
)
def test_the_lines_are_those_the_press_told(row: int, category: str, day: date) -> None:
    told, one = lists("criteria_versions.csv")[row], rule(category, day)
    lines = {line.criterion: line.line for line in one.lines}
    names = ("outside_labour_market_or_education_18_64", "only_basic_education_30_59")
    for name, criterion in zip(names, ("work", "schooling"), strict=True):
        assert lines[criterion] == Fraction(told[f"{name}_gt_pct"]) / 100
    assert lines["income"] == Fraction(told["gross_income_lt_pct_of_region"]) / 100
    convicted = told["convicted_18plus_gt"].partition(" ")[0]
    assert lines["convicted"] == (
        Fraction(convicted) if " " in told["convicted_18plus_gt"] else Fraction(convicted) / 100
    )
    origin = told["non_western_gt_pct"]
    assert one.origin == (Fraction(origin) / 100 if origin else None)
    assert f"{one.needed} of {one.of}" in told["rule"] or "udsat AND" in told["rule"]


def test_there_is_a_rule_for_every_list_that_came_out_and_none_before() -> None:
    rows = {told["category"].partition(" ")[0]: told for told in lists("counts_2018_2023.csv")}
    names = {
        "udsatte": {"udsat boligområde"},
        "parallelsamfund": {"parallelsamfund", "ghettoområde"},
        "omdannelsesomraader": {"omdannelsesområde", "hårdt ghettoområde"},
        "forebyggelsesomraader": {"forebyggelsesområde"},
    }
    for name, told in rows.items():
        for year in range(2018, 2024):
            in_force = {one.category for one in rules_on(date(year, 12, 1))}
            assert len(in_force & names[name]) == bool(told[str(year)]), (name, year)


@pytest.mark.django_db
def test_the_page_shows_how_far_and_hides_origin_until_it_is_turned_on(world: World) -> None:
    indicator = lay_out(world)
    change_indicator(by=OPERATOR, indicator=Indicator.objects.get(pk=indicator.pk), criterion="schooling")
    taken_in(world, {"900001": (550.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    client = Client(SERVER_NAME="localhost")
    address = reverse("early_warning", args=[world.partnership.slug])
    html = client.get(address).content.decode()
    assert "5,0 procentpoint under grænsen" in html
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
