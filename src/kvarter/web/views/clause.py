"""A clause of the agreement, with the figures that speak to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.agreements.views.reading import clause_context
from kvarter.agreements.views.shared import language
from kvarter.evidence.queries.lines import lines_for
from kvarter.evidence.queries.pages import published_for
from kvarter.web.views.answered import ANSWERED


def clause(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One clause: its words today, whether it works, where it stands, and how it came to be."""
    context = clause_context(request, slug, key)
    agreement = context["agreement"]
    published = published_for(request.user, agreement.partnership, language())
    context["lines"] = lines_for(published, agreement.slug, {key})
    context["answered_kinds"] = ANSWERED
    return render(request, "web/clause.html", context)
