"""What StatBank tells of a table: its variables and values, unit, footnote and when it was updated.

The names of contact persons are personal data, serve no figure, and are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kvarter.evidence.importers.statbank.cells import Value
from kvarter.evidence.importers.statbank.errors import UnknownCode, nearest
from kvarter.evidence.importers.statbank.texts import json_object
from kvarter.tables.limits import BadFile


@dataclass(frozen=True)
class Variable:
    """A variable of a table. elimination: it may be left out, and its total is given. map: of areas, or ""."""

    code: str
    label: str
    elimination: bool
    is_time: bool
    values: tuple[Value, ...]
    map: str = ""

    def codes(self) -> tuple[str, ...]:
        """Its values' codes, in the producer's order."""
        return tuple(value.code for value in self.values)


@dataclass(frozen=True)
class Footnote:
    """A note of the producer's. mandatory: it must be shown wherever the figures are."""

    text: str
    mandatory: bool


@dataclass(frozen=True)
class TableInfo:
    """A table as its producer describes it. suppressed: the sign that may stand for a hidden figure, "" if none."""

    table: str
    text: str
    description: str
    unit: str
    suppressed: str
    updated: datetime
    active: bool
    documentation: str
    footnote: Footnote | None
    variables: tuple[Variable, ...]

    @property
    def time(self) -> Variable:
        """The variable that is the time; every table has one."""
        return next(variable for variable in self.variables if variable.is_time)

    def find(self, code: str) -> Variable | None:
        """The variable of that code, in capitals or not."""
        return next((one for one in self.variables if one.code.upper() == code.upper()), None)

    def variable(self, code: str) -> Variable:
        """The variable of that code. Raises UnknownCode naming the nearest."""
        found = self.find(code)
        if found is None:
            raise UnknownCode(
                _("Tabel %(table)s har ingen variabel “%(code)s”. Nærmest er: %(nearest)s.")
                % {"table": self.table, "code": code, "nearest": nearest(code, [one.code for one in self.variables])}
            )
        return found


def read_tableinfo(raw: bytes, file: str) -> TableInfo:
    """What the answer of /tableinfo tells. Raises BadFile naming what is missing."""
    told = json_object(raw, file)
    variables = tuple(_variable(one, file) for one in _list(told, "variables", file))
    if sum(variable.is_time for variable in variables) != 1:
        raise BadFile(_("%(file)s: tabellen skal have netop én variabel for tid. Hent den igen.") % {"file": file})
    codes = [variable.code.upper() for variable in variables]
    if len(set(codes)) < len(codes):
        raise BadFile(_("%(file)s: en variabel står to gange. Hent tabellens beskrivelse igen.") % {"file": file})
    documentation = told.get("documentation")
    return TableInfo(
        table=_text(told, "id", file),
        text=_text(told, "text", file),
        description=str(told.get("description") or ""),
        unit=str(told.get("unit") or ""),
        suppressed="" if told.get("suppressedDataValue") is None else str(told["suppressedDataValue"]).strip(),
        updated=_moment(_text(told, "updated", file), file),
        active=told.get("active") is not False,
        documentation=str(documentation.get("url") or "") if isinstance(documentation, dict) else "",
        footnote=_footnote(told.get("footnote")),
        variables=variables,
    )


def _footnote(told: Any) -> Footnote | None:
    """The footnote, if there is one. One of a form we do not know is mandatory: better shown too often than lost."""
    if not told:
        return None
    if isinstance(told, dict) and isinstance(told.get("text"), str):
        text = " ".join(told["text"].split())
        return Footnote(text, told.get("mandatory") is not False) if text else None
    return Footnote(" ".join(str(told).split()), mandatory=True)


def _variable(told: Any, file: str) -> Variable:
    """One variable. Raises BadFile."""
    if not isinstance(told, dict):
        raise _missing("variables", file)
    values = tuple(_value(one, file) for one in _list(told, "values", file))
    code = _text(told, "id", file)
    if not values or len({value.code for value in values}) < len(values):
        raise BadFile(
            _("%(file)s: variablen %(code)s har ingen værdier, eller den samme to gange. Hent den igen.")
            % {"file": file, "code": code}
        )
    return Variable(
        code=code,
        label=str(told.get("text") or code),
        elimination=told.get("elimination") is True,
        is_time=told.get("time") is True,
        values=values,
        map=str(told.get("map") or ""),
    )


def _value(told: Any, file: str) -> Value:
    """One value of a variable. Raises BadFile."""
    if not isinstance(told, dict):
        raise _missing("values", file)
    code = _text(told, "id", file)
    return Value(code, str(told.get("text") or code))


def _text(told: dict[str, Any], key: str, file: str) -> str:
    """A text that must be there. Raises BadFile."""
    found = told.get(key)
    if not isinstance(found, str) or not found:
        raise _missing(key, file)
    return found


def _list(told: dict[str, Any], key: str, file: str) -> list[Any]:
    """A list that must be there. Raises BadFile."""
    found = told.get(key)
    if not isinstance(found, list):
        raise _missing(key, file)
    return found


def _moment(text: str, file: str) -> datetime:
    """When. Raises BadFile."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _missing("updated", file) from error


def _missing(key: str, file: str) -> BadFile:
    """The error for something that ought to be there."""
    return BadFile(
        _("%(file)s: beskrivelsen af tabellen mangler “%(key)s”. Det er ikke et svar fra /tableinfo. Hent den igen.")
        % {"file": file, "key": key}
    )
