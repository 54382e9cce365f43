"""Breaks in a series that the producer tells of in words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kvarter.evidence.importers.statbank.periods import period_of

# Not “indbrud”, “lovbrud” or “break-ins”: those are what some tables count.
_SAYS_BREAK = re.compile(
    r"\b(?:data|serie|tidsserie)[- ]?brud(?:det|dene|\b)"
    r"|\bbrud(?:det)?\s+(?:i|mellem|efter|fra|imellem|pr)\b"
    r"|\b(?:data|series|comparability)[- ]?breaks?\b"
    r"|\bbreaks?\s+(?:in|between|after|from|of)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:ikke|ingen|intet|uden|no|not|without)\b[^.]{0,25}$", re.IGNORECASE)
_WHEN = r"(?:1[89]|20)\d\d(?:[KQHMUW]\d\d?)?"
_BETWEEN = re.compile(
    rf"\b(?:mellem|imellem|between|fra|from)\s+({_WHEN})\s+(?:og|and|til|to)\s+({_WHEN})\b", re.IGNORECASE
)
_ANY = re.compile(rf"\b{_WHEN}\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[a-zæøå0-9)])[.;!?]\s+(?=[A-ZÆØÅ0-9])|[\r\n]+", re.UNICODE)


@dataclass(frozen=True)
class ToldBreak:
    """A sentence that tells of a break, and the first day of what comes after it; no day where it names none."""

    sentence: str
    after: tuple[date, ...]


def breaks_in(texts: Iterable[str]) -> tuple[ToldBreak, ...]:
    """The breaks that footers and footnotes tell of."""
    return tuple(found for text in texts for sentence in _SENTENCE.split(text) if (found := _told(sentence)))


def _told(sentence: str) -> ToldBreak | None:
    """The break a sentence tells of."""
    says = _SAYS_BREAK.search(sentence)
    if not says or _DENIED.search(sentence[: says.start()]):
        return None
    between = _BETWEEN.findall(sentence)
    when = [later for _earlier, later in between] or _ANY.findall(sentence)
    periods = [period_of(code) for code in when]
    return ToldBreak(sentence.strip(), tuple(period.first for period in periods if period))
