"""People who answer in more than one wave: one unit of the sample, so that a change's variance counts the overlap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from kvarter.effect.coding import Values
from kvarter.effect.design import Design
from kvarter.effect.errors import BadDesign
from kvarter.effect.reading import chunks


def with_persons(design: Design, unit: str) -> Design:
    """The design with persons as the units of its last stage: those who answer in two waves are one unit."""
    if unit in design.clusters or not design.rows_are_units:
        return design
    return replace(design, clusters=(*design.clusters, unit))


def check_persons(data: Any, design: Design, unit: str) -> None:
    """Raise BadDesign for a person who lies in two sampled units of the first stage, as where households are named anew
    in each wave: those would be taken as strangers to each other, and the overlap of the waves would not be counted.

    data: as in `make_cube`. Raises BadData where there is no such column.
    """
    named = [design.strata] if design.strata and design.nest else []
    within = [*named, *(name for name in design.clusters[:1] if name != unit)]
    if not within:
        return
    persons, places = Values(), Values()
    first = np.empty(0, np.int64)
    for chunk in chunks(data, list(dict.fromkeys([unit, *within]))):
        person = persons.code(_whole(chunk, unit))
        place = places.code(_whole(chunk, *within))
        known = (person >= 0) & (place >= 0)
        person, place = person[known], place[known]
        first = np.concatenate([first, np.full(len(persons) - len(first), -1)])
        unseen = first[person] < 0
        first[person[unseen][::-1]] = place[unseen][::-1]
        if (odd := np.flatnonzero(first[person] != place)).size:
            who, here, there = person[odd[0]], first[person[odd[0]]], place[odd[0]]
            raise BadDesign(
                f"Column {unit}: {persons.values[who]!r} lies in two units of {within[-1]}, "
                f"{places.values[here]!r} and {places.values[there]!r}, so it would not be seen that waves overlap. "
                f"Give everybody the {within[-1]} of one wave in both, or clusters = [{unit!r}]."
            )


def _whole(chunk: pa.Table, *names: str) -> pa.Array:
    """A column in one piece; two of them as one text."""
    columns = [chunk[name].combine_chunks() for name in names]
    if len(columns) == 1:
        return columns[0]
    told = zip(*(column.to_pylist() for column in columns), strict=True)
    return pa.array([None if None in row else " / ".join(map(str, row)) for row in told])
