"""Cubes added together, kept in a folder of Parquet files, and read back."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.cube import Answers, Cube, Moments
from kvarter.effect.design import Design, SinglePsu
from kvarter.effect.errors import BadData, BadDesign
from kvarter.effect.growing import in_families, rank
from kvarter.effect.units import ROWS, Units, add_by

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
FORMAT = "kvarter-cube-1"
FILES = {"cube.json", "leaves.parquet", "groups.parquet", "cells.parquet"}


def add_cubes(cubes: Sequence[Cube]) -> Cube:
    """One cube of several over different rows: areas, waves, municipalities. As if all rows had been seen at once.

    Raises BadDesign when they were not drawn and summed alike, or their weights follow from how many were sampled
    (then a part does not know the whole).
    """
    if not cubes:
        raise BadData("There are no cubes to add. Give one or more.")
    first = cubes[0]
    for other in cubes[1:]:
        if other.design != first.design or other.by != first.by or _shape(other) != _shape(first):
            raise BadDesign("Cubes add up when they have the same design, groups and items. Build them alike.")
    if len(cubes) > 1 and first.design.weights is None:
        raise BadDesign("Weights that follow from the sample's size cannot be known from a part. Give a weight column.")
    table, leaf = _joined([cube.units.table.drop(ROWS, *_populations(cube)) for cube in cubes], [c.leaf for c in cubes])
    groups, group = _joined([cube.groups for cube in cubes], [c.group for c in cubes])
    items = [item for a in first.answers for item in a.items]
    singles = [{item: _single(cube, item) for item in items} for cube in cubes]
    blocks = [{m.columns: m for m in cube.moments} for cube in cubes]
    many = max(1, groups.height)
    key, cell = np.unique(leaf * many + group, return_inverse=True)
    return Cube(
        Units(first.design, _leaves(cubes, table)),
        groups,
        key // many,
        key % many,
        in_families([_add_answers([one[item] for one in singles], cell, len(key)) for item in items]),
        tuple(_add_moments([one[m.columns] for one in blocks], cell, len(key)) for m in first.moments),
        sum(cube.left_out for cube in cubes),
    )


def _shape(cube: Cube) -> Any:
    return {item for a in cube.answers for item in a.items}, {m.columns for m in cube.moments}


def _single(cube: Cube, item: str) -> Answers:
    """An item's sums by themselves, with no places but its own."""
    found = cube.find_answers(item)
    assert found is not None, "the cubes hold the same items"
    answers, k = found
    places = [*range(len(answers.levels[k])), answers.n.shape[2] - 1]
    n, w, q = (sums[k : k + 1][:, :, places] for sums in (answers.n, answers.w, answers.q))
    return Answers((item,), (answers.levels[k],), n, w, q)


def _populations(cube: Cube) -> list[str]:
    return [name for name in dict.fromkeys(cube.design.population) if name not in cube.design.keys]


def _joined(tables: list[pl.DataFrame], places: list[Ints]) -> tuple[pl.DataFrame, Ints]:
    """The rows that any table has, in order, and each place in them."""
    if not tables[0].width:
        return pl.DataFrame(), np.concatenate(places)
    names = tables[0].columns
    whole = pl.concat(tables, how="vertical_relaxed").unique().sort(names, nulls_last=True)
    numbered = whole.with_row_index(" place")
    found = []
    for table, place in zip(tables, places, strict=True):
        cast = table.cast(dict(zip(names, whole.dtypes, strict=True)))
        into = cast.join(numbered, on=names, how="left", nulls_equal=True, maintain_order="left")[" place"].to_numpy()
        found.append(into.astype(np.int64)[place])
    return whole, np.concatenate(found)


def _leaves(cubes: Sequence[Cube], table: pl.DataFrame) -> pl.DataFrame:
    populations = _populations(cubes[0])
    whole = pl.concat([cube.units.table for cube in cubes], how="vertical_relaxed")
    sums = [pl.col(ROWS).sum(), *(pl.col(name).first() for name in populations)]
    odd = [pl.col(name).n_unique().alias(f" {name}") for name in populations]
    if not table.width:
        gathered = whole.select(*sums, *odd)
    else:
        gathered = table.join(
            whole.group_by(table.columns).agg(*sums, *odd), on=table.columns, how="left", maintain_order="left"
        )
    for name in populations:
        if (gathered[f" {name}"] > 1).any():
            raise BadDesign(f"Column {name}: the cubes have different populations for the same stratum.")
    return gathered.select(*table.columns, ROWS, *populations)


def _add_answers(parts: list[Answers], cell: Ints, cells: int) -> Answers:
    items, levels = parts[0].items, []
    for k in range(len(items)):
        seen = {_written(level): None for part in parts for level in part.levels[k]}
        levels.append(tuple(sorted(seen, key=rank)))
    width = max(len(one) for one in levels) + 1
    sums = []
    for name in ("n", "w", "q"):
        whole = [_spread(getattr(part, name), part.levels, levels, width) for part in parts]
        joined = np.concatenate(whole, axis=1)
        sums.append(np.stack([add_by(cell, cells, one) for one in joined]))
    return Answers(items, tuple(levels), *sums)


def _written(level: Any) -> Any:
    """A category as a cube in a folder has it: a date, which JSON does not know, as a text."""
    return level if isinstance(level, str | int | float) else str(level)


