"""What a publication would give away: every count of few people, worked out from all that is or was published.

The places of one indicator at one time are cut into pieces that do not overlap: the municipality is the area and what
is left of it, the country is the municipality and what is left. "The rest of the municipality" is the pieces of the
municipality without those of the area, so publishing the municipality and its rest is publishing the area, whether or
not the area has a figure of its own. The attacker of `kvarter.effect` gets every sum ever published over these pieces,
and must not pin down a count below the minimum, nor what a share or a mean of fewer than the base is of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from kvarter import effect
from kvarter.effect.attacker import Floats, Target
from kvarter.effect.differencing import Known, Members


@dataclass(frozen=True)
class Limits:
    """The rule: a count from 1 to minimum-1 is hidden, and so is a share of fewer than `base` people."""

    minimum: int = 5
    base: int = 20

    def too_few(self, part: float | None, whole: float | None, *, is_base: bool = True) -> bool:
        """Whether a share of these counts, or a mean over so many, says too much about too few.

        is_base: the whole is what a share or mean is of, and not itself the figure.
        """
        some = [part, None if part is None or whole is None else whole - part, whole]
        few = any(count is not None and 0 < count < self.minimum for count in some)
        return few or (is_base and whole is not None and whole < self.base)

    def least_whole(self, count: Count) -> int:
        """How many the whole of a count is of at least, where it may be known."""
        return max(self.minimum, self.base) if count.is_base else self.minimum


@dataclass(frozen=True)
class Nesting:
    """How places lie in one another: `inside` gives what a place lies in; `rests` gives (whole, left out) of a rest."""

    inside: Mapping[str, frozenset[str]]
    rests: Mapping[str, tuple[str, str]]

    def pieces(self, places: Iterable[str]) -> dict[str, frozenset[str]]:
        """Each place as a set of pieces that do not overlap, named by the place whose own piece they are.

        A rest is cut out of its whole where neither that nor what is left out has a figure: they are among the places.
        """
        every = set(places)
        rests = {place: self.rests[place] for place in every if place in self.rests}
        known = {place for place in every.union(*rests.values()) if place not in self.rests}
        found = {place: frozenset(other for other in known if self._holds(place, other)) for place in known}
        for place, (whole, left_out) in rests.items():
            found[place] = found[whole] - found[left_out]
        return found

    def _holds(self, place: str, other: str) -> bool:
        """Whether the other place is this one or lies in it, at however many removes."""
        seen, waiting = set(), {other}
        while waiting:
            here = waiting.pop()
            if here == place:
                return True
            seen.add(here)
            waiting |= self._around(here) - seen
        return False

    def _around(self, place: str) -> set[str]:
        """What a place lies in: what a rest leaves out lies in the rest's whole."""
        return set(self.inside.get(place, ())) | {whole for whole, left_out in self.rests.values() if left_out == place}


@dataclass(frozen=True)
class Count:
    """Something counted: of an indicator at a time, in a place, `part` of `whole` (`part` None: the whole alone).

    is_base: the whole is what a share or mean is of, and not itself the figure.
    """

    indicator: str
    first: date
    place: str
    whole: float
    part: float | None = None
    is_base: bool = True

    @property
    def subject(self) -> tuple[str, date]:
        """What belongs in one table: the same indicator at the same time."""
        return self.indicator, self.first

    @property
    def others(self) -> float | None:
        """Those of the whole that it is not true of."""
        return None if self.part is None else self.whole - self.part


@dataclass(frozen=True)
class Leak:
    """A count of few people that can be worked out: of which indicator, when and where, between which figures."""

    indicator: str
    first: date
    place: str
    low: float
    high: float
    published: bool


@dataclass(frozen=True)
class _Sums:
    """Sums over the pieces, as the attacker reads them."""

    size: int
    whole: bool
    knowns: tuple[Known, ...]
    tables: tuple[Floats, ...] = ()


def leaks(
    truth: Sequence[Count], told: Sequence[Count], nesting_on: Callable[[date], Nesting], limits: Limits
) -> list[Leak]:
    """Every count of few that can be worked out from `told`, all that is published and is to be, oldest first.

    truth: every count there is, published or not, so that it is known which are few. nesting_on: how places lay on a
    day. A figure that was corrected is taken as it was told last. Figures that cannot all be true, as when only some of
    what belongs together was corrected, are held to give away everything: what they give away cannot be judged.
    """
    subjects = dict.fromkeys(count.subject for count in told)
    found = []
    for subject in subjects:
        true, published = ([count for count in counts if count.subject == subject] for counts in (truth, told))
        found += _leaks_of(true, published, nesting_on(subject[1]), limits)
    return found


