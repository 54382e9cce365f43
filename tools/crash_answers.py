"""Kill the server while residents answer, and look for every answer that it said was saved.

`python tools/crash_answers.py [--sessions 2000] [--a-second 50] [--kills 5] [--workers 2]` starts `kvarter up
--production` on an installation of its own (SQLite; or, with KVARTER_DATABASE_URL, two PostgreSQL databases made on
that server and dropped afterwards). Sessions begin at that rate; each opens its code's address, answers three pages,
sends, and asks again whenever it got no whole answer. The server and its workers are killed by SIGKILL as often as
told, over the whole run. Then every page that was acknowledged must be in the database, and no person there twice.
With `--kills 0` it tells how many answer at a time.

Everything runs on this machine's loopback address, and ends after at most 15 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from answering_residents import Resident, Tally

CHECKOUT = Path(__file__).resolve().parent.parent
SECTIONS, WORKERS = 3, 2
LIMIT = 15 * 60.0  # seconds: for the whole run
CALM, CALM_A_SECOND = 60, 4.0


def seconds_of_group(group: int) -> float:
    """The processor time that the processes of a group have used so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            told = stat.read_text().rpartition(")")[2].split()
            if int(told[2]) == group:
                ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Server:
    """The production server, which can be killed and started again."""

    def __init__(self, environment: Mapping[str, str], port: int, workers: int) -> None:
        self.environment, self.port, self.workers = dict(environment), port, workers
        self.process: subprocess.Popen[bytes] | None = None
        self.spent_before = 0.0

    def start(self) -> None:
        """Start it, without waiting."""
        command = [sys.executable, "-m", "kvarter.cli.main", "up", "--production", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--workers", str(self.workers)],
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

    @property
    def spent(self) -> float:
        """The seconds of processor time that it has used, through all its lives."""
        return self.spent_before + (seconds_of_group(self.process.pid) if self.process else 0.0)

    def kill(self) -> None:
        """End the server and its workers at once, with nothing said."""
        if self.process is None:
            return
        self.spent_before = self.spent
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


@dataclass(frozen=True)
class Course:
    """How a run went. seconds: it took; killed: how often the server was; of processor time: what each side used."""

    seconds: float
    killed: int
    server_spent: float
    clients_spent: float


async def run(server: Server, residents: list[Resident], a_second: float, kills: int) -> Course:
    """Let all answer, killing the server now and then."""
    began, spent, own = time.monotonic(), server.spent, time.process_time()
    tally = residents[0].tally

    async def come(number: int, resident: Resident) -> None:
        await asyncio.sleep(number / a_second)
        came = time.monotonic()
        await resident.answer_all()
        tally.sessions.append(time.monotonic() - came)

    async def disturb() -> int:
        for time_ in range(1, kills + 1):
            while len(tally.sessions) < len(residents) * time_ / (kills + 1):
                await asyncio.sleep(0.05)
            server.kill()
            server.start()
            down = time.monotonic()
            await Resident("", server.port, Tally(), random.Random(time_)).ask("GET", "/svar")
            tally.down.append(time.monotonic() - down)
        return kills

    everybody = asyncio.gather(*(come(number, one) for number, one in enumerate(residents)))
    killed, _answered = await asyncio.wait_for(asyncio.gather(disturb(), everybody), LIMIT)
    return Course(time.monotonic() - began, killed, server.spent - spent, time.process_time() - own)


def verify(residents: list[Resident]) -> dict[str, int]:
    """How many responses lack or differ from what was acknowledged, are not one for each person, or are not marked."""
    from kvarter.surveys.actions.keys import Use, key_of
    from kvarter.surveys.answers.envelopes import open_up
    from kvarter.surveys.answers.models import Response
    from kvarter.surveys.models import Invitation, Wave
    from kvarter.surveys.queries.answering import found_by, paper_of
    from kvarter.surveys.sealing import answers_key

    key = answers_key(key_of(Wave.objects.get(state=Wave.State.IN_FIELD), Use.LINK))
    kept = {row.ticket: open_up(row, key) for row in Response.objects.all()}
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


def measured(tally: Tally, course: Course) -> dict[str, float]:
    """What a run came to: finished sessions and requests a second; how long 50 and 95 of 100 waited; the processor time
    of a request, which server and clients share.
    """
    many = sum(len(waits) for waits in tally.waits.values())
    found = {
        "sessions finished a second": round(len(tally.sessions) / course.seconds, 1),
        "requests a second": round(many / course.seconds, 1),
        "server ms a request": round(1000 * course.server_spent / many, 2),
        "clients ms a request": round(1000 * course.clients_spent / many, 2),
    }
    for name, waits in (("page", tally.waits["GET"]), ("save", tally.waits["POST"]), ("session", tally.sessions)):
        parts = statistics.quantiles(waits, n=20)
        found |= {f"{name} p50 ms": round(1000 * parts[9]), f"{name} p95 ms": round(1000 * parts[-1])}
    return found


def main() -> None:
    """Run it, print what was found as JSON, and fail where anything acknowledged is lost, changed or doubled."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--sessions", type=int, default=2000)
    told.add_argument("--a-second", type=float, default=50.0)
    told.add_argument("--kills", type=int, default=5)
    told.add_argument("--workers", type=int, default=WORKERS)
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
    server = Server(environment, port, wish.workers)
    server.start()
    try:
        while not server.answers():
            time.sleep(0.2)
        codes = codes_of(environment, wish.sessions + CALM)
        calm, stormy = Tally(), Tally()
        first = [Resident(code, port, calm, random.Random(n)) for n, code in enumerate(codes[:CALM])]
        rest = [Resident(code, port, stormy, random.Random(n)) for n, code in enumerate(codes[CALM:], CALM)]
        quiet = asyncio.run(run(server, first, CALM_A_SECOND, 0))
        course = asyncio.run(run(server, rest, wish.a_second, wish.kills))
        found = _verified(first + rest)
    finally:
        server.kill()
    return {
        "database": "PostgreSQL" if environment.get("KVARTER_DATABASE_URL") else "SQLite",
        "sessions": len(rest),
        "begun a second": wish.a_second,
        "killed": course.killed,
        "seconds": round(course.seconds, 1),
        "of them until a killed server answered": [round(seconds, 1) for seconds in stormy.down],
        "asked again": stormy.again,
        "answered with a fault": stormy.broken,
        **{f"calm: {name}": value for name, value in measured(calm, quiet).items()},
        **measured(stormy, course),
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
