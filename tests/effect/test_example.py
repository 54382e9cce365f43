"""The example in docs/ runs, and says what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "effect-example.ipynb"


@pytest.mark.slow
def test_every_cell_runs_and_the_verdict_is_the_one_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    for cell in cells:
        exec(compile("".join(cell["source"]), str(NOTEBOOK), "exec"), names)  # our own notebook
    assert (tmp_path / "effect-example.png").stat().st_size > 10_000
    assert names["change"]["verdict"].to_list() == [
        "demonstrably better",
        "no demonstrable change",
        "demonstrably better",
    ]
    shown = "".join(
        text for cell in cells for out in cell["outputs"] for text in out.get("data", {}).get("text/plain", "")
    )
    for value in names["change"]["change"].round(3):
        assert str(value) in shown
