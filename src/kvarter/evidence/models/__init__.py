"""The state of the room."""

from kvarter.evidence.models.comparing import Composition, MirrorMargin, Peer
from kvarter.evidence.models.indicator import Aim, ClauseLink, EffectGoal, Forecast, Grade, Indicator, Theme
from kvarter.evidence.models.publication import Publication
from kvarter.evidence.models.register import (
    Difference,
    Draft,
    DraftFile,
    IndicatorRecipe,
    Observation,
    Register,
    SavedMapping,
    Source,
)
from kvarter.evidence.models.statutory import EarlyWarning, StatutoryInput

__all__ = [
    "Aim",
    "ClauseLink",
    "Composition",
    "Difference",
    "Draft",
    "DraftFile",
    "EarlyWarning",
    "EffectGoal",
    "Forecast",
    "Grade",
    "Indicator",
    "IndicatorRecipe",
    "MirrorMargin",
    "Observation",
    "Peer",
    "Publication",
    "Register",
    "SavedMapping",
    "Source",
    "StatutoryInput",
    "Theme",
]
