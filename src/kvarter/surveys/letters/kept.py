"""E-mails that lie in a folder instead of being sent, as where one practises: each has a code that opens an answer."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from kvarter.surveys.models import Wave

HEADER = "X-Kvarter-Wave"  # in every e-mail of a wave


def forget_mail(wave: Wave) -> int:
    """Delete the files of e-mails about a wave; how many. None where mail is really sent."""
    folder = Path(settings.EMAIL_FILE_PATH)
    # A long address stands on a line of its own below the header's name (RFC 5322, section 2.2.3).
    mark = re.compile(rf"^{HEADER}:\s+{re.escape(wave.key)}\s*$".encode(), re.MULTILINE)
    found = [file for file in folder.glob("*.log") if mark.search(file.read_bytes())]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)
