"""Figures published by others, from a file: values with source and day, and never an interval that nobody told."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kvarter.evidence.importers.extract import Period
from kvarter.tables.limits import BadFile
from kvarter.tables.wording import why_wrong

FILE = files("kvarter.evidence") / "registers" / "outside.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Named(_Table):
    key: str = Field(min_length=1)
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)


class _Issue(_Table):
    key: str = Field(min_length=1)
    text: str = Field(min_length=1)
    text_en: str = Field(min_length=1)


class _Row(_Table):
    indicator: str = ""
    area: str = ""
    population: str = ""
    measure: str = ""
    year: int = Field(ge=1900, le=2200)
    value: float
    unit: Literal["share", "number"] = "share"
    n: int | None = Field(None, gt=0)
    producer: str = Field(min_length=2)
    read: str = Field(min_length=5)
    read_on: date
    note: str = ""
    issues: list[str] = []


class _File(_Table):
    label: str = Field(min_length=1)
    source: str = Field(min_length=1)
    population: list[_Named] = []
    measure: list[_Named] = []
    issue: list[_Issue] = []
    figure: list[_Row] = Field(min_length=1)


@dataclass(frozen=True)
class Named:
    """A population or a measure, or what is known to be wrong, in Danish and English."""

    key: str
    text: str
    text_en: str


@dataclass(frozen=True)
class OutsideFigure:
    """A figure of others: of which indicator and area, when, and where it was read. n is None where it is not told.

    read_on and producer are always told in a file, and need not be for a figure written by hand. indicator and area are
    "" for a figure that stands in no series here; population and measure are None where the file does not describe
    them. There is no interval: the producers published none, and their weights are not known.
    """

    indicator: str
    area: str
    period: Period
    value: float
    n: int | None
    read: str
    read_on: date | None = None
    producer: str = ""
    unit: Literal["share", "number"] = "share"
    population: Named | None = None
    measure: Named | None = None
    note: str = ""
    issues: tuple[Named, ...] = ()

    @property
    def why_no_interval(self) -> str:
        """Why neither an interval nor a verdict stands beside the figure."""
        if self.n is None:
            return _(
                "Hvor mange der svarede, er ikke offentliggjort. Derfor står der intet interval, og vi siger ikke, om "
                "en forskel er andet end et tilfælde."
            )
        return _(
            "%(n)s svarede. Men hvordan svarene er udvalgt og vægtet, er ikke kendt her, og producenten har intet "
            "interval offentliggjort. Derfor regner vi ikke selv et ud."
        ) % {"n": number_format(self.n, force_grouping=True)}


@dataclass(frozen=True)
class OutsideFile:
    """The figures of a file, the key of their source, and what they are called together.

    figures: those that stand in a series. others: those that are kept for their facts alone.
    """

    label: str
    source: str
    figures: tuple[OutsideFigure, ...]
    others: tuple[OutsideFigure, ...] = ()


@cache
def load_outside() -> tuple[OutsideFigure, ...]:
    """Every figure in the shipped file. Raises BadFile naming the figure and what is wrong with it."""
    told = read_outside(FILE.read_bytes(), FILE.name)
    return told.figures + told.others


def read_outside(content: bytes, name: str) -> OutsideFile:
    """The figures in a TOML file. Raises BadFile naming the figure, what is wrong with it and how to mend it."""
    try:
        told = _File.model_validate(tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFile(_("%(file)s er ikke TOML: %(why)s") % {"file": name, "why": error}) from error
    except ValidationError as error:
        raise BadFile.of([_wrong(one, name) for one in error.errors()]) from error
    faults = [f for place, row in enumerate(told.figure, 1) for f in _faults(row, f"{name}, figure.{place}")]
    faults += _twins(told.figure, name)
    if faults:
        raise BadFile.of(faults)
    names = {kind: _names(getattr(told, kind)) for kind in ("population", "measure", "issue")}
    figures = [_figure(row, names, f"{name}, figure.{place}") for place, row in enumerate(told.figure, start=1)]
    return OutsideFile(
        told.label,
        told.source,
        tuple(one for one in figures if one.indicator),
        tuple(one for one in figures if not one.indicator),
    )


def year_of(year: int) -> Period:
    """The whole of a year: a survey's days are seldom told."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def _faults(row: _Row, where: str) -> Iterator[str]:
    if bool(row.indicator) != bool(row.area) or not (row.indicator or (row.population and row.measure)):
        yield _(
            "%(where)s: Det står ikke, hvad tallet er for. Skriv indicator og area, eller population og measure."
        ) % {"where": where}
    if row.unit == "share" and not 0 <= row.value <= 1:
        yield _('%(where)s: En andel er mellem 0 og 1. Skriv 68,8 procent som 0.688, eller skriv unit = "number".') % {
            "where": f"{where}.value"
        }


def _twins(rows: Iterable[_Row], name: str) -> Iterator[str]:
    seen = set()
    for row in rows:
        key = (row.indicator, row.area, row.year) if row.indicator else (row.population, row.measure, row.year)
        if key in seen:
            yield _("%(file)s: tallet for %(key)s står to gange. Behold det ene.") % {
                "file": name,
                "key": ", ".join(map(str, key)),
            }
        seen.add(key)


def _names(tables: Iterable[_Named | _Issue]) -> dict[str, Named]:
    return {
        one.key: Named(one.key, one.text, one.text_en)
        if isinstance(one, _Issue)
        else Named(one.key, one.name, one.name_en)
        for one in tables
    }


def _named(kind: str, key: str, names: Mapping[str, Mapping[str, Named]], where: str) -> Named:
    if key not in names[kind]:
        raise BadFile(
            _("%(where)s: “%(key)s” er ikke beskrevet i filen. Ret stavemåden, eller skriv en [[%(kind)s]] med den.")
            % {"where": f"{where}.{kind}", "key": key, "kind": kind}
        )
    return names[kind][key]


def _figure(row: _Row, names: Mapping[str, Mapping[str, Named]], where: str) -> OutsideFigure:
    return OutsideFigure(
        indicator=row.indicator,
        area=row.area,
        period=year_of(row.year),
        value=row.value,
        n=row.n,
        read=row.read,
        read_on=row.read_on,
        producer=row.producer,
        unit=row.unit,
        population=_named("population", row.population, names, where) if row.population else None,
        measure=_named("measure", row.measure, names, where) if row.measure else None,
        note=row.note,
        issues=tuple(_named("issue", key, names, where) for key in row.issues),
    )


def _wrong(error: Any, name: str) -> str:
    place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    return _("%(where)s: %(why)s.") % {"where": f"{name}, {place}", "why": why_wrong(error)}
