"""Weights that make a sample add up to what is known of the population.

Deville & Särndal 1992 (JASA 87): weights as near the design's as can be, with margins met exactly. LINEAR is the
regression estimator (GREG), RAKING multiplies, LOGIT stays within bounds; post-stratification is raking on one margin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from kvarter.effect.choosing import chosen, column_names
from kvarter.effect.coding import Codes, Tuples, Values
from kvarter.effect.design import Design
from kvarter.effect.errors import BadData, NoSolution
from kvarter.effect.margins import Margins
from kvarter.effect.reading import chunks
from kvarter.effect.units import ROWS, Units, sum_by

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_ROUNDS = 500
CLOSE = 1e-11
NO_ANSWER = 1e-7


class Method(StrEnum):
    """How weights may move: RAKING g = exp(u), LINEAR g = 1 + u, LOGIT between bounds."""

    RAKING = "raking"
    LINEAR = "linear"
    LOGIT = "logit"


@dataclass(frozen=True)
class Calibrated:
    """New weights. weights, base: a number for each row, in the rows' order. g: new over old. seen: the rows' columns
    that weights depend on, those of margins and design.

    diagnostics: `deff_weights` (Kish: 1 + the squared coefficient of variation), `trimmed` (share of rows at a bound),
    `worst_margin` (largest relative miss), `rounds`, `smallest_g`, `largest_g`.
    """

    weights: Floats = field(repr=False)
    base: Floats = field(repr=False)
    margins: Margins = field(repr=False)
    method: Method
    diagnostics: dict[str, float]
    seen: pl.DataFrame = field(repr=False)

    @property
    def g(self) -> Floats:
        """New weights over old; 1 where the old is 0."""
        return np.divide(self.weights, self.base, out=np.ones_like(self.base), where=self.base > 0)


def calibrate(
    data: Any,
    design: Design,
    margins: Margins,
    *,
    method: Method | str = Method.RAKING,
    bounds: tuple[float, float] | None = None,
) -> Calibrated:
    """Weights of the rows that meet the margins. bounds: least and largest g, for LOGIT and LINEAR.

    The new weight is w g(x'λ), with λ such that sum w g(x'λ) x = the margins (Deville & Särndal 1992, JASA 87; R:
    calibrate with calfun "raking", "linear", "logit"); g by method as in `Method`. On margins of counts alone RAKING
    is iterative proportional fitting (Deming & Stephan 1940).

    Rows with the same margins get the same g, so the work is done on their combinations, not on rows.
    Raises BadData for a value not in the margins or missing; NoSolution when margins contradict each other, hold a
    group that the sample has none of, or cannot be met within the bounds.
    """
    way = chosen(Method, method, "method")
    frame = pl.from_arrow(together(data, [*margins.columns, *design.columns]))
    assert isinstance(frame, pl.DataFrame), "a table is a frame"
    base = base_weights(frame, design)
    _check_totals(margins)
    names = _names(margins)
    if margins.totals:
        x, wanted = _model(frame, margins)
        g, rounds = _solve(x, base, wanted, way, bounds, names)
        told = _diagnostics(g, base, x.T @ (g * base), wanted, rounds, bounds)
    else:
        cells = _cells(frame, margins)
        weight = sum_by(cells.of_row, len(cells.places), base)
        _check_empty(np.concatenate(cells.sums(weight)), np.concatenate(cells.wanted), margins)
        wanted = np.concatenate(cells.wanted)
        if way is Method.RAKING:
            g_cell, rounds = _rake(cells, weight, names)
        else:
            g_cell, rounds = _solve(cells.x, weight, wanted, way, bounds, names)
        g = g_cell[cells.of_row]
        told = _diagnostics(g, base, np.concatenate(cells.sums(g_cell * weight)), wanted, rounds, bounds)
    return Calibrated(g * base, base, margins, way, told, frame)


def together(data: Any, columns: Sequence[str]) -> pa.Table:
    """All rows of some data in one table, with these columns."""
    return pa.concat_tables(chunks(data, list(dict.fromkeys(columns))), promote_options="permissive")


def base_weights(frame: pl.DataFrame, design: Design) -> Floats:
    """The design's weights of the rows, as given or as the population and the sample make them."""
    if design.weights:
        found = frame[design.weights].cast(pl.Float64).to_numpy()
        wrong = np.flatnonzero(~(found >= 0))
        if wrong.size:
            raise BadData(f"Column {design.weights}, row {wrong[0] + 1}: is no weight. Give a number of 0 or more.")
        return np.asarray(found, float)
    keys, populations = design.keys, list(design.population)
    for name in [*keys, *populations]:
        if empty := frame[name].is_null().arg_true().to_list():
            raise BadData(f"Column {name}, row {empty[0] + 1}: is empty. Every row must have its place in the sample.")
    leaves = frame.group_by(keys or pl.lit(0).alias("")).agg(
        pl.len().cast(pl.Float64).alias(ROWS), *(pl.col(name).first().cast(pl.Float64) for name in populations)
    )
    units = Units(design, leaves)
    factor = leaves.with_columns(pl.Series(" weight", units.weights))
    if not keys:
        return np.full(frame.height, float(factor[" weight"][0]))
    joined = frame.select(keys).join(factor.select([*keys, " weight"]), on=keys, how="left", maintain_order="left")
    return joined[" weight"].to_numpy()


