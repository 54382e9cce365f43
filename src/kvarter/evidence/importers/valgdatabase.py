"""Reads files of Den Danske Valgdatabase (Statistics Denmark): background, results and geography by polling district.

A background or results file gives an Extract alone; the geography file beside it gives its districts names and dates.

What the figures are about. Results are about election day. The background of a file is the population of an earlier
day than its label says: which, is in ELECTIONS where it is proven, and must be given where it is not.

The sign “-”. The producer prints it for nothing and for what is not available, and the files hold both: beside it a
count of 1 is printed, which speaks for nothing; but districts with hundreds of voters have it in every column. So a
cell “-” has no figure (NaN) and the status ZERO_OR_SUPPRESSED; where a whole row is “-”, where nothing can not be
meant, MISSING. Whoever needs a sum takes `counted`, which tells that it takes “-” for nothing.

Counts with a fraction were recalculated by the producer from districts with other boundaries: all of such a row is
ESTIMATED. In a line for the whole country that evens out, and its figures are NORMAL.

Attribution and terms: https://www.dst.dk/da/Statistik/brug-statistikken/kildeangivelse
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Floats, Line, Period, Status, Texts, Unit
from kvarter.evidence.importers.valgdatabase_cells import NOTHING, Numbers, Table, plain, table_of
from kvarter.evidence.importers.valgdatabase_checks import findings_of
from kvarter.evidence.importers.valgdatabase_places import (
    Places,
    lacking,
    municipality_code,
    places_of,
    shipped_places,
    unseen_whether_all,
)
from kvarter.tables.limits import BadFile

SOURCE = "valgdatabase"
ATTRIBUTION = "Egne beregninger baseret på tal fra Danmarks Statistik"
COUNTRY = "000"
_DISTRICT, _COUNTRY, _ELECTION = "valgstedid", "land", "valgid"
_ABOUT = {
    _ELECTION,
    _DISTRICT,
    _COUNTRY,
    "gruppe",
    "kredsnr",
    "storkredsnr",
    "landsdelsnr",
    "afstemningsområder",
    "udental",
}
_VOTERS, _VOTES = "Stemmeberettigede", "Afgivne stemmer"
_PREFIX = re.compile(r"([A-ZÆØÅ]{2}\d{4}) - ")
_DISTRICT_CODE = re.compile(r"[1-9][0-9]{5}")


class Kind(StrEnum):
    """What a file of the database is."""

    BACKGROUND = "background"
    RESULTS = "results"
    GEOGRAPHY = "geography"


@dataclass(frozen=True)
class Election:
    """An election of the database. number: its ValgId, where files have one. background_on: the day its background
    figures are about, None while unproven. population: the population of that day by municipality ("000": the whole
    country), which proves the day.
    """

    label: str
    number: str
    day: date
    background_on: date | None = None
    population: Mapping[str, int] | None = None


# Population: Statistics Denmark, FOLK1A 2010K1 and 2020K1; Gladsaxe 2010: BEF44. No other quarter fits København.
ELECTIONS = (
    Election("FV2005", "195", date(2005, 2, 8)),
    Election("FV2007", "30", date(2007, 11, 13)),
    Election("FV2015", "28", date(2015, 6, 18), date(2010, 1, 1), {"101": 528_208, "159": 64_102, COUNTRY: 5_534_738}),
    Election("EV2024", "", date(2024, 6, 9), date(2020, 1, 1), {"101": 632_340, "159": 69_262, COUNTRY: 5_822_763}),
)


def read_valgdatabase(files: Mapping[str, bytes], election: Election | None = None) -> Extract:
    """The figures of one file, background or results, with names and dates when its geography file is beside it.

    files: name and content. election: needed when the file's own is not in ELECTIONS, or the day of its background is
    not known. Raises BadFile.
    """
    figures, geography = _sorted(files)
    if len(figures) > 1:
        raise BadFile(
            _("Der er tal i både “%(first)s” og “%(second)s”. Indlæs én fil med tal ad gangen, gerne med sin geografi.")
            % {"first": figures[0].file, "second": figures[1].file}
        )
    return _extract(figures[0], files[figures[0].file], geography, election)


def read_election(files: Mapping[str, bytes], election: Election | None = None) -> tuple[Extract, ...]:
    """The figures of each file of an election, as `read_valgdatabase` gives one. Raises BadFile."""
    figures, geography = _sorted(files)
    return tuple(_extract(table, files[table.file], geography, election) for table in figures)


def kind_of(table: Table) -> Kind:
    """What a file is, by its header. Raises BadFile."""
    names = {plain(name) for name in table.header}
    if {_DISTRICT, "valgstednavn"} <= names:
        return Kind.GEOGRAPHY
    votes = {plain(_VOTERS), plain(_VOTES)}
    background = any("_" in name for name in table.header)
    if not names & {_DISTRICT, _COUNTRY} or not (names & votes or background):
        raise BadFile(
            _(
                "“%(file)s” er ikke en fil fra Den Danske Valgdatabase. Den skal have kolonnen “ValgstedId” og enten"
                " baggrundstal, valgresultater eller navne på valgsteder."
            )
            % {"file": table.file}
        )
    if background and names & votes:
        raise BadFile(
            _(
                "“%(file)s” har baggrundstal og valgresultater i samme tabel. De er fra hver sin dag. Hent dem i hver"
                " sin fil."
            )
            % {"file": table.file}
        )
    missing = [] if background else lacking(table, _VOTERS, _VOTES)
    if missing:
        raise BadFile.of(missing)
    return Kind.BACKGROUND if background else Kind.RESULTS


def _sorted(files: Mapping[str, bytes]) -> tuple[list[Table], Table | None]:
    """The tables with figures, and the geography file if there is one. Raises BadFile with what is wrong with any."""
    kinds, faults = list[tuple[Kind, Table]](), list[str]()
    for name, data in files.items():
        try:
            table = table_of(name, data)
            kinds.append((kind_of(table), table))
        except BadFile as error:
            faults += error.faults
    if faults:
        raise BadFile.of(faults)
    figures = [table for kind, table in kinds if kind is not Kind.GEOGRAPHY]
    geography = [table for kind, table in kinds if kind is Kind.GEOGRAPHY]
    if not figures:
        raise BadFile(_("Der er ingen fil med tal. Vælg en fil med baggrundstal eller valgresultater."))
    if len(geography) > 1:
        raise BadFile(
            _("Der er to filer med geografi, “%(first)s” og “%(second)s”. Vælg den, der hører til valget.")
            % {"first": geography[0].file, "second": geography[1].file}
        )
    return figures, geography[0] if geography else None


@dataclass(frozen=True)
class _Cells:
    """What stands in a table with figures: each row's number, unit and election, and the amounts."""

    rows: list[int]
    codes: list[str]
    amounts: Floats
    numbers: set[str]
    footnotes: tuple[str, ...]


