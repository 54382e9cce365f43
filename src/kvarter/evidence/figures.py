"""What a published figure is: a value that cannot be had without its birth certificate.

A Figure is made from one entry of a publication's document, never typed. It holds its own source, dates, base and
method; pages, charts, exports and feeds show figures through `text` and `certificate` alone, and have both or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from kvarter.evidence.importers.extract import Period, Status


class Counted(StrEnum):
    """How a figure came about, and so whether an interval belongs to it.

    FULL: everybody is counted; there is no sampling error, and no interval. SAMPLE: some were asked; there is always an
    interval. OUTSIDE: published by others without what an interval would take; there is none, and no verdict either.
    """

    FULL = "full"
    SAMPLE = "sample"
    OUTSIDE = "outside"


class Measure(StrEnum):
    """What the value is: a share between 0 and 1, a mean on a scale, a count of something, or an amount in kroner."""

    SHARE = "share"
    MEAN = "mean"
    COUNT = "count"
    AMOUNT = "amount"


def can_be(measure: str, value: float) -> bool:
    """Whether a figure of this kind can have the value: a share is from 0 to 1, and nothing is counted below 0."""
    if measure == Measure.SHARE:
        return 0 <= value <= 1
    return measure != Measure.COUNT or value >= 0


class Flow(StrEnum):
    """Whether figures of several periods may be added: what happened, what there was on a day, what there is so far.

    ASKED is none of them: what people said over the weeks that they were asked, which no day and no sum belongs to.
    """

    FLOW = "flow"
    STOCK = "stock"
    CUMULATIVE = "cumulative"
    ASKED = "asked"


@dataclass(frozen=True)
class SourceFacts:
    """Where figures come from, as told in a publication, in the reader's language.

    attribution_lang: the language of that sentence where it is another than the reader's. danish: the other texts that
    are in Danish for want of the reader's language.
    """

    key: str
    producer: str
    title: str
    method: str
    limits: str
    attribution: str
    counted: Counted
    attribution_lang: str = ""
    danish: tuple[str, ...] = ()

    def lang_of(self, name: str) -> str:
        """The language of a text where it is another than the reader's, else nothing."""
        return "da" if name in self.danish else ""


@dataclass(frozen=True)
class Place:
    """A version of an area, as told in a publication. until: the first day it holds no more. from_day as well may be
    unknown. is_area: the partnership's own area; is_reference: what it is compared with. part_of: the area it lies in.
    is_peer: it stands in the row of areas that the partnership's own is seen among.
    """

    key: str
    area: str
    name: str
    from_day: date | None
    until: date | None
    is_area: bool = False
    is_reference: bool = False
    part_of: str = ""
    is_peer: bool = False


@dataclass(frozen=True)
class Figure:
    """One published figure with everything that must stand beside it.

    value: None where `status` has no figure. numerator, denominator: what a share or mean is made of. n: how many
    answered, of a sample (None where unknown). low, high: the 95 % interval of a sample. label: what the producer calls
    the data; published: when the producer published it; publication: number of ours; digest: of that publication.
    cut: which part of the people it is of, as "age=30-49;gender=f" ("": all); cut_name: the same in words. synthetic:
    made up for a demonstration. base: what numerator and denominator count, as "people" ("": not told). population: of
    others' figures, those it is of in the publisher's sense, whose border need not be ours. broken: why it is not to be
    compared with those before.
    """

    indicator: str
    measure: Measure
    place: Place
    period: Period
    status: Status
    value: float | None
    counted: Counted
    source: SourceFacts
    label: str
    published: date | None
    publication: int
    digest: str
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    invited: int | None = None
    low: float | None = None
    high: float | None = None
    notes: tuple[str, ...] = ()
    processed: bool = False
    cut: str = ""
    cut_name: str = ""
    synthetic: bool = False
    base: str = ""
    population: str = ""
    broken: str = ""

    def __post_init__(self) -> None:
        """Refuse a figure that claims what it has not, or lacks what it must have."""
        has = self.value is not None
        interval = self.low is not None and self.high is not None
        if has != self.status.has_figure:
            raise ValueError(f"{self.key}: a value and the status {self.status} do not go together")
        if self.counted is Counted.SAMPLE and has and not (interval and self.n):
            raise ValueError(f"{self.key}: a sample's figure needs its interval and how many answered")
        if self.counted is not Counted.SAMPLE and interval:
            raise ValueError(f"{self.key}: only a sample's figure has an interval")
        if self.measure is Measure.SHARE and self.counted is Counted.FULL and has and not self.denominator:
            raise ValueError(f"{self.key}: a share needs what it is a share of, never a bare per cent")

    @cached_property
    def words(self) -> dict[str, object]:
        """The figure in a reader's words, by language: made once, by `showing.show`."""
        return {}

    @property
    def is_break(self) -> bool:
        """Whether it is not to be compared with those before."""
        return bool(self.broken) or self.status is Status.BREAK

    @property
    def recalculated(self) -> bool:
        """Whether it is about a day before its place was what it is: its producer has worked it out for new borders."""
        begins = self.place.from_day
        return self.counted is Counted.FULL and begins is not None and self.period.last < begins

    @property
    def key(self) -> str:
        """Its name within everything published: the same place, time, people and indicator have the same."""
        return figure_key(self.indicator, self.place.key, self.period.first.isoformat(), self.cut)


def figure_key(indicator: str, place: str, first: str, cut: str = "") -> str:
    """A figure's name within everything published."""
    return "/".join(part for part in (indicator, place, first, cut) if part)


class Between(StrEnum):
    """What two figures a difference is between.

    CHANGE: of one place, from one wave to a later. GAP: a place and what it is compared with, in one wave. GAP_CHANGE:
    how that gap has moved from one wave to a later.
    """

    CHANGE = "change"
    GAP = "gap"
    GAP_CHANGE = "gap_change"


@dataclass(frozen=True)
class Difference:
    """A difference between figures of samples, tested as a difference: never read off two intervals.

    value: last less first, or place less other, in the figures' unit. low, high: its 95 % interval. verdict: a value of
    `effect.Verdict`, by the test adjusted over the `together` differences judged at once. smallest: what would have
    been seen four times in five. first: None for a gap. other: None for a change.
    """

    indicator: str
    measure: Measure
    between: Between
    place: Place
    other: Place | None
    first: Period | None
    last: Period
    value: float
    low: float
    high: float
    p_adjusted: float
    verdict: str
    smallest: float
    together: int
    publication: int
    synthetic: bool = False

    def __post_init__(self) -> None:
        """Refuse a difference that does not say between what."""
        if (self.first is None) is not (self.between is Between.GAP):
            raise ValueError(f"{self.indicator}: a {self.between} and two waves do not go together")
        if (self.other is None) is not (self.between is Between.CHANGE):
            raise ValueError(f"{self.indicator}: a {self.between} and another place do not go together")


@dataclass(frozen=True)
class Series:
    """The figures of one indicator for one version of an area, oldest first.

    joined: the key of the place whose series may be drawn on into this one, over a mapping that must be shown; "" none.
    """

    place: Place
    figures: tuple[Figure, ...]
    joined: str = ""
