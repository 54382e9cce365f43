"""Django's admin, for the technical administrator to look things up in. It shows what the policy shows, and changes
nothing: every change is an action on the site itself."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from kvarter.agreements import models as agreements
from kvarter.journal.models import Entry
from kvarter.people.models import Person
from kvarter.people.policy import can, visible


class KvarterAdmin(admin.AdminSite):
    site_header = site_title = "Kvarter"

    def has_permission(self, request: HttpRequest) -> bool:
        return can(request.user, "admin.read")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's own sign-in, with its limits and extra codes; Django's admin has neither."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows through the policy; no adding, changing or deleting, whoever asks."""

    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        return visible(request.user, super().get_queryset(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can(request.user, "admin.read")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request.user, "admin.read")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PersonAdmin(ReadOnly):
    exclude = ("password",)
    list_display = ("name", "email", "is_active", "is_administrator", "last_login")


site = KvarterAdmin(name="admin")
site.register(Person, PersonAdmin)
for model in (
    agreements.Partnership,
    agreements.Party,
    agreements.Membership,
    agreements.Agreement,
    agreements.AgreementVersion,
    agreements.Clause,
    agreements.Amendment,
    agreements.Obligation,
    Entry,
):
    site.register(model, ReadOnly)
