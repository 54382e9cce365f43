"""Figures and differences as CSV and JSON: one a row, every number in full, every label beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from kvarter.evidence.figures import Counted, Difference, Figure, figure_key
from kvarter.evidence.queries.counted import CountedDifference, counted_differences
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
    "base",
    "n",
    "invited",
    "ci_low",
    "ci_high",
    "processed",
    "recalculated",
    "break_reason",
    "population",
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
    "counted",
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
# What the producer has not told, as the metadata of the tables names it: never a blank that may be an oversight.
UNKNOWN = "unknown"
Row = list[object]
Named = list[dict[str, object]]


def figures_csv(figures: Iterable[Figure]) -> str:
    """The figures, comma-separated with a header; numbers with a point and every digit they have.

    Texts that a spreadsheet would take for a formula get an apostrophe in front (OWASP, CSV injection).
    """
    return csv_text(COLUMNS, map(_row, _in_order(figures)))


def differences_csv(indicators: Iterable[Told]) -> str:
    """The differences of indicators that were judged, and those of full counts, which need no judging; as above.

    Each has the source of the newest figure it is of.
    """
    return csv_text(DIFFERENCE_COLUMNS, _difference_rows(indicators))


def differs(told: Told) -> bool:
    """Whether there is any difference of an indicator to tell."""
    return bool(told.differences or counted_differences(told))


def figures_json(indicators: Sequence[Told]) -> str:
    """Every figure and difference of indicators: the columns of the two tables as names, numbers in full."""
    return json_text(figures_told(indicators))


def figures_told(indicators: Sequence[Told]) -> dict[str, Named]:
    """The same, to be written together with other tables."""
    figures = _in_order(figure for told in indicators for figure in told.every)
    return {
        "figures": named(COLUMNS, map(_row, figures)),
        "differences": named(DIFFERENCE_COLUMNS, _difference_rows(indicators)),
    }


def named(columns: Sequence[str], rows: Iterable[Row]) -> Named:
    """Rows with their columns as names."""
    return [dict(zip(columns, map(plain, row), strict=True)) for row in rows]


def json_text(tables: Mapping[str, Named]) -> str:
    """Tables under their names."""
    return json.dumps(tables, ensure_ascii=False, indent=1) + "\n"


def _in_order(figures: Iterable[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda f: (f.indicator, f.place.key, f.period.first, f.cut))


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows under a header, as the tables of figures have them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def plain(value: object) -> object:
    """A value as JSON has it: a day as text."""
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def _difference_rows(indicators: Iterable[Told]) -> list[Row]:
    found = []
    for told in indicators:
        found += [_difference_row(one, told) for one in told.differences]
        found += map(_counted_row, counted_differences(told))
    return found


def _counted_row(one: CountedDifference) -> Row:
    """A difference of full counts: nothing of it was left to chance, so there is no interval and no verdict."""
    figure, other = one.figure, one.other
    apart = figure.place != other.place
    return [
        figure.indicator,
        one.between.value,
        Counted.FULL.value,
        figure.place.area,
        figure.place.name,
        figure.place.from_day,
        other.place.area if apart else None,
        other.place.name if apart else None,
        other.place.from_day if apart else None,
        None if apart else other.period.first,
        None if apart else other.period.last,
        figure.period.first,
        figure.period.last,
        one.value,
        *(None,) * 6,
        figure.source.producer,
        figure.source.title,
        figure.source.attribution,
        int(figure.synthetic),
        figure.publication,
        figure.digest,
    ]


def _difference_row(one: Difference, told: Told) -> Row:
    of = {figure.key: figure for figure in told.figures}[
        figure_key(one.indicator, one.place.key, one.last.first.isoformat())
    ]
    return [
        one.indicator,
        one.between.value,
        Counted.SAMPLE.value,
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
        None if figure.population else place.from_day,
        None if figure.population else place.until,
        figure.cut,
        figure.period.first,
        figure.period.last,
        figure.status.value,
        figure.counted.value,
        figure.value,
        figure.numerator,
        figure.denominator,
        figure.base,
        figure.n,
        figure.invited,
        figure.low,
        figure.high,
        int(figure.processed),
        int(figure.recalculated),
        figure.broken,
        figure.population,
        figure.label,
        figure.published or UNKNOWN,
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
