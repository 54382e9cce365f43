"""Accounts come by invitation; one signs in by a code or a password; and one can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from unittest import mock

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from kvarter.agreements.actions.members import (
    AlreadyEnded,
    AlreadyMember,
    PartyMissing,
    end_membership,
    forget_member,
    invite_member,
    write_invitation,
)
from kvarter.journal.models import Entry
from kvarter.people.actions import appoint_administrator, forget_expired
from kvarter.people.models import Person
from kvarter.people.policy import OPERATOR, Refused, can
from tests.world import START, World

pytestmark = pytest.mark.django_db


def invite(world: World, email: str, **more: Any) -> Any:
    fields = {"name": "Nora Ny", "role": "analyst", "since": START, **more}
    return invite_member(by=world.secretariat, partnership=world.partnership, email=email, **fields)


def test_an_invited_person_signs_in_by_the_code_in_the_mail(world: World, client: Client) -> None:
    client.defaults["SERVER_NAME"] = "localhost"
    write_invitation(by=world.secretariat, membership=invite(world, "Nora@Lilleby.Example"))
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


def anew(person: Person) -> Person:
    """The person as the next request meets them."""
    return Person.objects.get(pk=person.pk)


def test_a_role_that_ends_today_gives_nothing_from_now_on(world: World) -> None:
    member = world.partnership.memberships.get(role="secretariat")
    today = timezone.localdate()
    assert can(anew(world.secretariat), "agreement.import", world.partnership)
    end_membership(by=world.people["administrator"], membership=member, until=today)
    assert not can(anew(world.secretariat), "agreement.import", world.partnership)
    with pytest.raises(AlreadyEnded):
        end_membership(by=world.people["administrator"], membership=member, until=today)


def test_a_role_not_begun_and_one_that_ends_later_can_both_be_taken_back(
    world: World, client_as: Callable[[str], Client]
) -> None:
    today = timezone.localdate()
    coming = invite(world, "nora@lilleby.example", since=today + timedelta(days=9))
    leaving = invite(world, "per@lilleby.example")
    end_membership(by=world.secretariat, membership=leaving, until=today + timedelta(days=30))
    for member in (coming, leaving):
        answer = client_as("secretariat").post(reverse("member_end", args=["lilleby", member.pk]))
        assert answer.status_code == 302
        member.refresh_from_db()
        assert member.until == max(today, member.since)


def test_a_role_given_from_a_wrong_day_does_not_stand_in_the_way_of_the_right_one(world: World) -> None:
    today = timezone.localdate()
    wrong = invite(world, "nora@lilleby.example", since=today + timedelta(days=9000))
    end_membership(by=world.secretariat, membership=wrong, until=today)
    assert invite(world, "nora@lilleby.example", since=today).until is None


def test_a_forgotten_persons_sessions_go_and_expired_counts_too(
    world: World, client_as: Callable[[str], Client]
) -> None:
    client = client_as("secretariat")
    client.get(reverse("my_tasks"))
    forget_member(by=OPERATOR, person=world.secretariat, today=timezone.localdate(), why="Nyt arbejde")
    assert not Session.objects.exists()
    cache.set("192.0.2.77", "a try", timeout=0.001)
    cache.set("192.0.2.78", "a try", timeout=3600)
    forget_expired(timezone.now() + timedelta(seconds=2))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM kvarter_cache")
        assert [key for (key,) in cursor.fetchall() if "192.0.2" in key] == [":1:192.0.2.78"]


def test_a_mail_server_that_fails_leaves_the_role_and_is_told(world: World, client_as: Callable[[str], Client]) -> None:
    client, page = client_as("secretariat"), reverse("members", args=["lilleby"])
    sent = {"name": "Nora", "email": "nora@lilleby.example", "role": "analyst", "since": "2026-01-01"}
    with mock.patch("kvarter.agreements.actions.members.send_mail", side_effect=SMTPServerDisconnected("no")):
        told = client.post(page, sent, follow=True).content.decode()
    assert "kunne ikke sendes" in told
    member = world.partnership.memberships.get(person__email="nora@lilleby.example")
    client.post(reverse("member_write", args=["lilleby", member.pk]))
    assert [letter.to for letter in mail.outbox] == [["nora@lilleby.example"]]


def test_a_closed_account_is_a_visitor(world: World) -> None:
    world.secretariat.is_active = False
    assert not can(world.secretariat, "agreement.import", world.partnership)


def test_an_unknown_verb_is_refused_even_the_operator(world: World) -> None:
    assert not can(world.secretariat, "agreement.burn", world.agreement)
    assert not can(OPERATOR, "agreement.burn", world.agreement)


def test_a_forgotten_person_leaves_no_name_and_cannot_come_back(world: World) -> None:
    sara = world.secretariat
    before = Entry.objects.filter(who=sara).count()
    today = timezone.localdate()
    forget_member(by=world.people["administrator"], person=sara, today=today, why="Nyt arbejde")
    sara.refresh_from_db()
    assert (sara.name, sara.is_active, sara.has_usable_password()) == ("", False, False)
    assert "secretariat@" not in sara.email
    assert Entry.objects.filter(who=sara).count() == before
    assert not sara.emailaddress_set.exists()
    assert not sara.memberships.filter(until=None).exists()
    with pytest.raises(Refused):
        forget_member(by=world.people["analyst"], person=sara, today=today, why="Nej")


def test_no_line_of_the_journal_keeps_a_name_that_must_be_forgotten(world: World) -> None:
    appoint_administrator(by=OPERATOR, email="ole@lilleby.example", name="Ole Olsen")
    invite(world, "nora@lilleby.example", name="Nora Ny")
    lines = Entry.objects.filter(verb__in=["person.appoint", "member.invite"])
    assert lines.count() > 1
    for line in lines:
        assert "Ole" not in f"{line.label} {line.details}"
        assert "Nora" not in f"{line.label} {line.details}"


@pytest.mark.parametrize(("language", "label"), [("da", "E-mailadresse"), ("en", "E-mail address")])
@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_request_login_code"])
def test_the_address_is_asked_for_in_the_readers_language(client: Client, name: str, language: str, label: str) -> None:
    with override(language):
        page = html.fromstring(client.get(reverse(name)).content.decode())
    labels = [" ".join(one.text_content().split()) for one in page.xpath("//main//label")]
    assert any(one.startswith(label) for one in labels)
    assert not any(re.fullmatch(r"Email( \(.*\))?:?", one) for one in labels)
