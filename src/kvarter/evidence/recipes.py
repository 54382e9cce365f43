"""From the columns of a file to the figures of indicators: which columns are added up, over which and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt

from kvarter import effect
from kvarter.evidence.importers.extract import Extract, Floats, Line, Period, Status
from kvarter.places.models import AreaVersion

Flags = npt.NDArray[np.bool_]
# A file that holds so many of the 98 municipalities (and Christiansø) is taken to hold the country.
MOST_MUNICIPALITIES = 98
# What a column begins with where * ? and [ ] in it are to stand for something else than themselves.
LIKE = "~"
# Islands and the like without any figure: so small a part of the districts may be missing from a country's sum.
FEW_WITHOUT = 0.01


@dataclass(frozen=True)
class Recipe:
    """An indicator as parts over a whole, each the sum of columns: see `columns_named`.

    Without a whole the indicator is the sum of the parts itself: a count, an amount, or others' published figure.
    """

    indicator: str
    part: tuple[str, ...]
    whole: tuple[str, ...] = ()
    measure: str = "share"

    def columns(self, extract: Extract) -> tuple[list[str], list[str]] | None:
        """The columns of a file that are its part and its whole; None when the file lacks any or withholds one."""
        part, whole = (_matching(extract, patterns) for patterns in (self.part, self.whole))
        return None if part is None or whole is None else (part, whole)


def _matching(extract: Extract, patterns: Sequence[str]) -> list[str] | None:
    found: list[str] = []
    for pattern in patterns:
        named = columns_named(extract.measures, pattern)
        if not named or extract.withheld & set(named):
            return None
        found += [name for name in named if name not in found]
    return found


def columns_named(columns: Sequence[str], said: str) -> list[str]:
    """The columns that are meant: the one of that very name, or after ~ all like it, as with the names of files.

    A heading may hold * or [ ] of its own, so they stand for themselves unless it is asked for.
    """
    if said in columns or not said.startswith(LIKE):
        return [name for name in columns if name == said]
    return [name for name in columns if name == said[1:] or fnmatchcase(name, said[1:])]


@dataclass(frozen=True)
class Territory:
    """A version of an area with the codes producers know it by, and for a rest, the areas it is the difference of."""

    version: AreaVersion
    codes: frozenset[tuple[str, str]]

    def is_met_by(self, line: Line) -> bool:
        """Whether a line is about this very area, as it was when the line's unit was what the producer says it was."""
        return (line.unit.scheme, line.unit.code) in self.codes and self.version.holds_on(geography_of(line))

    @property
    def is_country(self) -> bool:
        """Whether it is the whole country."""
        return any(scheme == "land" for scheme, _code in self.codes)

    def holds(self, line: Line) -> bool:
        """Whether a line is about a part of it: a district of the municipality, anything of the country."""
        within = line.unit.part_of in self.codes or self.is_country
        return within and self.version.holds_on(geography_of(line))


def geography_of(line: Line) -> date:
    """A day on which the line's unit was what it is here: the producer's own, within its validity, else the day it is
    about.

    Figures of an earlier day are often recalculated to the districts of a later one, which then say what a code means.
    """
    if line.unit.as_on:
        return line.unit.as_on
    first, until = line.unit.valid_from, line.unit.valid_until
    if first is not None and line.period.last < first:
        return first
    if until is not None and line.period.last >= until:
        return first or date.min
    return line.period.last


@dataclass(frozen=True)
class Made:
    """A figure made by a recipe. value is None where the status has none. processed: added up from smaller units."""

    indicator: str
    measure: str
    version: AreaVersion
    period: Period
    status: Status
    numerator: float | None
    denominator: float | None
    value: float | None
    processed: bool


def make_figures(
    extract: Extract, recipes: Iterable[Recipe], territories: Sequence[Territory], rests: Mapping[int, tuple[int, int]]
) -> list[Made]:
    """Every figure that a file gives by the recipes, for the areas known.

    rests: by area, the areas (whole, left out) it is the difference of. A rest is made where both have figures.
    """
    found: list[Made] = []
    for recipe in recipes:
        columns = recipe.columns(extract)
        if columns is not None:
            found += _by_recipe(extract, recipe, *columns, territories, rests)
    return found


def _by_recipe(
    extract: Extract,
    recipe: Recipe,
    part: list[str],
    whole: list[str],
    territories: Sequence[Territory],
    rests: Mapping[int, tuple[int, int]],
) -> list[Made]:
    sums = _Sums(extract, part, whole)
    made: dict[tuple[int, Period], tuple[AreaVersion, _Sum]] = {}
    for period in dict.fromkeys(line.period for line in extract.lines):
        now = np.array([line.period == period for line in extract.lines])
        for territory in territories:
            lines, processed = _lines_of(extract, territory, now)
            if lines is not None:
                made[territory.version.area_id, period] = territory.version, sums.over(lines, processed)
        for territory in territories:
            pair = rests.get(territory.version.area_id)
            ends = [made.get((area, period)) for area in pair] if pair else []
            if len(ends) == 2 and ends[0] and ends[1] and territory.version.holds_on(period.last):
                made[territory.version.area_id, period] = territory.version, ends[0][1].less(ends[1][1])
    return [total.made(recipe, version, period) for (_area, period), (version, total) in made.items()]


