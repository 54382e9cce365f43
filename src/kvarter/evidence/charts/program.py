"""Which program draws. It is part of the name that a drawing is kept under, so none outlives the program it is of."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

# What a drawing or a report is made with: our own code, templates and words, and those who draw and set.
FOLDERS = ("effect", "evidence", "locale", "places", "web")
ENDINGS = (".py", ".typ", ".mo", ".html")
OTHERS = ("altair", "python-docx", "typst", "vl-convert-python")


@lru_cache(maxsize=1)
def program() -> str:
    """A digest of everything that decides how it looks: a version's number is the same while somebody changes it."""
    mark = hashlib.sha256(" ".join(version(name) for name in OTHERS).encode())
    for folder in FOLDERS:
        _add(mark, files("kvarter") / folder)
    return mark.hexdigest()


def _add(mark: hashlib._Hash, place: Traversable) -> None:
    for one in sorted(place.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            _add(mark, one)
        elif one.name.endswith(ENDINGS):
            mark.update(one.name.encode() + one.read_bytes())
