"""Two amendments of one version: what goes in by itself, and what a person must decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kvarter.agreements.comparing import children_of, moved_keys, reading_order
from kvarter.agreements.merging import (
    ChangeKind,
    ImpossibleChange,
    Place,
    ProposedChange,
    apply_changes,
    merge,
)
from kvarter.agreements.text import ClauseText, Kind, Wording

Clauses = tuple[ClauseText, ...]
Changes = list[ProposedChange]
Situation = tuple[Clauses, Changes, Changes]
ENGLISH = {"en": Wording(text="Create places to meet")}
GERMAN = {"de": Wording(text="Orte schaffen")}
MEET = ClauseText("maal-1-1", Kind.STRATEGY, text="Skaber mødesteder", parent="maal-1", translations=ENGLISH)
SAFE = ClauseText("maal-1-2", Kind.STRATEGY, text="Styrker trygheden", parent="maal-1")
BASE: Clauses = (
    ClauseText("vision", Kind.VISION, "Vision", "Et sted at være."),
    ClauseText("maal-1", Kind.GOAL, text="Et trygt kvarter"),
    MEET,
    SAFE,
    ClauseText("maal-2", Kind.GOAL, text="Lige muligheder"),
    ClauseText("maal-2-1", Kind.STRATEGY, text="Støtter børn", parent="maal-2"),
)


def change(key: str, text: str = "", **more: object) -> ProposedChange:
    return replace(ProposedChange(ChangeKind.CHANGE, key, text=text), **more)  # type: ignore[arg-type]


def add(key: str, text: str, parent: str | None = None, after: str | None = None) -> ProposedChange:
    return ProposedChange(ChangeKind.ADD, key, Kind.STRATEGY, text=text, place=Place(parent, after))


def move(key: str, parent: str | None = None, after: str | None = None) -> ProposedChange:
    return change(key, place=Place(parent, after))


def remove(key: str) -> ProposedChange:
    return ProposedChange(ChangeKind.REMOVE, key)


def keys(clauses: Sequence[ClauseText], parent: str | None = "") -> list[str]:
    """All keys, or those under a parent."""
    return [c.key for c in clauses if parent == "" or c.parent == parent]


def by_key(clauses: Sequence[ClauseText]) -> dict[str, ClauseText]:
    return {clause.key: clause for clause in clauses}


# Making changes


def test_other_words_leave_the_rest_alone_and_drop_the_old_translation() -> None:
    after = by_key(apply_changes(BASE, [change("maal-1-1", "Skaber steder")]))
    assert after == by_key(BASE) | {"maal-1-1": replace(MEET, text="Skaber steder", translations={})}


def test_a_new_translation_stands_beside_the_new_words() -> None:
    after = apply_changes(BASE, [change("maal-1-1", "Skaber steder", translations=GERMAN)])
    assert by_key(after)["maal-1-1"].translations == GERMAN


def test_a_move_keeps_words_and_translation() -> None:
    after = apply_changes(BASE, [move("maal-1-1", "maal-2", "maal-2-1")])
    assert by_key(after)["maal-1-1"] == replace(MEET, parent="maal-2")
    assert keys(after, "maal-2") == ["maal-2-1", "maal-1-1"]


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ([], "vision maal-1 maal-1-1 maal-1-2 maal-2 maal-2-1"),
        ([move("maal-2")], "maal-2 maal-2-1 vision maal-1 maal-1-1 maal-1-2"),
        # Two moved as one keep their order.
        (
            [move("vision", "maal-2", "maal-2-1"), move("maal-1", "maal-2", "vision")],
            "maal-2 maal-2-1 vision maal-1 maal-1-1 maal-1-2",
        ),
        ([remove("maal-1"), remove("maal-1-2"), remove("maal-1-1")], "vision maal-2 maal-2-1"),
        ([add("b", "B", "a", "c"), add("c", "C", "a"), add("a", "A")], f"a c b {' '.join(keys(BASE))}"),
        # Of two at one place the later stands nearest; a removed one keeps its place for those after it.
        (
            [add("a", "A", "maal-1", "maal-1-1"), add("b", "B", "maal-1", "maal-1-1"), remove("maal-1-1")],
            "vision maal-1 b a maal-1-2 maal-2 maal-2-1",
        ),
    ],
)
def test_the_order_after_changes(changes: Changes, order: str) -> None:
    assert keys(apply_changes(BASE, changes)) == order.split()
    assert merge(BASE, BASE, changes).clauses == apply_changes(BASE, changes)


def test_another_translation_alone_keeps_the_words() -> None:
    after = by_key(apply_changes(BASE, [change("maal-1-1", translations=GERMAN)]))
    assert after["maal-1-1"] == replace(MEET, translations={**ENGLISH, **GERMAN})


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ([change("intet", "Ord")], "intet"),
        ([remove("intet")], "intet"),
        ([remove("maal-1")], "maal-1"),
        ([remove("maal-1"), remove("maal-1-1")], "maal-1"),
        ([remove("maal-2"), remove("maal-2-1"), add("ny", "Ny", "maal-2")], "maal-2"),
        ([add("vision", "Ny")], "vision"),
        ([remove("maal-2-1"), add("maal-2-1", "Ny", "maal-2")], "maal-2-1"),
        ([add("ny", "Ny", "intet")], "ny"),
        ([add("ny", "Ny", "maal-1", "maal-2-1")], "ny"),
        ([add("ny", "Ny", "maal-1", "ny")], "ny"),
        ([move("maal-1", "maal-1")], "maal-1"),
        ([move("maal-1", "maal-1-1")], "maal-1"),
        ([move("maal-1", "maal-2"), move("maal-2", "maal-1")], "maal-1"),
        ([change("vision", "En"), change("vision", "To")], "vision"),
    ],
)
def test_an_impossible_change_is_refused_by_name(changes: Changes, key: str) -> None:
    with pytest.raises(ImpossibleChange) as refused:
        merge(BASE, (), changes)
    assert refused.value.key == key
    assert key in str(refused.value)


# Merging

BOTH = add("to", "To", "maal-1", "maal-1-1")


def merged_with(theirs: Changes, ours: Changes) -> tuple[Clauses, dict[str, str]]:
    """Ours merged with what theirs made of the base: the clauses, and each conflict's reason."""
    result = merge(BASE, apply_changes(BASE, theirs), ours)
    return result.clauses, {conflict.key: conflict.reason for conflict in result.conflicts}


