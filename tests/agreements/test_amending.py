"""From a proposal to a version in force: only by a decision, each version with its own words and term."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
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
    DecisionMissing,
    DecisionReference,
    NoBody,
    WrongBody,
    WrongDay,
    bring_into_force,
)
from kvarter.agreements.actions.family import change_agreement
from kvarter.agreements.actions.importing import accept_import
from kvarter.agreements.actions.term import EndsBeforeStart
from kvarter.agreements.merging import ChangeKind, Place, ProposedChange
from kvarter.agreements.models import Agreement, Amendment, Obligation
from kvarter.agreements.queries.pages import history_of
from kvarter.agreements.queries.versions import clause_texts, in_force_on, text_of, with_term
from kvarter.agreements.text import Duty, Kind, Wording
from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR, Refused, can, visible
from tests.world import BODY, DECISION, LATER, START, World, change_of, decide, propose, small_text


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


def test_words_that_name_another_term_or_body_than_the_proposal_are_told(
    world: World, client_as: Callable[[str], Client]
) -> None:
    draft = world.amendments["draft"]
    put_change(
        by=world.secretariat,
        amendment=draft,
        change=change_of("vilkaar-1", "Aftalen løber til 2034. Ændringer godkendes af Byrådet."),
    )
    page = client_as("secretariat").get(reverse("amendment", args=[draft.pk])).content.decode()
    assert "Ordene og løbetiden passer ikke sammen" in page
    assert "ændringer godkendes af Byrådet" in page


def test_a_draft_given_up_stays_its_authors(world: World) -> None:
    draft = world.amendments["draft"]
    withdraw_amendment(by=world.secretariat, amendment=draft, why="Blev ikke til noget")
    seen = {role for role, person in world.people.items() if can(person, "amendment.read", draft)}
    assert seen == {"secretariat"}
    told = {role for role, person in world.people.items() if visible(person, Entry.objects.filter(label=draft.title))}
    assert told == {"secretariat"}


def test_a_term_that_would_end_before_it_begins_is_refused(world: World) -> None:
    with pytest.raises(EndsBeforeStart):
        draft_amendment(
            by=world.secretariat, agreement=world.agreement, title="Bagvendt", why="x", ends=date(2020, 1, 1)
        )
    with pytest.raises(EndsBeforeStart):
        change_agreement(
            by=world.secretariat, agreement=world.secret, kind="plan", visibility="parties", ends=date(2020, 1, 1)
        )


def test_a_prolonged_agreement_may_hold_from_after_its_old_end_and_none_from_after_its_new(world: World) -> None:
    def forward(ends: date) -> Amendment:
        made = draft_amendment(
            by=world.secretariat, agreement=world.agreement, title="Ny løbetid", why="Aftalt", ends=ends
        )
        return propose_amendment(by=world.secretariat, amendment=made)

    with pytest.raises(EndsBeforeStart):
        decide(world, forward(date(2026, 6, 30)), date(2027, 1, 1))
    assert decide(world, forward(date(2035, 12, 31)), date(2031, 1, 1)).term_ends == date(2035, 12, 31)


def test_one_replaced_the_day_it_came_says_so_and_the_day_gives_the_one_that_held(
    world: World, client_as: Callable[[str], Client]
) -> None:
    decide(world, propose(world, change_of("maal-1-1", "Bygger et hus")))
    decide(world, propose(world, change_of("tema-tillid", "Tillid til alle")))
    page = client_as("visitor").get(reverse("agreement_numbered", args=[world.agreement.slug, 2])).content.decode()
    assert "blev afløst af udgave 3 samme dag" in page
    assert ".pdf" not in page
    held = client_as("visitor").get(reverse("agreement_on_day", args=[world.agreement.slug, LATER])).content.decode()
    assert "Tillid til alle" in held
    assert "Bygger et hus" in held


def test_a_new_term_moves_what_is_due_at_its_end(world: World) -> None:
    amendment = draft_amendment(
        by=world.secretariat, agreement=world.agreement, title="Forlæng", why="Det virker", ends=date(2034, 12, 31)
    )
    propose_amendment(by=world.secretariat, amendment=amendment)
    decide(world, amendment)
    end = Obligation.objects.get(agreement=world.agreement, duty=Duty.TERM_END)
    assert (end.due, end.sequence) == (date(2034, 12, 31), 1)


def test_each_version_keeps_its_own_term(world: World, client_as: Callable[[str], Client]) -> None:
    coming = timezone.localdate() + timedelta(days=30)
    amendment = draft_amendment(
        by=world.secretariat, agreement=world.agreement, title="Forlæng", why="Det virker", ends=date(2034, 12, 31)
    )
    propose_amendment(by=world.secretariat, amendment=amendment)
    second = decide(world, amendment, coming)
    first = world.agreement.versions.get(number=1)
    assert (text_of(first).term_ends, text_of(second).term_ends) == (date(2030, 12, 31), date(2034, 12, 31))
    for day, ends in ((coming - timedelta(days=1), date(2030, 12, 31)), (coming, date(2034, 12, 31))):
        assert with_term(Agreement.objects.filter(pk=world.agreement.pk), day).get().term_ends == ends  # type: ignore[attr-defined]
    page = client_as("visitor").get(reverse("agreement", args=[world.agreement.slug])).content.decode()
    assert "31. december 2030" in page
    assert "2034" not in page


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
