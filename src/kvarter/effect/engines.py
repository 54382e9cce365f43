"""The sums stated once, and run where the data is: DuckDB on this machine, Spark on a cluster.

Both engines run the same Narwhals expressions, and give back only the sums. The compiled loop of `building` looks at
rows itself and is several times faster, so it is what runs unless an engine is asked for or the data lives in one.
Columns are renamed first: names that differ in case alone are one name to DuckDB and Spark.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.dataset as ds

from kvarter.effect.building import Builder, Wanted
from kvarter.effect.coding import Codes
from kvarter.effect.columns import Missing, columns_of
from kvarter.effect.cube import Cube
from kvarter.effect.design import Design
from kvarter.effect.errors import BadData, EffectError, NotAnswerable
from kvarter.effect.growing import Block, Item
from kvarter.effect.reading import chunks

Floats = npt.NDArray[np.float64]


class Engine(StrEnum):
    """Where the sums are made. AUTO: by the compiled loop, chunk by chunk."""

    AUTO = "auto"
    DUCKDB = "duckdb"
    SPARK = "spark"


def cube_by_engine(data: Any, design: Design, wanted: Wanted, engine: Engine | str) -> Cube:
    """The cube with its sums made by an engine. data: a path, or a DuckDB relation or Spark frame.

    Means are summed as numbers, not by category. Raises as `make_cube` does; of a relation or frame it names the column
    and how many rows are wrong rather than which, since an engine has no order of rows.
    """
    names = list(dict.fromkeys([*wanted.columns, *design.columns]))
    frame, have = _native(data, Engine(engine), names)
    for name in names:
        if name not in have:
            raise BadData(f"There is no column {name}. The data has {', '.join(have)}.")
    short = {name: f"c{number}" for number, name in enumerate(names)}
    picked = frame.select(*(nw.col(have[name]).alias(short[name]) for name in names))
    try:
        return _Sums(picked, design, wanted, short).cube()
    except EffectError:
        _tell_row(data, design, wanted, names)
        raise
    except Exception as error:
        if type(error).__module__.split(".")[0] not in {"duckdb", "_duckdb", "pyspark", "py4j"}:
            raise
        _tell_row(data, design, wanted, names)
        called = {one: name for name, one in short.items()}
        first = re.sub(r"\bc\d+\b", lambda one: called.get(one[0], one[0]), str(error).strip().splitlines()[0])
        raise BadData(
            f"The engine could not sum the data: {first}. See that every item is given as numbers."
        ) from error


def _tell_row(data: Any, design: Design, wanted: Wanted, names: list[str]) -> None:
    """Raise what is wrong with a file by its row, which no engine knows: the loop finds it."""
    if isinstance(data, str | Path):
        builder = Builder(design, wanted)
        for chunk in chunks(data, names):
            builder.add(chunk)


def _native(data: Any, engine: Engine, names: list[str]) -> tuple[Any, dict[str, str]]:
    """A lazy frame in the engine, and what it calls each column."""
    path = Path(data) if isinstance(data, str | Path) else None
    if path is not None and not (path.is_dir() or path.suffix.lower() in {".parquet", ".pq"}):
        table = pa.concat_tables(chunks(path, names), promote_options="permissive")
        safe = table.rename_columns([f"x{n}" for n in range(table.num_columns)])
        calls = dict(zip(table.column_names, safe.column_names, strict=True))
        return nw.from_native(_spark(safe) if engine is Engine.SPARK else duckdb.from_arrow(safe)), calls
    if path is None:
        if engine is Engine.SPARK:
            data.sparkSession.conf.set("spark.sql.caseSensitive", "true")
        frame = nw.from_native(data)
        return frame, {name: name for name in frame.collect_schema().names()}
    own = ds.dataset(path, format="parquet").schema.names
    found = nw.from_native(_spark(path) if engine is Engine.SPARK else duckdb.read_parquet(_pattern(path)))
    return found, dict(zip(own, found.collect_schema().names(), strict=False))


def _pattern(path: Path) -> str:
    return f"{path}/**/*.parquet" if path.is_dir() else str(path)


def _spark(data: Path | pa.Table) -> Any:
    """The data as a Spark frame, in the session that runs or in one begun now."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NotAnswerable("Spark is not installed. Install kvarter[spark], which needs Java 17 or later.") from error
    session = SparkSession.builder.appName("kvarter").getOrCreate()
    session.conf.set("spark.sql.caseSensitive", "true")
    if isinstance(data, Path):
        return session.read.parquet(str(data))
    return session.createDataFrame(data.to_pandas())


