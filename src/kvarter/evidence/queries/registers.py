"""What the work with files shows: figures taken in or about to be, in words, for those at work alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kvarter.evidence.actions.registers import Loading
from kvarter.evidence.figures import Measure
from kvarter.evidence.importers.extract import Period, Status
from kvarter.evidence.models import Register
from kvarter.evidence.showing import number_text, period_text, status_text, value_text


@dataclass(frozen=True)
class FigureRow:
    """A figure in a list of work: not published, so without the whole label."""

    indicator: str
    place: str
    when: str
    text: str
    base: str
    status: str

    @property
    def in_full(self) -> str:
        """The number and what it is made of."""
        return f"{self.text} ({self.base})" if self.base else self.text


def register_rows(register: Register) -> list[FigureRow]:
    """The figures that a file gave (one SQL query)."""
    rows = register.observations.select_related("indicator", "version__area").order_by("indicator", "first", "pk")
    return [
        _row(
            str(row.indicator),
            Measure(row.indicator.measure),
            str(row.version.area),
            Period(row.first, row.last),
            Status(row.status),
            row.value,
            row.numerator,
            row.denominator,
        )
        for row in rows
    ]


def coming(loading: Loading, names: Mapping[str, str]) -> list[FigureRow]:
    """The figures that a file would give."""
    return [
        _row(
            names[figure.indicator],
            Measure(figure.measure),
            str(figure.version.area),
            figure.period,
            figure.status,
            figure.value,
            figure.numerator,
            figure.denominator,
        )
        for figure in loading.figures
    ]


@dataclass(frozen=True)
class CorrectedRow:
    """A figure that stands already, as it is and as it would be. published: whether it holds on the pages."""

    indicator: str
    place: str
    when: str
    before: str
    now: str
    published: bool


def corrected(loading: Loading, names: Mapping[str, str]) -> list[CorrectedRow]:
    """The figures that would become others."""
    found = []
    for change in loading.replaced:
        figure, old = change.figure, change.before
        measure = Measure(figure.measure)
        before, now = (
            _row("", measure, "", figure.period, Status(one.status), one.value, one.numerator, one.denominator)
            for one in (old, figure)
        )
        place, when = str(figure.version.area), period_text(figure.period)
        found.append(CorrectedRow(names[figure.indicator], place, when, before.in_full, now.in_full, change.published))
    return found


def _row(
    indicator: str,
    measure: Measure,
    place: str,
    period: Period,
    status: Status,
    value: float | None,
    part: float | None,
    whole: float | None,
) -> FigureRow:
    text = value_text(value, measure) if value is not None else status_text(status)
    base = "" if part is None or whole is None else f"{_count(part)} / {_count(whole)}"
    said = status_text(status) if status is not Status.NORMAL and value is not None else ""
    return FigureRow(indicator, place, period_text(period), text, base, said)


def _count(value: float) -> str:
    return number_text(value, 0 if value == int(value) else 2)
