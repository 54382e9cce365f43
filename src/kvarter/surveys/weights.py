"""Weights that make those who answered add up to the people they were drawn from: plain data in, plain data out.

Those who answer are not a random part of those asked: the young, and those with little schooling, answer less. So the
weights of the draw (N/n) are raked to the frame's own counts of people by stratum, by gender and by age group in each
area (Deville & Särndal 1992). Groups with too few answers are joined with their neighbour first, and it is told which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl

from kvarter import effect
from kvarter.effect.weighting import Floats

LEAST_ANSWERS = 10
BY = ("stratum", "by_gender", "by_age")
_COLUMNS = {"by_gender": "gender", "by_age": "age"}


@dataclass(frozen=True)
class Method:
    """How to weight. bounds: least and largest factor on a weight, with which LOGIT is used; none: raking.
    trim: weights above this many times the median of their area are cut; none: none are.
    """

    bounds: tuple[float, float] | None = None
    trim: float | None = None


@dataclass(frozen=True)
class People:
    """How many people the frame has of one kind, in a stratum of an area."""

    area: str
    stratum: str
    gender: str
    age: str
    population: int


@dataclass(frozen=True)
class AreaWeights:
    """How the weighting went in one area. deff: of the weights (Kish); effective: answers over it."""

    area: str
    population: int
    answers: int
    deff: float
    effective: float
    smallest: float
    largest: float


@dataclass(frozen=True)
class GroupWeights:
    """How many answers stand for the people of a group: several categories of one column where they were joined.

    of_people, of_answers: its part of the area's people, and of those there who answered.
    """

    area: str
    column: str
    categories: tuple[str, ...]
    of_people: float
    of_answers: float

    @property
    def factor(self) -> float | None:
        """What the group's part of the answers is multiplied by to be its part of the people."""
        return self.of_people / self.of_answers if self.of_answers else None


@dataclass(frozen=True)
class Weighted:
    """Weights in the rows' order, and what is to be known of them.

    joined: groups that were joined for having too few answers, as ("by_age", "resten 18-29 + 30-49"). worst: the
    largest relative miss of a margin. trimmed: the share of weights that were cut. groups: what weights make up for.
    """

    weights: Floats
    method: Method
    areas: tuple[AreaWeights, ...]
    joined: tuple[tuple[str, str], ...]
    worst: float
    trimmed: float
    rounds: int
    groups: tuple[GroupWeights, ...] = ()

    def told(self) -> dict[str, Any]:
        """All but the weights themselves, as it is kept with the wave."""
        kept = {"worst": self.worst, "trimmed": self.trimmed, "rounds": self.rounds}
        return kept | {
            "method": asdict(self.method),
            "areas": [asdict(area) for area in self.areas],
            "joined": [list(one) for one in self.joined],
        }


@dataclass
class _Groups:
    """Which group each category of an area belongs to, and the groups that were joined."""

    of: dict[tuple[str, str], str] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)


def weigh(answers: pl.DataFrame, people: Sequence[People], method: Method) -> Weighted:
    """Weights of the answers (columns area, stratum, gender, age, base) that add up to the people.

    Raises kvarter.effect.NoSolution or BadData where a stratum has no answers, or bounds cannot be kept.
    """
    groups = {column: _grouped(answers, people, name) for column, name in _COLUMNS.items()}
    frame = answers.with_columns(_labels(answers, groups[column], name, column) for column, name in _COLUMNS.items())
    margins = effect.Margins({(name,): _counted(people, groups, name) for name in BY}, {})
    way = "logit" if method.bounds else "raking"
    found = effect.calibrate(frame, effect.Design(weights="base"), margins, method=way, bounds=method.bounds)
    weights, cut = _trimmed(frame, found.weights, method.trim)
    return Weighted(
        weights,
        method,
        tuple(area_weights(frame, people, weights)),
        tuple((column, said) for column, held in groups.items() for said in held.joined),
        _worst(frame, margins, weights),
        cut,
        int(found.diagnostics["rounds"]),
        tuple(_beside(answers, people, groups)),
    )


