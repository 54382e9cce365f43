"""What the columns of a CSV file hold, told from their texts block by block, as Arrow tells it from the whole."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

LEADING_ZERO = r"^-?0[0-9]"
# In the order in which Arrow tries them: a column is the first that all its values fit.
KINDS = (
    pa.null(),
    pa.int64(),
    pa.bool_(),
    pa.date32(),
    pa.time32("s"),
    pa.timestamp("s"),
    pa.timestamp("ns"),
    pa.timestamp("s", "UTC"),
    pa.timestamp("ns", "UTC"),
    pa.float64(),
    pa.string(),
)


class Kinds:
    """What a column may still be, as more of it is seen. What is whole numbers with a leading zero, as 0101, is text.

    decimal_point: as in the file.
    """

    def __init__(self, decimal_point: str) -> None:
        self.left = list(KINDS)
        self.decimal_point = decimal_point
        self._codes = False

    def see(self, texts: pa.Array) -> None:
        """Take a block's values into account: each kind that one of them does not fit is out."""
        if len(self.left) == 1:
            return
        values = pc.unique(texts).drop_null()
        if not len(values):
            return
        self._codes = self._codes or any_leading_zero(values)
        written = pa.BufferOutputStream()
        arrow_csv.write_csv(pa.table({"value": values}), written)
        block = written.getvalue()
        self.left = [kind for kind in self.left if pa.types.is_string(kind) or self._fits(block, kind)]

    @property
    def found(self) -> pa.DataType:
        """What the column is, if there is no more of it."""
        first = self.left[0]
        return pa.string() if self._codes and pa.types.is_integer(first) else first

    def _fits(self, block: pa.Buffer, kind: pa.DataType) -> bool:
        try:
            arrow_csv.read_csv(
                pa.BufferReader(block),
                arrow_csv.ReadOptions(use_threads=False),
                arrow_csv.ParseOptions(newlines_in_values=True),
                arrow_csv.ConvertOptions(column_types={"value": kind}, decimal_point=self.decimal_point),
            )
        except pa.ArrowInvalid:
            return False
        return True


def any_leading_zero(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Whether any is a number written as a code is, as 0101."""
    return bool(pc.any(pc.match_substring_regex(texts, LEADING_ZERO)).as_py())
