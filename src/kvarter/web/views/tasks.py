"""My tasks: where someone signed in begins, by what they are here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.agreements.queries.tasks import tasks_of
from kvarter.agreements.views.shared import today
from kvarter.people.policy import can, require


def my_tasks(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and what their roles let them do."""
    require(request.user, "tasks.read")
    context = {
        "desks": tasks_of(request.user, today()),
        "today": today(),
        "may_add": can(request.user, "partnership.add"),
        "may_see_admin": can(request.user, "admin.read"),
        "may_write_areas": can(request.user, "area.add"),
    }
    return render(request, "web/my_tasks.html", context)
