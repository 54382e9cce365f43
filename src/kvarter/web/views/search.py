"""Search over the clauses in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.agreements.queries.pages import search_clauses
from kvarter.agreements.views.shared import language, the_partnership, today

LONGEST = 200


def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Clauses that hold every word looked for."""
    partnership = the_partnership(request, slug)
    question = request.GET.get("q", "").replace("\x00", "")[:LONGEST]
    hits = search_clauses(request.user, partnership, question, language(), today())
    return render(request, "web/search.html", {"partnership": partnership, "question": question, "hits": hits})
