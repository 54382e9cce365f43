"""From an answer of the API and the description of its table to an Extract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Finding, Unit
from kvarter.evidence.importers.statbank.areas import unit_of
from kvarter.evidence.importers.statbank.cells import Cells, Dimension, Value
from kvarter.evidence.importers.statbank.layout import SOURCE, StatbankExtract, Told, lay_out, note
from kvarter.evidence.importers.statbank.periods import Timing, whole_period
from kvarter.evidence.importers.statbank.tableinfo import TableInfo, Variable
from kvarter.tables.limits import BadFile

CONTENTS = "CONTENTSCODE"


def read_answer(
    cells: Cells,
    about: TableInfo,
    digest: str,
    *,
    area: str | None = None,
    timing: Timing = whole_period,
    asked: Mapping[str, Sequence[str]] | None = None,
) -> StatbankExtract:
    """The Extract of an answer.

    area: the code of the variable that is the area, where there is more than one; found by its values if not told.
    timing: which days of a period the figures are about. asked: what was asked for, to tell what was left out.
    Raises BadFile where the answer is not of this table, or has two areas to choose from.
    """
    known = replace(cells, dimensions=tuple(_known(one, about) for one in cells.dimensions))
    known, contents = _without_contents(known)
    if known.time is None:
        raise BadFile(_("%(table)s: svaret har ingen tid. Hent det igen.") % {"table": about.table})
    place = _area_place(known, about, area)
    units, findings = _units(known, about, place)
    footnotes, told = _notes(about)
    return lay_out(
        known,
        place,
        Told(
            file=about.table,
            digest=digest,
            label=f"{about.table}: {about.description or about.text}",
            published=about.updated.date(),
            units=units,
            suppressed=about.suppressed,
            unit=about.unit,
            footnotes=footnotes,
            findings=(*findings, *told, *_left_out(known, about, asked)),
            single=contents or about.table,
        ),
        timing,
    )


def _known(dimension: Dimension, about: TableInfo) -> Dimension:
    """The same, with codes, labels and role as the table's description has them. Raises BadFile for a stranger."""
    if dimension.code.upper() == CONTENTS:
        return dimension
    variable = about.find(dimension.code)
    if variable is None:
        raise BadFile(
            _("%(table)s: svaret har variablen “%(code)s”, som tabellen ikke har. Det hører til en anden tabel.")
            % {"table": about.table, "code": dimension.code}
        )
    by_code = {value.code: value for value in variable.values}
    labels = [value.label for value in variable.values]
    by_label = {value.label: value for value in variable.values if labels.count(value.label) == 1}
    values = tuple(_value(value, by_code, by_label, variable, about) for value in dimension.values)
    if len(set(values)) < len(values):
        raise BadFile(
            _("%(table)s: svaret har den samme værdi to gange i %(code)s. Hent det igen.")
            % {"table": about.table, "code": variable.code}
        )
    return Dimension(variable.code, variable.label, values, "time" if variable.is_time else "")


def _value(
    value: Value, by_code: dict[str, Value], by_label: dict[str, Value], variable: Variable, about: TableInfo
) -> Value:
    """The value as the table has it, from its code or from a label that only one value has. Raises BadFile."""
    found = by_code.get(value.code) or by_label.get(value.code)
    if found is None and variable.is_time:
        # Codes are 2020K1 where English labels say 2020Q1.
        found = by_code.get(value.code.replace("Q", "K"))
    if found is None:
        raise BadFile(
            _(
                "%(table)s: “%(value)s” er ikke en værdi af %(code)s. "
                "Hent tabellens beskrivelse og tallene igen, med koder."
            )
            % {"table": about.table, "value": value.code[:60], "code": variable.code}
        )
    return found


def _without_contents(cells: Cells) -> tuple[Cells, str]:
    """The same without the variable that only tells the table's name, and that name."""
    for at, one in enumerate(cells.dimensions):
        if one.code.upper() == CONTENTS and len(one.values) == 1:
            rest = [place for place in range(len(cells.dimensions)) if place != at]
            dimensions = tuple(cells.dimensions[place] for place in rest)
            return replace(cells, dimensions=dimensions, places=cells.places[:, rest]), one.values[0].code
    return cells, ""


