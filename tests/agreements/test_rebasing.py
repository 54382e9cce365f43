"""Amendments that meet: merged where they can be, told apart and answered where they cannot."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.utils import timezone

from kvarter.agreements.actions.coming_into_force import (
    Answer,
    Conflicts,
    NewerVersion,
    Unresolved,
    rebase_amendment,
)
from kvarter.agreements.merging import ChangeKind, Place, ProposedChange
from kvarter.agreements.models import Amendment
from kvarter.agreements.queries.amendments import standpoint_of
from kvarter.agreements.queries.versions import clause_texts
from kvarter.agreements.text import ClauseText, Kind, Wording
from tests.world import World, build_world, change_of, decide, propose


def test_two_amendments_that_touch_different_clauses_both_come_into_force(world: World) -> None:
    one = propose(world, change_of("maal-1-1", "Bygger et hus"))
    other = propose(world, change_of("tema-tillid", "Tillid til hinanden"))
    decide(world, one)
    version = decide(world, other)
    texts = {clause.key: clause.text for clause in clause_texts(version)}
    assert (version.number, texts["maal-1-1"], texts["tema-tillid"]) == (3, "Bygger et hus", "Tillid til hinanden")


def test_the_second_to_touch_a_clause_is_told_which_and_rebased_with_both_texts(world: World) -> None:
    one = propose(world, change_of("maal-1-1", "Bygger et hus"))
    other = propose(world, change_of("maal-1-1", "Bygger en plads"), change_of("tema-tillid", "Tillid til alle"))
    decide(world, one)
    with pytest.raises(Conflicts, match="maal-1-1") as refused:
        decide(world, other)
    (conflict,) = refused.value.conflicts
    assert conflict.base and conflict.theirs and conflict.ours  # noqa: PT018
    assert (conflict.theirs.text, conflict.ours.text) == ("Bygger et hus", "Bygger en plads")
    with pytest.raises(Unresolved, match="maal-1-1"):
        rebase_amendment(by=world.secretariat, amendment=other, onto=2, answers={})
    both = Answer(ClauseText("maal-1-1", Kind.STRATEGY, "", "Bygger et hus og en plads", "maal-1"))
    with pytest.raises(NewerVersion):
        rebase_amendment(by=world.secretariat, amendment=other, onto=1, answers={"maal-1-1": both})
    rebase_amendment(by=world.secretariat, amendment=other, onto=2, answers={"maal-1-1": both})
    texts = {clause.key: clause.text for clause in clause_texts(decide(world, other))}
    assert texts["maal-1-1"] == "Bygger et hus og en plads"
    assert texts["tema-tillid"] == "Tillid til alle"


def test_a_clause_removed_by_one_and_changed_by_the_other_is_a_conflict_that_either_can_win(world: World) -> None:
    gone = propose(world, ProposedChange(ChangeKind.REMOVE, "maal-1-2"))
    kept = propose(world, change_of("maal-1-2", "Støtter alle børn"))
    decide(world, gone)
    with pytest.raises(Conflicts):
        decide(world, kept)
    back = Answer(ClauseText("maal-1-2", Kind.STRATEGY, "", "Støtter alle børn", "maal-1"))
    rebase_amendment(by=world.secretariat, amendment=kept, onto=2, answers={"maal-1-2": back})
    version = decide(world, kept)
    keys = [clause.key for clause in clause_texts(version)]
    assert keys[keys.index("maal-1") :][:3] == ["maal-1", "maal-1-1", "maal-1-2"]


def test_an_answer_keeps_the_proposals_english(world: World) -> None:
    ours = ProposedChange(ChangeKind.CHANGE, "maal-1", None, "", "Et kvarter i ro", None, {"en": Wording("", "Calm")})
    one, other = propose(world, change_of("maal-1", "Et kvarter uden frygt")), propose(world, ours)
    decide(world, one)
    (conflict,) = standpoint_of(other).merged.conflicts
    rebase_amendment(by=world.secretariat, amendment=other, onto=2, answers={"maal-1": Answer(conflict.ours)})
    texts = {clause.key: clause for clause in clause_texts(decide(world, other))}
    assert (texts["maal-1"].text, texts["maal-1"].translations) == ("Et kvarter i ro", {"en": Wording("", "Calm")})


@pytest.mark.parametrize("as_proposed", [True, False])
def test_of_two_who_moved_a_clause_the_one_chosen_wins(world: World, *, as_proposed: bool) -> None:
    def moved(place: Place) -> Amendment:
        return propose(world, ProposedChange(ChangeKind.CHANGE, "maal-1-2", Kind.STRATEGY, "", "", place))

    one, other = moved(Place("maal-1", None)), moved(Place("effekt", "tema-tillid"))
    decide(world, one)
    (conflict,) = standpoint_of(other).merged.conflicts
    answer = Answer(conflict.ours if as_proposed else conflict.theirs, as_proposed=as_proposed)
    rebased = rebase_amendment(by=world.secretariat, amendment=other, onto=2, answers={"maal-1-2": answer})
    keys = [clause.key for clause in standpoint_of(rebased).merged.clauses]
    assert (keys.index("maal-1-2") == keys.index("tema-tillid") + 1) is as_proposed
    assert (keys.index("maal-1-2") == keys.index("maal-1") + 1) is not as_proposed


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
def test_two_decisions_at_once_give_two_versions_or_a_told_conflict() -> None:
    world = build_world()
    amendments = [propose(world, change_of(key, "Nye ord")) for key in ("maal-1-1", "tema-tillid", "tema-tryghed")]
    amendments += [propose(world, change_of("maal-1-1", "Helt andre ord"))]
    start, outcomes = threading.Barrier(len(amendments)), []

    def bring(amendment: Amendment) -> None:
        start.wait()
        try:
            outcomes.append(decide(world, amendment, timezone.localdate()).number)
        except Conflicts:
            outcomes.append("conflict")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=bring, args=(amendment,)) for amendment in amendments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["2", "3", "4", "conflict"]
    world.agreement.versions.get(number=4)


def test_a_merge_without_conflict_keeps_a_proposed_translation(world: World) -> None:
    english = ProposedChange(ChangeKind.CHANGE, "maal-1", translations={"en": Wording("", "Somewhere safe")})
    one, other = propose(world, change_of("tema-tillid", "Tillid til alle")), propose(world, english)
    decide(world, one)
    rebase_amendment(by=world.secretariat, amendment=other, onto=2, answers={})
    texts = {clause.key: clause for clause in clause_texts(decide(world, other))}
    assert texts["maal-1"].translations == {"en": Wording("", "Somewhere safe")}


def test_clauses_put_back_by_answers_come_in_their_order(world: World) -> None:
    gone = propose(world, ProposedChange(ChangeKind.REMOVE, "maal-1-1"), ProposedChange(ChangeKind.REMOVE, "maal-1-2"))
    kept = propose(world, change_of("maal-1-1", "Bygger et hus"), change_of("maal-1-2", "Støtter alle børn"))
    decide(world, gone)
    answers = {conflict.key: Answer(conflict.ours) for conflict in standpoint_of(kept).merged.conflicts}
    assert set(answers) == {"maal-1-1", "maal-1-2"}
    rebase_amendment(by=world.secretariat, amendment=kept, onto=2, answers=answers)
    keys = [clause.key for clause in clause_texts(decide(world, kept))]
    assert keys[keys.index("maal-1") :][:3] == ["maal-1", "maal-1-1", "maal-1-2"]


def test_a_clause_that_others_moved_around_may_also_be_the_one_in_conflict(world: World) -> None:
    words = propose(world, change_of("maal-1-2", "Støtter skolen"))
    swap = propose(
        world,
        ProposedChange(ChangeKind.CHANGE, "maal-1-2", None, "", "Støtter alle børn", Place("maal-1", None)),
    )
    decide(world, words)
    (conflict,) = standpoint_of(swap).merged.conflicts
    rebase_amendment(by=world.secretariat, amendment=swap, onto=2, answers={"maal-1-2": Answer(conflict.ours)})
    texts = clause_texts(decide(world, swap))
    keys = [clause.key for clause in texts]
    assert keys.index("maal-1-2") < keys.index("maal-1-1")
    assert texts[keys.index("maal-1-2")].text == "Støtter alle børn"
