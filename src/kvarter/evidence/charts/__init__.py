"""Charts of published figures: a Vega-Lite specification, and the same drawn as an SVG that needs no script.

A chart never stands alone: the page shows the table of the same figures beside it. It shows no verdict and no ranking.
Text stays text; what a name or title holds is escaped; the same figures give the same bytes, so that a caller may keep
a drawing by the content it was made from.
"""

from kvarter.evidence.charts.dots import dot_chart, dot_spec
from kvarter.evidence.charts.scales import Target
from kvarter.evidence.charts.series import series_chart, spec
from kvarter.evidence.charts.small import small_chart, small_spec
from kvarter.evidence.charts.spine import SpineMark, spine_chart

__all__ = [
    "SpineMark",
    "Target",
    "dot_chart",
    "dot_spec",
    "series_chart",
    "small_chart",
    "small_spec",
    "spec",
    "spine_chart",
]
