"""The early warning: how far it is to the law's lines. Never a headline, and origin only when it was turned on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import today, tried
from kvarter.evidence.actions import statutory as acts
from kvarter.evidence.forms import InputForm, OriginForm
from kvarter.evidence.queries import warning as queries
from kvarter.evidence.views.shared import enter_figures
from kvarter.people.policy import can, require


def early_warning(request: HttpRequest, slug: str) -> HttpResponse:
    """Each category of the law and how far the area is from each of its lines."""
    partnership, published = enter_figures(request, slug)
    origin = queries.with_origin(partnership)
    rules = queries.warnings(published, queries.inputs_of(partnership), today(), origin=origin)
    context = {
        "partnership": partnership,
        "rules": rules,
        "notes": dict.fromkeys(line.note for rule in rules for line in rule.lines if line.note),
        "origin": origin,
        "may_write": can(request.user, "indicator.write", partnership),
    }
    return render(request, "evidence/warning.html", context)


def write_input(request: HttpRequest, slug: str) -> HttpResponse:
    """The country's or region's figure of a year."""
    partnership, _published = enter_figures(request, slug, (_("Varsling"), reverse("early_warning", args=[slug])))
    require(request.user, "indicator.write", partnership)
    form = InputForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if tried(
            request,
            form,
            lambda: acts.set_input(by=request.user, partnership=partnership, **facts),
            _("Tallet er gemt."),
        ):
            return redirect("early_warning", slug)
    return render(request, "agreements/simple_form.html", {"form": form, "heading": _("Sammenligningstal")})


def origin(request: HttpRequest, slug: str) -> HttpResponse:
    """Turn the criterion of origin on or off, and say why."""
    partnership, _published = enter_figures(request, slug, (_("Varsling"), reverse("early_warning", args=[slug])))
    require(request.user, "indicator.write", partnership)
    form = OriginForm(request.POST or None, initial={"with_origin": queries.with_origin(partnership)})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if tried(
            request,
            form,
            lambda: acts.look_at_origin(by=request.user, partnership=partnership, **facts),
            _("Valget er gemt."),
        ):
            return redirect("early_warning", slug)
    return render(request, "agreements/simple_form.html", {"form": form, "heading": _("Skal der ses på herkomst?")})
