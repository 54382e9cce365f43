"""How django-allauth is used: nobody signs up, one is invited."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """An account exists because someone with the right invited its address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
