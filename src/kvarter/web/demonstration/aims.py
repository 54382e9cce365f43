"""What the made-up partnership has decided of its figures, and which of its agreement's clauses they speak to."""

from __future__ import annotations

from datetime import date

from kvarter.agreements.models import AgreementVersion, Partnership
from kvarter.evidence.actions.indicators import change_indicator, set_aim
from kvarter.people.policy import Actor
from kvarter.surveys.questionnaire import Item
from kvarter.surveys.theme_scales import DIRECTIONS, scale_items

DECISION, DECIDED_ON = "Det opdigtede partnerskab, møde 1, punkt 1", date(2025, 2, 1)
# By theme: the clause that its questions taken together speak to, beside the theme's own.
SPEAKS_TO = {
    "tillid": "maal-2",
    "sundhed": "maal-3-4",
    "tryghed": "maal-2-5",
    "selvforsoergelse": "maal-3-3",
    "medborgerskab": "maal-2-3",
    "social-miks": "maal-2-2",
    "blandet-beboersammensaetning": "maal-1",
    "byliv": "maal-2-1",
    "image": "maal-1-1",
}


def set_aims(by: Actor, partnership: Partnership) -> None:
    """An aim for each figure of the survey that has a wanted direction, and the clauses of each theme's own."""
    version = AgreementVersion.objects.select_related("agreement").filter(agreement__partnership=partnership)[0]
    wanted = _directions(partnership)
    for indicator in partnership.indicators.select_related("theme").order_by("position", "pk"):
        indicator.partnership = partnership
        if direction := wanted.get(indicator.slug):
            set_aim(
                by=by,
                indicator=indicator,
                version=version,
                decision=DECISION,
                decided_on=DECIDED_ON,
                direction=direction,
            )
        if indicator.slug == f"tema-{indicator.theme.slug}":
            clauses = [indicator.theme.clause, SPEAKS_TO[indicator.theme.slug]]
            change_indicator(by=by, indicator=indicator, clauses=clauses)


def _directions(partnership: Partnership) -> dict[str, str]:
    """The wanted direction of each figure of the questionnaires, where it has one."""
    items: dict[str, Item] = {}
    for version in partnership.questionnaires.all():
        asked = version.questionnaire
        items |= {item.key: item for item in asked.items} | scale_items(asked)
    return {key: item.told.direction for key, item in items.items() if item.told and item.told.direction in DIRECTIONS}
