"""The layout of a downloaded table: titles, a header of times, rows of labels and figures, and a footer of notes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.statbank.cells import Cells, Dimension, Value, figure_of
from kvarter.evidence.importers.statbank.periods import period_of
from kvarter.tables.limits import MOST_CELLS, BadFile

Field = object
UNIT_WORDS = ("units:", "enhed:", "unit:")


@dataclass(frozen=True)
class Grid:
    """A downloaded table taken apart. fixed: the labels that are the same for all rows, as what the figures cover."""

    titles: tuple[str, ...]
    unit: str
    cells: Cells
    fixed: tuple[str, ...]
    footer: tuple[str, ...]


def text_of(field: Field) -> str:
    """A field as text; a year that a spreadsheet holds as a number without its decimals."""
    if isinstance(field, float) and field.is_integer() and abs(field) < 1e15:
        return str(int(field))
    if isinstance(field, datetime | date):
        return field.isoformat()
    return " ".join(str(field).split()) if field is not None else ""


def read_grid(rows: Sequence[Sequence[Field]], file: str) -> Grid:
    """The parts of a table. Raises BadFile where it has no header of times, or figures where notes should be."""
    texts = [[text_of(field) for field in row] for row in rows]
    header = _header_row(texts, file)
    first, times = _times(texts[header], file, header + 1)
    if not first:
        raise BadFile(_unlabelled(file, header + 1))
    end = _end(texts, header + 1)
    labels, figures = _rows(rows, texts, (header + 1, end), (first, len(times)), file)
    varying = [at for at in range(first) if len({one[at] for one in labels}) > 1 or at == first - 1]
    cells = _cells(labels, figures, varying, times, header + 2)
    titles, unit = _titles(texts[:header])
    return Grid(
        titles,
        unit,
        cells,
        tuple(labels[0][at] for at in range(first) if at not in varying and labels[0][at]),
        _footer(texts, end, first, file),
    )


def _header_row(texts: list[list[str]], file: str) -> int:
    """The row of times: the first whose last filled fields are times, with no figures. Raises BadFile."""
    for at, row in enumerate(texts):
        filled = [text for text in row if text]
        if filled and period_of(filled[-1]) and (len(filled) > 1 or not row[0]):
            return at
    raise BadFile(
        _(
            "%(file)s har hverken år eller anden tid over tallene eller i en kolonne. Hent tabellen igen med tiden i "
            "hovedet, eller skriv, hvornår tallene gælder."
        )
        % {"file": file}
    )


def _times(row: list[str], file: str, number: int) -> tuple[int, list[str]]:
    """The first column of figures and the times of the columns. Raises BadFile for a gap or the same time twice."""
    first = next(at for at, text in enumerate(row) if period_of(text))
    last = max(at for at, text in enumerate(row) if text)
    times = row[first : last + 1]
    if not all(period_of(text) for text in times) or len({period_of(text) for text in times}) < len(times):
        raise BadFile(
            _(
                "%(file)s, række %(row)s: overskriften har noget, der ikke er en tid, eller den samme tid to gange. "
                "Hent tabellen igen."
            )
            % {"file": file, "row": number}
        )
    return first, times


def _end(texts: list[list[str]], start: int) -> int:
    """The first row after the figures: an empty one, or the end."""
    return next((at for at in range(start, len(texts)) if not any(texts[at])), len(texts))


def _rows(
    rows: Sequence[Sequence[Field]], texts: list[list[str]], span: tuple[int, int], shape: tuple[int, int], file: str
) -> tuple[list[list[str]], list[list[tuple[float, str]]]]:
    """The labels and figures of each row; a label that is left out is the one above. Raises BadFile with all that is
    wrong.
    """
    first, many = shape
    labels: list[list[str]] = []
    figures: list[list[tuple[float, str]]] = []
    faults: list[str] = []
    for at in range(*span):
        row = [*texts[at], *[""] * (first + many - len(texts[at]))]
        above = labels[-1] if labels else [""] * first
        own = [text or above[place] for place, text in enumerate(row[:first])]
        if any(row[first + many :]) or not all(own):
            faults.append(_unlabelled(file, at + 1))
        labels.append(own)
        figures.append([_figure(row[first + place], file, at + 1, first + place + 1, faults) for place in range(many)])
    if faults:
        raise BadFile.of(faults)
    if not labels:
        raise BadFile(_("%(file)s har ingen tal under overskriften. Hent filen igen.") % {"file": file})
    if len(labels) * many > MOST_CELLS:
        raise BadFile(
            _("%(file)s siges at have over %(n)s tal. Hent færre ad gangen.") % {"file": file, "n": MOST_CELLS}
        )
    return labels, figures


def _figure(text: str, file: str, row: int, column: int, faults: list[str]) -> tuple[float, str]:
    """A figure and its status; what is none is told in `faults` with its field."""
    read = figure_of(text)
    if read is None:
        faults.append(
            _("%(file)s, række %(row)s, kolonne %(column)s: “%(told)s” er ikke et tal. Hent filen igen.")
            % {"file": file, "row": row, "column": column, "told": text[:40]}
        )
        return math.nan, ""
    return read[0], read[1].value


def _cells(
    labels: list[list[str]], figures: list[list[tuple[float, str]]], varying: list[int], times: list[str], start: int
) -> Cells:
    """The figures in the long form, row by row."""
    dimensions, places = [], []
    for at in varying:
        known = {text: place for place, text in enumerate(dict.fromkeys(one[at] for one in labels))}
        dimensions.append(Dimension(str(at + 1), "", tuple(Value(text, text) for text in known)))
        places.append(np.repeat([known[one[at]] for one in labels], len(times)))
    dimensions.append(Dimension("TID", "", tuple(Value(text, text) for text in times), "time"))
    places.append(np.tile(np.arange(len(times)), len(labels)))
    flat = [figure for row in figures for figure in row]
    return Cells(
        tuple(dimensions),
        np.column_stack(places).astype(np.int64),
        np.array([amount for amount, _status in flat]),
        np.array([status for _amount, status in flat], dtype="<U2"),
        np.repeat(np.arange(start, start + len(labels)), len(times)),
    )


def _titles(texts: list[list[str]]) -> tuple[tuple[str, ...], str]:
    """The titles above the header, and the unit told among them."""
    lines = [" ".join(text for text in row if text) for row in texts]
    units = [line for line in lines if line.casefold().startswith(UNIT_WORDS)]
    unit = units[0].split(":", 1)[1].strip() if units else ""
    return tuple(line for line in lines if line and line not in units), "" if unit == "-" else unit


def _footer(texts: list[list[str]], end: int, first: int, file: str) -> tuple[str, ...]:
    """The notes below the figures. Raises BadFile if there are figures among them: nothing is read by half."""
    notes, faults = [], []
    for at in range(end, len(texts)):
        filled = [text for text in texts[at] if text]
        figures = [text for text in texts[at][first:] if text and figure_of(text)]
        if len(filled) > 1 and figures:
            faults.append(
                _("%(file)s, række %(row)s: der er tal efter en tom række. Gem hver tabel i en fil for sig.")
                % {"file": file, "row": at + 1}
            )
        if filled:
            notes.append(" ".join(filled))
    if faults:
        raise BadFile.of(faults)
    return tuple(notes)


def _unlabelled(file: str, row: int) -> str:
    """What is wrong with a row of figures without a label in every column before them."""
    return _(
        "%(file)s, række %(row)s: rækken har ikke de samme kolonner som overskriften. "
        "Hent tabellen igen med områder i forspalten og tiden i hovedet."
    ) % {"file": file, "row": row}