def _extract(table: Table, data: bytes, geography: Table | None, given: Election | None) -> Extract:
    kind = kind_of(table)
    measures = tuple(name for name in table.header if plain(name) not in _ABOUT)
    faults: list[str] = []
    cells = _cells(table, measures, faults)
    places = None
    try:
        places = places_of(geography) if geography else None
    except BadFile as error:
        faults += error.faults
    if faults:
        raise BadFile.of(faults)
    election = _election(table, cells.numbers, given)
    day = _day(table, kind, election)
    units = [_unit(code, places, election.day) for code in cells.codes]
    amounts, statuses = _with_statuses(cells.amounts, np.array([unit.scheme == "valgsted" for unit in units]))
    extract = Extract(
        source=SOURCE,
        file=table.file,
        digest=hashlib.sha256(data).hexdigest(),
        label=election.label,
        published=None,
        lines=tuple(_line(unit, day, row) for unit, row in zip(units, cells.rows, strict=True)),
        measures=measures,
        amounts=amounts,
        statuses=statuses,
        attribution=ATTRIBUTION,
        footnotes=cells.footnotes,
    )
    told = _told_of_districts(extract, places, election) + findings_of(extract, election.population)
    return replace(extract, findings=told)


def _cells(table: Table, measures: tuple[str, ...], faults: list[str]) -> _Cells:
    """All rows as numbers. What cannot be read is told in `faults` with row and column, and its row left out."""
    at = {plain(name): place for place, name in enumerate(table.header)}
    unit = at.get(_DISTRICT, at.get(_COUNTRY, 0))
    wanted = [table.header.index(name) for name in measures]
    numbers, seen = Numbers(), dict[str, int]()
    amounts: list[Floats] = []
    rows, elections, footnotes = list[int](), set[str](), list[str]()
    for row, cells in table.rows(faults):
        code = cells[unit].strip()
        before = len(faults)
        faults += _code_faults(table, row, code, _DISTRICT in at)
        if code in seen:
            faults.append(
                _(
                    "“%(file)s”, række %(row)d, kolonne “%(column)s”: %(code)s står også i række %(first)d. Hvert sted"
                    " skal stå én gang. Slet den ene række, hvis de er ens; ellers hent filen igen."
                )
                % {"file": table.file, "row": row, "column": table.header[unit], "code": code, "first": seen[code]}
            )
        seen.setdefault(code, row)
        found = _amounts(table, row, cells, wanted, numbers, faults)
        if len(faults) > before:
            continue
        rows.append(row)
        amounts.append(found)
        elections.add(cells[at[_ELECTION]].strip() if _ELECTION in at else "")
        footnotes += _footnote(cells, at)
    if not rows and not faults:
        faults.append(_("“%(file)s” har en overskrift, men ingen rækker. Hent filen igen.") % {"file": table.file})
    laid = np.stack(amounts) if amounts else np.empty((0, len(measures)))
    return _Cells(rows, list(seen), laid, elections, tuple(footnotes))