def _spread(sums: Floats, old: Sequence[tuple[Any, ...]], new: Sequence[tuple[Any, ...]], width: int) -> Floats:
    found = np.zeros((len(sums), sums.shape[1], width))
    for k, (had, have) in enumerate(zip(old, new, strict=True)):
        found[k][:, [have.index(_written(level)) for level in had]] = sums[k][:, : len(had)]
        found[k][:, -1] = sums[k][:, -1]
    return found


def _add_moments(parts: list[Moments], cell: Ints, cells: int) -> Moments:
    shift, width = parts[0].shift, len(parts[0].columns) + 1
    alike = [part.shifted(shift) for part in parts]
    w, q = (
        add_by(cell, cells, np.concatenate([getattr(m, name).reshape(-1, width**2) for m in alike])).reshape(
            -1, width, width
        )
        for name in ("w", "q")
    )
    n = add_by(cell, cells, np.concatenate([m.n for m in alike])[:, None])[:, 0]
    return Moments(parts[0].columns, shift, n, w, q)


def save_cube(cube: Cube, folder: Path | str) -> None:
    """Write a cube to a folder: leaves.parquet, groups.parquet, cells.parquet and cube.json. No row of the data is in
    it, but small cells are: it is to be kept as the microdata is, until disclosure control has judged it. A cube that
    was there gives way to it. Raises BadData where there is anything else, which would be lost.
    """
    final = Path(folder)
    if final.exists() and not (final.is_dir() and {path.name for path in final.iterdir()} <= FILES):
        raise BadData(f"{final}: holds something else than a cube, which would be lost. Give another folder.")
    final.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=final.parent, prefix=f".{final.name}.") as draft:
        path = Path(draft) / "cube"
        path.mkdir()
        _write_cube(cube, path)
        if final.exists():
            shutil.rmtree(final)
        path.rename(final)


def _write_cube(cube: Cube, path: Path) -> None:
    cube.units.table.write_parquet(path / "leaves.parquet")
    cube.groups.write_parquet(path / "groups.parquet")
    columns: dict[str, Any] = {"leaf": cube.leaf, "group": cube.group}
    for f, answers in enumerate(cube.answers):
        for name in ("n", "w", "q"):
            for k in range(len(answers.items)):
                columns |= {f"a{f}.{name}.{k}.{c}": col for c, col in enumerate(getattr(answers, name)[k].T)}
    for b, moments in enumerate(cube.moments):
        columns[f"m{b}.n"] = moments.n
        for name in ("w", "q"):
            flat = getattr(moments, name).reshape(len(cube.leaf), -1)
            columns |= {f"m{b}.{name}.{c}": col for c, col in enumerate(flat.T)}
    pl.DataFrame(columns).write_parquet(path / "cells.parquet")
    told = {
        "format": FORMAT,
        "design": asdict(cube.design),
        "answers": [{"items": a.items, "levels": a.levels, "width": a.n.shape[2]} for a in cube.answers],
        "moments": [{"columns": m.columns, "shift": m.shift.tolist()} for m in cube.moments],
        "left_out": cube.left_out,
    }
    (path / "cube.json").write_text(json.dumps(told, indent=1, ensure_ascii=False, default=_written), encoding="utf-8")


def load_cube(folder: Path | str) -> Cube:
    """The cube in a folder. Raises BadData for a folder that holds none."""
    path = Path(folder)
    try:
        told = json.loads((path / "cube.json").read_text(encoding="utf-8"))
        leaves, groups, cells = (pl.read_parquet(path / f"{name}.parquet") for name in ("leaves", "groups", "cells"))
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise BadData(f"{path}: holds no cube: {error}") from error
    form = told.get("format") if isinstance(told, dict) else None
    if form != FORMAT:
        raise BadData(f"{path}: is of the format {form!r}, and {FORMAT!r} is read. Build the cube anew.")
    try:
        return _read_cube(told, leaves, groups, cells)
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise BadData(f"{path}: does not hold all of a cube: {error}. Build it anew.") from error


def _read_cube(told: dict[str, Any], leaves: pl.DataFrame, groups: pl.DataFrame, cells: pl.DataFrame) -> Cube:
    given = told["design"]
    lists = {name: tuple(given[name]) for name in ("clusters", "population")}
    design = Design(**{**given, **lists, "single_psu": SinglePsu(given["single_psu"])})
    return Cube(
        Units(design, leaves),
        groups,
        cells["leaf"].to_numpy(),
        cells["group"].to_numpy(),
        tuple(_read_answers(cells, f, one) for f, one in enumerate(told["answers"])),
        tuple(_read_moments(cells, b, one) for b, one in enumerate(told["moments"])),
        told.get("left_out", 0),
    )


def _read_answers(cells: pl.DataFrame, f: int, told: dict[str, Any]) -> Answers:
    many, width = len(told["items"]), told["width"]
    sums = [
        np.stack(
            [np.stack([cells[f"a{f}.{name}.{k}.{c}"].to_numpy() for c in range(width)], axis=1) for k in range(many)]
        )
        for name in ("n", "w", "q")
    ]
    return Answers(tuple(told["items"]), tuple(tuple(one) for one in told["levels"]), *sums)


def _read_moments(cells: pl.DataFrame, b: int, told: dict[str, Any]) -> Moments:
    width = len(told["columns"]) + 1
    w, q = (
        np.stack([cells[f"m{b}.{name}.{c}"].to_numpy() for c in range(width**2)], axis=1).reshape(-1, width, width)
        for name in ("w", "q")
    )
    return Moments(tuple(told["columns"]), np.array(told["shift"]), cells[f"m{b}.n"].to_numpy(), w, q)
