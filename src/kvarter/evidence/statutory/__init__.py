"""The law's criteria for exposed housing areas, as dated data: an early warning of how far it is to each line."""

from kvarter.evidence.statutory.judging import Judged, Judgement, Outcome, judge
from kvarter.evidence.statutory.rules import CRITERIA, Criterion, Rule, Strictness, load_rules, rules_on

__all__ = [
    "CRITERIA",
    "Criterion",
    "Judged",
    "Judgement",
    "Outcome",
    "Rule",
    "Strictness",
    "judge",
    "load_rules",
    "rules_on",
]
