"""The status of a figure as people and producers write it."""

from __future__ import annotations

from collections.abc import Mapping

from kvarter.evidence.importers.extract import Status

_WORDS = {
    Status.NORMAL: ("normal", "endelig", "final", "ok"),
    Status.BREAK: ("brud", "brud i serien", "break"),
    Status.ESTIMATED: ("skøn", "skønnet", "beregnet", "estimated"),
    Status.PROVISIONAL: ("foreløbig", "foreløbigt", "provisional"),
    Status.UNRELIABLE: ("usikker", "usikkert", "unreliable"),
    Status.MISSING: ("mangler", "uoplyst", "missing"),
    Status.CANNOT_EXIST: ("findes ikke", "kan ikke forekomme"),
    Status.NOT_COLLECTED: ("ikke indsamlet", "not collected"),
    Status.SUPPRESSED: ("skjult", "diskretioneret", "fortrolig", "suppressed", "confidential"),
    Status.ZERO_OR_SUPPRESSED: ("nul eller skjult", "zero or suppressed"),
}
_BY_WORD = {word: status for status, words in _WORDS.items() for word in words}


def status_from(text: str, signs: Mapping[str, Status]) -> Status | None:
    """The status that a text means: a code of SDMX's, a word, or a sign of the mapping's; None if it is none."""
    bare = " ".join(text.split())
    if bare.upper() in set(Status):
        return Status(bare.upper())
    return _BY_WORD.get(bare.casefold()) or signs.get(bare)
