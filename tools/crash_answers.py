"""Kill the server while residents answer, and look for every answer that it said was saved.

`python tools/crash_answers.py [--sessions 2000] [--a-second 50] [--kills 5]` starts `kvarter up --production` with two
workers on an installation of its own (SQLite; or, with KVARTER_DATABASE_URL, two PostgreSQL databases made on that
server and dropped afterwards). Sessions begin at that rate; each opens its code's address, answers three pages, sends,
and asks again whenever it got no whole answer. The server and its workers are killed by SIGKILL as often as told, over
the whole run. Then every page that was acknowledged must be in the database, and no person there twice.

Everything runs on this machine's loopback address, and ends after at most 15 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

CHECKOUT = Path(__file__).resolve().parent.parent
SECTIONS, WORKERS = 3, 2
PATIENCE, LIMIT = 60.0, 15 * 60.0  # seconds: for one answer, for the whole run
CALM, CALM_A_SECOND = 60, 4.0
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
    """What happened on the way: waiting times in seconds, and how often something had to be asked again."""

    waits: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": []})
    again: int = 0
    broken: int = 0
    done: int = 0


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
            except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError):
                self.tally.again += 1
            else:
                if answer.status < 500:
                    self.tally.waits[method].append(time.monotonic() - began)
                    return answer
                self.tally.broken += 1
            await asyncio.sleep(self.chance.uniform(0.2, 1.0))

    async def _once(self, method: str, path: str, data: Mapping[str, str] | None) -> Answer:
        body = urlencode(data or {}).encode()
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write("\r\n".join([*head, "", ""]).encode() + body)
            await writer.drain()
            answer = await _read(reader)
        finally:
            writer.close()
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
        self.tally.done += 1

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


async def _read(reader: asyncio.StreamReader) -> Answer:
    """A whole answer. Raises IncompleteReadError or ValueError for less."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = [
        (name.lower(), value.strip()) for name, _sign, value in (line.partition(":") for line in head[1:] if line)
    ]
    length = int(dict(headers).get("content-length", "0"))
    return Answer(int(head[0].split()[1]), headers, (await reader.readexactly(length)).decode())


class Server:
    """The production server, which can be killed and started again."""

    def __init__(self, environment: Mapping[str, str], port: int) -> None:
        self.environment, self.port = dict(environment), port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting."""
        command = [sys.executable, "-m", "kvarter.cli.main", "up", "--production", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--workers", str(WORKERS)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as tried:
            tried.settimeout(1)
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """End the server and its workers at once, with nothing said."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


async def run(server: Server, residents: list[Resident], a_second: float, kills: int) -> tuple[float, int]:
    """Let all answer, killing the server now and then: the seconds it took, and how often it was killed."""
    began = time.monotonic()
    tally = residents[0].tally

    async def come(number: int, resident: Resident) -> None:
        await asyncio.sleep(number / a_second)
        await resident.answer_all()

    async def disturb() -> int:
        for time_ in range(1, kills + 1):
            while tally.done < len(residents) * time_ / (kills + 1):
                await asyncio.sleep(0.05)
            server.kill()
            server.start()
            while not server.answers():
                await asyncio.sleep(0.1)
        return kills

    everybody = asyncio.gather(*(come(number, one) for number, one in enumerate(residents)))
    killed, _answered = await asyncio.wait_for(asyncio.gather(disturb(), everybody), LIMIT)
    return time.monotonic() - began, killed


def verify(residents: list[Resident]) -> dict[str, int]:
    """How many responses lack or differ from what was acknowledged, are not one for each person, or are not marked."""
    from kvarter.surveys.answers.models import Response
    from kvarter.surveys.models import Invitation
    from kvarter.surveys.queries.answering import found_by, paper_of

    kept = {row.ticket: row for row in Response.objects.all()}
    lost = wrong = unmarked = 0
    tickets = set()
    for one in residents:
        found = found_by(one.code)
        assert found
        tickets.add(found.link.ticket)
        row = kept.get(found.link.ticket)
        if row is None or row.finished is not one.sent:
            lost += 1
            continue
        paper = paper_of(row.questionnaire)
        stored = {f"i{paper.numbers[key]}": str(value) for key, value in row.answers.items()}
        known = {f"i{number}": key for key, number in paper.numbers.items()}
        given = {known[name]: value for name, value in one.answers.items()}
        wrong += stored != {f"i{paper.numbers[key]}": str(value) for key, value in paper.routed(given).items()}
        unmarked += not Invitation.objects.filter(pk=found.code.invitation_id, answered_on__isnull=False).exists()
    return {"lost": lost, "wrong": wrong, "not one each": len(set(kept) ^ tickets), "not marked": unmarked}


