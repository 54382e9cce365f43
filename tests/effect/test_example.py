"""The example in docs/ runs, and says what it says."""

from __future__ import annotations

import base64
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
    assert list(tmp_path.iterdir()) == []
    assert len(names["chart"]._repr_mimebundle_()[0]["image/png"]) > 10_000
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


def test_the_picture_is_shown_where_it_is_made_and_is_the_one_in_the_page() -> None:
    outputs = [out for cell in json.loads(NOTEBOOK.read_text())["cells"] for out in cell.get("outputs", [])]
    (shown,) = (out["data"]["image/png"] for out in outputs if "image/png" in out["data"])
    assert base64.b64decode(shown) == NOTEBOOK.with_suffix(".png").read_bytes()