def _lines_of(extract: Extract, territory: Territory, now: Flags) -> tuple[Flags | None, bool]:
    """The lines about a territory in a period: its own if there is one, else those of its parts, to be added up."""
    own = now & np.array([territory.is_met_by(line) for line in extract.lines])
    if own.any():
        return own, any(line.summed for line, is_own in zip(extract.lines, own, strict=True) if is_own)
    if territory.is_country and len({line.unit.part_of for line in extract.lines}) < MOST_MUNICIPALITIES:
        return None, True  # a file of one municipality is no country
    parts = now & np.array([territory.holds(line) for line in extract.lines])
    return (parts if parts.any() else None), True


@dataclass(frozen=True)
class _Sum:
    part: float
    whole: float | None
    status: Status
    processed: bool

    def less(self, other: _Sum) -> _Sum:
        """What is left when another is taken away."""
        part = self.part - other.part
        whole = None if self.whole is None or other.whole is None else self.whole - other.whole
        known = self.status.has_figure and other.status.has_figure and part >= 0 and (whole is None or whole > 0)
        return _Sum(part, whole, Status.NORMAL if known else Status.MISSING, processed=True)

    def made(self, recipe: Recipe, version: AreaVersion, period: Period) -> Made:
        """The figure."""
        if not self.status.has_figure:
            return Made(
                recipe.indicator, recipe.measure, version, period, self.status, None, None, None, self.processed
            )
        if self.whole is None and recipe.measure == "share":  # others' per cent, of a number nobody told
            share = self.part / 100
            return Made(recipe.indicator, recipe.measure, version, period, self.status, None, None, share, False)
        if self.whole is None:
            return Made(
                recipe.indicator, recipe.measure, version, period, self.status, None, None, self.part, self.processed
            )
        value = effect.mean(self.part, self.whole)
        return Made(
            recipe.indicator, recipe.measure, version, period, self.status, self.part, self.whole, value, self.processed
        )


class _Sums:
    """The sums of a recipe's columns, line by line. A sign that may be nothing is nothing within a larger sum."""

    def __init__(self, extract: Extract, part: list[str], whole: list[str]) -> None:
        self.part, self.part_known = _added(extract, part)
        self.statuses = np.stack([extract.statuses_of(name) for name in (*part, *whole)])
        self.estimated: Flags = (self.statuses == Status.ESTIMATED).any(axis=0)
        self.whole: Floats | None = None
        self.whole_known: Flags = np.ones(len(extract.lines), bool)
        if whole:
            self.whole, self.whole_known = _added(extract, whole)

    def over(self, lines: Flags, processed: bool) -> _Sum:
        """The sum over lines; none where the whole is nothing, or more than FEW_WITHOUT of the lines have no figure.

        A sum that some lines are missing from is an estimate, and so is a line's own figure that was recalculated.
        """
        whole = None if self.whole is None else float(self.whole[lines].sum())
        without = 1 - float((self.part_known & self.whole_known)[lines].mean())
        said = self._said_of(lines) if not processed and lines.sum() == 1 else None
        if whole == 0 or without > FEW_WITHOUT:
            return _Sum(0.0, whole, said if said and not said.has_figure else Status.MISSING, processed)
        if said and said.has_figure:
            return _Sum(float(self.part[lines].sum()), whole, said, processed)
        estimated = without > 0 or (not processed and bool(self.estimated[lines].any()))
        status = Status.ESTIMATED if estimated else Status.NORMAL
        return _Sum(float(self.part[lines].sum()), whole, status, processed)

    def _said_of(self, line: Flags) -> Status | None:
        """What the producer says of one line's figures, where it is one thing and not that they are normal."""
        said = {Status(code) for code in self.statuses[:, line].ravel()} - {Status.NORMAL, Status.ZERO_OR_SUPPRESSED}
        without = {status for status in said if not status.has_figure}
        return next(iter(without or said)) if len(without or said) == 1 else None


def _added(extract: Extract, columns: list[str]) -> tuple[Floats, Flags]:
    """The columns added up, and whether each line has a figure in them, nothing-or-hidden counted as nothing."""
    total = np.zeros(len(extract.lines))
    known = np.ones(len(extract.lines), bool)
    for name in columns:
        amounts, statuses = extract.column(name), extract.statuses_of(name)
        nothing = statuses == Status.ZERO_OR_SUPPRESSED
        total += np.where(np.isnan(amounts), 0.0, amounts)
        known &= ~np.isnan(amounts) | nothing
    return total, known
