"""The fields of somebody's table as numbers, and the signs that stand where there is none."""

from __future__ import annotations

import math
import re

from kvarter.evidence.importers.extract import Status

_SPACES = "\u00a0\u202f\u2009 "
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
# What begins with a nought is never thousands: 0.123 is a share, whatever sign stands in it.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:[.\s]\d{3})+(?:,\d+)?")
_GROUPED_ENGLISH = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_UNSURE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def number(field: object, *, decimal: str = ",") -> float | None:
    """A field as a number, None if it is none: 1.234,5 or 1 234,5 in Danish, 1,234.5 in English, and 12,5 %.

    A text of one group, as 1.234, is read by `decimal`: the sign that stands before decimals in its column (see
    `decimal_sign`). A per cent sign divides by a hundred.
    """
    if isinstance(field, float | int) and not isinstance(field, bool):
        return float(field) if math.isfinite(field) else None
    text = str(field).strip().strip(_SPACES)
    share = text.endswith("%")
    text = text.removesuffix("%").strip(_SPACES)
    for space in _SPACES:
        text = text.replace(space, " ")
    amount = _amount(text.replace("−", "-"), decimal)
    return amount / 100 if share and amount is not None else amount


def _amount(text: str, decimal: str) -> float | None:
    if _UNSURE.fullmatch(text):
        text = text.replace("." if decimal == "," else ",", "").replace(",", ".")
    elif _GROUPED.fullmatch(text):
        text = re.sub(r"[.\s]", "", text).replace(",", ".")
    elif _GROUPED_ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    elif _PLAIN.fullmatch(text):
        text = text.replace(",", ".")
    else:
        return None
    found = float(text)
    return found if math.isfinite(found) else None


def decimal_sign(fields: list[object]) -> str:
    """Which sign stands before decimals in a column of texts: the comma, unless a field can only be English."""
    texts = [str(field).strip() for field in fields if isinstance(field, str)]
    for text in texts:
        if _GROUPED_ENGLISH.fullmatch(text) and not _UNSURE.fullmatch(text):
            return "."
        if re.fullmatch(r"[+-]?(?:\d+\.(?:\d{1,2}|\d{4,})|0+\.\d+)", text):
            return "."
    return ","


SIGNS = {
    "": Status.MISSING,
    "..": Status.MISSING,
    "...": Status.MISSING,
    ".": Status.SUPPRESSED,
    "*": Status.SUPPRESSED,
    "x": Status.SUPPRESSED,
    "X": Status.SUPPRESSED,
    "-": Status.ZERO_OR_SUPPRESSED,
    "–": Status.ZERO_OR_SUPPRESSED,
}
