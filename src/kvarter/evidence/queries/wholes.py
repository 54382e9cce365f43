"""Wholes parted into categories as tables: a row for each category at each time, a column for each place."""

from __future__ import annotations

from dataclasses import dataclass

from kvarter.evidence.queries.pages import Row, column_name
from kvarter.evidence.queries.published import Published, Whole
from kvarter.evidence.showing import period_text, show


@dataclass(frozen=True)
class WholeTable:
    """A whole as a page's table has it."""

    name: str
    definition: str
    places: tuple[str, ...]
    rows: tuple[Row, ...]


def whole_tables(published: Published) -> list[WholeTable]:
    """Every whole with all its figures."""
    return [_table(whole) for whole in published.compositions]


def _table(whole: Whole) -> WholeTable:
    figures = [figure for told in whole.categories for figure in told.figures]
    places = list(dict.fromkeys(one.place for told in whole.categories for one in told.series))
    at = {(f.indicator, f.place.key, f.period): f for f in figures}
    rows = [
        Row(
            f"{period_text(period)}: {told.name.removeprefix(f'{whole.name}: ')}",
            tuple(show(f) if (f := at.get((told.slug, place.key, period))) else None for place in places),
        )
        for period in sorted({figure.period for figure in figures}, key=lambda period: period.last)
        for told in whole.categories
    ]
    names = tuple(column_name(place, places) for place in places)
    return WholeTable(whole.name, whole.categories[0].definition, names, tuple(rows))
