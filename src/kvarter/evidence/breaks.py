"""Where a series is broken: figures of a year that are not to be compared with those before, as recipes mark it."""

from __future__ import annotations

from collections.abc import Mapping

from kvarter.agreements.models import Partnership
from kvarter.evidence.models import IndicatorRecipe, Observation

Why = Mapping[str, str]


def breaks_of(partnership: Partnership) -> dict[tuple[int, int, int], Why]:
    """Why figures are broken from those before, in both languages, by indicator, source and year (one SQL query)."""
    rows = IndicatorRecipe.objects.filter(indicator__partnership=partnership)
    return {
        (indicator, source, one["year"]): {"da": one["why"], "en": one.get("why_en") or one["why"]}
        for indicator, source, breaks in rows.values_list("indicator_id", "source_id", "breaks")
        for one in breaks
    }


def break_of(one: Observation, breaks: Mapping[tuple[int, int, int], Why]) -> Why | None:
    """Why an observation is broken from those before it, where it is."""
    return breaks.get((one.indicator_id, one.register.source_id, one.first.year))
