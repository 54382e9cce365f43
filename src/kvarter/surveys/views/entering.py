"""Into the survey and out of it: by a code, by the open link, for later, and what is said to those who are done."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kvarter.agreements.views.shared import language, the_partnership, today
from kvarter.people.policy import can, require
from kvarter.surveys.actions.answering import is_keyed, mark_answered
from kvarter.surveys.answers.models import Response
from kvarter.surveys.brake import OPEN_ANSWERS, WRONG_CODES
from kvarter.surveys.forms.answering import drawn, said
from kvarter.surveys.forms.background import background, background_of
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import (
    Found,
    Stage,
    found_by,
    language_in,
    paper_of,
    questionnaire_for,
    response_of,
    sitting_for,
    stage_of,
    wave_of,
)
from kvarter.surveys.queries.waves import closed_waves, is_all_made_up, wave_for
from kvarter.surveys.sealing import new_key, tidy_code
from kvarter.surveys.sitting import Notice, Sitting
from kvarter.surveys.speaking import INTERFACES, NAMES_OF_LANGUAGES, address_in, interface_in
from kvarter.surveys.telling import texts_of
from kvarter.surveys.views.answering import OPTED_OUT
from kvarter.surveys.views.private import (
    NobodySits,
    address_of,
    given_in,
    has_answered_openly,
    in_language_asked_for,
    in_own_language,
    left,
    page_of,
    private,
    seated,
    the_notice,
    the_sitting,
    told,
)

PROBLEMS = {
    "tegn": _("Koden har 18 tegn i tre grupper. Se efter, om der mangler et tegn, eller om to er byttet om."),
    "ukendt": _("Vi kender ikke koden. Se efter, om det er den fra det nyeste brev. Måske er undersøgelsen lukket."),
    "mange": _("Der er prøvet for mange forkerte koder herfra. Vent en time, og prøv igen."),
    "igen": _("Skriv koden igen. Det, du har svaret, er gemt."),
}


@in_language_asked_for
@private
def enter_code(request: HttpRequest) -> HttpResponse:
    """Type the code from the letter."""
    problem = request.GET.get("hvorfor", "")
    if request.method == "POST":
        come = _let_in(request, request.POST.get("code", ""))
        if isinstance(come, HttpResponse):
            return come
        problem = come
    context = {
        "problem": PROBLEMS.get(problem),
        "is_fault": problem in PROBLEMS and problem != "igen",
        "typed": request.POST.get("code", ""),
        "tongues": tongues_of("answer"),
        "closed": _closed(request) if problem == "ukendt" else [],
        "is_made_up": is_all_made_up(),
    }
    return page_of(request, "surveys/answer/code.html", context, status=429 if problem == "mange" else 200)


def _closed(request: HttpRequest) -> list[tuple[SafeString, SafeString, date]]:
    """The waves closed last: (partnership, name, last day). The same whatever was typed: no code of them is kept."""
    return [
        (said({"da": str(one.partnership)}, language()), said(one.names, language()), one.ended)
        for one in closed_waves(request.user)
    ]


def tongues_of(name: str, *args: object) -> list[tuple[str, str, str]]:
    """A page in each language that answering speaks: (code, name, address)."""
    return [(code, NAMES_OF_LANGUAGES[code], address_in(code, name, *args)) for code in INTERFACES]


@in_language_asked_for
@private
def by_address(request: HttpRequest, code: str) -> HttpResponse:
    """The code from the letter's square: sent on at once, so that it stands in no address, and is told to no page."""
    come = _let_in(request, code)
    answer = come if isinstance(come, HttpResponse) else redirect(f"{reverse('answer')}?hvorfor={come}")
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _let_in(request: HttpRequest, typed: str) -> HttpResponse | str:
    """Where a code leads, or which of `PROBLEMS` it meets."""
    code = tidy_code(typed)
    if code is None:
        return "tegn"
    with WRONG_CODES.trial(address_of(request)) as trial:
        if not trial.place:
            return "mange"
        found = found_by(code)
        trial.counts = found is None
    if found is None:
        return "ukendt"
    row = response_of(found.link.ticket, found.wave)
    return _turned_away(found, row) or _sit_down(found, row)


