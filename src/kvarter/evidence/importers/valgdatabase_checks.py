"""What is odd inside one file of Den Danske Valgdatabase, found from its figures and told to the one who loads it.

Nothing is mended: a column that cannot be trusted is withheld until the producer has said what is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Floats, Severity, Status
from kvarter.evidence.importers.valgdatabase_places import municipality_code, some

CHRISTIANSOE = "411"
ROUNDING = 0.5
MOST_OFF = 0.005
LIKENESS = 2e-5  # from one quarter to the next the population of a municipality or the country changes far more
_NUMBERED = re.compile(r"(.*_)[0-9]{2}\.\s*([^_]+)")
_CARS = ("Husstande uden bil", "Husstande med 1 bil", "Husstande med 2 eller flere biler")
_EVERYBODY = "Antal personer i alt"
_HOUSEHOLDS = "Antal husstande i alt"
_BRACKET = re.compile(r".*_([0-9.]+ - [0-9.]+ kr\.?|[0-9.]+ kr\.-|Under [0-9.]+ kr\.?)")
_VALID, _VOTES, _VOTERS = "Gyldige stemmer", "Afgivne stemmer", "Stemmeberettigede"
_INVALID = ("Blanke stemmer", "Andre ugyldige stemmer")
_DWELLINGS = ("Boligstørrelse", "Boligtype", "Ejerforhold")


def counted(extract: Extract, measures: Sequence[str]) -> Floats:
    """The sum of some measures for each line, a “-” taken for nothing; NaN for a line without any figure."""
    if not measures:
        return np.full(len(extract.lines), np.nan)
    columns = np.stack([extract.column(name) for name in measures], axis=1)
    return np.where(np.isnan(columns).all(axis=1), np.nan, np.nan_to_num(columns).sum(axis=1))


def population(extract: Extract) -> Floats:
    """How many live in each line's place: the total of all persons, else the persons in all dwellings by owner."""
    totals = [name for name in extract.measures if name.endswith(_EVERYBODY)]
    return counted(extract, totals[:1] or _starting(extract, f"{_DWELLINGS[2]}_Antal personer"))


def findings_of(extract: Extract, known: Mapping[str, int] | None) -> tuple[Finding, ...]:
    """Everything odd about a file. known: the population of the day it is about, by municipality."""
    checks: tuple[Callable[[Extract], list[Finding]], ...] = (
        doubled_columns,
        swapped_cars,
        unequal_sums,
        more_votes_than_voters,
        signs_of_nothing,
        recalculated,
        christiansoe,
    )
    return tuple(reference_date(extract, known) + [finding for check in checks for finding in check(extract)])


def reference_date(extract: Extract, known: Mapping[str, int] | None) -> list[Finding]:
    """That the background is about another day than its label says, and whether the population proves it."""
    if extract.has(_VOTERS):
        return []
    day = extract.lines[0].period.first
    told = _(
        "Filen hedder %(label)s, men baggrundstallene er fra %(day)s. Det er dagen, tallene handler om: hverken"
        " valgdagen eller dagen, de blev offentliggjort."
    ) % {"label": extract.label, "day": date_format(day)}
    sums = _by_municipality(extract)
    wrong = [code for code, people in (known or {}).items() if code in sums and not _alike(sums[code], people)]
    if wrong:
        return [
            Finding(
                "reference-date",
                Severity.STOP,
                _(
                    "%(label)s kendes her med folketallet fra %(day)s, men i “%(file)s” er det et andet: %(found)s mod"
                    " %(known)s (kode %(code)s). Filen er en anden udgave. Angiv, hvilken dag den er fra."
                )
                % {
                    "label": extract.label,
                    "day": date_format(day),
                    "file": extract.file,
                    "found": _said(sums[wrong[0]]),
                    "known": _said((known or {})[wrong[0]]),
                    "code": wrong[0],
                },
            )
        ]
    if any(code in sums for code in known or {}):
        told += " " + _("Det ses af, at folketallet er det, Danmarks Statistik har offentliggjort for den dag.")
    return [Finding("reference-date", Severity.NOTE, told)]


def doubled_columns(extract: Extract) -> list[Finding]:
    """Columns that stand twice, with and without a number. A set is kept only if it alone proves to be whole.

    Whole: in every line its sum is the population, and the other set's is not.
    """
    numbered = {name: found[1] + found[2] for name in extract.measures if (found := _NUMBERED.fullmatch(name))}
    tables = {name.split("_")[0] for name, bare in numbered.items() if extract.has(bare)}
    return [_doubled(extract, table, numbered) for table in sorted(tables)]


