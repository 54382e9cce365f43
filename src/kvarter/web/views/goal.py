"""A goal: its strategies, and the places where initiatives, decisions and evidence will stand."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.agreements.queries.versions import read_version
from kvarter.agreements.text import Kind
from kvarter.agreements.views.shared import language, the_version, today


def goal(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One goal of the agreement as it holds today."""
    version = the_version(request, slug, day=today())
    reading = read_version(version, language())
    found = reading.by_key.get(key)
    if found is None or found.kind is not Kind.GOAL:
        raise Http404
    goals = reading.of_kind(Kind.GOAL)
    context = {
        "agreement": version.agreement,
        "version": version,
        "goal": found,
        "number": goals.index(found) + 1,
        "goals": goals,
        "strategies": found.under(Kind.STRATEGY),
        "others": [child for child in found.children if child.kind is not Kind.STRATEGY],
    }
    return render(request, "web/goal.html", context)
