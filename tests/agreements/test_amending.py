"""From a proposal to a version in force: only by a decision, merged with what others changed, locked for ever."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from kvarter.agreements.actions.amendments import (
    CannotChange,
    NotADraft,
    NothingProposed,
    NotWaiting,
    draft_amendment,
    propose_amendment,
    put_change,
    undo_change,
    withdraw_amendment,
)
from kvarter.agreements.actions.coming_into_force import (
    Conflicts,
    DecisionMissing,
    DecisionReference,
    NoBody,
    Unresolved,
    WrongBody,
    WrongDay,
    bring_into_force,
    rebase_amendment,
)
from kvarter.agreements.actions.importing import accept_import
from kvarter.agreements.merging import ChangeKind, Place, ProposedChange
from kvarter.agreements.models import AgreementVersion, Amendment, Clause, Obligation
from kvarter.agreements.queries.pages import history_of
from kvarter.agreements.queries.versions import clause_texts, in_force_on
from kvarter.agreements.text import ClauseText, Duty, Kind, Wording
from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR, Refused
from tests.world import BODY, START, World, build_world, change_of, small_text

DECISION = DecisionReference(BODY, "møde 3, punkt 4", date(2026, 3, 1))
LATER = date(2026, 4, 1)


def propose(world: World, *changes: ProposedChange, title: str = "Et forslag") -> Amendment:
    """A proposed amendment of Lilleby's agreement."""
    made = draft_amendment(by=world.secretariat, agreement=world.agreement, title=title, why="Fordi det er bedre")
    for change in changes:
        put_change(by=world.secretariat, amendment=made, change=change)
    return propose_amendment(by=world.secretariat, amendment=made)


def decide(world: World, amendment: Amendment, day: date = LATER) -> AgreementVersion:
    return bring_into_force(by=world.secretariat, amendment=amendment, decision=DECISION, in_force_from=day)


def test_a_decision_brings_it_into_force_and_the_old_version_stays(world: World) -> None:
    version = decide(world, propose(world, change_of("maal-1-1", "Bygger et hus til alle")))
    assert (version.number, version.decision, version.decided_by) == (2, "møde 3, punkt 4", BODY)
    assert version.clauses.get(key="maal-1-1").text == "Bygger et hus til alle"
    first = world.agreement.versions.get(number=1)
    assert first.clauses.get(key="maal-1-1").text == "Skaber steder, hvor mennesker kan mødes"
    assert in_force_on(world.agreement, LATER - timedelta(days=1)) == first
    assert in_force_on(world.agreement, LATER) == version


@pytest.mark.parametrize(
    ("decision", "refusal"),
    [
        (None, DecisionMissing),
        (DecisionReference(BODY, "  ", date(2026, 3, 1)), DecisionMissing),
        (DecisionReference(BODY, "punkt 4", None), DecisionMissing),
        (DecisionReference("Kommunalbestyrelsen", "punkt 4", date(2026, 3, 1)), WrongBody),
        (DecisionReference("", "punkt 4", date(2026, 3, 1)), WrongBody),
        (DecisionReference(BODY, "punkt 4", date(2999, 1, 1)), WrongDay),
    ],
)
def test_without_a_right_decision_it_is_refused_whoever_asks(
    world: World, decision: DecisionReference | None, refusal: type[Exception]
) -> None:
    amendment = propose(world, change_of("maal-1-1", "Noget nyt"))
    for person in (world.secretariat, OPERATOR):
        with pytest.raises(refusal):
            bring_into_force(by=person, amendment=amendment, decision=decision, in_force_from=LATER)
    assert world.agreement.versions.count() == 1


def test_only_the_secretariat_brings_into_force(world: World) -> None:
    amendment = propose(world, change_of("maal-1-1", "Noget nyt"))
    for role in ("resident", "party_member", "initiative_lead", "analyst", "administrator", "stranger"):
        with pytest.raises(Refused):
            bring_into_force(by=world.people[role], amendment=amendment, decision=DECISION, in_force_from=LATER)


def test_a_draft_must_be_proposed_first_and_a_version_comes_once(world: World) -> None:
    with pytest.raises(NotWaiting):
        decide(world, world.amendments["draft"])
    amendment = propose(world, change_of("maal-1-1", "Noget nyt"))
    decide(world, amendment)
    with pytest.raises(NotWaiting):
        decide(world, amendment)


