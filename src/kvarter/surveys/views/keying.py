"""Staff key in what came on paper, or is said to them, on the pages that everybody uses; they see no other answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import language, today
from kvarter.people.policy import require
from kvarter.surveys.actions import keying
from kvarter.surveys.actions.answering import NotOpen, NotYours, Received
from kvarter.surveys.actions.keys import KeyGone
from kvarter.surveys.brake import WRONG_CODES
from kvarter.surveys.forms.answering import answer_in_words, said
from kvarter.surveys.forms.keying import KeyingForm
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import Stage, found_by, paper_of, stage_of
from kvarter.surveys.sealing import tidy_code
from kvarter.surveys.views.private import address_of, left, private, seated, the_sitting
from kvarter.surveys.views.shared import the_wave


def _the_wave(request: HttpRequest, slug: str, wave: str) -> Wave:
    found = the_wave(request, slug, wave)
    require(request.user, "wave.key_in", found)
    return found


@private
def begin(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Say whose answer is keyed in, by the code on the paper, and how it came."""
    found = _the_wave(request, slug, wave)
    form = KeyingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        come = _sit_down(request, found, form)
        if come is not None:
            return come
    context = {"form": form, "wave": found, "is_open": stage_of(found, today()) is Stage.OPEN}
    return render(request, "surveys/keying/begin.html", context)


def _sit_down(request: HttpRequest, wave: Wave, form: KeyingForm) -> HttpResponse | None:
    """To the questions, or None with the reason in the form."""
    code = tidy_code(form.cleaned_data["code"])
    try:
        with WRONG_CODES.trial(address_of(request)) as trial:
            if not trial.place:
                form.add_error("code", _("Der er prøvet for mange forkerte koder herfra. Vent en time, og prøv igen."))
                return None
            found = found_by(code, wave) if code else None
            trial.counts = bool(code) and found is None
    except KeyGone as error:
        form.add_error(None, str(error))
        return None
    if found is None:
        form.add_error("code", _("Koden hører ikke til denne undersøgelse. Se efter, om alle 18 tegn er rigtige."))
        return None
    mode = form.cleaned_data["mode"]
    try:
        sitting = keying.sit_down(by=request.user, found=found, mode=mode, language=language(), today=today())
    except (NotOpen, NotYours, Received) as error:
        form.add_error(None, str(error))
        return None
    return seated(redirect("answer_start"), sitting)


@private
def settle(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Where two keyings of a paper do not agree: both side by side, and what the paper says."""
    found = _the_wave(request, slug, wave)
    sitting = the_sitting(request)
    paper = paper_of(sitting.questionnaire)
    problem = ""
    if request.method == "POST":
        try:
            keying.settle(by=request.user, sitting=sitting, chosen=request.POST.dict(), today=today())
        except keying.Unsettled as error:
            problem = str(error)
        else:
            messages.success(request, _("Svaret er tastet."))
            return left(redirect("key_in", slug, wave))
    rows = [
        {
            "key": one.item,
            "text": said(paper.questionnaire.item(one.item).texts, sitting.language),
            "first": answer_in_words(paper, one.item, one.first, sitting.language),
            "second": answer_in_words(paper, one.item, one.second, sitting.language),
            "chosen": request.POST.get(one.item),
        }
        for one in keying.to_settle(by=request.user, sitting=sitting)
    ]
    context = {"wave": found, "rows": rows, "problem": problem, "back": reverse("key_in", args=[slug, wave])}
    return render(request, "surveys/keying/settle.html", context)
