"""Danish alphabetical order: æ, ø, å after z, and aa as å. ICU does it on PostgreSQL, this file on SQLite."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.models import F
from django.db.models.functions import Collate

COLLATION = "danish"
_ORDER = {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"}  # the three characters that follow z in ASCII


def sort_key(text: str) -> str:
    """A key that sorts as a Danish reader expects, letter case and accents aside."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("aa", "å")
    return "".join(_ORDER.get(letter) or unicodedata.normalize("NFKD", letter)[0] for letter in folded)


def compare(one: str, other: str) -> int:
    """-1, 0 or 1: SQLite's collation. Texts alike but for case and accents are told apart last, never equal."""
    left, right = (sort_key(one), one), (sort_key(other), other)
    return (left > right) - (left < right)


def register_on_sqlite(connection: Any, **_signal: Any) -> None:
    """Give every new SQLite connection the collation that PostgreSQL has from a migration."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(COLLATION, compare)


def danish(field: str) -> Collate:
    """An ordering by a text field, the Danish way: `order_by(danish("name"))`."""
    return Collate(F(field), COLLATION)
