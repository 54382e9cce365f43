"""From cells to an Extract: units and times down, measures across, with what must be said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Line, Period, Severity, Status, Texts, Unit
from kvarter.evidence.importers.statbank.areas import CHRISTIANSOE
from kvarter.evidence.importers.statbank.breaks import ToldBreak, breaks_in
from kvarter.evidence.importers.statbank.cells import Cells, Dimension, Places, refuse_pairs
from kvarter.evidence.importers.statbank.periods import Timing, period_of
from kvarter.tables.limits import MOST_CELLS, BadFile

SOURCE = "statbank"
Flags = npt.NDArray[np.bool_]
ATTRIBUTION = "Egne beregninger baseret på tal fra Danmarks Statistik"


@dataclass(frozen=True)
class StatbankExtract(Extract):
    """An Extract with what the measures are called in words, and the notes that no copy of it may drop.

    Raises ValueError when made, or made anew by `replace`, without one of `must_show` among its footnotes.
    """

    called: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    must_show: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Look that nothing is lost."""
        super().__post_init__()
        lost = set(self.must_show) - set(self.footnotes)
        if lost:
            raise ValueError(f"{self.file}: a mandatory footnote is lost: {lost}")


@dataclass(frozen=True)
class Told:
    """What is known of the figures beside themselves. names: of the measures, by code of dimension and value.

    suppressed: the sign that may hide a figure, as the producer tells, "" for none.
    """

    file: str
    digest: str
    label: str
    published: date | None
    units: Sequence[Unit]
    suppressed: str
    unit: str = ""
    footnotes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    bare_names: bool = False
    single: str = ""


def note(kind: str, told: str, measures: tuple[str, ...] = ()) -> Finding:
    """Something to be shown with the figures."""
    return Finding(kind, Severity.NOTE, told, measures)


def lay_out(cells: Cells, area: int | None, told: Told, timing: Timing) -> StatbankExtract:
    """The Extract of some cells. area: the dimension that is the area; told.units: a unit for each of its values.

    Raises BadFile for a time that is none, and for two figures of the same unit, time and measure.
    """
    time = cells.time
    assert time is not None, "the readers give every figure its time"
    periods = _periods(cells.dimensions[time], told.file, timing)
    others = [at for at in range(len(cells.dimensions)) if at not in {area, time}]
    measures, called, measure_at = _measures(cells, others, told)
    _refuse_same(told)
    lines, line_at = _lines(cells, area, time, periods, told)
    if len(lines) * len(measures) > 4 * MOST_CELLS:
        raise BadFile(_("%(file)s: for mange kombinationer af værdier. Hent færre ad gangen.") % {"file": told.file})
    _refuse_overlaid(cells, line_at * len(measures) + measure_at, told.file)
    amounts = np.full((len(lines), len(measures)), np.nan)
    statuses = np.full(amounts.shape, Status.MISSING.value, dtype="<U2")
    amounts[line_at, measure_at] = cells.amounts
    statuses[line_at, measure_at] = cells.statuses
    made = StatbankExtract(
        source=SOURCE,
        file=told.file,
        digest=told.digest,
        label=told.label,
        published=told.published,
        lines=lines,
        measures=measures,
        amounts=amounts,
        statuses=statuses,
        attribution=ATTRIBUTION,
        footnotes=told.footnotes,
        findings=(*told.findings, *_about_units(told.units)),
        called=called,
        unit=told.unit or cells.unit,
        must_show=told.footnotes,
    )
    return _with_missing(_with_breaks(_with_hidden(made, told.suppressed)), cells.unknown)


def _periods(time: Dimension, file: str, timing: Timing) -> list[Period]:
    """What each value of the time stands for. Raises BadFile naming each that is no time."""
    found = [(value.code, period_of(value.code) or period_of(value.label)) for value in time.values]
    told = _("%(file)s: “%(code)s” er ikke en tid, som 2020, 2020K1 eller 2020M01. Ret den, eller hent tallene igen.")
    faults = [told % {"file": file, "code": code[:40]} for code, period in found if period is None]
    if faults:
        raise BadFile.of(faults)
    return [timing(period) for _code, period in found if period]


