"""Planning a wave: can we see it, how many must answer, and how many from each area.

All variances have the finite population correction, since a wave may ask much of a small area: with N people, n
answers, standard deviation S and design effect d (of the design over simple random sampling of as many), an estimate
has variance d S^2 (1/n - 1/N) (Cochran 1977, Sampling Techniques, ch. 2 and 4; Kish 1965). Those who answer are taken
to be a random part of those asked; no sample size mends it if they are not.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from kvarter.effect.errors import BadDesign, NotAnswerable

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Wave:
    """What a wave is like: people in the population, the share of those asked who answer, and the design effect.

    Raises BadDesign for what cannot be.
    """

    population: int
    response_rate: float
    design_effect: float = 1.0

    def __post_init__(self) -> None:
        if self.population < 2 or not 0 < self.response_rate <= 1 or not self.design_effect > 0:
            raise BadDesign(
                "A wave needs a `population` of two or more, a `response_rate` above 0 and at most 1 (not per cent), "
                "and a `design_effect` above 0."
            )

    def asked(self, answers: int) -> int:
        """How many to ask for so many answers."""
        return ceil(answers / self.response_rate - 1e-9)


@dataclass(frozen=True)
class SampleSize:
    """`answers` that are needed, how many to ask for them, and whether there are that many to ask."""

    answers: int
    asked: int
    reachable: bool


def share_sd(share: float, population: int) -> float:
    """Standard deviation of a yes/no answer among N people: sqrt(p (1 - p) N / (N - 1)); 0.5 is the safe guess."""
    if not 0 <= share <= 1:
        raise BadDesign(f"A share of {share} is not between 0 and 1: divide per cent by 100.")
    return sqrt(share * (1 - share) * population / (population - 1))


def margin(answers: int, sd: float, wave: Wave, level: float = 0.95) -> float:
    """Half the width of the interval with so many answers: z sqrt(d S^2 (1/n - 1/N)), in the units of `sd`.

    Raises BadDesign for no answers, or more than the population.
    """
    _check_answers(answers, wave)
    return _z(level) * sqrt(wave.design_effect * sd**2 * (1 / answers - 1 / wave.population))


def answers_for_margin(wanted: float, sd: float, wave: Wave, level: float = 0.95) -> SampleSize:
    """The fewest answers with at most this margin: 1/n = (e/z)^2 / (d S^2) + 1/N, rounded up (Cochran 1977, 4.4).

    Raises BadDesign for a margin or standard deviation not above zero.
    """
    if not wanted > 0 or not sd > 0:
        raise BadDesign("The wanted margin and `sd` must be above zero.")
    inverse = (wanted / _z(level)) ** 2 / (wave.design_effect * sd**2) + 1 / wave.population
    return _size(ceil(1 / inverse - 1e-9), wave)


@dataclass(frozen=True)
class Last:
    """The last wave's estimate: its value, standard deviation of the answers and number of answers."""

    estimate: float
    sd: float
    answers: int


@dataclass(frozen=True)
class Panel:
    """People who answer both waves: their share of the new wave's answers, and the correlation of their two answers.

    The overlap can be no larger than the last wave: the share is of the answers up to that.
    """

    overlap: float
    correlation: float

    def __post_init__(self) -> None:
        if not 0 <= self.overlap <= 1 or not -1 <= self.correlation <= 1:
            raise BadDesign("A panel's `overlap` must be between 0 and 1 and its `correlation` between -1 and 1.")


