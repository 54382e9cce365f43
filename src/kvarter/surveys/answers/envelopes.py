"""A response while its wave is open: all of it lies in one sealed envelope, which the wave's own key opens.

So a copy of the database from before the cut holds no answer that can be read once the key is destroyed, nor anything
to know one by that is read after the cut: no household, no way it was given, and no length, since envelopes are filled
up to a whole number of blocks.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from kvarter.surveys.answers.models import Response
from kvarter.surveys.sealing import seal, unseal

FACTS = ("questionnaire", "mode", "household", "area", "stratum", "gender", "age", "base", "language")
ENCLOSED = (*FACTS, "answers", "keyed")
BLOCK, LENGTH = 2048, 4


def envelope_of(row: Response, key: bytes) -> bytes:
    """An envelope with the facts and answers of a response."""
    told = json.dumps({name: getattr(row, name) for name in ENCLOSED}, ensure_ascii=False, separators=(",", ":"))
    packed = zlib.compress(told.encode())
    filled = len(packed).to_bytes(LENGTH, "big") + packed
    return seal(key, filled + bytes(-len(filled) % BLOCK), _purpose(row))


def enclosed(row: Response, key: bytes) -> Response:
    """The response as it is stored: in its envelope, and nothing of it outside."""
    outside: dict[str, Any] = dict.fromkeys(ENCLOSED, "") | {"base": None, "answers": {}, "keyed": None}
    row.sealed = envelope_of(row, key)
    for name, value in outside.items():
        setattr(row, name, value)
    return row


def open_up(row: Response, key: bytes) -> Response:
    """The response with what its envelope holds. Raises CannotOpen."""
    filled = unseal(key, bytes(row.sealed), _purpose(row))
    size = int.from_bytes(filled[:LENGTH], "big")
    for name, told in json.loads(zlib.decompress(filled[LENGTH : LENGTH + size])).items():
        setattr(row, name, told)
    return row


def _purpose(row: Response) -> str:
    """Its own: an envelope laid in another row does not open."""
    return f"response {row.pk.hex}"
