"""Reads that the area pages need."""

from __future__ import annotations

from django.http import Http404

from kvarter.people.policy import Actor, visible
from kvarter.people.sorting import danish
from kvarter.places.models import Area


def areas_for(person: Actor) -> list[Area]:
    """Every area by name (one SQL query)."""
    return list(visible(person, Area.objects.select_related("reference")).order_by(danish("name")))


def area_for(person: Actor, slug: str) -> Area:
    """An area by address with its versions, or 404 (three SQL queries)."""
    rows = Area.objects.select_related("reference").prefetch_related("versions", "compared")
    found = visible(person, rows).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found
