"""A large CSV file is read block by block, and gives what it would have given whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from kvarter import effect
from kvarter.effect import csv_reading
from kvarter.effect.reading import chunks

ROWS = 2000
LATE = {
    "1": "a text",
    "2": "2.5",
    "3": "0101",
    "": "7",
    "true": "maybe",
    "2024-01-02": "soon",
    "2024-01-03": "2024-01-03 12:00:00",
    "0": "true",
    '"a, b"': '"c\nd"',
}


def write(path: Path, late: dict[str, str], *, encoding: str = "utf-8") -> Path:
    """Columns whose values are of one kind, and of another in the last row alone."""
    names = ",".join(f"c{n}" for n in range(len(late)))
    text = [names, *([",".join(late)] * ROWS), ",".join(late.values())]
    path.write_text("\n".join(text) + "\n", encoding=encoding)
    return path


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reading, "WHOLE_BYTES", 0)
    monkeypatch.setattr(csv_reading, "BLOCK_BYTES", 4096)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("columns", [None, ["c7", "c2", "c0"]])
def test_blocks_have_the_types_and_values_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, columns: list[str] | None
) -> None:
    file = write(tmp_path / "a.csv", {**LATE, "bær": "bør"}, encoding=encoding)
    whole = pa.concat_tables(chunks(file, columns))
    monkeypatch.setattr(csv_reading, "WHOLE_BYTES", 0)
    monkeypatch.setattr(csv_reading, "BLOCK_BYTES", 4096)
    parts = list(chunks(file, columns))
    assert len(parts) > 3
    assert {part.schema for part in parts} == {whole.schema}
    assert pa.concat_tables(parts).equals(whole)


@pytest.mark.usefixtures("in_blocks")
def test_a_row_of_another_length_far_down_is_told_before_anything_is_counted(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", {"1": "1", "2": "2,5"})
    with pytest.raises(effect.BadData, match=rf"a\.csv: cannot be read: .*Row #{ROWS + 2}: Expected 2 columns, got 3"):
        next(chunks(file))
