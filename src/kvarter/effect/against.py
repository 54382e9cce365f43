"""One area's change beside those of others, judged by how much the others differ among themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from kvarter.effect.contrasts import Contrast
from kvarter.effect.cube import Cube
from kvarter.effect.errors import NotAnswerable
from kvarter.effect.estimates import mean_of
from kvarter.effect.intervals import check_level

LEAST_AREAS = 3


def against_others(
    cube: Cube, wave: str, area: str, treated: Any, item: str, *, ends: tuple[Any, Any], level: float = 0.95
) -> dict[str, float]:
    """The change of one area less the mean change of the others, by how much those differ among themselves.

    Gives change, others, difference, se, ci_low, ci_high, df, p and comparison_areas (m). se = s sqrt(1 + 1/m) with s
    the standard deviation of the others' changes, t on m - 1 (Donald & Lang 2007): one area that was treated says
    nothing of its own spread, so errors clustered by area are not given for it.
    Raises NotAnswerable for fewer than three comparison areas, or an area without answers at both ends.
    """
    check_level(level)
    narrow = cube.collapsed([wave, area])
    linear, _answered = mean_of(narrow, item)
    rows = list(narrow.groups.iter_rows(named=True))
    places = {(str(row[area]), str(row[wave])): k for k, row in enumerate(rows) if linear.n[k, 0] > 0}
    first, last = map(str, ends)
    changes = {
        name: float(linear.estimate[places[name, last], 0] - linear.estimate[places[name, first], 0])
        for name in dict.fromkeys(str(row[area]) for row in rows)
        if (name, first) in places and (name, last) in places
    }
    if str(treated) not in changes:
        raise NotAnswerable(f"{area} {treated!r} has no answers at both {first} and {last}.")
    own = changes.pop(str(treated))
    others, m = np.array(list(changes.values())), len(changes)
    if m < LEAST_AREAS:
        raise NotAnswerable(
            f"There are {m} comparison areas with both waves, and {LEAST_AREAS} are needed to see how areas differ. "
            "Compare with the reference area's people instead: change with a reference."
        )
    se, df = np.array([others.std(ddof=1) * np.sqrt(1 + 1 / m)]), np.array([float(m - 1)])
    difference = np.array([own - others.mean()])
    found = Contrast(difference, se, df)
    low, high = found.interval(level)
    told = {"change": own, "others": float(others.mean()), "difference": float(difference[0]), "se": float(se[0])}
    limits = {"ci_low": float(low[0]), "ci_high": float(high[0]), "df": float(df[0]), "p": float(found.p[0])}
    return told | limits | {"comparison_areas": float(m)}
