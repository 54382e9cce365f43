"""Fetching a table from the StatBank to be looked through, and saying which of its figures make an indicator."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions.drafts import files_of
from kvarter.evidence.actions.registers import look_through
from kvarter.evidence.importers.reading import FETCHED, read_files
from kvarter.evidence.importers.statbank.client import Client
from kvarter.evidence.importers.statbank.kept import fetched
from kvarter.evidence.models import Draft, DraftFile
from kvarter.journal.actions import record
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require


def fetch_table(
    *,
    by: Actor,
    partnership: Partnership,
    clients: Mapping[str, Client],
    table: str,
    asked: Mapping[str, Sequence[str]],
    area: str = "",
    first_day: bool = False,
    why: str = "",
) -> Draft:
    """Keep the figures of a table to be looked through. clients: by language. No request is open while it is stored.

    Raises what `Client.data` raises, and BadFile for an answer that cannot be read: nothing is kept then.
    """
    require(by, "register.take_in", partnership)
    files = fetched(clients, table, asked)
    said = {"table": table, "asked": {name: list(codes) for name, codes in asked.items()}, "title": table}
    return _keep(by, partnership, files, said | {"area": area, "first_day": first_day}, why)


@transaction.atomic
def _keep(by: Actor, partnership: Partnership, files: Mapping[str, bytes], said: dict[str, object], why: str) -> Draft:
    read_files(FETCHED, files, said)
    draft = Draft.objects.create(
        partnership=partnership,
        kind=FETCHED,
        sent=timezone.now(),
        by=by if isinstance(by, Person) else None,
        options=said,
    )
    DraftFile.objects.bulk_create(
        DraftFile(draft=draft, name=name, content=zlib.compress(content)) for name, content in files.items()
    )
    record(by=by, verb="register.fetch", about=draft, why=why, **said)
    return draft


@transaction.atomic
def say_what_figures_are(*, by: Actor, draft: Draft, indicator: str, part: str, whole: str = "") -> None:
    """Keep which figures of a table make an indicator, beside those said before.

    Raises NotLoadable where the indicator cannot be made of them: then nothing is changed.
    """
    require(by, "register.take_in", draft.partnership)
    others = [one for one in draft.options.get("makes", []) if one[0] != indicator]
    said = draft.options | {"makes": [*others, [indicator, [part], [whole] if whole else []]]}
    look_through(draft.partnership, read_files(draft.kind, files_of(draft), said))
    draft.options = said
    draft.save(update_fields=["options"])
    record(by=by, verb="register.figures", about=draft, indicator=indicator, part=part, whole=whole)
