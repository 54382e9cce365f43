"""The law's criteria for exposed housing areas, as dated data: an early warning of how far it is to each line."""

from kvarter.evidence.statutory.judging import Judged, Judgement, Outcome, judge
from kvarter.evidence.statutory.rules import CRITERIA, Criterion, Rule, Strictness, Unit, load_rules, rules_on
from kvarter.evidence.statutory.values import Count, Mean

__all__ = [
    "CRITERIA",
    "Count",
    "Criterion",
    "Judged",
    "Judgement",
    "Mean",
    "Outcome",
    "Rule",
    "Strictness",
    "Unit",
    "judge",
    "load_rules",
    "rules_on",
]
