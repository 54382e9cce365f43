"""Numbers from outside that ours must equal: they lie beside the project and are no part of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SURVEY = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "survey"


def printed(name: str) -> dict[str, Any]:
    """A file of numbers that R printed, or a skip."""
    file = SURVEY / name
    if not file.exists():
        pytest.skip(f"the reference numbers are not at {file}")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def same(ours: Any, theirs: Any, within: float = 1e-8) -> None:
    """Equal to 1e-8 relative, number by number."""
    np.testing.assert_allclose(np.array(ours, float), np.array(theirs, float), rtol=within)