class _Sums:
    """The expressions, and the cube made of what they give."""

    def __init__(self, frame: Any, design: Design, wanted: Wanted, short: dict[str, str]) -> None:
        self.frame, self.design, self.wanted, self.short = frame, design, wanted, short
        self.keys = [short[name] for name in design.keys]
        self.groups = [short[name] for name in wanted.by]
        self.populations = [short[name] for name in design.population]
        self.blocks = [(name,) for name in wanted.means] + [tuple(one) for one in wanted.together]
        self.weight = nw.col(short[design.weights]).cast(nw.Float64) if design.weights else nw.lit(1.0)

    def cube(self) -> Cube:
        """Run the expressions and lay the sums in a cube through the builder of chunks, each sum being one row."""
        shifts = self._check()
        frame = self.frame.with_columns(self.weight.alias("w"))
        by = list(dict.fromkeys([*self.keys, *self.groups, *self.populations]))
        sizes = (nw.len().alias("rows"), nw.col("w").sum().alias("weight"))
        sums = _run(_grouped(frame, by).agg(*sizes, *self._moments(shifts)))
        builder = SumsBuilder(self.design, self.wanted)
        names = {short: name for name, short in self.short.items()}
        builder.add_sums(_renamed(sums, names), self.blocks, shifts)
        for item in self.wanted.shares:
            level = self.short[item]
            counts = _grouped(frame, list(dict.fromkeys([*by, level]))).agg(
                nw.when(nw.col("w") > 0).then(nw.lit(1)).otherwise(nw.lit(0)).sum().alias("n"),
                nw.col("w").sum().alias("w"),
                (nw.col("w") * nw.col("w")).sum().alias("q"),
            )
            builder.add_counts(_renamed(_run(counts), names), item)
        return builder.finish()

    def _moments(self, shifts: dict[str, float]) -> list[Any]:
        found = []
        for b, columns in enumerate(self.blocks):
            values = [nw.lit(1.0), *(nw.col(self.short[name]).cast(nw.Float64) - shifts[name] for name in columns)]
            whole = values[1]
            for value in values[2:]:
                whole = whole + value
            present = ~whole.is_null() & ~whole.is_nan()
            found.append(
                nw.when(present & (nw.col("w") > 0)).then(nw.lit(1.0)).otherwise(nw.lit(0.0)).sum().alias(f"m{b}_n")
            )
            for i, j in _upper(len(values)):
                product = nw.when(present).then(values[i] * values[j] * nw.col("w")).otherwise(nw.lit(0.0))
                found.append(product.sum().alias(f"m{b}_w_{i}_{j}"))
                found.append((product * nw.col("w")).sum().alias(f"m{b}_q_{i}_{j}"))
        return found

    def _check(self) -> dict[str, float]:
        """Refuse weights, populations, keys and answers that cannot be, by how many there are of each.

        Gives the middle of each column to be summed, which is taken off it against loss of digits.
        """
        tests: dict[str, tuple[Any, str]] = {}
        for name in self.design.keys:
            tests[f"k{name}"] = (
                nw.col(self.short[name]).is_null(),
                f"Column {name}: {{}} rows are empty. Every row must have its place in the sample.",
            )
        numbers = [(n, False, "no weight. Give a number of 0 or more") for n in [self.design.weights] if n]
        numbers += [(n, True, "no population. Give a number above 0") for n in self.design.population]
        for name, above, wrong in numbers:
            value = nw.col(self.short[name]).cast(nw.Float64)
            bad = value.is_null() | value.is_nan() | ((value <= 0) if above else (value < 0))
            tests[f"n{name}"] = (bad, f"Column {name}: {{}} rows have {wrong}.")
        numbers_asked = {name for block in self.blocks for name in block}
        for name in self.wanted.columns:
            if self.wanted.missing is Missing.FAIL or (
                self.wanted.missing is Missing.CATEGORY and name in numbers_asked
            ):
                empty = nw.col(self.short[name]).is_null()
                if name in numbers_asked:
                    empty = empty | nw.col(self.short[name]).cast(nw.Float64).is_nan()
                tests[f"m{name}"] = (
                    empty,
                    f"Column {name}: {{}} rows have no answer. Say what a missing value means: drop or category.",
                )
        asked = [
            nw.when(bad).then(nw.lit(1)).otherwise(nw.lit(0)).sum().alias(f"t{n}")
            for n, (bad, _text) in enumerate(tests.values())
        ]
        columns = list(dict.fromkeys(name for block in self.blocks for name in block))
        for name in columns:
            value = nw.col(self.short[name]).cast(nw.Float64)
            asked.append(nw.when(~value.is_nan() & ~value.is_null()).then(value).mean().alias(f"s{self.short[name]}"))
        row = _run(self.frame.select(*asked)).to_pylist()[0] if asked else {}
        for n, (_bad, text) in enumerate(tests.values()):
            if row[f"t{n}"]:
                raise BadData(text.format(row[f"t{n}"]))
        return {name: float(round(row[f"s{self.short[name]}"] or 0.0)) for name in columns}


