"""Keeping an installation's folder for its owner alone: databases, keys, mail and whatever else lies there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077
# Folders that we make in a home. Another folder there is somebody else's, and is left as it is.
OURS = ("mail", "packages", "static", "statbank", "wave-keys")


def make_private(home: Path) -> None:
    """Let nobody else read what this process makes from now on, and make the folder where it is missing."""
    os.umask(OTHERS)
    home.mkdir(mode=FOLDER, parents=True, exist_ok=True)


def close_to_others(home: Path, also: Iterable[Path] = ()) -> list[Path]:
    """Take from others the right to the folder, the files in it and in our folders there; which they had it to.

    also: files and folders elsewhere. Links are not followed. Raises PermissionError for what belongs to another user.
    """
    changed = []
    for path in (*_ours_in(home), *also):
        found = path.lstat() if path.is_symlink() or path.exists() else None
        if found and not stat.S_ISLNK(found.st_mode) and found.st_mode & OTHERS:
            path.chmod(FOLDER if stat.S_ISDIR(found.st_mode) else FILE)
            changed.append(path)
    return changed


def _ours_in(home: Path) -> Iterator[Path]:
    yield home
    for path in sorted(home.iterdir()):
        if path.is_file():
            yield path
        elif path.name in OURS and not path.is_symlink():
            yield path
            yield from sorted(path.rglob("*"))