def test_a_version_cannot_hold_from_before_the_one_it_replaces(world: World) -> None:
    amendment = propose(world, change_of("maal-1-1", "Noget nyt"))
    with pytest.raises(WrongDay):
        decide(world, amendment, START - timedelta(days=1))


def test_an_agreement_that_names_no_body_cannot_be_changed(world: World) -> None:
    from dataclasses import replace

    text = replace(small_text("Aftale uden godkender"), approving_body="")
    done = accept_import(by=OPERATOR, text=text, partnership_slug="lilleby", in_force_from=START)
    amendment = draft_amendment(by=world.secretariat, agreement=done.agreement, title="Et forslag", why="Fordi")
    put_change(by=world.secretariat, amendment=amendment, change=change_of("maal-1-1", "Nyt"))
    propose_amendment(by=world.secretariat, amendment=amendment)
    with pytest.raises(NoBody):
        decide(world, amendment)


def test_clauses_are_added_moved_and_removed(world: World) -> None:
    version = decide(
        world,
        propose(
            world,
            ProposedChange(
                ChangeKind.ADD, "maal-1-3", Kind.STRATEGY, "", "Holder en fest om året", Place("maal-1", "maal-1-1")
            ),
            ProposedChange(ChangeKind.REMOVE, "maal-1-2"),
            ProposedChange(ChangeKind.CHANGE, "tema-tryghed", Kind.THEME, "", "Tryghed", Place("effekt", None)),
        ),
    )
    order = [clause.key for clause in clause_texts(version)]
    assert order[order.index("maal-1") : order.index("effekt")] == ["maal-1", "maal-1-1", "maal-1-3"]
    assert order.index("tema-tryghed") < order.index("tema-tillid")


def test_a_translation_falls_away_when_the_words_change_and_stays_when_they_do_not(world: World) -> None:
    version = decide(world, propose(world, change_of("maal-1", "Vi vil have et kvarter uden frygt")))
    texts = {clause.key: clause for clause in clause_texts(version)}
    assert texts["maal-1"].translations == {}
    assert texts["vision"].translations == {"en": Wording("", "A good place.")}


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
        rebase_amendment(by=world.secretariat, amendment=other, answers={})
    both = ClauseText("maal-1-1", Kind.STRATEGY, "", "Bygger et hus og en plads", "maal-1")
    rebase_amendment(by=world.secretariat, amendment=other, answers={"maal-1-1": both})
    texts = {clause.key: clause.text for clause in clause_texts(decide(world, other))}
    assert texts["maal-1-1"] == "Bygger et hus og en plads"
    assert texts["tema-tillid"] == "Tillid til alle"


def test_a_clause_removed_by_one_and_changed_by_the_other_is_a_conflict_that_either_can_win(world: World) -> None:
    gone = propose(world, ProposedChange(ChangeKind.REMOVE, "maal-1-2"))
    kept = propose(world, change_of("maal-1-2", "Støtter alle børn"))
    decide(world, gone)
    with pytest.raises(Conflicts):
        decide(world, kept)
    back = ClauseText("maal-1-2", Kind.STRATEGY, "", "Støtter alle børn", "maal-1")
    rebase_amendment(by=world.secretariat, amendment=kept, answers={"maal-1-2": back})
    version = decide(world, kept)
    keys = [clause.key for clause in clause_texts(version)]
    assert keys[keys.index("maal-1") :][:3] == ["maal-1", "maal-1-1", "maal-1-2"]


def test_a_new_term_moves_what_is_due_at_its_end(world: World) -> None:
    amendment = draft_amendment(
        by=world.secretariat, agreement=world.agreement, title="Forlæng", why="Det virker", ends=date(2034, 12, 31)
    )
    propose_amendment(by=world.secretariat, amendment=amendment)
    decide(world, amendment)
    world.agreement.refresh_from_db()
    end = Obligation.objects.get(agreement=world.agreement, duty=Duty.TERM_END)
    assert (world.agreement.ends, end.due, end.sequence) == (date(2034, 12, 31), date(2034, 12, 31), 1)


