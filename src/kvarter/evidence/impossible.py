"""Figures that no count can give, whatever the file says: more in a part than in all of it, or fewer than none."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kvarter.evidence.figures import can_be
from kvarter.evidence.importers.extract import Finding, Severity
from kvarter.evidence.recipes import Made
from kvarter.evidence.showing import period_text

MOST_TOLD = 5
# Parts of people of recalculated districts are added up in another order than their whole: what differs then is dust.
DECIMALS = 9


def impossible(figures: Sequence[Made]) -> list[Finding]:
    """What stops a file: the figures that cannot be, by indicator, place and time."""
    wrong = [one for one in figures if not _can_be(one)]
    if not wrong:
        return []
    named = "; ".join(map(_told, wrong[:MOST_TOLD])) + ("; …" if len(wrong) > MOST_TOLD else "")
    told = ngettext(
        "%(n)d tal kan ikke passe: %(named)s. En del kan ikke være større end det hele, og intet kan tælles under 0. "
        "Se efter, om kolonnerne er byttet om, eller om der står en fejl i rækken.",
        "%(n)d tal kan ikke passe: %(named)s. En del kan ikke være større end det hele, og intet kan tælles under 0. "
        "Se efter, om kolonnerne er byttet om, eller om der står fejl i rækkerne.",
        len(wrong),
    )
    return [Finding("impossible", Severity.STOP, told % {"n": len(wrong), "named": named})]


def _can_be(figure: Made) -> bool:
    counts = (figure.numerator, figure.denominator) if figure.measure == "share" else ()
    counted = all(one is None or one >= 0 for one in counts)
    return counted and (figure.value is None or can_be(figure.measure, round(figure.value, DECIMALS)))


def _told(figure: Made) -> str:
    place = f"{figure.indicator}, {figure.version.area}, {period_text(figure.period)}"
    if figure.denominator is None:
        return f"{place}: {figure.value:g}"
    return _("%(place)s: %(part)g af %(whole)g") % {
        "place": place,
        "part": figure.numerator,
        "whole": figure.denominator,
    }
