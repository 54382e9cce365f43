"""One way into every reader: files and what the person said of them, to an Extract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import BadFile, Extract
from kvarter.evidence.importers.valgdatabase import ELECTIONS, Election, read_valgdatabase

LARGEST = 50 * 1024 * 1024
Files = Mapping[str, bytes]
Said = Mapping[str, Any]


def read_files(kind: str, files: Files, said: Said) -> Extract:
    """What files of a kind hold, in the language of now. Raises BadFile, also for an unknown kind.

    said: for valgdatabase `background_on` (yyyy-mm-dd), where the producer does not tell the day.
    """
    reader = READERS.get(kind)
    if reader is None:
        raise BadFile(
            _("Filer af slagsen “%(kind)s” kan ikke læses. Vælg en af: %(known)s.")
            % {"kind": kind, "known": ", ".join(READERS)}
        )
    for name, content in files.items():
        check_size(name, len(content))
    return reader(files, said)


def read_in_both(kind: str, files: Files, said: Said) -> tuple[Extract, Extract]:
    """The same files read under Danish and under English, for the words of what was found."""
    with translation.override("da"):
        danish = read_files(kind, files, said)
    with translation.override("en"):
        return danish, read_files(kind, files, said)


def check_size(name: str, size: int) -> None:
    """Raise BadFile for a file larger than 50 MB."""
    if size > LARGEST:
        raise BadFile(
            _("%(file)s er større end 50 MB. Del den, eller hent kun de kommuner og år, der skal bruges.")
            % {"file": name}
        )


def _valgdatabase(files: Files, said: Said) -> Extract:
    day = said.get("background_on")
    return read_valgdatabase(files, _election(files, date.fromisoformat(day)) if day else None)


def _election(files: Files, day: date) -> Election | None:
    """The election the files are of by their names, with the day that was given for its background."""
    known = next((one for one in ELECTIONS if any(name.startswith(one.label) for name in files)), None)
    return replace(known, background_on=known.background_on or day) if known else None


READERS: dict[str, Callable[[Files, Said], Extract]] = {"valgdatabase": _valgdatabase}
