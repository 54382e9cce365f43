"""`make bench`: seconds and peak memory of the statistics, beside R survey and svy where they are installed.

36 items with five answers: the mean and five shares of each with SE, for every area × gender × age group; stratified
by area with a finite population, and the same in clusters. Each case runs in a process of its own, libraries imported
and the loop compiled before the clock starts; seconds are the best of ten (of
three above a million rows). R is used when Rscript with the package
`survey` is there, svy when KVARTER_BENCH_SVY names a Python that has it. `--large` adds 50 million rows (2 GB on disk).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

ITEMS = [f"q{n}" for n in range(36)]
BY = ["area", "gender", "age"]
SIZES = {"5 k × 80": (5_000, 8), "200 k × 1,000": (200_000, 100), "5 M × 10,000": (5_000_000, 1_000)}
LARGE = 50_000_000

OURS = """
import json, resource, sys, time
import numpy as np, polars as pl, pyarrow.parquet as pq
from kvarter import effect
from kvarter.effect import estimates as es
file, kind, items, by = sys.argv[1], sys.argv[2], sys.argv[3].split(","), sys.argv[4].split(",")
plain = effect.Design(weights="w", strata="area", population=("people",))
design = plain if kind != "clustered" else effect.Design(weights="w", strata="area", clusters=("stair",))
data = file if kind == "file" else pq.read_table(file) if kind in ("stratified", "clustered") else pl.read_parquet(file)
def run(data):
    cube = effect.make_cube(data, design, means=items, by=by)
    for family in cube.answers:
        every = np.arange(len(family.items))
        es.means_of_answers(cube, family, every).variance(cube)
        es.shares_of(cube, family, every).variance(cube)
def rake(data):
    margins = {}
    for name in ("area", "gender", "age", "q1"):
        sums = data.group_by(name).agg(pl.col("w").sum() * (1 + 0.02 * pl.col(name).first()))
        margins[name,] = {(level,): value for level, value in sums.iter_rows()}
    total = float(data["w"].sum())
    scaled = {k: {a: b * total / sum(v.values()) for a, b in v.items()} for k, v in margins.items()}
    margins = effect.Margins(scaled, {})
    from kvarter.effect import weighting
    cells = weighting._cells(data, margins)
    weight = np.bincount(cells.of_row, data["w"].to_numpy(), minlength=len(cells.places))
    begin = time.perf_counter()
    weighting._rake(cells, weight, weighting._names(margins))
    on_cells = time.perf_counter() - begin
    begin = time.perf_counter()
    effect.calibrate(data, plain, margins)
    return on_cells, time.perf_counter() - begin
small = pl.read_parquet(file, n_rows=2000)
if kind in ("stratified", "clustered"):
    small = small.to_arrow()
found = []
if kind == "rake":
    rake(small)
    found = [rake(data) for _ in range(3)]
    seconds, whole = min(a for a, _ in found), min(b for _, b in found)
elif kind == "bootstrap":
    effect.bootstrap(small, effect.Design(weights="w"), items, size=10)
    begin = time.perf_counter()
    effect.bootstrap(data, plain, items, by=by, size=500)
    seconds = whole = time.perf_counter() - begin
else:
    run(small)
    for _ in range(1 if kind == "file" else 10 if len(data) < 1_000_000 else 3):
        begin = time.perf_counter()
        run(data)
        found.append(time.perf_counter() - begin)
    seconds = whole = min(found)
print(json.dumps([seconds, whole, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6]))
"""

IN_NUMPY = """
import json, sys, time, numpy as np, polars as pl
data = pl.read_parquet(sys.argv[1])
items = [data[q].to_numpy().astype(np.int64) for q in sys.argv[2].split(",")]
area, gender, age = (data[name].to_numpy().astype(np.int64) for name in ("area", "gender", "age"))
weight, areas, answer = data["w"].to_numpy(), int(area.max()) + 1, np.arange(1, 6)
def run():
    group, cells, square = (area * 2 + gender) * 5 + age, areas * 10, weight * weight
    sample = np.repeat(np.bincount(area, minlength=areas), 10)[:, None]
    spread = sample / (sample - 1) * (1 - sample / (10.0 * len(data)))
    for item in items:
        code, long = group * 5 + item - 1, cells * 5
        np.bincount(code, minlength=long)
        one = np.bincount(code, weight, long).reshape(cells, 5)
        two = np.bincount(code, square, long).reshape(cells, 5)
        whole = one.sum(1, keepdims=True)
        share = one / whole
        mean = share @ answer
        np.sqrt((two * (1 - 2 * share) + share**2 * two.sum(1, keepdims=True)) / whole**2 * spread)
        np.sqrt((two * (answer - mean[:, None]) ** 2).sum(1) / whole[:, 0] ** 2 * spread[:, 0])
run()
found = []
for _ in range(10 if len(data) < 1_000_000 else 3):
    begin = time.perf_counter()
    run()
    found.append(time.perf_counter() - begin)
