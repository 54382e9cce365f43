"""The bootstrap for many items and groups at once: the sample drawn anew some hundred times, from the rows.

Rao & Wu 1988 (JASA 83): n - 1 of a stratum's n units with replacement, weights times 1 - λ + λ n/(n - 1) count, where
λ is the square root of one less the fraction drawn. It takes no formula for granted, and so checks those that do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect.asking import make_cube
from kvarter.effect.choosing import column_names
from kvarter.effect.columns import Missing
from kvarter.effect.cube import Answers, Cube
from kvarter.effect.design import Design
from kvarter.effect.errors import BadDesign, NotAnswerable
from kvarter.effect.estimates import shares_of
from kvarter.effect.kernel import add_replicates
from kvarter.effect.replicating import check_size
from kvarter.effect.waiting import shown
from kvarter.effect.weighting import base_weights, together

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
AT_ONCE = 25


@dataclass(frozen=True)
class _Rows:
    """The rows sorted by group: their group, first-stage unit, weight, and the place of each item's answer."""

    group: Ints
    unit: Ints
    weight: Floats
    codes: npt.NDArray[np.int8]


def bootstrap(
    data: Any, design: Design, items: Sequence[str], *, by: Sequence[str] = (), size: int = 500, seed: int = 0
) -> pl.DataFrame:
    """Means and shares with bootstrap standard errors: item, category, statistic, the groups, estimate, se.

    items: columns of few whole numbers, without missing answers. Raises NotAnswerable for others, BadDesign for a
    stratum with one unit, BadData as `make_cube` does.
    """
    items, by = column_names(items, "items"), column_names(by, "by")
    check_size(size)
    frame = pl.DataFrame(together(data, [*items, *by, *design.columns]))
    cube = make_cube(frame, design, means=items, by=by, missing=Missing.FAIL)
    for name in items:
        if name not in cube.holds()["shares"]:
            raise NotAnswerable(f"Column {name} is not of few whole numbers. Use replicates on a cube with clusters.")
    stage = cube.units.stages[0]
    if (stage.sampled < 2).any():
        raise BadDesign("A stratum has one unit, and cannot be drawn anew. Join it with a stratum like it.")
    stratum = _places(frame, [design.strata] if design.strata else [])
    unit = np.arange(frame.height)
    if design.clusters:
        unit = _places(frame, [*([design.strata] if design.strata else []), design.clusters[0]])
    of_unit = np.zeros(int(unit.max()) + 1, np.int64)
    of_unit[unit] = stratum
    tables = []
    with shown("drawing anew", size * len(cube.answers), "replicates") as told:
        for family in cube.answers:
            rows = _laid_out(frame, design, cube, family, unit)
            random = np.random.Generator(np.random.PCG64(seed))
            tables.append(_of_family(cube, family, rows, random, of_unit, stage.left, size, told))
    return pl.concat(tables)


def _places(frame: pl.DataFrame, names: list[str]) -> Ints:
    """The place of each row's combination among them all, in order."""
    if not names:
        return np.zeros(frame.height, np.int64)
    return frame.select(pl.struct(names).rank("dense").alias("n"))["n"].to_numpy().astype(np.int64) - 1


def _laid_out(frame: pl.DataFrame, design: Design, cube: Cube, family: Answers, unit: Ints) -> _Rows:
    group = np.zeros(frame.height, np.int64)
    if cube.by:
        numbered = cube.groups.with_row_index(" place")
        group = frame.select(cube.by).join(numbered, on=cube.by, how="left", maintain_order="left")[" place"].to_numpy()
    order = np.argsort(group, kind="stable")
    codes = np.empty((len(family.items), frame.height), np.int8)
    for place, (name, levels) in enumerate(zip(family.items, family.levels, strict=True)):
        codes[place] = np.searchsorted(np.array(levels), frame[name].to_numpy())[order]
    return _Rows(group[order].astype(np.int64), unit[order], base_weights(frame, design)[order], codes)


