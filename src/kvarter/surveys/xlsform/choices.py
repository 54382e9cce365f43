"""The lists of answers in a form, and the answers that are none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from kvarter.surveys.questionnaire import Choice, Without
from kvarter.surveys.xlsform.errors import Problem
from kvarter.surveys.xlsform.sheets import Column, FormSheet, Row

# What others call the answers that are none, where the form has no column kvarter_without.
_KNOWN = {
    **dict.fromkeys(("dk", "dont_know", "don_t_know", "do_not_know", "ved_ikke", "unknown", "-999"), Without.UNKNOWN),
    **dict.fromkeys(("refused", "refuse", "prefer_not", "vil_ikke_svare", "unsaid", "-888"), Without.UNSAID),
}
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?")


class Lists:
    """The lists of a form by name. rows: the row each begins in. remarks: what was taken to be no answer."""

    def __init__(self, sheet: FormSheet, problems: list[Problem]) -> None:
        told = Column("kvarter_without") in sheet.columns
        self.rows: dict[str, int] = {}
        self.remarks: list[Problem] = []
        found: dict[str, list[Choice]] = {}
        for row in sheet.rows:
            name, code = row.said("list_name"), row.said("name")
            if not name or not code:
                problems.append(
                    Problem(
                        "choices", row.number, _("et svar skal have både list_name og name. Skriv det, der mangler.")
                    )
                )
                continue
            self.rows.setdefault(name, row.number)
            without = _without(row, problems) if told else _KNOWN.get(code.lower())
            if without and not told:
                self.remarks.append(
                    Problem("choices", row.number, _("“%(code)s” læses som intet svar.") % {"code": code})
                )
            problems.extend(_pictures(row))
            found.setdefault(name, []).append(Choice(code, row.texts("label"), _score(row, problems), without))
        self.choices: Mapping[str, tuple[Choice, ...]] = {name: tuple(listed) for name, listed in found.items()}


def _without(row: Row, problems: list[Problem]) -> Without | None:
    said = row.said("kvarter_without")
    try:
        return Without(said) if said else None
    except ValueError:
        problems.append(
            Problem(
                "choices", row.number, _("kvarter_without “%(said)s” skal være unknown eller unsaid.") % {"said": said}
            )
        )
        return None


def _score(row: Row, problems: list[Problem]) -> float | None:
    said = row.said("kvarter_score")
    if not said:
        return None
    if not _NUMBER.fullmatch(said) or not math.isfinite(float(said)):
        problems.append(Problem("choices", row.number, _("kvarter_score “%(said)s” er ikke et tal.") % {"said": said}))
        return None
    return float(said)


def _pictures(row: Row) -> Sequence[Problem]:
    media = {column.name for column in row.fields} & {"image", "big-image", "audio", "video"}
    return (
        [Problem("choices", row.number, _("svar kan ikke have billeder og lyd. Skriv det som tekst."))] if media else []
    )
