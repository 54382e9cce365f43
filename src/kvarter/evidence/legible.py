"""Texts that every file can hold: pasted and scanned ones may carry control characters, which nobody sees.

XML has no way to write them (W3C XML 1.0, 2.2), so that a document of Word's, a feed or a drawing that held one could
not be opened; and a font has no letter for them, so that a PDF would not be for all (PDF/UA).
"""

from __future__ import annotations

import re

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def legible(text: str) -> str:
    """The text without control characters; what breaks a line or a page breaks a line."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text))
