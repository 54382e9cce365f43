"""A goal: its strategies, whether it works, and the places where initiatives and decisions will stand."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.agreements.queries.versions import in_force_or_first, read_version
from kvarter.agreements.text import Kind
from kvarter.agreements.views.shared import language, the_agreement, today
from kvarter.evidence.queries.lines import lines_by_clause
from kvarter.evidence.queries.pages import published_for


def goal(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One goal of the agreement as it holds today."""
    agreement = the_agreement(request, slug)
    version = in_force_or_first(agreement, today())
    if version is None:
        raise Http404
    reading = read_version(version, language())
    found = reading.find(key)
    if found is None or found.kind is not Kind.GOAL:
        raise Http404
    goals = reading.of_kind(Kind.GOAL)
    strategies = found.under(Kind.STRATEGY)
    published = published_for(request.user, agreement.partnership, language())
    lines = lines_by_clause(published, agreement.slug)
    context = {
        "agreement": agreement,
        "version": version,
        "goal": found,
        "number": goals.index(found) + 1,
        "goals": goals,
        "strategies": strategies,
        "lines": lines.get(found.key, []),
        "spoken": [(strategy, lines.get(strategy.key, [])) for strategy in strategies],
        "others": [child for child in found.children if child.kind is not Kind.STRATEGY],
    }
    return render(request, "web/goal.html", context)
