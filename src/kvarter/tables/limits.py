"""What a file may hold, and the error for one that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import ngettext

from kvarter.journal.actions import ActionError

LARGEST = 50 * 1024 * 1024
LARGEST_UNPACKED = 100_000_000
# More than this is no table a partnership reads; a broken file may claim any size.
MOST_CELLS = 5_000_000


# So many of a file's faults are told one by one; the rest by their number.
MOST_FAULTS = 20


class BadFile(ActionError):
    """The file cannot be read. The message names file, sheet, row and column, and how to mend it.

    faults: each thing that is wrong by itself, where a reader looked for all of them.
    """

    def __init__(self, told: str, faults: Sequence[str] = ()) -> None:
        super().__init__(told)
        self.faults = tuple(faults) or (told,)

    @classmethod
    def of(cls, faults: Sequence[str]) -> BadFile:
        """The error for everything that is wrong: the first twenty, and how many more there are."""
        told = list(dict.fromkeys(faults))
        more = len(told) - MOST_FAULTS
        if more > 0:
            said = ngettext("Der er %(n)s fejl til.", "Der er %(n)s fejl til.", more) % {"n": more}
            told = [*told[:MOST_FAULTS], said]
        return cls("\n".join(told), told)