def _area_place(cells: Cells, about: TableInfo, area: str | None) -> int | None:
    """Which dimension is the area. Raises BadFile where more than one might be, or where the one told is not there."""
    if area is not None:
        code = about.variable(area).code
        for at, one in enumerate(cells.dimensions):
            if one.code == code:
                return at
        raise BadFile(_("%(table)s: svaret har ikke variablen %(code)s.") % {"table": about.table, "code": code})
    found = [at for at, one in enumerate(cells.dimensions) if not one.role and _is_area(about.find(one.code))]
    if len(found) > 1:
        names = ", ".join(cells.dimensions[at].code for at in found)
        raise BadFile(
            _("%(table)s har flere variable med områder: %(names)s. Vælg, hvilken tallene handler om.")
            % {"table": about.table, "names": names}
        )
    return found[0] if found else None


def _is_area(variable: Variable | None) -> bool:
    """Whether a variable of the table is an area: told by a map, by its name, or by most of its values."""
    if variable is None:
        return False
    if variable.map or _has_parishes(variable):
        return True
    fitting = sum(unit_of(value.code, value.label) is not None for value in variable.values)
    # A total named "I alt" with the code 000 is in many variables that are no area.
    return fitting >= 1 and 2 * fitting >= len(variable.values) and not _only_total(variable)


def _only_total(variable: Variable) -> bool:
    """Whether all that looks like an area in a variable is its total."""
    units = [unit_of(value.code, value.label) for value in variable.values]
    return all(unit is None or (unit.scheme == "land" and unit.name.casefold() in {"i alt", "total"}) for unit in units)


def _has_parishes(variable: Variable) -> bool:
    """Whether a variable's values are parishes."""
    words = f"{variable.code} {variable.label} {variable.map}".casefold()
    return "sogn" in words or "parish" in words


def _units(cells: Cells, about: TableInfo, place: int | None) -> tuple[list[Unit], tuple[Finding, ...]]:
    """A unit for each value of the area; the whole country where the answer has none."""
    if place is None:
        told = _("Tallene er ikke delt på områder. De gælder hele landet.")
        return [Unit("land", "DK", _("Hele landet"))], (note("no-area", told),)
    dimension = cells.dimensions[place]
    variable = about.variable(dimension.code)
    parishes = _has_parishes(variable)
    return [
        unit_of(value.code, value.label, parishes=parishes) or Unit(SOURCE, value.code, value.label)
        for value in dimension.values
    ], ()


def _notes(about: TableInfo) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The footnote if it must be shown; and as findings one that need not, and that the table is closed."""
    findings = []
    if not about.active:
        told = _("Tabellen %(table)s bliver ikke længere ajourført.") % {"table": about.table}
        findings.append(note("not-updated", told))
    if about.footnote and not about.footnote.mandatory:
        findings.append(note("footnote", about.footnote.text))
    must = (about.footnote.text,) if about.footnote and about.footnote.mandatory else ()
    return must, tuple(findings)


def _left_out(cells: Cells, about: TableInfo, asked: Mapping[str, Sequence[str]] | None) -> tuple[Finding, ...]:
    """What was left out of the question, and what StatBank then gives."""
    there = {one.code for one in cells.dimensions}
    findings = [
        note(
            "left-out-variable",
            _("%(label)s (%(code)s) er ikke valgt. Tallene er for alle under ét.")
            % {"label": variable.label, "code": variable.code},
        )
        for variable in about.variables
        if variable.code not in there and not variable.is_time
    ]
    if asked is not None and about.time.code.upper() not in {code.upper() for code in asked}:
        assert cells.time is not None
        latest = ", ".join(value.label for value in cells.dimensions[cells.time].values)
        findings.append(
            note("latest-period", _("Tiden er ikke valgt. Tallene er for det nyeste: %(time)s.") % {"time": latest})
        )
    return tuple(findings)