def _code_faults(table: Table, row: int, code: str, district: bool) -> list[str]:
    if (district and _DISTRICT_CODE.fullmatch(code)) or (not district and code == COUNTRY):
        return []
    told = _(
        "“%(file)s”, række %(row)d: “%(code)s” er ikke koden på et valgsted. Den har seks cifre: kommunens tre og"
        " tre til. Har et regneark ændret koderne, så hent filen igen."
    )
    return [told % {"file": table.file, "row": row, "code": code[:40]}]


def _amounts(
    table: Table, row: int, cells: list[str], wanted: list[int], numbers: Numbers, faults: list[str]
) -> Floats:
    try:
        return np.array([numbers[cells[place]] for place in wanted], dtype=np.float64)
    except ValueError:
        told = _(
            "“%(file)s”, række %(row)d, kolonne “%(column)s”: “%(text)s” er ikke et tal. Et tal skrives som 1392"
            " eller 1392,91 uden punktum, og intet som “-”. Ret feltet, eller hent filen igen."
        )
        for place in wanted:
            if not numbers.can_read(cells[place]):
                where = {"file": table.file, "row": row, "column": table.header[place]}
                faults.append(told % {**where, "text": cells[place][:40]})
        return np.empty(0)


def _footnote(cells: list[str], at: Mapping[str, int]) -> list[str]:
    """How many districts a line for the whole country is the sum of."""
    if not {"afstemningsområder", "udental"} <= at.keys():
        return []
    every, without = cells[at["afstemningsområder"]][:9], cells[at["udental"]][:9]
    if without.strip() == "0":
        return [_("Summen af %(all)s afstemningsområder.") % {"all": every}]
    return [
        _("Summen af %(all)s afstemningsområder. %(without)s af dem er uden tal og tæller ikke med.")
        % {"all": every, "without": without}
    ]