def test_two_amendments_of_different_clauses_both_go_in() -> None:
    theirs, ours = change("vision", "Deres.", heading="Vision"), change("maal-2-1", "Vores")
    assert merged_with([theirs], [ours]) == (apply_changes(BASE, [theirs, ours]), {})


def test_two_new_texts_of_one_clause_are_a_conflict_and_the_one_in_force_stands() -> None:
    result = merge(BASE, apply_changes(BASE, [change("vision", "Deres.")]), [change("vision", "Vores.")])
    [conflict] = result.conflicts
    sides = (conflict.base, conflict.theirs, conflict.ours)
    assert [side.text for side in sides if side] == ["Et sted at være.", "Deres.", "Vores."]
    assert by_key(result.clauses)["vision"].text == "Deres."


@pytest.mark.parametrize(
    ("theirs", "ours", "key"),
    [
        ([remove("maal-1-1")], [change("maal-1-1", "Vores")], "maal-1-1"),
        ([change("maal-1-1", "Deres")], [remove("maal-1-1")], "maal-1-1"),
        ([change("maal-1-1", kind=Kind.TEXT)], [change("maal-1-1", "Vores")], "maal-1-1"),
        ([move("maal-1-1", "maal-2")], [change("maal-1-1", "Vores")], "maal-1-1"),
        ([change("maal-1-1", "Deres")], [move("maal-1-1", "maal-2")], "maal-1-1"),
        ([move("maal-1-1", "maal-2")], [move("maal-1-1")], "maal-1-1"),
        ([move("maal-1-1", "maal-2")], [remove("maal-1-1")], "maal-1-1"),
        ([remove("maal-2-1"), remove("maal-2")], [add("ny", "Ny", "maal-2")], "ny"),
        ([add("ny", "Ny", "maal-2")], [remove("maal-2-1"), remove("maal-2")], "maal-2"),
        ([add("ny", "Deres", "maal-1")], [add("ny", "Vores", "maal-1")], "ny"),
        ([add("ny", "Ny", "maal-1")], [add("ny", "Ny", "maal-2")], "ny"),
        ([move("maal-1", "maal-2")], [move("maal-2", "maal-1")], "maal-2"),
        ([change("maal-1-1", "Deres")], [change("maal-1-1", translations=GERMAN)], "maal-1-1"),
    ],
)
def test_what_collides(theirs: Changes, ours: Changes, key: str) -> None:
    clauses, conflicts = merged_with(theirs, ours)
    assert list(conflicts) == [key]
    assert conflicts[key]
    assert by_key(clauses).get(key) == by_key(apply_changes(BASE, theirs)).get(key)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ([remove("maal-1-1")], [remove("maal-1-1")]),
        ([change("vision", "Ens.")], [change("vision", "Ens.")]),
        ([change("maal-1-1", "Ens"), change("maal-1-2", "Deres")], [change("maal-1-1", "Ens")]),
        ([move("maal-1-1", "maal-2")], [move("maal-1-1", "maal-2")]),
        ([add("ny", "Ny", "maal-1")], [add("ny", "Ny", "maal-1")]),
        ([change("maal-1", "Deres")], [add("ny", "Ny", "maal-1")]),
        ([move("maal-1-1", "maal-2")], [change("maal-1-2", "Vores")]),
        ([move("maal-1-1", "maal-2")], [change("maal-1-1", translations=GERMAN)]),
        ([move("maal-1-1", "maal-2")], [change("maal-1-1", "Vores", place=Place("maal-2"))]),
        (
            [move("maal-2-1", "maal-1", "maal-1-1")],
            [move("maal-1-1", "maal-2"), move("maal-2-1", "maal-1")],
        ),
    ],
)
def test_what_does_not_collide(theirs: Changes, ours: Changes) -> None:
    assert not merged_with(theirs, ours)[1]


