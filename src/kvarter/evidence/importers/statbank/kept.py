"""What was fetched of a table, kept as it was answered: it is looked at and taken in from the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract
from kvarter.evidence.importers.statbank.cells import join
from kvarter.evidence.importers.statbank.client import Client
from kvarter.evidence.importers.statbank.jsonstat import read_jsonstat
from kvarter.evidence.importers.statbank.periods import first_day, whole_period
from kvarter.evidence.importers.statbank.reading import read_answer
from kvarter.evidence.importers.statbank.tableinfo import read_tableinfo
from kvarter.tables.limits import BadFile

ABOUT = "tableinfo.json"


def fetched(clients: Mapping[str, Client], table: str, asked: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """The answers for a table's description and figures, by name, in each language. Raises what `Client.data` does."""
    found: dict[str, bytes] = {}
    for language, client in clients.items():
        answer, about = client.described(table)
        found[f"{language}.{ABOUT}"] = answer.content
        data = client.data(about, asked)
        found |= {f"{language}.data.{n:03d}.json": one.content for n, one in enumerate(data.answers)}
    return found


def read_kept(files: Mapping[str, bytes], said: Mapping[str, Any]) -> Extract:
    """The Extract of answers kept, in the language of now. Its digest is of the Danish answers, whatever the language.

    said: `table`, `asked`, and where told `area` and `first_day`. Raises BadFile where an answer is missing.
    """
    language = "en" if get_language() == "en" else "da"
    named = [sorted(name for name in files if name.startswith(f"{one}.data.")) for one in (language, "da")]
    if f"{language}.{ABOUT}" not in files or not all(named):
        raise BadFile(_("%(table)s: svaret er ikke helt. Hent tabellen igen.") % {"table": said.get("table", "")})
    about = read_tableinfo(files[f"{language}.{ABOUT}"], str(said["table"]))
    parts = [read_jsonstat(files[name], about.table) for name in named[0]]
    return read_answer(
        join(parts, about.table) if len(parts) > 1 else parts[0],
        about,
        _digest([files[name] for name in named[1]]),
        area=said.get("area") or None,
        timing=first_day if said.get("first_day") else whole_period,
        asked=said["asked"],
    )


def _digest(answers: Sequence[bytes]) -> str:
    """Of the one answer, or of the digests of all."""
    digests = [hashlib.sha256(one).hexdigest() for one in answers]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
