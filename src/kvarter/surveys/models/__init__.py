"""The state of the room that is not answers."""

from kvarter.surveys.models.draft import AnswersDraft
from kvarter.surveys.models.frame import Cell, DayCount, FrameFile, KindCount, Stratum
from kvarter.surveys.models.invitation import Code, Invitation, Mailing
from kvarter.surveys.models.wave import QuestionnaireVersion, Target, Wave

__all__ = [
    "AnswersDraft",
    "Cell",
    "Code",
    "DayCount",
    "FrameFile",
    "Invitation",
    "KindCount",
    "Mailing",
    "QuestionnaireVersion",
    "Stratum",
    "Target",
    "Wave",
]
