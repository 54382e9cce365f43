"""A wave's keys: made with it, destroyed when they have served.

Each lies in a file (`key_files`), itself sealed under the operator's key. So whoever has the operator's key and every
backup of both databases has nothing that opens them once the files are destroyed; and whoever finds a file alone has
nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.key_files import destroy_key, read_key, write_key
from kvarter.surveys.models import Wave
from kvarter.surveys.sealing import CannotOpen, new_key, seal, unseal


class Use(StrEnum):
    """What a key is for: names and addresses; or the way to an answer, and the answers themselves."""

    CONTACT = "contact"
    LINK = "link"


class KeyGone(ActionError):
    """The wave's key has served, and is destroyed."""


class KeyMissing(KeyGone):
    """The wave's key should be there, and is not; or another operator's key than the one at hand sealed it."""


def make_keys(wave: Wave) -> None:
    """The keys of a new wave. Raises OSError where they cannot be kept."""
    for use in Use:
        keep_key(bytes(wave.salt), use, new_key())


def keep_key(salt: bytes, use: str, key: bytes) -> None:
    """Keep a key of the wave that has this salt. Raises OSError."""
    write_key(_file(salt, use), seal(settings.SURVEY_KEY, key, _purpose(salt, use)).hex())


def key_of(wave: Wave, use: Use) -> bytes:
    """One of a wave's keys. Raises KeyGone, KeyMissing."""
    if (wave.frame_deleted_at if use is Use.CONTACT else wave.cut_at) is not None:
        raise KeyGone(_("Nøglen til navne og svar i undersøgelsen er slettet, som den skal være nu."))
    return key_for_cut(wave, use)


def key_for_cut(wave: Wave, use: Use) -> bytes:
    """The same for finishing a cut: as long as it lies there. Raises KeyMissing."""
    file = _file(bytes(wave.salt), use)
    kept = read_key(file)
    if kept is None:
        raise KeyMissing(
            _(
                "Undersøgelsens nøgle mangler: %(file)s. Er databasen lagt tilbage fra en kopi fra før undersøgelsen "
                "blev lukket, så brug en kopi fra efter lukningen. Er serveren ny, så læg filen tilbage fra det sted, "
                "hvor den er gemt for sig. Uden den kan ingen svare, og de svar, der er givet, kan ikke læses."
            )
            % {"file": file}
        )
    try:
        return unseal(settings.SURVEY_KEY, bytes.fromhex(kept), _purpose(bytes(wave.salt), use))
    except (CannotOpen, ValueError) as error:
        raise KeyMissing(
            _("Undersøgelsens nøgle i %(file)s er forseglet med en anden nøgle end den i KVARTER_SURVEY_KEY_FILE.")
            % {"file": file}
        ) from error


def destroy_keys(*, by: Actor, wave: Wave, uses: Sequence[Use]) -> None:
    """Destroy keys that have served, as far as they are there, and say so in the journal.

    Call when what made them useless is stored for certain. Raises OSError where a file cannot be written over.
    """
    require(by, "wave.write", wave)
    there = keys_left(wave, uses)
    if there:
        with transaction.atomic():
            record(by=by, verb="wave.destroy_keys", about=wave, keys=[str(use) for use in there])
            wipe_keys(wave, there)


def wipe_keys(wave: Wave, uses: Sequence[Use] = tuple(Use)) -> None:
    """Take keys away without a word, as where the wave goes too."""
    for use in uses:
        destroy_key(_file(bytes(wave.salt), use))


def keys_left(wave: Wave, uses: Sequence[Use]) -> list[Use]:
    """Which of the keys lie there."""
    return [use for use in uses if _file(bytes(wave.salt), use).exists()]


def _file(salt: bytes, use: str) -> Path:
    """Named by the wave's salt, which no other wave has had: numbers come again in a database that is made anew."""
    return Path(settings.WAVE_KEYS) / f"{sha256(b'wave key' + salt).hexdigest()[:24]}.{use}"


def _purpose(salt: bytes, use: str) -> str:
    return f"wave {salt.hex()} {use}"
