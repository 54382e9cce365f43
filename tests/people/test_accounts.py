"""Accounts come by invitation; one signs in by a code or a password; and one can be forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from kvarter.agreements.actions.members import AlreadyMember, PartyMissing, end_membership, invite_member
from kvarter.journal.models import Entry
from kvarter.people.actions import forget_person
from kvarter.people.policy import OPERATOR, Refused, can
from tests.world import START, World

pytestmark = pytest.mark.django_db


def invite(world: World, email: str, **more: Any) -> Any:
    fields = {"name": "Nora Ny", "role": "analyst", "since": START, **more}
    return invite_member(by=world.secretariat, partnership=world.partnership, email=email, **fields)


def test_an_invited_person_signs_in_by_the_code_in_the_mail(
    world: World, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.defaults["SERVER_NAME"] = "localhost"
    with django_capture_on_commit_callbacks(execute=True):
        invite(world, "Nora@Lilleby.Example")
    assert reverse("account_request_login_code") in mail.outbox[0].body
    client.post(reverse("account_request_login_code"), {"email": "nora@lilleby.example"})
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.outbox[1].body, re.MULTILINE)
    assert code, mail.outbox[1].body
    answer = client.post(reverse("account_confirm_login_code"), {"code": code[1]})
    assert answer["Location"] == reverse("my_tasks")
    assert client.get(reverse("my_tasks")).status_code == 200


def test_nobody_signs_up_and_unknown_addresses_are_not_told_apart(client: Client, world: World) -> None:
    client.defaults["SERVER_NAME"] = "localhost"
    assert "Man får adgang ved at blive inviteret" in client.get("/konto/signup/").content.decode()
    client.post("/konto/signup/", {"email": "fremmed@example.org", "password1": "en lang adgangskode"})
    assert not type(world.secretariat).objects.filter(email="fremmed@example.org").exists()
    answer = client.post(reverse("account_request_login_code"), {"email": "ingen@example.org"})
    assert answer["Location"] == reverse("account_confirm_login_code")


def test_roles_are_given_once_and_a_speaker_needs_a_party(world: World) -> None:
    invite(world, "nora@lilleby.example")
    with pytest.raises(AlreadyMember):
        invite(world, "nora@lilleby.example")
    with pytest.raises(PartyMissing):
        invite(world, "per@lilleby.example", role="party_member")


def test_only_the_office_invites(world: World) -> None:
    for role in ("resident", "party_member", "initiative_lead", "analyst", "stranger"):
        with pytest.raises(Refused):
            invite_member(
                by=world.people[role],
                partnership=world.partnership,
                email="x@lilleby.example",
                name="X",
                role="secretariat",
                since=START,
            )


def test_a_role_that_ended_gives_nothing(world: World) -> None:
    member = world.partnership.memberships.get(role="secretariat")
    end_membership(by=world.people["administrator"], membership=member, until=START)
    person = type(world.secretariat).objects.get(pk=world.secretariat.pk)
    assert not can(person, "agreement.import", world.partnership)


def test_a_closed_account_is_a_visitor(world: World) -> None:
    world.secretariat.is_active = False
    assert not can(world.secretariat, "agreement.import", world.partnership)


def test_an_unknown_verb_is_refused_even_the_operator(world: World) -> None:
    assert not can(world.secretariat, "agreement.burn", world.agreement)
    assert not can(OPERATOR, "agreement.burn", world.agreement)


def test_a_forgotten_person_leaves_no_name_and_cannot_come_back(world: World) -> None:
    sara = world.secretariat
    before = Entry.objects.filter(who=sara).count()
    forget_person(by=world.people["administrator"], person=sara, why="Nyt arbejde")
    sara.refresh_from_db()
    assert (sara.name, sara.is_active, sara.has_usable_password()) == ("", False, False)
    assert "secretariat@" not in sara.email
    assert Entry.objects.filter(who=sara).count() == before
    assert not sara.emailaddress_set.exists()
    with pytest.raises(Refused):
        forget_person(by=world.people["analyst"], person=sara, why="Nej")
