"""How often wrong codes may be tried: by one address, and by all together.

85 random bits cannot be guessed; the brake spares the server and shows that nobody can try. An address is known by a
keyed digest alone, which counts for an hour. Each wrong code takes a place of its own, which the database gives once
however many workers ask, so that none is lost between them.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache

MOST_OF_AN_ADDRESS = 20  # wrong codes in an hour
MOST_OF_ALL = 60  # wrong codes in a minute, from everywhere, before each address gets but one
HOUR, MINUTE = 3600, 60


def may_try(address: str) -> bool:
    """Whether a code from this address is looked at (one SQL query)."""
    own, everybody = _places(address)
    taken = cache.get_many([*own, *everybody])
    wrong = sum(place in taken for place in own)
    braked = all(place in taken for place in everybody)
    return wrong < (1 if braked else MOST_OF_AN_ADDRESS)


def note_wrong(address: str) -> None:
    """Count a wrong code against its address, and against all."""
    own, everybody = _places(address)
    for places, seconds in ((own, HOUR), (everybody, 2 * MINUTE)):
        taken = cache.get_many(places)
        any(cache.add(place, 1, seconds) for place in places if place not in taken)


def _places(address: str) -> tuple[list[str], list[str]]:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"code {_network(address)}".encode(), sha256).hexdigest()
    minute = int(time.time()) // MINUTE
    own = [f"code:{digest}:{at}" for at in range(MOST_OF_AN_ADDRESS)]
    return own, [f"code:{minute}:{at}" for at in range(MOST_OF_ALL)]


def _network(address: str) -> str:
    """An IPv6 address stands for its /64, which one visitor has to themselves."""
    known = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
