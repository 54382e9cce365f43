"""Figures and differences as CSV and JSON: one a row, every number in full, every label beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from kvarter.evidence.figures import Difference, Figure, figure_key
from kvarter.evidence.queries.published import Told

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

DIFFERENCE_COLUMNS = (
    "indicator",
    "between",
    "area",
    "area_name",
    "area_from",
    "other",
    "other_name",
    "other_from",
    "before_first",
    "before_last",
    "first",
    "last",
    "difference",
    "ci_low",
    "ci_high",
    "p_adjusted",
    "verdict",
    "smallest",
    "together",
    "producer",
    "source",
    "attribution",
    "synthetic",
    "publication",
    "digest",
)
Row = list[object]


def figures_csv(figures: Iterable[Figure]) -> str:
    """The figures, comma-separated with a header; numbers with a point and every digit they have.

    Texts that a spreadsheet would take for a formula get an apostrophe in front (OWASP, CSV injection).
    """
    return _csv(COLUMNS, map(_row, _in_order(figures)))


def differences_csv(indicators: Iterable[Told]) -> str:
    """The differences of indicators that were judged, each with the source of the newest figure it is of; as above."""
    return _csv(DIFFERENCE_COLUMNS, _difference_rows(indicators))


def figures_json(indicators: Sequence[Told]) -> str:
    """Every figure and difference of indicators: the columns of the two tables as names, numbers in full."""
    figures = _in_order(figure for told in indicators for figure in told.every)
    told = {
        "figures": [dict(zip(COLUMNS, map(_plain, _row(figure)), strict=True)) for figure in figures],
        "differences": [
            dict(zip(DIFFERENCE_COLUMNS, map(_plain, row), strict=True)) for row in _difference_rows(indicators)
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _in_order(figures: Iterable[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda f: (f.indicator, f.place.key, f.period.first, f.cut))


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _plain(value: object) -> object:
    """A value as JSON has it: a day as text."""
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def _difference_rows(indicators: Iterable[Told]) -> list[Row]:
    return [_difference_row(one, told) for told in indicators for one in told.differences]


def _difference_row(one: Difference, told: Told) -> Row:
    of = {figure.key: figure for figure in told.figures}[
        figure_key(one.indicator, one.place.key, one.last.first.isoformat())
    ]
    return [
        one.indicator,
        one.between.value,
        one.place.area,
        one.place.name,
        one.place.from_day,
        one.other.area if one.other else None,
        one.other.name if one.other else None,
        one.other.from_day if one.other else None,
        one.first.first if one.first else None,
        one.first.last if one.first else None,
        one.last.first,
        one.last.last,
        one.value,
        one.low,
        one.high,
        one.p_adjusted,
        one.verdict,
        one.smallest,
        one.together,
        of.source.producer,
        of.source.title,
        of.source.attribution,
        int(one.synthetic),
        one.publication,
        of.digest,
    ]


def _row(figure: Figure) -> Row:
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
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


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