def test_words_both_wrote_and_a_place_only_we_gave_both_go_in() -> None:
    theirs = [change("maal-1-1", "Ens")]
    ours = [change("maal-1-1", "Ens", place=Place("maal-2"))]
    assert merged_with(theirs, ours) == (apply_changes(BASE, ours), {})


def test_of_two_new_clauses_in_the_same_place_theirs_comes_first() -> None:
    for after in (None, "maal-1-1", "maal-1-2"):
        theirs, ours = [add("deres", "Deres", "maal-1", after)], [add("vores", "Vores", "maal-1", after)]
        clauses, conflicts = merged_with(theirs, ours)
        line = keys(clauses, "maal-1")
        assert not conflicts
        assert line.index("deres") + 1 == line.index("vores")


@pytest.mark.parametrize(
    ("theirs", "ours", "line"),
    [
        ([move("maal-2-1", "maal-1", "maal-1-1")], [], "maal-1-1 maal-2-1 ny maal-1-2"),
        ([BOTH], [BOTH], "maal-1-1 ny to maal-1-2"),
        ([remove("maal-1-1")], [], "ny maal-1-2"),
    ],
)
def test_where_a_new_clause_stands(theirs: Changes, ours: Changes, line: str) -> None:
    clauses, conflicts = merged_with(theirs, [*ours, add("ny", "Ny", "maal-1", "maal-1-1")])
    assert not conflicts
    assert keys(clauses, "maal-1") == line.split()


def test_where_both_moved_a_clause_alike_theirs_stays_as_it_is() -> None:
    theirs = [move("maal-1-1", "maal-2"), add("ny", "Ny", "maal-2", "maal-1-1")]
    clauses, _conflicts = merged_with(theirs, [move("maal-1-1", "maal-2")])
    assert clauses == apply_changes(BASE, theirs)


def test_a_new_goal_in_conflict_does_not_leave_its_strategies_under_theirs() -> None:
    ours = [add("maal-3", "Vores mål"), add("maal-3-2", "Vores strategi", "maal-3")]
    clauses, conflicts = merged_with([add("maal-3", "Deres mål")], ours)
    assert list(conflicts) == ["maal-3", "maal-3-2"]
    assert "maal-3-2" not in keys(clauses)


def test_a_translation_of_theirs_survives_a_move_of_ours() -> None:
    theirs = [change("maal-1-1", translations={"en": Wording(text="Better English")})]
    moved = change("maal-1-1", MEET.text, place=Place("maal-2"), translations=ENGLISH)
    clauses, conflicts = merged_with(theirs, [moved])
    assert not conflicts
    better = {"en": Wording(text="Better English")}
    assert by_key(clauses)["maal-1-1"] == replace(MEET, parent="maal-2", translations=better)


# What always holds

WORDS = st.sampled_from(["en bolig", "et job", "en skole", "et torv", "en bus"])
ENGLISHES = st.sampled_from([{}, {"en": Wording(text="a home")}, {"en": Wording(text="a job")}])


@st.composite
def texts(draw: st.DrawFn) -> Clauses:
    """A small agreement in reading order."""
    found: list[ClauseText] = []
    for number in range(draw(st.integers(0, 7))):
        parent = draw(st.sampled_from([None, *(c.key for c in found)]))
        kind = draw(st.sampled_from([Kind.GOAL, Kind.STRATEGY]))
        found.append(ClauseText(f"k{number}", kind, "", draw(WORDS), parent, draw(ENGLISHES)))
    keyed = by_key(found)
    return tuple(keyed[key] for key in reading_order(children_of(found)))