def _election(table: Table, numbers: set[str], given: Election | None) -> Election:
    """The election a file is from: its ValgId, else the label before its columns' names, else the one given."""
    if len(numbers) > 1:
        raise BadFile(
            _("“%(file)s” har flere valg i kolonnen “ValgId”. Hent ét valg ad gangen.") % {"file": table.file}
        )
    number = next(iter(numbers))
    labels = {found[1] for name in table.header if (found := _PREFIX.match(name))}
    own = labels | {one.label for one in ELECTIONS if number and one.number == number}
    if given:
        if own - {given.label} or (number and given.number and number != given.number):
            raise BadFile(
                _("“%(file)s” er fra et andet valg end %(given)s. Vælg det rigtige valg.")
                % {"file": table.file, "given": given.label}
            )
        return given
    election = next((one for one in ELECTIONS if own == {one.label}), None)
    if election is None:
        raise BadFile(
            _("“%(file)s” er fra et valg, der ikke er kendt her (ValgId “%(number)s”). Angiv valget og dets dag.")
            % {"file": table.file, "number": number[:20]}
        )
    return election


def _day(table: Table, kind: Kind, election: Election) -> date:
    """The day a file's figures are about. Raises BadFile when nobody knows."""
    if kind is Kind.RESULTS:
        return election.day
    if election.background_on is None:
        raise BadFile(
            _(
                "“%(file)s”: Det står ingen steder, hvilken dag baggrundstallene fra %(label)s er fra. Det er ikke"
                " valgdagen. Angiv dagen, når du ved den fra Danmarks Statistik."
            )
            % {"file": table.file, "label": election.label}
        )
    return election.background_on


def _unit(code: str, places: Places | None, day: date) -> Unit:
    """The unit of a row. All figures of a file, of whatever day, are by the districts of its election."""
    if code == COUNTRY:
        return Unit("land", COUNTRY, "Hele landet", as_on=day)
    place = places.on(code, day) if places else None
    municipality = place.municipality if place else municipality_code(code)
    return Unit(
        "valgsted",
        code,
        place.name if place else "",
        place.valid_from if place else None,
        place.valid_until if place else None,
        ("kommune", municipality),
        day,
    )


def _line(unit: Unit, day: date, row: int) -> Line:
    """A line about a unit on a day. The producer has none for the country: that is the sum of the districts."""
    return Line(unit, Period(day, day), row, summed=unit.code == COUNTRY)


def _with_statuses(amounts: Floats, district: npt.NDArray[np.bool_]) -> tuple[Floats, Texts]:
    """Amounts with NaN where there is no figure, and why: see the module's text. district: which rows are of one."""
    statuses = np.full(amounts.shape, str(Status.NORMAL), dtype="<U2")
    figure = np.isfinite(amounts)
    fractions = np.where(figure, amounts, 0.0) % 1 != 0
    statuses[fractions.any(axis=1) & district] = str(Status.ESTIMATED)
    statuses[np.isnan(amounts)] = str(Status.ZERO_OR_SUPPRESSED)
    statuses[np.isinf(amounts)] = str(Status.MISSING)
    statuses[~figure.any(axis=1)] = str(Status.MISSING)
    return np.where(figure, amounts, np.nan), statuses


def _told_of_districts(extract: Extract, places: Places | None, election: Election) -> tuple[Finding, ...]:
    """What is odd about the districts: by the geography file, else by what is shipped of the election."""
    names = {line.unit.code: line.unit.name for line in extract.lines if line.unit.code != COUNTRY}
    if not names:
        return ()
    if places:
        return places.findings(names, extract.label, election.day)
    shipped = shipped_places(election.label)
    gone = shipped.without_figures(set(names), election.day) if shipped else None
    if gone:
        return (gone,)
    return () if shipped and names.keys() <= shipped.by_code.keys() else (unseen_whether_all(len(names)),)


__all__ = [
    "ATTRIBUTION",
    "COUNTRY",
    "ELECTIONS",
    "NOTHING",
    "SOURCE",
    "Election",
    "Kind",
    "read_election",
    "read_valgdatabase",
]
