"""A wave's keys: made with it, destroyed when they have served."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError
from kvarter.surveys.models import Wave, WaveKey
from kvarter.surveys.sealing import CannotOpen, new_key, seal, unseal


class KeyGone(ActionError):
    """The wave's key is destroyed, or was sealed under another operator's key than the one at hand."""


def make_keys(wave: Wave) -> None:
    """The keys of a new wave, sealed under the operator's."""
    WaveKey.objects.bulk_create(
        WaveKey(wave=wave, use=use, sealed=seal(settings.SURVEY_KEY, new_key(), _purpose(wave, use)))
        for use in WaveKey.Use.values
    )


def key_of(wave: Wave, use: WaveKey.Use) -> bytes:
    """One of a wave's keys (one SQL query). Raises KeyGone."""
    row = WaveKey.objects.filter(wave=wave, use=use).first()
    if row is None:
        raise KeyGone(_("Nøglen til navne og svar i undersøgelsen er slettet, som den skal være nu."))
    try:
        return unseal(settings.SURVEY_KEY, bytes(row.sealed), _purpose(wave, use))
    except CannotOpen as error:
        raise KeyGone(
            _("Undersøgelsens nøgle er forseglet med en anden nøgle end den, der ligger i KVARTER_SURVEY_KEY_FILE.")
        ) from error


def _purpose(wave: Wave, use: str) -> str:
    return f"wave {wave.pk} {use}"
