"""What a file may hold, and the error for one that cannot be read."""

from __future__ import annotations

from kvarter.journal.actions import ActionError

LARGEST = 50 * 1024 * 1024
LARGEST_UNPACKED = 100_000_000
# More than this is no table a partnership reads; a broken file may claim any size.
MOST_CELLS = 5_000_000


class BadFile(ActionError):
    """The file cannot be read. The message names file, sheet, row and column, and how to mend it."""
