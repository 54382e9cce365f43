"""The area among areas like it: for each indicator where they lie, and where the area lies. No ranks."""

from __future__ import annotations

from dataclasses import dataclass

from kvarter import effect
from kvarter.effect.counts import Spread
from kvarter.evidence.figures import Figure
from kvarter.evidence.queries.published import Published, Told
from kvarter.evidence.showing import Shown, period_text, show, value_text

# Fewer areas than this are no row to be seen among.
LEAST_PEERS = 5


@dataclass(frozen=True)
class SpineRow:
    """An indicator at one time. own: the area, else a unit that holds it. around: the areas it lies in, nearest first.

    spread: of `peers`, the areas in the row with a figure then.
    """

    told: Told
    own: Figure
    around: tuple[Figure, ...]
    peers: tuple[Figure, ...]
    spread: Spread


@dataclass(frozen=True)
class SpineLine:
    """A row in words: the figures with their labels, and the spread of the areas in the row."""

    slug: str
    name: str
    when: str
    own: Shown
    around: tuple[Shown, ...]
    peers: int
    spread: tuple[str, str, str, str, str]
    every: tuple[Shown, ...]


def spine_rows(published: Published) -> list[SpineRow]:
    """Each indicator that the area, or a unit that holds it, has a figure of when enough areas have one too."""
    return published.kept(("spine",), lambda: _rows(published))


def _rows(published: Published) -> list[SpineRow]:
    every = sorted(published.indicators.values(), key=lambda told: (told.theme, told.position, told.slug))
    rows = (_row(told) for told in every if not told.composition)
    return [row for row in rows if row]


def _row(told: Told) -> SpineRow | None:
    units = {share.whole_key for share in told.shares}
    held = [f for f in told.figures if f.value is not None and (f.place.is_area or f.place.key in units)]
    for own in sorted(held, key=lambda figure: (figure.place.is_area, figure.period.last), reverse=True):
        peers = [f for f in told.peers if f.period == own.period and f.value is not None]
        if len(peers) >= LEAST_PEERS:
            spread = effect.spread([figure.value for figure in peers if figure.value is not None])
            around = _around(told, own)
            return SpineRow(told, own, around, tuple(sorted(peers, key=lambda f: f.place.name)), spread)
    return None


def _around(told: Told, own: Figure) -> tuple[Figure, ...]:
    """The areas the place lies in, nearest first."""
    found: list[Figure] = []
    there = {f.place.area: f for f in told.figures if f.period == own.period and f.value is not None}
    here = own
    while (outer := there.get(here.place.part_of)) and outer not in found:
        found.append(outer)
        here = outer
    return tuple(found)


def spine_line(row: SpineRow) -> SpineLine:
    """A row as the page's table has it."""
    marks = (row.spread.least, row.spread.lower, row.spread.middle, row.spread.upper, row.spread.most)
    low, lower, middle, upper, high = (value_text(mark, row.told.measure) for mark in marks)
    return SpineLine(
        row.told.slug,
        row.told.name,
        period_text(row.own.period),
        show(row.own),
        tuple(map(show, row.around)),
        len(row.peers),
        (low, lower, middle, upper, high),
        tuple(map(show, row.peers)),
    )
