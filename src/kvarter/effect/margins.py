"""What is known of a population, and reading it from a file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from kvarter.effect.errors import BadData
from kvarter.effect.reading import chunks


@dataclass(frozen=True)
class Margins:
    """What is known: for each set of columns, the population of each combination; and totals of number columns.

    counts: {("gender",): {("woman",): 2300, …}}. totals: {"income": 1.2e9}.
    """

    counts: Mapping[tuple[str, ...], Mapping[tuple[Any, ...], float]]
    totals: Mapping[str, float]

    def __post_init__(self) -> None:
        """Raises BadData for nothing known, for columns that are no tuple, for a population below 0 or no number."""
        if not (self.counts or self.totals):
            raise BadData('There are no margins. Give counts, as {("gender",): {("woman",): 2300, …}}, or totals.')
        for names, known in self.counts.items():
            if not isinstance(names, tuple) or not all(
                isinstance(key, tuple) and len(key) == len(names) for key in known
            ):
                raise BadData(f'counts of {names!r}: give tuples, as {{("gender",): {{("woman",): 2300, …}}}}.')
            for key, total in known.items():
                if not total >= 0 or not np.isfinite(total):
                    where = f"{' * '.join(names)}, {' * '.join(map(str, key))}"
                    raise BadData(f"{where}: {total!r} is no population. Give how many there are, 0 or more.")
        for name, total in self.totals.items():
            if not np.isfinite(total):
                raise BadData(f"{name}: {total!r} is no total. Give what the population has.")

    @property
    def columns(self) -> list[str]:
        """Every column that is known something of."""
        return list(dict.fromkeys([name for names in self.counts for name in names] + list(self.totals)))


def read_margins(file: Path | str) -> Margins:
    """Margins from a file.

    TOML: [counts.gender] with `woman = 2300`; crossed as [counts."gender*age"] with `"woman*18-29" = 410`; and
    [totals] with `income = 1.2e9`. CSV: columns margin, category, total, the category empty for a number column.
    Raises BadData naming the file, the row and the remedy.
    """
    path = Path(file)
    try:
        rows = _toml_rows(path) if path.suffix.lower() == ".toml" else _csv_rows(path)
    except (OSError, tomllib.TOMLDecodeError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise BadData(f"{path}: cannot be read: {error}") from error
    counts: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}
    totals: dict[str, float] = {}
    for number, (margin, category, total) in enumerate(rows, 1):
        where = f"{path}, entry {number}"
        if not margin:
            raise BadData(f"{where}: names no column. Give the margin's.")
        if not isinstance(total, int | float) or isinstance(total, bool) or not np.isfinite(total):
            raise BadData(f"{where}: {total!r} is no number. Give what the population has.")
        if not category:
            totals[margin] = float(total)
            continue
        names, key = tuple(margin.split("*")), tuple(category.split("*"))
        if len(names) != len(key) or total < 0:
            raise BadData(f"{where}: {category} does not fit {margin}, or is below 0. Give one value for each column.")
        if key in counts.setdefault(names, {}):
            raise BadData(f"{where}: {margin} {category} stands twice. Keep one.")
        counts[names][key] = float(total)
    if not counts and not totals:
        raise BadData(f"{path}: has no margins. Give [counts.COLUMN] or [totals], or rows of margin, category, total.")
    return Margins(counts, totals)


def _toml_rows(path: Path) -> list[tuple[str, str, Any]]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, told in document.items():
        inside = told.values() if name == "counts" and isinstance(told, dict) else [told]
        if name not in {"counts", "totals"} or not all(isinstance(one, dict) for one in inside):
            raise BadData(f"{path}: {name} is not read. Give [counts.COLUMN] and [totals].")
    rows = [
        (margin, str(key), total)
        for margin, inside in document.get("counts", {}).items()
        for key, total in inside.items()
    ]
    return rows + [(name, "", total) for name, total in document.get("totals", {}).items()]


def _csv_rows(path: Path) -> list[tuple[str, str, Any]]:
    frame = pl.concat([pl.DataFrame(chunk) for chunk in chunks(path)])
    if not {"margin", "category", "total"} <= set(frame.columns):
        raise BadData(f"{path}: needs the columns margin, category and total, and has {', '.join(frame.columns)}.")
    rows = frame.select("margin", "category", "total").iter_rows()
    return [("" if m is None else str(m), "" if c is None else str(c), _number(t)) for m, c, t in rows]


def _number(told: Any) -> Any:
    """A total that stands in a column with texts, as a number where it is one."""
    try:
        return float(told) if isinstance(told, str) else told
    except ValueError:
        return told
