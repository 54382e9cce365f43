"""Answers kept on disk, each with where and when it came from: asking twice costs the producer nothing."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

# Nothing else of an answer's headers says anything about the figures.
_KEPT_HEADERS = {"content-type", "last-modified", "etag", "date", "content-language"}


@dataclass(frozen=True)
class Answer:
    """What the service answered, and to what: the provenance of every figure in it.

    url, body: the request, body "" for a GET. fetched: when it came from the service. digest: SHA-256 of `content`.
    """

    url: str
    body: str
    fetched: datetime
    digest: str
    headers: Mapping[str, str]
    content: bytes
    from_cache: bool = False


def answer_of(url: str, body: str, fetched: datetime, headers: Mapping[str, str], content: bytes) -> Answer:
    """A fresh answer."""
    kept = {name.lower(): value for name, value in headers.items() if name.lower() in _KEPT_HEADERS}
    return Answer(url, body, fetched, hashlib.sha256(content).hexdigest(), kept, content)


class Cache:
    """Answers in a folder, one file for each request: a line of JSON with what is known of it, then the answer."""

    def __init__(self, folder: Path) -> None:
        """Keep answers in a folder, which is made when there is one to keep."""
        self.folder = folder

    def find(self, url: str, body: str, now: datetime, max_age: timedelta | None) -> Answer | None:
        """The answer to a request, if there is one whole and young enough."""
        try:
            head, _newline, content = self._file(url, body).read_bytes().partition(b"\n")
            told = json.loads(head)
            fetched = datetime.fromisoformat(told["fetched"])
            found = Answer(url, body, fetched, told["digest"], dict(told["headers"]), content, from_cache=True)
            whole = told["url"] == url and told["body"] == body
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not whole or hashlib.sha256(content).hexdigest() != found.digest:
            return None
        return found if max_age is None or now - fetched <= max_age else None

    def keep(self, answer: Answer) -> None:
        """Keep an answer; nobody ever sees half of it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        head = {
            "url": answer.url,
            "body": answer.body,
            "fetched": answer.fetched.isoformat(),
            "digest": answer.digest,
            "headers": dict(answer.headers),
        }
        written, name = tempfile.mkstemp(dir=self.folder, suffix=".new")
        try:
            with os.fdopen(written, "wb") as out:
                out.write(json.dumps(head).encode() + b"\n" + answer.content)
            Path(name).replace(self._file(answer.url, answer.body))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _file(self, url: str, body: str) -> Path:
        """Where the answer to a request is."""
        request = f"{url}\n{body}".encode()
        return self.folder / f"{hashlib.sha256(request).hexdigest()}.answer"
