"""Writing to those who answer for what falls due soon: one mail to each person, each date told once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.models import Membership, Obligation, Role
from kvarter.people.models import Person
from kvarter.people.policy import can


def send_reminders(*, today: date) -> int:
    """Send what should be said by today and has not been; the number of mails."""
    letters: dict[Person, list[Obligation]] = defaultdict(list)
    with transaction.atomic():
        rows = Obligation.objects.select_for_update(of=("self",)).select_related("partnership")
        for row in rows.filter(state=Obligation.State.OPEN, due__isnull=False):
            days = due_reminders(row, today)
            if not days:
                continue
            for person in _those_who_answer(row, today):
                letters[person].append(row)
            Obligation.objects.filter(pk=row.pk).update(reminded=sorted({*row.reminded, *days}))
        transaction.on_commit(lambda: _write_all(letters))
    return len(letters)


def due_reminders(row: Obligation, today: date) -> list[int]:
    """The reminders, in days before, whose day has come and that were not sent."""
    if row.due is None:
        return []
    return [days for days in row.remind_days if row.due - timedelta(days) <= today and days not in row.reminded]


def _those_who_answer(row: Obligation, today: date) -> list[Person]:
    """The secretariat and whoever speaks for the responsible party, as far as the policy lets them see it."""
    held = Membership.objects.filter(partnership=row.partnership, since__lte=today, person__is_active=True)
    held = held.filter(Q(until=None) | Q(until__gte=today)).select_related("person")
    of_party = Q(party=row.responsible_id) if row.responsible_id else Q(pk__in=[])
    people = {member.person for member in held.filter(Q(role=Role.SECRETARIAT) | of_party)}
    return [person for person in sorted(people, key=lambda p: p.pk) if can(person, "obligation.read", row)]


def _write_all(letters: Mapping[Person, list[Obligation]]) -> None:
    for person, rows in letters.items():
        _write(person, rows)


def _write(person: Person, rows: list[Obligation]) -> None:
    with override("da"):
        lines = [
            f"- {date_format(row.due) if row.due else ''}: {row.title} ({settings.ADDRESS}{row.journal_subject})"
            for row in rows
        ]
        send_mail(
            _("Det falder snart: %(n)s forpligtelser") % {"n": len(rows)},
            _("Hej %(name)s\n\n%(lines)s\n") % {"name": person, "lines": "\n".join(lines)},
            None,
            [person.email],
        )
