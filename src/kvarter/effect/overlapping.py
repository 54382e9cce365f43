"""People who answer in more than one wave: one unit of the sample, so that a change's variance counts the overlap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from kvarter.effect.coding import Tuples, Values
from kvarter.effect.columns import columns_of
from kvarter.effect.design import Design
from kvarter.effect.errors import BadDesign
from kvarter.effect.reading import chunks


def with_persons(design: Design, unit: str) -> Design:
    """The design with persons as the units of its last stage: those who answer in two waves are one unit."""
    if unit in design.clusters or not design.rows_are_units:
        return design
    return replace(design, clusters=(*design.clusters, unit))


def check_persons(data: Any, design: Design, unit: str, *, told: Callable[[int], object] | None = None) -> None:
    """Raise BadDesign for a person who lies in two sampled units of the first stage, as where households are named anew
    in each wave: those would be taken as strangers to each other, and the overlap of the waves would not be counted.

    data, told: as in `make_cube`. Raises BadData where there is no such column.
    """
    named = [design.strata] if design.strata and design.nest else []
    within = [*named, *(name for name in design.clusters[:1] if name != unit)]
    if not within:
        return
    persons, places, pairs = Values(), [Values() for _ in within], Tuples(len(within))
    first = np.empty(0, np.int64)
    for chunk in chunks(data, list(dict.fromkeys([unit, *within]))):
        if not chunk.num_rows:
            continue
        columns = columns_of(chunk)
        person = persons.code(columns[unit])
        place = pairs.code([values.code(columns[name]) for values, name in zip(places, within, strict=True)])
        known = (person >= 0) & (place >= 0)
        person, place = person[known], place[known]
        first = np.concatenate([first, np.full(len(persons) - len(first), -1)])
        unseen = first[person] < 0
        first[person[unseen][::-1]] = place[unseen][::-1]
        if (odd := np.flatnonzero(first[person] != place)).size:
            parts, at = pairs.parts(), odd[0]
            here, there = (
                " / ".join(str(values.values[n]) for values, n in zip(places, parts[k], strict=True))
                for k in (first[person[at]], place[at])
            )
            where = " and ".join(within)
            raise BadDesign(
                f"Column {unit}: {persons.values[person[at]]!r} lies in two units of {where}, {here!r} and {there!r}, "
                f"so it would not be seen that waves overlap. If that is one person, give them the {where} of one wave "
                f"in both; if {unit} begins again in each, give every person a name of their own."
            )
        if told:
            told(chunk.num_rows)