def _turned_away(found: Found, row: Response | None) -> HttpResponse | None:
    """What those are told who cannot answer now. A sent answer that was not noted as such is noted here."""
    stage = stage_of(found.wave, today())
    if row and row.finished:
        mark_answered(found.code.invitation_id, found.wave, row.mode, today())
        return told(Notice(found.wave.pk, "received", row.language))
    return (
        None if stage is Stage.OPEN else told(Notice(found.wave.pk, stage.value, row.language if row else language()))
    )


def _sit_down(found: Found, row: Response | None) -> HttpResponse:
    """To the beginning, or to where they left."""
    if is_keyed(row):
        return told(Notice(found.wave.pk, "received", language()))
    sitting = sitting_for(found, row.language if row else language())
    with override(interface_in(sitting.language)):
        if found.code.invitation.opted_out_on:
            return seated(redirect(f"{reverse('answer_start')}?{OPTED_OUT}"), sitting)
        if row is None:
            return seated(redirect("answer_start"), sitting)
        page = paper_of(sitting.questionnaire).first_unanswered(row.answers)
        return seated(redirect("answer_page", page) if page else redirect("answer_send"), sitting)


@in_language_asked_for
@private
def by_open_link(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """An answer beside the sample: who one is, roughly, comes first, since no letter tells."""
    found = wave_for(request.user, the_partnership(request, slug), wave)
    require(request.user, "wave.answer_openly", found)
    stage = stage_of(found, today())
    if stage is not Stage.OPEN:
        return told(Notice(found.pk, stage.value, language()))
    if has_answered_openly(request, found):
        return told(Notice(found.pk, "again", language()))
    first = background(found, language())
    given = given_in(request, first, 1) if request.method == "POST" else {}
    answers, faults = first.merged(1, given, {})
    braked = False
    if given and not faults:
        with OPEN_ANSWERS.trial(address_of(request)) as trial:
            trial.counts = True
        braked = not trial.place
        if not braked:
            return seated(redirect("answer_page", 1), _sitting_openly(found, background_of(first, answers)))
    shown = drawn(first, first.asked_on(1, {}), answers, language(), given=given, faults=faults if given else {})
    context = {
        "wave": found,
        "name": said(found.names, language()),
        "texts": {name: said(texts, language()) for name, texts in texts_of(found, language()).items()},
        "questions": shown.html,
        "wrong": shown.wrong,
        "braked": braked,
        "tongues": tongues_of("answer_openly", slug, wave),
    }
    return page_of(request, "surveys/answer/openly.html", context, status=429 if braked else 200)


def _sitting_openly(wave: Wave, who: dict[str, str]) -> Sitting:
    digest = questionnaire_for(wave, who["age"])
    return Sitting(
        wave=wave.pk,
        questionnaire=digest,
        ticket=new_key().hex(),
        language=language_in(digest, language()),
        kind=Response.Kind.OPEN.value,
        area=who["area"],
        gender=who["gender"],
        age=who["age"],
        is_made_up=wave.partnership.is_demonstration,
    )


@in_own_language
@private
def later(request: HttpRequest) -> HttpResponse:
    """It is saved, and how to come back. The sitting ends here; by the open link no code would lead back to it."""
    sitting = the_sitting(request)
    if sitting.is_open:
        raise Http404
    return left(page_of(request, "surveys/answer/later.html", {"wave": wave_of(sitting.wave)}))


@in_own_language
@private
def notice(request: HttpRequest) -> HttpResponse:
    """Thanks, or why one cannot answer now."""
    held = the_notice(request)
    wave = wave_of(held.wave)
    if wave is None:
        raise NobodySits
    context = {
        "wave": wave,
        "name": said(wave.names, language()),
        "what": held.what,
        "may_read": can(request.user, "partnership.read", wave.partnership),
    }
    return page_of(request, "surveys/answer/notice.html", context)
