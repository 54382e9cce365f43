"""The agreement as a file, and what falls due as a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.exports import CalendarEntry, Edition, to_akoma_ntoso, to_calendar, to_markdown, to_pdf
from kvarter.agreements.made_up import mark_of, marked, told_of
from kvarter.agreements.models import AgreementVersion, Obligation, Partnership
from kvarter.agreements.queries import pages
from kvarter.agreements.queries.exchange import exchange_of
from kvarter.agreements.queries.versions import following, in_force_until, read_version, text_in
from kvarter.agreements.text import Precision
from kvarter.agreements.views.shared import language, the_partnership, the_version

TYPES = {
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xml": "application/akn+xml",
}


WRITERS: dict[str, Callable[[Edition], bytes | str]] = {"md": to_markdown, "pdf": to_pdf, "xml": to_akoma_ntoso}


def download(request: HttpRequest, slug: str, day: date, form: str) -> HttpResponse:
    """The version in force on a day as Markdown, JSON, tagged PDF or Akoma Ntoso XML."""
    version = the_version(request, slug, day=day)
    if form == "json":
        agreement = version.agreement
        content: bytes | str = exchange_of(request.user, agreement.partnership, agreement).to_json()
    else:
        content = WRITERS[form](_edition(request, version))
    response = HttpResponse(content, content_type=TYPES[form])
    kind = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{slug}-{version.in_force_from}-{language()}.{form}"'
    return response


def _edition(request: HttpRequest, version: AgreementVersion) -> Edition:
    agreement = version.agreement
    reading = read_version(version, language())
    return Edition(
        text=text_in(reading, language()),
        slug=agreement.slug,
        number=version.number,
        in_force_from=version.in_force_from,
        in_force_until=in_force_until(version, following(version)),
        decision=", ".join(part for part in (version.decided_by, version.decision) if part),
        parties=tuple(str(p) for p in pages.parties_of(request.user, agreement.partnership, version.in_force_from)),
        address=settings.ADDRESS + reverse("agreement_on_day", args=[agreement.slug, version.in_force_from]),
        language=language(),
        partnership=agreement.partnership.name,
        made_up=" ".join(filter(None, (mark_of(agreement.partnership), told_of(agreement.partnership)))),
    )


def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """What falls due in a partnership, as far as the asker sees it, for a calendar to subscribe to."""
    partnership = the_partnership(request, slug)
    rows = [row for row in pages.obligations_of(request.user, partnership) if row.due]
    name = marked(partnership, _calendar_name(partnership.name))
    content = to_calendar(name, [_entry(row, partnership) for row in rows])
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def _calendar_name(name: str) -> str:
    return _("%(name)s: forpligtelser") % {"name": name}


def _title(row: Obligation) -> str:
    """A calendar knows days alone: one due in the course of a year says so, since its day is but the last."""
    title = (language() == "en" and row.title_en) or row.title
    return _("%(title)s (i løbet af året)") % {"title": title} if row.precision == Precision.YEAR else title


def _entry(row: Obligation, partnership: Partnership) -> CalendarEntry:
    assert row.due is not None, "only what has a date is in the calendar"
    return CalendarEntry(
        uid=f"{row.calendar_id}@kvarter",
        title=marked(partnership, _title(row)),
        description=str(row.get_duty_display()),
        url=settings.ADDRESS + row.journal_subject,
        due=row.due,
        every_months=row.every_months,
        until=row.term_ends,  # type: ignore[attr-defined]
        month_day=row.month_day,
        state=row.state,
        sequence=row.sequence,
        changed=row.changed,
        reminders_days=tuple(row.remind_days),
        categories=(str(row.get_duty_display()),),
    )
