"""Handing a wave's answers to an analyst: written down, since it is microdata."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from kvarter.journal.actions import record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.waves import State, lock
from kvarter.surveys.exporting import export_wave
from kvarter.surveys.models import Wave


@transaction.atomic
def export_answers(*, by: Actor, wave: Wave, why: str = "") -> Mapping[str, bytes]:
    """The files of a weighted wave by name (see `surveys.exporting`). Raises WrongStep."""
    require(by, "wave.export", wave)
    held = lock(wave, State.WEIGHTED, State.PUBLISHED)
    files = export_wave(held)
    record(by=by, verb="wave.export", about=held, why=why)
    return files
