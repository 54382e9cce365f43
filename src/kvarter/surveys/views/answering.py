"""Answering, one page at a time: each is saved when it is left, and only what the server has said is saved counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import today
from kvarter.surveys.actions.answering import (
    Disagree,
    NotOpen,
    Unanswered,
    check_open,
    kept,
    may_answer,
    save_page,
    send,
)
from kvarter.surveys.checking import Wrong
from kvarter.surveys.forms.answering import (
    direction,
    drawn,
    interface,
    marked,
    said,
    skipped_of,
)
from kvarter.surveys.models import Wave
from kvarter.surveys.paging import Paper
from kvarter.surveys.queries.answering import Stage, field_of, paper_of, response_of, stage_of, wave_of
from kvarter.surveys.questionnaire import words
from kvarter.surveys.sitting import Notice, Sitting
from kvarter.surveys.speaking import ASKED_FOR, NAMES_OF_LANGUAGES, interface_in
from kvarter.surveys.telling import texts_of
from kvarter.surveys.views.private import (
    given_in,
    in_own_language,
    left,
    page_of,
    private,
    remember_open_answer,
    seated,
    the_sitting,
    told,
)

PAGE = "surveys/answer/page.html"
TOKEN, QUESTIONS = "\0token\0", "\0questions\0"  # where they go in a page's frame; no text holds such signs
OPTED_OUT = "fravalgt"  # in the address of the beginning, for whoever said that they will not be asked


@dataclass(frozen=True)
class Seat:
    """Who sits here, at which questionnaire, with what answered."""

    sitting: Sitting
    wave: Wave
    paper: Paper
    answers: Mapping[str, Any]


def _seat(request: HttpRequest, read: Callable[[int], Wave | None] = field_of) -> Seat:
    """Two SQL queries for a resident. read: how much of the wave. Raises NobodySits, NotOpen, Received, NotYours,
    Refused.
    """
    sitting = the_sitting(request)
    wave = read(sitting.wave)
    if wave is None or stage_of(wave, today()) is not Stage.OPEN:
        raise NotOpen
    row = response_of(sitting.ticket, wave)
    may_answer(request.user, wave, sitting)
    check_open(row, sitting)
    return Seat(sitting, wave, paper_of(sitting.questionnaire), kept(row, sitting))


def _drawn(request: HttpRequest, template: str, sitting: Sitting, **more: Any) -> HttpResponse:
    """A page in the language of the questions, where what the interface says is marked when it is in another."""
    asked = paper_of(sitting.questionnaire).questionnaire
    context = {
        "sitting": sitting,
        "language": sitting.language,
        "direction": direction(sitting.language),
        "ui": interface(sitting.language),
        "danish": marked("da", sitting.language),
        "heading": said(asked.titles, sitting.language),
        **more,
    }
    return page_of(request, template, context)


@in_own_language
@private
def start(request: HttpRequest) -> HttpResponse:
    """Who asks and why, what becomes of the answers, and in which language to answer."""
    seat = _seat(request, wave_of)
    sitting, asked = seat.sitting, seat.paper.questionnaire
    if (wished := request.GET.get(ASKED_FOR, "")) in asked.languages:
        return _began_in(wished, sitting)
    page = seat.paper.first_unanswered(seat.answers)
    return _drawn(
        request,
        "surveys/answer/start.html",
        sitting,
        wave=seat.wave,
        title=words(asked.titles, sitting.language),
        texts={name: said(texts, sitting.language) for name, texts in texts_of(seat.wave, sitting.language).items()},
        minutes=None if seat.paper.says_minutes else seat.paper.minutes[sitting.language],
        introduction=said(seat.paper.introductions, sitting.language),
        tongues=[_tongue(code) for code in asked.languages] if len(asked.languages) > 1 else [],
        begun=bool(seat.answers),
        opted_out=OPTED_OUT in request.GET,
        onward=reverse("answer_page", args=[page]) if page else reverse("answer_send"),
    )


def _began_in(language: str, sitting: Sitting) -> HttpResponse:
    """The beginning in another language, at its address; staff stay at theirs."""
    with override(interface_in("" if sitting.by_staff else language)):
        return seated(redirect("answer_start"), replace(sitting, language=language))


def _tongue(code: str) -> tuple[str, str, str]:
    """A language to answer in: (code, name, address)."""
    return code, NAMES_OF_LANGUAGES.get(code, code), f"{reverse('answer_start')}?{ASKED_FOR}={code}"


@in_own_language
@private
def page(request: HttpRequest, number: int) -> HttpResponse:
    """Some questions, and what has been answered; or what was sent of them."""
    if request.method == "POST":
        return _save(request, number)
    seat = _seat(request)
    if not 1 <= number <= len(seat.paper.pages):
        raise Http404
    if number not in seat.paper.shown(seat.answers):  # what was answered since has made it irrelevant
        return _onward(request, seat.paper, number, seat.answers)
    return _page(request, seat.sitting, number, seat.answers)


def _save(request: HttpRequest, number: int) -> HttpResponse:
    sitting = the_sitting(request)
    paper = paper_of(sitting.questionnaire)
    given = given_in(request, paper, number)
    saved = save_page(by=request.user, sitting=sitting, page=number, given=given, today=today())
    leaves = "senere" in request.POST
    if any(not (leaves and wrong is Wrong.MISSING) for wrong in saved.faults.values()):
        return seated(_page(request, sitting, number, saved.answers, given, saved.faults), sitting)
    if leaves:
        return seated(redirect("answer_later"), sitting)
    return seated(_onward(request, paper, number, saved.answers), sitting)


def _onward(request: HttpRequest, paper: Paper, number: int, answers: Mapping[str, Any]) -> HttpResponse:
    """The next page; or the last, for those who came from there to mend something."""
    following = [one for one in paper.shown(answers) if one > number]
    back = "ret" in request.GET and paper.first_unanswered(answers) is None
    return redirect("answer_send") if back or not following else redirect("answer_page", following[0])


def _page(
    request: HttpRequest,
    sitting: Sitting,
    number: int,
    answers: Mapping[str, Any],
    given: Mapping[str, list[str]] | None = None,
    faults: Mapping[str, Wrong] | None = None,
) -> HttpResponse:
    paper = paper_of(sitting.questionnaire)
    asked = paper.asked_by_page(answers)
    before = [one for one in asked if one < number]
    section, _items = paper.pages[number - 1]
    shown = drawn(paper, asked.get(number, []), answers, sitting.language, given=given, faults=faults)
    context = {
        "section": said(section.texts, sitting.language),
        "questions": shown.html,
        "wrong": shown.wrong,
        "at": len(before) + 1,
        "of": len(asked),
        "back": reverse("answer_page", args=[before[-1]]) if before else reverse("answer_start"),
    }
    return _drawn(request, PAGE, sitting, **context) if shown.wrong else _framed(request, sitting, number, context)


def _framed(request: HttpRequest, sitting: Sitting, number: int, context: Mapping[str, Any]) -> HttpResponse:
    """A page with nothing wrong: what stands around its questions is the same for all who sit alike, and drawn once."""
    pieces = paper_of(sitting.questionnaire).pieces
    place = (number, context["at"], context["of"], context["back"])
    how = (sitting.language, sitting.kind, sitting.mode, sitting.second, sitting.is_made_up, get_language())
    key = (PAGE, *place, *how)
    if key not in pieces:
        marks = {"questions": QUESTIONS, "csrf_token": TOKEN}
        pieces[key] = SafeString(_drawn(request, PAGE, sitting, **{**context, **marks}).content.decode())
    # The questions come last: what somebody typed in them is never looked through for a mark.
    return HttpResponse(pieces[key].replace(TOKEN, get_token(request)).replace(QUESTIONS, context["questions"]))


@in_own_language
@private
def last(request: HttpRequest) -> HttpResponse:
    """What was skipped, and sending it all."""
    problem = ""
    if request.method == "POST":
        sitting = the_sitting(request)
        try:
            return _sent(request, sitting, send(by=request.user, sitting=sitting, today=today()))
        except Unanswered as error:
            problem = str(error)
        except Disagree:
            wave = _seat(request).wave
            return redirect("key_in_settle", wave.partnership.slug, wave.slug)
    seat = _seat(request)
    paper, shown = seat.paper, seat.paper.shown(seat.answers)
    return _drawn(
        request,
        "surveys/answer/send.html",
        seat.sitting,
        skipped=skipped_of(paper, seat.answers, seat.sitting.language),
        problem=problem,
        back=reverse("answer_page", args=[shown[-1]]),
    )


def _sent(request: HttpRequest, sitting: Sitting, wave: Wave) -> HttpResponse:
    if sitting.by_staff:
        twice = sitting.second or not sitting.is_paper
        done = _("Svaret er tastet.") if twice else _("Tastet første gang. Nu skal papiret tastes en gang til.")
        messages.success(request, done)
        return left(redirect("key_in", wave.partnership.slug, wave.slug))
    answer = told(Notice(wave.pk, "thanks", sitting.language))
    if sitting.is_open:
        remember_open_answer(answer, wave)
    return answer
