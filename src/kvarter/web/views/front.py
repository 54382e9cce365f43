"""The front: a partnership, or the list of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.agreements.models import Partnership
from kvarter.agreements.queries import pages
from kvarter.agreements.text import Kind
from kvarter.agreements.views.shared import enter, language, the_partnership, today
from kvarter.evidence.queries.pages import headings, published_for
from kvarter.people.policy import can, visible
from kvarter.people.sorting import danish


def front(request: HttpRequest) -> HttpResponse:
    """The partnership when someone sees just one, else the list."""
    rows = visible(request.user, Partnership.objects.select_related("area"))
    shown = list(rows.order_by("is_demonstration", danish("name"))[:200])  # the real ones first
    if len(shown) == 1:
        return _partnership(request, enter(request, shown[0]))
    context = {"partnerships": shown, "may_add": can(request.user, "partnership.add")}
    return render(request, "web/partnerships.html", context)


def partnership(request: HttpRequest, slug: str) -> HttpResponse:
    """The front page of one partnership."""
    return _partnership(request, the_partnership(request, slug))


def _partnership(request: HttpRequest, found: Partnership) -> HttpResponse:
    shown = pages.front_of(request.user, found, language(), today())
    context = {
        "shown": shown,
        "partnership": found,
        "visions": shown.reading.of_kind(Kind.VISION) if shown.reading else [],
        "goals": shown.reading.of_kind(Kind.GOAL) if shown.reading else [],
        "themes": headings(request.user, found, published_for(request.user, found, language())),
        "today": today(),
        "may_import": can(request.user, "agreement.import", found),
    }
    return render(request, "web/partnership.html", context)
