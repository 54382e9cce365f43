"""Somebody answering: what the pages must know of them, sealed in a cookie of their own and kept nowhere here.

The code is not in it. It leads to the response by the ticket, opens with the installation's signing key alone, and
stops working after some hours without a saved page.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kvarter.surveys.answers.models import Response
from kvarter.surveys.sealing import KEY_BYTES, CannotOpen, seal, unseal

SECONDS = 6 * 60 * 60


@dataclass(frozen=True)
class Sitting:
    """Who answers what, in which way. What is copied to the response is as it was drawn.

    wave: its number. questionnaire: its digest. invitation: whom to mark as having answered, None by the open link.
    second: the second keying of a paper. is_made_up: in a demonstration, which every page of it says.
    """

    wave: int
    questionnaire: str
    ticket: str
    language: str
    kind: str = Response.Kind.SAMPLE.value
    mode: str = Response.Mode.WEB.value
    household: str = ""
    area: str = ""
    stratum: str = ""
    gender: str = ""
    age: str = ""
    base: float | None = None
    invitation: int | None = None
    second: bool = False
    is_made_up: bool = False

    @property
    def by_staff(self) -> bool:
        """Whether somebody else types the answers in."""
        return self.mode != Response.Mode.WEB

    @property
    def is_open(self) -> bool:
        """Whether it came by the open link."""
        return self.kind == Response.Kind.OPEN

    @property
    def is_paper(self) -> bool:
        """Whether a paper is keyed: it is keyed twice, and may lack answers."""
        return self.mode == Response.Mode.PAPER


@dataclass(frozen=True)
class Notice:
    """What a page tells somebody who is not answering now: about which wave, and what ("received", "thanks", …).

    language: that they answered in, "" where it is not known.
    """

    wave: int
    what: str
    language: str = ""


def sealed(held: Sitting | Notice, now: float) -> str:
    """For a cookie. now: seconds since 1970; it holds for some hours."""
    content = json.dumps({"until": now + SECONDS, **asdict(held)}, separators=(",", ":")).encode()
    return urlsafe_b64encode(seal(_key(settings.SECRET_KEY), content, type(held).__name__)).decode().rstrip("=")


def sitting_in(cookie: str, now: float) -> Sitting | None:
    """The sitting that a cookie holds; None where it holds none any more."""
    told = _opened(cookie, Sitting.__name__, now)
    return Sitting(**told) if told else None


def notice_in(cookie: str, now: float) -> Notice | None:
    """The notice that a cookie holds; None where it holds none any more."""
    told = _opened(cookie, Notice.__name__, now)
    return Notice(**told) if told else None


def _opened(cookie: str, purpose: str, now: float) -> dict[str, Any] | None:
    try:
        content = urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
        told: dict[str, Any] = json.loads(unseal(_key(settings.SECRET_KEY), content, purpose))
    except (CannotOpen, ValueError):
        return None
    return told if told.pop("until") > now else None


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"kvarter answering").derive(secret.encode())
