"""Landsbyggefonden's Beboerdata: workbooks of standard tables for housing sections (afdelinger) and their references.

No original workbook was at hand when this was written. It is built on the description: 22 tables, one a sheet, for a
section, the municipality, the country, or a sum of chosen sections; series of up to ten years; figures of fewer than a
handful hidden; sections of at least 100 residents alone; layouts that change, and data one to two years late. So each
sheet is read by a mapping that is suggested from its headings; where no heading tells places or times, a saved mapping
is asked for instead of guessing. Try it on a real workbook, and save the mappings that fit.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Line, Severity, Status
from kvarter.evidence.importers.mapping import Mapping
from kvarter.evidence.importers.suggesting import suggest
from kvarter.evidence.importers.tables import read_mapped, read_sheet
from kvarter.tables.limits import BadFile
from kvarter.tables.sheets import read_sheets
from kvarter.tables.workbook import Sheet

SOURCE = "beboerdata"
ATTRIBUTION = "Kilde: Landsbyggefonden, Beboerdata"


def read_beboerdata(content: bytes, name: str, mapping: Mapping | None = None) -> Extract:
    """The figures of a workbook, each measure named by its sheet and column, as “Beskæftigelse: I arbejde”.

    mapping: for one sheet, which is then read alone, its measures named by their columns. Raises BadFile naming the
    sheet that needs a mapping.
    """
    if mapping is not None:
        own = mapping.model_copy(update={"source": SOURCE, "attribution": ATTRIBUTION})
        one = read_mapped(content, name, own)
        return replace(one, findings=(_untried(), *one.findings))
    found = []
    for sheet in read_sheets(content, name):
        found.append((sheet.name, read_sheet(sheet, name, _suggested(sheet, name), content)))
    if not found:
        raise BadFile(_("%(file)s har ingen ark med tal.") % {"file": name})
    return _joined(found, name, hashlib.sha256(content).hexdigest())


def _suggested(sheet: Sheet, name: str) -> Mapping:
    mapping = suggest(sheet, source=SOURCE).model_copy(update={"attribution": ATTRIBUTION})
    if not mapping.unit_column or not (mapping.period_column or mapping.periods_across):
        raise BadFile(
            _(
                "%(file)s, ark “%(sheet)s”: overskrifterne siger ikke, hvilke områder og år tallene er om. Gem en "
                "opskrift på arket, og send den med."
            )
            % {"file": name, "sheet": sheet.name}
        )
    return mapping


def _untried() -> Finding:
    told = _(
        "Beboerdata læses efter en beskrivelse: der var ingen ægte fil ved hånden, da det blev lavet. Hold nogle tal "
        "op mod filen, før du gemmer."
    )
    return Finding("not-tried-on-a-real-file", Severity.NOTE, told)


def _joined(found: list[tuple[str, Extract]], name: str, digest: str) -> Extract:
    """The sheets beside each other: one line for each place and time, a column for each measure of each sheet."""
    keys: dict[tuple[str, object], Line] = {}
    for _sheet, extract in found:
        for line in extract.lines:
            keys.setdefault((line.unit.code, line.period), line)
    at = {key: n for n, key in enumerate(keys)}
    measures = tuple(f"{sheet}: {measure}" for sheet, extract in found for measure in extract.measures)
    amounts = np.full((len(keys), len(measures)), np.nan)
    statuses = np.full((len(keys), len(measures)), Status.MISSING.value, dtype="<U2")
    column = 0
    findings = [_untried()]
    for sheet, extract in found:
        rows = [at[line.unit.code, line.period] for line in extract.lines]
        many = len(extract.measures)
        amounts[rows, column : column + many] = extract.amounts
        statuses[rows, column : column + many] = extract.statuses
        findings += [
            replace(one, measures=tuple(f"{sheet}: {measure}" for measure in one.measures)) for one in extract.findings
        ]
        column += many
    footnotes = tuple(dict.fromkeys(note for _sheet, extract in found for note in extract.footnotes))
    return Extract(
        SOURCE,
        name,
        digest,
        found[0][1].label,
        None,
        tuple(keys.values()),
        measures,
        amounts,
        statuses,
        ATTRIBUTION,
        footnotes,
        tuple(findings),
        areas={},
    )
