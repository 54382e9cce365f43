"""The family of agreements and the partnership's own facts."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kvarter.agreements.actions import family as actions
from kvarter.agreements.forms.family import AgreementFactsForm, AgreementForm, NewPartnershipForm, PartnershipForm
from kvarter.agreements.models import Partnership
from kvarter.agreements.queries import pages
from kvarter.agreements.views.shared import the_agreement, the_partnership, tried
from kvarter.people.policy import can, require


def agreements(request: HttpRequest, slug: str) -> HttpResponse:
    """The agreements of a partnership, their terms, and what frames what."""
    partnership = the_partnership(request, slug)
    context = {
        "partnership": partnership,
        "family": pages.family_of(request.user, partnership),
        "may_change": can(request.user, "agreement.change", partnership),
        "may_import": can(request.user, "agreement.import", partnership),
    }
    return render(request, "agreements/family.html", context)


def add(request: HttpRequest, slug: str) -> HttpResponse:
    """An agreement known by name and term."""
    partnership = the_partnership(request, slug)
    require(request.user, "agreement.change", partnership)
    form = AgreementForm(request.POST or None, partnership=partnership)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: actions.add_agreement(by=request.user, partnership=partnership, **data),
            _("Aftalen er føjet til."),
        ):
            return redirect("agreements", slug)
    return _form(request, form, partnership, _("Ny aftale"))


def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Who sees an agreement, and the term of one without text."""
    agreement = the_agreement(request, slug)
    require(request.user, "agreement.change", agreement)
    start = {"kind": agreement.kind, "ends": agreement.ends, "visibility": agreement.visibility}
    form = AgreementFactsForm(request.POST or None, initial=start, has_text=agreement.versions.exists())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: actions.change_agreement(by=request.user, agreement=agreement, **data),
            _("Aftalens oplysninger er gemt."),
        ):
            return redirect("agreements", agreement.partnership.slug)
    return _form(request, form, agreement.partnership, str(agreement))


def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The partnership's name, area and who sees it."""
    partnership = the_partnership(request, slug)
    require(request.user, "partnership.change", partnership)
    form = PartnershipForm(request.POST or None, instance=partnership)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        partnership.refresh_from_db()  # the form has written on it; the action writes for good
        if tried(
            request,
            form,
            lambda: actions.change_partnership(by=request.user, partnership=partnership, **data),
            _("Oplysningerne er gemt."),
        ):
            return redirect("partnership", slug)
    return _form(request, form, partnership, _("Indstillinger"))


def new_partnership(request: HttpRequest) -> HttpResponse:
    """A new partnership in the installation."""
    require(request.user, "partnership.add")
    form = NewPartnershipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: actions.add_partnership(by=request.user, **data),
            _("Partnerskabet er oprettet. Invitér sekretariatet som det næste."),
        ):
            return redirect("members", data["slug"])
    return _form(request, form, None, _("Nyt partnerskab"))


def _form(request: HttpRequest, form: forms.BaseForm, partnership: Partnership | None, heading: str) -> HttpResponse:
    context = {"form": form, "partnership": partnership, "heading": heading}
    return render(request, "agreements/simple_form.html", context)
