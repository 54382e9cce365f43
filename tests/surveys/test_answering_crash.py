"""Nothing that a resident was told is saved is lost when the server dies, and nothing is there twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import CHECKOUT

SESSIONS, KILLS = (500 if "KVARTER_DATABASE_URL" in os.environ else 2000), 5


@pytest.mark.slow
def test_many_answer_while_the_server_is_killed_five_times() -> None:
    """Two thousand on SQLite; five hundred on PostgreSQL, where KVARTER_DATABASE_URL names a server."""
    done = subprocess.run(
        [sys.executable, CHECKOUT / "tools" / "crash_answers.py", "--sessions", str(SESSIONS), "--kills", str(KILLS)],
        capture_output=True,
        text=True,
        timeout=20 * 60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["sessions"], report["killed"]) == (SESSIONS, KILLS)
    assert report["asked again"] > 0  # the kills were felt
    assert (report["lost"], report["wrong"], report["not one each"]) == (0, 0, 0)
