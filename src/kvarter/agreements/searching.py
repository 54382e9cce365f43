"""Words brought to their stem, so that "målsætningerne" finds "målsætning" on every database alike.

Stems of a clause are kept beside it as " stem stem ", and a search asks for " stem": the start of a word is enough.
"""

from __future__ import annotations

import re
from functools import cache

import snowballstemmer
from django.db.models import Q

_STEMMERS = {"da": "danish", "en": "english"}
# "cykel" and "cykler" have one stem once the weak e is gone.
_SYNCOPE = re.compile(r"([^aeiouyæøå])e([lnr])$")
_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_STEMMERS.get(language, "danish"))


def stem_words(text: str, language: str) -> list[str]:
    """The stems of a text's words, in order, in small letters."""
    words: list[str] = _WORD.findall(text.casefold())
    stems: list[str] = _stemmer(language).stemWords(words)
    return [_SYNCOPE.sub(r"\1\2", stem) for stem in stems] if language == "da" else stems


def stems_of(text: str, language: str) -> str:
    """What is stored beside a clause: its stems between spaces, each once."""
    return f" {' '.join(dict.fromkeys(stem_words(text, language)))} "


def holding(question: str, language: str, field: str = "stems") -> Q:
    """The rows whose stems hold every word of the question (at most eight are used)."""
    wanted = Q()
    for stem in stem_words(question, language)[:MOST_WORDS]:
        wanted &= Q(**{f"{field}__contains": f" {stem}"})
    return wanted
