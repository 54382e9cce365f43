"""The files of Den Danske Valgdatabase for the tests: those shipped, the full ones where they are, and small ones."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from kvarter.evidence.importers.extract import Extract, Finding
from kvarter.evidence.importers.valgdatabase import ELECTIONS, read_valgdatabase
from tests.conftest import CHECKOUT, SHARED

sys.path.insert(0, str(CHECKOUT / "tools"))
shipping = import_module("make_gladsaxe_extract")

FULL = SHARED / "data" / "valgdatabase"
SHIPPED: Path = shipping.OUT
EV2024 = "EV2024_Befolkning.csv"
VOTERS, VOTES = "Stemmeberettigede", "Afgivne stemmer"
needs_full = pytest.mark.skipif(not FULL.is_dir(), reason="the full files are not here")

# Nobody knows the day of two backgrounds; the tests of what is in them take one.
SOME_DAY = {one.label: replace(one, background_on=one.background_on or date(2005, 1, 1)) for one in ELECTIONS}


@cache
def read(folder: Path, label: str, kind: str, geography: bool = True) -> Extract:
    names = [f"{label}_{kind}.csv"] + ([f"{label}_geodat.csv"] if geography else [])
    return read_valgdatabase({name: (folder / name).read_bytes() for name in names}, SOME_DAY[label])


def of_kind(extract: Extract, kind: str) -> list[Finding]:
    return [finding for finding in extract.findings if finding.kind == kind]


def row_of(extract: Extract, code: str) -> int:
    return next(row for row, line in enumerate(extract.lines) if line.unit.code == code)


def small(**columns: str) -> bytes:
    """A results file of one district, with some columns changed or added."""
    cells = {"ValgId": "28", "ValgstedId": "159004", VOTERS: "100", VOTES: "80", **columns}
    return (";".join(cells) + "\n" + ";".join(cells.values()) + "\n").encode()


def background(columns: dict[str, list[str]]) -> bytes:
    """A background file of EV2024 with a district for each value."""
    rows = [["ValgstedId", *(f"EV2024 - {name}" for name in columns)]]
    rows += [[f"1590{row:02d}", *cells] for row, cells in enumerate(zip(*columns.values(), strict=True), 1)]
    return "\r\n".join(";".join(f'"{cell}"' for cell in row) for row in rows).encode("utf-8-sig")
