"""What the secretariat says of indicators: what they are, what was decided, what is foreseen, goals across themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import tried
from kvarter.evidence.actions import indicators as acts
from kvarter.evidence.forms import AimForm, EffectGoalForm, ForecastForm, IndicatorForm
from kvarter.evidence.forms_sources import RecipeForm, SourceForm
from kvarter.evidence.models import EffectGoal, Indicator
from kvarter.evidence.queries import pages
from kvarter.evidence.views.shared import enter_figures
from kvarter.people.policy import require, visible


def add(request: HttpRequest, slug: str) -> HttpResponse:
    """A new indicator."""
    partnership, _published = enter_figures(request, slug)
    require(request.user, "indicator.write", partnership)
    form = IndicatorForm(request.POST or None, partnership=partnership)
    if _stored(request, form, lambda: acts.add_indicator(by=request.user, **form.facts()), _("Indikatoren er gemt.")):
        return redirect("indicator", slug, form.facts()["slug"])
    return _page(request, form, _("Tilføj en indikator"))


def change(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Other words for an indicator, its owner, its successor."""
    partnership, found = _indicator(request, slug, key)
    form = IndicatorForm(request.POST or None, instance=found, partnership=partnership)

    def act() -> None:
        stored = Indicator.objects.select_related("partnership").get(pk=found.pk)  # the form has written on `found`
        acts.change_indicator(by=request.user, indicator=stored, **form.facts())

    if _stored(request, form, act, _("Indikatoren er gemt. Det ses, når tallene offentliggøres igen.")):
        return redirect("indicator", slug, key)
    return _page(request, form, _("Ret indikatoren"))


def aim(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """What was decided that it is to do."""
    partnership, found = _indicator(request, slug, key)
    form = AimForm(request.POST or None, partnership=partnership)
    if _stored(
        request,
        form,
        lambda: acts.set_aim(by=request.user, indicator=found, **form.cleaned_data),
        _("Sigtet er gemt. Det ses, når tallene offentliggøres igen."),
    ):
        return redirect("indicator", slug, key)
    return _page(request, form, _("Sæt et sigte"))


def forecast(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """What is expected if nothing is done."""
    partnership, found = _indicator(request, slug, key)
    form = ForecastForm(
        request.POST or None,
        partnership=partnership,
        initial={"area": partnership.area, "author": getattr(request.user, "name", "")},
    )
    if _stored(
        request,
        form,
        lambda: acts.write_forecast(by=request.user, indicator=found, **form.cleaned_data),
        _("Forudsigelsen er gemt med dags dato."),
    ):
        return redirect("indicator", slug, key)
    return _page(request, form, _("Skriv en forudsigelse"))


def recipe(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Which columns of a source make it."""
    _partnership, found = _indicator(request, slug, key)
    form = RecipeForm(request.POST or None, initial=RecipeForm.words_of(found.recipes.order_by("pk").last()))
    if _stored(
        request,
        form,
        lambda: acts.set_recipe(by=request.user, indicator=found, **form.facts()),
        _("Det er gemt. Det gælder for filer, der læses ind fra nu af."),
    ):
        return redirect("indicator", slug, key)
    return _page(request, form, _("Hvor kommer tallet fra?"))


def source(request: HttpRequest, slug: str) -> HttpResponse:
    """A new source of figures."""
    partnership, _published = enter_figures(request, slug)
    require(request.user, "indicator.write", partnership)
    form = SourceForm(request.POST or None)
    if _stored(
        request,
        form,
        lambda: acts.add_source(by=request.user, partnership=partnership, **form.cleaned_data),
        _("Kilden er gemt."),
    ):
        return redirect("registers", slug)
    return _page(request, form, _("Ny kilde"))


def effect_goal(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """A goal for the effect, new or put in other words."""
    partnership, _published = enter_figures(request, slug)
    require(request.user, "indicator.write", partnership)
    goal = _goal(request, partnership.pk, pk) if pk else None
    form = EffectGoalForm(request.POST or None, instance=goal, partnership=partnership)

    def act() -> None:
        stored = _goal(request, partnership.pk, pk) if pk else None  # the form has written on `goal`
        acts.write_effect_goal(by=request.user, partnership=partnership, goal=stored, **form.cleaned_data)

    if _stored(request, form, act, _("Effektmålet er gemt.")):
        return redirect("themes", slug)
    return _page(request, form, _("Effektmål"))


@require_POST
def drop_effect_goal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an effect goal away."""
    partnership, _published = enter_figures(request, slug)
    require(request.user, "indicator.write", partnership)
    goal = _goal(request, partnership.pk, pk)
    tried(request, None, lambda: acts.drop_effect_goal(by=request.user, goal=goal), _("Effektmålet er fjernet."))
    return redirect("themes", slug)


def _goal(request: HttpRequest, partnership: int, pk: int) -> EffectGoal:
    found = visible(request.user, EffectGoal.objects.select_related("partnership")).filter(
        partnership=partnership, pk=pk
    )
    goal = found.first()
    if goal is None:
        raise Http404
    return goal


def _indicator(request: HttpRequest, slug: str, key: str) -> tuple[Partnership, Indicator]:
    """An indicator that may be written on, and whose it is."""
    partnership, _published = enter_figures(request, slug)
    found = pages.indicator_for(request.user, partnership, key)
    require(request.user, "indicator.write", partnership)
    return partnership, found


def _stored(request: HttpRequest, form: forms.BaseForm, act: Callable[[], Any], done: str) -> bool:
    """Whether a form was sent, read, and what it says was done."""
    return request.method == "POST" and form.is_valid() and tried(request, form, act, done)


def _page(request: HttpRequest, form: forms.BaseForm, heading: str) -> HttpResponse:
    return render(request, "agreements/simple_form.html", {"form": form, "heading": heading})
