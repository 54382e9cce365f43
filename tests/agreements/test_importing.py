"""Taking an agreement in: what becomes of a text, and that nothing is ever half-stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from kvarter.agreements.actions.amendments import put_change
from kvarter.agreements.actions.family import change_agreement
from kvarter.agreements.actions.importing import (
    BadSlug,
    Imported,
    NothingToImport,
    Outcome,
    SlugTaken,
    accept_import,
    plan_import,
)
from kvarter.agreements.actions.reviewing import BadOrder, ReviewOver, accept_review, correct_review, proposal_of
from kvarter.agreements.actions.term import EndsBeforeStart
from kvarter.agreements.actions.translating import StructureDiffers, add_translation
from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.models import (
    Agreement,
    AgreementVersion,
    Amendment,
    Clause,
    ClauseWording,
    ImportReview,
    Obligation,
    Partnership,
    Party,
    Visibility,
)
from kvarter.agreements.queries.amendments import standpoint_of
from kvarter.agreements.reading import read_agreement
from kvarter.agreements.text import (
    AgreementKind,
    AgreementText,
    ClauseText,
    Duty,
    Kind,
    PartyFound,
    RelatedAgreement,
)
from kvarter.journal.models import Entry
from kvarter.people.kinds import OrganisationKind
from kvarter.people.policy import OPERATOR, Refused
from tests.world import START, World, change_of, small_text

pytestmark = pytest.mark.django_db


def everything() -> dict[str, int]:
    kept = (Partnership, Party, Agreement, AgreementVersion, Clause, ClauseWording, Obligation, Amendment, Entry)
    return {model.__name__: model.objects.count() for model in kept}


def take_in(text: AgreementText, slug: str = "lilleby") -> Outcome:
    return accept_import(by=OPERATOR, text=text, partnership_slug=slug, in_force_from=START).outcome


def test_planning_changes_nothing() -> None:
    plan = plan_import(small_text(), "lilleby")
    assert plan.outcome is Outcome.NEW_PARTNERSHIP
    assert set(everything().values()) == {0}


def test_the_first_text_becomes_the_first_version_with_parties_and_duties() -> None:
    assert take_in(small_text()) is Outcome.NEW_PARTNERSHIP
    agreement = Agreement.objects.get()
    version = agreement.versions.get()
    assert (version.number, version.in_force_from, version.sealed) == (1, START, True)
    assert version.clauses.count() == 10
    assert version.clauses.get(key="maal-1-1").parent.key == "maal-1"
    assert [str(party) for party in agreement.partnership.parties.all()] == [
        "Lilleby Kommune",
        "Boligforeningen Birken",
    ]
    assert agreement.ends == date(2030, 12, 31)


def test_a_survey_every_third_year_falls_due_three_years_in() -> None:
    take_in(small_text())
    survey = Obligation.objects.get(duty=Duty.SURVEY)
    assert (survey.due, survey.every_months) == (date(2027, 12, 31), 36)
    assert survey.basis


def test_running_it_twice_changes_nothing() -> None:
    take_in(small_text(digest="a" * 64))
    before = everything()
    assert take_in(small_text(digest="a" * 64)) is Outcome.NOTHING
    assert take_in(small_text(digest="b" * 64)) is Outcome.NOTHING  # another file, the same words
    assert everything() == before


def changed_text() -> AgreementText:
    text = small_text(digest="c" * 64)
    new = ClauseText("maal-1-1", Kind.STRATEGY, "", "Bygger et hus, hvor alle kan mødes", "maal-1")
    clauses = [c for c in text.clauses if c.key not in {"maal-1-1", "tema-tillid"}]
    clauses.insert(3, new)
    return replace(text, clauses=tuple(clauses))


def test_another_text_becomes_an_amendment_and_the_version_in_force_stands() -> None:
    take_in(small_text(digest="a" * 64))
    assert take_in(changed_text()) is Outcome.AMENDMENT
    assert AgreementVersion.objects.count() == 1
    amendment = Amendment.objects.get()
    merged = standpoint_of(amendment).merged
    assert not merged.conflicts
    assert [c.text for c in merged.clauses] == [c.text for c in changed_text().clauses]


def test_the_same_other_text_again_makes_no_second_amendment() -> None:
    take_in(small_text(digest="a" * 64))
    take_in(changed_text())
    before = everything()
    assert take_in(changed_text()) is Outcome.NOTHING
    assert everything() == before


def test_a_clause_keeps_its_key_when_others_come_before_it() -> None:
    take_in(small_text(digest="a" * 64))
    text = small_text(digest="d" * 64)
    first = ClauseText("maal-1", Kind.GOAL, "", "Vi vil have flere cykelstier og bedre busser", "maal")
    renumbered = [
        replace(c, key=c.key.replace("maal-1", "maal-2"), parent="maal-2" if c.parent == "maal-1" else c.parent)
        for c in text.clauses[2:5]
    ]
    take_in(replace(text, clauses=(*text.clauses[:2], first, *renumbered, *text.clauses[5:])))
    changes = standpoint_of(Amendment.objects.get()).changes
    assert [(change.change, change.text) for change in changes] == [("add", first.text)]


def test_it_is_all_or_nothing() -> None:
    before = everything()
    with (
        mock.patch("kvarter.agreements.actions.importing.note_duties", side_effect=RuntimeError("midt i det hele")),
        pytest.raises(RuntimeError),
    ):
        take_in(small_text())
    assert everything() == before


def test_a_text_without_clauses_is_refused() -> None:
    with pytest.raises(NothingToImport):
        take_in(replace(small_text(), clauses=()))


def test_two_partnerships_may_call_their_agreements_the_same() -> None:
    take_in(small_text())
    assert take_in(small_text(), "storby") is Outcome.NEW_PARTNERSHIP
    assert take_in(small_text(), "storby") is Outcome.NOTHING
    assert {a.slug for a in Agreement.objects.all()} == {"sammen-om-lilleby", "sammen-om-lilleby-storby"}
    with pytest.raises(SlugTaken):
        plan_import(small_text(), "storby", "sammen-om-lilleby")


def test_a_file_says_nothing_new_by_its_words_not_by_its_name(world: World) -> None:
    text = small_text()
    other = replace(text, clauses=tuple(replace(c, text="Nyt") if c.key == "maal-1-1" else c for c in text.clauses))

    def take() -> Imported:
        return accept_import(by=world.secretariat, text=other, partnership_slug="lilleby", in_force_from=START)

    first = take()
    assert first.amendment
    assert take().outcome is Outcome.NOTHING
    put_change(by=world.secretariat, amendment=first.amendment, change=change_of("maal-1-1", "Rettet igen"))
    assert take().outcome is Outcome.AMENDMENT


@pytest.mark.usefixtures("world")
def test_an_end_before_the_beginning_is_told_and_nothing_is_stored() -> None:
    before = Agreement.objects.count()
    wrong = replace(small_text("Bagvendt"), term_ends=date(2020, 1, 1))
    with pytest.raises(EndsBeforeStart, match=r"1\. januar 2020"):
        take_in(wrong, "lilleby")
    assert Agreement.objects.count() == before


def test_a_related_agreement_is_known_by_name_until_its_text_comes() -> None:
    load_hoeje_gladsaxe()
    vores_hg = Agreement.objects.get(title="Vores HG")
    assert (vores_hg.starts, vores_hg.ends) == (date(2025, 1, 1), date(2026, 12, 31))
    assert not vores_hg.versions.exists()
    assert Agreement.objects.get(kind="partnership").frames.get() == vores_hg
    text = replace(small_text("Vores HG"), parties=())
    assert plan_import(text, "hoeje-gladsaxe").outcome is Outcome.FIRST_TEXT


def test_the_shipped_edition_loads_in_both_languages() -> None:
    load_hoeje_gladsaxe()
    version = AgreementVersion.objects.get()
    assert ClauseWording.objects.filter(language="en").count() == version.clauses.count()
    assert Obligation.objects.filter(title_en="").count() == 0
    assert {o.duty for o in Obligation.objects.all()} == {Duty.TERM_END, Duty.DIALOGUE, Duty.SURVEY, Duty.OTHER}


def test_a_translation_with_other_clauses_is_refused_by_name(world: World) -> None:
    version = world.agreement.versions.get()
    english = replace(small_text("Together"), language="en")
    shorter = replace(english, clauses=english.clauses[:-1])
    with pytest.raises(StructureDiffers, match="Aftalen løber"):
        add_translation(by=OPERATOR, version=version, text=shorter)
    with pytest.raises(StructureDiffers):
        add_translation(by=OPERATOR, version=version, text=small_text())
    assert add_translation(by=OPERATOR, version=version, text=english)
    assert not add_translation(by=OPERATOR, version=version, text=english)


def test_only_the_secretariat_takes_in(world: World) -> None:
    for role in ("resident", "party_member", "initiative_lead", "analyst", "administrator"):
        with pytest.raises(Refused):
            accept_import(
                by=world.people[role],
                text=small_text("Endnu en aftale"),
                partnership_slug="lilleby",
                in_force_from=START,
            )


def test_a_review_is_corrected_and_accepted(world: World) -> None:
    review = world.review
    assert review
    text = proposal_of(review)
    assert text.title == "En helt ny aftale"
    better = replace(
        text, clauses=tuple(replace(c, text="Tryghed for alle") if c.key == "maal-1" else c for c in text.clauses)
    )
    correct_review(by=world.secretariat, review=review, text=better)
    done = accept_review(by=world.secretariat, review=review, visibility=Visibility.PARTIES)
    assert done.version
    assert done.agreement.visibility == Visibility.PARTIES
    assert done.version.clauses.get(key="maal-1").text == "Tryghed for alle"
    assert not ImportReview.objects.exists()
    with pytest.raises(ReviewOver):
        accept_review(by=world.secretariat, review=review, visibility=Visibility.PARTIES)


def test_a_new_agreement_is_the_parties_own_until_someone_says_otherwise(
    world: World, client_as: Callable[[str], Client]
) -> None:
    assert world.review
    client, address = client_as("secretariat"), reverse("review_accept", args=[world.review.pk])
    assert 'value="parties" selected' in client.get(address).content.decode()
    client.post(address, {"visibility": "parties"})
    agreement = Agreement.objects.get(title="En helt ny aftale")
    assert client.get(reverse("agreement", args=[agreement.slug])).status_code == 200
    assert client_as("visitor").get(reverse("agreement", args=[agreement.slug])).status_code == 404


def test_the_text_of_a_confidential_agreement_does_not_publish_it(world: World) -> None:
    text = small_text("Fortrolig delaftale")
    done = accept_import(by=OPERATOR, text=text, partnership_slug="lilleby", in_force_from=START)
    assert done.outcome is Outcome.FIRST_TEXT
    assert done.agreement.visibility == Visibility.PARTIES


def test_whom_an_agreement_for_the_parties_names_is_theirs_to_know(
    world: World, client_as: Callable[[str], Client]
) -> None:
    related = RelatedAgreement("Hemmelig ramme", AgreementKind.COOPERATION, START, None, "vision")
    text = replace(
        small_text("Udkast"), parties=(PartyFound("Hemmelig Fond", OrganisationKind.OTHER),), related=(related,)
    )
    done = accept_import(
        by=OPERATOR, text=text, partnership_slug="lilleby", in_force_from=START, visibility=Visibility.PARTIES
    )
    pages = [reverse("parties", args=["lilleby"]), reverse("agreements", args=["lilleby"])]

    def seen(role: str) -> str:
        return "".join(client_as(role).get(page).content.decode() for page in pages)

    for name in ("Hemmelig Fond", "Hemmelig ramme", "Fortrolig delaftale"):
        assert name not in seen("visitor")
        assert name in seen("party_member")
    change_agreement(by=world.secretariat, agreement=done.agreement, kind="plan", visibility=Visibility.PUBLIC)
    assert "Hemmelig Fond" in seen("visitor")


def test_a_party_named_twice_and_a_related_title_written_otherwise_are_one(world: World) -> None:
    fond = PartyFound("Fonden", OrganisationKind.OTHER)
    related = RelatedAgreement("Sammen om Lilleby!", AgreementKind.PARTNERSHIP, START, None, "vision")
    text = replace(small_text("En plan"), parties=(fond, fond), related=(related,))
    done = accept_import(by=OPERATOR, text=text, partnership_slug="lilleby", in_force_from=START)
    assert world.partnership.parties.filter(organisation__name="Fonden").count() == 1
    assert done.agreement.frames.get() == world.agreement


def test_correcting_a_review_that_is_over_is_told(world: World) -> None:
    assert world.review
    accept_review(by=world.secretariat, review=world.review, visibility=Visibility.PARTIES)
    with pytest.raises(ReviewOver):
        correct_review(by=world.secretariat, review=world.review, text=small_text())


def test_a_review_keeps_a_clause(world: World) -> None:
    assert world.review
    with pytest.raises(NothingToImport):
        correct_review(by=world.secretariat, review=world.review, text=replace(small_text(), clauses=()))


def test_a_review_keeps_parents_before_children(world: World) -> None:
    review = world.review
    assert review
    text = proposal_of(review)
    wrong = tuple(replace(c, parent="findes-ikke") if c.key == "maal-1" else c for c in text.clauses)
    with pytest.raises(BadOrder):
        correct_review(by=world.secretariat, review=review, text=replace(text, clauses=wrong))


def test_the_signed_text_is_taken_in_whole(signed_text: bytes) -> None:
    text = read_agreement(signed_text, "sammen-om-hoeje-gladsaxe.txt")
    assert take_in(text, "hoeje-gladsaxe") is Outcome.NEW_PARTNERSHIP
    version = AgreementVersion.objects.get()
    assert version.clauses.filter(kind=Kind.STRATEGY).count() == 16
    assert Party.objects.count() == 7
    assert take_in(text, "hoeje-gladsaxe") is Outcome.NOTHING


@pytest.mark.parametrize("slug", ["Bad Slug!", "æ", "", "-a", "a" * 61])
def test_an_address_that_no_browser_could_reach_is_refused(slug: str) -> None:
    with pytest.raises(BadSlug):
        plan_import(small_text(), slug)
    if slug:
        with pytest.raises(BadSlug):
            plan_import(small_text(), "lilleby", slug)
    assert not Partnership.objects.exists()


def test_a_review_gives_no_key_twice(world: World) -> None:
    review = world.review
    assert review
    text = proposal_of(review)
    twice = (*text.clauses, replace(text.clauses[-1], text="En gang til"))
    with pytest.raises(BadOrder):
        correct_review(by=world.secretariat, review=review, text=replace(text, clauses=twice))
