"""Who has which role: invited, and ended again."""

from __future__ import annotations

import logging
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.made_up import marked
from kvarter.agreements.models import Membership, Partnership, Party, Role
from kvarter.journal.actions import ActionError, record
from kvarter.people.actions import forget_person, open_account
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require

log = logging.getLogger(__name__)


class AlreadyMember(ActionError):
    """The person has that role already."""


class AlreadyEnded(ActionError):
    """The role ends by then already."""


class MailNotSent(ActionError):
    """The mail server did not take the letter."""


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
) -> Membership:
    """Give someone a role. `write_invitation` tells them. Raises AlreadyMember, PartyMissing."""
    require(by, "member.manage", partnership)
    if (role == Role.PARTY_MEMBER and party is None) or (party and party.partnership_id != partnership.pk):
        raise PartyMissing(_("Vælg den part, som personen taler for."))
    person = open_account(email=email, name=name)
    same = partnership.memberships.filter(person=person, role=role).exclude(until__lte=F("since"))
    if same.filter(Q(until=None) | Q(until__gt=since)).exists():
        raise AlreadyMember(_("%(name)s har allerede den rolle.") % {"name": person})
    member = Membership.objects.create(partnership=partnership, person=person, role=role, party=party, since=since)
    record(by=by, verb="member.invite", about=partnership, role=role, person=person.pk)
    return member


def write_invitation(*, by: Actor, membership: Membership) -> None:
    """Write to someone with a role how to sign in; may be sent again. Raises MailNotSent."""
    require(by, "member.manage", membership)
    person, partnership = membership.person, membership.partnership
    text = _(
        "Hej %(name)s\n\nDu har fået adgang til %(partnership)s.\n\n"
        "Gå til %(address)s og skriv denne e-mailadresse. Så får du en kode, som du logger ind med.\n"
    ) % {
        "name": person,
        "partnership": partnership,
        "address": settings.ADDRESS + reverse("account_request_login_code"),
    }
    try:
        send_mail(
            marked(partnership, _("Du er inviteret til %(partnership)s") % {"partnership": partnership}),
            text,
            None,
            [person.email],
        )
    except OSError as error:  # smtplib's errors are among them
        log.exception("An invitation to person %s could not be sent", person.pk)
        raise MailNotSent(
            _("Invitationen til %(name)s kunne ikke sendes. Rollen er givet; send mailen igen senere.")
            % {"name": person}
        ) from error
    record(by=by, verb="member.write", about=partnership, person=person.pk)


@transaction.atomic
def end_membership(*, by: Actor, membership: Membership, until: date, why: str = "") -> Membership:
    """The role gives nothing from that day on; one not begun is never held. An end can only be moved nearer.

    Raises AlreadyEnded.
    """
    require(by, "member.manage", membership)
    row = (
        Membership.objects.select_for_update(of=("self",)).select_related("partnership", "person").get(pk=membership.pk)
    )
    end = max(until, row.since)
    if row.until is not None and row.until <= end:
        raise AlreadyEnded(_("Rollen er allerede afsluttet."))
    row.until = end
    row.save(update_fields=["until"])
    record(by=by, verb="member.end", about=row.partnership, why=why, person=row.person_id, role=row.role)
    return row


@transaction.atomic
def forget_member(*, by: Actor, person: Person, today: date, why: str) -> None:
    """End every role someone holds, and close their account for good."""
    require(by, "person.forget", person)
    for row in person.memberships.filter(Q(until=None) | Q(until__gt=today)).select_related("partnership"):
        row.until = max(today, row.since)
        row.save(update_fields=["until"])
        record(by=by, verb="member.end", about=row.partnership, why=why, person=person.pk, role=row.role)
    forget_person(by=by, person=person, why=why)
