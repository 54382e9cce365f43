"""One request at a time to one service: patient, polite, and never led elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from django.utils.translation import gettext as _
from urllib3.util import Retry

from kvarter.evidence.importers.statbank.errors import BadAddress, ConnectorOff, NoAnswer, Refused
from kvarter.evidence.importers.statbank.texts import api_error

_AGAIN = {429, 500, 502, 503, 504}
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Manners:
    """How long to wait and how often to ask; seconds and bytes.

    connect, read: for the service to answer at all, and between two parts of an answer. whole: for all of it.
    tries: in all. backoff: before the second try, doubled for each after, never over longest_wait, which also bounds
    what the service may ask for by Retry-After. pause: at least, between two requests.
    """

    connect: float = 10
    read: float = 120
    whole: float = 600
    tries: int = 4
    backoff: float = 1
    longest_wait: float = 120
    pause: float = 0.5
    largest: int = 200_000_000


@dataclass(frozen=True)
class Clock:
    """Where time comes from, so that it can be given. now: seconds that only go forward."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Raw:
    """An answer as it came."""

    headers: dict[str, str]
    content: bytes


@dataclass
class Transport:
    """Asks one service. Raises ConnectorOff without an address, BadAddress for one that is no http(s) address."""

    address: str
    manners: Manners = field(default_factory=Manners)
    clock: Clock = field(default_factory=Clock)
    requests_made: int = 0
    _last: float | None = None

    def __post_init__(self) -> None:
        """Look at the address, and open a session that carries nobody's password."""
        self.address = self.address.strip().rstrip("/")
        if not self.address:
            raise ConnectorOff
        try:
            parts = urlsplit(self.address)
            usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or parts.username or parts.query or parts.fragment:
            raise BadAddress(
                _(
                    "“%(address)s” er ikke en adresse på en tjeneste. Den skal begynde med https:// "
                    "og være uden kodeord."
                )
                % {"address": parts.hostname if usable else self.address}
            )
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": "kvarter", "Accept-Language": "da, en"})
        # With an auth of its own, requests does not look for passwords in the operator's home folder.
        self._session.auth = lambda request: request

    def ask(self, method: str, url: str, body: bytes = b"") -> Raw:
        """The service's answer, tried again while it is busy or out of reach.

        Raises NoAnswer where none came that can be used, Refused where the service said no.
        """
        policy = Retry(self.manners.tries, retry_after_max=int(self.manners.longest_wait))
        for tried in range(1, self.manners.tries + 1):
            last = tried == self.manners.tries
            try:
                response = self._once(method, url, body)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                if last:
                    raise self._unreachable(error) from error
                self._wait(tried, None, policy)
                continue
            with response:
                if response.status_code in _AGAIN and not last:
                    self._wait(tried, response.headers.get("Retry-After"), policy)
                    continue
                try:
                    content = self._content(response)
                except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                    if last:
                        raise self._unreachable(error) from error
                    self._wait(tried, None, policy)
                    continue
                self._refuse_no(response, content)
                return Raw(dict(response.headers), content)
        raise AssertionError("the last try returns or raises")

    def _once(self, method: str, url: str, body: bytes) -> requests.Response:
        """One answer, not yet read, after the pause there must be; sent on within the same service at most."""
        for _step in range(4):
            self._pause()
            self.requests_made += 1
            response = self._session.request(
                method,
                url,
                data=body or None,
                headers={"Content-Type": "application/json; charset=utf-8"} if body else {},
                timeout=(self.manners.connect, self.manners.read),
                allow_redirects=False,
                stream=True,
            )
            if response.status_code not in _MOVED:
                return response
            response.close()
            url = self._same_service(url, response.headers.get("Location", ""))
        raise NoAnswer(_("%(host)s sender os rundt i ring. Se efter, om adressen er rigtig.") % {"host": self._host})

    def _same_service(self, url: str, location: str) -> str:
        """Where we are sent, if it is the same service. Raises NoAnswer."""
        try:
            there = urljoin(url, location)
            new, own = urlsplit(there), urlsplit(self.address)
            same = (new.scheme, new.hostname, new.port) == (own.scheme, own.hostname, own.port) and not new.username
            host = new.hostname or location
        except ValueError:
            same, host = False, location
        if not same:
            raise NoAnswer(
                _(
                    "%(host)s sender os videre til %(other)s. Det følger vi ikke af os selv. Er tjenesten flyttet, "
                    "sætter den, der driver Kvarter, den nye adresse."
                )
                % {"host": self._host, "other": host[:200]}
            )
        return there

    def _content(self, response: requests.Response) -> bytes:
        """All of an answer. Raises NoAnswer if it is too large or too long under way."""
        told = response.headers.get("Content-Length", "")
        if told.isascii() and told.isdigit() and int(told) > self.manners.largest:
            raise self._oversized()
        until = self.clock.now() + self.manners.whole
        parts, size = [], 0
        for part in response.iter_content(65536):
            size += len(part)
            if size > self.manners.largest:
                raise self._oversized()
            if self.clock.now() > until:
                raise self._slow(self.manners.whole)
            parts.append(part)
        return b"".join(parts)

    def _refuse_no(self, response: requests.Response, content: bytes) -> None:
        """Raise Refused, in words, if the service said no."""
        try:
            told = json.loads(content) if len(content) < 100_000 else None
        except (ValueError, RecursionError):
            told = None
        said = api_error(told)
        if not said and response.status_code == 200:
            return
        code = str(told["errorTypeCode"]) if said and isinstance(told, dict) else ""
        status = response.status_code
        if said:
            words = _("Statistikbanken afviste forespørgslen: %(said)s") % {"said": said}
        elif status == 429:
            words = _("Statistikbanken har for travlt (429). Prøv igen senere.")
        elif status >= 500:
            words = _("Statistikbanken har en fejl hos sig selv (%(status)s). Prøv igen senere.") % {"status": status}
        else:
            words = _("Statistikbanken afviste forespørgslen (%(status)s) uden at sige hvorfor.") % {"status": status}
        raise Refused(words, code, status)

    def _wait(self, tried: int, retry_after: str | None, policy: Retry) -> None:
        """Wait as long as the service asks for, or longer for each try."""
        wait = self.manners.backoff * 2.0 ** (tried - 1)
        if retry_after:
            with suppress(urllib3.exceptions.InvalidHeader):
                wait = policy.parse_retry_after(retry_after)
        self.clock.sleep(min(wait, self.manners.longest_wait))

    def _pause(self) -> None:
        """Let the service breathe between two requests."""
        if self._last is not None:
            left = self._last + self.manners.pause - self.clock.now()
            if left > 0:
                self.clock.sleep(left)
        self._last = self.clock.now()

    @property
    def _host(self) -> str:
        return urlsplit(self.address).hostname or ""

    def _unreachable(self, error: Exception) -> NoAnswer:
        """The error for no answer after the last try."""
        if _is_timeout(error):
            return self._slow(self.manners.read)
        return NoAnswer(
            _("%(host)s svarer ikke, eller forbindelsen blev afbrudt (%(n)s forsøg). Se efter netværket, og prøv igen.")
            % {"host": self._host, "n": self.manners.tries}
        )

    def _slow(self, seconds: float) -> NoAnswer:
        return NoAnswer(
            _("%(host)s svarede ikke inden for %(seconds)g sekunder. Prøv igen senere, eller vælg færre tal.")
            % {"host": self._host, "seconds": seconds}
        )

    def _oversized(self) -> NoAnswer:
        return NoAnswer(
            _("Svaret fra %(host)s fylder over %(n)s bytes og læses ikke. Vælg færre tal.")
            % {"host": self._host, "n": self.manners.largest}
        )


def _is_timeout(error: BaseException) -> bool:
    """Whether an error is at bottom one of time."""
    if isinstance(error, requests.Timeout | TimeoutError | urllib3.exceptions.TimeoutError):
        return True
    return any(isinstance(inner, BaseException) and _is_timeout(inner) for inner in error.args)
