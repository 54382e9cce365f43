"""A chart drawn once for what it shows, and kept for all workers."""

from __future__ import annotations

import hashlib

from django.core.cache import cache

from kvarter.evidence.charts import Target, series_chart
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import unit_text, value_text

KEPT_SECONDS = 30 * 24 * 3600


def chart_of(told: Told, width: int, language: str) -> str:
    """The SVG. What it is drawn from is in its name in the cache, so a new publication draws anew."""
    seen = repr((told.series, told.name, told.aim, width, language))
    key = "chart:" + hashlib.sha256(seen.encode()).hexdigest()
    drawn: str | None = cache.get(key)
    if drawn is None:
        aim = told.aim
        target = Target(aim.target, value_text(aim.target, told.measure)) if aim and aim.target is not None else None
        drawn = series_chart(
            told.series, title=told.name, unit=unit_text(told.measure), width=width, language=language, target=target
        )
        cache.set(key, drawn, KEPT_SECONDS)
    return drawn
