"""CSV files as chunks of Arrow rows: small ones whole, large ones in blocks, typed as the whole would be."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from kvarter.effect.column_kinds import Kinds, any_leading_zero
from kvarter.effect.errors import BadData

EMPTY = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "."]
WHOLE_BYTES, BLOCK_BYTES = 1 << 27, 1 << 22  # Arrow reads up to 32 blocks ahead
TOO_LONG = "straddling object"
Types = dict[str, pa.DataType]


class CsvFile:
    """A CSV file: UTF-8, UTF-16 or Windows' Western letters; a decimal comma where semicolons separate.

    A row of more or fewer fields than the heading is an error, blank lines are none. What has a leading zero, as 0101,
    is a code and stays text. Raises BadData for an empty file and for two columns of one name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding, head, self._quotes = _look(path)
        self.separator = max(",;\t", key=head.count)
        self.names = next(csv.reader([head.rstrip("\r\n")], delimiter=self.separator), [])
        twice = next((name for name in self.names if self.names.count(name) > 1), None)
        if twice is not None:
            raise BadData(f"{path}: two columns are called {twice!r}. Give each a name of its own.")

    def tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The rows with these columns: in one table, or in one for each block of a large file."""
        if self._quotes % 2:
            self._check_the_last_quote()
        if self.path.stat().st_size > WHOLE_BYTES:
            types = self._types(columns)
            yield from (pa.Table.from_batches([batch]) for batch in self._blocks(columns, types))
            return
        table = self._whole(columns, {})
        numbers = _whole_numbers(columns, {name: table.schema.field(name).type for name in columns})
        if numbers and self._has_leading_zeros():
            texts = self._whole(numbers, dict.fromkeys(numbers, pa.string()))
            for name in numbers:
                if any_leading_zero(texts[name]):
                    table = table.set_column(table.schema.get_field_index(name), name, texts[name])
        yield table

    def _check_the_last_quote(self) -> None:
        """Raise BadData where one in the last column is not closed: all rows below it would be taken for its text."""
        row, last = 0, None
        for block in self._blocks(self.names[-1:], {self.names[-1]: pa.string()}):
            row, last = row + block.num_rows, block[0][-1].as_py()
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as text:
            closed = deque(text, 1).pop().rstrip("\r\n").endswith('"')
        if "\n" in (last or "") and not closed:
            raise BadData(
                f"{self.path}: row {row} has a quotation mark that is not closed, so that all below it is one text. "
                "Close it, or leave it out."
            )

    def _types(self, columns: Sequence[str]) -> Types:
        """What each column is, over the whole file: what Arrow would say of it whole, from reading it through once."""
        kinds = {name: Kinds(self._decimal_point) for name in columns}
        for batch in self._blocks(columns, dict.fromkeys(columns, pa.string())):
            for name, kind in kinds.items():
                kind.see(batch[name])
        return {name: kind.found for name, kind in kinds.items()}

    def _blocks(self, columns: Sequence[str], types: Types) -> Iterator[pa.RecordBatch]:
        """The rows in blocks. Raises BadData for a row that is longer than a block."""
        rows = 0
        try:
            with closing(self._open(columns, types)) as reader:
                for batch in reader:
                    rows += batch.num_rows
                    if batch.num_rows:
                        yield batch
        except pa.ArrowInvalid as error:
            if TOO_LONG not in str(error):
                raise
            raise BadData(
                f"{self.path}: row {rows + 1} is longer than {BLOCK_BYTES / 2**20:g} MB. Most likely a quotation mark "
                "in it is not closed: close it, or leave it out."
            ) from error

    def _open(self, columns: Sequence[str], types: Types) -> arrow_csv.CSVStreamingReader:
        read = arrow_csv.ReadOptions(encoding=self._letters, block_size=BLOCK_BYTES, use_threads=False)
        return arrow_csv.open_csv(self.path, read, self._parsing, self._converting(columns, types))

    def _whole(self, columns: Sequence[str], types: Types) -> pa.Table:
        read = arrow_csv.ReadOptions(encoding=self._letters, block_size=BLOCK_BYTES)
        try:
            return arrow_csv.read_csv(self.path, read, self._parsing, self._converting(columns, types))
        except pa.ArrowInvalid:  # read again in one thread, which is slower and tells the row
            for _block in self._blocks(columns, dict.fromkeys(columns, pa.string())):
                pass
            raise

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
            decimal_point=self._decimal_point,
        )

    @property
    def _decimal_point(self) -> str:
        return "," if self.separator == ";" else "."

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


def _look(path: Path) -> tuple[str, str, int]:
    """How a file's letters are written, its first line, and how many quotation marks are in it.

    Raises BadData for an empty file.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if not start.strip():
        raise BadData(f"{path}: is empty. Give a file with a line of column names and rows below it.")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", *_read_through(path, "utf-16", "replace")
    encoding = "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        return encoding, *_read_through(path, encoding, "strict")
    except UnicodeDecodeError:
        return "cp1252", *_read_through(path, "cp1252", "replace")


def _read_through(path: Path, encoding: str, errors: str) -> tuple[str, int]:
    with path.open(encoding=encoding, errors=errors, newline="") as text:
        head = text.readline()
        quotes = head.count('"')
        while block := text.read(1 << 24):
            quotes += block.count('"')
    return head, quotes
