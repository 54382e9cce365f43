"""What goes with every chart: what is measured, where a cut axis begins, that what is made up is so, and the source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from kvarter.evidence.charts.look import clean
from kvarter.evidence.charts.scales import ValueAxis
from kvarter.evidence.figures import Figure
from kvarter.evidence.showing import period_text


def heading_text(unit: str, axis: ValueAxis, figures: Iterable[Figure], language: str) -> str:
    """The unit, with the word for figures that are made up before it, and where the axis begins when it is cut."""
    said = clean(unit)
    if axis.low > 0:
        said = _("%(unit)s, aksen begynder ved %(low)s") % {"unit": said, "low": axis.labels(language)[0]}
    return f"{_('opdigtet').upper()}: {said}" if any(figure.synthetic for figure in figures) else said


def when_text(figures: Iterable[Figure], plot: tuple[float, float]) -> dict[str, Any]:
    """The one time that figures are of, under the middle of a plot so wide and high: other years would be made up."""
    return {"x": plot[0] / 2, "y": plot[1] + 14, "lines": [period_text(next(iter(figures)).period)]}


def source_text(figures: Iterable[Figure]) -> str:
    """The sentences that must stand beside the figures: a drawing fetched by itself tells its source too."""
    told = dict.fromkeys(clean(figure.source.attribution) for figure in figures)
    return _("Kilde: %(sources)s.") % {"sources": "; ".join(told)}
