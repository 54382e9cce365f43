"""Figures published by others, from a file: values with source and day, and never an interval that nobody told."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kvarter.evidence.importers.extract import BadFile, Period


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    indicator: str
    area: str
    year: int = Field(ge=1900, le=2200)
    value: float
    n: int | None = Field(None, gt=0)
    read: str = Field(min_length=5)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    label: str = Field(min_length=1)
    source: str = Field(min_length=1)
    figure: list[_Row] = Field(min_length=1)


@dataclass(frozen=True)
class OutsideFigure:
    """A figure of others: of which indicator and area, when, and where it was read. n is None where it is not told."""

    indicator: str
    area: str
    period: Period
    value: float
    n: int | None
    read: str


@dataclass(frozen=True)
class OutsideFile:
    """The figures of a file, the key of their source, and what they are called together."""

    label: str
    source: str
    figures: tuple[OutsideFigure, ...]


def read_outside(content: bytes, name: str) -> OutsideFile:
    """The figures in a TOML file. Raises BadFile naming the figure and what is wrong with it."""
    try:
        told = _File.model_validate(tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFile(_("%(file)s er ikke TOML: %(why)s") % {"file": name, "why": error}) from error
    except ValidationError as error:
        raise BadFile(_wrong(error.errors()[0], name)) from error
    keys = [(row.indicator, row.area, row.year) for row in told.figure]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise BadFile(
            _("%(file)s: tallet for %(key)s står to gange. Behold det ene.")
            % {"file": name, "key": ", ".join(map(str, twice))}
        )
    return OutsideFile(told.label, told.source, tuple(_figure(row) for row in told.figure))


def _figure(row: _Row) -> OutsideFigure:
    period = Period(date(row.year, 1, 1), date(row.year, 12, 31))
    return OutsideFigure(row.indicator, row.area, period, row.value, row.n, row.read)


def _wrong(error: Any, name: str) -> str:
    place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    return _("%(file)s, %(place)s: %(why)s") % {"file": name, "place": place, "why": error["msg"]}
