"""Obligations: noted from a text, set by hand, done, dropped, reminded of."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.models import Agreement, Obligation, Partnership
from kvarter.agreements.recurring import add_months
from kvarter.agreements.text import AgreementText, Duty, DutyFound
from kvarter.agreements.yearly import YEARLY, Yearly
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require


class NotOpen(ActionError):
    """The obligation is done or dropped already."""


class Changed(ActionError):
    """Someone else changed the obligation after the page was opened."""


class NotYet(ActionError):
    """What lies in the future has not been done."""


class NoDate(ActionError):
    """An obligation that recurs cannot be moved on before it has a date."""


REMIND_DAYS = {Duty.TERM_END: [365, 180, 90], Duty.DIALOGUE: [180, 90, 30], Duty.SURVEY: [365, 180]}


def note_duties(agreement: Agreement, text: AgreementText, in_force_from: date) -> None:
    """An obligation for each dated duty of a first text. Call inside a transaction."""
    for found in text.duties:
        due, basis = _when(found, in_force_from)
        Obligation.objects.create(
            partnership=agreement.partnership,
            agreement=agreement,
            clause_key=found.clause,
            duty=found.duty,
            title=found.title,
            due=due,
            month_day=due.day if due else 0,
            basis=basis,
            precision=found.precision,
            every_months=found.every_months,
            remind_days=REMIND_DAYS.get(found.duty, [90, 30]),
        )


def _when(found: DutyFound, in_force_from: date) -> tuple[date | None, str]:
    """A duty that only says "every third year" falls due at the end of the year three years after the start."""
    if found.due or not found.every_months:
        return found.due, ""
    first = add_months(in_force_from, found.every_months) - timedelta(days=1)
    with override("da"):  # what is stored is Danish; a page shows it in the reader's language
        return date(first.year, 12, 31), _("Regnet fra aftalens start, til datoen for den seneste er sat.")


WRITTEN = (
    "title",
    "title_en",
    "duty",
    "due",
    "precision",
    "every_months",
    "responsible",
    "agreement",
    "clause_key",
    "visibility",
    "remind_days",
)


@transaction.atomic
def set_obligation(*, by: Actor, obligation: Obligation, seen: int | None = None, why: str = "") -> Obligation:
    """Store a new obligation, or what a person wrote about an open one (`WRITTEN`; the rest stays as it is stored).

    A change raises its number in the calendar; with another date, reminders begin anew. seen: the number that the
    person saw. Raises NotOpen, Changed.
    """
    require(by, "obligation.write", obligation)
    if obligation.pk is None:
        obligation.month_day = obligation.due.day if obligation.due else 0
        _store(obligation, raise_number=False)
        record(by=by, verb="obligation.add", about=obligation, why=why, due=str(obligation.due))
        return obligation
    row = _open_row(obligation, seen)
    if row.due != obligation.due:
        row.fall_due(obligation.due)
    for name in WRITTEN:
        setattr(row, name, getattr(obligation, name))
    _store(row)
    record(by=by, verb="obligation.change", about=row, why=why, due=str(row.due))
    return row


def _store(obligation: Obligation, *, raise_number: bool = True) -> None:
    if raise_number:
        obligation.sequence += 1
    obligation.changed = timezone.now()
    obligation.save()


def _open_row(obligation: Obligation, seen: int | None = None) -> Obligation:
    """The obligation as stored, locked until the transaction ends. Raises NotOpen, Changed."""
    rows = Obligation.objects.select_for_update(of=("self",)).select_related("partnership")
    row = rows.get(pk=obligation.pk)
    if row.state != Obligation.State.OPEN:
        raise NotOpen(_("Forpligtelsen er allerede afsluttet."))
    if seen is not None and row.sequence != seen:
        raise Changed(_("Nogen har ændret forpligtelsen, siden du åbnede siden. Se den igen, og prøv så."))
    return row


@transaction.atomic
def complete_obligation(
    *, by: Actor, obligation: Obligation, on: date, today: date, seen: int | None = None, why: str = ""
) -> Obligation:
    """Say it is done. One that recurs stays open and moves to its next date: once, however often the button is
    pressed, when `seen` tells the number that the person saw.

    Raises Refused, NotOpen, Changed, NotYet, NoDate.
    """
    require(by, "obligation.complete", obligation)
    row = _open_row(obligation, seen)
    if on > today:
        raise NotYet(_("Det kan først noteres som opfyldt, når det er sket."))
    row.last_done = on
    if row.every_months:
        row.due, row.reminded = _next_due(row, on), []
        row.basis = ""
    else:
        row.state = Obligation.State.DONE
    _store(row)
    record(by=by, verb="obligation.complete", about=row, why=why, on=str(on))
    return row


def _next_due(row: Obligation, on: date) -> date:
    """One interval after it was due, or after it was done when it was so late that the next date has passed too."""
    if row.due is None:
        raise NoDate(_("Sæt først en dato: så kan den næste regnes ud."))
    following = add_months(row.due, row.every_months or 0, row.month_day)
    return following if following > on else add_months(on, row.every_months or 0)


@transaction.atomic
def drop_obligation(*, by: Actor, obligation: Obligation, why: str) -> Obligation:
    """It will not happen; the reason is kept. Raises Refused, NotOpen."""
    require(by, "obligation.write", obligation)
    row = _open_row(obligation)
    row.state = Obligation.State.DROPPED
    _store(row)
    record(by=by, verb="obligation.drop", about=row, why=why)
    return row


def move_term(agreement: Agreement, ends: date) -> None:
    """A decided version with a new term moves what is due at the agreement's end, from the decision on: one plans by
    the end that is known to come. Call inside a transaction.
    """
    open_ends = agreement.obligations.select_for_update().filter(duty=Duty.TERM_END, state=Obligation.State.OPEN)
    for row in open_ends:
        row.fall_due(ends)
        with override("da"):  # what is stored is Danish; a page shows it in the reader's language
            row.basis = _("Den nye løbetid, som er besluttet.")
        _store(row)


def customary_year(partnership: Partnership, today: date) -> dict[str, Obligation]:
    """Suggestions for the statutory and customary dates of a year by name, unsaved, each with its next date."""
    return {entry.name: _suggested(partnership, entry, today) for entry in YEARLY}


def _suggested(partnership: Partnership, entry: Yearly, today: date) -> Obligation:
    day = date(today.year, entry.month, entry.day or monthrange(today.year, entry.month)[1])
    return Obligation(
        partnership=partnership,
        duty=entry.duty,
        title=_in_language(entry, "da"),
        title_en=_in_language(entry, "en"),
        due=day if day >= today else add_months(day, 12),
        precision=entry.precision,
        every_months=12,
        basis=str(entry.basis),
        remind_days=[60, 14],
    )


def _in_language(entry: Yearly, language: str) -> str:
    with override(language):
        return str(entry.title)


@transaction.atomic
def keep_dates(*, by: Actor, partnership: Partnership, rows: list[Obligation]) -> None:
    """Put suggested dates in the calendar, all or none."""
    require(by, "obligation.write", partnership)
    for row in rows:
        set_obligation(by=by, obligation=row)
