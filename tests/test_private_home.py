"""An installation's folder is read by its owner alone, from the first start and after the next."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kvarter.config.private import close_to_others

START = """
import os
os.umask(0o022)
import django
django.setup()
from django.core.mail import send_mail
from django.db import connections
from kvarter.cli.serving import bring_up_to_date, close_home
close_home()
bring_up_to_date()
send_mail("Emne", "Tekst", None, ["bente@lilleby.example"])
for database in connections.all():  # while it is open, its log lies beside it
    database.cursor().execute("PRAGMA user_version = 1")
for path in sorted(os.listdir(os.environ["KVARTER_HOME"])):
    print(path)
"""


def start(home: Path) -> str:
    """What a start says, and which files lie there while it runs."""
    known = {key: value for key, value in os.environ.items() if not key.startswith("KVARTER_")}
    done = subprocess.run(
        [sys.executable, "-c", START],
        env=known | {"KVARTER_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kvarter.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def open_to_others(home: Path) -> set[str]:
    return {path.name for path in (home, *home.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077}


@pytest.mark.slow
def test_a_home_is_private_from_its_first_start_and_one_that_was_not_is_closed_and_told_of(tmp_path: Path) -> None:
    home = tmp_path / "hjem"
    told = start(home)
    assert {"answers.sqlite3", "kvarter.sqlite3", "mail", "secret-key", "survey-key"} <= set(told.split())
    assert "kvarter.sqlite3-wal" in told
    assert "Kunne læses af andre" not in told
    assert open_to_others(home) == set()
    home.chmod(0o755)
    for path in home.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    told = start(home)
    assert f"Kunne læses af andre brugere af maskinen, og kan det ikke mere: {home}, " in told
    assert open_to_others(home) == set()
    assert "Kunne læses af andre" not in start(home)


def test_what_lies_in_a_home_and_is_not_ours_is_left_as_it_is(tmp_path: Path) -> None:
    outside = tmp_path / "andre"
    home = tmp_path / "hjem"
    for path in (outside, home / "noter", home / "mail"):
        path.mkdir(parents=True)
        (path / "fil").write_text("tekst")
        (path / "fil").chmod(0o644)
        path.chmod(0o755)
    home.chmod(0o755)
    (home / "pegepind").symlink_to(outside / "fil")
    (home / "static").symlink_to(outside)
    key = outside / "survey-key"
    key.write_text("00")
    key.chmod(0o640)
    closed = close_to_others(home, [key, tmp_path / "findes-ikke"])
    assert {path.name for path in closed} >= {"hjem", "mail", "survey-key"}
    modes = {str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("fil")}
    assert modes == {"andre/fil": 0o644, "hjem/noter/fil": 0o644, "hjem/mail/fil": 0o600}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
