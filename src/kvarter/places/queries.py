"""Reads that the area pages need."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404

from kvarter.people.policy import Actor, visible
from kvarter.people.sorting import danish
from kvarter.places.models import Area, AreaShare


def areas_for(person: Actor) -> list[Area]:
    """Every area by name, those made up for a demonstration last (one SQL query)."""
    rows = visible(person, Area.objects.select_related("reference"))
    return list(rows.order_by("is_demonstration", danish("name")))


def area_for(person: Actor, slug: str) -> Area:
    """An area by address with its versions and their codes, or 404 (four SQL queries)."""
    rows = Area.objects.select_related("reference", "part_of", "without").prefetch_related(
        "versions__codes", "compared"
    )
    found = visible(person, rows).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def shares_of(area: Area) -> list[AreaShare]:
    """How much of other units the area is (one SQL query)."""
    rows = AreaShare.objects.filter(part__area=area).select_related("part__area", "whole__area")
    return list(rows.order_by("whole__area__name", "basis"))


def areas_on_map(person: Actor, area: Area) -> list[Area]:
    """What a map of an area shows, with the versions of each: the area first, then what it is compared with, what it
    lies in, what that is a rest of, and the units it is a part of, by name (two SQL queries).
    """
    near = Q(pk=area.pk) | Q(compared=area) | Q(parts=area) | Q(versions__shares_in__part__area=area)
    near |= Q(parts__compared=area) | Q(rests__compared=area)
    rows = visible(person, Area.objects.filter(pk__in=Area.objects.filter(near).values("pk")))
    found = rows.prefetch_related("versions").order_by(danish("name"))
    return sorted(found, key=lambda one: one.pk != area.pk)