def _measures(cells: Cells, others: list[int], told: Told) -> tuple[tuple[str, ...], dict[str, str], Places]:
    """The measures' names, what they are called, and which of them each cell is of."""
    if not others:
        return (told.single,), {told.single: told.label}, np.zeros(len(cells), dtype=np.int64)
    combinations, which = np.unique(cells.places[:, others], axis=0, return_inverse=True)
    dimensions = [cells.dimensions[at] for at in others]
    names, called = [], {}
    for combination in combinations:
        chosen = [(one, one.values[place]) for one, place in zip(dimensions, combination, strict=True)]
        name = ";".join(value.code if told.bare_names else f"{one.code}={value.code}" for one, value in chosen)
        names.append(name)
        called[name] = ", ".join(value.label for _one, value in chosen)
    if len(called) < len(names):
        raise BadFile(_("%(file)s: to rækker har samme navn. Hent filen igen.") % {"file": told.file})
    return tuple(names), called, np.asarray(which, dtype=np.int64).reshape(-1)


def _lines(
    cells: Cells, area: int | None, time: int, periods: list[Period], told: Told
) -> tuple[tuple[Line, ...], Places]:
    """The lines, by unit and then by time, and which of them each cell is on."""
    area_at = cells.places[:, area] if area is not None else np.zeros(len(cells), dtype=np.int64)
    pairs, first, which = np.unique(
        np.column_stack([area_at, cells.places[:, time]]), axis=0, return_index=True, return_inverse=True
    )
    by_time = sorted(range(len(pairs)), key=lambda at: (pairs[at][0], periods[pairs[at][1]].first))
    moved = np.empty(len(pairs), dtype=np.int64)
    moved[by_time] = np.arange(len(pairs))
    lines = tuple(Line(told.units[pairs[at][0]], periods[pairs[at][1]], int(cells.rows[first[at]])) for at in by_time)
    return lines, moved[np.asarray(which).reshape(-1)]


def _refuse_same(told: Told) -> None:
    """Raise BadFile with every two areas of the file that are one unit, as 159 and 0159."""
    seen: dict[tuple[str, str], Unit] = {}
    faults = []
    for unit in told.units:
        other = seen.setdefault((unit.scheme, unit.code), unit)
        if other is not unit:
            faults.append(
                _(
                    "%(file)s: området %(name)s (%(code)s) står der to gange under forskellige koder eller navne. "
                    "Ret filen."
                )
                % {"file": told.file, "name": unit.name, "code": unit.code}
            )
    if faults:
        raise BadFile.of(faults)


def _refuse_overlaid(cells: Cells, spots: Places, file: str) -> None:
    """Raise BadFile if two cells would have the same place in the Extract."""
    order = np.argsort(spots, kind="stable")
    same = np.flatnonzero(spots[order][1:] == spots[order][:-1])
    refuse_pairs([(int(cells.rows[order[at]]), int(cells.rows[order[at + 1]])) for at in same], file)


def _about_units(units: Sequence[Unit]) -> tuple[Finding, ...]:
    """What is odd about the units."""
    codes: dict[tuple[str, str], int] = {}
    for unit in units:
        codes[unit.scheme, unit.code] = codes.get((unit.scheme, unit.code), 0) + 1
    findings = []
    if ("kommune", CHRISTIANSOE) in codes:
        told = _("Christiansø (0411) er ikke en kommune, men står blandt kommunerne som nummer 99.")
        findings.append(note("99th-unit", told))
    strangers = sorted({unit.name for unit in units if unit.scheme == SOURCE})
    if strangers:
        names = ", ".join(strangers[:5]) + (" …" if len(strangers) > 5 else "")
        findings.append(
            note(
                "unknown-area", _("%(n)s områder er ikke genkendt: %(names)s.") % {"n": len(strangers), "names": names}
            )
        )
    return tuple(findings)


