"""The field as it goes, and a later last day."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import today, tried
from kvarter.people.policy import can, require
from kvarter.surveys.actions.waves import extend_field
from kvarter.surveys.answers.models import Response
from kvarter.surveys.forms.field import ExtendForm
from kvarter.surveys.models import Invitation, Mailing, Wave
from kvarter.surveys.queries.keys import troubles_of
from kvarter.surveys.queries.monitor import missing_by_cell, report_of, waiting_by_round
from kvarter.surveys.views.shared import names_of, the_wave


def monitor(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Who answers, when and how; how sure the figures get; and of whom to remind how many."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.follow", found)
    is_open = found.state == Wave.State.IN_FIELD
    report = report_of(found)
    names = {"area": _("Område"), "age": _("Alder"), "gender": _("Køn"), "household": _("Spurgte i husstanden")}
    modes = dict(Response.Mode.choices)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "report": report,
        "parts": [(name, names[name], parts) for name, parts in report.parts.items() if parts],
        "days": [
            (day, ", ".join(f"{modes.get(mode, mode)} {n}" for mode, n in told.items()), sum(told.values()), total)
            for day, told, total in report.days
        ],
        "modes": [(modes.get(mode, mode), n) for mode, n in report.modes.most_common()],
        "spoken": _named(report.languages),
        "waits": [
            (Invitation.Channel(one.channel).label, Mailing.Kind(one.kind).label, one)
            for one in (waiting_by_round(found, today()) if is_open else ())
        ],
        "missing": missing_by_cell(found) if is_open else [],
        "is_open": is_open,
        "may_write": can(request.user, "wave.write", found),
        "troubles": troubles_of(found),
        "was_asked": found.state not in (Wave.State.PLANNED, Wave.State.SAMPLING) and bool(report.whole.asked),
    }
    return render(request, "surveys/work/monitor.html", context)


def _named(languages: Counter[str]) -> list[tuple[str, int]]:
    codes = [code for code, _n in languages.most_common()]
    return [(name, languages[code]) for code, name in zip(codes, names_of(codes), strict=True)]


def extend(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Let people answer until a later day."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = ExtendForm(request.POST or None, initial={"closes": found.closes})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if tried(request, form, lambda: extend_field(by=request.user, wave=found, **facts), _("Dagen er flyttet.")):
            return redirect("wave_monitor", slug, wave)
    heading = _("Lad folk svare længere")
    return render(request, "agreements/simple_form.html", {"form": form, "heading": heading})
