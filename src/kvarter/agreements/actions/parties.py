"""Who is bound: joining, leaving, signing."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.agreements.models import Agreement, Partnership, Party, Signature
from kvarter.journal.actions import ActionError, record
from kvarter.people.actions import name_organisation
from kvarter.people.policy import Actor, require


class AlreadyBound(ActionError):
    """The organisation is a party already."""


class NotBound(ActionError):
    """The party was not bound on that day."""


class AlreadySigned(ActionError):
    """That person has signed this agreement for the party."""


@transaction.atomic
def join_partnership(
    *, by: Actor, partnership: Partnership, name: str, kind: str, joined: date, why: str = ""
) -> Party:
    """Bind an organisation from a day on. Raises AlreadyBound."""
    require(by, "party.write", partnership)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    organisation = name_organisation(name=name, kind=kind)
    if partnership.parties.filter(organisation=organisation, left=None).exists():
        raise AlreadyBound(_("%(name)s er allerede part.") % {"name": organisation})
    last = partnership.parties.aggregate(last=Max("position"))["last"] or 0
    party = Party.objects.create(partnership=partnership, organisation=organisation, joined=joined, position=last + 1)
    record(by=by, verb="party.join", about=party, why=why, joined=str(joined))
    return party


@transaction.atomic
def leave_partnership(*, by: Actor, party: Party, left: date, why: str) -> Party:
    """The party is no longer bound from that day; what it did stays told. Its people lose their roles the same day."""
    require(by, "party.write", party)
    party = Party.objects.select_for_update(of=("self",)).select_related("partnership", "organisation").get(pk=party.pk)
    if left < party.joined or party.left:
        raise NotBound(_("%(name)s var ikke part den dag.") % {"name": party})
    party.left = left
    party.save()
    for held in party.memberships.filter(Q(until=None) | Q(until__gt=left)):
        held.until = max(left, held.since)
        held.save(update_fields=["until"])
        record(by=by, verb="member.end", about=party, why=why, person=held.person_id, role=held.role)
    record(by=by, verb="party.leave", about=party, why=why, left=str(left))
    return party


@transaction.atomic
def sign_agreement(
    *, by: Actor, agreement: Agreement, party: Party, name: str, capacity: str, signed_on: date
) -> Signature:
    """Note that someone signed for a party. Raises NotBound, AlreadySigned."""
    require(by, "party.write", agreement)
    if signed_on > timezone.localdate():
        raise NotBound(_("En underskrift kan ikke ligge ude i fremtiden."))
    if party.partnership_id != agreement.partnership_id or (party.left and party.left <= signed_on):
        raise NotBound(_("%(name)s var ikke part den dag.") % {"name": party})
    signature, new = Signature.objects.get_or_create(
        agreement=agreement, party=party, name=name.strip(), defaults={"capacity": capacity, "signed_on": signed_on}
    )
    if not new:
        raise AlreadySigned(_("%(name)s har allerede underskrevet for %(party)s.") % {"name": name, "party": party})
    record(by=by, verb="agreement.sign", about=agreement, party=str(party))
    return signature
