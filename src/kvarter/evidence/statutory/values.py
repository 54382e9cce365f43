"""An area's figures as they were counted, year by year, and exact means of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Count:
    """A year's share as it was counted: so many of so many.

    part may be a fraction, for attachment to work is counted in full-time persons. Raises ValueError for a part that is
    not between nothing and the whole.
    """

    year: int
    part: Fraction | int
    whole: int

    def __post_init__(self) -> None:
        """Look that it is a share."""
        if self.whole <= 0 or not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} in {self.year} is not a share")

    @property
    def amount(self) -> Fraction:
        """The share."""
        return Fraction(self.part) / self.whole


@dataclass(frozen=True)
class Mean:
    """A year's mean, as of gross income, in the unit of the figure it is compared with."""

    year: int
    amount: Fraction


Yearly = Count | Mean
# A lone fraction is what the caller has already made the mean of, and says nothing of its years.
Given = Fraction | tuple[Yearly, ...]
# The country's or region's figure, for the year it is asked for, or by year.
Input = Fraction | Mapping[int, Fraction]


def newest(given: Given | None, years: int) -> tuple[Yearly, ...]:
    """The newest so many years of an area's figures, oldest first; none when they do not follow on each other."""
    if given is None or isinstance(given, Fraction):
        return ()
    last = tuple(sorted(given, key=lambda one: one.year))[-years:]
    whole = len(last) == years and all(one.year == last[0].year + place for place, one in enumerate(last))
    return last if whole else ()


def figure_of(given: Given | None, years: int) -> Fraction | None:
    """The mean of the newest so many years' figures, or None where a year lacks: one year is never taken for two."""
    if isinstance(given, Fraction):
        return given
    parts = newest(given, years)
    return sum((one.amount for one in parts), Fraction(0)) / years if parts else None


def base_of(told: Input | None, parts: tuple[Yearly, ...]) -> Fraction | None:
    """The country's or region's figure of the same years as the area's; None where a year of it is not given."""
    if told is None or isinstance(told, Fraction):
        return told
    if not parts or any(one.year not in told for one in parts):
        return None
    return sum((told[one.year] for one in parts), Fraction(0)) / len(parts)
