"""Areas: what they are, where they run, what they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError
from kvarter.people.policy import can, require
from kvarter.places import actions
from kvarter.places.drawing import Outline
from kvarter.places.drawing import draw as draw_outlines
from kvarter.places.forms import AreaForm, BoundaryForm, ShareForm, VersionForm
from kvarter.places.models import Area
from kvarter.places.queries import area_for, areas_for, shares_of
from kvarter.places.surface import surface


def areas(request: HttpRequest) -> HttpResponse:
    """Every area; who may add one finds the form here."""
    may_write = can(request.user, "area.add")
    form = AreaForm(request.POST or None)
    if request.method == "POST":
        require(request.user, "area.add")
        if form.is_valid() and _tried(request, form, lambda: actions.add_area(by=request.user, **form.cleaned_data)):
            return redirect("area", form.cleaned_data["slug"])
    return render(
        request, "places/areas.html", {"areas": areas_for(request.user), "form": form, "may_write": may_write}
    )


def area(request: HttpRequest, slug: str) -> HttpResponse:
    """One area with its border now and before."""
    found = area_for(request.user, slug)
    versions = list(reversed(found.versions.all()))
    drawn = [(version, version.geometry) for version in versions if version.geometry]
    context = {
        "area": found,
        "is_made_up": found.is_demonstration,
        "boundaries": [
            (version, surface(geometry), draw_outlines([Outline(geometry, look="kv-here")]))
            for version, geometry in drawn
        ],
        "versions": versions,
        "shares": shares_of(found),
        "may_write": can(request.user, "area.write", found),
    }
    return render(request, "places/area.html", context)


def _form_page(request: HttpRequest, found: Area, form: forms.BaseForm, heading: str) -> HttpResponse:
    context = {"form": form, "area": found, "heading": heading, "is_made_up": found.is_demonstration}
    return render(request, "places/area_form.html", context)


def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Another name or yardstick."""
    found = area_for(request.user, slug)
    require(request.user, "area.write", found)
    form = AreaForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        found.refresh_from_db()  # the form has written on it; the action writes for good
        if _tried(request, form, lambda: actions.change_area(by=request.user, area=found, **form.cleaned_data)):
            return redirect("area", slug)
    return _form_page(request, found, form, _("Ret området"))


def draw(request: HttpRequest, slug: str) -> HttpResponse:
    """A border from a file, for the newest version that has none unless another day is written."""
    found = area_for(request.user, slug)
    require(request.user, "area.write", found)
    undrawn = [version.valid_from for version in found.versions.all() if not version.geometry]
    form = BoundaryForm(request.POST or None, request.FILES or None, initial={"valid_from": max(undrawn, default=None)})
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = dict(form.cleaned_data)
        geojson = data.pop("file")
        if _tried(
            request, form, lambda: actions.draw_boundary(by=request.user, area=found, geojson=geojson, **data), "file"
        ):
            return redirect("area", slug)
    return _form_page(request, found, form, _("Ny grænse"))


def version(request: HttpRequest, slug: str) -> HttpResponse:
    """What the area is from a day on."""
    found = area_for(request.user, slug)
    require(request.user, "area.write", found)
    form = VersionForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and _tried(request, form, lambda: actions.add_version(by=request.user, area=found, **form.cleaned_data)):
        return redirect("area", slug)
    return _form_page(request, found, form, _("Ny udgave"))


def share(request: HttpRequest, slug: str) -> HttpResponse:
    """How much of a reported unit the area is."""
    found = area_for(request.user, slug)
    require(request.user, "area.write", found)
    form = ShareForm(request.POST or None, area=found)
    sent = request.method == "POST" and form.is_valid()
    if sent and _tried(request, form, lambda: actions.say_share(by=request.user, **form.cleaned_data)):
        return redirect("area", slug)
    return _form_page(request, found, form, _("Andel af en enhed"))


def _tried(request: HttpRequest, form: forms.BaseForm, act: Callable[[], Any], field: str | None = None) -> bool:
    try:
        act()
    except ActionError as error:
        form.add_error(field, str(error))
        return False
    messages.success(request, _("Området er gemt."))
    return True
