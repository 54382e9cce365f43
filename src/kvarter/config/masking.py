"""Logs without codes: what stands in a letter and leads to an answer stands in no line of any log of this process."""

from __future__ import annotations

import logging
import re
from typing import Any

MASK = "[kode]"
# Whatever stands in the address that a letter's square leads to, also where its groups were typed with spaces between;
# three groups of six with strokes between; and without strokes where a figure among them tells them from three words.
_CODES = re.compile(
    r"(?<=/s/)[^\s\"'?#]+(?: [0-9A-Za-z]{5,7}(?![0-9A-Za-z/])){0,2}"
    r"|(?<![0-9A-Za-z])[0-9A-Za-z]{6}(?:-[0-9A-Za-z]{6}){2}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])(?=[A-Za-z -]{0,19}[0-9])[0-9A-Za-z]{6}(?:[- ]?[0-9A-Za-z]{6}){2}(?![0-9A-Za-z])"
)


def mask_codes() -> None:
    """Take codes out of every line when it is made, before any handler sees it: ours, the server's and a library's."""
    logging.setLogRecordFactory(_masked)


def _masked(*told: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*told, **more)
    line = record.getMessage()
    if _CODES.search(line):
        record.msg, record.args = _CODES.sub(MASK, line), None
    if record.exc_info and record.exc_info[0]:
        record.exc_text = _CODES.sub(MASK, logging.Formatter().formatException(record.exc_info))
    return record
