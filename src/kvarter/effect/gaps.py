"""How far one group is from another at one time, and whether that can be called a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from kvarter.effect.asking import difference
from kvarter.effect.changes import Aim, check_kind, equivalence, judged, smallest_detectable
from kvarter.effect.contrasts import Contrast
from kvarter.effect.counts import Direction
from kvarter.effect.cube import Cube
from kvarter.effect.errors import NotAnswerable

_COLUMNS = ("difference", "se", "ci_low", "ci_high", "df", "p", "p_adjusted", "verdict", "smallest_detectable")


def gap(
    cube: Cube,
    by: str,
    reference: Any,
    group: Any,
    items: Sequence[str],
    *,
    aims: Mapping[str, Aim] | None = None,
    adjust: str = "bh",
    level: float = 0.95,
) -> pl.DataFrame:
    """The mean of each item in a group less that in its reference, tested as a difference and judged together.

    The difference d and its standard error are those of `difference`. An item that is to be maintained within a margin
    m is tested for |d| < m: p is the larger of P(T > (d + m) / se) and P(T > (m - d) / se), T a t on df degrees
    (Schuirmann, J. Pharmacokin. Biopharm. 15, 1987); of any other p is that of d = 0. p_adjusted is over the rows that
    have one (Benjamini & Hochberg 1995, or what `adjust` says). The verdict is "demonstrable change" where a
    difference is seen, "demonstrably maintained" where it is seen to be within the margin, "cannot be measured" where
    nobody answered, or where a margin is agreed and a difference as large would not have been seen four times in
    five, else "no demonstrable change". It is never better or worse: how far apart two groups are is no change of
    either.
    Columns: item, difference, se, ci_low, ci_high, df, p, p_adjusted, verdict, smallest_detectable; NaN for an item
    that nobody answered in one of the groups. Raises NotAnswerable for a group that is not there.
    """
    for item, aim in (aims or {}).items():
        check_kind(item, aim)
        if item not in items:
            raise NotAnswerable(f"There is no {item!r} to have an aim for: give one of {', '.join(items)}.")
    rows = difference(cube, by, reference, group, means=items, level=level)
    wanted = [(aims or {}).get(item, Aim()) for item in rows["item"]]
    maintained = [aim.direction is Direction.MAINTAIN for aim in wanted]
    margins = pl.Series("_margin", [aim.margin for aim in wanted], dtype=pl.Float64)
    found = Contrast(*(rows[name].cast(pl.Float64).to_numpy() for name in ("difference", "se", "df")))
    within = equivalence(found, margins.fill_null(0).to_numpy())
    table = rows.with_columns(
        margins,
        pl.Series("_direction", np.where(maintained, Direction.MAINTAIN.value, Direction.NONE.value)),
        pl.Series("_p_of_change", found.p),
        pl.Series("p", np.where(maintained, within, found.p)),
        pl.Series("smallest_detectable", smallest_detectable(found.se, found.df, level)),
    )
    return judged(table, adjust, level).select("item", *_COLUMNS)
