"""Statistics Denmark's StatBank API, version 1: subjects, tables, a table's description, and its figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.evidence.importers.statbank.cache import Answer, Cache, answer_of
from kvarter.evidence.importers.statbank.cells import Cells, join
from kvarter.evidence.importers.statbank.csv_answer import read_csv
from kvarter.evidence.importers.statbank.jsonstat import read_jsonstat
from kvarter.evidence.importers.statbank.layout import StatbankExtract
from kvarter.evidence.importers.statbank.paging import LIMIT, Selection, count, pages, select
from kvarter.evidence.importers.statbank.periods import Timing, whole_period
from kvarter.evidence.importers.statbank.reading import CONTENTS, read_answer
from kvarter.evidence.importers.statbank.tableinfo import TableInfo, read_tableinfo
from kvarter.evidence.importers.statbank.texts import json_list
from kvarter.evidence.importers.statbank.transport import Clock, Manners, Transport
from kvarter.tables.limits import BadFile

Language = Literal["da", "en"]
Form = Literal["jsonstat", "csv"]
Presentation = Literal["Default", "Code", "Value"]
Read = TypeVar("Read")


@dataclass(frozen=True)
class TableEntry:
    """A line of the catalogue of tables. It may be behind: what a table has is told by its description."""

    table: str
    text: str
    unit: str
    updated: str
    first_period: str
    latest_period: str
    active: bool
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """A subject of the catalogue, with those under it."""

    code: str
    text: str
    active: bool
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True)
class Data:
    """The figures of a table as they were asked for, and the answers they stood in."""

    about: TableInfo
    asked: Selection
    cells: Cells
    answers: tuple[Answer, ...]

    @property
    def digest(self) -> str:
        """Of the one answer, or of the digests of all."""
        if len(self.answers) == 1:
            return self.answers[0].digest
        return hashlib.sha256("".join(answer.digest for answer in self.answers).encode()).hexdigest()

    def extract(self, *, area: str | None = None, timing: Timing = whole_period) -> StatbankExtract:
        """The Extract of the figures; see `read_answer`."""
        return read_answer(self.cells, self.about, self.digest, area=area, timing=timing, asked=self.asked)


@dataclass
class Client:
    """Asks the StatBank at an address that the operator gave; there is none by default.

    folder: where answers are kept, for `max_age` (None: for ever); no folder, nothing kept. limit: figures a request.
    Raises ConnectorOff when made without an address.
    """

    address: str
    folder: Path | None = None
    lang: Language = "da"
    max_age: timedelta | None = timedelta(days=1)
    limit: int = LIMIT
    manners: Manners = field(default_factory=Manners)
    now: Callable[[], datetime] = timezone.now
    clock: Clock = field(default_factory=Clock)
    transport: Transport = field(init=False)

    def __post_init__(self) -> None:
        """Look at the address."""
        self.transport = Transport(self.address, self.manners, self.clock)
        self._cache = Cache(self.folder) if self.folder else None

    def subjects(self, *, recursive: bool = False) -> tuple[Subject, ...]:
        """The subjects that tables are ordered by."""
        return self._get(_read_subjects, "subjects", recursive="true" if recursive else "")

    def tables(self, *, subjects: Sequence[str] = (), inactive: bool = False) -> tuple[TableEntry, ...]:
        """The tables there are, of some subjects or all."""
        wanted = {"includeInactive": "true" if inactive else "", "subjects": ",".join(subjects)}
        return self._get(_read_tables, "tables", **wanted)

    def tableinfo(self, table: str) -> TableInfo:
        """What there is to know of a table. Raises Refused if there is no such one."""
        return self.described(table)[1]

    def described(self, table: str) -> tuple[Answer, TableInfo]:
        """What there is to know of a table, and the answer it stood in. Raises Refused if there is no such one."""
        return self._asked(lambda content: read_tableinfo(content, f"tableinfo {table}"), "tableinfo", id=table)

    def data(
        self,
        about: TableInfo,
        asked: Mapping[str, Sequence[str]],
        *,
        form: Form = "jsonstat",
        presentation: Presentation | None = None,
    ) -> Data:
        """The figures of a table, in as many requests as the limit takes, joined to one whole.

        asked: see `paging.select`. presentation: how CSV names values; codes unless told.
        Raises UnknownCode, TooMany, NoAnswer, Refused, and BadFile where the answer is not what was asked for.
        """
        selection = select(about, asked)
        shown = presentation or ("Code" if form == "csv" else "Default")
        parts, answers = [], []
        for page in pages(about, selection, self.limit):
            answer, cells = self._page(about, page, form, shown)
            parts.append(cells)
            answers.append(answer)
        whole = join(parts, about.table) if len(parts) > 1 else parts[0]
        return Data(about, selection, whole, tuple(answers))

    def _get(self, read: Callable[[bytes], Read], function: str, **wanted: str) -> Read:
        """What a function of the catalogue tells."""
        return self._asked(read, function, **wanted)[1]

    def _asked(self, read: Callable[[bytes], Read], function: str, **wanted: str) -> tuple[Answer, Read]:
        """What a function of the catalogue tells, and the answer it stood in."""
        given = {"format": "json", "lang": self.lang, **{key: value for key, value in wanted.items() if value}}
        url = f"{self.transport.address}/{function}?{urlencode(sorted(given.items()))}"
        return self._answer("GET", url, "", read)

    def _page(self, about: TableInfo, page: Selection, form: Form, presentation: Presentation) -> tuple[Answer, Cells]:
        """One request's figures."""
        body: dict[str, Any] = {
            "table": about.table,
            "lang": self.lang,
            "format": form,
            "valuePresentation": presentation,
        }
        if page:
            body["variables"] = [{"code": code, "values": list(values)} for code, values in page.items()]

        def read(content: bytes) -> Cells:
            cells = (read_jsonstat if form == "jsonstat" else read_csv)(content, about.table)
            _refuse_other(cells, page, form, about)
            return cells

        return self._answer("POST", f"{self.transport.address}/data", json.dumps(body, ensure_ascii=False), read)

    def _answer(self, method: str, url: str, body: str, read: Callable[[bytes], Read]) -> tuple[Answer, Read]:
        """The answer, kept or fresh, and what is read from it. Only one that can be read is kept."""
        now = self.now()
        kept = self._cache.find(url, body, now, self.max_age) if self._cache else None
        if kept:
            return kept, read(kept.content)
        raw = self.transport.ask(method, url, body.encode())
        answer = answer_of(url, body, now, raw.headers, raw.content)
        found = read(answer.content)
        if self._cache:
            self._cache.keep(answer)
        return answer, found


