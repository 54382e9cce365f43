"""What is odd about a file of answers, in words: where it stands, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

MOST_ROWS, MOST_TOLD, MOST_VALUE = 8, 25, 40


class Weight(StrEnum):
    """STOP: nothing of the file is stored. NOTE: told beside the figures."""

    STOP = "stop"
    NOTE = "note"


@dataclass(frozen=True)
class Odd:
    """Something odd about a file. kind: a short name that is the same in every language."""

    kind: str
    weight: Weight
    told: str

    @property
    def stops(self) -> bool:
        """Whether it keeps the file out."""
        return self.weight is Weight.STOP


class Faults:
    """What is wrong with rows, in the order it was met: each thing once, with its rows."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Weight, str], list[int]] = {}

    def note(self, kind: str, told: str, row: int, weight: Weight = Weight.STOP) -> None:
        """Remember a thing of a row."""
        self._rows.setdefault((kind, weight, told), []).append(row)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def told(self, file: str) -> Iterator[Odd]:
        """The things, each with its rows; the most that anyone reads, and how many more there are."""
        for (kind, weight, told), rows in list(self._rows.items())[:MOST_TOLD]:
            yield Odd(kind, weight, f"{file}, {_rows(rows)}: {told}")
        left = list(self._rows)[MOST_TOLD:]
        if left:
            stops = any(weight is Weight.STOP for _kind, weight, _told in left)
            told = _("Der er %(n)s ting til af samme slags. Ret dem, der står her, og prøv igen.") % {"n": len(left)}
            yield Odd("more", Weight.STOP if stops else Weight.NOTE, f"{file}: {told}")


def _rows(rows: list[int]) -> str:
    """ "række 4, 9 (og 12 til)"."""
    shown = ", ".join(map(str, rows[:MOST_ROWS]))
    more = len(rows) - MOST_ROWS
    if more > 0:
        return _("række %(rows)s (og %(more)s til)") % {"rows": shown, "more": more}
    return _("række %(rows)s") % {"rows": shown}


def shortened(value: str) -> str:
    """A value as it is shown to the one who sent it: the beginning of a long one."""
    return value if len(value) <= MOST_VALUE else f"{value[:MOST_VALUE]}…"