def _doubled(extract: Extract, table: str, numbered: Mapping[str, str]) -> Finding:
    columns = _starting(extract, table + "_")
    sets = ([name for name in columns if name in numbered], [name for name in columns if name not in numbered])
    people = population(extract)
    whole = [one for one in sets if not np.isnan(people).all() and not _off(counted(extract, one), people).size]
    kept = whole[0] if len(whole) == 1 else []
    first, second, persons = (_said(np.nansum(one)) for one in (*(counted(extract, one) for one in sets), people))
    told = _(
        "Tabellen “%(table)s” står to gange, med og uden nummer foran. Lægges alt sammen, tælles hver person to gange:"
        " %(first)s og %(second)s, hvor der er %(people)s personer."
    ) % {"table": table, "first": first, "second": second, "people": persons}
    told += " " + (
        _("Kun det ene sæt passer med folketallet i hver række. Det bruges, det andet holdes ude.")
        if kept
        else _("Det kan ikke ses, hvilket sæt der er rigtigt, så begge holdes ude, til Danmarks Statistik har svaret.")
    )
    return Finding("doubled-columns", Severity.WITHHELD, told, tuple(name for name in columns if name not in kept))


def swapped_cars(extract: Extract) -> list[Finding]:
    """Labels of cars that cannot be right: more households with two or more cars than with one.

    All three are withheld: that two labels are wrong is seen, that the third is right is not.
    """
    found = [next((name for name in extract.measures if name.endswith(label)), "") for label in _CARS]
    if not all(found):
        return []
    none, one, more = (float(np.nansum(extract.column(name))) for name in found)
    if more <= one:
        return []
    return [
        Finding(
            "swapped-labels",
            Severity.WITHHELD,
            _(
                "“1 bil” er %(one)s %% af husstandene og “2 eller flere biler” %(more)s %%. Det er næppe rigtigt: de to"
                " kolonner ser ud til at have byttet navn. De rettes ikke her. Alle tre kolonner om biler holdes ude,"
                " til Danmarks Statistik har svaret."
            )
            % {"one": _said(100 * one / (none + one + more), 1), "more": _said(100 * more / (none + one + more), 1)},
            tuple(found),
        )
    ]


@dataclass(frozen=True)
class _Sum:
    """Measures that should make up others."""

    parts: tuple[str, ...]
    total: tuple[str, ...]

    @property
    def name(self) -> str:
        """What they are the parts of, as the producer writes it."""
        if len(self.total) == 1:
            return self.total[0]
        return "” / “".join(names[0].rsplit("_", 1)[0] for names in (self.parts, self.total))


def unequal_sums(extract: Extract) -> list[Finding]:
    """Parts that do not make their total in some lines. Withheld when much is lost in all, else told."""
    return [finding for one in _sums(extract) if (finding := _unequal(extract, one))]


def _sums(extract: Extract) -> list[_Sum]:
    """Every total of the file with its parts, and every two tables that count the same dwellings or persons."""
    found: list[_Sum] = []
    for total in extract.measures:
        table = total.split("_")[0] + "_"
        if total.endswith(_EVERYBODY):
            found.append(_Sum(tuple(name for name in _starting(extract, table) if name != total), (total,)))
        if total.endswith(_HOUSEHOLDS):
            brackets = (name for name in _starting(extract, table) if _BRACKET.fullmatch(name))
            found.append(_Sum(tuple(brackets), (total,)))
    if all(extract.has(name) for name in (_VALID, _VOTES, *_INVALID)):
        parties = extract.measures[extract.measures.index(_VALID) + 1 :]
        found += [_Sum((*_INVALID, _VALID), (_VOTES,)), _Sum(tuple(parties), (_VALID,))]
    for what in ("Antal boliger", "Antal personer"):
        tables = [tuple(_starting(extract, f"{table}_{what}_")) for table in _DWELLINGS]
        found += [_Sum(table, tables[-1]) for table in tables[:-1] if tables[-1]]
    return [one for one in found if one.parts]


def _unequal(extract: Extract, one: _Sum) -> Finding | None:
    parts, total = counted(extract, one.parts), counted(extract, one.total)
    off = _off(parts, total)
    if not off.size:
        return None
    gaps = np.abs(parts - total)
    much = float(np.nansum(gaps)) > MOST_OFF * float(np.nansum(total))
    codes = [extract.lines[row].unit.code for row in off]
    told = _(
        "“%(name)s”: I %(n)d af %(all)d rækker giver delene ikke det samme (%(codes)s); den største forskel er %(gap)s."
    ) % {
        "name": one.name,
        "n": off.size,
        "all": len(extract.lines),
        "codes": some(codes),
        "gap": _said(np.nanmax(gaps)),
    }
    told += " " + (
        _("Det er for meget til at stole på tallene. De holdes ude, til Danmarks Statistik har svaret.")
        if much
        else _("Regn ikke andele ud for de rækker.")
    )
    severity = Severity.WITHHELD if much else Severity.NOTE
    return Finding("unequal-sums", severity, told, (*one.parts, *one.total))


def more_votes_than_voters(extract: Extract) -> list[Finding]:
    """A turnout over 100 per cent."""
    if not (extract.has(_VOTES) and extract.has(_VOTERS)):
        return []
    over = np.flatnonzero(extract.column(_VOTES) > extract.column(_VOTERS))
    if not over.size:
        return []
    told = _("Flere har stemt, end der er vælgere, i %(codes)s. Valgdeltagelsen holdes ude. Hent filen igen.")
    codes = some(extract.lines[row].unit.code for row in over)
    return [Finding("more-votes-than-voters", Severity.WITHHELD, told % {"codes": codes}, (_VOTES, _VOTERS))]


