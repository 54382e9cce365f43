"""What is published, as pages need it: read from the documents alone, never from what was taken in."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from kvarter.agreements.models import Partnership
from kvarter.effect import counts
from kvarter.evidence.documents import Document, in_effect, read_document, words
from kvarter.evidence.figures import Between, Difference, Figure, Measure, Place, Series
from kvarter.evidence.importers.extract import Period
from kvarter.evidence.models import Publication
from kvarter.people.policy import Actor, visible

T = TypeVar("T")
_KEPT: dict[int, tuple[str, Document]] = {}
# What was read of the same documents in the same language is the same for ever: kept, so that pages are made quickly.
_READ: dict[tuple[str, ...], Published] = {}
_MOST_READ = 64


@dataclass(frozen=True)
class ShareOfUnit:
    """How much of a reported unit the area is. whole_key: the unit, as a place of figures. part_on, whole_on: when each
    of the two was counted, None where that is not told.
    """

    part: str
    whole: str
    basis: str
    of_part: float
    of_whole: float
    source: str
    whole_key: str = ""
    part_on: Period | None = None
    whole_on: Period | None = None

    @property
    def share(self) -> float:
        return counts.share(self.of_part, self.of_whole)


@dataclass(frozen=True)
class Aim:
    """What was decided of an indicator, as told in a publication."""

    direction: counts.Direction
    margin: float | None
    baseline: float | None
    target: float | None
    target_by: date | None
    decision: str
    decided_on: date
    agreement: str
    version: int


@dataclass(frozen=True)
class Told:
    """An indicator as told in the newest publication that holds it, with all its figures that hold.

    figures: of everybody in a place; cuts: of a part of them, as those of an age; peers: of the areas it is seen among.
    differences: those judged in the newest publication that judged any. composition: the whole that it is one category
    of, by address.
    """

    slug: str
    theme: str
    name: str
    definition: str
    respondents: str
    known_issues: str
    measure: Measure
    flow: str
    grade: str
    criterion: str
    owner: str | None
    decision: str
    clauses: tuple[Mapping[str, str], ...]
    aim: Aim | None
    position: int
    figures: tuple[Figure, ...]
    shares: tuple[ShareOfUnit, ...]
    joins: tuple[tuple[str, str], ...]
    cuts: tuple[Figure, ...] = ()
    differences: tuple[Difference, ...] = ()
    peers: tuple[Figure, ...] = ()
    composition: str = ""

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """Its figures by version of an area, oldest first; the partnership's own area first, then its reference."""
        found: dict[str, list[Figure]] = {}
        for figure in self.figures:
            found.setdefault(figure.place.key, []).append(figure)
        every = [_series(figures, found, self.joins) for figures in found.values()]
        return tuple(sorted(every, key=lambda one: (_rank(one.place), one.place.name, str(one.place.from_day))))

    @property
    def every(self) -> tuple[Figure, ...]:
        """All its figures, those of parts of the people and of areas in the row too."""
        return (*self.figures, *self.cuts, *self.peers)

    def latest(self, *, area: bool) -> Figure | None:
        """The newest figure there is of the partnership's own area, or of its reference at that same time."""
        own = [figure for figure in self.figures if figure.place.is_area and figure.value is not None]
        last = max(own, key=lambda figure: figure.period.last, default=None)
        if area or last is None:
            return last
        there = [f for f in self.figures if f.place.is_reference and f.period == last.period and f.value is not None]
        return there[0] if there else None

    def difference(self, between: Between) -> Difference | None:
        """The newest judged difference of the partnership's own area; of several as new, over the longest time."""
        own = [one for one in self.differences if one.between is between and one.place.is_area]
        return max(own, key=lambda one: (one.last.last, -_start(one)), default=None)

    @property
    def holder(self) -> Figure | None:
        """The newest figure of a larger unit that the area is a known share of, where there is none of its own."""
        units = {share.whole_key for share in self.shares}
        there = [figure for figure in self.figures if figure.place.key in units and figure.value is not None]
        newest = max(there, key=lambda figure: figure.period.last, default=None)
        return None if self.latest(area=True) else newest

    def beside(self, figure: Figure) -> Figure | None:
        """What a figure is compared with, at the same time: the area's reference, else the area it lies in."""
        there = [f for f in self.figures if f.period == figure.period and f.value is not None]
        named = [f for f in there if f.place.is_reference and figure.place.is_area]
        around = [f for f in there if f.place.area == figure.place.part_of]
        return next(iter([*named, *around]), None)

    @property
    def progress(self) -> float | None:
        """How far from baseline to target; None where none is agreed or the indicator is to be maintained."""
        last = self.latest(area=True)
        if self.aim is None or last is None or last.value is None:
            return None
        if self.aim.baseline is None or self.aim.target is None:
            return None
        return counts.progress(self.aim.baseline, last.value, self.aim.target, self.aim.direction)


