"""Packages are the same for ever, and take seconds to make: each is made once and kept as a file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings

from kvarter import __version__
from kvarter.evidence.documents import Document
from kvarter.evidence.exports.package import build_package


def kept_package(document: Document) -> bytes:
    """The package of a publication. Two workers may make the same one at once; they make the same bytes."""
    folder = Path(settings.HOME) / "packages"
    file = folder / f"{document.digest}-{__version__}.zip"
    if file.exists():
        return file.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    made = build_package(document)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as being_written:
        being_written.write(made)
    os.replace(being_written.name, file)
    return made
