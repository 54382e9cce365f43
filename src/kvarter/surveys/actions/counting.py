"""What is kept of the field when the way to people is cut: counts in which nobody stands alone."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Q

from kvarter.surveys.coarsening import coarsened
from kvarter.surveys.models import Cell, DayCount, Invitation, KindCount, Wave


def count_the_field(wave: Wave) -> None:
    """Keep how many answered of those alike, as coarsely as their answers are kept; and of the whole wave on each day
    and in each way. Day and way beside gender and age would show who answered when, where few are alike.
    """
    _count_kinds(wave)
    _count_days(wave)


def _count_kinds(wave: Wave) -> None:
    sent = Count("invitations", filter=Q(invitations__answered_on__isnull=False))
    cells = Cell.objects.filter(stratum__wave=wave).select_related("stratum").annotate(sent=sent).order_by("pk")
    kinds = coarsened({(cell.stratum.name, cell.gender, cell.age): cell.drawn for cell in cells})
    asked: Counter[tuple[int, str, str]] = Counter()
    answered: Counter[tuple[int, str, str]] = Counter()
    for cell in cells:
        _name, gender, age = kinds[cell.stratum.name, cell.gender, cell.age]
        asked[cell.stratum_id, gender, age] += cell.drawn
        answered[cell.stratum_id, gender, age] += cell.sent
    KindCount.objects.bulk_create(
        KindCount(stratum_id=key[0], gender=key[1], age=key[2], asked=many, answered=answered[key])
        for key, many in asked.items()
        if many
    )


def _count_days(wave: Wave) -> None:
    rows = Invitation.objects.filter(wave=wave, answered_on__isnull=False).values_list("answered_on", "mode")
    counted = rows.annotate(count=Count("pk")).order_by("answered_on", "mode")
    DayCount.objects.bulk_create(
        DayCount(wave=wave, day=day, mode=mode, count=count) for day, mode, count in counted if day
    )