def _check_totals(margins: Margins) -> None:
    """All margins are of one population."""
    sums = {names: sum(counts.values()) for names, counts in margins.counts.items()}
    if sums and max(sums.values()) - min(sums.values()) > NO_ANSWER * max(sums.values()):
        told = ", ".join(f"{' × '.join(names)} adds to {total:g}" for names, total in sums.items())
        raise NoSolution(f"The margins contradict each other: {told}. They must be of one population.")


def _places(frame: pl.DataFrame, names: tuple[str, ...], counts: Mapping[tuple[Any, ...], float]) -> Codes:
    """The place of each row in a margin's combinations. Raises BadData for a value the margin does not have."""
    values = [Values() for _ in names]
    tuples = Tuples(len(names))
    code = tuples.code([v.code(frame[name].to_arrow()) for v, name in zip(values, names, strict=True)])
    empty = np.flatnonzero(code < 0)
    title = " × ".join(names)
    if empty.size:
        raise BadData(f"Column {title}, row {empty[0] + 1}: is empty, so its weight cannot be known. Fill it in.")
    known = {tuple(map(str, key)): place for place, key in enumerate(counts)}
    found = np.array(
        [known.get(tuple(str(v.values[c]) for v, c in zip(values, part, strict=True)), -1) for part in tuples.parts()]
    )
    if (found < 0).any():
        row = int(np.flatnonzero(found[code] < 0)[0])
        value = frame.select(names).row(row)
        raise BadData(f"Column {title}, row {row + 1}: {value} is not in the margin. Add it, or mend the value.")
    return np.asarray(found[code], np.int32)


@dataclass(frozen=True)
class _Cells:
    """The combinations of margins that occur. of_row: each row's. places: where a combination is in each margin,
    (combinations, margins). wanted: what each margin's places should add to.
    """

    of_row: Codes
    places: npt.NDArray[np.int64]
    wanted: list[Floats]

    def sums(self, weight: Floats) -> list[Floats]:
        """What each margin's places add to with these weights of the combinations."""
        return [sum_by(self.places[:, m], len(goal), weight) for m, goal in enumerate(self.wanted)]

    @property
    def x(self) -> Floats:
        """Which places each combination is in: 0 or 1, all margins side by side."""
        return np.concatenate([np.eye(len(goal))[self.places[:, m]] for m, goal in enumerate(self.wanted)], axis=1)


def _cells(frame: pl.DataFrame, margins: Margins) -> _Cells:
    tuples = Tuples(len(margins.counts))
    code = tuples.code([_places(frame, names, counts) for names, counts in margins.counts.items()])
    wanted = [np.array(list(counts.values()), float) for counts in margins.counts.values()]
    return _Cells(code, np.array(tuples.parts()), wanted)


def _names(margins: Margins) -> list[str]:
    """Each combination and total that is known, in the order of the sums."""
    counts = [f"{' × '.join(n)} = {' × '.join(map(str, key))}" for n, known in margins.counts.items() for key in known]
    return [*counts, *(f"the total of {name}" for name in margins.totals)]


def _check_empty(have: Floats, wanted: Floats, margins: Margins) -> None:
    alone = np.flatnonzero((have == 0) & (wanted > 0))
    if alone.size:
        raise NoSolution(
            f"Nobody in the sample is {_names(margins)[alone[0]]}, and the population has {wanted[alone[0]]:g}. "
            "Join groups."
        )


