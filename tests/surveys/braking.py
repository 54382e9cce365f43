"""Trying as often as one likes, against a brake alone."""

from __future__ import annotations

from kvarter.surveys.brake import Brake


def lets(brake: Brake, address: str) -> bool:
    """Whether an address may once more; it counts for nothing."""
    with brake.trial(address) as trial:
        return trial.place is not None


def count(brake: Brake, address: str) -> None:
    """A time that counts."""
    with brake.trial(address) as trial:
        trial.counts = True
