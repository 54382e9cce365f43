"""A map of a partnership's area, as it was on the day one asks for, and the same boundaries as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import cast
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import the_partnership, today
from kvarter.people.policy import Actor
from kvarter.places.drawing import Drawing, Outline, bounds_of, draw
from kvarter.places.forms import MapForm
from kvarter.places.mapping import AreaMap
from kvarter.places.queries import areas_on_map

View = Callable[..., HttpResponse]


def _with_tiles(view: View) -> View:
    """Lets this one page fetch the tiles that the operator chose, if they lie on another server."""
    parts = urlsplit(settings.MAP_TILES)
    server = f"{parts.scheme}://{parts.netloc}"
    decorate = csp_update({"connect-src": [SELF, server], "img-src": [server]})
    return cast(View, decorate(view)) if parts.netloc else view


@_with_tiles
def area_map(request: HttpRequest, slug: str) -> HttpResponse:
    """The map, drawn on the server, with everything it shows in a table."""
    partnership = the_partnership(request, slug)
    request.crumbs.extend([(_("Tal"), reverse("themes", args=[slug])), (_("Kort"), "")])  # type: ignore[attr-defined]
    form = MapForm(request.GET if "dag" in request.GET else None, initial={"dag": today()})
    day = form.cleaned_data["dag"] if form.is_valid() else today()
    shown = _map_of(request.user, partnership, day)
    context = {
        "partnership": partnership,
        "form": form,
        "day": day,
        "map": shown,
        "drawings": _drawings(shown),
        "has_others": any(not one.holds_on(day) for one in shown.own),
        "words": json.dumps(_words(), ensure_ascii=False),
        "tiles": settings.MAP_TILES,
        "credit": settings.MAP_CREDIT,
    }
    return render(request, "web/map.html", context)


def map_geojson(request: HttpRequest, slug: str) -> HttpResponse:
    """The boundaries that held on ?dag=, or without a day every boundary with its days."""
    shown = _map_of(request.user, the_partnership(request, slug), today())
    boundaries = shown.boundaries
    if "dag" in request.GET:
        form = MapForm(request.GET)
        if not form.is_valid():
            return HttpResponseBadRequest(form.errors["dag"].as_text(), content_type="text/plain; charset=utf-8")
        boundaries = [one for one in boundaries if one.holds_on(form.cleaned_data["dag"])]
    content = json.dumps(shown.geojson(boundaries), ensure_ascii=False)
    response = HttpResponse(content, content_type="application/geo+json")
    response["Content-Disposition"] = f'attachment; filename="{slug}.geojson"'
    return response


def _words() -> dict[str, str]:
    """What MapLibre says, in the language of the page."""
    return {
        "Map.Title": _("Kort over områderne"),
        "NavigationControl.ZoomIn": _("Zoom ind"),
        "NavigationControl.ZoomOut": _("Zoom ud"),
        "Popup.Close": _("Luk"),
        "ScaleControl.Meters": "m",
        "ScaleControl.Kilometers": "km",
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl nede og rul for at zoome"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ nede og rul for at zoome"),
        "CooperativeGesturesHandler.MobileHelpText": _("Flyt kortet med to fingre"),
    }


def _map_of(person: Actor, partnership: Partnership, day: date) -> AreaMap:
    return AreaMap(areas_on_map(person, partnership.area) if partnership.area else [], day)


def _drawings(shown: AreaMap) -> list[tuple[str, Drawing]]:
    """The area close by, where it has a border, and everything together: (what it shows, drawing)."""
    now = [row.boundary for row in shown.rows if row.boundary and not row.boundary.derived]
    own = [Outline(one.geometry, str(one.area), "kv-here") for one in now if shown.is_own(one.area)]
    around = [one for one in now if not shown.is_own(one.area)]
    other_days = [Outline(one.geometry, look="kv-other") for one in shown.own if not one.holds_on(shown.day)]
    drawings = []
    if shown.own:
        near = bounds_of((one.geometry for one in shown.own), 0.15)
        nameless = [Outline(one.geometry) for one in around]  # their names would stand in a corner of them
        drawings.append((_("%(area)s tæt på") % {"area": shown.areas[0]}, draw([*nameless, *other_days, *own], near)))
    if around:
        named = [Outline(one.geometry, str(one.area)) for one in around]
        drawings.append((_("Hele kortet"), draw([*named, *other_days, *own])))
    return drawings
