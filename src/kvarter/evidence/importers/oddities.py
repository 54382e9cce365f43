"""What is odd about a table that can be read: sums, one measurement written off, jumps, bare per cents."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Finding, Floats, Line, Period, Severity
from kvarter.evidence.importers.mapping import Mapping

# Parts may miss their total by so much of it where producers round each figure.
ROUNDING = 0.005


def oddities(lines: tuple[Line, ...], measures: tuple[str, ...], amounts: Floats, mapping: Mapping) -> list[Finding]:
    """What does not add up, stands still, jumps, or is a per cent of nothing told."""
    found = [*_unequal(measures, amounts, mapping)]
    for place, measure in enumerate(measures):
        series = _series(lines, amounts[:, place])
        if any(len(values) > 2 and len(set(values)) == 1 for values in series):
            told = _("“%(measure)s” er det samme tal hver gang. Det er nok én måling, der er skrevet af.") % {
                "measure": measure
            }
            found.append(Finding("same-measurement", Severity.NOTE, told, (measure,)))
        if any(_jumps(values) for values in series):
            told = _(
                "“%(measure)s” springer mere end halvdelen fra en gang til den næste. Se efter, om der er et brud."
            )
            found.append(Finding("possible-break", Severity.NOTE, told % {"measure": measure}, (measure,)))
        if _is_per_cent(measure):
            known = amounts[:, place][~np.isnan(amounts[:, place])]
            over = bool((known > 100).any() or (known < 0).any())
            told = (
                _("“%(measure)s” er procent, men går uden for 0 til 100. Kolonnen holdes ude.")
                if over
                else _("“%(measure)s” er procent uden det antal, den er af. Den kan kun vises uden usikkerhed.")
            )
            severity = Severity.WITHHELD if over else Severity.NOTE
            kind = "share-above-100" if over else "bare-percentage"
            found.append(Finding(kind, severity, told % {"measure": measure}, (measure,)))
    return found


def _unequal(measures: tuple[str, ...], amounts: Floats, mapping: Mapping) -> Iterator[Finding]:
    at = {measure: place for place, measure in enumerate(measures)}
    for one in mapping.sums:
        if one.total not in at or any(part not in at for part in one.parts):
            continue
        parts = amounts[:, [at[part] for part in one.parts]].sum(axis=1)
        total = amounts[:, at[one.total]]
        off = np.abs(parts - total) > np.maximum(ROUNDING * np.abs(total), 1.0)
        if off.any():
            told = _("Delene giver ikke “%(total)s” i %(n)s rækker. Kolonnerne holdes ude.") % {
                "total": one.total,
                "n": int(off.sum()),
            }
            yield Finding("unequal-sums", Severity.WITHHELD, told, (one.total, *one.parts))


def _series(lines: tuple[Line, ...], amounts: Floats) -> list[list[float]]:
    """The known figures of each place, oldest first."""
    by_unit: dict[str, list[tuple[Period, float]]] = {}
    for line, amount in zip(lines, amounts, strict=True):
        if not math.isnan(amount):
            by_unit.setdefault(line.unit.code, []).append((line.period, float(amount)))
    return [[amount for _period, amount in sorted(own, key=lambda one: one[0].last)] for own in by_unit.values()]


def _jumps(values: list[float]) -> bool:
    return any(max(a, b) >= 20 and abs(b - a) > 0.5 * max(abs(a), abs(b)) for a, b in pairwise(values))


def _is_per_cent(measure: str) -> bool:
    bare = measure.casefold()
    return "%" in bare or "procent" in bare or bare.startswith("andel")
