"""Keys in files of their own: made once, and destroyed for ever.

They lie in one folder, outside the databases and outside what is backed up (docs/operating.md), since a key that is in
a backup cannot be destroyed. The folder carries the mark that backup programs know a cache by, so that those that are
told to leave caches out leave it out too (CACHEDIR.TAG, bford.info/cachedir).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

TAG = """Signature: 8a477f597d28d172789f06886806bc55
# The keys of waves that are open. They must lie in no backup: what is destroyed at the cut would lie there still.
"""


def write_key(file: Path, content: str) -> None:
    """Keep a key on the disk, for its owner alone. Raises FileExistsError."""
    _make_folder(file.parent)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
        kept.write(content)
        kept.flush()
        os.fsync(kept.fileno())
    _wait_for_folder(file.parent)


def read_key(file: Path) -> str | None:
    """A key; None where it is not there. Raises OSError where it cannot be read."""
    try:
        return file.read_text(errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None


def lies_there(file: Path) -> bool:
    """Whether a file is there, or may be: of a folder that cannot be looked into it is not known that it is not."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def is_written_over(file: Path) -> bool:
    """Whether nothing is left of the key in a file that could not be taken away: no key is anything but hexadecimal."""
    try:
        bytes.fromhex(file.read_bytes().decode("ascii"))
    except ValueError:
        return True
    except OSError:
        return False
    return False


def destroy_key(file: Path) -> None:
    """Write over a key and take it away; both lie on the disk when it is done. Nothing where it is gone already.

    Raises OSError where it cannot be written over, or not be taken away: then it is written over all the same.
    """
    try:
        with open(file, "r+b", buffering=0) as kept:
            kept.write(secrets.token_bytes(file.stat().st_size))
            os.fsync(kept.fileno())
    except FileNotFoundError:
        return
    file.unlink(missing_ok=True)
    _wait_for_folder(file.parent)


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tag = folder / "CACHEDIR.TAG"
    if not tag.exists():
        tag.touch(mode=0o600)
        tag.write_text(TAG)


def _wait_for_folder(folder: Path) -> None:
    """Wait until what the folder holds is on the disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
