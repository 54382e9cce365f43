"""The state of the room that is not answers."""

from kvarter.surveys.models.draft import AnswersDraft
from kvarter.surveys.models.frame import Cell, FieldCount, FrameFile, Stratum
from kvarter.surveys.models.invitation import Code, Invitation, Mailing
from kvarter.surveys.models.wave import QuestionnaireVersion, Target, Wave

__all__ = [
    "AnswersDraft",
    "Cell",
    "Code",
    "FieldCount",
    "FrameFile",
    "Invitation",
    "Mailing",
    "QuestionnaireVersion",
    "Stratum",
    "Target",
    "Wave",
]
