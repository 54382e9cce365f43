"""How far the letters that are being made have come, for whoever waits for the file: two numbers in the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.cache import cache

from kvarter.surveys.models import Wave

KEPT = 10 * 60  # seconds, should the work be broken off


@dataclass(frozen=True)
class Progress:
    """So many letters are made of so many."""

    done: int
    of: int


@contextmanager
def followed(wave: Wave, of: int) -> Iterator[Callable[[int], None]]:
    """Something to call with how many more are made. Afterwards nothing is said of them."""
    done = 0

    def more(made: int) -> None:
        nonlocal done
        done += made
        cache.set(_key(wave), (done, of), KEPT)

    more(0)
    try:
        yield more
    finally:
        cache.delete(_key(wave))


def progress_of(wave: Wave) -> Progress | None:
    """How far letters of the wave have come; None where none are being made (one SQL query)."""
    found = cache.get(_key(wave))
    return Progress(*found) if found else None


def _key(wave: Wave) -> str:
    return f"letters-of-wave-{wave.pk}"