def change_error(
    answers: int, last: Last, wave: Wave, sd: float | None = None, panel: Panel | None = None, *, finite: bool = False
) -> float:
    """Standard error of the change from the last wave to one with so many answers, in the units of `sd`.

    sqrt(d (S1^2 / n1 + S2^2 / n2 - 2 r S1 S2 m / (n1 n2))) with m people in both waves (Kish, Survey Sampling, 1965,
    12.4). No finite population correction is taken, as `change` takes none: the waves are years apart, and what is
    judged is the process behind a population that moves. `finite` takes it, for N people who stay the same:
    sqrt(d (S1^2 (1/n1 - 1/N) + S2^2 (1/n2 - 1/N) - 2 r S1 S2 (m / (n1 n2) - 1/N))) (Tam 1984, The American
    Statistician 38:288). Without a `panel` the waves are drawn independently, and the last term is zero. `sd` of the
    new wave is the last one's unless given. Raises BadDesign for no answers, or more than the population.
    """
    _check_answers(answers, wave)
    _check_answers(last.answers, wave)
    return float(_change_errors(np.array([float(answers)]), last, wave, sd, panel, finite)[0])


def _change_errors(
    n: FloatArray, last: Last, wave: Wave, sd: float | None, panel: Panel | None, finite: bool
) -> FloatArray:
    whole, before = wave.population, float(last.answers)
    new = last.sd if sd is None else sd
    left = 1 / whole if finite else 0.0
    variance = last.sd**2 * (1 / before - left) + new**2 * (1 / n - left)
    if panel is not None:
        # Two samples that together are more than the population share at least the excess.
        both = np.clip(panel.overlap * n, np.maximum(before + n - whole, 0), np.minimum(before, n))
        variance = variance - 2 * panel.correlation * last.sd * new * (both / (before * n) - left)
    return np.asarray(np.sqrt(wave.design_effect * np.maximum(variance, 0.0)))


def power(change: float, error: float, level: float = 0.95) -> float:
    """The chance of a two-sided test at 1 - level seeing this change: Phi(|c|/se - z) + Phi(-|c|/se - z)."""
    if error == 0:
        return 1.0 if change else 0.0
    return float(_powers(change, np.array([error]), level)[0])


def _powers(change: float, errors: FloatArray, level: float) -> FloatArray:
    ratio = abs(change) / np.maximum(errors, np.finfo(float).tiny)
    return np.asarray(norm.cdf(ratio - _z(level)) + norm.cdf(-ratio - _z(level)))


def smallest_change(error: float, level: float = 0.95, wanted_power: float = 0.8) -> float:
    """The smallest change seen with this power: (z_level + z_power) se, 2.80 se for 95 % and 80 %."""
    return (_z(level) + _z_power(wanted_power)) * error


@dataclass(frozen=True)
class Sight:
    """Whether a target can be seen: with which power, and what is the smallest change that can be.

    `error` is the standard error of the change with `answers` answers. `needed` is the least sample that would see
    the target, None where not even everybody's answer would.
    """

    seen: bool
    power: float
    error: float
    smallest_change: float
    answers: int
    needed: SampleSize | None


def can_we_see_it(
    target: float,
    last: Last,
    wave: Wave,
    asked: int,
    *,
    sd: float | None = None,
    panel: Panel | None = None,
    level: float = 0.95,
    wanted_power: float = 0.8,
    finite: bool = False,
) -> Sight:
    """Whether a wave that asks so many people would see a change from the last estimate to `target`.

    Seen means that a two-sided test at 1 - level finds it with at least `wanted_power`. `needed` is found by trying
    every number of answers up to the population, as with a panel the error need not fall with every answer more.
    Raises BadDesign where more are asked than live there, NotAnswerable where the target is the last estimate.
    """
    change = target - last.estimate
    if change == 0:
        raise NotAnswerable("The target is the last wave's estimate, so there is no change to see: set another target.")
    if not 0 < asked <= wave.population:
        raise BadDesign(f"`asked` is {asked}: it must be above 0 and at most the population of {wave.population}.")
    _check_answers(last.answers, wave)
    answers = max(int(asked * wave.response_rate + 1e-9), 1)
    every = np.arange(1.0, wave.population + 1)
    errors = _change_errors(every, last, wave, sd, panel, finite)
    powers = _powers(change, errors, level)
    enough = np.flatnonzero(powers >= wanted_power)
    error, chance = float(errors[answers - 1]), float(powers[answers - 1])
    return Sight(
        seen=chance >= wanted_power,
        power=chance,
        error=error,
        smallest_change=smallest_change(error, level, wanted_power),
        answers=answers,
        needed=_size(int(enough[0]) + 1, wave) if len(enough) else None,
    )


