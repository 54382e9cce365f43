"""After the field: close or call off, and weight. Each shows first what it will do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.views.shared import today, tried
from kvarter.people.policy import require
from kvarter.surveys.actions.calling_off import BEFORE_THE_CUT, call_off_wave, foresee_calling_off
from kvarter.surveys.actions.cutting import close_wave, foresee_closing, try_keys_again
from kvarter.surveys.actions.keys import KeyStays
from kvarter.surveys.actions.weighting import CannotWeight, foresee_weights, method_of, unweigh_wave, weigh_wave
from kvarter.surveys.forms.closing import CallOffForm, CloseForm, WeightForm
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.keys import troubles_of
from kvarter.surveys.queries.monitor import GENDERS, silent_strata
from kvarter.surveys.views.shared import the_wave
from kvarter.surveys.weights import AreaWeights, GroupWeights, Method, Weighted


def close(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What closing keeps and destroys, and the word that does it."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    if any(trouble.is_of_answers for trouble in troubles_of(found)):
        return redirect("wave_call_off", slug, wave)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        done = _("Undersøgelsen er lukket, og ingen vej fører fra en person til et svar.")
        if place := _ended(request, form, lambda: close_wave(by=request.user, wave=found, why=why), done, "wave_weigh"):
            return redirect(place, slug, wave)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "closing": foresee_closing(found),
        "is_open": found.state == Wave.State.IN_FIELD,
        "is_early": today() <= found.closes,
        "silent": [one.label for one in silent_strata(found)],
    }
    return render(request, "surveys/closing/close.html", context)


def _ended(request: HttpRequest, form: forms.Form, act: Callable[[], Any], done: str, after: str) -> str:
    """Where to go once the field is ended; "" where it was refused. A key that stayed is told of on the wave's page."""
    try:
        return after if tried(request, form, act, done) else ""
    except KeyStays:
        messages.warning(request, _("Det er gjort, men en nøgle kunne ikke slettes. Her står, hvad der skal gøres."))
        return "wave"


def call_off(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What is lost when a wave is given up, and the word that does it."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = CallOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        done = _("Undersøgelsen er aflyst. Koder, navne og adresser er slettet.")
        if place := _ended(request, form, lambda: call_off_wave(by=request.user, wave=found, why=why), done, "wave"):
            return redirect(place, slug, wave)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "foreseen": foresee_calling_off(found) if found.state in BEFORE_THE_CUT else None,
        "troubles": [one for one in troubles_of(found) if one.lost],
        "was_opened": found.state == Wave.State.IN_FIELD,
        "may_call_off": found.state in BEFORE_THE_CUT,
    }
    return render(request, "surveys/closing/call_off.html", context)


@require_POST
def try_again(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Destroy keys that could not be destroyed before. What still stands in the way is told on the wave's page."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    try:
        tried(request, None, lambda: try_keys_again(by=request.user, wave=found), _("Nøglerne er slettet."))
    except KeyStays:
        messages.warning(request, _("Det lykkedes ikke. Her står, hvad der skal gøres."))
    return redirect("wave", slug, wave)


def weigh(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What the weights would be, and how well they do; then weight."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    used = method_of(found)
    form = WeightForm(request.POST if request.method == "POST" else None, initial=WeightForm.told(used))
    foreseen, problem = None, ""
    if request.method != "POST" or form.is_valid():
        try:
            foreseen = _foreseen(found, form.method() if form.is_bound else used)
        except CannotWeight as error:
            problem = str(error)
            if form.is_bound:
                form.add_error(None, problem)
    if request.method == "POST" and foreseen and "weigh" in request.POST:
        done = _("Svarene er vægtet. Nu kan tallene laves.")
        method = form.method()
        if tried(request, form, lambda: weigh_wave(by=request.user, wave=found, method=method), done):
            return redirect("wave_figures", slug, wave)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "foreseen": foreseen,
        "problem": "" if form.is_bound else problem,
        "areas": _named(found, foreseen),
        "groups": _grouped(found, foreseen),
        "may_weigh": found.state in (Wave.State.CLOSED, Wave.State.WEIGHTED),
    }
    return render(request, "surveys/closing/weigh.html", context)


def _foreseen(wave: Wave, method: Method) -> Weighted | None:
    """What a way gives. A wave that is open has no weights to show. Raises CannotWeight."""
    shown = wave.state in (Wave.State.CLOSED, Wave.State.WEIGHTED, Wave.State.PUBLISHED)
    return foresee_weights(wave, method) if shown else None


def _names(wave: Wave) -> dict[str, str]:
    return {area.slug: str(area) for area in (wave.area, wave.reference) if area}


def _named(wave: Wave, foreseen: Weighted | None) -> list[tuple[str, AreaWeights]]:
    names = _names(wave)
    return [(names.get(one.area, one.area), one) for one in (foreseen.areas if foreseen else ())]


def _grouped(wave: Wave, foreseen: Weighted | None) -> list[tuple[str, list[tuple[str, GroupWeights]]]]:
    """The groups of each area by name."""
    found: dict[str, list[tuple[str, GroupWeights]]] = {name: [] for name in _names(wave).values()}
    names = _names(wave)
    for one in foreseen.groups if foreseen else ():
        said = [GENDERS[part] if one.column == "gender" else part for part in one.categories]
        called = _(" og ").join(str(part or _("alder ikke oplyst")) for part in said)
        found[names[one.area]].append((called, one))
    return [(name, groups) for name, groups in found.items() if groups]


@require_POST
def unweigh(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Take the weights away again."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    tried(request, None, lambda: unweigh_wave(by=request.user, wave=found), _("Vægtningen er fortrudt."))
    return redirect("wave_weigh", slug, wave)
