"""The report as of a wave: what is published, without the figures of later years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from kvarter.evidence.queries.published import Published, Told


class NoSuchWave(Exception):
    """There are no published figures of that year, or none at all. The text names the years there are."""


@dataclass(frozen=True)
class AsOf(Published):
    """What is published as it was known of a year and those before; of every year where there is none."""

    year: int | None = None

    @cached_property
    def indicators(self) -> dict[str, Told]:
        """Every indicator with a figure by then, by address."""
        every = Published(self.documents, self.language)
        return every.indicators if self.year is None else dict(_until(every, self.year))


def years_of(published: Published) -> list[int]:
    """The years that have published figures, oldest first."""
    found = (figure.period.last.year for figure in published.figures.values() if figure.value is not None)
    return published.kept(("years of figures",), lambda: sorted(set(found)))


def as_of(published: Published, year: int | None) -> AsOf:
    """What is published of a year and those before.

    Raises NoSuchWave where nothing is published, or nothing of that very year.
    """
    years = years_of(published)
    if not years:
        raise NoSuchWave(_("Der er ikke offentliggjort tal endnu, så der er ingen rapport."))
    if year is not None and year not in years:
        facts = {"year": year, "years": ", ".join(map(str, years))}
        raise NoSuchWave(_("Der er ikke offentliggjort tal for %(year)s. Der er tal for %(years)s.") % facts)
    return published.kept(("as of", year), lambda: AsOf(published.documents, published.language, year))


def _until(published: Published, year: int) -> Iterator[tuple[str, Told]]:
    differences = published.differences_until(date(year, 12, 31))
    for slug, told in published.indicators.items():
        figures = tuple(figure for figure in told.figures if figure.period.last.year <= year)
        places = {figure.place.key for figure in figures}
        if figures:
            yield (
                slug,
                replace(
                    told,
                    figures=figures,
                    cuts=tuple(figure for figure in told.cuts if figure.period.last.year <= year),
                    peers=tuple(figure for figure in told.peers if figure.period.last.year <= year),
                    differences=differences.get(slug, ()),
                    shares=tuple(share for share in told.shares if share.whole_key in places),
                ),
            )
