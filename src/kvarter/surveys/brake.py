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

    def lets(self, address: str) -> bool:
        """Whether this address may once more (one SQL query)."""
        own, everybody = self._places(address)
        taken = cache.get_many([*own, *everybody])
        times = sum(place in taken for place in own)
        braked = all(place in taken for place in everybody)
        return times < (1 if braked else self.own)

    def note(self, address: str) -> None:
        """Count a time against its address, and against all."""
        own, everybody = self._places(address)
        for places, seconds in ((own, HOUR), (everybody, 2 * MINUTE)):
            taken = cache.get_many(places)
            any(cache.add(place, 1, seconds) for place in places if place not in taken)

    def _places(self, address: str) -> tuple[list[str], list[str]]:
        whose = f"{self.what} {_network(address)}".encode()
        digest = hmac.new(settings.SECRET_KEY.encode(), whose, sha256).hexdigest()
        minute = int(time.time()) // MINUTE
        own = [f"{self.what}:{digest}:{at}" for at in range(self.own)]
        return own, [f"{self.what}:{minute}:{at}" for at in range(self.all_of_us)]


WRONG_CODES = Brake("code", own=20, all_of_us=60)
OPEN_ANSWERS = Brake("open", own=60, all_of_us=120)  # a school class and a library have one address each


def _network(address: str) -> str:
    """An IPv6 address stands for its /64, which one visitor has to themselves."""
    known = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