def _leaks_of(truth: list[Count], told: list[Count], nesting: Nesting, limits: Limits) -> list[Leak]:
    table = _Table(truth, told, nesting)
    targets = table.targets(limits)
    if not targets:
        return []
    subject = told[0].subject
    try:
        breaches = effect.attack([_Sums(table.size, table.in_whole_numbers, table.knowns())], targets)
    except (effect.NoSolution, effect.BadData):
        return [Leak(*subject, target.name, 0.0, 0.0, published=False) for target in targets]
    return [Leak(*subject, breach.cell, breach.low, breach.high, "published as" in breach.how) for breach in breaches]


class _Table:
    """The pieces of one indicator at one time: for each, those it is true of and the others."""

    def __init__(self, truth: list[Count], told: list[Count], nesting: Nesting) -> None:
        self.truth = _with_left_out({count.place: count for count in (*told, *truth)}, nesting)
        self.told = list({count.place: count for count in told}.values())
        self.pieces = nesting.pieces(self.truth)
        every = sorted({piece for pieces in self.pieces.values() for piece in pieces})
        self.place_of = {piece: at for at, piece in enumerate(every)}
        self.size = 2 * len(every)

    @property
    def in_whole_numbers(self) -> bool:
        """Whether every count is one: districts that were recalculated hold parts of people."""
        counts = [number for count in self.truth.values() for number in (count.whole, count.part) if number is not None]
        return all(float(number).is_integer() for number in counts)

    def _members(self, pieces: Iterable[str], *, part: bool, others: bool) -> Members:
        at = sorted(self.place_of[piece] for piece in pieces)
        return tuple([2 * n for n in at if part] + [2 * n + 1 for n in at if others])

    def knowns(self) -> tuple[Known, ...]:
        """Every published count as a sum over pieces."""
        found = []
        for at, count in enumerate(self.told):
            pieces = self.pieces[count.place]
            sums = [(self._members(pieces, part=True, others=True), count.whole)]
            if count.part is not None:
                sums.append((self._members(pieces, part=True, others=False), count.part))
            found += [
                Known(f"{at} {n}", count.place, members, float(v), float(v)) for n, (members, v) in enumerate(sums)
            ]
        return tuple(found)

    def targets(self, limits: Limits) -> list[Target]:
        """Every count of few: of the places, and of the pieces left over between them where that can be known."""
        found = []
        for name, pieces, one in (*self._places(), *self._left_over()):
            for members, count, least in (
                (self._members(pieces, part=True, others=True), one.whole, limits.least_whole(one)),
                (self._members(pieces, part=True, others=False), one.part, limits.minimum),
                (self._members(pieces, part=False, others=True), one.others, limits.minimum),
            ):
                if count is not None and 0 < count < least:
                    found.append(Target(name, members, 0.0, float(least)))
        return found

    def _places(self) -> Iterable[tuple[str, frozenset[str], Count]]:
        for place, count in self.truth.items():
            yield place, self.pieces[place], count

    def _left_over(self) -> Iterable[tuple[str, frozenset[str], Count]]:
        """What a place is without the places known within it: known where every one of those is."""
        for place, count in self.truth.items():
            own = frozenset({place})
            within = [
                other
                for other in self.truth
                if other != place and self.pieces[other] < self.pieces[place] and not self._within_another(other, place)
            ]
            if not within or own not in {self.pieces[place] - frozenset().union(*(self.pieces[o] for o in within))}:
                continue
            left = _less(count, [self.truth[other] for other in within], place)
            yield _("resten af %(place)s") % {"place": place}, own, left

    def _within_another(self, other: str, place: str) -> bool:
        return any(self.pieces[other] < self.pieces[between] < self.pieces[place] for between in self.truth)


def _with_left_out(truth: dict[str, Count], nesting: Nesting) -> dict[str, Count]:
    """The counts; of a place without one that a rest leaves out, what the whole has more than the rest."""
    found = dict(truth)
    for rest, (whole, left_out) in nesting.rests.items():
        if rest in truth and whole in truth and left_out not in found:
            found[left_out] = _less(truth[whole], [truth[rest]], left_out)
    return found


def _less(whole: Count, within: list[Count], place: str) -> Count:
    """What is left of a count without others: under the name of a place."""
    parts = [one.part for one in (whole, *within) if one.part is not None]
    part = parts[0] - sum(parts[1:]) if len(parts) == 1 + len(within) else None
    left = whole.whole - sum(one.whole for one in within)
    # Districts that were recalculated hold parts of people: what comes of reckoning with those is nobody.
    rounded = None if part is None else round(part, 6)
    return replace(whole, place=place, whole=round(left, 6), part=rounded)
