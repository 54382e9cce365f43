"""Leaving nothing of what was deleted in a database's files: not in free pages, and not in SQLite's log.

While a server runs, SQLite's log keeps what was written until it is emptied, and that waits for whoever reads.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import connections
from django.db.models import Model

LOG = logging.getLogger(__name__)
PATIENCE = 5000  # ms; a page is read in less


def rewrite(alias: str, models: Sequence[type[Model]]) -> None:
    """Write a database's files anew, of PostgreSQL those of some tables, without what was deleted."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
        else:
            for model in models:
                # Afresh with what the planner remembers of its columns: some of their values.
                cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(model._meta.db_table)}")
    empty_log(alias)


def empty_log(alias: str) -> bool:
    """Empty SQLite's log, and wait a little for those who read; whether it was done. PostgreSQL's is not ours to empty.

    Where somebody reads on, it is said in the log of the site, and done by the next `kvarter remind`.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        [used] = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        [busy, *_pages] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {used}")
    if not busy:
        return True
    LOG.warning("The log of %s could not be emptied, since somebody reads. `kvarter remind` will do it.", alias)
    return False
