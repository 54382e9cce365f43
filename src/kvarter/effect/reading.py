"""Data as chunks of Arrow rows: files of the usual kinds, and tables from memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyreadstat

from kvarter.effect.errors import BadData

CHUNK_ROWS = 1 << 20
EMPTY = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "."]
STATISTICS = {".sav": pyreadstat.read_sav, ".zsav": pyreadstat.read_sav, ".dta": pyreadstat.read_dta}


def chunks(data: Any, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows in chunks, with these columns alone.

    data: a path (CSV, Parquet or a folder of it, Arrow, SPSS .sav, Stata .dta), or a table from Arrow, Polars,
    pandas, DuckDB or a dict of columns. Raises BadData for what cannot be read and for a column that is not there.
    """
    if isinstance(data, str | Path):
        yield from _from_file(Path(data), columns)
    elif isinstance(data, dict):
        yield from _from_table(pa.table(data), columns)
    elif isinstance(data, pa.Table):
        yield from _from_table(data, columns)
    else:
        yield from _from_frame(data, columns)


def rows_in(data: Any) -> int | None:
    """How many rows there are, where that is known without reading them."""
    if isinstance(data, str | Path):
        path = Path(data)
        is_parquet = path.is_dir() or path.suffix.lower() in {".parquet", ".pq"}
        return ds.dataset(path, format="parquet").count_rows() if is_parquet and path.exists() else None
    try:
        return len(next(iter(data.values()))) if isinstance(data, dict) else len(data)
    except (TypeError, StopIteration):
        return None


def _from_file(path: Path, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    if not path.exists():
        raise BadData(f"{path}: there is no such file.")
    ending = path.suffix.lower()
    try:
        if path.is_dir() or ending in {".parquet", ".pq"}:
            yield from _from_dataset(ds.dataset(path, format="parquet"), columns)
        elif ending in {".arrow", ".feather", ".ipc"}:
            yield from _from_dataset(ds.dataset(path, format="ipc"), columns)
        elif ending in {".csv", ".tsv", ".txt"}:
            yield from _from_csv(path, columns)
        elif ending in STATISTICS:
            yield from _from_statistics(path, columns)
        else:
            raise BadData(
                f"{path}: {ending or 'a file without ending'} is not read. Give .csv, .parquet, .arrow, .sav or .dta."
            )
    except (pa.ArrowException, pl.exceptions.PolarsError, pyreadstat.ReadstatError, OSError) as error:
        raise BadData(f"{path}: cannot be read: {error}") from error


def _from_dataset(found: ds.Dataset, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    wanted = _wanted(found.schema.names, columns)
    for batch in found.to_batches(columns=wanted, batch_size=CHUNK_ROWS):
        if batch.num_rows:
            yield pa.Table.from_batches([batch])


def _from_csv(path: Path, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.readline()
    separator = max(",;\t", key=head.count)
    frame = pl.scan_csv(
        path,
        separator=separator,
        decimal_comma=separator == ";",
        infer_schema_length=None,
        null_values=EMPTY,
        encoding="utf8-lossy",
    )
    wanted = _wanted(frame.collect_schema().names(), columns)
    yield from _from_table(frame.select(wanted).collect(engine="streaming").to_arrow(), None)


def _from_statistics(path: Path, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    """SPSS and Stata, with the values as stored; what the file calls a missing value is one."""
    read = STATISTICS[path.suffix.lower()]
    _none, meta = read(str(path), metadataonly=True)
    wanted = _wanted(meta.column_names, columns)
    for frame, _meta in pyreadstat.read_file_in_chunks(read, str(path), chunksize=CHUNK_ROWS, usecols=wanted):
        yield pa.Table.from_pandas(frame[wanted], preserve_index=False)


def _from_frame(data: Any, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    try:
        frame = nw.from_native(data)
    except TypeError as error:
        if hasattr(data, "__arrow_c_stream__"):
            yield from _from_table(pa.table(data), columns)
            return
        kind = type(data).__name__
        raise BadData(f"A {kind} is not read. Give a path, or a table from Arrow, Polars, pandas or DuckDB.") from error
    wanted = _wanted(frame.collect_schema().names(), columns)
    picked = frame.select(wanted)
    table = picked.collect("pyarrow") if isinstance(picked, nw.LazyFrame) else picked
    yield from _from_table(table.to_arrow(), None)


def _from_table(table: pa.Table, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    table = table.select(_wanted(table.column_names, columns))
    for start in range(0, max(table.num_rows, 1), CHUNK_ROWS):
        yield table.slice(start, CHUNK_ROWS)


def _wanted(have: Iterable[str], columns: Sequence[str] | None) -> list[str]:
    names = list(have)
    if columns is None:
        return names
    for name in columns:
        if name not in names:
            raise BadData(f"There is no column {name}. The data has {', '.join(names)}.")
    return list(dict.fromkeys(columns))
