"""Leaving nothing of what was deleted in a database's files: not in free pages, and not in SQLite's log.

While a server runs, SQLite's log keeps what was written until it is emptied, and that waits for whoever reads.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import Model

LOG = logging.getLogger(__name__)
PATIENCE = 5000  # ms; a page is read in less
PAUSE = 50  # ms


def rewrite(alias: str, models: Sequence[type[Model]]) -> bool:
    """Write a database's files anew, of PostgreSQL those of some tables, without what was deleted.

    Whether all of it is gone: PostgreSQL keeps what somebody who reads on could still see; then it is to be done again.
    """
    connection, alone = connections[alias], True
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
        else:
            for model in models:
                alone = _wait_until_alone(cursor) and alone
                # Afresh with what the planner remembers of its columns: some of their values.
                cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(model._meta.db_table)}")
    empty_log(alias)
    if not alone:
        LOG.warning("Somebody reads %s on: what was deleted may be in its files. `kvarter remind` will do it.", alias)
    return alone


def _wait_until_alone(cursor: Any) -> bool:
    """Wait a little until nobody else reads this database of PostgreSQL; whether it came to that."""
    for _time in range(PATIENCE // PAUSE):
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"
        )
        if not cursor.fetchone()[0]:
            return True
        time.sleep(PAUSE / 1000)
    return False


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
