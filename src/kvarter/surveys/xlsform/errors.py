"""What is wrong with a form, place by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kvarter.tables.limits import BadFile

MOST_TOLD = 20


@dataclass(frozen=True)
class Problem:
    """Something to put right: in which sheet and row (from 1; 0 for the whole sheet), what, and how to mend it."""

    sheet: str
    row: int
    told: str

    def __str__(self) -> str:
        if not self.row:
            return _("Arket “%(sheet)s”: %(told)s") % {"sheet": self.sheet, "told": self.told}
        return _("Arket “%(sheet)s”, række %(row)s: %(told)s") % {
            "sheet": self.sheet,
            "row": self.row,
            "told": self.told,
        }


class BadForm(BadFile):
    """A form that cannot be a questionnaire. problems: everything that was found; nothing of the form is kept."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        told = [_("%(file)s kan ikke blive til et spørgeskema.") % {"file": file}]
        told += [str(problem) for problem in problems[:MOST_TOLD]]
        if len(problems) > MOST_TOLD:
            told.append(_("Og %(n)s fejl til.") % {"n": len(problems) - MOST_TOLD})
        super().__init__("\n".join(told))
        self.problems = tuple(problems)
