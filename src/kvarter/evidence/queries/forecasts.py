"""What was foreseen if nothing was done, and how it went."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.effect import counts
from kvarter.evidence.figures import Measure
from kvarter.evidence.models import Forecast, Indicator
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import period_text, points_text, value_text
from kvarter.people.policy import Actor, visible


@dataclass(frozen=True)
class Foreseen:
    """A forecast in words, and how it went once the figure came."""

    about: str
    place: str
    value: str
    author: str
    written: str
    grounds: str
    outcome: str


def forecasts(person: Actor, indicator: Indicator, told: Told | None) -> list[Foreseen]:
    """What was foreseen if nothing was done, each scored where the figure has come (one SQL query)."""
    rows = Forecast.objects.filter(indicator=indicator).select_related("area")
    return [foreseen(row, indicator, told) for row in visible(person, rows)]


def foreseen(row: Forecast, indicator: Indicator, told: Told | None) -> Foreseen:
    """A forecast in words, scored where the figure it is of has come. told: what is published of its indicator."""
    measure = Measure(indicator.measure)
    return Foreseen(
        date_format(row.about, "DATE_FORMAT"),
        str(row.area),
        value_text(row.value, measure),
        row.author,
        date_format(row.written_on, "DATE_FORMAT"),
        row.grounds,
        _outcome(row, told),
    )


def _outcome(row: Forecast, told: Told | None) -> str:
    """How far off the forecast was, and whether it beat "as last time"."""
    own = sorted(
        (f for f in (told.figures if told else ()) if f.place.area == row.area.slug and f.value is not None),
        key=lambda figure: figure.period.last,
    )
    actual = next((figure for figure in own if figure.period.last >= row.about), None)
    if actual is None or actual.value is None or told is None:
        return _("Tallet er ikke kommet endnu.")
    off = _("Det blev %(actual)s (%(when)s): %(off)s fra det ventede.") % {
        "actual": value_text(actual.value, told.measure),
        "when": period_text(actual.period),
        "off": points_text(actual.value - row.value, told.measure),
    }
    before = [figure for figure in own if figure.period.last < row.about]
    skill = counts.skill(row.value, actual.value, before[-1].value) if before and before[-1].value is not None else None
    if skill is None:
        return off
    better = (
        _("Forudsigelsen kom nærmere end “som sidst”.") if skill > 0 else _("“Som sidst” havde været lige så godt.")
    )
    return f"{off} {better}"
