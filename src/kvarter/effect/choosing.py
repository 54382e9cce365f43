"""What an analyst names or chooses by a word: columns, and one of a few ways."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar

from kvarter.effect.errors import BadData, EffectError

Way = TypeVar("Way", bound=StrEnum)


def column_names(given: Any, key: str, wrong: type[EffectError] = BadData) -> tuple[str, ...]:
    """The names given; a text alone is one name. Raises `wrong` telling the key and how it is written."""
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Iterable) else (given,)
    if not all(isinstance(name, str) and name for name in names):
        raise wrong(f'{key} is {given!r}: give names of columns, as {key} = ["one", "other"].')
    return names


def column_name(given: Any, key: str, wrong: type[EffectError] = BadData) -> str | None:
    """The one name given, or none. Raises `wrong` telling the key and how it is written."""
    if given is not None and not (isinstance(given, str) and given):
        raise wrong(f'{key} is {given!r}: give the name of one column, as {key} = "one".')
    return given


def column_pairs(given: Any, key: str) -> list[tuple[str, str]]:
    """Pairs of names. Raises BadData telling the key and how it is written."""
    pairs = [column_names(one, key) for one in given] if not isinstance(given, str) else [(given,)]
    if not all(len(pair) == 2 for pair in pairs):
        raise BadData(f'{key} is {given!r}: give pairs of columns, as {key}=[("above", "below")].')
    return [(pair[0], pair[1]) for pair in pairs]


def chosen(ways: type[Way], given: Any, key: str) -> Way:
    """The way that a word names. Raises BadData telling those there are."""
    try:
        return ways(given)
    except ValueError as error:
        raise BadData(f"{key} is {given!r}: give one of {', '.join(ways)}.") from error
