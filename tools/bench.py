"""`make bench`: requests a second and waiting times of the public pages, on the server production runs.

Starts `kvarter up --production` with two worker processes on a fresh database in a temporary folder, warms each
page, then measures it as an anonymous visitor. Uses wrk where it is installed, else a loop of its own (slower, so
the figures are lower bounds). Everything runs on this machine's loopback address.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PAGES = {
    "front": "/",
    "agreement": "/aftale/sammen-om-hoeje-gladsaxe",
    "goal": "/aftale/sammen-om-hoeje-gladsaxe/maal/maal-1",
    "agreement, figures": "/aftale/sammen-om-hoeje-gladsaxe/virker-det",
    "themes": "/kvarter/hoeje-gladsaxe/tal",
    "theme": "/kvarter/hoeje-gladsaxe/tal/medborgerskab",
    "indicator": "/kvarter/hoeje-gladsaxe/indikator/valgdeltagelse",
    "reflection": "/kvarter/hoeje-gladsaxe/afspejling",
    "among others": "/kvarter/hoeje-gladsaxe/blandt-andre",
    "small chart (.svg)": "/kvarter/hoeje-gladsaxe/tal/medborgerskab.svg",
    "map": "/kvarter/hoeje-gladsaxe/kort",
    "report, as a page": "/kvarter/hoeje-gladsaxe/rapport",
    "calendar (.ics)": "/kvarter/hoeje-gladsaxe/forpligtelser.ics",
}
SECONDS = 10
AT_ONCE = 8
EXPECTED = 150


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def start(home: Path, port: int) -> subprocess.Popen[bytes]:
    """The production server, once it answers."""
    known = {key: value for key, value in os.environ.items() if not key.startswith("KVARTER_")}
    database = os.environ.get("KVARTER_DATABASE_URL")
    environment = {**known, "KVARTER_HOME": str(home), "PORT": str(port), "KVARTER_MAIL_URL": "folder:"}
    if database:
        environment["KVARTER_DATABASE_URL"] = database
    command = Path(sys.executable).with_name("kvarter")
    server = subprocess.Popen(
        [command, "up", "--production", "--port", str(port), "--workers", "2"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    for _try in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
            return server
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("the server did not answer")


def with_wrk(address: str) -> tuple[float, list[float]]:
    """Requests a second and the 50th, 95th and 99th percentile in milliseconds, by wrk."""
    script = Path(__file__).with_name("percentiles.lua")
    command = ["wrk", "-t1", f"-c{AT_ONCE}", f"-d{SECONDS}s", "--latency", "-s", str(script), address]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise SystemExit(f"{address} did not answer with 200:\n{printed}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    waits = re.search(r"percentiles ([\d.]+) ([\d.]+) ([\d.]+)", printed)
    assert rate, printed
    assert waits, printed
    return float(rate[1]), [float(part) for part in waits.groups()]


def by_hand(port: int, path: str) -> tuple[float, list[float]]:
    """The same, by eight threads of this process."""

    def visit(_number: int) -> list[float]:
        waits = []
        connection = http.client.HTTPConnection("127.0.0.1", port)
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            began = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, f"{path}: {answer.status}"
            waits.append((time.perf_counter() - began) * 1000)
        return waits

    with ThreadPoolExecutor(AT_ONCE) as visitors:
        waits = sorted(wait for one in visitors.map(visit, range(AT_ONCE)) for wait in one)
    return len(waits) / SECONDS, [waits[int(len(waits) * share)] for share in (0.5, 0.95, 0.99)]


def main() -> int:
    """Print the table; 1 when a page is slower than expected."""
    slow = []
    tool = "wrk" if shutil.which("wrk") else "own loop"
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = start(Path(folder), port)
        try:
            print(
                f"{'page':18} {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}"
                f"   ({tool}, 2 workers, {AT_ONCE} at once)"
            )
            for name, path in PAGES.items():
                address = f"http://127.0.0.1:{port}{path}"
                for _warm in range(20):
                    urllib.request.urlopen(address).read()
                rate, waits = with_wrk(address) if tool == "wrk" else by_hand(port, path)
                print(f"{name:18} {rate:8.0f} " + " ".join(f"{wait:8.1f}" for wait in waits))
                slow += [name] if rate < EXPECTED else []
        finally:
            server.terminate()
            server.wait(10)
    if slow:
        print(f"under {EXPECTED} a second: {', '.join(slow)}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
