"""Who a row is from, by the columns that say so: an area, an age group, a weight, and what is wrong with them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kvarter.surveys.answers.models import Response
from kvarter.surveys.frame_cells import AGE_GROUPS, OLDEST
from kvarter.surveys.outside.findings import shortened
from kvarter.surveys.outside.mapping import PeopleColumns

GROUPS = frozenset(name for name, _oldest in AGE_GROUPS)
GENDERS = frozenset({"f", "m", "x"})
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,20})?(?:[eE][-+]?\d{1,3})?")
_WHOLE = re.compile(r"(-?\d{1,12})\.0+")
MOST_TEXT = 60
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e6  # people that an answer can be said to stand for

Noted = Callable[[str, str], None]


@dataclass(frozen=True)
class Whose:
    """Who a row is from, as far as it is told. weight: none where the file has no weights."""

    area: str
    stratum: str
    household: str
    gender: str
    age: str
    mode: str
    weight: float | None


def plain_code(text: str) -> str:
    """A code as mappings have it: 1 and not 1.0."""
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def number_in(text: str) -> float | None:
    """A number with a point or a comma; None where it is none, or too large to be one."""
    if not _NUMBER.fullmatch(text):
        return None
    found = float(text.replace(",", "."))
    return found if math.isfinite(found) else None


class PeopleReader:
    """Reads who a row is from. year: that ages are counted in."""

    def __init__(self, told: PeopleColumns, places: Mapping[str, int], area: str, year: int) -> None:
        self._told, self._places, self._area, self._year = told, places, area, year

    def whose(self, row: Sequence[str], note: Noted) -> Whose:
        """Who a row is from; what is wrong is noted by its kind and in words."""
        told = self._told
        area = self._coded(row, told.area, told.areas, note) if told.area else self._area
        if told.area and not area and self._field(row, told.area) == "":
            note("no-area", _("området mangler i kolonnen “%(column)s”.") % {"column": told.area})
        return Whose(
            area,
            self._short(row, told.stratum, note) if told.stratum else area,
            self._short(row, told.household, note),
            self._gender(row, note),
            self._age(row, note),
            self._coded(row, told.mode, told.modes, note) or str(Response.Mode.IMPORTED),
            self._weight(row, note),
        )

    def _field(self, row: Sequence[str], column: str) -> str:
        return row[self._places[column]] if column else ""

    def _short(self, row: Sequence[str], column: str, note: Noted) -> str:
        text = self._field(row, column)
        if len(text) > MOST_TEXT:
            note("too-long", _("“%(column)s” er længere end %(n)s tegn.") % {"column": column, "n": MOST_TEXT})
        if column and not text and column == self._told.stratum:
            note("no-stratum", _("laget mangler i kolonnen “%(column)s”.") % {"column": column})
        return text[:MOST_TEXT]

    def _coded(self, row: Sequence[str], column: str, codes: Mapping[str, str], note: Noted) -> str:
        """What a code means; nothing for an empty field. Without codes the field says it itself."""
        text = plain_code(self._field(row, column))
        if not text or not codes:
            return text
        if text not in codes:
            told = {"value": shortened(text), "column": column}
            note("unknown-code", _("“%(value)s” i kolonnen “%(column)s” står ikke i opskriften.") % told)
        return codes.get(text, "")

    def _gender(self, row: Sequence[str], note: Noted) -> str:
        found = self._coded(row, self._told.gender, self._told.genders, note)
        if found and found not in GENDERS:
            note(
                "unknown-code", _("køn “%(value)s” kendes ikke. Sig i opskriften, hvad det er.") % {"value": found[:40]}
            )
            return ""
        return found

    def _age(self, row: Sequence[str], note: Noted) -> str:
        told = self._told
        if told.birth_year:
            born = number_in(self._field(row, told.birth_year))
            return self._group(None if born is None else self._year - born, row, told.birth_year, note)
        text = plain_code(self._field(row, told.age))
        if told.ages:
            return self._coded(row, told.age, told.ages, note)
        return text if text in GROUPS else self._group(number_in(text), row, told.age, note)

    def _group(self, age: float | None, row: Sequence[str], column: str, note: Noted) -> str:
        text = self._field(row, column)
        if not text:
            return ""
        if age is None or not 0 <= age <= OLDEST:
            told = {"value": shortened(text), "column": column}
            note("bad-age", _("“%(value)s” i kolonnen “%(column)s” er ingen alder.") % told)
            return ""
        return next(name for name, oldest in AGE_GROUPS if age <= oldest)

    def _weight(self, row: Sequence[str], note: Noted) -> float | None:
        column = self._told.weight
        if not column:
            return None
        text = self._field(row, column)
        found = number_in(text)
        if not text:
            note("no-weight", _("vægten mangler i kolonnen “%(column)s”.") % {"column": column})
        elif found is None or not LEAST_WEIGHT <= found <= MOST_WEIGHT:
            told = {"value": shortened(text), "column": column}
            note("bad-weight", _("“%(value)s” i kolonnen “%(column)s” er ikke en vægt over 0.") % told)
        return found
