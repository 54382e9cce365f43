"""What is being done, told on standard error once it has taken so long that one wonders.

The library is silent by itself, in a notebook and on a server: a command that somebody sits at asks for `aloud`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Thread

AFTER_SECONDS, EACH_SECONDS = 2.0, 0.5
_aloud = ContextVar("aloud", default=False)


@contextmanager
def aloud() -> Iterator[None]:
    """Let what takes long say so meanwhile, where standard error is a terminal: nothing goes to a pipe or a log."""
    before = _aloud.set(sys.stderr.isatty())
    try:
        yield
    finally:
        _aloud.reset(before)


@contextmanager
def shown(doing: str, total: int | None = None, unit: str | None = "rows") -> Iterator[Callable[[int], object]]:
    """A bar, or a count where the total is not known, that goes on by itself: also while nothing is told.

    unit: what is counted; None where nothing is, so that the time alone is shown. Gives what is called with how many
    more are done. It is gone when the work is. Silent unless `aloud`.
    """
    if not _aloud.get():
        yield lambda _many: None
        return
    begun, done, ended = time.time(), [0], Event()

    def tell() -> None:
        if ended.wait(AFTER_SECONDS):
            return
        from tqdm import tqdm

        form = None if unit else "{desc}: {elapsed}"
        with tqdm(
            total=total, desc=doing, unit=f" {unit}", unit_scale=True, file=sys.stderr, leave=False, bar_format=form
        ) as bar:
            bar.start_t = begun
            while not ended.wait(EACH_SECONDS):
                bar.n = done[0]
                bar.refresh()

    def told(many: int) -> None:
        done[0] += many

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield told
    finally:
        ended.set()
        teller.join()
