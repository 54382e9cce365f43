"""A wave's keys: made with it, destroyed when they have served.

Each lies in a file (`key_files`), itself sealed under the operator's key. So whoever has the operator's key and every
backup of both databases has nothing that opens them once the files are destroyed; and whoever finds a file alone has
nothing either.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.key_files import destroy_key, is_written_over, lies_there, read_key, write_key
from kvarter.surveys.models import Wave
from kvarter.surveys.sealing import CannotOpen, new_key, seal, unseal

LOG = logging.getLogger(__name__)


class Use(StrEnum):
    """What a key is for: names and addresses; or the way to an answer, and the answers themselves."""

    CONTACT = "contact"
    LINK = "link"


class KeyGone(ActionError):
    """The wave's key has served, and is destroyed."""


class KeyMissing(KeyGone):
    """The wave's key should be there, and is not; or another operator's key than the one at hand sealed it."""


class KeyStays(Exception):
    """All is done but that a key, which has served, could not be destroyed. The message is for whoever tried."""


class NoPlaceForKeys(ActionError):
    """The keys of a new wave cannot be kept."""


def make_keys(wave: Wave) -> None:
    """The keys of a new wave. Raises NoPlaceForKeys."""
    try:
        for use in Use:
            keep_key(bytes(wave.salt), use, new_key())
    except OSError as error:
        with suppress(OSError):
            wipe_keys(wave)
        raise NoPlaceForKeys(
            _(
                "Undersøgelsens nøgler kan ikke gemmes i %(folder)s (%(reason)s). Bed driften give serverens bruger "
                "lov til at skrive der, eller pege KVARTER_WAVE_KEYS på en anden mappe."
            )
            % {"folder": settings.WAVE_KEYS, "reason": error.strerror}
        ) from error


def keep_key(salt: bytes, use: str, key: bytes) -> None:
    """Keep a key of the wave that has this salt. Raises OSError."""
    write_key(_file(salt, use), seal(settings.SURVEY_KEY, key, _purpose(salt, use)).hex())


def key_of(wave: Wave, use: Use) -> bytes:
    """One of a wave's keys. Raises KeyGone, KeyMissing."""
    if use in served(wave):
        raise KeyGone(_("Nøglen til navne og svar i undersøgelsen er slettet, som den skal være nu."))
    return key_for_cut(wave, use)


def key_for_cut(wave: Wave, use: Use) -> bytes:
    """The same for finishing a cut: as long as it lies there. Raises KeyMissing."""
    file = _file(bytes(wave.salt), use)
    try:
        kept = read_key(file)
    except OSError as error:
        raise KeyMissing(
            _("Undersøgelsens nøgle i %(file)s kan ikke læses (%(reason)s). Giv serverens bruger lov til det.")
            % {"file": file, "reason": error.strerror}
        ) from error
    if kept is None:
        raise KeyMissing(
            _(
                "Undersøgelsens nøgle mangler: %(file)s. Er databasen lagt tilbage fra en kopi fra før undersøgelsen "
                "blev lukket, så brug en kopi fra efter lukningen. Er serveren ny, så læg filen tilbage fra det sted, "
                "hvor den er gemt for sig."
            )
            % {"file": file}
            + " "
            + _without(use)
        )
    try:
        return unseal(settings.SURVEY_KEY, bytes.fromhex(kept), _purpose(bytes(wave.salt), use))
    except (CannotOpen, ValueError) as error:
        raise KeyMissing(
            _("Undersøgelsens nøgle i %(file)s er forseglet med en anden nøgle end den i KVARTER_SURVEY_KEY_FILE.")
            % {"file": file}
        ) from error


def _without(use: Use) -> str:
    if use is Use.CONTACT:
        return _("Uden den kan ingen liste tages ind, og der kan ikke skrives til nogen.")
    return _("Uden den kan ingen svare, og de svar, der er givet, kan ikke læses.")


def destroy_keys(*, by: Actor, wave: Wave, uses: Sequence[Use]) -> None:
    """Destroy keys that have served, as far as they are there, and say so in the journal.

    Call when what made them useless is stored for certain. Raises KeyStays, when the others are destroyed.
    """
    require(by, "wave.write", wave)
    there = keys_left(wave, uses)
    if not there:
        return
    with transaction.atomic():
        gone = [use for use in there if _destroyed(_file(bytes(wave.salt), use))]
        if gone:
            record(by=by, verb="wave.destroy_keys", about=wave, keys=[str(use) for use in gone])
    if stay := keys_left(wave, uses):
        raise KeyStays(told_of_left(wave, stay))


def _destroyed(file: Path) -> bool:
    try:
        destroy_key(file)
    except OSError as error:
        LOG.error("The key in %s could not be destroyed: %s", file, error)
        return False
    return True


def told_of_left(wave: Wave, uses: Sequence[Use]) -> str:
    """What lies on the disk of keys that should be destroyed, what that means, and what to do."""
    files = [_file(bytes(wave.salt), use) for use in uses]
    whole = [file for file in files if not is_written_over(file)]
    told = [_("%(file)s er skrevet over, så der er ingen nøgle i den.") % {"file": f} for f in files if f not in whole]
    if whole:
        names = ", ".join(map(str, whole))
        told.append(_("Serveren kunne hverken skrive over eller slette %(files)s.") % {"files": names})
        told.append(
            _(
                "Databasen er i orden: det, der skulle slettes, er slettet. Men den, der har filen, driftens nøgle og "
                "en gammel sikkerhedskopi, kan stadig læse, hvad der stod."
            )
        )
    told.append(
        _(
            "Bed driften give serverens bruger lov til at skrive i filen og i dens mappe. Prøv så igen her; "
            "kvarter remind prøver også hver dag."
        )
    )
    return " ".join(told)


def wipe_keys(wave: Wave, uses: Sequence[Use] = tuple(Use)) -> None:
    """Take keys away without a word, as where the wave goes too. Raises OSError where that cannot be done."""
    for use in uses:
        destroy_key(_file(bytes(wave.salt), use))


def keys_left(wave: Wave, uses: Sequence[Use]) -> list[Use]:
    """Which of the keys lie there."""
    return [use for use in uses if lies_there(_file(bytes(wave.salt), use))]


def served(wave: Wave) -> list[Use]:
    """The uses whose keys should be destroyed by now."""
    return [use for use, since in ((Use.CONTACT, wave.frame_deleted_at), (Use.LINK, wave.cut_at)) if since is not None]


def _file(salt: bytes, use: str) -> Path:
    """Named by the wave's salt, which no other wave has had: numbers come again in a database that is made anew."""
    return Path(settings.WAVE_KEYS) / f"{sha256(b'wave key' + salt).hexdigest()[:24]}.{use}"


def _purpose(salt: bytes, use: str) -> str:
    return f"wave {salt.hex()} {use}"
