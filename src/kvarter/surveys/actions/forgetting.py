"""Deleting names and addresses on the day that was told when the wave was planned."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.models import FrameFile, Invitation, Wave, WaveKey


class NotYet(ActionError):
    """The day has not come."""


def waves_to_forget(today: date) -> list[Wave]:
    """The waves whose day has come, and whose names and addresses are still there (one SQL query)."""
    rows = Wave.objects.filter(frame_deleted_at=None, frame_deleted_on__lte=today, is_imported=False)
    return list(rows.select_related("partnership").order_by("pk"))


def delete_frame(*, by: Actor, wave: Wave, today: date) -> None:
    """Delete the list, what is sealed about each invited person, and the key that opens it in backups too.

    The emptied invitations stay until the wave is closed, since the closing counts how many answered. Raises NotYet.
    """
    require(by, "wave.write", wave)
    if today < wave.frame_deleted_on:
        raise NotYet(_("Navne og adresser slettes først den dag, der er fortalt."))
    with transaction.atomic():
        held = Wave.objects.select_for_update().get(pk=wave.pk)
        held.partnership = wave.partnership
        FrameFile.objects.filter(wave=held).delete()
        WaveKey.objects.filter(wave=held, use=WaveKey.Use.CONTACT).delete()
        emptied = Invitation.objects.filter(wave=held).update(sealed=b"")
        held.frame_deleted_at = timezone.now()
        held.save(update_fields=["frame_deleted_at"])
        record(by=by, verb="wave.forget", about=held, people=emptied)
    wipe_log()


def wipe_log() -> None:
    """Leave nothing of what was deleted in SQLite's log; what is deleted in the file itself is written over."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
