"""What stands on the list about somebody who calls or writes, and putting it right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError
from kvarter.people.policy import require
from kvarter.surveys.actions.correcting import OnTheList, correct_listed, on_the_list
from kvarter.surveys.actions.keys import KeyGone
from kvarter.surveys.forms.field import CodeForm, ListedForm
from kvarter.surveys.queries.answering import Found
from kvarter.surveys.queries.monitor import GENDERS
from kvarter.surveys.views.leaving import found_by_code
from kvarter.surveys.views.shared import the_wave


def listed(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """By the person's own code, which is read aloud: first what stands there, then it is put right."""
    own = the_wave(request, slug, wave)
    require(request.user, "wave.write", own)
    form: Form = (asked := CodeForm(request.POST or None))
    context: dict[str, Any] = {"partnership": own.partnership, "wave": own}
    found = found_by_code(request, asked, own) if request.method == "POST" and asked.is_valid() else None
    if found:
        try:
            told = on_the_list(by=request.user, found=found)
        except KeyGone as error:
            form.add_error(None, str(error))
        else:
            context |= {"told": told, "gender": GENDERS[told.gender], "code": request.POST["code"]}
            form = ListedForm(request.POST if "ret" in request.POST else None, initial=_initial(told))
            if form.is_bound and form.is_valid() and _corrected(request, found, form):
                return redirect("wave_mailings", slug, wave)
    answer = render(request, "surveys/work/listed.html", context | {"form": form})
    answer["Cache-Control"] = "no-store"
    return answer


def _initial(told: OnTheList) -> dict[str, str]:
    return {"name": told.name, "address": "\n".join(told.address), "email": told.email, "channel": told.channel}


def _corrected(request: HttpRequest, found: Found, form: Form) -> bool:
    try:
        correct_listed(by=request.user, found=found, **form.cleaned_data)
    except ActionError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Det er rettet. Næste brev går ad den vej, der står nu."))
    return True
