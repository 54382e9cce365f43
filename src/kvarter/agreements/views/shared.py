"""What every page of the room does alike: find through the policy, try an action, tell what it said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from kvarter.agreements.models import Agreement, AgreementVersion, Partnership
from kvarter.agreements.queries import pages
from kvarter.journal.actions import ActionError


def today() -> date:
    """The day in Copenhagen."""
    return timezone.localdate()


def language() -> str:
    """The language of the page."""
    return get_language() or "da"


def enter(request: HttpRequest, partnership: Partnership, agreement: Agreement | None = None) -> Partnership:
    """Tell the shell where the page belongs, so that it draws navigation and breadcrumb."""
    request.partnership = partnership  # type: ignore[attr-defined]
    crumbs = [(gettext("Forside"), reverse("partnership", args=[partnership.slug]))]
    if agreement is not None:
        crumbs += [
            (gettext("Aftaler"), reverse("agreements", args=[partnership.slug])),
            (str(agreement), reverse("agreement", args=[agreement.slug])),
        ]
    request.crumbs = crumbs  # type: ignore[attr-defined]
    return partnership


def the_partnership(request: HttpRequest, slug: str) -> Partnership:
    """The partnership of a page, or 404."""
    return enter(request, pages.partnership_for(request.user, slug))


def the_agreement(request: HttpRequest, slug: str) -> Agreement:
    """The agreement of a page, or 404."""
    agreement = pages.agreement_for(request.user, slug)
    enter(request, agreement.partnership, agreement)
    return agreement


def the_version(
    request: HttpRequest, slug: str, *, day: date | None = None, number: int | None = None
) -> AgreementVersion:
    """The version of a page, or 404."""
    version = pages.version_for(request.user, slug, day=day, number=number)
    enter(request, version.agreement.partnership, version.agreement)
    return version


def tried(request: HttpRequest, form: forms.BaseForm | None, act: Callable[[], Any], done: str) -> bool:
    """Run an action. Its refusal stands in the form, or above the page when there is none; success is told.

    A refusal that names a field of the form stands there.
    """
    try:
        act()
    except ActionError as error:
        if form is None:
            messages.error(request, str(error))
        else:
            field = getattr(error, "field", None)
            form.add_error(field if field in form.fields else None, str(error))
        return False
    messages.success(request, done)
    return True
