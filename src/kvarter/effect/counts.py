"""Figures that are counted in full: shares, how far on the way, how near a forecast came. No sampling, no interval.

An electorate or a register is everybody, so nothing here has a standard error; what may be wrong with such a figure is
how it was counted, and that belongs in its label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import quantiles

from kvarter.effect.errors import BadData


class Direction(StrEnum):
    """What the partners want of an item: more, less, to keep it within a margin, or nothing in particular."""

    MORE = "more"
    LESS = "less"
    MAINTAIN = "maintain"
    NONE = "none"


def share(numerator: float, denominator: float) -> float:
    """numerator / denominator, as `estimate` gives for the same counts as weights. Raises BadData outside 0 to 1.

    A numerator may pass its denominator by a rounding error of one in a million, where areas were recalculated.
    """
    if not (math.isfinite(numerator) and math.isfinite(denominator)) or denominator <= 0:
        raise BadData(f"{numerator:g} of {denominator:g} is no share; the denominator must be above 0")
    if numerator < 0 or numerator > denominator * (1 + 1e-6):
        raise BadData(f"{numerator:g} of {denominator:g} is no share; the part must lie between 0 and the whole")
    return min(numerator / denominator, 1.0)


def mean(total: float, count: float) -> float:
    """total / count. Raises BadData for a count of nothing."""
    if not (math.isfinite(total) and math.isfinite(count)) or count <= 0:
        raise BadData(f"{total:g} over {count:g} is no mean; the count must be above 0")
    return total / count


@dataclass(frozen=True)
class Spread:
    """How places that each count once lie about one another: the least and the most, and the quarters between."""

    least: float
    lower: float
    middle: float
    upper: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of the figures of places, whatever their size; quartiles of type 7 (Hyndman & Fan 1996, R's own).

    Raises BadData for fewer than two figures, or one that is not a number.
    """
    if len(values) < 2 or not all(map(math.isfinite, values)):
        raise BadData(f"A spread takes at least two figures that are numbers; {len(values)} were given.")
    lower, middle, upper = quantiles(values, n=4, method="inclusive")
    return Spread(min(values), lower, middle, upper, max(values))


def progress(baseline: float, now: float, target: float, direction: Direction) -> float | None:
    """How far from the baseline to the target: (now - baseline) / (target - baseline); below 0 is the wrong way.

    None where there is no way to go: to maintain, no direction agreed, a target on the wrong side of the baseline or
    equal to it. Never capped: past the target is past it.
    """
    road = target - baseline
    if direction in (Direction.MAINTAIN, Direction.NONE) or road == 0 or (road > 0) != (direction is Direction.MORE):
        return None
    return (now - baseline) / road


def skill(forecast: float, actual: float, before: float) -> float | None:
    """How much nearer a forecast came than "as last time": 1 - |forecast - actual| / |before - actual|.

    1 is right on it, 0 no better than the last figure, below 0 worse (Murphy, Skill scores based on the mean square
    error, Monthly Weather Review 116, 1988, here with absolute errors). None when nothing moved.
    """
    moved = abs(before - actual)
    return None if moved == 0 else 1 - abs(forecast - actual) / moved
