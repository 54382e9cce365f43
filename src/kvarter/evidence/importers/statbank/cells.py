"""Figures in the long form that every answer is brought to: one cell a figure, with its place in each variable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Floats, Status, Texts
from kvarter.tables.limits import BadFile

Places = npt.NDArray[np.int64]

# The signs Statistics Denmark prints where there is no figure.
MARKS = {
    "": Status.MISSING,
    "..": Status.MISSING,
    "...": Status.MISSING,
    "…": Status.MISSING,
    "••": Status.MISSING,
    ".": Status.CANNOT_EXIST,
    "•": Status.CANNOT_EXIST,
}
# The signs printed beside a figure.
FLAGS = {
    "": Status.NORMAL,
    "*": Status.PROVISIONAL,
    "p": Status.PROVISIONAL,
    "e": Status.ESTIMATED,
    "b": Status.BREAK,
    "u": Status.UNRELIABLE,
}


@dataclass(frozen=True)
class Value:
    """A value of a variable: its code, and what it is called."""

    code: str
    label: str


@dataclass(frozen=True)
class Dimension:
    """A variable of an answer with the values that are in it, in order. role: "time", "metric" or ""."""

    code: str
    label: str
    values: tuple[Value, ...]
    role: str = ""


@dataclass(frozen=True)
class Cells:
    """The figures of an answer.

    places: shape (figures, dimensions), the index of a value in its dimension. amounts: NaN where there is no figure.
    rows: where in the file each stands, counted from 1. unknown: signs beside figures that we do not know.
    """

    dimensions: tuple[Dimension, ...]
    places: Places
    amounts: Floats
    statuses: Texts
    rows: Places
    label: str = ""
    unit: str = ""
    unknown: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many figures."""
        return len(self.amounts)

    @property
    def time(self) -> int | None:
        """Which dimension is the time, if one is."""
        return next((place for place, one in enumerate(self.dimensions) if one.role == "time"), None)


def figure_of(text: str) -> tuple[float, Status] | None:
    """The amount and status that a printed figure stands for; None if it is no figure at all.

    A dash is the producer's sign for none. A decimal comma is read as a point; a full stop is never a thousands sign.
    """
    bare = text.strip()
    if bare in MARKS:
        return math.nan, MARKS[bare]
    if bare in {"-", "–"}:
        return 0.0, Status.NORMAL
    status = Status.PROVISIONAL if bare.endswith("*") else Status.NORMAL
    number = bare.rstrip("*").replace(",", ".")
    if not number or not set(number) <= set("0123456789.-+eE"):
        return None
    try:
        amount = float(number)
    except ValueError:
        return None
    return (amount, status) if math.isfinite(amount) else None


def join(pages: Sequence[Cells], name: str) -> Cells:
    """The whole that the pages are parts of, in the order one answer would have had.

    Raises BadFile where pages have other variables than the first, or give a figure twice.
    """
    first = pages[0]
    if any([one.code for one in page.dimensions] != [one.code for one in first.dimensions] for page in pages):
        raise BadFile(_("%(name)s: svarets dele har ikke de samme variable. Hent tallene igen.") % {"name": name})
    dimensions = tuple(_united([page.dimensions[at] for page in pages]) for at in range(len(first.dimensions)))
    places = np.concatenate([_moved(page, dimensions) for page in pages])
    order = np.lexsort(places.T[::-1]) if places.shape[1] else np.arange(len(places))
    whole = Cells(
        dimensions,
        places[order],
        np.concatenate([page.amounts for page in pages])[order],
        np.concatenate([page.statuses for page in pages])[order],
        np.arange(1, len(places) + 1),
        first.label,
        first.unit,
        tuple(sorted({sign for page in pages for sign in page.unknown})),
    )
    refuse_twice(whole, name)
    return whole


def refuse_twice(cells: Cells, name: str) -> None:
    """Raise BadFile with every two rows whose figures stand in the same place."""
    order = np.lexsort(cells.places.T[::-1]) if cells.places.shape[1] else np.arange(len(cells))
    sorted_places = cells.places[order]
    same = np.flatnonzero((sorted_places[1:] == sorted_places[:-1]).all(axis=1))
    refuse_pairs([(int(cells.rows[order[at]]), int(cells.rows[order[at + 1]])) for at in same], name)


def refuse_pairs(pairs: Sequence[tuple[int, int]], name: str) -> None:
    """Raise BadFile with these pairs of rows that each have a figure for the same."""
    told = _("%(name)s: række %(one)s og %(other)s har hver sit tal for det samme. Hent filen igen.")
    ordered = sorted((min(pair), max(pair)) for pair in pairs)
    if ordered:
        raise BadFile.of([told % {"name": name, "one": one, "other": other} for one, other in ordered])


def _united(parts: Sequence[Dimension]) -> Dimension:
    """One dimension with the values of all, in the order they first come."""
    values = {value.code: value for part in parts for value in part.values}
    return Dimension(parts[0].code, parts[0].label, tuple(values.values()), parts[0].role)


def _moved(page: Cells, dimensions: Sequence[Dimension]) -> Places:
    """A page's places as places in the whole."""
    moved = np.empty_like(page.places)
    for at, (mine, whole) in enumerate(zip(page.dimensions, dimensions, strict=True)):
        found = {value.code: place for place, value in enumerate(whole.values)}
        lookup = np.array([found[value.code] for value in mine.values], dtype=np.int64)
        moved[:, at] = lookup[page.places[:, at]]
    return moved