def _refuse_other(cells: Cells, page: Selection, form: Form, about: TableInfo) -> None:
    """Raise BadFile unless an answer has what the page asked for, and all of it."""
    there = {one.code.upper(): len(one.values) for one in cells.dimensions if one.code.upper() != CONTENTS}
    asked = {code.upper(): len(values) for code, values in page.items()}
    asked.setdefault(about.time.code.upper(), 1)
    whole = len(cells) == count(page) if form == "jsonstat" else len(cells) <= count(page)
    if there.keys() != asked.keys() or any(there[code] > many for code, many in asked.items()) or not whole:
        raise BadFile(
            _("%(table)s: svaret er ikke på det, der blev spurgt om. Hent det igen, eller vælg færre tal.")
            % {"table": about.table}
        )


def _read_subjects(content: bytes) -> tuple[Subject, ...]:
    """All subjects. Raises BadFile."""
    return tuple(_subject(one, "subjects") for one in json_list(content, "subjects"))


def _read_tables(content: bytes) -> tuple[TableEntry, ...]:
    """All tables. Raises BadFile."""
    return tuple(_entry(one, "tables") for one in json_list(content, "tables"))


def _subject(told: Any, file: str) -> Subject:
    """One subject. Raises BadFile."""
    if not isinstance(told, dict) or not isinstance(told.get("subjects", []), list):
        raise _odd_catalogue(file)
    under = tuple(_subject(one, file) for one in told.get("subjects", []))
    return Subject(str(told.get("id", "")), str(told.get("description", "")), told.get("active") is not False, under)


def _entry(told: Any, file: str) -> TableEntry:
    """One table. Raises BadFile."""
    if not isinstance(told, dict) or not told.get("id") or not isinstance(told.get("variables", []), list):
        raise _odd_catalogue(file)
    return TableEntry(
        table=str(told["id"]),
        text=str(told.get("text", "")),
        unit=str(told.get("unit", "")),
        updated=str(told.get("updated", "")),
        first_period=str(told.get("firstPeriod", "")),
        latest_period=str(told.get("latestPeriod", "")),
        active=told.get("active") is not False,
        variables=tuple(str(one) for one in told.get("variables", [])),
    )


def _odd_catalogue(file: str) -> BadFile:
    """The error for a catalogue of another form than it has had."""
    return BadFile(_("%(file)s: kataloget har en anden form end ventet. Hent det igen.") % {"file": file})
