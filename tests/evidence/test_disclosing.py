"""What a publication gives away: pieces of places, and the attacker over all ever told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvarter.evidence.disclosing import Count, Limits, Nesting, leaks
from kvarter.evidence.lying import Lying
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area, add_version

DAY = date(2024, 1, 1)
NESTING = Nesting(
    inside={"land": frozenset(), "kommune": frozenset({"land"}), "kvarter": frozenset({"kommune"})},
    rests={"resten": ("kommune", "kvarter")},
)
LIMITS = Limits(minimum=5, base=20)


def nesting_on(_day: date) -> Nesting:
    return NESTING


def count(place: str, part: float | None, whole: float) -> Count:
    return Count("stemmer", DAY, place, whole, part)


def test_a_rest_is_its_whole_without_what_is_left_out() -> None:
    pieces = NESTING.pieces(["land", "kommune", "kvarter", "resten"])
    assert pieces["kommune"] == {"kommune", "kvarter"}
    assert pieces["resten"] == {"kommune"}
    assert pieces["land"] == {"land", "kommune", "kvarter"}


def test_a_rest_is_cut_out_of_its_whole_where_neither_has_a_figure() -> None:
    assert NESTING.pieces(["resten"])["resten"] == {"kommune"}
    assert NESTING.pieces(["land", "resten"])["land"] == {"land", "kommune", "kvarter"}
    told_by_the_rest_alone = Nesting({}, NESTING.rests)
    assert told_by_the_rest_alone.pieces(["kommune", "resten"])["kommune"] == {"kommune", "kvarter"}


def test_the_area_follows_from_municipality_and_rest() -> None:
    truth = [count("kommune", 103, 5000), count("kvarter", 3, 1000), count("resten", 100, 4000)]
    assert leaks(truth, [truth[0]], nesting_on, LIMITS) == []
    (leak, *_more) = leaks(truth, [truth[0], truth[2]], nesting_on, LIMITS)
    assert (leak.place, leak.low, leak.high) == ("kvarter", 3, 3)


def test_what_is_left_over_between_two_large_places_may_be_few() -> None:
    """The municipality has three more than the area: they are found though no place is published for them."""
    truth = [count("kommune", 903, 5000), count("kvarter", 900, 4900)]
    found = leaks(truth, truth, nesting_on, LIMITS)
    assert {(leak.low, leak.high) for leak in found} == {(3, 3)}


def test_an_area_without_a_figure_follows_from_municipality_and_rest_all_the_same() -> None:
    told = [count("kommune", 501, 1003), count("resten", 500, 1000)]
    assert {(leak.place, leak.low, leak.high) for leak in leaks(told, told, nesting_on, LIMITS)} >= {("kvarter", 1, 1)}
    many = [count("kommune", 600, 1200), count("resten", 500, 1000)]
    assert leaks(many, many, nesting_on, LIMITS) == []


def test_a_share_of_fewer_than_the_base_must_not_follow_either() -> None:
    truth = [count("kvarter", 6, 12), count("kommune", 506, 1012), count("resten", 500, 1000)]
    (leak,) = leaks(truth, truth[1:], nesting_on, LIMITS)
    assert (leak.place, leak.low, leak.high) == ("kvarter", 12, 12)
    assert leaks(truth, truth[1:2], nesting_on, LIMITS) == []


def test_what_is_left_over_may_be_fewer_than_the_base() -> None:
    truth = [count("kommune", 910, 1812), count("kvarter", 904, 1800)]
    assert {(leak.low, leak.high) for leak in leaks(truth, truth, nesting_on, LIMITS)} == {(12, 12)}


def test_what_a_mean_is_of_is_guarded_as_a_share_is_and_a_number_of_people_by_the_minimum_alone() -> None:
    for is_base in (True, False):
        told = [Count("indkomst", DAY, place, n, is_base=is_base) for place, n in (("kommune", 1012), ("resten", 1000))]
        assert bool(leaks(told, told, nesting_on, LIMITS)) is is_base


def test_figures_that_cannot_all_be_true_are_held_to_give_everything_away() -> None:
    truth = [count("kommune", 103, 5000), count("kvarter", 3, 1000)]
    assert leaks(truth, [count("kommune", 103, 5000), count("resten", 104, 4000)], nesting_on, LIMITS)


def test_a_share_of_fewer_than_the_base_is_hidden_whatever_it_is() -> None:
    assert LIMITS.too_few(10, 19)
    assert not LIMITS.too_few(10, 20)
    assert LIMITS.too_few(17, 20), "those it is not true of are three"
    assert not LIMITS.too_few(0, 20)
    assert LIMITS.too_few(None, 4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.data())
def test_whatever_is_told_no_count_of_few_is_pinned_where_nothing_is_found(
    a: int, b: int, c: int, d: int, data: st.DataObject
) -> None:
    """Against the definition: count every table of the area and its rest that agrees with what was told."""
    truth = [count("kommune", a + c, a + b + c + d), count("kvarter", a, a + b), count("resten", c, c + d)]
    told = data.draw(st.lists(st.sampled_from(truth), unique=True, max_size=3))
    found = {leak.place for leak in leaks(truth, told, nesting_on, LIMITS)}
    known = {count.place for count in told}
    if len(known) >= 2:  # two of the three give the third
        few = {
            one.place
            for one in truth
            if any(0 < n < 5 for n in (one.part, one.whole - (one.part or 0)) if n) or 0 < one.whole < 20
        }
        assert few <= found
    elif not known:
        assert not found


@pytest.mark.django_db
def test_what_a_rest_leaves_out_is_what_the_area_was_on_the_day_with_a_figure_or_without() -> None:
    town = add_area(by=OPERATOR, slug="by", name="By", is_demonstration=True)
    area = add_area(by=OPERATOR, slug="kvarter", name="Kvarter", part_of=town, is_demonstration=True)
    rest = add_area(by=OPERATOR, slug="rest", name="Rest", part_of=town, without=area, is_demonstration=True)
    for one, days in ((town, [date(2000, 1, 1)]), (area, [date(2000, 1, 1), DAY]), (rest, [date(2000, 1, 1)])):
        for day in days:
            add_version(by=OPERATOR, area=one, valid_from=day, source="Kort", codes=[])
    lying = Lying([], [])
    assert lying.on(date(2010, 6, 1)).rests == {"rest@2000-01-01": ("by@2000-01-01", "kvarter@2000-01-01")}
    assert lying.on(DAY).rests == {"rest@2000-01-01": ("by@2000-01-01", f"kvarter@{DAY}")}
