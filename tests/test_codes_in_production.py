"""A code that stands in an address is neither printed nor kept by a server as `kvarter up --production` starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
CHECKOUT = Path(__file__).resolve().parent.parent
A_START = 180.0  # seconds that a start may take on a machine with much else to do
UNKNOWN = "G5PXHD-K8B4JA-R9B690"  # a code as any other, but of nobody

PUT_IN_FIELD = """
from datetime import timedelta
from django.utils import timezone
from kvarter.cli.serving import bring_up_to_date
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions.inviting import issue, mail_out
from kvarter.surveys.letters.plain import mailer
from kvarter.surveys.letters.words import words_of
from tests.surveys.drawn import opened
from tests.world import build_world
bring_up_to_date()
day = timezone.localdate()
wave = opened(build_world(), opens=day, closes=day + timedelta(days=9), frame_deleted_on=day + timedelta(days=20))
_mailing, letters = issue(by=OPERATOR, wave=wave, kind="invitation", channel="letter")
mailed, send = [], mailer(words_of(wave, "invitation", 12), wave)
mail_out(by=OPERATOR, wave=wave, kind="invitation", send=lambda some: mailed.extend(some) or send(some))
print(json.dumps([[one.code for one in some] for some in (letters, mailed)]))
"""
ANSWER_AND_CLOSE = """
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.models import Wave
from tools.answer_wave import answer
answer([sys.argv[1]])
close_wave(by=OPERATOR, wave=Wave.objects.get())
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "hjem"


def environment(home: Path) -> dict[str, str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith(("KVARTER_", "DJANGO_"))}
    paths = os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "src")])
    ours = {"KVARTER_HOME": str(home), "KVARTER_MAIL_URL": "folder:", "PYTHONPATH": paths}
    # As an operator does who wants to see every request. It is off by itself.
    return {**known, **ours, "GUNICORN_CMD_ARGS": "--access-logfile -"}


def done(home: Path, script: str, *words: str) -> str:
    """What a script prints last that works on the installation, in a process of its own."""
    ready = "import json, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'kvarter.config.settings'\n"
    code = f"{ready}import django; django.setup()\n{script}"
    command = [sys.executable, "-c", code, *words]
    made = subprocess.run(command, env=environment(home), cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return (made.stdout.splitlines() or [""])[-1]


@contextmanager
def served(home: Path, printed: Path) -> Iterator[str]:
    """The address of a server in production, which writes all that it prints to a file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kvarter.cli.main", "up", "--production", "--port", str(port)]
    with printed.open("wb") as out:
        server = subprocess.Popen(
            command, env=environment(home), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        until = time.monotonic() + A_START
        while time.monotonic() < until and server.poll() is None and not _answers(port):
            time.sleep(0.2)
        assert _answers(port), printed.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("127.0.0.1", port)) == 0


def ask(address: str, sent: bytes | None = None) -> int:
    """What a request is answered by in the end: redirects are followed, as by a browser without a memory."""
    try:
        with urllib.request.urlopen(address, sent, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def writings(code: str) -> list[bytes]:
    bare = code.replace("-", "")
    forms = (code, bare, code.replace("-", " "), code.replace("-", "%20"))
    return [form.encode() for one in forms for form in (one, one.lower())]


def found_in(content: bytes, codes: list[str]) -> list[str]:
    return [code for code in codes if any(form in content for form in writings(code))]


def everything(home: Path) -> bytes:
    """All that the installation keeps, but mail."""
    kept = [file for file in sorted(home.rglob("*")) if file.is_file() and file.parent.name not in ("mail", "static")]
    return b"\n".join(file.read_bytes() for file in kept if "static" not in file.relative_to(home).parts)


def mail(home: Path) -> list[str]:
    """The texts of the mail that lies there."""
    files = [file.read_bytes() for file in (home / "mail").iterdir()]
    return [message_from_bytes(content, policy=policy.default).get_content() for content in files]


def test_no_code_is_printed_or_kept_and_mail_goes_with_the_cut(home: Path, tmp_path: Path) -> None:
    letters, mailed = json.loads(done(home, PUT_IN_FIELD))
    codes = [*letters, *mailed, UNKNOWN]
    assert len(letters) > 3
    assert len(mailed) > 0
    kept_mail = "".join(mail(home)).encode()
    assert found_in(kept_mail, codes) == mailed  # the search can find
    printed = tmp_path / "printed"
    with served(home, printed) as at:
        first, second, *_others = letters
        for code in (first, first.lower(), first.replace("-", ""), first.replace("-", "%20"), f"{first}/", UNKNOWN):
            assert ask(f"{at}/s/{code}") == 200, code
            assert ask(f"{at}/en/s/{code}") == 200, code
        assert ask(f"{at}/s/{first}/mere") == 404
        assert ask(f"{at}/svar?kode={first}") == 200
        assert ask(f"{at}/svar", urllib.parse.urlencode({"code": second}).encode()) == 403  # no token
        [key] = (home / "wave-keys").glob("*.link")
        key.rename(tmp_path / "link")
        assert ask(f"{at}/s/{second}") == 503
        (tmp_path / "link").rename(key)
        assert found_in(everything(home), codes) == []
        done(home, ANSWER_AND_CLOSE, first)
        assert ask(f"{at}/s/{first}") == 200
    said = printed.read_bytes()
    assert said.count(b"/s/[kode]") > 12  # each request was printed
    assert b"503" in said
    assert found_in(said, codes) == []
    assert found_in(everything(home), codes) == []
    assert mail(home) == []
