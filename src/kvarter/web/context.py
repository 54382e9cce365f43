"""What the shell around every page needs: where one is, the two languages, and who one is. No SQL of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kvarter.people.policy import can

SECTIONS = ("partnership", "themes", "waves", "agreements", "obligations", "parties")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html. A view tells which partnership by `enter` (agreements/views/shared.py)."""
    partnership = getattr(request, "partnership", None)
    return {
        "LANGUAGE_CODE": get_language(),
        "languages": _languages(request),
        "person": getattr(request, "user", None),
        "partnership": partnership,
        "is_made_up": bool(partnership and partnership.is_demonstration),
        "partnership_url": reverse("partnership", args=[partnership.slug]) if partnership else None,
        "search_url": reverse("search", args=[partnership.slug]) if partnership else None,
        "navigation": _navigation(request, partnership) if partnership else [],
        "breadcrumb": getattr(request, "crumbs", []),
        "footer_links": [
            (_("Tilgængelighed"), reverse("accessibility")),
            (_("Personoplysninger"), reverse("privacy")),
        ],
    }


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    here = request.get_full_path()
    return [
        {"code": code, "name": name, "url": translate_url(here, code), "current": code == get_language()}
        for code, name in settings.LANGUAGES
    ]


def _navigation(request: HttpRequest, partnership: Any) -> list[tuple[str, str, bool]]:
    """The partnership's sections, and those that someone's work adds."""
    labels = [_("Forside"), _("Tal"), _("Undersøgelser"), _("Aftaler"), _("Forpligtelser"), _("Parter")]
    found = [(label, reverse(name, args=[partnership.slug])) for label, name in zip(labels, SECTIONS, strict=True)]
    if can(request.user, "member.manage", partnership):
        found.append((_("Medlemmer"), reverse("members", args=[partnership.slug])))
    if can(request.user, "journal.read", partnership):
        found.append((_("Journal"), reverse("journal", args=[partnership.slug])))
    front, here = found[0][1], request.path
    on_the_way = {url for _label, url in getattr(request, "crumbs", []) if url != front}
    return [(label, url, here == url or url in on_the_way or _within(here, url, front)) for label, url in found]


def _within(here: str, url: str, front: str) -> bool:
    return url != front and here.startswith(url)