def signs_of_nothing(extract: Extract) -> list[Finding]:
    """How many cells are “-”, and which lines and columns have nothing else."""
    found = []
    signs = int((extract.statuses == str(Status.ZERO_OR_SUPPRESSED)).sum())
    if signs:
        told = _(
            "%(n)s af %(all)s felter er “-”. Danmarks Statistik skriver det både for nul og for tal, der ikke kan"
            " gives. De vises derfor ikke som nul."
        )
        found.append(
            Finding("sign-of-nothing", Severity.NOTE, told % {"n": _said(signs), "all": _said(extract.amounts.size)})
        )
    missing = np.isnan(extract.amounts)
    rows = [extract.lines[row].unit.code for row in np.flatnonzero(missing.all(axis=1))]
    if rows:
        told = _("Steder helt uden tal: %(n)d (%(codes)s). Det betyder ikke nul, men at tallene ikke kan gives.")
        found.append(Finding("empty-rows", Severity.NOTE, told % {"n": len(rows), "codes": some(rows)}))
    empty = tuple(extract.measures[column] for column in np.flatnonzero(missing.all(axis=0)))
    if empty:
        told = _("Kolonner uden et eneste tal i filen: %(n)d (%(names)s).")
        names = {"n": len(empty), "names": "; ".join(empty[:3]) + (" …" if len(empty) > 3 else "")}
        found.append(Finding("empty-columns", Severity.NOTE, told % names, empty))
    return found


def recalculated(extract: Extract) -> list[Finding]:
    """The lines with fractions of persons or dwellings."""
    rows = np.flatnonzero((extract.statuses == str(Status.ESTIMATED)).any(axis=1))
    if not rows.size:
        return []
    told = _(
        "%(n)d af %(all)d steder har brøkdele af personer (%(codes)s): deres grænse er ændret, og Danmarks Statistik"
        " har regnet tallene om. De er anslåede."
    )
    codes = some(extract.lines[row].unit.code for row in rows)
    return [Finding("recalculated", Severity.NOTE, told % {"n": rows.size, "all": len(extract.lines), "codes": codes})]


def christiansoe(extract: Extract) -> list[Finding]:
    """That Christiansø stands among the municipalities without being one."""
    codes = {line.unit.part_of[1] for line in extract.lines if line.unit.part_of}
    if CHRISTIANSOE not in codes:
        return []
    told = _("Christiansø (411) står som en kommune, men er ingen. Der er %(n)d koder; den ene er Christiansø.")
    return [Finding("christiansoe", Severity.NOTE, told % {"n": len(codes)})]


def _by_municipality(extract: Extract) -> dict[str, float]:
    """The population of each municipality, or of the whole country in a file of one line; lines without it left out."""
    sums: dict[str, float] = {}
    for line, people in zip(extract.lines, population(extract), strict=True):
        code = line.unit.code if line.unit.scheme == "land" else municipality_code(line.unit.code)
        sums[code] = sums.get(code, 0.0) + (0.0 if np.isnan(people) else float(people))
    return sums


def check_population(extract: Extract, totals: Mapping[str, float], within: float = 1.0) -> Finding:
    """Whether the population of each municipality is that of the day its lines are said to be about.

    totals: the population that day by code ("159", "0159"). NOTE when nine of ten agree within that many persons, else
    STOP. Raises ValueError for a code of no municipality, or totals with none of the file's municipalities.
    """
    known = {municipality_code(code): people for code, people in totals.items()}
    sums = {code: people for code, people in _by_municipality(extract).items() if code in known}
    if not sums:
        raise ValueError("None of these totals is of a municipality in the file.")
    agreed = [code for code, people in sums.items() if abs(people - known[code]) <= within]
    told = _("Folketallet er det samme i %(n)d af %(all)d kommuner som det kendte fra %(day)s.") % {
        "n": len(agreed),
        "all": len(sums),
        "day": date_format(extract.lines[0].period.first),
    }
    others = [code for code in sums if code not in agreed]
    if others:
        told += " " + _("Anderledes: %(codes)s.") % {"codes": some(others)}
    if len(agreed) >= 0.9 * len(sums):
        return Finding("population-agrees", Severity.NOTE, told)
    told += " " + _("Tallene er nok fra en anden dag. Find dagen, før filen indlæses.")
    return Finding("population-differs", Severity.STOP, told)


def _said(number: float, decimals: int = 0) -> str:
    """A number as the reader's language writes it."""
    return str(number_format(round(float(number), decimals), decimal_pos=decimals, use_l10n=True, force_grouping=True))


def _alike(found: float, known: float) -> bool:
    return abs(found - known) <= max(1.0, LIKENESS * known)


def _starting(extract: Extract, start: str) -> list[str]:
    return [name for name in extract.measures if name.startswith(start)]


def _off(parts: Floats, total: Floats) -> npt.NDArray[np.intp]:
    """The rows in which two sums differ by more than rounding."""
    return np.flatnonzero(np.abs(parts - total) > ROUNDING)
