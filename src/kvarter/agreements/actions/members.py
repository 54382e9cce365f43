"""Who has which role: invited, and ended again."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.models import Membership, Partnership, Party, Role
from kvarter.journal.actions import ActionError, record
from kvarter.people.actions import open_account
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require


class AlreadyMember(ActionError):
    """The person has that role already."""


class PartyMissing(ActionError):
    """Who speaks for a party must be tied to one of this partnership's."""


@transaction.atomic
def invite_member(
    *,
    by: Actor,
    partnership: Partnership,
    email: str,
    name: str,
    role: str,
    party: Party | None = None,
    since: date,
    send: bool = True,
) -> Membership:
    """Give someone a role and write to them how to sign in. Raises AlreadyMember, PartyMissing."""
    require(by, "member.manage", partnership)
    if (role == Role.PARTY_MEMBER and party is None) or (party and party.partnership_id != partnership.pk):
        raise PartyMissing(_("Vælg den part, som personen taler for."))
    person = open_account(email=email, name=name)
    if partnership.memberships.filter(person=person, role=role, until=None).exists():
        raise AlreadyMember(_("%(name)s har allerede den rolle.") % {"name": person})
    member = Membership.objects.create(partnership=partnership, person=person, role=role, party=party, since=since)
    record(by=by, verb="member.invite", about=partnership, role=role, person=person.pk)
    if send:
        transaction.on_commit(lambda: _write_invitation(person, partnership))
    return member


def _write_invitation(person: Person, partnership: Partnership) -> None:
    send_mail(
        _("Du er inviteret til %(partnership)s") % {"partnership": partnership},
        _(
            "Hej %(name)s\n\nDu har fået adgang til %(partnership)s.\n\n"
            "Gå til %(address)s og skriv denne e-mailadresse. Så får du en kode, som du logger ind med.\n"
        )
        % {
            "name": person,
            "partnership": partnership,
            "address": settings.ADDRESS + reverse("account_request_login_code"),
        },
        None,
        [person.email],
    )


@transaction.atomic
def end_membership(*, by: Actor, membership: Membership, until: date, why: str = "") -> Membership:
    """The role ends that day."""
    require(by, "member.manage", membership)
    membership.until = max(until, membership.since)
    membership.save()
    record(
        by=by,
        verb="member.end",
        about=membership.partnership,
        why=why,
        person=membership.person_id,
        role=membership.role,
    )
    return membership
