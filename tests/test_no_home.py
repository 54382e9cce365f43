"""A command run where there is no Kvarter says so, and makes none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT


@pytest.mark.parametrize(
    "call",
    [
        ["register", "import", "file.csv", "--source", "valgdatabase", "--partnership", "hoeje-gladsaxe"],
        ["report", "effect", "--partnership", "hoeje-gladsaxe", "--out", "report.pdf"],
        ["wave", "export", "hoeje-gladsaxe/2026", "--out", "answers"],
    ],
)
def test_a_command_where_there_is_no_home_says_so_and_makes_none(tmp_path: Path, call: list[str]) -> None:
    (tmp_path / "file.csv").write_text("ValgstedId;Stemmer\n", encoding="utf-8")
    known = {key: value for key, value in os.environ.items() if not key.startswith("KVARTER_")}
    ran = subprocess.run(
        [sys.executable, "-m", "kvarter.cli.main", *call],
        cwd=tmp_path,
        env=known | {"PYTHONPATH": str(CHECKOUT / "src"), "DJANGO_SETTINGS_MODULE": "kvarter.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "kvarter up" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file.csv"]
