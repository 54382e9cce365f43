"""What every page of a wave does alike."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf.locale import LANG_INFO
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import the_partnership
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.waves import wave_for


def names_of(languages: Iterable[str]) -> list[str]:
    """What languages call themselves, by their codes."""
    return [str(LANG_INFO[code]["name_local"]) if code in LANG_INFO else code for code in languages]


def the_wave(request: HttpRequest, slug: str, wave: str) -> Wave:
    """The wave of a page, with the way there told to the shell; or 404."""
    found = wave_for(request.user, the_partnership(request, slug), wave)
    request.crumbs += [  # type: ignore[attr-defined]
        (_("Undersøgelser"), reverse("waves", args=[slug])),
        (str(found), reverse("wave", args=[slug, wave])),
    ]
    return found