def _grouped(answers: pl.DataFrame, people: Sequence[People], name: str) -> _Groups:
    """The categories of each area, those with too few answers joined with their smaller neighbour."""
    held = _Groups()
    for area in sorted({one.area for one in people}):
        known = sorted({getattr(one, name) for one in people if one.area == area and one.population})
        own = answers.filter(pl.col("area") == area)[name]
        counts = {category: int((own == category).sum()) for category in known}
        for group in _joined(known, counts):
            label = f"{area} {' + '.join(group)}"
            held.of |= {(area, category): label for category in group}
            held.joined += [label] if len(group) > 1 else []
    return held


def _joined(order: Sequence[str], counts: Mapping[str, int]) -> list[list[str]]:
    groups = [[one] for one in order]
    while len(groups) > 1:
        sizes = [sum(counts[one] for one in group) for group in groups]
        least = int(np.argmin(sizes))
        if sizes[least] >= LEAST_ANSWERS:
            break
        beside = [at for at in (least - 1, least + 1) if 0 <= at < len(groups)]
        other = min(beside, key=lambda at: sizes[at])
        first, second = sorted((least, other))
        groups[first : second + 1] = [groups[first] + groups[second]]
    return groups


def _beside(answers: pl.DataFrame, people: Sequence[People], groups: Mapping[str, _Groups]) -> Iterable[GroupWeights]:
    """Each group's part of its area's people and of its answers, before weighting."""
    for column, name in _COLUMNS.items():
        for label in dict.fromkeys(groups[column].of.values()):
            among = [key for key, own in groups[column].of.items() if own == label]
            area, categories = among[0][0], tuple(sorted((one for _area, one in among), key=lambda one: (not one, one)))
            here = [one for one in people if one.area == area]
            own = answers.filter(pl.col("area") == area)
            inside = sum(one.population for one in here if getattr(one, name) in categories)
            answered = float(own[name].is_in(categories).sum()) / max(own.height, 1)
            yield GroupWeights(area, name, categories, inside / sum(one.population for one in here), answered)


def _labels(answers: pl.DataFrame, groups: _Groups, name: str, column: str) -> pl.Series:
    pairs = zip(answers["area"].to_list(), answers[name].to_list(), strict=True)
    return pl.Series(column, [groups.of.get(pair, f"{pair[0]} {pair[1]}") for pair in pairs])


def _counted(people: Iterable[People], groups: Mapping[str, _Groups], name: str) -> dict[tuple[str], float]:
    counts: dict[tuple[str], float] = {}
    for one in people:
        if one.population:
            key = one.stratum if name == "stratum" else groups[name].of[one.area, getattr(one, _COLUMNS[name])]
            counts[(key,)] = counts.get((key,), 0.0) + one.population
    return counts


def _trimmed(frame: pl.DataFrame, weights: Floats, most: float | None) -> tuple[Floats, float]:
    """Weights cut area by area, so that an area's sum is kept."""
    if most is None:
        return weights, 0.0
    found, cut = weights.copy(), 0.0
    areas = frame["area"].to_numpy()
    for area in np.unique(areas):
        own = areas == area
        found[own], share = effect.trimmed(weights[own], largest=most)
        cut += share * own.mean()
    return found, float(cut)


def _worst(frame: pl.DataFrame, margins: effect.Margins, weights: Floats) -> float:
    """The largest relative miss of any margin."""
    weighted = frame.with_columns(pl.Series(" w", weights))
    misses = [0.0]
    for (name,), counts in margins.counts.items():
        sums = dict(weighted.group_by(name).agg(pl.col(" w").sum()).iter_rows())
        misses += [abs(sums.get(key, 0.0) - wanted) / wanted for (key,), wanted in counts.items()]
    return float(max(misses))


def area_weights(frame: pl.DataFrame, people: Sequence[People], weights: Floats) -> Iterable[AreaWeights]:
    """How weights are spread in each area, in the order of their addresses."""
    areas = frame["area"].to_numpy()
    for area in sorted({one.area for one in people}):
        own = weights[areas == area]
        if not own.size:
            continue
        deff = float(own.size * (own @ own) / own.sum() ** 2)
        population = sum(one.population for one in people if one.area == area)
        yield AreaWeights(area, population, own.size, deff, own.size / deff, float(own.min()), float(own.max()))
