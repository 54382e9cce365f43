"""The journal: who changed what and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.agreements.views.shared import the_partnership
from kvarter.journal.models import Entry
from kvarter.people.policy import require, visible
from kvarter.web.verbs import VERBS, details_of

A_PAGE = 50


def journal(request: HttpRequest, slug: str) -> HttpResponse:
    """A partnership's lines, newest first."""
    partnership = the_partnership(request, slug)
    require(request.user, "journal.read", partnership)
    rows = visible(request.user, Entry.objects.filter(partnership=slug)).select_related("who")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("side"))
    lines = [(row, VERBS.get(row.verb, row.verb), details_of(row.details)) for row in page]
    return render(request, "web/journal.html", {"partnership": partnership, "page": page, "lines": lines})
