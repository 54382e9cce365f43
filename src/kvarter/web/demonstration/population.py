"""Made-up people in households, in an area and around it, and the same people some years later."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import NamedTuple

# What somebody is taken to be like on each theme: mean 0 and variance about 1 over the town.
Leanings = dict[str, float]
HEADINGS = ("pseudonym", "område", "husstand", "køn", "alder", "vej", "navn", "adresse", "postnr", "by", "e-mail")
YEARS_BETWEEN_MOVES = 9.0
STAYS_THREE_YEARS = 0.72
OLDEST = 100


class Kind(NamedTuple):
    """A kind of household: ages and number of its grown-ups, most children, and its share in the area and around."""

    name: str
    ages: tuple[int, int]
    grown: int
    children: int
    here: float
    around: float


KINDS = (
    Kind("ung", (19, 29), 1, 0, 0.14, 0.09),
    Kind("enlig", (30, 64), 1, 0, 0.25, 0.17),
    Kind("ældre enlig", (65, 94), 1, 0, 0.16, 0.14),
    Kind("par", (24, 66), 2, 0, 0.13, 0.21),
    Kind("ældre par", (65, 88), 2, 0, 0.08, 0.13),
    Kind("familie", (27, 50), 2, 4, 0.15, 0.21),
    Kind("enlig forælder", (24, 50), 1, 3, 0.09, 0.05),
)


def chance_of(seed: int, what: str) -> random.Random:
    """Chance that is the same each time for a seed: nothing secret hangs on it."""
    return random.Random(f"{seed} {what}")  # noqa: S311


@dataclass
class Someone:
    """A made-up person. gender: k or m; channel: how they are written to."""

    number: int
    home: Home
    gender: str
    age: int
    channel: str
    leanings: Leanings

    @property
    def pseudonym(self) -> str:
        """What the list calls them."""
        return f"opdigtet-{self.number:06d}"


@dataclass
class Home:
    """A made-up household. moved_in: the year; leanings: what those who live together share."""

    number: int
    area: str
    kind: str
    moved_in: int
    leanings: Leanings
    people: list[Someone] = field(default_factory=list)


@dataclass
class Town:
    """The made-up people of some areas in a year. sizes: how many live in each, the area that it is all about first."""

    year: int
    sizes: dict[str, int]
    themes: tuple[str, ...]
    chance: random.Random
    homes: list[Home] = field(default_factory=list)
    _homes_numbered: Iterator[int] = field(default_factory=lambda: count(1))
    _people_numbered: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def people(self) -> list[Someone]:
        """Everyone, household by household."""
        return [one for home in self.homes for one in home.people]

    def live_on(self, year: int) -> None:
        """Let years pass: people grow older, some households move away, and others move in."""
        passed, self.year = year - self.year, year
        self.homes = [home for home in self.homes if self._stays(home, passed)]
        self.fill(moved_in_within=passed)

    def _stays(self, home: Home, years: int) -> bool:
        restless = 1.6 if home.kind == "ung" else 1.0
        for one in home.people:
            one.age += years
        home.people = [one for one in home.people if one.age <= OLDEST]
        stays = self.chance.random() < STAYS_THREE_YEARS ** (restless * years / 3)
        return stays and any(one.age >= 18 for one in home.people)

    def fill(self, moved_in_within: int | None = None) -> None:
        """Let households move in until there are as many people as there should be."""
        for at, (area, size) in enumerate(self.sizes.items()):
            living = sum(len(home.people) for home in self.homes if home.area == area)
            shares = [kind.around if at else kind.here for kind in KINDS]
            while living < size:
                home = self._home(area, self.chance.choices(KINDS, shares)[0], moved_in_within)
                self.homes.append(home)
                living += len(home.people)

    def _home(self, area: str, kind: Kind, moved_in_within: int | None) -> Home:
        youngest, oldest = kind.ages
        first = self.chance.randint(youngest, oldest)
        if moved_in_within is None:
            years = min(int(self.chance.expovariate(1 / YEARS_BETWEEN_MOVES)), first - 18)
        else:
            years = self.chance.randrange(moved_in_within)
        shared = {theme: self.chance.gauss(0, 1) for theme in self.themes}
        home = Home(next(self._homes_numbered), area, kind.name, self.year - years, shared)
        partners = [self.chance.randint(-4, 4) for _more in range(kind.grown - 1)]
        grown = [first, *(min(max(first + years, youngest), oldest) for years in partners)]
        many = self.chance.randint(1, kind.children) if kind.children else 0
        children = [self.chance.randint(0, min(17, first - 20)) for _child in range(many)]
        home.people = [self._someone(home, age) for age in (*grown, *children)]
        return home

    def _someone(self, home: Home, age: int) -> Someone:
        """A quarter of how people differ on a theme they have on all themes, and a third they share at home."""
        everywhere = self.chance.gauss(0, 0.5)
        own = {theme: everywhere + 0.55 * home.leanings[theme] + self.chance.gauss(0, 0.67) for theme in self.themes}
        ways = (0.62, 0.28, 0.10) if age >= 75 else (0.80, 0.08, 0.12)
        channel = self.chance.choices(("digital", "brev", "e-mail"), ways)[0]
        return Someone(next(self._people_numbered), home, self.chance.choice("km"), age, channel, own)


@dataclass(frozen=True)
class Asked:
    """Where and when people are asked. area: the one it is all about; wave: 0 for the first, then 1, and so on."""

    area: str
    wave: int
    opens: date
    closes: date


def as_list(town: Town) -> bytes:
    """The town as a list to draw from (CSV). Names and addresses can be seen to be made up."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(HEADINGS)
    rows.writerows(_row(one) for one in town.people)
    return text.getvalue().encode()


def _row(one: Someone) -> tuple[object, ...]:
    home = one.home
    mail = f"person{one.number}@opdigtet.example" if one.channel == "e-mail" else ""
    name, street = f"Person {one.number:06d}", f"Opdigtet Vej {home.number}"
    who = (one.pseudonym, home.area, f"hjem-{home.number}", one.gender, one.age)
    return *who, one.channel, name, street, "0000", "Opdigtet By", mail
