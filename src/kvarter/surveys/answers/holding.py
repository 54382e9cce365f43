"""A transaction on the answers to a wave, which its cut waits for and keeps out.

On SQLite one writer is let in at a time, and to wait for the disk takes longer than all else that a save does. So a
page is stored first, lets the next one in, and then waits: those that are saved at the same time wait together. It is
not said to be saved before it lies on the disk, so that it outlives a power failure too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from kvarter.surveys.answers.router import ANSWERS


@contextmanager
def held(wave: int, *, alone: bool = False) -> Iterator[None]:
    """A transaction on a wave's answers, on the disk when it ends. Ask inside it whether the wave is open: it stays so.

    alone: no other is under way and none begins, as the cut needs once it has stored that the wave is closed; so that
    no answer comes in behind it with a ticket. SQLite lets one writer in at a time anyway.
    """
    with _waiting_together(alone=alone), transaction.atomic(using=ANSWERS):
        if connections[ANSWERS].vendor == "postgresql":
            with connections[ANSWERS].cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}(%s)", [wave])
        yield


@contextmanager
def _waiting_together(*, alone: bool) -> Iterator[None]:
    """Let the transaction inside end without waiting for SQLite's log to lie on the disk, and wait for it here."""
    connection = connections[ANSWERS]
    if alone or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
            _wait_for(f"{connection.settings_dict['NAME']}-wal")
        finally:
            cursor.execute("PRAGMA synchronous=FULL")


def _wait_for(log: str) -> None:
    """Wait until SQLite's log lies on the disk. Its locks are on other files, so that closing this one frees none."""
    file = os.open(log, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
