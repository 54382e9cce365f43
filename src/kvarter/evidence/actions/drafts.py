"""Files sent in: kept a week at most, looked through, then taken in or given up."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions.registers import look_through, take_in
from kvarter.evidence.importers.extract import Extract
from kvarter.evidence.importers.mapping import Mapping as TableMapping
from kvarter.evidence.importers.mapping import read_mapping
from kvarter.evidence.importers.reading import MAPPED, only, read_files, read_in_both
from kvarter.evidence.models import Draft, DraftFile, Register, SavedMapping
from kvarter.journal.actions import record
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require
from kvarter.tables.limits import LARGEST, BadFile
from kvarter.tables.sheets import read_sheets
from kvarter.tables.workbook import Sheet

KEPT = timedelta(days=7)


@transaction.atomic
def send_in(
    *,
    by: Actor,
    partnership: Partnership,
    kind: str,
    files: Mapping[str, bytes],
    said: Mapping[str, Any],
    why: str = "",
) -> Draft:
    """Keep files to be looked through. Raises BadFile for what cannot be read: nothing is kept then.

    A table of which it is not said how it is read is kept where its fields can be read, until that is said.
    """
    require(by, "register.take_in", partnership)
    if sum(len(content) for content in files.values()) > LARGEST:
        raise BadFile(_("Filerne er tilsammen større end 50 MB. Send dem enkeltvis."))
    if kind in MAPPED and not said.get("mapping"):
        sheets_in(files)
    else:
        read_files(kind, files, said)
    draft = Draft.objects.create(
        partnership=partnership,
        kind=kind,
        sent=timezone.now(),
        by=by if isinstance(by, Person) else None,
        options=dict(said),
    )
    DraftFile.objects.bulk_create(
        DraftFile(draft=draft, name=name[:200], content=zlib.compress(content)) for name, content in files.items()
    )
    record(by=by, verb="register.send_in", about=draft, why=why)
    return draft


def files_of(draft: Draft) -> dict[str, bytes]:
    """A draft's files by name (one SQL query)."""
    return {file.name: zlib.decompress(bytes(file.content)) for file in draft.files.all()}


def sheets_in(files: Mapping[str, bytes]) -> list[Sheet]:
    """The sheets of the one file sent that have something in them. Raises BadFile."""
    name, content = only(files)
    sheets = [sheet for sheet in read_sheets(content, name) if sheet.rows]
    if not any(len(row) > 1 for sheet in sheets for row in sheet.rows[1:]):
        raise BadFile(
            _("%(file)s har ingen tabel: der skal være en række med overskrifter og tal under dem.") % {"file": name}
        )
    return sheets


@transaction.atomic
def say_how_to_read(*, by: Actor, draft: Draft, mapping: TableMapping) -> None:
    """Keep how a file's table is read.

    Raises BadFile where it cannot be read so, and NotLoadable where its indicators cannot be made: nothing is changed.
    """
    require(by, "register.take_in", draft.partnership)
    said = draft.options | {"mapping": mapping.as_text()}
    look_through(draft.partnership, read_files(draft.kind, files_of(draft), said))
    draft.options = said
    draft.save(update_fields=["options"])
    record(by=by, verb="register.map", about=draft, name=mapping.name)


@transaction.atomic
def say_areas(*, by: Actor, draft: Draft, areas: Mapping[str, str]) -> None:
    """Keep which areas the texts of a file's table are: addresses by text, "" for one that is left out.

    Raises BadFile where the table has no mapping to keep them in.
    """
    require(by, "register.take_in", draft.partnership)
    if not draft.options.get("mapping"):
        raise BadFile(_("Sig først, hvordan filen skal læses."))
    mapping = read_mapping(str(draft.options["mapping"]))
    mapping = mapping.model_copy(update={"areas": {**mapping.areas, **areas}})
    draft.options = draft.options | {"mapping": mapping.as_text()}
    draft.save(update_fields=["options"])
    record(by=by, verb="register.areas", about=draft, areas=dict(areas))


def read_draft(draft: Draft) -> Extract:
    """What a draft holds, in the language of now. Raises BadFile."""
    return read_files(draft.kind, files_of(draft), draft.options)


@transaction.atomic
def accept(*, by: Actor, draft: Draft, why: str = "") -> Register:
    """Take in what was looked through, and keep its mapping for the next time under its name.

    Raises what `take_in` raises, and the draft stays then.
    """
    require(by, "register.take_in", draft.partnership)
    danish, english = read_in_both(draft.kind, files_of(draft), draft.options)
    register = take_in(by=by, partnership=draft.partnership, extract=danish, english=english, why=why)
    if draft.options.get("mapping"):
        name = read_mapping(str(draft.options["mapping"])).name or danish.label
        SavedMapping.objects.update_or_create(
            partnership=draft.partnership, name=name[:200], defaults={"mapping": draft.options["mapping"]}
        )
    draft.delete()
    return register


@transaction.atomic
def give_up(*, by: Actor, draft: Draft) -> None:
    """Forget the files."""
    require(by, "register.take_in", draft.partnership)
    record(by=by, verb="register.give_up", about=draft)
    draft.delete()


def clear_old_drafts(now: datetime) -> int:
    """Forget files that nobody took in for a week; how many."""
    return Draft.objects.filter(sent__lt=now - KEPT).delete()[1].get("evidence.Draft", 0)
