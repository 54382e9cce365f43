"""Data as chunks of Arrow rows: files of the usual kinds, and tables from memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyreadstat

from kvarter.effect.csv_reading import CsvFile
from kvarter.effect.errors import BadData

CHUNK_ROWS = 1 << 20
ARROW_FILE = b"ARROW1"
STATISTICS = {".sav": pyreadstat.read_sav, ".zsav": pyreadstat.read_sav, ".dta": pyreadstat.read_dta}


def chunks(data: Any, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows in chunks, with these columns alone.

    data: a path (CSV, Parquet or a folder of it, Arrow, SPSS .sav, Stata .dta), or a table from Arrow, Polars,
    pandas, DuckDB or a dict of columns. Raises BadData for what cannot be read and for a column that is not there.
    """
    if isinstance(data, str | Path):
        yield from _from_file(Path(data), columns)
    elif isinstance(data, dict):
        yield from _from_table(_as_arrow(data), columns)
    elif isinstance(data, pa.Table):
        yield from _from_table(data, columns)
    elif isinstance(data, pl.DataFrame):
        yield from _from_table(_as_arrow(data[_wanted(data.columns, columns)]), None)
    else:
        yield from _from_frame(data, columns)


def rows_in(data: Any) -> int | None:
    """How many rows there are, where that is known without reading them."""
    if isinstance(data, str | Path):
        path = Path(data)
        is_parquet = path.is_dir() or path.suffix.lower() in {".parquet", ".pq"}
        try:
            return ds.dataset(path, format="parquet").count_rows() if is_parquet and path.exists() else None
        except (pa.ArrowException, OSError):  # to read it tells what is wrong
            return None
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
            yield from _from_arrow(path, columns)
        elif ending in {".csv", ".tsv", ".txt"}:
            file = CsvFile(path)
            for table in file.tables(_wanted(file.names, columns)):
                yield from _from_table(table, None)
        elif ending in STATISTICS:
            yield from _from_statistics(path, columns)
        else:
            raise BadData(
                f"{path}: {ending or 'a file without ending'} is not read. Give .csv, .parquet, .arrow, .sav or .dta."
            )
    except (pa.ArrowException, pl.exceptions.PolarsError, pyreadstat.ReadstatError, OSError) as error:
        raise BadData(f"{path}: cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        odd = error.object[error.start : error.end]
        raise BadData(
            f"{path}: has the byte {odd!r}, which is no letter in {error.encoding}. Save it as UTF-8."
        ) from error


def _from_dataset(found: ds.Dataset, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    wanted = _wanted(found.schema.names, columns)
    for batch in found.to_batches(columns=wanted, batch_size=CHUNK_ROWS):
        if batch.num_rows:
            yield pa.Table.from_batches([batch])


def _from_arrow(path: Path, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    """Arrow's file format, or its stream format, which begins with another word."""
    with path.open("rb") as file:
        is_file = file.read(len(ARROW_FILE)) == ARROW_FILE
    if is_file:
        yield from _from_dataset(ds.dataset(path, format="ipc"), columns)
        return
    with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as batches:
        for batch in batches:
            yield from _from_table(pa.Table.from_batches([batch]), columns)


def _from_statistics(path: Path, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    """SPSS and Stata, with the values as stored; what the file calls a missing value is one."""
    read = STATISTICS[path.suffix.lower()]
    _none, meta = read(str(path), metadataonly=True)
    wanted = _wanted(meta.column_names, columns)
    for frame, _meta in pyreadstat.read_file_in_chunks(read, str(path), chunksize=CHUNK_ROWS, usecols=wanted):
        yield _without_blanks(pa.Table.from_pandas(frame[wanted], preserve_index=False))


def _without_blanks(table: pa.Table) -> pa.Table:
    """The rows with a blank text as no answer: SPSS and Stata have no other way to write a text that is missing."""
    for place, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True)):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            blank = pc.equal(pc.utf8_trim_whitespace(column), "")
            table = table.set_column(place, name, pc.if_else(blank, pa.scalar(None, column.type), column))
    return table


def _as_arrow(data: dict[str, Any] | pl.DataFrame) -> pa.Table:
    try:
        return pa.table(data)
    except (pa.ArrowException, TypeError) as error:
        raise BadData(f"The data is no table of columns that Arrow knows: {error}") from error


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
            raise BadData(f"There is no column {name}. The data has {', '.join(names) or 'no columns'}.")
    return list(dict.fromkeys(columns))
