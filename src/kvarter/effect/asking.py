"""What an analyst asks: a cube of some data, and estimates from a cube."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter.effect import estimates as es
from kvarter.effect.building import Builder, Wanted
from kvarter.effect.choosing import chosen, column_names, column_pairs
from kvarter.effect.columns import Missing
from kvarter.effect.contrasts import contrast
from kvarter.effect.cube import Answers, Cube
from kvarter.effect.design import Design
from kvarter.effect.engines import Engine, cube_by_engine
from kvarter.effect.errors import NotAnswerable
from kvarter.effect.estimates import mean_of
from kvarter.effect.intervals import Interval, check_level
from kvarter.effect.reading import chunks
from kvarter.effect.scales import with_scales

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Names = list[tuple[str, str | None, str]]


def make_cube(
    data: Any,
    design: Design,
    *,
    means: Sequence[str] = (),
    shares: Sequence[str] = (),
    together: Sequence[Sequence[str]] = (),
    by: Sequence[str] = (),
    scales: Mapping[str, Sequence[str]] | None = None,
    missing: Missing | str = Missing.FAIL,
    engine: Engine | str = Engine.AUTO,
    told: Callable[[int], object] | None = None,
) -> Cube:
    """The cube of some data, after one look at each row.

    data: a path or a table (see `reading.chunks`). means: columns with numbers, for means and totals. shares: columns
    kept by category. together: columns summed with their products, for ratios. by: grouping columns, all crossed.
    scales: new columns, each the mean of a person's answers to several items, that `means` may name. missing: what a
    missing answer or group means. engine: where the sums are made (see `engines`). told: called after each chunk with
    how many rows were in it, and not by other engines than the default.
    What is kept, by sampled unit and group: n, sum w and sum w² of each answer; of numbers x, sum w z z' and sum w² z
    z' where z = (1, x - shift). Every estimate and its linearised variance is made of these (Särndal, Swensson &
    Wretman 1992, ch. 5).
    Raises BadData and BadDesign naming column, row and remedy.
    """
    wanted = Wanted(
        column_names(means, "means"),
        column_names(shares, "shares"),
        tuple(column_names(some, "together") for some in together),
        column_names(by, "by"),
        chosen(Missing, missing, "missing"),
    )
    made = {name: column_names(items, f"scales[{name!r}]") for name, items in (scales or {}).items()}
    if chosen(Engine, engine, "engine") is not Engine.AUTO:
        if made:
            raise NotAnswerable("Scales are made row by row: let the default engine run, or make the column first.")
        return cube_by_engine(data, design, wanted, engine)
    builder, seen = Builder(design, wanted), 0
    columns = [name for name in wanted.columns if name not in made]
    columns += [*design.columns, *(item for items in made.values() for item in items if item not in made)]
    for chunk in chunks(data, list(dict.fromkeys(columns))):
        builder.add(with_scales(chunk, made, wanted.missing, seen))
        seen += chunk.num_rows
        if told:
            told(chunk.num_rows)
    return builder.finish()


def estimate(
    cube: Cube,
    *,
    means: Sequence[str] = (),
    shares: Sequence[str] = (),
    totals: Sequence[str] = (),
    ratios: Sequence[tuple[str, str]] = (),
    by: Sequence[str] | None = None,
    margins: bool = False,
    interval: Interval | str = Interval.BETA,
    level: float = 0.95,
) -> pl.DataFrame:
    """Estimates in a tidy table: item, category, statistic, the groups, n, estimate, se, ci_low, ci_high, df, deff.

    by: some or all of the cube's grouping columns (None: all). margins: every smaller set of them too, with an empty
    group where the column does not divide. With w the weights: a mean or share is sum w y / sum w, a total sum w y, a
    ratio sum w y / sum w x. Their variance is that of the sum of z over the sample (see `units.spread`), where z is w
    (y - mean) / sum w, w y, or w (y - ratio x) / sum w x (Särndal, Swensson & Wretman 1992, ch. 5; R: svymean,
    svytotal, svyratio). df is sampled units less strata; deff the variance over that of a simple sample, S²/n (1 -
    n/N). Where nobody answered n is 0 and the rest NaN. interval: how the intervals of shares are made; means, totals
    and ratios have t intervals. Raises NotAnswerable for what the cube does not hold, BadDesign for a stratum with one
    unit.
    """
    cube.units.check_single()
    check_level(level)
    full = list(cube.by if by is None else column_names(by, "by"))
    means, shares, totals = (
        column_names(given, key) for given, key in ((means, "means"), (shares, "shares"), (totals, "totals"))
    )
    pairs, method = column_pairs(ratios, "ratios"), chosen(Interval, interval, "interval")
    parts = [
        _estimate(cube.collapsed(some), means, shares, totals, pairs, method, level)
        for some in (groupings(full) if margins else [full])
    ]
    return beneath(parts)


def groupings(by: Sequence[str]) -> list[list[str]]:
    """Some grouping columns and every smaller set of them, the whole set first and none at all last."""
    return [list(some) for size in range(len(by), -1, -1) for some in combinations(by, size)]


def beneath(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Tables of estimates under one another, with an empty group where a column does not divide."""
    whole = parts[0].columns
    return pl.concat(
        [
            part.with_columns(pl.lit(None).alias(name) for name in whole if name not in part.columns).select(whole)
            for part in parts
        ],
        how="vertical_relaxed",
    )


