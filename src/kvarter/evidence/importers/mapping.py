"""A saved mapping: which columns of somebody's table are the place, the time and the figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kvarter.evidence.importers.extract import Status
from kvarter.evidence.importers.numbers import SIGNS
from kvarter.tables.limits import BadFile
from kvarter.tables.wording import why_wrong


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sum(_Strict):
    """Columns whose figures are to add up to that of another."""

    total: str
    parts: Annotated[list[str], Field(min_length=1)]


class Making(_Strict):
    """Which columns make an indicator: those added up for the part, and for the whole (none: the figure itself)."""

    indicator: str = Field(min_length=1, max_length=60)
    part: Annotated[list[str], Field(min_length=1)]
    whole: list[str] = []


class Mapping(_Strict):
    """How a table is to be read. Columns are named by their heading.

    name: what it is kept under. sheet: its name, "" when the file has one. header_row: the row of headings, from 1.
    last_row: the last row of figures, 0 to the end. unit_column: the column of the places' codes or names, or "" with
    `unit` for a table of one place. scheme: whose codes they are. areas: the address of the area that a text in the
    file means, where it is neither code nor name; "" for one to leave out. period_column: the column of times, or ""
    with `period` for a table of one time, or with `periods_across` where each column of figures is a time and
    `measure_column` says what it is of. status_column: what kind of figure a row has. figures: the columns of figures;
    [] all that are not spoken for. makes: the indicators that are made of them; [] as the source's recipes say. signs:
    what a text that is no number stands for. sums: what must add up.
    """

    version: Literal[1] = 1
    name: str = Field("", max_length=200)
    sheet: str = ""
    header_row: int = Field(1, ge=1)
    last_row: int = Field(0, ge=0)
    unit_column: str = ""
    unit: str = ""
    scheme: str = Field("afdeling", min_length=1, max_length=20)
    areas: dict[str, str] = {}
    period_column: str = ""
    period: str = ""
    periods_across: bool = False
    measure_column: str = ""
    status_column: str = ""
    figures: list[str] = []
    makes: list[Making] = []
    signs: dict[str, Status] = SIGNS
    decimal: Literal["", ",", "."] = ""
    sums: list[Sum] = []
    label: str = Field("", max_length=200)
    published: date | None = None
    source: str = Field(min_length=1, max_length=60)
    attribution: str = Field("", max_length=300)

    def as_text(self) -> str:
        """The mapping as the JSON that `read_mapping` reads, without what is as usual."""
        return self.model_dump_json(indent=2, exclude_defaults=True)


def read_mapping(text: str) -> Mapping:
    """A mapping from its JSON. Raises BadFile naming every part that is wrong, and why."""
    try:
        return Mapping.model_validate_json(text)
    except ValidationError as error:
        faults = [
            _("Opskriften på tabellen, %(place)s: %(why)s.") % {"place": _place(one), "why": why_wrong(one)}
            for one in error.errors()
        ]
        raise BadFile.of(faults) from error


def _place(fault: Any) -> str:
    return ".".join(map(str, fault["loc"])) or "JSON"


def text_of(field: object) -> str:
    """A field as text; a whole number without decimals."""
    if isinstance(field, float) and field.is_integer() and abs(field) < 1e15:
        return str(int(field))
    return " ".join(str(field).split())