@st.composite
def amendments(draw: st.DrawFn, base: Clauses, new: str, allowed: Sequence[str]) -> Changes:
    """Changes that fit the base. `new` begins the keys of added clauses; `allowed`: what it may touch."""
    changes: Changes = []
    for number in range(draw(st.integers(0, 5))):
        sort = draw(st.sampled_from(ChangeKind if allowed else [ChangeKind.ADD]))
        is_new = sort is ChangeKind.ADD
        key = f"{new}{number}" if is_new else draw(st.sampled_from(allowed))
        now = apply_changes(base, changes)
        parent = draw(st.sampled_from([None, *keys(now)]))
        place = Place(parent, draw(st.sampled_from([None, *keys(now, parent)])))
        words = draw(WORDS if is_new else st.one_of(st.just(""), WORDS))
        one = ProposedChange(sort, key, None, "", words, place, draw(ENGLISHES))
        one = one if is_new or draw(st.booleans()) else replace(one, place=None)
        try:
            apply_changes(base, [*changes, one])
        except ImpossibleChange:
            continue
        changes.append(one)
    return changes


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A base with two amendments of it that know nothing of each other, and may even add the same keys."""
    base = draw(texts())
    theirs = draw(amendments(base, draw(st.sampled_from("nt")), keys(base)))
    return base, theirs, draw(amendments(base, "n", keys(base)))


@st.composite
def disjoint(draw: st.DrawFn) -> Situation:
    """A base with two amendments that touch different clauses and leave each other's parents alone."""
    base = draw(texts())
    mine = draw(st.sets(st.sampled_from(keys(base)))) if base else set()
    one = draw(amendments(base, "n", sorted(mine)))
    other = draw(amendments(base, "t", sorted(set(keys(base)) - mine)))
    assume(not touched(base, one) & (touched(base, other) | relied_on(base, other)))
    assume(not touched(base, other) & relied_on(base, one))
    return base, one, other


def touched(base: Clauses, changes: Changes) -> set[str]:
    return {one.key for one in changes} | moved_keys(base, apply_changes(base, changes))


def relied_on(base: Clauses, changes: Changes) -> set[str]:
    """The clauses that changes put others under, and all above these."""
    now = by_key(apply_changes(base, changes))
    found: set[str] = set()
    for one in changes:
        above = now[one.key].parent if one.place and one.key in now else None
        while above:
            found.add(above)
            above = now[above].parent
    return found


@given(situations())
def test_merging_with_nothing_is_making_the_changes(situation: Situation) -> None:
    base, _theirs, ours = situation
    result = merge(base, base, ours)
    assert result.conflicts == ()
    assert result.clauses == apply_changes(base, ours)


@given(situations())
def test_merging_what_is_in_force_already_changes_nothing(situation: Situation) -> None:
    base, _theirs, ours = situation
    current = apply_changes(base, ours)
    result = merge(base, current, ours)
    assert result.conflicts == ()
    assert result.clauses == current


@given(situations())
def test_a_merge_is_a_sound_text_and_loses_nothing(situation: Situation) -> None:
    base, theirs, ours = situation
    current = apply_changes(base, theirs)
    result = merge(base, current, ours)
    found = keys(result.clauses)
    assert len(set(found)) == len(found)
    assert all(c.parent is None or found.index(c.parent) < found.index(c.key) for c in result.clauses)
    ours_touch = {one.key for one in ours}
    in_conflict = {conflict.key for conflict in result.conflicts}
    assert in_conflict <= ours_touch
    stays = {c.key: c for c in current if c.key not in ours_touch or c.key in in_conflict}
    assert {key: by_key(result.clauses).get(key) for key in stays} == stays


@given(situations())
def test_what_is_not_in_conflict_reads_as_the_amendment_wants(situation: Situation) -> None:
    base, theirs, ours = situation
    result = merge(base, apply_changes(base, theirs), ours)
    in_conflict = {conflict.key for conflict in result.conflicts}
    was, wish, now = by_key(base), by_key(apply_changes(base, ours)), by_key(result.clauses)
    for key in {one.key for one in ours} - in_conflict:
        if key not in wish:
            assert key not in now
        elif key not in was or wish[key].text != was[key].text:
            assert now[key].text == wish[key].text


@given(situations())
def test_no_translation_stands_beside_words_it_was_not_given_for(situation: Situation) -> None:
    base, theirs, ours = situation
    given_for = {(c.text, w.text) for c in base for w in c.translations.values()}
    for one in [*theirs, *ours]:
        words = one.text or by_key(base)[one.key].text if one.change is not ChangeKind.REMOVE else ""
        given_for |= {(words, wording.text) for wording in one.translations.values()}
    result = merge(base, apply_changes(base, theirs), ours)
    assert {(c.text, w.text) for c in result.clauses for w in c.translations.values()} <= given_for


@given(disjoint())
def test_disjoint_amendments_may_come_in_either_order(situation: Situation) -> None:
    base, one, other = situation
    first = merge(base, apply_changes(base, one), other)
    last = merge(base, apply_changes(base, other), one)
    assert first.conflicts == last.conflicts == ()
    assert by_key(first.clauses) == by_key(last.clauses)
