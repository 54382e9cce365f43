"""Attained coverage of the intervals of a share, by simulation: writes docs/coverage.md.

A population of 4,500, samples of 300 and 900 without replacement, shares from 2 to 98 per cent. Plain: one stratum.
Uneven: three strata of 500, 1,000 and 3,000 with equal sample sizes, so that weights differ six times over, and the
share differs between them. Each survey is a group of one cube, so thousands are estimated at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from kvarter import effect

SURVEYS = 4_000
SHARES = (0.02, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.98)
METHODS = ("beta", "wilson", "logit", "likelihood", "asin", "mean")
PLAIN, UNEVEN = (4500,), (500, 1000, 3000)
HEAD = """# Attained coverage of the intervals of a share

Nominal: 95 %. {surveys} surveys a row, so a figure is certain to about 0.7 points. Population 4,500; samples without
replacement, with the finite population correction. Where nobody, or everybody, said yes, a method that then has no
interval counts as a miss. *Uneven*: three strata of 500, 1,000 and 3,000 with equal samples, so that weights differ
six times over. Made by `tools/coverage_table.py`.

| sample | answers | share | Korn-Graubard | Wilson | logit | likelihood | arcsine | mean ± t se |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
TAIL = """
Korn and Graubard's interval reaches 95 % wherever answers are not both few and unequal in weight, and is the default;
it is longer than the others for rare answers. Where few gave the rarer answer and they carry the largest weights
(uneven, 98 %), every method falls short, it least of all: there the sample holds too few to know its own spread. The
plain interval, mean ± t se, misses most near 0 and 100 %.
"""
OUT = Path(__file__).resolve().parent.parent / "docs" / "coverage.md"


def population(share: float, strata: tuple[int, ...], random: np.random.Generator) -> list[npt.NDArray[np.bool_]]:
    """Who says yes in each stratum: the share in all, and on the log-odds 0.4 apart from one stratum to the next."""
    shift = 0.4 * (np.arange(len(strata)) - (len(strata) - 1) / 2)
    odds = share / (1 - share) * np.exp(shift)
    yes = [round(size * p) for size, p in zip(strata, odds / (1 + odds), strict=True)]
    return [random.permutation(np.arange(size) < n) for size, n in zip(strata, yes, strict=True)]


def surveys(share: float, strata: tuple[int, ...], size: int, many: int, seed: int) -> tuple[float, pl.DataFrame]:
    """The true share, and `many` samples under each other, told apart by the column `survey`."""
    random = np.random.default_rng(seed)
    people = population(share, strata, random)
    each = size // len(strata)
    parts = []
    for h, values in enumerate(people):
        drawn = random.permuted(np.tile(np.arange(len(values), dtype=np.int16), (many, 1)), axis=1)[:, :each]
        parts.append(
            pl.DataFrame(
                {
                    "survey": np.repeat(np.arange(many, dtype=np.int32), each),
                    "stratum": np.repeat(np.arange(many, dtype=np.int32) * len(strata) + h, each),
                    "population": np.full(many * each, len(values)),
                    "weight": np.full(many * each, len(values) / each),
                    "yes": values[drawn].ravel().astype(np.int8),
                }
            )
        )
    return float(np.concatenate(people).mean()), pl.concat(parts)


def coverage(share: float, strata: tuple[int, ...], size: int, many: int = SURVEYS, seed: int = 1) -> dict[str, float]:
    """How often the interval holds the true share, by method, among surveys of which it can be said (NaN: none)."""
    true, data = surveys(share, strata, size, many, seed)
    design = effect.Design(weights="weight", strata="stratum", population=("population",))
    cube = effect.make_cube(data, design, shares=["yes"], by=["survey"])
    found = {}
    for method in METHODS:
        table = effect.estimate(cube, shares=["yes"], interval=method).filter(pl.col("category") == "1")
        low, high = table["ci_low"].fill_nan(2.0).to_numpy(), table["ci_high"].fill_nan(-1.0).to_numpy()
        missed = many - table.height
        found[method] = float(((low <= true) & (true <= high)).sum() / (table.height + missed))
    return found


def main() -> int:
    """Write the table."""
    lines = [HEAD.format(surveys=f"{SURVEYS:,}")]
    for name, strata in (("plain", PLAIN), ("uneven", UNEVEN)):
        for size in (300, 900):
            for share in SHARES:
                row = coverage(share, strata, size)
                figures = " | ".join(f"{100 * row[method]:.1f}" for method in METHODS)
                lines.append(f"| {name} | {size} | {100 * share:.0f} % | {figures} |")
                print(lines[-1], flush=True)
    lines += [TAIL]
    OUT.write_text("\n".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