def _estimate(
    cube: Cube,
    means: Sequence[str],
    shares: Sequence[str],
    totals: Sequence[str],
    ratios: Sequence[tuple[str, str]],
    interval: Interval,
    level: float,
) -> pl.DataFrame:
    parts = [part for run in _runs(cube, means, alone=True) for part in _means(cube, *run, level)]
    parts += [_shares(cube, *run, interval, level) for run in _runs(cube, shares, alone=False)]
    parts += [_total(cube, item, level) for item in totals]
    parts += [_ratio(cube, above, below, level) for above, below in ratios]
    if not parts:
        raise NotAnswerable("Nothing was asked for. Name items, shares, totals or ratios.")
    return pl.concat(parts, how="vertical_relaxed")


def _runs(cube: Cube, items: Sequence[str], *, alone: bool) -> list[tuple[Answers | None, list[str]]]:
    """Items that follow each other and are kept together, so that they are estimated at once; None: not by category.

    alone: an item that has sums of its own as numbers is taken by those.
    """
    found: list[tuple[Answers | None, list[str]]] = []
    for item in items:
        kept = None if alone and cube.alone(item) else cube.find_answers(item)
        answers = kept[0] if kept else None
        if found and answers is not None and found[-1][0] is answers:
            found[-1][1].append(item)
        else:
            found.append((answers, [item]))
    return found


def _means(cube: Cube, answers: Answers | None, items: list[str], level: float) -> list[pl.DataFrame]:
    if answers is None:
        made = [(item, *mean_of(cube, item)) for item in items]
        return [es.tidy(cube, linear, [(item, None, "mean")], answered, None, level) for item, linear, answered in made]
    places = np.array([answers.items.index(item) for item in items])
    linear = es.means_of_answers(cube, answers, places)
    names: Names = [(item, None, "mean") for item in items]
    return [es.tidy(cube, linear, names, _answered(answers, places), None, level)]


def _answered(answers: Answers, places: Ints) -> Floats:
    """How many answered in each cell, (cells, items)."""
    return np.asarray(answers.n[places][:, :, :-1].sum(2).T)


def _shares(cube: Cube, answers: Answers | None, items: list[str], interval: Interval, level: float) -> pl.DataFrame:
    if answers is None:
        raise NotAnswerable(f"The cube does not keep {items[0]} by category. Build it with shares=[{items[0]!r}].")
    places = np.array([answers.items.index(item) for item in items])
    for item, place in zip(items, places, strict=True):
        if not answers.levels[place]:
            raise NotAnswerable(
                f"Column {item}: nobody answered, so there is no category to take the share of. Leave it out."
            )
    wide = answers.n.shape[2] - 1
    taken = [k * wide + c for k, place in enumerate(places) for c in range(len(answers.levels[place]))]
    linear = es.shares_of(cube, answers, places).picked(np.array(taken))
    names: Names = [
        (item, str(category), "share")
        for item, place in zip(items, places, strict=True)
        for category in answers.levels[place]
    ]
    answered = np.repeat(_answered(answers, places), wide, axis=1)[:, taken]
    return es.tidy(cube, linear, names, answered, interval, level)


def _total(cube: Cube, item: str, level: float) -> pl.DataFrame:
    found = cube.find_answers(item)
    names: Names = [(item, None, "total")]
    if found and cube.alone(item) is None:
        answers, place = found
        linear = es.totals_of_answers(cube, answers, np.array([place]))
        return es.tidy(cube, linear, names, answers.n[place, :, :-1].sum(1)[:, None], None, level)
    moments = cube.find_moments([item])
    return es.tidy(cube, es.total_of(cube, moments, item), names, moments.n[:, None], None, level)


def _ratio(cube: Cube, above: str, below: str, level: float) -> pl.DataFrame:
    moments = cube.find_moments([above, below])
    names: Names = [(f"{above}/{below}", None, "ratio")]
    return es.tidy(cube, es.ratio_of(cube, moments, above, below), names, moments.n[:, None], None, level)


def difference(
    cube: Cube, column: str, first: Any, second: Any, *, means: Sequence[str], level: float = 0.95
) -> pl.DataFrame:
    """The means of the second group less the first's: item, n_first, n_second, difference, se, ci_low, ci_high, df, p.

    column, first, second: the grouping column and its two values. df is one less than sampled units less strata, as
    two means are fitted (R: svyttest). Raises NotAnswerable for a group that is not there.
    """
    cube.units.check_single()
    check_level(level)
    if not (items := column_names(means, "means")):
        raise NotAnswerable("Nothing was asked for. Name means.")
    narrow = cube.collapsed([column])
    values = [str(value) for value in narrow.groups[column].to_list()]
    for value in (first, second):
        if str(value) not in values:
            raise NotAnswerable(f"Column {column}: there is no {value!r}. It has {', '.join(values)}.")
    if str(first) == str(second):
        raise NotAnswerable(f"Column {column}: {first!r} is no other group than itself. Name two.")
    weights = np.zeros((1, len(values)))
    weights[0, values.index(str(second))], weights[0, values.index(str(first))] = 1.0, -1.0
    rows = []
    for item in items:
        linear, answered = mean_of(narrow, item)
        found = contrast(narrow, linear, weights, answered)
        one = replace(found, df=found.df - 1)
        low, high = one.interval(level)
        counts = [int(linear.n[values.index(str(value)), 0]) for value in (first, second)]
        ends = {"ci_low": low, "ci_high": high, "df": one.df, "p": one.p}
        told = {"item": item, "n_first": counts[0], "n_second": counts[1], "difference": float(one.estimate[0, 0])}
        rows.append(told | {"se": float(one.se[0, 0])} | {name: float(value[0, 0]) for name, value in ends.items()})
    return pl.DataFrame(rows)
