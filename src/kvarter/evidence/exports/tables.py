"""Figures as CSV: one a row, every number in full, every label beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kvarter.evidence.figures import Figure

COLUMNS = (
    "indicator",
    "area",
    "area_name",
    "area_from",
    "area_until",
    "cut",
    "first",
    "last",
    "status",
    "counted",
    "value",
    "numerator",
    "denominator",
    "n",
    "invited",
    "ci_low",
    "ci_high",
    "processed",
    "label",
    "published_by_producer",
    "producer",
    "source",
    "attribution",
    "notes",
    "synthetic",
    "publication",
    "digest",
)


def figures_csv(figures: Iterable[Figure]) -> str:
    """The figures, comma-separated with a header; numbers with a point and every digit they have.

    Texts that a spreadsheet would take for a formula get an apostrophe in front (OWASP, CSV injection).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for figure in sorted(figures, key=lambda f: (f.indicator, f.place.key, f.period.first, f.cut)):
        writer.writerow([_cell(value) for value in _row(figure)])
    return out.getvalue()


def _row(figure: Figure) -> list[object]:
    place, source = figure.place, figure.source
    return [
        figure.indicator,
        place.area,
        place.name,
        place.from_day,
        place.until,
        figure.cut,
        figure.period.first,
        figure.period.last,
        figure.status.value,
        figure.counted.value,
        figure.value,
        figure.numerator,
        figure.denominator,
        figure.n,
        figure.invited,
        figure.low,
        figure.high,
        int(figure.processed),
        figure.label,
        figure.published,
        source.producer,
        source.title,
        source.attribution,
        " | ".join(figure.notes),
        int(figure.synthetic),
        figure.publication,
        figure.digest,
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" else text


def counts_csv(figures: Iterable[Figure]) -> str:
    """The shares that are fully counted, as rows that `kvarter effect estimate` reads: one for those it is true of
    (`is_so` 1) and one for the others (0), with how many in `people`. With `people` as weights the mean of `is_so`
    is the published share, to the last digit.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("indicator", "area", "first", "is_so", "people"))
    for figure in figures:
        if figure.numerator is None or figure.denominator is None or figure.numerator > figure.denominator:
            continue
        for is_so, people in ((1, figure.numerator), (0, figure.denominator - figure.numerator)):
            writer.writerow((figure.indicator, figure.place.area, figure.period.first, is_so, _cell(people)))
    return out.getvalue()