def _model(frame: pl.DataFrame, margins: Margins) -> tuple[Floats, Floats]:
    """Margins and number columns, row by row."""
    blocks, wanted = [], []
    for names, counts in margins.counts.items():
        place = _places(frame, names, counts)
        block = np.zeros((frame.height, len(counts)))
        block[np.arange(frame.height), place] = 1.0
        blocks.append(block)
        wanted += list(counts.values())
    if blocks:
        _check_empty(np.concatenate(blocks, axis=1).sum(0), np.array(wanted, float), margins)
    for name, total in margins.totals.items():
        column = frame[name].cast(pl.Float64, strict=False).to_numpy()
        empty = np.flatnonzero(np.isnan(column))
        if empty.size:
            raise BadData(
                f"Column {name}, row {empty[0] + 1}: has no number, so its weight cannot be known. Fill it in."
            )
        blocks.append(column[:, None])
        wanted.append(total)
    return np.concatenate(blocks, axis=1), np.array(wanted, float)


def _rake(cells: _Cells, weight: Floats, names: list[str]) -> tuple[Floats, int]:
    """Iterative proportional fitting (Deming & Stephan 1940), on combinations. Raises NoSolution."""
    g = np.ones(len(weight))
    for rounds in range(1, MOST_ROUNDS + 1):
        worst = 0.0
        for m, goal in enumerate(cells.wanted):
            now = sum_by(cells.places[:, m], len(goal), weight * g)
            g *= np.divide(goal, now, out=np.ones_like(goal), where=now > 0)[cells.places[:, m]]
            worst = max(worst, float(np.max(np.abs(goal - now) / np.maximum(goal, 1.0))))
        if not np.isfinite(g).all():
            break
        if worst < CLOSE:
            return g, rounds
    raise NoSolution(_not_met(np.concatenate(cells.sums(weight * g)), np.concatenate(cells.wanted), names))


def _solve(
    x: Floats,
    weight: Floats,
    wanted: Floats,
    method: Method,
    bounds: tuple[float, float] | None,
    names: list[str],
) -> tuple[Floats, int]:
    """Newton's method for the multipliers: sum w g(x'λ) x = wanted. Raises NoSolution."""
    size = np.sqrt(np.maximum((weight @ x**2) / max(weight.sum(), 1e-300), 1e-300))  # columns in units of their own
    x, wanted = x / size, wanted / size
    multiplier, least, rounds = np.zeros(x.shape[1]), np.inf, 0
    scale = np.maximum(np.abs(wanted), 1.0)
    step, factor = np.zeros_like(multiplier), 1.0
    for rounds in range(1, MOST_ROUNDS + 1):
        g, slope = _pull(x @ (multiplier + factor * step), method, bounds)
        miss = wanted - x.T @ (weight * g)
        worst = float(np.max(np.abs(miss) / scale))
        if worst < CLOSE:
            return g, rounds
        if worst >= least and factor > 1 / 64:
            factor /= 2
            continue
        multiplier, least, factor = np.asarray(multiplier + factor * step, np.float64), worst, 1.0
        hessian = x.T @ (x * (weight * slope)[:, None])
        step = np.asarray(np.linalg.lstsq(hessian, miss, rcond=None)[0], np.float64)
        if method is Method.LINEAR and bounds is None and rounds > 2 and worst < NO_ANSWER * 1e-3:
            return g, rounds
    raise NoSolution(_not_met(x.T @ (weight * g) * size, wanted * size, names, bounds))


def _pull(u: Floats, method: Method, bounds: tuple[float, float] | None) -> tuple[Floats, Floats]:
    """g and its slope at u (Deville & Särndal 1992, table 1)."""
    if method is Method.RAKING:
        g = np.exp(np.minimum(u, 50))
        return g, g
    if method is Method.LINEAR:
        low, high = bounds or (-np.inf, np.inf)
        g = 1 + u
        return np.clip(g, low, high), ((g > low) & (g < high)).astype(float)
    if bounds is None or not bounds[0] < 1 < bounds[1]:
        raise BadData("Logit calibration needs bounds on both sides of 1, as (0.4, 3).")
    low, high = bounds
    pace = (high - low) / ((1 - low) * (high - 1))
    e = np.exp(np.clip(pace * u, -500, 500))
    over = (high - 1) + (1 - low) * e
    g = (low * (high - 1) + high * (1 - low) * e) / over
    return g, (g - low) * (high - g) * pace / (high - low)


