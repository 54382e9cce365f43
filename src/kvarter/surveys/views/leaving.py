"""Not to be asked again: by the code from the letter, on one's own or by the secretariat."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import today
from kvarter.journal.actions import ActionError
from kvarter.people.policy import require
from kvarter.surveys.actions.inviting import opt_out
from kvarter.surveys.actions.keys import KeyGone
from kvarter.surveys.brake import WRONG_CODES
from kvarter.surveys.forms.field import CodeForm
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import Found, found_by
from kvarter.surveys.queries.waves import is_all_made_up
from kvarter.surveys.views.entering import tongues_of
from kvarter.surveys.views.private import address_of, in_language_asked_for, page_of, private
from kvarter.surveys.views.shared import the_wave


@in_language_asked_for
@private
def leave(request: HttpRequest) -> HttpResponse:
    """For the one who got the letter."""
    form = CodeForm(request.POST or None)
    done = _left(request, form) if request.method == "POST" and form.is_valid() else None
    context = {
        "problem": " ".join(str(told) for told in form.errors.get("code", [])),
        "typed": request.POST.get("code", ""),
        "is_done": done is not None,
        "is_made_up": done.partnership.is_demonstration if done else is_all_made_up(),
        "tongues": tongues_of("opt_out"),
    }
    return page_of(request, "surveys/answer/leave.html", context)


def leave_for(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """For the secretariat, when somebody calls or writes."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _left(request, form, found):
        messages.success(request, _("Det er noteret. Der bliver ikke skrevet igen i denne undersøgelse."))
        return redirect("wave_mailings", slug, wave)
    context = {"form": form, "wave": found, "partnership": found.partnership}
    return render(request, "surveys/work/leave.html", context)


def _left(request: HttpRequest, form: CodeForm, wave: Wave | None = None) -> Wave | None:
    """The wave in which whoever has the code is left in peace from now on; else the form says why not."""
    found = found_by_code(request, form, wave)
    if found is None:
        return None
    try:
        opt_out(by=request.user, invitation=found.code.invitation, wave=found.wave, today=today())
    except ActionError as error:
        form.add_error("code", str(error))
        return None
    return found.wave


def found_by_code(request: HttpRequest, form: CodeForm, wave: Wave | None = None) -> Found | None:
    """What a typed code leads to, among all waves or in one; else the form says why not."""
    try:
        with WRONG_CODES.trial(address_of(request)) as trial:
            if not trial.place:
                form.add_error("code", _("Der er prøvet for mange forkerte koder herfra. Vent en time, og prøv igen."))
                return None
            found = found_by(form.cleaned_data["code"], wave)
            trial.counts = found is None
    except KeyGone as error:
        if wave is None:
            raise  # a resident is told in other words (views.private)
        form.add_error(None, str(error))
        return None
    if found is None:
        form.add_error("code", _("Vi kender ikke koden. Se efter, om det er den fra det nyeste brev."))
    return found