def _with_hidden(extract: StatbankExtract, suppressed: str) -> StatbankExtract:
    """The same, with every figure that may stand for a hidden one marked so, and without its amount."""
    try:
        sign = float(suppressed.replace(",", "."))
    except ValueError:
        return extract
    hidden: Flags = np.asarray(extract.amounts == sign)
    if not hidden.any():
        return extract
    status = Status.ZERO_OR_SUPPRESSED if sign == 0 else Status.SUPPRESSED
    told = _(
        "Statistikbanken skriver %(sign)s, også når et tal er skjult af hensyn til fortrolighed. %(n)s tal kan derfor "
        "være enten %(sign)s eller skjult, og vises ikke som tal."
    ) % {"sign": suppressed, "n": int(hidden.sum())}
    return replace(
        extract,
        amounts=np.where(hidden, np.nan, extract.amounts),
        statuses=np.where(hidden, status.value, extract.statuses),
        findings=(*extract.findings, note("zero-may-be-hidden", told, _columns(extract, hidden))),
    )


def _with_breaks(extract: StatbankExtract) -> StatbankExtract:
    """The same, with the first figure after each break that the footnotes tell of marked."""
    statuses = extract.statuses.copy()
    findings = list(extract.findings)
    for found in breaks_in(extract.footnotes):
        marked = _mark(extract, statuses, found)
        told = _("Kilden skriver om et databrud: “%(sentence)s” Tal før og efter kan ikke sammenlignes.")
        if not marked.any():
            told = _(
                "Kilden skriver om et databrud: “%(sentence)s” Intet tal her er mærket, for bruddet har "
                "ikke et årstal, eller der er ikke tal på begge sider af det."
            )
        told = told % {"sentence": found.sentence}
        findings.append(note("break-in-footer", told, _columns(extract, marked)))
    return replace(extract, statuses=statuses, findings=tuple(findings))


def _mark(extract: StatbankExtract, statuses: Texts, found: ToldBreak) -> Flags:
    """Mark, in `statuses`, the first figure after a break, of every unit and measure that has figures up to it."""
    marked = np.zeros(statuses.shape, dtype=bool)
    has = ~np.isnan(extract.amounts)
    by_unit: dict[Unit, list[int]] = {}
    for at, line in enumerate(extract.lines):
        by_unit.setdefault(line.unit, []).append(at)
    for after in found.after:
        for rows in by_unit.values():
            before = [at for at in rows if extract.lines[at].period.first < after]
            later = [at for at in rows if extract.lines[at].period.first >= after]
            if later:
                first = np.argmax(has[later], axis=0)
                # Figures that begin with the year of the break may be put after older ones from another file.
                opens = extract.lines[later[0]].period.first.year == after.year
                there = has[later].any(axis=0) & (has[before].any(axis=0) | opens)
                marked[np.asarray(later)[first[there]], np.flatnonzero(there)] = True
    statuses[marked] = Status.BREAK.value
    return marked


def _with_missing(extract: StatbankExtract, unknown: tuple[str, ...]) -> StatbankExtract:
    """The same, with how many figures are missing, and which signs we do not know."""
    findings = list(extract.findings)
    missing: Flags = np.asarray(extract.statuses == Status.MISSING.value)
    if missing.any():
        told = _("%(n)s tal mangler hos Statistikbanken.") % {"n": int(missing.sum())}
        findings.append(note("missing-figures", told, _columns(extract, missing)))
    if unknown:
        told = _("Nogle tal har et tegn ved siden af, som vi ikke kender: %(signs)s.") % {"signs": ", ".join(unknown)}
        findings.append(note("unknown-sign", told))
    return replace(extract, findings=tuple(findings))


def _columns(extract: StatbankExtract, flags: Flags) -> tuple[str, ...]:
    """The names of the measures that have a figure picked out."""
    return tuple(extract.measures[at] for at in np.flatnonzero(flags.any(axis=0)))
