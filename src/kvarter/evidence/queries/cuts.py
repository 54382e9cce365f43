"""The figures of parts of the people, laid out by what the people are parted by. In their own order: never ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kvarter.evidence.figures import Figure, Place
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import Shown, period_text, show


@dataclass(frozen=True)
class CutRow:
    """A part of the people, and the figure of each place (None: that place has none)."""

    name: str
    cells: tuple[Shown | None, ...]


@dataclass(frozen=True)
class CutTable:
    """The parts of the people by one or more characteristics, at one time."""

    name: str
    when: str
    places: tuple[str, ...]
    rows: tuple[CutRow, ...]


def dimensions_of(cut: str) -> tuple[str, ...]:
    """What a cut parts the people by: ("age", "gender") for "gender=f;age=18-29"."""
    return tuple(sorted(part.partition("=")[0] for part in cut.split(";")))


def cut_tables(told: Told) -> tuple[CutTable, ...]:
    """A table for each way the people are parted, of the newest time there are such figures of; single ways first."""
    found: dict[tuple[str, ...], list[Figure]] = {}
    for figure in told.cuts:
        found.setdefault(dimensions_of(figure.cut), []).append(figure)
    ordered = sorted(found.items(), key=lambda pair: (len(pair[0]), pair[0]))
    return tuple(_table(dimensions, figures) for dimensions, figures in ordered)


def _table(dimensions: tuple[str, ...], figures: list[Figure]) -> CutTable:
    newest = max(figure.period.last for figure in figures)
    now = [figure for figure in figures if figure.period.last == newest]
    places = sorted({figure.place for figure in now}, key=_rank)
    at = {(figure.cut, figure.place.key): figure for figure in now}
    names = {figure.cut: figure.cut_name for figure in sorted(now, key=lambda figure: figure.cut)}
    rows = tuple(
        CutRow(name, tuple(show(one) if (one := at.get((cut, place.key))) else None for place in places))
        for cut, name in names.items()
    )
    return CutTable(_named(dimensions), period_text(now[0].period), tuple(place.name for place in places), rows)


def _rank(place: Place) -> tuple[bool, bool, str]:
    return not place.is_area, not place.is_reference, place.name


def _named(dimensions: Iterable[str]) -> str:
    """The characteristics in words; one that is not known here by its own name."""
    names = {"gender": _("Køn"), "age": _("Alder"), "newcomer": _("Tid i kvarteret"), "newcomers": _("Tid i kvarteret")}
    text = _(" og ").join(names.get(one, one).lower() for one in dimensions)
    return text[:1].upper() + text[1:]
