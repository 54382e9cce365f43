"""Nobody keeps a gender and age that few share; and no more is lost than that takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kvarter.surveys.coarsening import ALIKE, Kind, coarsened

KINDS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["f", "m", "x"]), st.sampled_from(["18-29", "65+"])),
    st.integers(0, 40),
    min_size=1,
)


def test_kinds_with_enough_people_stay_as_they_are() -> None:
    drawn: dict[Kind, int] = {("a", "f", "18-29"): 5, ("a", "m", "18-29"): 9}
    assert coarsened(drawn) == {kind: kind for kind in drawn}


def test_few_of_one_age_lose_their_gender_when_that_is_enough() -> None:
    drawn: dict[Kind, int] = {("a", "f", "65+"): 3, ("a", "m", "65+"): 4, ("a", "f", "18-29"): 30}
    assert coarsened(drawn) == {
        ("a", "f", "65+"): ("a", "", "65+"),
        ("a", "m", "65+"): ("a", "", "65+"),
        ("a", "f", "18-29"): ("a", "f", "18-29"),
    }


def test_one_alone_takes_the_smallest_others_with_them() -> None:
    drawn: dict[Kind, int] = {("a", "x", "65+"): 1, ("a", "m", "65+"): 6, ("a", "f", "65+"): 40}
    assert coarsened(drawn) == {
        ("a", "x", "65+"): ("a", "", ""),
        ("a", "m", "65+"): ("a", "", ""),
        ("a", "f", "65+"): ("a", "f", "65+"),
    }


def test_a_stratum_of_few_keeps_neither_gender_nor_age() -> None:
    assert coarsened({("a", "f", "65+"): 4}) == {("a", "f", "65+"): ("a", "", "")}


@given(KINDS)
def test_whoever_was_drawn_shares_their_kind_or_keeps_nothing_of_it(drawn: dict[Kind, int]) -> None:
    kept = coarsened(drawn)
    sums: dict[Kind, int] = {}
    for kind, into in kept.items():
        assert into[0] == kind[0]
        sums[into] = sums.get(into, 0) + drawn[kind]
    for into, many in sums.items():
        alone = len({other for other in sums if other[0] == into[0]}) == 1
        assert many >= ALIKE or (alone and into == (into[0], "", ""))


def test_the_young_do_not_hide_among_those_who_answer_another_questionnaire() -> None:
    """One young person of a rare gender is joined with the other young, and not with adults."""
    young: dict[Kind, int] = {("a", "f", "12-17"): 40, ("a", "m", "12-17"): 50, ("a", "x", "12-17"): 1}
    adults: dict[Kind, int] = {("a", "f", "65+"): 30, ("a", "m", "65+"): 30, ("a", "x", "65+"): 2}
    kept = coarsened(young | adults)
    assert [kept[kind] for kind in young] == [("a", "", ""), ("a", "m", "12-17"), ("a", "", "")]
    assert [kept[kind] for kind in adults] == [("a", "", ""), ("a", "m", "65+"), ("a", "", "")]
