"""CSV as the API answers: byte order mark, semicolons, the variables' codes in capitals, then TID and INDHOLD."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.statbank.cells import Cells, Dimension, Value, figure_of, refuse_twice
from kvarter.evidence.importers.statbank.texts import decoded, grid_of
from kvarter.tables.limits import BadFile

TIME = "TID"
FIGURE = "INDHOLD"


def is_answer(header: list[str]) -> bool:
    """Whether a row is the header of such a file."""
    return len(header) > 1 and header[-1].strip().upper() == FIGURE


def read_csv(raw: bytes, file: str) -> Cells:
    """The figures of a CSV answer; codes or labels as they stand are the values.

    Raises BadFile naming row and column, also where the last row is not ended: the file may be cut.
    """
    text = decoded(raw, file)
    refuse_cut(text, file)
    grid = grid_of(text, ";", file)
    if not is_answer(grid[0]):
        raise BadFile(
            _(
                "%(file)s: første række skal være variablenes koder med semikolon imellem og til sidst INDHOLD. "
                "Hent tallene igen som CSV."
            )
            % {"file": file}
        )
    return cells_of(grid, file)


def cells_of(grid: list[list[str]], file: str, time: str = TIME) -> Cells:
    """The cells of rows that end in a figure, under a header that names the columns. Raises BadFile with all that is
    wrong.
    """
    names = [name.strip().upper() for name in grid[0][:-1]]
    if names.count(time.upper()) != 1 or len(set(names)) < len(names) or not all(names):
        raise BadFile(
            _("%(file)s, række 1: der skal være netop én kolonne %(time)s, og ingen kolonne to gange eller uden navn.")
            % {"file": file, "time": time}
        )
    seen: list[dict[str, int]] = [{} for _name in names]
    places: list[list[int]] = []
    amounts: list[float] = []
    statuses: list[str] = []
    rows: list[int] = []
    faults: list[str] = []
    for row, fields in enumerate(grid[1:], start=2):
        if not fields:
            continue
        if len(fields) != len(names) + 1:
            faults.append(
                _("%(file)s, række %(row)s: %(n)s felter, hvor der skal være %(all)s. Hent filen igen.")
                % {"file": file, "row": row, "n": len(fields), "all": len(names) + 1}
            )
            continue
        read = figure_of(fields[-1])
        if read is None:
            faults.append(
                _("%(file)s, række %(row)s, kolonne %(column)s: “%(told)s” er ikke et tal. Hent filen igen.")
                % {"file": file, "row": row, "column": grid[0][-1].strip(), "told": fields[-1][:40]}
            )
            continue
        places.append([known.setdefault(field.strip(), len(known)) for known, field in zip(seen, fields, strict=False)])
        amounts.append(read[0])
        statuses.append(read[1].value)
        rows.append(row)
    if faults:
        raise BadFile.of(faults)
    if not rows:
        raise BadFile(_("%(file)s har ingen tal under overskriften. Hent filen igen.") % {"file": file})
    cells = Cells(
        tuple(
            Dimension(name, name, tuple(Value(code, code) for code in known), "time" if name == time.upper() else "")
            for name, known in zip(names, seen, strict=True)
        ),
        np.array(places, dtype=np.int64),
        np.array(amounts),
        np.array(statuses, dtype="<U2"),
        np.array(rows, dtype=np.int64),
    )
    refuse_twice(cells, file)
    return cells


def refuse_cut(text: str, file: str) -> None:
    """Raise BadFile if the last row is not ended: half a figure looks like a figure."""
    if not text.endswith(("\n", "\r")):
        raise BadFile(
            _("%(file)s: sidste række er ikke afsluttet, så filen kan være klippet over. Hent den igen.")
            % {"file": file}
        )
