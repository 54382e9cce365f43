"""A StatBank of ours: a real HTTP server on this machine, and tables and answers of the form it gives."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kvarter.evidence.importers.statbank.tableinfo import TableInfo, read_tableinfo


@dataclass
class Asked:
    """A request as it reached the server."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any


@dataclass
class Reply:
    """What the server answers. length: the Content-Length it claims, None for none; cut: the
    connection is reset instead. wait: for this first."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = -1
    cut: bool = False
    wait: threading.Event | None = None


class _Handler(BaseHTTPRequestHandler):
    """Passes each request on to `Server.answer`."""

    def do_GET(self) -> None:
        self._reply(None)

    def do_POST(self) -> None:
        self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _reply(self, body: Any) -> None:
        assert isinstance(self.server, _Http)
        url = urlsplit(self.path)
        asked = Asked(self.command, url.path, parse_qs(url.query), body)
        self.server.owner.asked.append(asked)
        reply = self.server.owner.answer(asked)
        if reply.wait:
            reply.wait.wait(5)
        if reply.cut:
            # Closed with this set, the connection is reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.length is not None:
            self.send_header("Content-Length", str(len(reply.content) if reply.length < 0 else reply.length))
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class _Http(ThreadingHTTPServer):
    owner: Server

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""

    def shutdown_request(self, request: Any) -> None:
        """Close at once: a polite goodbye first would hide a reset."""
        with suppress(OSError):
            request.close()


class Server:
    """A real HTTP server on a free port; `answer` decides, `asked` tells what came."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Reply] = lambda asked: Reply(status=404)
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def replies(self, *replies: Reply) -> None:
        """Answer so, one after the other; the last one for ever."""
        left = list(replies)
        self.answer = lambda asked: left.pop(0) if len(left) > 1 else left[0]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def told(variables: dict[str, list[tuple[str, str]]], **more: Any) -> dict[str, Any]:
    """What /tableinfo says of a table of ours; the last variable is the time."""
    *_rest, time = variables
    return {
        "id": "T1",
        "text": "Noget",
        "description": "Noget efter andet",
        "unit": "Antal",
        "suppressedDataValue": "0",
        "updated": "2025-03-25T08:00:00",
        "active": True,
        "variables": [
            {"id": code, "text": code.lower(), "elimination": code not in {time, "MUST"}, "time": code == time}
            | {"values": [{"id": one, "text": text} for one, text in values]}
            for code, values in variables.items()
        ],
        **more,
    }


def info(variables: dict[str, list[tuple[str, str]]], **more: Any) -> TableInfo:
    return read_tableinfo(json.dumps(told(variables, **more)).encode(), "T1")


def jsonstat(shape: dict[str, list[str]], value: Any, **more: Any) -> bytes:
    """A JSON-stat answer, its time named Tid."""
    around: dict[str, Any] = {
        code: {"label": code, "category": {"index": {one: at for at, one in enumerate(values)}}}
        for code, values in shape.items()
    }
    around |= {"id": list(shape), "size": [len(values) for values in shape.values()], "role": {"time": ["Tid"]}}
    return json.dumps({"dataset": {"dimension": around, "value": value, **more}}).encode()


AREAS = [("000", "Hele landet"), ("084", "Region Hovedstaden"), ("101", "København"), ("159", "Gladsaxe")]
AREAS += [("411", "Christiansø"), ("998", "Uoplyst")]
QUARTERS = [("2019K4", "2019K4"), ("2020K1", "2020K1")]
FOLK = {"OMRÅDE": AREAS, "KØN": [("TOT", "I alt"), ("1", "Mænd")], "Tid": QUARTERS}
