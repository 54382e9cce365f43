"""One way into every reader: files and what the person said of them, to an Extract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from kvarter.evidence.importers.beboerdata import read_beboerdata
from kvarter.evidence.importers.extract import Extract
from kvarter.evidence.importers.mapping import read_mapping
from kvarter.evidence.importers.statbank.exports import read_export
from kvarter.evidence.importers.statbank.kept import read_kept
from kvarter.evidence.importers.suggesting import suggest
from kvarter.evidence.importers.tables import read_mapped
from kvarter.evidence.importers.valgdatabase import ELECTIONS, Election, read_valgdatabase
from kvarter.tables.limits import LARGEST, BadFile
from kvarter.tables.sheets import read_sheets, refuse_no_table

Files = Mapping[str, bytes]
Said = Mapping[str, Any]


# The kinds of files that are read by a mapping.
MAPPED = frozenset({"table", "beboerdata"})
# What the connector to the StatBank fetched; no file can be sent as such.
FETCHED = "fetched"


class NeedsMapping(BadFile):
    """A table came without its mapping. suggestion: one that may fit, as JSON for a person to put right."""

    def __init__(self, told: str, suggestion: str) -> None:
        super().__init__(told)
        self.suggestion = suggestion


def read_files(kind: str, files: Files, said: Said) -> Extract:
    """What files of a kind hold, in the language of now. Raises BadFile, also for an unknown kind.

    said: for valgdatabase `background_on` (yyyy-mm-dd), where the producer does not tell the day; for tables and
    Beboerdata `mapping`, a saved mapping as JSON. A table without one raises NeedsMapping with a suggestion. For any
    `makes`: [indicator, part, whole], which columns make an indicator, in place of the source's recipes.
    """
    reader = read_kept if kind == FETCHED else READERS.get(kind)
    if reader is None:
        raise BadFile(
            _("Filer af slagsen “%(kind)s” kan ikke læses. Vælg en af: %(known)s.")
            % {"kind": kind, "known": ", ".join(READERS)}
        )
    for name, content in files.items():
        check_size(name, len(content))
        refuse_no_table(content, name)
    extract = reader(files, said)
    makes = tuple((indicator, tuple(part), tuple(whole)) for indicator, part, whole in said.get("makes", ()))
    return replace(extract, makes=makes) if makes else extract


def read_in_both(kind: str, files: Files, said: Said) -> tuple[Extract, Extract]:
    """The same files read under Danish and under English, for the words of what was found.

    What they cannot be read for is told in the language of now.
    """
    found = {}
    for language in sorted(("da", "en"), key=lambda one: one != translation.get_language()):
        with translation.override(language):
            found[language] = read_files(kind, files, said)
    return found["da"], found["en"]


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


def _table(files: Files, said: Said) -> Extract:
    name, content = only(files)
    if not said.get("mapping"):
        found = suggest(read_sheets(content, name)[0], source="tabel")
        raise NeedsMapping(
            _("Sig, hvordan %(file)s skal læses. Her er et forslag til en opskrift. Ret den, og send filen igen.")
            % {"file": name},
            found.as_text(),
        )
    return read_mapped(content, name, read_mapping(str(said["mapping"])))


def _beboerdata(files: Files, said: Said) -> Extract:
    name, content = only(files)
    mapping = read_mapping(str(said["mapping"])) if said.get("mapping") else None
    return read_beboerdata(content, name, mapping)


def _statbank(files: Files, _said: Said) -> Extract:
    name, content = only(files)
    return read_export(content, name)


def only(files: Files) -> tuple[str, bytes]:
    """The one file. Raises BadFile where there are several."""
    if len(files) != 1:
        raise BadFile(_("Send netop én fil af den slags ad gangen."))
    ((name, content),) = files.items()
    return name, content


READERS: dict[str, Callable[[Files, Said], Extract]] = {
    "valgdatabase": _valgdatabase,
    "statbank": _statbank,
    "beboerdata": _beboerdata,
    "table": _table,
}
