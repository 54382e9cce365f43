"""Deleting names and addresses on the day that was told when the wave was planned."""

from __future__ import annotations

import logging
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.keys import KeyStays, Use, destroy_keys, keys_left
from kvarter.surveys.actions.rewriting import empty_log
from kvarter.surveys.answers.router import ANSWERS
from kvarter.surveys.letters.kept import forget_mail
from kvarter.surveys.models import FrameFile, Invitation, Wave

LOG = logging.getLogger(__name__)


class NotYet(ActionError):
    """The day has not come."""


def waves_to_forget(today: date) -> list[Wave]:
    """The waves whose day has come, and whose names and addresses are still there (one SQL query)."""
    rows = Wave.objects.filter(frame_deleted_at=None, frame_deleted_on__lte=today, is_imported=False)
    return list(rows.select_related("partnership").order_by("pk"))


def delete_frame(*, by: Actor, wave: Wave, today: date) -> None:
    """Delete the list, what is sealed about each invited person, kept mail, and the key that opens it in backups too.

    The emptied invitations stay until the wave is closed, since the closing counts how many answered. Raises NotYet;
    and KeyStays when all else is done.
    """
    require(by, "wave.write", wave)
    if today < wave.frame_deleted_on:
        raise NotYet(_("Navne og adresser slettes først den dag, der er fortalt."))
    with transaction.atomic():
        held = Wave.objects.select_for_update().get(pk=wave.pk)
        held.partnership = wave.partnership
        FrameFile.objects.filter(wave=held).delete()
        emptied = Invitation.objects.filter(wave=held).update(sealed=b"")
        held.frame_deleted_at = timezone.now()
        held.save(update_fields=["frame_deleted_at"])
        record(by=by, verb="wave.forget", about=held, people=emptied)
    empty_log("default")
    transaction.on_commit(lambda: _leave_no_name(by, held))


def _leave_no_name(by: Actor, wave: Wave) -> None:
    """The key last: as long as it lies there, it is known that this was broken off."""
    forget_mail(wave)
    destroy_keys(by=by, wave=wave, uses=[Use.CONTACT])


def finish_forgetting(*, by: Actor) -> int:
    """Finish what was interrupted of deleting names and addresses: kept mail and keys; of how many waves."""
    rows = Wave.objects.filter(frame_deleted_at__isnull=False, cut_at=None).select_related("partnership")
    return sum(_left_no_name(by, wave) for wave in rows if keys_left(wave, [Use.CONTACT]))


def _left_no_name(by: Actor, wave: Wave) -> bool:
    try:
        _leave_no_name(by, wave)
    except KeyStays as error:
        LOG.error("%s: %s", wave.key, error)
        return False
    return True


def empty_logs() -> None:
    """Leave nothing of what was deleted in SQLite's logs; what is deleted in the files themselves is written over."""
    for alias in ("default", ANSWERS):
        empty_log(alias)
