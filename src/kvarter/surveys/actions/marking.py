"""Marking late those whose answer is here and who were not marked, as where the server stopped in between."""

from __future__ import annotations

import json
from datetime import date

from kvarter.surveys.actions.drawing import CONTACT
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.answers.envelopes import open_up
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Invitation, Wave
from kvarter.surveys.queries.answering import OF_A_RESPONSE
from kvarter.surveys.sealing import answers_key, link_of, unseal


def mark_late(wave: Wave, today: date) -> frozenset[int]:
    """Mark those who have sent an answer, and give the invitations whose paper is here but not keyed twice.

    While the wave is open the server leads from a person to a ticket by both keys; nothing of it is kept. Three SQL
    queries, and one for each that is marked. Call with the wave locked. Raises KeyGone.
    """
    whose = _unmarked(wave)
    begun = set(Response.objects.filter(wave=wave.key).values_list("ticket", flat=True)) & whose.keys()
    key = answers_key(key_of(wave, Use.LINK))
    rows = [open_up(row, key) for row in Response.objects.only(*OF_A_RESPONSE).filter(ticket__in=begun)]
    for row in rows:
        if row.finished:
            Invitation.objects.filter(pk=whose[row.ticket]).update(answered_on=today, mode=row.mode)
    return frozenset(whose[row.ticket] for row in rows if not row.finished and row.mode == Response.Mode.PAPER)


def _unmarked(wave: Wave) -> dict[str | None, int]:
    """The invitations without an answer noted, by their ticket."""
    contact, link = key_of(wave, Use.CONTACT), key_of(wave, Use.LINK)
    found: dict[str | None, int] = {}
    unmarked = Invitation.objects.filter(wave=wave, answered_on=None).exclude(sealed=b"")
    for pk, sealed in unmarked.values_list("pk", "sealed"):
        told = json.loads(unseal(contact, bytes(sealed), CONTACT))
        found[link_of(link, told["pseudonym"], told["household"]).ticket] = pk
    return found
