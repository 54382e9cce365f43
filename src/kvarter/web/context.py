"""What the shell around every page needs: where one is, the two languages, and who one is. No SQL of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html. The navigation of a partnership comes from the view, by `partnership`."""
    return {
        "LANGUAGE_CODE": get_language(),
        "languages": _languages(request),
        "person": getattr(request, "user", None),
        "footer_links": [
            (_("Tilgængelighed"), reverse("accessibility")),
            (_("Personoplysninger"), reverse("privacy")),
        ],
        "address": settings.ADDRESS,
    }


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    here = request.get_full_path()
    return [
        {"code": code, "name": name, "url": translate_url(here, code), "current": code == get_language()}
        for code, name in settings.LANGUAGES
    ]
