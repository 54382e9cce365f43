"""Writing to those who answer for what falls due soon: one mail to each person, each date told once."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.made_up import marked
from kvarter.agreements.models import Membership, Obligation, Role
from kvarter.people.models import Person
from kvarter.people.policy import can

log = logging.getLogger(__name__)


def send_reminders(*, today: date) -> int:
    """Send what should be said by today and has not been; the number of mails that went out.

    A reminder counts as said once a mail with it has gone to someone. One that reached nobody is tried again next
    time: rather said twice than never.
    """
    rows = Obligation.objects.select_related("partnership").filter(state=Obligation.State.OPEN, due__isnull=False)
    due = {row: days for row in rows if (days := due_reminders(row, today))}
    letters: dict[Person, list[Obligation]] = defaultdict(list)
    for row in due:
        for person in _those_who_answer(row, today):
            letters[person].append(row)
    told = {person: told for person, told in letters.items() if _write(person, told)}
    for row in {row for rows in told.values() for row in rows}:
        _mark(row, due[row])
    return len(told)


@transaction.atomic
def _mark(row: Obligation, days: list[int]) -> None:
    """Note that the reminders were sent, unless the obligation was given another date meanwhile."""
    stored = Obligation.objects.select_for_update(of=("self",)).filter(pk=row.pk, due=row.due).first()
    if stored is not None:
        Obligation.objects.filter(pk=row.pk).update(reminded=sorted({*stored.reminded, *days}))


def due_reminders(row: Obligation, today: date) -> list[int]:
    """The reminders, in days before, whose day has come and that were not sent."""
    if row.due is None:
        return []
    return [days for days in row.remind_days if row.due - timedelta(days) <= today and days not in row.reminded]


def _those_who_answer(row: Obligation, today: date) -> list[Person]:
    """The secretariat and whoever speaks for the responsible party, as far as the policy lets them see it."""
    held = Membership.objects.filter(partnership=row.partnership, since__lte=today, person__is_active=True)
    held = held.filter(Q(until=None) | Q(until__gt=today)).select_related("person")
    of_party = Q(party=row.responsible_id, role=Role.PARTY_MEMBER) if row.responsible_id else Q(pk__in=[])
    people = {member.person for member in held.filter(Q(role=Role.SECRETARIAT) | of_party)}
    return [person for person in sorted(people, key=lambda p: p.pk) if can(person, "obligation.read", row)]


def _write(person: Person, rows: list[Obligation]) -> bool:
    """Whether the mail went out. One that did not is told in the log and does not keep the others from theirs."""
    with override("da"):
        lines = [
            f"- {date_format(row.due) if row.due else ''}: {marked(row.partnership, row.title)} "
            f"({settings.ADDRESS}{row.journal_subject})"
            for row in rows
        ]
        subject = _("Det falder snart: %(n)s forpligtelser") % {"n": len(rows)}
        text = _("Hej %(name)s\n\n%(lines)s\n") % {"name": person, "lines": "\n".join(lines)}
    try:
        return bool(send_mail(subject, text, None, [person.email]))
    except OSError:  # smtplib's errors are among them
        log.exception("A reminder to person %s could not be sent", person.pk)
        return False
