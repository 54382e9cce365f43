"""A stratified draw from a frame that anyone can make again: seeded, and indifferent to the order of the file.

The algorithm: (1) every id and stratum becomes text, and the frame is sorted by id, by Unicode code point; (2)
`numpy.random.Generator(PCG64(seed)).random(N)` gives each unit, in that order, a random number - which is
(PCG64(seed).random_raw() >> 11) / 2^53, a stream that numpy guarantees not to change; (3) in each stratum the units
with the smallest numbers are drawn, the id settling a tie. That is simple random sampling without replacement within
strata (Sunter 1977, Applied Statistics 26:261; Ohlsson 1995, permanent random numbers).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import polars as pl
from numpy.random import PCG64, Generator

from kvarter.effect.errors import BadData, BadDesign


@dataclass(frozen=True)
class Draw:
    """What was drawn, and the protocol with which anyone can draw it again.

    `sample` has a row for each drawn unit, sorted by stratum and id: the id and stratum columns as text under their own
    names, `inclusion_probability` (n_h / N_h) and `weight` (N_h / n_h). The hashes are SHA-256 in hexadecimal of
    UTF-8 text with a line feed after each line: of the frame, sorted by id, each line the JSON list [id, stratum]; of
    the drawn ids, sorted, each line the JSON text of one id (JSON as Python's json.dumps with ensure_ascii=False).
    """

    sample: pl.DataFrame
    seed: int
    frame_hash: str
    ids_hash: str
    protocol: str


def draw(frame: Any, sizes: Mapping[str, int], *, unit: str, stratum: str, seed: int) -> Draw:
    """Draw `sizes[h]` units from each stratum h of `frame`, without replacement and with equal chance.

    `frame` is a polars, pandas or Arrow table with a column `unit` of ids and a column `stratum`; a stratum of which
    none is wanted must be named with 0. Raises BadData where a column is missing, an id or stratum is empty or an id
    repeats; BadDesign where a stratum has too few units, is not in the frame or is not in `sizes`.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise BadDesign(f"The seed {seed!r} is not a whole number of 0 or above: give one, and write it down.")
    pairs = _pairs(frame, unit, stratum)
    held = Counter(home for _, home in pairs)
    sizes = {str(home): size for home, size in sizes.items()}
    _check_sizes(held, sizes)
    numbers = Generator(PCG64(seed)).random(len(pairs)).tolist()
    numbered: dict[str, list[tuple[float, str]]] = {home: [] for home in sorted(held)}
    for number, (one, home) in zip(numbers, pairs, strict=True):
        numbered[home].append((number, one))
    drawn = [
        (home, one)
        for home, units in numbered.items()
        for one in sorted(one for _, one in sorted(units)[: sizes[home]])
    ]
    sample = pl.DataFrame(
        {
            unit: [one for _, one in drawn],
            stratum: [home for home, _ in drawn],
            "inclusion_probability": [sizes[home] / held[home] for home, _ in drawn],
            "weight": [held[home] / sizes[home] for home, _ in drawn],
        },
        schema={unit: pl.String, stratum: pl.String, "inclusion_probability": pl.Float64, "weight": pl.Float64},
    )
    frame_hash, ids_hash = _hash(list(pair) for pair in pairs), _hash(sorted(one for _, one in drawn))
    return Draw(sample, seed, frame_hash, ids_hash, _protocol(held, sizes, (unit, stratum), seed, frame_hash, ids_hash))


def _pairs(frame: Any, unit: str, stratum: str) -> list[tuple[str, str]]:
    """(id, stratum) as text, sorted by id."""
    table = frame if isinstance(frame, pl.DataFrame) else _as_polars(frame)
    for column in (unit, stratum):
        if column not in table.columns:
            raise BadData(f"No column '{column}' in the frame: it has {', '.join(table.columns)}.")
        if not (table[column].dtype.is_integer() or table[column].dtype in (pl.String, pl.Categorical, pl.Enum)):
            raise BadData(f"Column '{column}' holds {table[column].dtype}: make it whole numbers or text.")
    ids, homes = (table[column].cast(pl.String).to_list() for column in (unit, stratum))
    seen: dict[str, int] = {}
    for row, (one, home) in enumerate(zip(ids, homes, strict=True)):
        if not one or not home:
            raise BadData(
                f"Column '{unit if not one else stratum}', row {row + 1} is empty: fill it in, or leave it out."
            )
        if one in seen:
            raise BadData(
                f"Column '{unit}', row {row + 1}: id '{one}' is also in row {seen[one] + 1}; keep one of them."
            )
        seen[one] = row
    return sorted(zip(ids, homes, strict=True))


def _as_polars(frame: Any) -> pl.DataFrame:
    if not hasattr(frame, "__arrow_c_stream__"):
        raise BadData(f"The frame is a {type(frame).__name__}: give a polars, pandas or Arrow table.")
    return pl.DataFrame(frame)


def _check_sizes(held: Mapping[str, int], sizes: Mapping[str, int]) -> None:
    for home in sorted(set(held) | set(sizes)):
        if home not in sizes:
            raise BadDesign(f"Stratum '{home}' is in the frame but has no size: name it, with 0 if none is wanted.")
        if home not in held:
            raise BadDesign(f"Stratum '{home}' is not in the frame: leave it out, or check how it is written.")
        if sizes[home] < 0 or sizes[home] != int(sizes[home]):
            raise BadDesign(f"Stratum '{home}' has size {sizes[home]}: give a whole number of 0 or above.")
        if sizes[home] > held[home]:
            raise BadDesign(f"Stratum '{home}' has {held[home]} units, too few for {sizes[home]}: draw fewer there.")


def _hash(rows: Any) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update((json.dumps(row, ensure_ascii=False) + "\n").encode())
    return digest.hexdigest()


def _release() -> str:
    try:
        return version("kvarter")
    except PackageNotFoundError:
        return "not installed as a package"


def _protocol(
    held: Mapping[str, int],
    sizes: Mapping[str, int],
    columns: tuple[str, str],
    seed: int,
    frame_hash: str,
    ids_hash: str,
) -> str:
    rows = [f"  {home}: {sizes[home]} of {held[home]}" for home in sorted(held)]
    total, wanted = sum(held.values()), sum(sizes[home] for home in held)
    return "\n".join(
        [
            "Protocol of a stratified draw without replacement",
            f"Frame: {total} units, id in column '{columns[0]}', stratum in column '{columns[1]}'",
            f"Frame SHA-256: {frame_hash}",
            f"Seed: {seed}",
            f"Drawn: {wanted} units",
            *rows,
            f"Drawn ids SHA-256: {ids_hash}",
            f"Made with: kvarter {_release()}, numpy {np.__version__}",
            "To draw again: sort the frame by id (as text, by Unicode code point); give each unit in that order the",
            "next number of numpy.random.Generator(PCG64(seed)).random(N); in each stratum take those with the",
            "smallest numbers. Hashes: UTF-8, a line feed after each line; frame lines are JSON [id, stratum] in",
            "order of id, lines of drawn ids are JSON texts in order of id.",
            "",
        ]
    )
