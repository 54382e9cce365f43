"""Dates of the year that a partnership of this kind usually has, as facts with their source.

Offered to the secretariat, never put in the calendar unasked: which of them hold differs from place to place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvarter.agreements.text import Duty, Precision

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Yearly:
    """Something that comes every year, by a name that stays. `day` is 0 where only the year is known."""

    name: str
    title: _StrOrPromise
    basis: _StrOrPromise
    duty: Duty
    month: int = 12
    day: int = 0

    @property
    def precision(self) -> Precision:
        return Precision.DAY if self.day else Precision.YEAR


YEARLY = (
    Yearly(
        "letting-report",
        _("Indberetning af kombineret udlejning, hvis den bruges"),
        _("Social- og Boligstyrelsen: perioden 1. juni til 31. maj"),
        Duty.STATUTORY,
        9,
        1,
    ),
    Yearly(
        "self-evaluation",
        _("Selvevaluering til Landsbyggefonden, hvis der er en helhedsplan"),
        _("Landsbyggefonden, for planer i perioden"),
        Duty.CUSTOMARY,
        10,
        1,
    ),
    Yearly(
        "area-lists",
        _("Ministeriets lister over boligområder"),
        _("Almenboligloven § 61 a: hvert år 1. december"),
        Duty.STATUTORY,
        12,
        1,
    ),
    Yearly(
        "steering-dialogue",
        _("Styringsdialog mellem kommunen og boligorganisationerne"),
        _("Årligt møde efter almenboligloven"),
        Duty.STATUTORY,
    ),
    Yearly(
        "department-meeting", _("Ordinært afdelingsmøde med budget"), _("Årligt i hver boligafdeling"), Duty.CUSTOMARY
    ),
    Yearly(
        "accessibility",
        _("Tilgængelighedserklæring for hjemmesiden gennemgås"),
        _("Bekendtgørelse nr. 904 af 22. august 2019: mindst en gang om året"),
        Duty.STATUTORY,
    ),
)