print(min(found))
"""

IN_R = """
library(survey); a <- commandArgs(TRUE); d <- read.csv(a[1]); items <- strsplit(a[2], ",")[[1]]
s <- svydesign(id = ~1, strata = ~area, weights = ~w, fpc = ~people, data = d); begin <- proc.time()[3]
for (q in items) {
  svyby(reformulate(q), ~area + gender + age, s, svymean)
  s$variables[[q]] <- factor(s$variables[[q]]); svyby(reformulate(q), ~area + gender + age, s, svymean)
}
cat(proc.time()[3] - begin)
"""

IN_SVY = """
import sys, time, polars as pl, svy
sample = svy.Sample(data=pl.read_parquet(sys.argv[1]), design=svy.Design(stratum="area", wgt="w"))
begin = time.perf_counter()
for q in sys.argv[2].split(","):
    sample.estimation.mean(y=q, by=("area", "gender", "age")); sample.estimation.prop(y=q, by=("area", "gender", "age"))
print(time.perf_counter() - begin)
"""


def rows(many: int, areas: int, seed: int = 1) -> pl.DataFrame:
    """Answers of so many people in so many areas."""
    random = np.random.default_rng(seed)
    columns = {
        "area": random.integers(0, areas, many, dtype=np.int32),
        "gender": random.integers(0, 2, many, dtype=np.int8),
        "age": random.integers(0, 5, many, dtype=np.int8),
        "w": random.uniform(1, 5, many),
    }
    columns |= {item: random.integers(1, 6, many, dtype=np.int8) for item in ITEMS}
    stair = pl.Series(random.integers(0, 20, many, dtype=np.int32))
    return pl.DataFrame(columns).with_columns(people=pl.lit(10.0 * many), stair=pl.col("area") * 20 + stair)


def ours(file: Path, kind: str, items: list[str] = ITEMS) -> tuple[float, float, float]:
    """Seconds, seconds with all around it, and gigabytes at most."""
    command = [sys.executable, "-c", OURS, str(file), kind, ",".join(items), ",".join(BY)]
    seconds, whole, memory = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return seconds, whole, memory


def bare_numpy(file: Path) -> float:
    """Seconds of the same sums written straight in NumPy for this one case, nothing read, looked at or checked."""
    command = [sys.executable, "-c", IN_NUMPY, str(file), ",".join(ITEMS)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def others(file: Path, csv: Path, items: list[str]) -> dict[str, float]:
    """Seconds of R and svy, where they are."""
    found = {}
    if shutil.which("Rscript"):
        done = subprocess.run(
            ["Rscript", "-e", IN_R, str(csv), ",".join(items)], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            found["R survey"] = float(done.stdout.split()[-1])
    if python := os.environ.get("KVARTER_BENCH_SVY"):
        done = subprocess.run(
            [python, "-c", IN_SVY, str(file), ",".join(items)], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            found["svy"] = float(done.stdout.split()[-1])
    return found


def whole_command(file: Path, folder: Path) -> float:
    """Seconds of the command from start to end, its own imports among them."""
    (folder / "design.toml").write_text('[design]\nweights = "w"\nstrata = "area"\npopulation = ["people"]\n')
    command = [str(Path(sys.executable).with_name("kvarter")), "effect", "estimate", str(file), "--design"]
    command += [
        str(folder / "design.toml"),
        "--items",
        ",".join(ITEMS),
        "--shares",
        ",".join(ITEMS),
        "--by",
        ",".join(BY),
    ]
    begin = time.perf_counter()
    subprocess.run([*command, "--out", str(folder / "out.csv")], check=True)
    return time.perf_counter() - begin


def tell(what: str, size: str, seconds: float, memory: float | None = None) -> None:
    """A row of the table."""
    print(f"| {what} | {size} | {seconds:.3g} s | {'' if memory is None else f'{memory:.2g} GB'} |", flush=True)


def main() -> int:
    """Measure and print."""
    print("| what | rows × groups | seconds | peak memory |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {}
        for size, (many, areas) in SIZES.items():
            files[size] = file = folder / f"{many}.parquet"
            rows(many, areas).write_parquet(file)
            for kind in ("stratified", "clustered"):
                seconds, _whole, memory = ours(file, kind)
                tell(f"36 items, {kind}", size, seconds, memory)
            tell("36 items, stratified, by bare NumPy", size, bare_numpy(file))
        small, middle, large = files.values()
        on_cells, whole, memory = ours(large, "rake")
        tell("raking to 4 margins, on cells", "5 M", on_cells, memory)
        tell("raking to 4 margins, all around it", "5 M", whole, memory)
        tell("500 bootstrap replicates, 36 items", "200 k × 1,000", *ours(middle, "bootstrap")[1:])
        tell("the whole command, 36 items, intervals, CSV", "200 k × 1,000", whole_command(middle, folder))
        pl.read_parquet(small).write_csv(folder / "small.csv")
        for who, seconds in others(small, folder / "small.csv", ITEMS).items():
            tell(f"36 items by {who}", "5 k × 80", seconds)
        pl.read_parquet(middle).write_csv(folder / "middle.csv")
        for who, seconds in others(middle, folder / "middle.csv", ITEMS[:1]).items():
            tell(f"ONE item by {who}", "200 k × 1,000", seconds)
        if "--large" in sys.argv:
            big = folder / "big"
            big.mkdir()
            for part in range(10):
                rows(LARGE // 10, 1_000, part).with_columns(people=pl.lit(10.0 * LARGE)).write_parquet(
                    big / f"{part}.parquet"
                )
            seconds, _whole, memory = ours(big, "file")
            tell("36 items, stratified, from Parquet", "50 M × 10,000", seconds, memory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
