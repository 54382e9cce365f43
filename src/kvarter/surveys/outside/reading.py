"""Somebody's file of answers as a table of texts: CSV, workbooks, SPSS (.sav) and Stata (.dta)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from kvarter.surveys.frame_cells import as_text
from kvarter.tables.limits import LARGEST, BadFile
from kvarter.tables.sheets import read_sheets

STATISTICS = (".sav", ".zsav", ".dta")
MOST_SECONDS = 120


@dataclass(frozen=True)
class AnswersTable:
    """Rows of texts under unlike headings; "" where there is nothing.

    first: the number of the first row in the file, as its owner sees it. labels: what a column is called besides its
    name; values: what its codes are called; both where the file tells.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int = 2
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def at(self, column: str) -> int:
        """The place of a column. Raises ValueError."""
        return self.columns.index(column)


def read_answers(content: bytes, name: str) -> AnswersTable:
    """The table in a file. Raises BadFile naming what is wrong and how to mend it."""
    check_size(name, len(content))
    table = _statistics(content, name) if name.lower().endswith(STATISTICS) else _sheet(content, name)
    _check(table)
    return table


def check_size(name: str, size: int) -> None:
    """Raise BadFile for a file larger than 50 MB."""
    if size > LARGEST:
        raise BadFile(_("%(file)s er større end 50 MB. Del den i flere filer.") % {"file": name})


def _sheet(content: bytes, name: str) -> AnswersTable:
    sheets = read_sheets(content, name)
    if len(sheets) != 1:
        raise BadFile(
            _("%(file)s har %(n)s ark med indhold. Gem netop ét ark i en fil for sig.")
            % {"file": name, "n": len(sheets)}
        )
    rows = sheets[0].rows
    head = next((at for at, row in enumerate(rows) if any(map(as_text, row))), None)
    if head is None:
        raise BadFile(_("%(file)s er tom. Hent filen igen.") % {"file": name})
    columns = [as_text(cell) for cell in rows[head]]
    while columns and not columns[-1]:
        columns.pop()
    return AnswersTable(name, tuple(columns), tuple(_fitted(rows, head, len(columns), name)), head + 2)


def _fitted(rows: Sequence[Sequence[object]], head: int, width: int, name: str) -> list[tuple[str, ...]]:
    found = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        texts = [as_text(cell) for cell in row]
        if any(texts[width:]):
            raise BadFile(
                _("%(file)s, række %(row)s har flere felter end overskrifter. Se, om et skilletegn er for meget.")
                % {"file": name, "row": number}
            )
        found.append(tuple((texts + [""] * width)[:width]))
    while found and not any(found[-1]):
        found.pop()
    return found


def _statistics(content: bytes, name: str) -> AnswersTable:
    """A file of SPSS or Stata, read by a process of its own: a damaged one may end the process that reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"answers{Path(name).suffix.lower()}"
        path.write_bytes(content)
        command = [sys.executable, "-I", str(Path(__file__).with_name("foreign.py")), str(path)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise BadFile(
                _("%(file)s tager for lang tid at læse. Gem den som CSV, og prøv igen.") % {"file": name}
            ) from error
    if done.returncode:
        raise BadFile(
            _("%(file)s er ikke en hel fil fra SPSS eller Stata, eller den er for stor. Gem den igen, eller som CSV.")
            % {"file": name}
        )
    told = json.loads(done.stdout)
    rows = tuple(tuple(row) for row in told["rows"])
    return AnswersTable(name, tuple(told["columns"]), rows, 1, told["labels"], told["values"])


def _check(table: AnswersTable) -> None:
    for at, column in enumerate(table.columns, 1):
        if not column:
            raise BadFile(
                _("%(file)s: kolonne %(n)s har ingen overskrift. Giv den en.") % {"file": table.name, "n": at}
            )
    twice = [column for column, times in Counter(table.columns).items() if times > 1]
    if twice:
        raise BadFile(
            _("%(file)s: to kolonner hedder “%(column)s”. Giv hver sit navn.")
            % {"file": table.name, "column": twice[0]}
        )
    if not table.rows:
        raise BadFile(
            _("%(file)s har ingen rækker under overskrifterne. Se, om det er den rigtige fil.") % {"file": table.name}
        )
