"""Background figures copied from one election to the next: one measurement, not a series that stands still."""

from __future__ import annotations

import re

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Finding, Severity
from kvarter.evidence.importers.valgdatabase_places import some

FEWEST_FIGURES = 5
_LABEL = re.compile(r"[A-ZÆØÅ]{2}\d{4} - ")


def copied_lines(old: Extract, new: Extract) -> tuple[str, ...]:
    """The codes whose line is the same in both, figure for figure, in every measure both have."""
    shared, places = _shared(old, new)
    if not shared:
        return ()
    before = {line.unit.code: row for row, line in enumerate(old.lines)}
    pairs = [(before[line.unit.code], row) for row, line in enumerate(new.lines) if line.unit.code in before]
    if not pairs:
        return ()
    rows = np.array(pairs)
    was = old.amounts[rows[:, 0]][:, [one for one, _other in places]]
    now = new.amounts[rows[:, 1]][:, [other for _one, other in places]]
    same = ((was == now) | (np.isnan(was) & np.isnan(now))).all(axis=1) & (
        np.isfinite(now).sum(axis=1) >= FEWEST_FIGURES
    )
    return tuple(new.lines[row].unit.code for row in rows[same, 1])


def same_measurement(old: Extract, new: Extract) -> Finding | None:
    """That lines of the newer file are those of the older, if any are."""
    codes = copied_lines(old, new)
    if not codes:
        return None
    told = _(
        "%(n)d steder har nøjagtig de samme tal i %(old)s og %(new)s (%(codes)s). De er målt én gang og skrevet af."
        " Vis dem som én måling; de viser ikke, at intet er ændret."
    ) % {"n": len(codes), "old": old.label, "new": new.label, "codes": some(codes)}
    return Finding("same-measurement", Severity.NOTE, told, _shared(old, new)[0])


def _shared(old: Extract, new: Extract) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    """The newer file's names of the measures both have, and where they stand in the one and the other."""
    before = {_LABEL.sub("", name, count=1): place for place, name in enumerate(old.measures)}
    found = [(name, place) for place, name in enumerate(new.measures) if _LABEL.sub("", name, count=1) in before]
    return tuple(name for name, _place in found), [
        (before[_LABEL.sub("", name, count=1)], place) for name, place in found
    ]