@dataclass(frozen=True)
class Whole:
    """A whole parted into categories. counted: people, households or dwellings. grounds: of the design effect."""

    slug: str
    name: str
    grounds: str
    counted: str
    design_effect: float
    position: int
    categories: tuple[Told, ...]


def _series(figures: list[Figure], every: Mapping[str, list[Figure]], joins: tuple[tuple[str, str], ...]) -> Series:
    place = figures[0].place
    joined = next((part for part, whole in joins if whole == place.key and part in every), "")
    return Series(place, tuple(sorted(figures, key=lambda figure: figure.period.last)), joined)


def _by_indicator(differences: Iterable[Difference]) -> dict[str, list[Difference]]:
    found: dict[str, list[Difference]] = {}
    for one in differences:
        found.setdefault(one.indicator, []).append(one)
    return found


def _start(one: Difference) -> int:
    return one.first.first.toordinal() if one.first else 0


def _rank(place: Place) -> int:
    return 0 if place.is_area else 1 if place.is_reference else 2


@dataclass(frozen=True)
class Published:
    """Everything a partnership has published, in a language."""

    documents: tuple[Document, ...]
    language: str

    @cached_property
    def _made(self) -> dict[tuple[Hashable, ...], Any]:
        return {}

    def kept(self, name: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """What a page makes of it, made once. name: everything it depends on but the documents and their language."""
        if name not in self._made:
            self._made[name] = make()
        found: T = self._made[name]
        return found

    @cached_property
    def holding(self) -> list[Document]:
        """The documents whose figures hold, oldest first."""
        return in_effect(self.documents)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure that holds, by its key: that of the newest publication."""
        return {figure.key: figure for document in self.holding for figure in document.figures(self.language)}

    @cached_property
    def indicators(self) -> dict[str, Told]:
        """Every indicator with a figure, by address."""
        by_indicator: dict[str, list[Figure]] = {}
        for figure in self.figures.values():
            by_indicator.setdefault(figure.indicator, []).append(figure)
        return {slug: self._told(slug, figures) for slug, figures in by_indicator.items()}

    @cached_property
    def differences(self) -> dict[str, tuple[Difference, ...]]:
        """The differences that hold, by indicator: all waves are judged anew each time, so the newest holds."""
        return self.differences_until(date.max)

    def differences_until(self, day: date) -> dict[str, tuple[Difference, ...]]:
        """The differences as judged of what was known by a day, by indicator: those of the newest publication that
        judged nothing later. Of one that did, only where there is no other: it judges the gap of its own last wave
        alone.
        """
        found: dict[str, tuple[Difference, ...]] = {}
        of_then: set[str] = set()
        for document in self.holding:
            for slug, every in _by_indicator(document.differences(self.language)).items():
                known = tuple(one for one in every if one.last.last <= day)
                if known and (len(known) == len(every) or slug not in of_then):
                    found[slug] = known
                    of_then |= {slug} if len(known) == len(every) else set()
        return found

    @cached_property
    def compositions(self) -> tuple[Whole, ...]:
        """The wholes that are parted into categories, with their categories in order."""
        told = {slug: facts for d in self.holding for slug, facts in d.content.get("compositions", {}).items()}
        found = [self._whole(slug, facts) for slug, facts in told.items()]
        return tuple(sorted((one for one in found if one.categories), key=lambda one: (one.position, one.slug)))

    def _whole(self, slug: str, facts: Mapping[str, Any]) -> Whole:
        own = [told for told in self.indicators.values() if told.composition == slug]
        return Whole(
            slug,
            words(facts["name"], self.language),
            words(facts["grounds"], self.language),
            facts["counted"],
            facts["design_effect"],
            facts["position"],
            tuple(sorted(own, key=lambda told: (told.position, told.slug))),
        )

    def of_theme(self, theme: str, *, categories: bool = False) -> list[Told]:
        """A theme's indicators in order; those that are categories of a whole where they are asked for."""
        every = [told for told in self.indicators.values() if told.theme == theme]
        own = [told for told in every if categories or not told.composition]
        return sorted(own, key=lambda told: (told.position, told.name))

    def _told(self, slug: str, figures: list[Figure]) -> Told:
        newest = next(d for d in reversed(self.holding) if slug in d.content["indicators"])
        facts = newest.content["indicators"][slug]
        shares, joins = self._shares(figures)
        said = ("name", "definition", "respondents", "known_issues")
        told: dict[str, Any] = {name: words(facts[name], self.language) for name in said}
        told |= {name: facts[name] for name in ("theme", "flow", "grade", "criterion", "owner", "decision", "position")}
        return Told(
            slug=slug,
            measure=Measure(facts["measure"]),
            clauses=tuple(facts["clauses"]),
            aim=_aim(facts["aim"]),
            figures=tuple(figure for figure in figures if not figure.cut and not figure.place.is_peer),
            cuts=tuple(figure for figure in figures if figure.cut),
            peers=tuple(figure for figure in figures if figure.place.is_peer and not figure.cut),
            composition=facts.get("composition", ""),
            differences=self.differences.get(slug, ()),
            shares=shares,
            joins=joins,
            **told,
        )

    def _shares(self, figures: list[Figure]) -> tuple[tuple[ShareOfUnit, ...], tuple[tuple[str, str], ...]]:
        found: dict[tuple[str, str, str], ShareOfUnit] = {}
        joins: set[tuple[str, str]] = set()
        wanted = {figure.place.key for figure in figures}
        for document in self.holding:
            for key, told in document.content["areas"].items():
                for share in told["shares"] if key in wanted else ():
                    found[key, share["part_version"], share["basis"]] = ShareOfUnit(
                        words(share["part"], self.language),
                        words(told["name"], self.language),
                        **{name: share[name] for name in ("basis", "of_part", "of_whole")},
                        source=_source_of(share["source"], self.language),
                        whole_key=key,
                        part_on=_year_or_day(share.get("part_on", "")),
                        whole_on=_year_or_day(share.get("whole_on", "")),
                    )
                    if share["joins"]:
                        joins.add((share["part_version"], key))
        return tuple(found.values()), tuple(sorted(joins))


def _source_of(told: str | Mapping[str, str], language: str) -> str:
    """The source of a share in a language; the first publications have it in Danish alone."""
    return told if isinstance(told, str) else words(told, language)


def _year_or_day(text: str) -> Period | None:
    """A year ("2005") or a day ("2010-01-01") as a period; nothing for neither."""
    if not text:
        return None
    if len(text) == len("2005"):
        return Period(date(int(text), 1, 1), date(int(text), 12, 31))
    return Period(date.fromisoformat(text), date.fromisoformat(text))


def _aim(told: Mapping[str, Any] | None) -> Aim | None:
    if told is None:
        return None
    return Aim(
        counts.Direction(told["direction"]),
        told["margin"],
        told["baseline"],
        told["target"],
        date.fromisoformat(told["target_by"]) if told["target_by"] else None,
        told["decision"],
        date.fromisoformat(told["decided_on"]),
        told["agreement"],
        told["version"],
    )


def published_of(person: Actor, partnership: Partnership, language: str) -> Published:
    """What a partnership has published and someone may see.

    One SQL query, and one more for documents this process has not read yet: they never change, and are kept.
    """
    rows = visible(person, Publication.objects.filter(partnership=partnership))
    digests = dict(rows.values_list("pk", "digest"))
    key = (language, *digests.values())
    if key not in _READ:
        while len(_READ) >= _MOST_READ:
            _READ.pop(next(iter(_READ)))
        _READ[key] = Published(tuple(_documents(digests)), language)
    return _READ[key]


def _documents(digests: Mapping[int, str]) -> Iterable[Document]:
    unread = [pk for pk, digest in digests.items() if _KEPT.get(pk, ("",))[0] != digest]
    for pk, text in Publication.objects.filter(pk__in=unread).values_list("pk", "document") if unread else ():
        _KEPT[pk] = digests[pk], read_document(text)
    while len(_KEPT) > 1000:  # the oldest are read again when they are wanted
        _KEPT.pop(next(iter(_KEPT)))
    return [_KEPT[pk][1] for pk in digests if pk in _KEPT]
