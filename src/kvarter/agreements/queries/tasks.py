"""What waits for someone, by partnership."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kvarter.agreements.models import Amendment, ImportReview, Obligation, Partnership, Role
from kvarter.agreements.recurring import add_months
from kvarter.agreements.rules import standing
from kvarter.people.policy import Actor, can, visible


@dataclass
class Desk:
    """One partnership as someone at work in it sees it."""

    partnership: Partnership
    roles: list[str]
    mine_due: list[Obligation] = field(default_factory=list)
    drafts: list[Amendment] = field(default_factory=list)
    proposed: list[Amendment] = field(default_factory=list)
    reviews: list[ImportReview] = field(default_factory=list)
    may: dict[str, bool] = field(default_factory=dict)

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits."""
        return not (self.mine_due or self.drafts or self.proposed or self.reviews)


AHEAD_MONTHS = 12
VERBS = (
    "agreement.import",
    "amendment.draft",
    "obligation.write",
    "party.write",
    "member.manage",
    "journal.read",
    "partnership.change",
)


def tasks_of(person: Actor, today: date) -> list[Desk]:
    """A desk for each partnership someone serves; an administrator serves all (at most six SQL queries)."""
    known = standing(person)
    rows = visible(person, Partnership.objects.order_by("pk"))
    if not can(person, "admin.read"):
        rows = rows.filter(pk__in=known.roles)
    desks = {row.pk: _desk(person, row, known.roles.get(row.pk, frozenset())) for row in rows}
    _lay_out_obligations(person, desks, today)
    _lay_out_amendments(person, desks)
    for review in visible(person, ImportReview.objects.filter(partnership__in=desks)):
        desks[review.partnership_id].reviews.append(review)
    return list(desks.values())


def _desk(person: Actor, partnership: Partnership, roles: frozenset[str]) -> Desk:
    may = {verb.replace(".", "_"): can(person, verb, partnership) for verb in VERBS}
    return Desk(partnership, [str(Role(role).label) for role in sorted(roles)], may=may)


def _lay_out_obligations(person: Actor, desks: dict[int, Desk], today: date) -> None:
    """What is overdue or due within a year and is the person's own to do."""
    near = Obligation.objects.filter(
        partnership__in=desks, state=Obligation.State.OPEN, due__lte=add_months(today, AHEAD_MONTHS)
    )
    for row in visible(person, near.select_related("partnership", "responsible__organisation")):
        if can(person, "obligation.complete", row):
            desks[row.partnership_id].mine_due.append(row)


def _lay_out_amendments(person: Actor, desks: dict[int, Desk]) -> None:
    waiting = (Amendment.State.DRAFT, Amendment.State.PROPOSED)
    rows = Amendment.objects.filter(agreement__partnership__in=desks, state__in=waiting)
    for row in visible(person, rows.select_related("agreement", "author")):
        desk = desks[row.agreement.partnership_id]
        (desk.drafts if row.state == Amendment.State.DRAFT else desk.proposed).append(row)