async def use_codes_again(residents: list[Resident]) -> None:
    """As their holders may: what a kill left unmarked is marked then."""
    for one in residents:
        assert (await one.ask("GET", f"/s/{one.code}")).location == "/svar/besked"


@contextmanager
def installation() -> Iterator[dict[str, str]]:
    """The settings of an installation that is gone afterwards."""
    known = {key: value for key, value in os.environ.items() if not key.startswith(("KVARTER_", "DJANGO_"))}
    with tempfile.TemporaryDirectory(prefix="kvarter-crash-") as home, _databases() as databases:
        paths = {
            "KVARTER_HOME": home,
            "PYTHONPATH": str(CHECKOUT / "src"),
            "DJANGO_SETTINGS_MODULE": "kvarter.config.settings",
        }
        yield {**known, **paths, **databases, "KVARTER_MAIL_URL": "folder:"}


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    """Two PostgreSQL databases where a server was told, else none."""
    address = os.environ.get("KVARTER_DATABASE_URL")
    if not address:
        yield {}
        return
    import psycopg

    name = f"kvarter_crash_{os.getpid()}"
    names = (name, f"{name}_answers")
    with psycopg.connect(address, autocommit=True) as server:
        for one in names:
            server.execute(f'CREATE DATABASE "{one}"')
        try:
            yield {"KVARTER_DATABASE_URL": urlunsplit(urlsplit(address)._replace(path=f"/{name}"))}
        finally:
            for one in names:
                server.execute(f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)')


def codes_of(environment: Mapping[str, str], people: int) -> list[str]:
    """Letters to so many, from a wave put in the field on the running installation."""
    command = [sys.executable, str(CHECKOUT / "tools" / "field_wave.py"), str(people), str(SECTIONS)]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=True)
    return [code for code, _youth in json.loads(done.stdout)]


def measured(tally: Tally, seconds: float) -> dict[str, float]:
    """Requests a second, and how long pages and saves took in milliseconds (the 95th of 100)."""
    many = sum(len(waits) for waits in tally.waits.values())
    p95 = {method: statistics.quantiles(waits, n=20)[-1] * 1000 for method, waits in tally.waits.items()}
    return {
        "requests a second": round(many / seconds, 1),
        "page p95 ms": round(p95["GET"]),
        "save p95 ms": round(p95["POST"]),
    }


def main() -> None:
    """Run it, print what was found as JSON, and fail where anything acknowledged is lost, changed or doubled."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--sessions", type=int, default=2000)
    told.add_argument("--a-second", type=float, default=50.0)
    told.add_argument("--kills", type=int, default=5)
    wish = told.parse_args()
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit("told to stop"))  # and end the server on the way out
    sys.path.insert(0, str(CHECKOUT / "src"))
    with installation() as environment:
        os.environ.update(environment)
        report = _report(environment, wish)
    print(json.dumps(report, indent=1))
    if any(report[name] for name in ("lost", "wrong", "not one each", "not marked after the code is used again")):
        raise SystemExit("an acknowledged answer is lost, changed or doubled")


def _report(environment: Mapping[str, str], wish: argparse.Namespace) -> dict[str, object]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(environment, port)
    server.start()
    try:
        while not server.answers():
            time.sleep(0.2)
        codes = codes_of(environment, wish.sessions + CALM)
        calm, stormy = Tally(), Tally()
        first = [Resident(code, port, calm, random.Random(n)) for n, code in enumerate(codes[:CALM])]
        rest = [Resident(code, port, stormy, random.Random(n)) for n, code in enumerate(codes[CALM:], CALM)]
        quiet, _kills = asyncio.run(run(server, first, CALM_A_SECOND, 0))
        seconds, killed = asyncio.run(run(server, rest, wish.a_second, wish.kills))
        found = _verified(first + rest)
    finally:
        server.kill()
    return {
        "database": "PostgreSQL" if environment.get("KVARTER_DATABASE_URL") else "SQLite",
        "sessions": len(rest),
        "begun a second": wish.a_second,
        "killed": killed,
        "seconds": round(seconds, 1),
        "asked again": stormy.again,
        "answered with a fault": stormy.broken,
        **{f"calm: {name}": value for name, value in measured(calm, quiet).items()},
        **measured(stormy, seconds),
        **found,
    }


def _verified(residents: list[Resident]) -> dict[str, int]:
    import django

    django.setup()
    found = verify(residents)
    asyncio.run(use_codes_again(residents))
    return {**found, "not marked after the code is used again": verify(residents)["not marked"]}


if __name__ == "__main__":
    main()
