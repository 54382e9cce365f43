"""The polling districts of Den Danske Valgdatabase: names and dates of their codes. A code is not a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Severity, Unit
from kvarter.evidence.importers.valgdatabase_cells import Table, plain, table_of
from kvarter.tables.limits import BadFile

FOREVER = "99991231"
MOST_NAMED = 5
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_LABEL = re.compile(r"[A-ZÆØÅ]{2}\d{4}", re.IGNORECASE)
_MUNICIPALITY = re.compile(r"0?([1-9][0-9]{2})|([1-9][0-9]{2})[0-9]{3}")
_WANTED = {
    "code": "Valgsted Id",
    "name": "Valgsted navn",
    "municipality": "KommuneNr",
    "first": "Valgsted start",
    "last": "Valgsted stop",
}


@dataclass(frozen=True)
class NamedPlace:
    """What a code stood for from one day until another (None: no end known)."""

    name: str
    municipality: str
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the code stood for it that day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class Places:
    """What the codes of a geography file stand for."""

    file: str
    by_code: Mapping[str, tuple[NamedPlace, ...]]

    def on(self, code: str, day: date) -> NamedPlace | None:
        """The one place a code stood for that day; None when there is none, or two of different names."""
        found = [place for place in self.by_code.get(code, ()) if place.holds_on(day)]
        return found[0] if len({place.name for place in found}) == 1 else None

    def findings(self, names: Mapping[str, str], label: str, day: date) -> tuple[Finding, ...]:
        """What is odd about the codes of an election's file, and the names given to them. day: the election's."""
        other = self._other_election(label)
        every = (other, self._without_name(names), None if other else self.without_figures(set(names), day))
        return tuple(one for one in every if one)

    def without_figures(self, codes: set[str], day: date) -> Finding | None:
        """The producer has every district of an election in both files: one that lacks some was cut short."""
        municipalities = {code[:3] for code in codes}
        held = {code for code, places in self.by_code.items() if any(place.holds_on(day) for place in places)}
        gone = sorted(code for code in held - codes if code[:3] in municipalities)
        if not gone:
            return None
        return Finding(
            "districts-without-figures",
            Severity.STOP,
            _(
                "%(n)d valgsteder står i “%(file)s”, men har ingen række med tal (%(codes)s). Filen med tal er ikke "
                "hel, og en sum for kommunen ville mangle dem. Hent filen igen."
            )
            % {"n": len(gone), "file": self.file, "codes": some(gone)},
        )

    def _other_election(self, label: str) -> Finding | None:
        own = _LABEL.search(self.file)
        if own is None or own[0].upper() == label:
            return None
        return Finding(
            "geography-of-another-election",
            Severity.STOP,
            _(
                "Navnene er fra “%(file)s”, men tallene er fra %(label)s. Et kodenummer kan være givet til et andet"
                " sted siden. Brug geografifilen fra samme valg."
            )
            % {"file": self.file, "label": label},
        )

    def _without_name(self, names: Mapping[str, str]) -> Finding | None:
        unnamed = [code for code, name in names.items() if not name]
        if not unnamed:
            return None
        return Finding(
            "no-name",
            Severity.NOTE,
            _(
                "%(n)d af %(all)d valgsteder har intet sikkert navn i “%(file)s”: koden mangler, gjaldt ikke på"
                " valgdagen eller står med to navne (%(codes)s). De vises med kode."
            )
            % {"n": len(unnamed), "all": len(names), "file": self.file, "codes": some(unnamed)},
        )


def shipped_places(label: str) -> Places | None:
    """The districts of an election in the municipality whose figures are shipped; None of an election without them."""
    file = files("kvarter.evidence") / "registers" / "valgdatabase" / f"{label}_geodat.csv"
    return places_of(table_of(file.name, file.read_bytes())) if file.is_file() else None


def unseen_whether_all(districts: int) -> Finding:
    """That nothing beside a file tells which districts it should have."""
    told = _(
        "Uden geografifilen fra samme valg kan det ikke ses, om alle valgsteder er med. Filen har %(n)d. Summen for en"
        " kommune er af de valgsteder, der står i filen. Vælg geografifilen sammen med filen, så efterses det."
    )
    return Finding("districts-unseen", Severity.NOTE, told % {"n": districts})


def municipality_code(code: str | int) -> str:
    """The three digits of a municipality from 159, "0159" or a polling district's 159004. Raises ValueError."""
    found = _MUNICIPALITY.fullmatch(str(code).strip())
    if not found:
        raise ValueError(f"{code!r} is no code of a municipality or polling district")
    return found[1] or found[2]


def lacking(table: Table, *columns: str) -> list[str]:
    """Each of these columns that a file lacks, in words."""
    there = {plain(name) for name in table.header}
    told = _("“%(file)s” mangler kolonnen “%(column)s”. Hent filen igen med alle kolonner.")
    return [told % {"file": table.file, "column": name} for name in columns if plain(name) not in there]


