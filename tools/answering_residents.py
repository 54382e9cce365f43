"""Residents who answer over HTTP as fast as they can, and remember what the server said was saved.

For `crash_answers.py`. They cost as little as they can, since they share the machine with the server that is measured.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATIENCE = 60.0  # seconds to wait for one answer
CHOICE = re.compile(r'<input type="(?:radio|checkbox)" name="(i\d+)" value="([^"]+)"')
TYPED = re.compile(r'<input id="(i\d+)" name="i\d+" value="[^"]*" inputmode')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass
class Answer:
    """What a server said, once the whole of it has come."""

    status: int
    headers: list[tuple[str, str]]
    body: str

    @property
    def location(self) -> str:
        """Where it sends on to."""
        return next((value for name, value in self.headers if name == "location"), "")


@dataclass
class Tally:
    """What happened on the way: seconds that requests, whole sessions, and the return of a killed server took; and how
    often something had to be asked again.
    """

    waits: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    sessions: list[float] = field(default_factory=list)
    down: list[float] = field(default_factory=list)
    again: int = 0
    broken: int = 0


@dataclass
class Resident:
    """Somebody with a code, what was acknowledged of what they sent, and their browser."""

    code: str
    port: int
    tally: Tally
    chance: random.Random
    answers: dict[str, str] = field(default_factory=dict)
    sent: bool = False
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, data: Mapping[str, str] | None = None) -> Answer:
        """Ask until a whole answer comes that is not a fault of the server."""
        began = time.monotonic()
        while True:
            try:
                answer = await asyncio.wait_for(self._once(method, path, data), PATIENCE)
            except (OSError, ValueError, TimeoutError):
                self.tally.again += 1
            else:
                if answer.status < 500:
                    self.tally.waits[method].append(time.monotonic() - began)
                    return answer
                self.tally.broken += 1
            await asyncio.sleep(self.chance.uniform(0.5, 2.0))  # nobody presses again at once

    async def _once(self, method: str, path: str, data: Mapping[str, str] | None) -> Answer:
        body = urlencode(data or {}).encode()
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        asked = "\r\n".join([*head, "", ""]).encode() + body
        told: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        connection, _protocol = await asyncio.get_running_loop().create_connection(
            lambda: Exchange(asked, told), "127.0.0.1", self.port
        )
        try:
            answer = whole_answer(await told)
        finally:
            connection.abort()
        for name, value in answer.headers:
            if name == "set-cookie":
                cookie, content = value.split(";")[0].split("=", 1)
                self.cookies[cookie] = content
        return answer

    async def answer_all(self) -> None:
        """From the letter to thanks; some think better of a page, some press twice."""
        at = (await self.ask("GET", f"/s/{self.code}")).location
        await self.ask("GET", at)
        at = "/svar/side/1"
        while at.startswith("/svar/side/"):
            page = await self.ask("GET", at)
            at = await self._save(at, page.body)
        if self.chance.random() < 0.1:
            await self._save("/svar/side/1", (await self.ask("GET", "/svar/side/1")).body)
        last = await self.ask("GET", "/svar/send")
        token = TOKEN.search(last.body)
        assert token, last.body[:300]
        sent = await self.ask("POST", "/svar/send", {"csrfmiddlewaretoken": token[1]})
        assert sent.location == "/svar/besked", (sent.status, sent.location)
        self.sent = True
        await self.ask("GET", sent.location)

    async def _save(self, path: str, page: str) -> str:
        token = TOKEN.search(page)
        assert token, page[:300]
        chosen = dict.fromkeys(TYPED.findall(page), "3")
        for name, value in self.chance.sample(found := CHOICE.findall(page), len(found)):
            chosen.setdefault(name, value)
        posted = {**chosen, "csrfmiddlewaretoken": token[1]}
        twice = self.chance.random() < 0.1
        answers = await asyncio.gather(*(self.ask("POST", path, posted) for _time in range(1 + twice)))
        assert all(answer.status == 302 for answer in answers), answers[0].body[:2000]
        self.answers |= chosen
        return answers[0].location


class Exchange(asyncio.Protocol):
    """One request on a connection of its own, and all that comes back before the server closes it."""

    def __init__(self, asked: bytes, told: asyncio.Future[bytes]) -> None:
        self.asked, self.told, self.parts = asked, told, list[bytes]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self.asked)

    def data_received(self, data: bytes) -> None:
        self.parts.append(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self.told.done():
            return
        if error:
            self.told.set_exception(error)
        else:
            self.told.set_result(b"".join(self.parts))


def whole_answer(content: bytes) -> Answer:
    """An answer. Raises ValueError for less than a whole one."""
    head, blank, body = content.partition(b"\r\n\r\n")
    if not blank:
        raise ValueError("no whole head")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _sign, value in (line.partition(":") for line in lines)]
    if len(body) != int(dict(headers).get("content-length", "0")):
        raise ValueError("no whole body")
    return Answer(int(first.split()[1]), headers, body.decode())
