"""What a publication would give away: every count of few people, worked out from all that is or was published.

The places of one indicator at one time are cut into pieces that do not overlap: the municipality is the area and what
is left of it, the country is the municipality and what is left. "The rest of the municipality" is the pieces of the
municipality without those of the area, so publishing the municipality and its rest is publishing the area. The attacker
of `kvarter.effect` gets every sum ever published over these pieces, and must not pin down a count below the minimum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Nesting:
    """How places lie in one another: `inside` gives what a place lies in; `rests` gives (whole, left out) of a rest."""

    inside: Mapping[str, frozenset[str]]
    rests: Mapping[str, tuple[str, str]]

    def pieces(self, places: Iterable[str]) -> dict[str, frozenset[str]]:
        """Each place as a set of pieces that do not overlap, named by the place whose own piece they are."""
        known = {place for place in places if place not in self.rests}
        found = {place: frozenset(other for other in known if self._holds(place, other)) for place in known}
        for place in places:
            if place in self.rests:
                whole, left_out = self.rests[place]
                both = whole in found and left_out in found
                found[place] = found[whole] - found[left_out] if both else frozenset({place})
        return found

    def _holds(self, place: str, other: str) -> bool:
        """Whether the other place is this one or lies in it, at however many removes."""
        seen, waiting = set(), {other}
        while waiting:
            here = waiting.pop()
            if here == place:
                return True
            seen.add(here)
            waiting |= set(self.inside.get(here, ())) - seen
        return False


@dataclass(frozen=True)
class Count:
    """Something counted: of an indicator at a time, in a place, `part` of `whole` (`part` None: the whole alone)."""

    indicator: str
    first: date
    place: str
    whole: float
    part: float | None = None

    @property
    def subject(self) -> tuple[str, date]:
        """What belongs in one table: the same indicator at the same time."""
        return self.indicator, self.first


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


def leaks(truth: Sequence[Count], told: Sequence[Count], nesting: Nesting, limits: Limits) -> list[Leak]:
    """Every count of few that can be worked out from `told`, all that is published and is to be, oldest first.

    truth: every count there is, published or not, so that it is known which are few. A figure that was corrected is
    taken as it was told last. Figures that cannot all be true, as when only some of what belongs together was
    corrected, are held to give away everything: what they give away cannot be judged.
    """
    subjects = dict.fromkeys(count.subject for count in told)
    found = []
    for subject in subjects:
        true, published = ([count for count in counts if count.subject == subject] for counts in (truth, told))
        found += _leaks_of(true, published, nesting, limits)
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
        self.truth = {count.place: count for count in (*told, *truth)}
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
        for name, pieces, whole, part in (*self._places(), *self._left_over()):
            for members, count in (
                (self._members(pieces, part=True, others=True), whole),
                (self._members(pieces, part=True, others=False), part),
                (self._members(pieces, part=False, others=True), None if part is None else whole - part),
            ):
                if count is not None and 0 < count < limits.minimum:
                    found.append(Target(name, members, 0.0, float(limits.minimum)))
        return found

    def _places(self) -> Iterable[tuple[str, frozenset[str], float, float | None]]:
        for place, count in self.truth.items():
            yield place, self.pieces[place], count.whole, count.part

    def _left_over(self) -> Iterable[tuple[str, frozenset[str], float, float | None]]:
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
            inner = [self.truth[other] for other in within]
            whole = count.whole - sum(one.whole for one in inner)
            parts = [one.part for one in inner]
            part = None if count.part is None or None in parts else count.part - sum(p for p in parts if p is not None)
            yield _("resten af %(place)s") % {"place": place}, own, whole, part

    def _within_another(self, other: str, place: str) -> bool:
        return any(self.pieces[other] < self.pieces[between] < self.pieces[place] for between in self.truth)