def places_of(table: Table) -> Places:
    """The places of a geography file. Raises BadFile with everything that is wrong."""
    at = {plain(name): place for place, name in enumerate(table.header)}
    faults = lacking(table, *_WANTED.values())
    if faults:
        raise BadFile.of(faults)
    found: dict[str, tuple[NamedPlace, ...]] = {}
    for row, cells in table.rows(faults):
        own = {key: cells[at[plain(name)]].strip() for key, name in _WANTED.items()}
        try:
            found[own["code"]] = (*found.get(own["code"], ()), _place(table.file, row, own))
        except BadFile as error:
            faults += error.faults
    if faults:
        raise BadFile.of(faults)
    return Places(table.file, found)


def _place(file: str, row: int, own: Mapping[str, str]) -> NamedPlace:
    """The place of a row. Raises BadFile with all its faults."""
    faults = []
    if not _MUNICIPALITY.fullmatch(own["municipality"]):
        faults.append(
            _("“%(file)s”, række %(row)d, kolonne “KommuneNr”: “%(text)s” er ikke et kommunenummer som 159. Ret det.")
            % {"file": file, "row": row, "text": own["municipality"][:40]}
        )
    days = {name: _date(own[name]) for name in ("first", "last") if (name, own[name]) != ("last", FOREVER)}
    told = _(
        "“%(file)s”, række %(row)d, kolonne “%(column)s”: “%(text)s” er ikke en dato. En dato skrives som 20150530."
    )
    faults += [
        told % {"file": file, "row": row, "column": _WANTED[name], "text": own[name][:40]}
        for name, day in days.items()
        if day is None
    ]
    first, last = days["first"], days.get("last")
    if faults or first is None:
        raise BadFile.of(faults)
    until = last + timedelta(days=1) if last else None
    return NamedPlace(own["name"], municipality_code(own["municipality"]), first, until)


def _date(text: str) -> date | None:
    parts = _DATE.fullmatch(text)
    try:
        return date(int(parts[1]), int(parts[2]), int(parts[3])) if parts and text < FOREVER else None
    except ValueError:
        return None


def changed_places(old: Extract, new: Extract) -> list[Finding]:
    """The codes that stand for another place in the newer file, and those that keep their name but begin another day.

    Districts without a name in either are left out: of them nothing can be said. That an end has become known since
    is no change of place.
    """
    before = {line.unit.code: line.unit for line in old.lines if line.unit.name}
    pairs = [(before[line.unit.code], line.unit) for line in new.lines if line.unit.name and line.unit.code in before]
    now_at = {(unit.part_of, unit.name): unit.code for _before, unit in pairs}
    renamed = [_another_place(was, now, now_at) for was, now in pairs if was.name != now.name]
    redated = [now.code for was, now in pairs if was.name == now.name and was.valid_from != now.valid_from]
    return renamed + ([_other_dates(old, new, redated)] if redated else [])


def _another_place(was: Unit, now: Unit, now_at: Mapping[tuple[tuple[str, str] | None, str], str]) -> Finding:
    told = _(
        "Koden %(code)s er ikke det samme sted: “%(was)s” (%(first)s) og “%(now)s” (%(second)s). Tallene må ikke"
        " sættes i samme serie uden en opgørelse af, hvor meget af det ene der ligger i det andet."
    ) % {"code": now.code, "was": was.name, "now": now.name, "first": _span(was), "second": _span(now)}
    moved = now_at.get((was.part_of, was.name))
    if moved:
        told += " " + _("Navnet “%(name)s” står nu ved %(code)s.") % {"name": was.name, "code": moved}
    return Finding("another-place", Severity.NOTE, told)


def _other_dates(old: Extract, new: Extract, codes: list[str]) -> Finding:
    return Finding(
        "other-dates",
        Severity.NOTE,
        _(
            "%(n)d valgsteder har samme kode og navn i %(old)s og %(new)s, men begynder på en anden dag (%(codes)s)."
            " Grænsen kan være en anden. Spørg kommunen, før tallene sættes i samme serie."
        )
        % {"n": len(codes), "old": old.label, "new": new.label, "codes": some(codes)},
    )


def _span(unit: Unit) -> str:
    if unit.valid_from and unit.valid_until:
        last = date_format(unit.valid_until - timedelta(days=1))
        return _("%(first)s til og med %(last)s") % {"first": date_format(unit.valid_from), "last": last}
    return _("fra %(first)s") % {"first": date_format(unit.valid_from) if unit.valid_from else "?"}


def some(codes: Iterable[str]) -> str:
    """The first few codes, and that there are more."""
    every = list(codes)
    return ", ".join(every[:MOST_NAMED]) + (" …" if len(every) > MOST_NAMED else "")