def _not_met(got: Floats, wanted: Floats, names: list[str], bounds: tuple[float, float] | None = None) -> str:
    miss = got - wanted
    worst = int(np.argmax(np.abs(miss) / np.maximum(np.abs(wanted), 1.0)))
    within = f" within bounds {bounds[0]:g} to {bounds[1]:g}" if bounds else ""
    return (
        f"The margins cannot be met{within}: after {MOST_ROUNDS} rounds, {names[worst]} is still "
        f"{abs(miss[worst]):g} from {wanted[worst]:g}. Join small groups, widen the bounds, or see that margins agree."
    )


def _diagnostics(
    g: Floats, base: Floats, got: Floats, wanted: Floats, rounds: int, bounds: tuple[float, float] | None
) -> dict[str, float]:
    weights = g * base
    at_bound = np.isclose(g, bounds[0]) | np.isclose(g, bounds[1]) if bounds else np.zeros(1, bool)
    return {
        "deff_weights": float(len(weights) * (weights @ weights) / weights.sum() ** 2),
        "trimmed": float(at_bound.mean()),
        "worst_margin": float(np.max(np.abs(got - wanted) / np.maximum(np.abs(wanted), 1.0))),
        "rounds": float(rounds),
        "smallest_g": float(g.min()),
        "largest_g": float(g.max()),
    }


def trimmed(weights: Floats, *, largest: float) -> tuple[Floats, float]:
    """Weights cut at `largest` times their median, what is cut off shared among the others in proportion; and the
    share of rows cut (Potter 1990). The sum is kept. Raises NoSolution when every weight would be cut, BadData for what
    is no weight.
    """
    if not (weights >= 0).all() or not largest > 0:
        raise BadData(f"Weights of 0 or more are trimmed, at more than 0 times their median; largest is {largest!r}.")
    most = float(np.median(weights[weights > 0])) * largest
    found, cut = weights.astype(float).copy(), np.zeros(len(weights), bool)
    for _round in range(len(weights)):
        over = (found > most * (1 + 1e-12)) & ~cut
        if not over.any():
            break
        cut |= over
        found[cut] = most
        rest = ~cut
        if not found[rest].sum() > 0:
            raise NoSolution(f"Every weight is above {most:g}. Allow a larger one.")
        found[rest] *= (weights.sum() - found[cut].sum()) / found[rest].sum()
    return found, float(cut.mean())


def nonresponse_weights(drawn: Any, answered: str, classes: Sequence[str], weights: str) -> Floats:
    """Weights of those who answered, raised within classes for those who did not; 0 for those who did not.

    drawn: everyone drawn, as a path or a table. answered: a column of true and false, or 1 and 0; empty is false.
    classes: columns, all crossed. In each class, the weights of those who answered are multiplied by (weights of all) /
    (weights of those who answered) (Little 1986). Raises NoSolution naming a class in which nobody answered, BadData
    for another kind of column.
    """
    if not (classes := column_names(classes, "classes")):
        raise BadData("classes names no column. Name those within which who answered are like who did not.")
    frame = pl.DataFrame(together(drawn, [answered, *classes, weights]))
    said = set(frame[answered].drop_nulls().unique())
    if not said <= {0, 1}:  # which true and false are too; 1 and 2, as questionnaires have it, would all be true
        raise BadData(f"Column {answered}: holds {sorted(said, key=str)[:3]}. Give true and false, or 1 and 0.")
    base_weights(frame, Design(weights=weights))
    flag = pl.col(answered).cast(pl.Boolean)
    sums = frame.group_by(classes, maintain_order=True).agg(
        pl.col(weights).sum().alias(" all"), pl.col(weights).filter(flag).sum().alias(" here")
    )
    if (silent := sums.filter(pl.col(" here") <= 0)).height:
        raise NoSolution(
            f"Nobody answered in {silent.select(classes).row(0, named=True)}. Join it with a class like it."
        )
    joined = frame.join(sums, on=list(classes), how="left", nulls_equal=True, maintain_order="left")
    factor = pl.when(flag).then(pl.col(weights) * pl.col(" all") / pl.col(" here")).otherwise(0.0)
    return joined.select(factor.alias("w"))["w"].to_numpy()
