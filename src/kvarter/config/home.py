"""Where an installation keeps what is its own: the database and the secret key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit


def secret_key(home: Path) -> str:
    """The installation's signing key, made at first use and readable by its owner alone."""
    file = home / "secret-key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        _write_once(file, secrets.token_urlsafe(50))
    return file.read_text()


def _write_once(file: Path, text: str) -> None:
    """Write a private file unless another process just did: a link is made only where no file stands."""
    draft = file.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def mail_server(url: str) -> SplitResult:
    """The parts of a mail server's address; without a host when mail is written to a folder.

    Raises ValueError for anything but smtp://, smtps:// or folder:.
    """
    parts = urlsplit(url)
    if url and parts.scheme != "folder" and not (parts.scheme in {"smtp", "smtps"} and parts.hostname):
        raise ValueError(
            f"KVARTER_MAIL_URL must be smtp://host:port, smtps://host or folder:, not {url.split('@')[-1]}"
        )
    return parts


def survey_key_file(home: Path) -> Path:
    """Where the operator's key lies."""
    return Path(os.environ.get("KVARTER_SURVEY_KEY_FILE") or home / "survey-key")


def survey_key(file: Path) -> bytes:
    """The operator's key that seals who is asked: 32 bytes, in hexadecimal in a file outside the databases.

    Made at first use. Raises ValueError for a file that holds something else.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_once(file, secrets.token_hex(32))
    key = bytes.fromhex(file.read_text().strip())
    if len(key) != 32:
        raise ValueError(f"{file} must hold 64 hexadecimal digits, as from `openssl rand -hex 32`")
    return key


def answers_address(url: str) -> str:
    """Where answers lie on PostgreSQL unless said otherwise: beside the site's database, named with _answers behind."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_answers")) if url else ""


def database(url: str, home: Path, name: str = "kvarter") -> dict[str, Any]:
    """Django's setting for a database address, or for SQLite in the installation's folder when there is none.

    Raises ValueError for an address that is not PostgreSQL's.
    """
    if not url:
        return _sqlite(home, name)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"KVARTER_DATABASE_URL must begin with postgres://, not {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(home: Path, name: str) -> dict[str, Any]:
    # What a resident was told is saved must outlive a power failure: answers wait for the disk, pages of them outside
    # their transaction (surveys/answers/holding.py).
    wait = "FULL" if name == "answers" else "NORMAL"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home / f"{name}.sqlite3",
        "CONN_MAX_AGE": None,
        "TEST": {"NAME": home / f"test-{name}.sqlite3"},  # a file: threads in tests meet the locks of production
        "OPTIONS": {
            # A writer takes its lock at once, so two writers wait for each other instead of failing halfway.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # What is deleted is written over, so that it cannot be read in the file afterwards.
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={wait}; PRAGMA mmap_size=134217728; "
            "PRAGMA secure_delete=ON;",
        },
    }
