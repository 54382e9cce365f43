"""A wave for a page."""

from __future__ import annotations

from django.http import Http404

from kvarter.agreements.models import Partnership
from kvarter.people.policy import Actor, visible
from kvarter.surveys.models import Wave


def wave_for(person: Actor, partnership: Partnership, slug: str) -> Wave:
    """A wave by address, or 404 (one SQL query)."""
    rows = Wave.objects.filter(partnership=partnership, slug=slug).select_related(
        "area", "reference", "questionnaire", "youth"
    )
    wave = visible(person, rows).first()
    if wave is None:
        raise Http404
    wave.partnership = partnership
    return wave


def closed_waves(person: Actor, most: int = 3) -> list[Wave]:
    """The waves that were closed last, among those that someone sees: their codes open nothing (one SQL query)."""
    rows = Wave.objects.filter(cut_at__isnull=False, is_imported=False).select_related("partnership")
    return list(visible(person, rows).order_by("-cut_at")[:most])


def is_all_made_up() -> bool:
    """Whether every wave that people were asked in here, also those that are closed, is made up for a demonstration.

    One SQL query.
    """
    before = (Wave.State.PLANNED, Wave.State.SAMPLING)
    rows = Wave.objects.filter(is_imported=False).exclude(state__in=before).order_by()
    return set(rows.values_list("partnership__is_demonstration", flat=True).distinct()) == {True}


def waves_of(person: Actor, partnership: Partnership) -> list[Wave]:
    """The waves of a partnership that someone sees, newest first (one SQL query)."""
    rows = Wave.objects.filter(partnership=partnership).select_related("area", "reference")
    return list(visible(person, rows))
