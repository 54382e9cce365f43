"""allauth's forms with our words where its own Danish has none."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as theirs
from django.utils.translation import gettext_lazy as _


class _AddressInOurWords:
    """A form whose field for the address is called what the rest of the site calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("login", "email"):
            if name in self.fields:  # type: ignore[attr-defined]
                self.fields[name].label = _("E-mailadresse")  # type: ignore[attr-defined]


class LoginForm(_AddressInOurWords, theirs.LoginForm):  # type: ignore[misc]
    """Logging in with a password."""


class ResetPasswordForm(_AddressInOurWords, theirs.ResetPasswordForm):  # type: ignore[misc]
    """Asking for a new password."""


class RequestLoginCodeForm(_AddressInOurWords, theirs.RequestLoginCodeForm):  # type: ignore[misc]
    """Asking for a code to log in by."""
