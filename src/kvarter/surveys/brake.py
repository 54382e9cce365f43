"""How often something may be done by one address, and by all together: a wrong code tried, an open answer begun.

85 random bits cannot be guessed; the brake on codes spares the server and shows that nobody can try. The one on the
open link keeps a script from filling the survey. An address is known by a keyed digest alone, which counts for an hour.
Each time takes a place of its own, which the database gives once however many workers ask, so that none is lost between
them.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache

HOUR, MINUTE = 3600, 60


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
        """
        trial = Trial(self._taken(address))
        try:
            yield trial
        finally:
            if trial.counts and trial.place:
                _take(self._of_all(), 2 * MINUTE)
            elif trial.place:
                cache.delete(trial.place)

    def _taken(self, address: str) -> str | None:
        """A place of the address that was free and is taken now; None where it has none left."""
        own, everybody = self._of(address), self._of_all()
        taken = cache.get_many([*own, *everybody])
        most = 1 if all(place in taken for place in everybody) else self.own
        if sum(place in taken for place in own) >= most:
            return None
        return next((place for place in own[:most] if place not in taken and cache.add(place, 1, HOUR)), None)

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
