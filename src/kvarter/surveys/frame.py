"""A list of people to draw from, read and checked: pure, without a database and without a page.

One row for each person, and the columns by their headings in Danish or English (docs/surveys.md). The whole file is
looked through, so that everything wrong is told at once with its rows and how to mend it; one wrong row keeps all out.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _

from kvarter.surveys.frame_cells import Cells, Said, as_text, is_empty
from kvarter.tables.limits import BadFile
from kvarter.tables.sheets import read_sheets

YOUTH = "12-17"
UNDER_AGE = "0-11"
MOST_ROWS_TOLD = 8


@dataclass(frozen=True)
class Listed:
    """Somebody on the list. area: its address; stratum: the same unless the file says otherwise; address: its lines."""

    pseudonym: str
    area: str
    household: str
    stratum: str
    gender: str
    age: str
    channel: str
    panel: bool
    name: str
    address: tuple[str, ...]
    email: str
    supplier: str


@dataclass(frozen=True)
class Frame:
    """Those who may be asked. left_out: how many are too young to be, by age group; unused: columns not kept."""

    people: tuple[Listed, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    @property
    def households(self) -> int:
        """How many households they live in."""
        return len({one.household for one in self.people})


@dataclass(frozen=True)
class Asking:
    """What a list is for. area, reference: addresses of areas; names: what each may be called in the file; year: that
    ages are counted in; youth: whether 12 to 17 year olds are asked.
    """

    area: str
    reference: str
    names: Mapping[str, str]
    year: int
    youth: bool


class BadFrame(BadFile):
    """The list cannot be used. problems: every thing wrong, each with file, rows and remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def read_frame(content: bytes, name: str, asking: Asking) -> Frame:
    """The people of a file (CSV, .xlsx or .ods). Raises BadFrame with everything that is wrong, or BadFile."""
    sheets = read_sheets(content, name)
    if len(sheets) != 1:
        raise BadFile(
            _("%(file)s har %(n)s ark med indhold. Gem netop ét ark i en fil for sig.")
            % {"file": name, "n": len(sheets)}
        )
    rows = sheets[0].rows
    at = next((number for number, row in enumerate(rows) if any(not is_empty(cell) for cell in row)), None)
    if at is None:
        raise BadFile(_("%(file)s er tom. Hent filen igen.") % {"file": name})
    cells = Cells([as_text(cell) for cell in rows[at]], asking.year)
    if cells.problems:
        raise BadFrame([f"{name}: {problem}" for problem in cells.problems])
    cells.leave_out_blank(rows[at + 1 :])
    return _frame(rows, at + 1, cells, name, asking)


def _frame(rows: list[list[object]], first: int, cells: Cells, name: str, asking: Asking) -> Frame:
    found = _Found()
    people: list[Listed] = []
    left_out: Counter[str] = Counter()
    for number, row in enumerate(rows[first:], first + 1):
        kept = cells.kept(row)
        if not any(kept.values()) and all(is_empty(cell) for cell in row):
            continue
        said = cells.said(row, kept)
        is_too_young = said.age == UNDER_AGE or (said.age == YOUTH and not asking.youth)
        if is_too_young and not said.shows_cpr:
            left_out[said.age] += 1
            continue
        one = _listed(said, asking)
        for told in said.problems:
            found.note(told, number)
        found.place(one, number)
        people.append(one)
    if not people and not found.problems:
        found.note(_("Ingen i filen kan spørges. Se, om det er den rigtige fil."), 0)
    elif not found.problems and not any(one.area == asking.area for one in people):
        found.note(_("Ingen i filen bor i det område, undersøgelsen handler om. Se kolonnen med område."), 0)
    if found.problems:
        raise BadFrame([_with_rows(name, told, numbers) for told, numbers in found.problems.items()])
    return Frame(tuple(people), dict(left_out), cells.unused)


def _listed(said: Said, asking: Asking) -> Listed:
    """A row as somebody; an area that is not the wave's is noted, but not what looks like a CPR number there."""
    area = asking.names.get(said.area.casefold(), "")
    if said.area and not area and not said.shows_cpr:
        said.wrong(
            _("Området “%(area)s” er hverken undersøgelsens område eller det, der sammenlignes med. Ret navnet.")
            % {"area": said.area}
        )
    return Listed(
        pseudonym=said.pseudonym,
        area=area,
        household=said.household,
        stratum=said.stratum or area,
        gender=said.gender,
        age=said.age,
        channel=said.channel,
        panel=said.panel,
        name=said.name,
        address=said.address,
        email=said.email,
        supplier=said.supplier,
    )


class _Found:
    """What is wrong, in the order it was met: each thing with its rows, and what only shows across rows."""

    def __init__(self) -> None:
        self.problems: dict[str, list[int]] = {}
        self._rows: dict[str, int] = {}
        self._homes: dict[str, tuple[str, str]] = {}
        self._strata: dict[str, str] = {}

    def note(self, told: str, number: int) -> None:
        self.problems.setdefault(told, []).append(number)

    def place(self, one: Listed, number: int) -> None:
        """Hold somebody to those before: a pseudonym stands once, a household and a stratum lie in one place.

        What a row does not say is told elsewhere, and is not held to others.
        """
        if one.pseudonym and self._rows.setdefault(one.pseudonym, number) != number:
            self.note(_("Det samme pseudonym står i en række før. Lad hver person stå én gang."), number)
        if not one.area:
            return
        place = (one.area, one.stratum)
        if one.household and self._homes.setdefault(one.household, place) != place:
            self.note(_("Husstanden står også i et andet område eller lag. Giv den et nummer for sig."), number)
        if self._strata.setdefault(one.stratum, one.area) != one.area:
            self.note(_("Laget står i to områder. Giv det hvert sit navn i de to."), number)


def _with_rows(name: str, told: str, numbers: list[int]) -> str:
    """ "liste.csv, række 4, 9 (og 12 til): Hvad der er galt, og hvad man gør."."""
    shown = ", ".join(str(number) for number in numbers[:MOST_ROWS_TOLD] if number)
    more = len(numbers) - MOST_ROWS_TOLD
    if not shown:
        return f"{name}: {told}"
    rows = _("række %(rows)s (og %(more)s til)") if more > 0 else _("række %(rows)s")
    return f"{name}, {rows % {'rows': shown, 'more': more}}: {told}"


def packed(frame: Frame) -> bytes:
    """The list as bytes, to be sealed."""
    told = {
        "people": [[*vars(one).values()] for one in frame.people],
        "left_out": dict(frame.left_out),
        "unused": list(frame.unused),
    }
    return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpacked(content: bytes) -> Frame:
    """The list from what `packed` gives."""
    told = json.loads(zlib.decompress(content))
    return Frame(tuple(_unpacked_people(told["people"])), told["left_out"], tuple(told["unused"]))


def _unpacked_people(rows: list[list[Any]]) -> Iterator[Listed]:
    for row in rows:
        row[_ADDRESS] = tuple(row[_ADDRESS])
        yield Listed(*row)


_ADDRESS = [one.name for one in fields(Listed)].index("address")
