"""A transaction on the answers to a wave, which its cut waits for and keeps out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from kvarter.surveys.answers.router import ANSWERS


@contextmanager
def held(wave: int, *, alone: bool = False) -> Iterator[None]:
    """A transaction on a wave's answers. Ask inside it whether the wave is open: it stays so until it ends.

    alone: no other is under way and none begins, as the cut needs once it has stored that the wave is closed; so that
    no answer comes in behind it with a ticket. SQLite lets one writer in at a time anyway.
    """
    with transaction.atomic(using=ANSWERS):
        if connections[ANSWERS].vendor == "postgresql":
            with connections[ANSWERS].cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}(%s)", [wave])
        yield