def neyman(populations: Mapping[str, int], sds: Mapping[str, float], total: int, minimum: int = 2) -> dict[str, int]:
    """How many from each stratum for the smallest variance over all: n_h as N_h S_h (Neyman 1934, JRSS 97:558).

    Whole numbers that add up to `total` exactly, each at least `minimum` (or the stratum's population where that is
    smaller) and at most the population, and the best among all such: one more at a time goes where it takes most off
    sum (N_h S_h)^2 / n_h, that is where N_h S_h / sqrt(n (n + 1)) is largest, the stratum named first in a tie
    (Wright 2012, The American Statistician 66:217). Raises BadDesign where a stratum has no or a bad `sds`,
    NotAnswerable where the total is below the minimums or above the population.
    """
    for name in populations:
        if name not in sds or not sds[name] >= 0:
            raise BadDesign(f"Stratum '{name}' has no standard deviation of 0 or above: give one from the last wave.")
    return _allocate({name: size * sds[name] for name, size in populations.items()}, populations, total, minimum)


def proportional(populations: Mapping[str, int], total: int, minimum: int = 2) -> dict[str, int]:
    """As many from each stratum as it has people, n_h as N_h; whole numbers, limits and errors as `neyman`."""
    return _allocate({name: float(size) for name, size in populations.items()}, populations, total, minimum)


def equal(populations: Mapping[str, int], total: int, minimum: int = 2) -> dict[str, int]:
    """As many from every stratum, as far as each has people; whole numbers, limits and errors as `neyman`."""
    return _allocate(dict.fromkeys(populations, 1.0), populations, total, minimum)


def _allocate(sizes: Mapping[str, float], populations: Mapping[str, int], total: int, minimum: int) -> dict[str, int]:
    for name, people in populations.items():
        if people != int(people) or people < 1:
            raise BadDesign(f"Stratum '{name}' has a population of {people}: give a whole number above 0.")
    if minimum < 1:
        raise BadDesign(f"A minimum of {minimum} leaves strata out: give 1 or more, 2 where each needs a variance.")
    given = {name: min(minimum, people) for name, people in populations.items()}
    least, most = sum(given.values()), sum(populations.values())
    if not least <= total <= most:
        raise NotAnswerable(f"A total of {total} is not between {least}, the minimums, and {most}, the population.")
    places = {name: place for place, name in enumerate(populations)}

    def turn(name: str) -> tuple[float, int, str]:
        return -sizes[name] / sqrt(given[name] * (given[name] + 1)), places[name], name

    queue = [turn(name) for name in populations if given[name] < populations[name]]
    heapq.heapify(queue)
    for _ in range(total - least):
        name = heapq.heappop(queue)[2]
        given[name] += 1
        if given[name] < populations[name]:
            heapq.heappush(queue, turn(name))
    return given


def _check_answers(answers: int, wave: Wave) -> None:
    if not 0 < answers <= wave.population:
        raise BadDesign(f"{answers} answers: there must be above 0 and at most the population of {wave.population}.")


def _size(answers: int, wave: Wave) -> SampleSize:
    asked = wave.asked(answers)
    return SampleSize(answers, asked, asked <= wave.population)


def _z(level: float) -> float:
    if not 0 < level < 1:
        raise BadDesign(f"A level of {level} is not between 0 and 1: 95 % is 0.95.")
    return float(norm.ppf((1 + level) / 2))


def _z_power(wanted: float) -> float:
    if not 0.5 <= wanted < 1:
        raise BadDesign(f"A power of {wanted} is not from 0.5 to below 1: 80 % is 0.8.")
    return float(norm.ppf(wanted))
