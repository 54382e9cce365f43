"""Calling a wave off: what nobody can read or has answered is not closed and weighted, but given up.

It is the way out where the wave's key is lost, since what was answered lies sealed under it and can never be read; and
where nobody has answered. All that leads to people goes as at the cut, and of answers nothing stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.cutting import end_field, finish_cut
from kvarter.surveys.actions.keys import KeyMissing, Use, key_of
from kvarter.surveys.actions.waves import State, lock
from kvarter.surveys.answers.holding import held
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Code, Invitation, Wave

BEFORE_THE_CUT = (State.PLANNED, State.SAMPLING, State.IN_FIELD)


class CanBeRead(ActionError):
    """People have sent answers that can be read: the wave is closed, and what they said is used."""


@dataclass(frozen=True)
class CallingOff:
    """What calling off will do: answers that were sent and can never be read; people whose names and addresses go;
    codes destroyed. answers_readable: how many can be read, so that the wave is not called off.
    """

    lost: int
    people: int
    codes: int
    answers_readable: int


def foresee_calling_off(wave: Wave) -> CallingOff:
    """What calling an unfinished wave off now would destroy (three SQL queries)."""
    sent = Response.objects.filter(wave=wave.key, finished=True).count()
    readable = _has_key(wave)
    return CallingOff(
        lost=0 if readable else sent,
        people=Invitation.objects.filter(wave=wave).count(),
        codes=Code.objects.filter(wave=wave).count(),
        answers_readable=sent if readable else 0,
    )


def _has_key(wave: Wave) -> bool:
    try:
        key_of(wave, Use.LINK)
    except KeyMissing:
        return False
    return True


def call_off_wave(*, by: Actor, wave: Wave, why: str) -> Wave:
    """Give a wave up for ever: codes, names, addresses, keys and what was answered are destroyed.

    Raises WrongStep, CanBeRead; and KeyStays when all is done but the destroying of a key.
    """
    require(by, "wave.write", wave)
    with held(wave.pk, alone=True), transaction.atomic():
        given_up = lock(wave, *BEFORE_THE_CUT)
        foreseen = foresee_calling_off(given_up)
        if foreseen.answers_readable:
            raise CanBeRead(
                _("%(n)s har sendt et svar, som kan læses. Luk undersøgelsen i stedet.")
                % {"n": foreseen.answers_readable}
            )
        end_field(given_up, State.CALLED_OFF)
        record(by=by, verb="wave.call_off", about=given_up, why=why, answers_lost=foreseen.lost)
    finish_cut(by=by, wave=given_up)
    return given_up
