"""What stands on the list about somebody who asks, told to the secretariat by that person's own code, and put right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.drawing import CONTACT
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.actions.waves import State, lock
from kvarter.surveys.models import Invitation
from kvarter.surveys.queries.answering import Found
from kvarter.surveys.sealing import seal, unseal

Channel = Invitation.Channel


class Unreachable(ActionError):
    """What is told does not lead to the person by the way that is chosen."""


@dataclass(frozen=True)
class OnTheList:
    """What the list has about somebody, but their household, which is told by a number that others share."""

    pseudonym: str
    supplier: str
    area: str
    gender: str
    age: str
    name: str
    address: tuple[str, ...]
    email: str
    channel: str


def on_the_list(*, by: Actor, found: Found) -> OnTheList:
    """What the list has about whoever has the code. Changes nothing. Raises Refused, KeyGone."""
    require(by, "wave.write", found.wave)
    invitation = found.code.invitation
    told = json.loads(unseal(key_of(found.wave, Use.CONTACT), _sealed(invitation), CONTACT))
    cell = invitation.cell
    return OnTheList(
        **{name: told[name] for name in ("pseudonym", "supplier", "name", "email")},
        address=tuple(told["address"]),
        area=str(cell.stratum.area),
        gender=cell.gender,
        age=cell.age,
        channel=invitation.channel,
    )


def _sealed(invitation: Invitation) -> bytes:
    return bytes(Invitation.objects.values_list("sealed", flat=True).get(pk=invitation.pk))


@transaction.atomic
def correct_listed(*, by: Actor, found: Found, name: str, address: Sequence[str], email: str, channel: str) -> None:
    """Put right how somebody is reached; what they were drawn by stays. The journal is not told whom.

    Raises Unreachable, WrongStep, KeyGone.
    """
    require(by, "wave.write", found.wave)
    held = lock(found.wave, State.IN_FIELD)
    if channel == Channel.LETTER and not (name and address):
        raise Unreachable(_("Skriv navn og adresse, når vejen er brev."))
    if channel == Channel.EMAIL and not email:
        raise Unreachable(_("Skriv en e-mail, når vejen er e-mail."))
    key = key_of(held, Use.CONTACT)
    told = json.loads(unseal(key, _sealed(found.code.invitation), CONTACT))
    told |= {"name": name, "address": list(address), "email": email}
    sealed = seal(key, json.dumps(told, ensure_ascii=False).encode(), CONTACT)
    Invitation.objects.filter(pk=found.code.invitation_id).update(sealed=sealed, channel=channel)
    record(by=by, verb="wave.correct_listed", about=held)
