"""What a publication gives away: pieces of places, and the attacker over all ever told."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kvarter.evidence.disclosing import Count, Limits, Nesting, leaks

DAY = date(2024, 1, 1)
NESTING = Nesting(
    inside={"land": frozenset(), "kommune": frozenset({"land"}), "kvarter": frozenset({"kommune"})},
    rests={"resten": ("kommune", "kvarter")},
)
LIMITS = Limits(minimum=5, base=20)


def count(place: str, part: float | None, whole: float) -> Count:
    return Count("stemmer", DAY, place, whole, part)


def test_a_rest_is_its_whole_without_what_is_left_out() -> None:
    pieces = NESTING.pieces(["land", "kommune", "kvarter", "resten"])
    assert pieces["kommune"] == {"kommune", "kvarter"}
    assert pieces["resten"] == {"kommune"}
    assert pieces["land"] == {"land", "kommune", "kvarter"}


def test_a_rest_of_unknown_parts_is_a_piece_of_its_own() -> None:
    assert NESTING.pieces(["resten"]) == {"resten": frozenset({"resten"})}


def test_the_area_follows_from_municipality_and_rest() -> None:
    truth = [count("kommune", 103, 5000), count("kvarter", 3, 1000), count("resten", 100, 4000)]
    assert leaks(truth, [truth[0]], NESTING, LIMITS) == []
    (leak, *_more) = leaks(truth, [truth[0], truth[2]], NESTING, LIMITS)
    assert (leak.place, leak.low, leak.high) == ("kvarter", 3, 3)


def test_what_is_left_over_between_two_large_places_may_be_few() -> None:
    """The municipality has three more than the area: they are found though no place is published for them."""
    truth = [count("kommune", 903, 5000), count("kvarter", 900, 4900)]
    found = leaks(truth, truth, NESTING, LIMITS)
    assert {(leak.low, leak.high) for leak in found} == {(3, 3)}


def test_figures_that_cannot_all_be_true_are_held_to_give_everything_away() -> None:
    truth = [count("kommune", 103, 5000), count("kvarter", 3, 1000)]
    assert leaks(truth, [count("kommune", 103, 5000), count("resten", 104, 4000)], NESTING, LIMITS)


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
    found = {leak.place for leak in leaks(truth, told, NESTING, LIMITS)}
    known = {count.place for count in told}
    if len(known) >= 2:  # two of the three give the third
        few = {
            one.place
            for one in truth
            if any(0 < n < 5 for n in (one.part, one.whole, one.whole - (one.part or 0)) if n)
        }
        assert few <= found
    elif not known:
        assert not found
