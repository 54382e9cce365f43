"""The statistics: a library an analyst can use alone. Imports no Django and knows no web.

    from kvarter import effect

    design = effect.Design(weights="weight", strata="area", population=("people",))
    cube = effect.make_cube("wave3.parquet", design, means=["trust"], shares=["safe"], by=["area", "gender"])
    effect.estimate(cube, means=["trust"], shares=["safe"])

Names are fetched when they are first used, so that asking for one figure does not load what makes the others.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_ROOMS = {
    "asking": "make_cube estimate difference",
    "associating": "Association association",
    "attacker": "Breach attack",
    "building": "Wanted",
    "calibrated": "CalibratedCube calibrated_cube estimate_calibrated",
    "against": "against_others",
    "changes": "Aim Verdict change",
    "columns": "Missing",
    "contrasts": "adjusted",
    "counts": "Direction Spread mean progress share skill spread",
    "cube": "Cube",
    "design": "Design SinglePsu read_design",
    "classifying": "Grouping Table read_groupings table_from_rows",
    "disclosure": "Protected breaches disclose protect read_published unsafe_cells",
    "drawing": "Draw draw",
    "engines": "Engine",
    "errors": "BadData BadDesign EffectError NoSolution NotAnswerable",
    "gaps": "gap",
    "intervals": "Interval share_interval t_interval",
    "labels": "Labels read_labels with_labels",
    "margins": "Margins read_margins",
    "mirroring": "Composition attained_coverage household_design_effect mirror over_all ratio_table",
    "planning": "Last Panel Sight Wave answers_for_margin can_we_see_it equal margin neyman proportional",
    "quantile": "quantiles",
    "replicating": "Kind check_means replicates",
    "resampling": "bootstrap",
    "saving": "add_cubes load_cube save_cube",
    "area_models": "fit_fay_herriot small_areas",
    "suppression": "Rule",
    "weighting": "Calibrated Method calibrate nonresponse_weights trimmed",
}
_WHERE = {name: room for room, names in _ROOMS.items() for name in names.split()}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"kvarter.effect has no {name}")
    return getattr(import_module(f"kvarter.effect.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return __all__
