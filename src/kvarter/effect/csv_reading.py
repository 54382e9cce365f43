"""CSV files as chunks of Arrow rows: small ones whole, large ones in blocks, typed as the whole would be."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from kvarter.effect.errors import BadData

EMPTY = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "."]
WHOLE_BYTES, BLOCK_BYTES = 1 << 27, 1 << 22  # Arrow reads up to 32 blocks ahead
# What a column is taken for, in Arrow's own order: each in turn where a value does not fit the one before.
LOOSER = (
    pa.null(),
    pa.int64(),
    pa.bool_(),
    pa.date32(),
    pa.time32("s"),
    pa.timestamp("s"),
    pa.timestamp("ns"),
    pa.float64(),
    pa.string(),
)
LEADING_ZERO = r"^-?0[0-9]"
Types = dict[str, pa.DataType]


class CsvFile:
    """A CSV file: UTF-8, UTF-16 or Windows' Western letters; a decimal comma where semicolons separate.

    A row of more or fewer fields than the heading is an error, blank lines are none. What has a leading zero, as 0101,
    is a code and stays text. Raises BadData for an empty file and for two columns of one name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding, head = _encoding(path)
        self.separator = max(",;\t", key=head.count)
        self.names = next(csv.reader([head.rstrip("\r\n")], delimiter=self.separator), [])
        twice = next((name for name in self.names if self.names.count(name) > 1), None)
        if twice is not None:
            raise BadData(f"{path}: two columns are called {twice!r}. Give each a name of its own.")

    def tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The rows with these columns: in one table, or in one for each block of a large file."""
        if self.path.stat().st_size > WHOLE_BYTES:
            types = self._types(columns)
            yield from (pa.Table.from_batches([batch]) for batch in self._blocks(columns, types))
            return
        table = self._whole(columns, {})
        numbers = _whole_numbers(columns, {name: table.schema.field(name).type for name in columns})
        if numbers and self._has_leading_zeros():
            texts = self._whole(numbers, dict.fromkeys(numbers, pa.string()))
            for name in numbers:
                if _any_leading_zero(texts[name]):
                    table = table.set_column(table.schema.get_field_index(name), name, texts[name])
        yield table

    def _types(self, columns: Sequence[str]) -> Types:
        """What each column is, over the whole file: read through once, and again for each type that did not do."""
        types = {field.name: field.type for field in self._open(columns, {}).schema}
        while wrong := self._misfit(columns, types):
            types[wrong] = LOOSER[LOOSER.index(types[wrong]) + 1]
        numbers = _whole_numbers(columns, types)
        if numbers and self._has_leading_zeros():
            for batch in self._blocks(numbers, dict.fromkeys(numbers, pa.string())):
                types |= {name: pa.string() for name in numbers if _any_leading_zero(batch[name])}
        return types

    def _misfit(self, columns: Sequence[str], types: Types) -> str | None:
        """A column of which some value is not of its type."""
        try:
            for _batch in self._blocks(columns, types):
                pass
        except pa.ArrowInvalid as error:
            column = re.search(r"In CSV column #(\d+):.* CSV conversion error", str(error))
            if column is None or types[name := self.names[int(column[1])]] == LOOSER[-1]:
                raise
            return name
        return None

    def _blocks(self, columns: Sequence[str], types: Types) -> Iterator[pa.RecordBatch]:
        with closing(self._open(columns, types)) as reader:
            yield from (batch for batch in reader if batch.num_rows)

    def _open(self, columns: Sequence[str], types: Types) -> arrow_csv.CSVStreamingReader:
        read = arrow_csv.ReadOptions(encoding=self._letters, block_size=BLOCK_BYTES, use_threads=False)
        return arrow_csv.open_csv(self.path, read, self._parsing, self._converting(columns, types))

    def _whole(self, columns: Sequence[str], types: Types) -> pa.Table:
        converting = self._converting(columns, types)
        try:
            read = arrow_csv.ReadOptions(encoding=self._letters)
            return arrow_csv.read_csv(self.path, read, self._parsing, converting)
        except pa.ArrowInvalid:  # read again in one thread, which is slower and tells the row
            read = arrow_csv.ReadOptions(encoding=self._letters, use_threads=False)
            return arrow_csv.read_csv(self.path, read, self._parsing, converting)

    @property
    def _letters(self) -> str:
        return "utf8" if self.encoding.startswith("utf-8") else self.encoding

    @property
    def _parsing(self) -> arrow_csv.ParseOptions:
        return arrow_csv.ParseOptions(delimiter=self.separator, newlines_in_values=True)

    def _converting(self, columns: Sequence[str], types: Types) -> arrow_csv.ConvertOptions:
        return arrow_csv.ConvertOptions(
            include_columns=list(columns),
            column_types=types,
            null_values=EMPTY,
            strings_can_be_null=True,
            decimal_point="," if self.separator == ";" else ".",
        )

    def _has_leading_zeros(self) -> bool:
        """Whether any field begins with a zero and a further digit: only then is it worth a second look."""
        if self.encoding == "utf-16":
            return True
        pattern = re.compile(rb"(?:^|[" + self.separator.encode() + rb"\n\"])-?0[0-9]")
        tail = b""
        with self.path.open("rb") as file:
            while block := file.read(1 << 24):
                if pattern.search(tail + block):
                    return True
                tail = block[-4:]
        return False


def _whole_numbers(columns: Sequence[str], types: Types) -> list[str]:
    return [name for name in columns if pa.types.is_integer(types[name])]


def _any_leading_zero(texts: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring_regex(texts, LEADING_ZERO)).as_py())


def _encoding(path: Path) -> tuple[str, str]:
    """How a file's letters are written, and its first line. Raises BadData for an empty file."""
    with path.open("rb") as file:
        start = file.read(4)
        if not start.strip():
            raise BadData(f"{path}: is empty. Give a file with a line of column names and rows below it.")
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        else:
            file.seek(0)
            decoder = codecs.getincrementaldecoder("utf-8")()
            encoding = "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else "utf-8"
            try:
                while block := file.read(1 << 24):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                encoding = "cp1252"
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        return encoding, text.readline()
