"""What every page of answering does alike: a cookie says who sits here, too much is refused, no cache keeps it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.context_processors import csrf
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from kvarter.agreements.views.shared import today
from kvarter.surveys.actions.answering import NotOpen, NotYours, Received
from kvarter.surveys.actions.keys import KeyGone
from kvarter.surveys.forms.answering import direction, marked, name_of
from kvarter.surveys.models import Wave
from kvarter.surveys.paging import Paper
from kvarter.surveys.queries.answering import stage_of, wave_of
from kvarter.surveys.sitting import Notice, Sitting, notice_in, sealed, sitting_in
from kvarter.surveys.speaking import ASKED_FOR, asking_for, interface_in

COOKIE = "kvarter_answer"
MOST_BYTES = 256 * 1024  # of a page sent in: five open answers of the longest in any script, and no more
HALF_A_YEAR = 180 * 24 * 60 * 60
LOG = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


class NobodySits(Exception):
    """No cookie, or it has expired."""


def private(view: View) -> View:
    """A page of answering: neither kept by caches nor read before its size is known, and its refusals made pages.

    The token against forged forms is asked for here, behind the size, since looking for it reads what was sent.
    """
    protected = csrf_protect(view)

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = _too_large(request) or protected(request, *args, **kwargs)
        except NobodySits:
            has_notice = notice_in(request.COOKIES.get(COOKIE, ""), time.time())
            answer = redirect("answer_notice") if has_notice else redirect(f"{reverse('answer')}?hvorfor=igen")
        except (NotOpen, Received, NotYours) as error:
            answer = _turned_away(request, error)
        except KeyGone as error:
            answer = _without_key(request, error)
        answer["Cache-Control"] = "no-store"
        return answer

    return csrf_exempt(shown)


def in_language_asked_for(view: View) -> View:
    """A page for whoever is not known yet: in the language they ask for, else that of the address."""
    return _speaking(view, lambda request: interface_in(request.GET.get(ASKED_FOR, "")))


def in_own_language(view: View) -> View:
    """A page for whoever sits at the questions: in the language they answer in, whatever the address.

    Staff who type for others keep theirs.
    """
    return _speaking(view, _own_language)


def _own_language(request: HttpRequest) -> str:
    cookie, now = request.COOKIES.get(COOKIE, ""), time.time()
    held = sitting_in(cookie, now) or notice_in(cookie, now)
    by_staff = isinstance(held, Sitting) and held.by_staff
    return interface_in("" if held is None or by_staff else held.language)


def _speaking(view: View, language_of: Callable[[HttpRequest], str]) -> View:
    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = language_of(request)
        with override(language):
            answer = view(request, *args, **kwargs)
        answer["Content-Language"] = language
        return answer

    return spoken


def page_of(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page of answering: without what the shell around other pages needs, of which these show nothing.

    danish: attributes of what stands in Danish whatever the page speaks. asking: what keeps a link in its language.
    """
    spoken = get_language() or "da"
    facts = {
        "LANGUAGE_CODE": spoken,
        "direction": direction(spoken),
        "danish": marked("da", spoken),
        "asking": asking_for(spoken),
        **csrf(request),
        **context,
    }
    return HttpResponse(render_to_string(template, facts), status=status)


def _too_large(request: HttpRequest) -> HttpResponse | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) <= MOST_BYTES:
        return None
    return page_of(request, "surveys/answer/too_large.html", {"kilobytes": MOST_BYTES // 1024}, status=413)


def _without_key(request: HttpRequest, error: KeyGone) -> HttpResponse:
    """The operator is told which file is missing, and a resident that it is not their fault."""
    LOG.error("%s", error)
    return page_of(request, "surveys/answer/no_key.html", {}, status=503)


def _turned_away(request: HttpRequest, error: NotOpen | Received | NotYours) -> HttpResponse:
    """Staff are told where they key; others on a page of its own, and the sitting is over."""
    sitting = the_sitting(request)
    wave = wave_of(sitting.wave)
    if wave is None:
        raise NobodySits
    if sitting.by_staff:
        messages.error(request, str(error))
        return left(redirect("key_in", wave.partnership.slug, wave.slug))
    what = "received" if isinstance(error, Received) else stage_of(wave, today()).value
    return told(Notice(wave.pk, what, sitting.language))


def the_sitting(request: HttpRequest) -> Sitting:
    """Who answers in this browser. Raises NobodySits."""
    found = sitting_in(request.COOKIES.get(COOKIE, ""), time.time())
    if found is None:
        raise NobodySits
    return found


def the_notice(request: HttpRequest) -> Notice:
    """What this browser is to be told. Raises NobodySits."""
    found = notice_in(request.COOKIES.get(COOKIE, ""), time.time())
    if found is None:
        raise NobodySits
    return found


def seated(answer: HttpResponse, held: Sitting | Notice) -> HttpResponse:
    """An answer that gives the browser its cookie, or a fresh one. It goes when the browser is closed."""
    answer.set_cookie(
        COOKIE, sealed(held, time.time()), httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return answer


def left(answer: HttpResponse) -> HttpResponse:
    """An answer that takes the cookie away: on a shared device nobody goes on where another left."""
    answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


def told(notice: Notice) -> HttpResponse:
    """Send on to the page that tells it."""
    return seated(HttpResponseRedirect(reverse("answer_notice")), notice)


def address_of(request: HttpRequest) -> str:
    """Where a visitor comes from, as the trusted proxies tell it."""
    found: str = get_adapter(request).get_client_ip(request)
    return found


def given_in(request: HttpRequest, paper: Paper, number: int) -> dict[str, list[str]]:
    """What a form says of the items of a page, and of no others. Raises Http404 for a page that is not there."""
    if not 1 <= number <= len(paper.pages):
        raise Http404
    return {item.key: request.POST.getlist(name_of(paper, item)) for item in paper.pages[number - 1][1]}


def remember_open_answer(answer: HttpResponse, wave: Wave) -> None:
    """Hinder that the open link is answered twice by accident, while the wave may last."""
    answer.set_cookie(
        _open_answer(wave),
        "1",
        max_age=HALF_A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def has_answered_openly(request: HttpRequest, wave: Wave) -> bool:
    """Whether this browser sent an answer by the open link."""
    return _open_answer(wave) in request.COOKIES


def _open_answer(wave: Wave) -> str:
    return f"kvarter_open_{wave.pk}"
