"""How often something may be done by one address, and by all together: a wrong code tried, an open answer begun.

85 random bits cannot be guessed; the brake on codes spares the server and shows that nobody can try. The one on the
open link keeps a script from filling the survey. An address is known by a keyed digest alone, which counts for an hour.
Each time that counts takes a place of its own, which the database gives once however many workers ask, so that none is
lost between them.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.core.cache import cache

HOUR, MINUTE = 3600, 60
_LOCK = Lock()
_IN_MIND: Counter[str] = Counter()  # by the first place of an address


@dataclass(frozen=True)
class Brake:
    """What is counted. own: times an address has in an hour. all_of_us: times in a minute, from everywhere, before each
    address gets but one.
    """

    what: str
    own: int
    all_of_us: int

    @contextmanager
    def trial(self, address: str) -> Iterator[Trial]:
        """A time of this address. Its place is taken before anything is tried, so that many at once do not all slip
        past; and given back unless the time is said to count.

        While fewer than half are gone, the rest is room for what other workers try meanwhile. So this one only keeps in
        mind that it tries, and whoever has a right code writes nothing (one SQL query).
        """
        own, everybody = self._of(address), self._of_all()
        taken = cache.get_many([*own, *everybody])
        gone, braked = sum(place in taken for place in own), all(place in taken for place in everybody)
        with _kept_in_mind(own[0], 0 if braked else self.own / 2 - gone) as (is_kept, others):
            most = (1 if braked else self.own) - others
            free = [place for place in own[: max(most, 0)] if place not in taken] if gone < most else []
            trial = Trial(own[0] if is_kept else next((place for place in free if cache.add(place, 1, HOUR)), None))
            try:
                yield trial
            finally:
                if trial.counts and trial.place:
                    if is_kept:
                        _take(own, HOUR)
                    _take(everybody, 2 * MINUTE)
                elif trial.place and not is_kept:
                    cache.delete(trial.place)

    def _of(self, address: str) -> list[str]:
        whose = f"{self.what} {_network(address)}".encode()
        digest = hmac.new(settings.SECRET_KEY.encode(), whose, sha256).hexdigest()
        return [f"{self.what}:{digest}:{at}" for at in range(self.own)]

    def _of_all(self) -> list[str]:
        minute = int(time.time()) // MINUTE
        return [f"{self.what}:{minute}:{at}" for at in range(self.all_of_us)]


@dataclass
class Trial:
    """A time that something is tried. place: None where it may not be. counts: whether it goes against the address."""

    place: str | None
    counts: bool = False


@contextmanager
def _kept_in_mind(who: str, room: float) -> Iterator[tuple[bool, int]]:
    """Whether a time is kept in mind by this process alone, as while fewer than `room` are; and how many others are."""
    with _LOCK:
        others = _IN_MIND[who]
        is_kept = others < room
        if is_kept:
            _IN_MIND[who] += 1
    try:
        yield is_kept, others
    finally:
        if is_kept:
            with _LOCK:
                _IN_MIND[who] -= 1
                if not _IN_MIND[who]:
                    del _IN_MIND[who]


def _take(places: Sequence[str], seconds: int) -> bool:
    """Whether one of some places was free and is taken now."""
    taken = cache.get_many(places)
    return any(cache.add(place, 1, seconds) for place in places if place not in taken)


WRONG_CODES = Brake("code", own=20, all_of_us=60)
OPEN_ANSWERS = Brake("open", own=60, all_of_us=120)  # a school class and a library have one address each


def _network(address: str) -> str:
    """An IPv6 address stands for its /64, which one visitor has to themselves."""
    known = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
