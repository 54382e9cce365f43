"""What the columns of somebody's answers are, said in TOML: docs/importing-answers.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kvarter.tables.limits import BadFile
from kvarter.tables.wording import why_wrong

Text = Annotated[str, Field(min_length=1)]
Whole = Annotated[int, Field(ge=1, le=100_000_000)]
LONGEST = 1_000_000  # characters of a mapping
TO_SAY = "?"  # what a suggestion leaves to a person


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WaveFacts(_Strict):
    """The wave that the answers become. area, reference: addresses of areas of ours."""

    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    name_en: Annotated[str, Field(max_length=120)] = ""
    area: Text
    reference: str = ""
    reference_on: date
    opens: date
    closes: date
    controller: Annotated[str, Field(min_length=1, max_length=200)]
    contact: Annotated[str, Field(max_length=200)] = ""
    purpose: Text
    legal_basis: Annotated[str, Field(min_length=1, max_length=300)]
    retention: Text


class Asked(_Strict):
    """The questionnaires that were answered: stored ones as "key" or "key/version", or the names of forms (XLSForm)."""

    adults: Text
    youth: str = ""


class PeopleColumns(_Strict):
    """The columns that say who answered, each with what its codes mean.

    id: finds somebody who stands twice, and is kept nowhere. areas: code → address of our area; with no column of
    areas, all are from the wave's. age: a group, a code (`ages`) or an age in years; or `birth_year`.
    """

    id: str = ""
    area: str = ""
    areas: dict[str, str] = {}
    stratum: str = ""
    household: str = ""
    gender: str = ""
    genders: dict[str, Literal["f", "m", "x", ""]] = {}
    age: str = ""
    ages: dict[str, str] = {}
    birth_year: str = ""
    weight: str = ""
    mode: str = ""
    modes: dict[str, Literal["web", "paper", "phone", "helper", "imported"]] = {}

    @property
    def columns(self) -> list[str]:
        """The columns that are named."""
        names = ("id", "area", "stratum", "household", "gender", "age", "birth_year", "weight", "mode")
        return [column for name in names if (column := getattr(self, name))]


class StratumFacts(_Strict):
    """A part of the population that was drawn from by itself: its people and households, and how many were asked."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    area: Text
    people: Whole
    households: Whole | None = None
    asked: Whole | None = None


class CellFacts(_Strict):
    """People of a stratum alike in gender and age group."""

    stratum: Text
    gender: Literal["f", "m", "x", ""] = ""
    age: str = ""
    people: Whole


class ItemColumns(_Strict):
    """Where the answers to an item stand: one column, or for several choices one for each.

    codes: what stands in the column → the code of our choice; "" for no answer. columns: column → the choice that is
    chosen where it holds one of `marks`. separator: between the choices of an item that has several in one column.
    """

    item: Text
    of: Literal["adults", "youth"] = "adults"
    column: str = ""
    codes: dict[str, str] = {}
    separator: str = ""
    columns: dict[str, str] = {}
    marks: list[str] = ["1"]


class AnswersMapping(_Strict):
    """How a file of answers is to be read. empty: what stands for no answer. ignore: columns that are not to be read.

    outside_routing: whether answers to a question that was not to be asked stop the file, or are left out.
    """

    version: Literal[1] = 1
    wave: WaveFacts
    questionnaire: Asked
    people: PeopleColumns = PeopleColumns()
    strata: list[StratumFacts] = []
    cells: list[CellFacts] = []
    items: Annotated[list[ItemColumns], Field(min_length=1)]
    empty: list[str] = []
    ignore: list[str] = []
    outside_routing: Literal["stop", "leave_out"] = "stop"

    @property
    def columns(self) -> list[str]:
        """The columns that are read, each once."""
        of_items = [name for item in self.items for name in (item.column, *item.columns) if name]
        return list(dict.fromkeys([*self.people.columns, *of_items]))


def read_answers_mapping(text: str, name: str) -> AnswersMapping:
    """A mapping from TOML. Raises BadFile naming the part that is wrong."""
    if len(text) > LONGEST:
        raise BadFile(_("%(file)s er for lang til at være en opskrift.") % {"file": name})
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFile(_("%(file)s er ikke TOML: %(why)s") % {"file": name, "why": error}) from error
    if left := list(_to_say(told)):
        raise BadFile(
            _("%(file)s: der står stadig “?” ved %(places)s. Sig, hvad der skal stå.")
            % {"file": name, "places": ", ".join(left[:20])}
        )
    try:
        return AnswersMapping.model_validate(told)
    except ValidationError as error:
        raise BadFile(_("%(file)s: %(problems)s") % {"file": name, "problems": _problems(error)}) from error


def _to_say(told: Any, place: str = "") -> Iterator[str]:
    """Where a suggestion's question marks still stand."""
    if isinstance(told, str):
        if told == TO_SAY or told.startswith(f"{TO_SAY} "):
            yield place
        return
    parts = told.items() if isinstance(told, dict) else enumerate(told, 1) if isinstance(told, list) else ()
    for name, part in parts:
        yield from _to_say(part, f"{place}.{name}" if place else str(name))


def _problems(error: ValidationError) -> str:
    """Every part that is wrong, by the name a person can find it under."""
    found = []
    for one in error.errors()[:10]:
        place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in one["loc"])
        found.append(f"{place}: {why_wrong(one)}")
    return "; ".join(found)