def test_a_draft_refuses_what_does_not_fit(world: World) -> None:
    draft = world.amendments["draft"]
    for impossible in (
        change_of("findes-ikke", "Noget"),
        ProposedChange(ChangeKind.REMOVE, "maal-1"),
        ProposedChange(ChangeKind.ADD, "vision", Kind.VISION, "", "En til"),
        ProposedChange(ChangeKind.ADD, "ny", Kind.STRATEGY, "", "Ny", Place("findes-ikke")),
    ):
        with pytest.raises(CannotChange):
            put_change(by=world.secretariat, amendment=draft, change=impossible)
    undo_change(by=world.secretariat, amendment=draft, key="maal-1-2")
    with pytest.raises(NothingProposed):
        propose_amendment(by=world.secretariat, amendment=draft)


def test_a_proposal_cannot_be_edited_but_withdrawn(world: World) -> None:
    proposed = world.amendments["proposed"]
    with pytest.raises(NotADraft):
        put_change(by=world.secretariat, amendment=proposed, change=change_of("vision", "Nyt"))
    withdraw_amendment(by=world.secretariat, amendment=proposed, why="Vi fandt på noget bedre")
    with pytest.raises(NotWaiting):
        decide(world, proposed)


def test_the_history_of_a_clause_tells_every_change_and_the_decision(world: World) -> None:
    decide(world, propose(world, change_of("maal-1-1", "Bygger et hus")))
    decide(world, propose(world, ProposedChange(ChangeKind.REMOVE, "maal-1-1")), LATER + timedelta(days=9))
    moments = history_of(world.agreement, "maal-1-1")
    assert [(m.version.number, m.change.state) for m in moments] == [(1, "new"), (2, "changed"), (3, "removed")]


def test_the_journal_tells_who_and_why(world: World) -> None:
    amendment = propose(world, change_of("maal-1-1", "Bygger et hus"))
    decide(world, amendment)
    line = Entry.objects.filter(verb="amendment.bring_into_force").get()
    assert (line.who, line.why, line.details["decision"]) == (
        world.secretariat,
        "Fordi det er bedre",
        "møde 3, punkt 4",
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreements_clause SET text = 'Noget andet' WHERE key = 'vision'",
        "DELETE FROM agreements_clause WHERE key = 'tema-tillid'",
        "UPDATE agreements_agreementversion SET title = 'Noget andet'",
        "UPDATE agreements_agreementversion SET sealed = {no}",
        "UPDATE journal_entry SET why = 'Noget andet'",
        "DELETE FROM journal_entry",
    ],
)
def test_what_is_in_force_cannot_be_changed_even_in_the_database(world: World, statement: str) -> None:
    no = "false" if connection.vendor == "postgresql" else "0"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(no=no))
    assert world.agreement.versions.get().clauses.get(key="vision").text == "Lilleby er et godt sted at bo."


def test_no_clause_is_slipped_into_a_sealed_version(world: World) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Clause.objects.create(version=world.agreement.versions.get(), key="ny", kind=Kind.TEXT, text="x", position=99)


def test_a_later_version_without_a_decision_is_refused_by_the_database(world: World) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementVersion.objects.create(
            agreement=world.agreement, number=2, in_force_from=LATER, title="Uden beslutning", digest="x"
        )


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


def test_an_old_translation_does_not_stay_beside_new_words() -> None:
    from kvarter.agreements.forms.amendment import WordsForm

    start = {"heading": "", "text": "Gamle ord", "heading_en": "", "text_en": "Old words"}
    for sent, kept in (
        ({**start, "text": "Nye ord"}, {}),
        ({**start, "text": "Nye ord", "text_en": "New words"}, {"en": Wording("", "New words")}),
        ({**start, "text_en": "Better words"}, {"en": Wording("", "Better words")}),
        (start, {"en": Wording("", "Old words")}),
    ):
        form = WordsForm(sent, initial=start)
        assert form.is_valid()
        assert form.translations() == kept


def test_a_text_read_anew_in_another_order_moves_its_clauses(world: World) -> None:
    from dataclasses import replace

    text = small_text(digest="e" * 64)
    clauses = list(text.clauses)
    clauses[6], clauses[7] = clauses[7], clauses[6]
    done = accept_import(
        by=world.secretariat,
        text=replace(text, clauses=tuple(clauses)),
        partnership_slug="lilleby",
        in_force_from=START,
    )
    assert done.amendment
    propose_amendment(by=world.secretariat, amendment=done.amendment)
    version = decide(world, done.amendment)
    assert [c.text for c in clause_texts(version)] == [c.text for c in clauses]
