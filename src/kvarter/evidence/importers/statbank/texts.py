"""From bytes to text, lines and JSON; and what was handed over instead: a web page, an error, half a file."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from kvarter.tables.limits import BadFile

LARGEST = 200_000_000


def decoded(raw: bytes, file: str) -> str:
    """The text of UTF-8 bytes, with or without a byte order mark. Raises BadFile naming the row that is not UTF-8."""
    refuse_foreign(raw, file)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(
            _("%(file)s, række %(row)s: teksten er ikke i UTF-8. Hent filen igen, og gem den ikke i et andet program.")
            % {"file": file, "row": row}
        ) from error


def refuse_foreign(raw: bytes, file: str) -> None:
    """Raise BadFile for what is no text of figures at all."""
    if not raw.strip():
        raise BadFile(_("%(file)s er tom. Hent filen igen.") % {"file": file})
    if len(raw) > LARGEST:
        raise BadFile(_("%(file)s fylder over 200 MB. Hent færre tal ad gangen.") % {"file": file})
    start = raw[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise BadFile(
            _("%(file)s er en webside og ikke tal. Åbn den i en browser for at se hvorfor, og hent tallene igen.")
            % {"file": file}
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw:
        raise BadFile(
            _("%(file)s er ikke tekst i UTF-8. Hent den igen som CSV eller JSON, eller som Excel-fil (.xlsx).")
            % {"file": file}
        )


def json_object(raw: bytes, file: str) -> dict[str, Any]:
    """The object that JSON bytes hold. Raises BadFile, also for half a file and for the API's own error."""
    told = _json(raw, file)
    if not isinstance(told, dict):
        raise BadFile(_("%(file)s: der skal stå ét objekt. Hent det igen.") % {"file": file})
    said = api_error(told)
    if said:
        raise BadFile(_("%(file)s er en fejl fra Statistikbanken og ikke tal: %(said)s") % {"file": file, "said": said})
    return told


def json_list(raw: bytes, file: str) -> list[Any]:
    """The list that JSON bytes hold. Raises BadFile."""
    told = _json(raw, file)
    if not isinstance(told, list):
        raise BadFile(_("%(file)s: der skal stå en liste. Hent det igen.") % {"file": file})
    return told


def _json(raw: bytes, file: str) -> Any:
    """What JSON bytes hold. Raises BadFile naming row and column."""
    text = decoded(raw, file)
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        # An unended text is reported where it begins.
        cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        why = _("Svaret er klippet over.") if cut else _("Det er ikke JSON.")
        raise BadFile(
            _("%(file)s, linje %(row)s, tegn %(column)s: %(why)s Hent det igen.")
            % {"file": file, "row": error.lineno, "column": error.colno, "why": why}
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadFile(_("%(file)s er ikke JSON, der kan læses. Hent det igen.") % {"file": file}) from error


def api_error(told: Any) -> str:
    """What an error answer of the API says, code first; "" if it is none."""
    if not isinstance(told, dict) or "errorTypeCode" not in told:
        return ""
    return " – ".join(str(told[key])[:500] for key in ("errorTypeCode", "message") if told.get(key))


def grid_of(text: str, separator: str, file: str) -> list[list[str]]:
    """The fields of each row. Raises BadFile for broken quotation marks."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise BadFile(
            _("%(file)s kan ikke deles i felter: et anførselstegn mangler eller står forkert. Hent filen igen.")
            % {"file": file}
        ) from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
