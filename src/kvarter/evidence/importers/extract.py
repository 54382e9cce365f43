"""What every reader gives: the figures of a file as they stand, what was found odd, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.str_]


class Status(StrEnum):
    """The status of a figure: SDMX code list CL_OBS_STATUS 2.2, and one code of our own.

    A figure is there for NORMAL, BREAK, ESTIMATED, PROVISIONAL and UNRELIABLE alone. ZERO_OR_SUPPRESSED is ours: some
    producers print the same sign for nothing and for something hidden.
    """

    NORMAL = "A"
    BREAK = "B"
    ESTIMATED = "E"
    PROVISIONAL = "P"
    UNRELIABLE = "U"
    MISSING = "O"
    CANNOT_EXIST = "M"
    NOT_COLLECTED = "L"
    SUPPRESSED = "Q"
    ZERO_OR_SUPPRESSED = "ZQ"

    @property
    def has_figure(self) -> bool:
        """Whether there is a figure to show."""
        return self in _WITH_FIGURE


_WITH_FIGURE = {Status.NORMAL, Status.BREAK, Status.ESTIMATED, Status.PROVISIONAL, Status.UNRELIABLE}


class Severity(StrEnum):
    """STOP: nothing of the file is stored. WITHHELD: the measures named are left out. NOTE: shown with the figures."""

    STOP = "stop"
    WITHHELD = "withheld"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """Something odd about a file, in words for the person who loads it: what, where, and what becomes of it.

    kind: a short name that stays the same in every language, as "swapped-labels". measures: the columns concerned.
    """

    kind: str
    severity: Severity
    told: str
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Period:
    """What day or days a figure is about, first and last; the same day for a stock counted on one day."""

    first: date
    last: date

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}/{self.last}"


@dataclass(frozen=True)
class Unit:
    """What a line of the file is about, as the producer names it.

    scheme: whose codes, as "valgsted", "kommune", "sogn", "land" or "afdeling". valid_from and valid_until (first day
    it holds no more): as the producer tells; a code is not a place. part_of: scheme and code of what it is a part of.
    as_on: the day whose borders the figures were counted or recalculated to, where the producer says so.
    """

    scheme: str
    code: str
    name: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    part_of: tuple[str, str] | None = None
    as_on: date | None = None


@dataclass(frozen=True)
class Line:
    """One line of figures: about which unit, when, and the row of the file it stands in (counted from 1).

    summed: whether the line was added up from smaller units by somebody else than the producer.
    """

    unit: Unit
    period: Period
    row: int
    summed: bool = False


@dataclass(frozen=True)
class Extract:
    """The figures of a file: amounts and statuses, shape (lines, measures); NaN where the status has no figure.

    label: what the producer calls the data, which need not be when it is about. published: when it came out, if known.
    source: the key of its source (evidence/sources.py). attribution: the sentence that must stand beside every figure.
    footnotes: what the producer says must be shown. Withheld measures are in `amounts` all the same, not to be used.
    areas: where units are named as somebody wrote them, by code or name, the address of the area that each text means
    which is neither ("" for none); None where they are a producer's own codes. makes: (indicator, part, whole) where it
    is said which columns make which indicators; else the recipes of the source say so.
    """

    source: str
    file: str
    digest: str
    label: str
    published: date | None
    lines: tuple[Line, ...]
    measures: tuple[str, ...]
    amounts: Floats
    statuses: Texts
    attribution: str
    footnotes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    areas: Mapping[str, str] | None = None
    makes: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    _places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look that the shapes fit."""
        shape = (len(self.lines), len(self.measures))
        assert self.amounts.shape == shape == self.statuses.shape, f"{self.amounts.shape} is not {shape}"
        object.__setattr__(self, "_places", {name: place for place, name in enumerate(self.measures)})

    def has(self, measure: str) -> bool:
        """Whether there is such a column."""
        return measure in self._places

    def column(self, measure: str) -> Floats:
        """A measure's amounts, one for each line."""
        found: Floats = self.amounts[:, self._places[measure]]
        return found

    def statuses_of(self, measure: str) -> Texts:
        """A measure's statuses, one for each line."""
        found: Texts = self.statuses[:, self._places[measure]]
        return found

    @property
    def stopped(self) -> tuple[Finding, ...]:
        """What keeps the whole file out."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.STOP)

    @property
    def withheld(self) -> frozenset[str]:
        """The measures that are left out."""
        kept_out: Iterable[Finding] = (one for one in self.findings if one.severity is Severity.WITHHELD)
        return frozenset(measure for finding in kept_out for measure in finding.measures)
