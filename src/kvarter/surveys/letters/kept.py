"""E-mails that lie in a folder instead of being sent, as where one practises: each has a code that opens an answer."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from kvarter.surveys.models import Wave

HEADER = "X-Kvarter-Wave"  # in every e-mail of a wave


def forget_mail(wave: Wave) -> int:
    """Delete the files of e-mails about a wave; how many. None where mail is really sent."""
    folder = Path(settings.EMAIL_FILE_PATH)
    mark = f"{HEADER}: {wave.key}".encode()
    found = [file for file in folder.glob("*.log") if mark in file.read_bytes().splitlines()]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)