def _grouped(frame: Any, by: list[str]) -> Any:
    if not by:
        return frame.with_columns(nw.lit(0).alias("all")).group_by("all")
    return frame.group_by(*by)


def _run(query: Any) -> pa.Table:
    return query.collect("pyarrow").to_native() if isinstance(query, nw.LazyFrame) else query.to_arrow()


def _renamed(table: pa.Table, names: dict[str, str]) -> pa.Table:
    return table.rename_columns([names.get(name, name) for name in table.column_names])


def _upper(width: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(width) for j in range(i, width)]


class SumsBuilder(Builder):
    """Builds a cube from sums that an engine made: each row of a chunk stands for all rows like it."""

    def add_sums(self, table: pa.Table, blocks: list[tuple[str, ...]], shifts: dict[str, float]) -> None:
        """How many rows each combination of keys and groups has, and the sums of columns less their shifts."""
        rows = _floats(table, "rows")
        cell = self._cell(table, rows)
        self._items, self._seen = {}, int(rows.sum())
        self._weighs = bool((_floats(table, "weight") > 0).any())
        self._left_out = int(rows[cell < 0].sum())
        cells, inside = len(self._cells), cell >= 0
        for b, columns in enumerate(blocks):
            width = len(columns) + 1
            block = Block(columns, self.wanted.missing)
            block.shift = np.array([shifts[name] for name in columns])
            block.n, block.w, block.q = (
                np.zeros(cells),
                np.zeros((cells, width, width)),
                np.zeros((cells, width, width)),
            )
            np.add.at(block.n, cell[inside], _floats(table, f"m{b}_n")[inside])
            for i, j in _upper(width):
                np.add.at(block.w[:, i, j], cell[inside], _floats(table, f"m{b}_w_{i}_{j}")[inside])
                np.add.at(block.q[:, i, j], cell[inside], _floats(table, f"m{b}_q_{i}_{j}")[inside])
            self._blocks[columns] = block

    def add_counts(self, table: pa.Table, name: str) -> None:
        """An item's sums by category."""
        assert self._items is not None, "the rows are counted first"
        cell = self._cell(table, np.zeros(table.num_rows))
        item = self._items[name] = Item(name, self.wanted.missing)
        codes = item.code(table[name].combine_chunks(), 0, len(self._cells))
        codes = np.where(codes < 0, item.sums.shape[1] - 1, codes)
        inside = cell >= 0
        sums = np.stack([_floats(table, column)[inside] for column in ("n", "w", "q")], axis=1)
        np.add.at(item.sums, (cell[inside], codes[inside]), sums)

    def _cell(self, table: pa.Table, rows: Floats) -> Codes:
        if not len(rows):
            return np.zeros(0, np.int32)
        columns = columns_of(table)
        return self._cells.code([self._leaf(columns, rows), self._group(columns, len(rows))])


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].to_numpy(), dtype=np.float64)