def _of_family(
    cube: Cube,
    family: Answers,
    rows: _Rows,
    random: np.random.Generator,
    stratum: Ints,
    left: Floats,
    size: int,
    told: Callable[[int], object],
) -> pl.DataFrame:
    """The departures of each replicate from the whole sample's shares, and so of its means, squared and added up."""
    every, levels = np.arange(len(family.items)), family.n.shape[2] - 1
    share = shares_of(cube, family, every).estimate.reshape(cube.many, len(every), levels)
    scores = np.stack([family.scores(item)[:-1] for item in range(len(every))])
    sums = [np.zeros_like(share) for _ in range(2)] + [np.zeros(share.shape[:2]) for _ in range(2)]
    for start in range(0, size, AT_ONCE):
        factors = _factors(random, stratum, left, min(AT_ONCE, size - start))
        drawn = _replicated(rows, factors, cube.many, levels)
        with np.errstate(divide="ignore", invalid="ignore"):
            away = np.moveaxis(drawn / drawn.sum(2, keepdims=True), 0, 1) - share[..., None]
        moved = np.einsum("gikr,ik->gir", away, scores)
        for at, step in ((0, away), (2, moved)):
            sums[at] += step.sum(-1)
            sums[at + 1] += np.einsum("...r,...r->...", step, step)
        told(factors.shape[1])
    se_share, se_mean = (np.sqrt(np.maximum(sums[at + 1] / size - (sums[at] / size) ** 2, 0)) for at in (0, 2))
    return _table(cube, family, share, se_share, np.einsum("gik,ik->gi", share, scores), se_mean)


def _factors(random: np.random.Generator, stratum: Ints, left: Floats, many: int) -> Floats:
    """What each unit's weight is multiplied by in each replicate: shape (units, replicates)."""
    n = np.bincount(stratum)
    order = np.argsort(stratum, kind="stable")
    home = np.repeat(np.arange(len(n)), n - 1)
    begins = np.cumsum(n) - n
    shrink = np.sqrt(left)[stratum]
    grow = shrink * (n / (n - 1))[stratum]
    found = np.empty((len(stratum), many))
    for replicate in range(many):
        drawn = begins[home] + (random.random(len(home)) * n[home]).astype(np.int64)
        counts = np.empty(len(stratum))
        counts[order] = np.bincount(drawn, minlength=len(stratum))
        found[:, replicate] = 1 - shrink + grow * counts
    return found


def _replicated(rows: _Rows, factors: Floats, groups: int, levels: int) -> Floats:
    """Weights by answer and replicate: shape (items, groups, categories, replicates)."""
    items, many = rows.codes.shape[0], factors.shape[1]
    found = np.zeros((items, groups, levels, many))
    with ThreadPoolExecutor() as pool:
        cuts = np.array_split(np.arange(items), min(items, os.cpu_count() or 1))
        work = [
            pool.submit(
                add_replicates,
                rows.group,
                rows.unit,
                rows.weight,
                rows.codes[cut[0] : cut[-1] + 1],
                factors,
                found[cut[0] :],
            )
            for cut in cuts
        ]
        for done in work:
            done.result()
    return found


def _table(cube: Cube, family: Answers, share: Floats, se_share: Floats, mean: Floats, se_mean: Floats) -> pl.DataFrame:
    parts = []
    for place, name in enumerate(family.items):
        rows: list[tuple[str | None, str, Floats, Floats]] = [(None, "mean", mean[:, place], se_mean[:, place])]
        rows += [
            (str(level), "share", share[:, place, k], se_share[:, place, k])
            for k, level in enumerate(family.levels[place])
        ]
        for category, statistic, estimate, se in rows:
            head = {"item": [name] * cube.many, "category": pl.Series([category] * cube.many, dtype=pl.String)}
            frames = [
                pl.DataFrame(head).with_columns(statistic=pl.lit(statistic)),
                cube.groups,
                pl.DataFrame({"estimate": estimate, "se": se}),
            ]
            parts.append(pl.concat([frame for frame in frames if frame.width], how="horizontal"))
    return pl.concat(parts)
