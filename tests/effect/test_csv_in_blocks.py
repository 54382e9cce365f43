"""A large CSV file is read block by block, and gives what it would have given whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    "2024-01-04T12:00:00Z": "2024-01-04T12:00:00.5+02:00",
    "2024-01-05 12:00:00": "2024-01-05T12:00:00Z",
    "2.25": "2024-01-06T12:00:00Z",
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


NUMBERS = ("", "NA", "1", "-0", "0", "007", "0x1F", "2.5", "1e9", "true", "False")
TIMES = ("2024-02-29", "1500-01-01", "12:30", "2024-02-29 12:30", "2024-02-29 12:30:01.5")
ZONED = ("2024-02-29T12:30Z", "2024-02-29T12:30:01.5+01:00")
CELL = st.sampled_from([*NUMBERS, *TIMES, *ZONED, "tekst", '"a,""b"'])


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=40), st.sampled_from([96, 128, 256]))
def test_whatever_the_limits_of_blocks_a_column_is_what_it_is_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], block: int
) -> None:
    file = tmp_path_factory.mktemp("blocks") / "a.csv"
    file.write_text("".join(f"{one},{other},x\n" for one, other in [("a", "b"), *rows]))
    whole = pa.concat_tables(chunks(file))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "WHOLE_BYTES", 0)
        patch.setattr(csv_reading, "BLOCK_BYTES", block)
        assert pa.concat_tables(chunks(file)).equals(whole)


@pytest.mark.usefixtures("in_blocks")
def test_the_file_is_read_once_more_at_most_to_tell_what_its_columns_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, opens = [], arrow_csv.open_csv
    monkeypatch.setattr(arrow_csv, "open_csv", lambda *args: opened.append(args) or opens(*args))
    assert sum(part.num_rows for part in chunks(write(tmp_path / "a.csv", LATE))) == ROWS + 1
    assert len(opened) == 2


@pytest.mark.parametrize("whole_bytes", [0, 1 << 27])
def test_a_row_longer_than_a_block_is_told_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole_bytes: int
) -> None:
    monkeypatch.setattr(csv_reading, "WHOLE_BYTES", whole_bytes)
    monkeypatch.setattr(csv_reading, "BLOCK_BYTES", 4096)
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + "1,2\n" * ROWS + f'3,"{"x" * 9000}"\n' + "1,2\n" * ROWS)
    with pytest.raises(effect.BadData, match=rf"a\.csv: row {ROWS + 1} is longer than .* MB"):
        list(chunks(file))


@pytest.mark.parametrize("whole_bytes", [0, 1 << 27])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_quotation_mark_left_open_does_not_swallow_the_rows_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole_bytes: int, encoding: str
) -> None:
    monkeypatch.setattr(csv_reading, "WHOLE_BYTES", whole_bytes)
    file = tmp_path / "a.csv"
    file.write_text('a,b\n1,år\n2,"år\n3,år\n4,år\n', encoding=encoding)
    with pytest.raises(effect.BadData, match=r"a\.csv: row 2 has a quotation mark that is not closed"):
        list(chunks(file, ["a"]))
    file.write_text('a,b\n1,5" rør\n2,"to\nlinjer"\n', encoding=encoding)
    assert [part.num_rows for part in chunks(file)] == [2]


def test_a_byte_that_is_no_letter_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n1,\xe6\n2,\x81\n")
    with pytest.raises(effect.BadData, match=r"a\.csv: has the byte b'\\x81', which is no letter"):
        list(chunks(file))
