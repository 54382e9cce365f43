"""What is wrong with the keys of a wave, told before somebody stands in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kvarter.surveys.actions.keys import KeyMissing, Use, key_of, keys_left, served, told_of_left
from kvarter.surveys.models import Wave


@dataclass(frozen=True)
class KeyTrouble:
    """Something to put right. lost: which key is not there; None for keys that should be destroyed and lie there."""

    told: str
    lost: Use | None = None

    @property
    def is_of_answers(self) -> bool:
        """Whether what was answered cannot be read: then the wave can be called off."""
        return self.lost is Use.LINK


def troubles_of(wave: Wave) -> list[KeyTrouble]:
    """Everything that is wrong with a wave's keys; [] when they are as they should be. No SQL query."""
    return list(_troubles(wave))


def _troubles(wave: Wave) -> Iterator[KeyTrouble]:
    if left := keys_left(wave, served(wave)):
        yield KeyTrouble(told_of_left(wave, left))
    for use in Use:
        if use not in served(wave):
            try:
                key_of(wave, use)
            except KeyMissing as error:
                yield KeyTrouble(str(error), use)


def all_troubles() -> list[tuple[Wave, KeyTrouble]]:
    """The same of every wave that was asked here (one SQL query)."""
    waves = Wave.objects.filter(is_imported=False).select_related("partnership")
    return [(wave, trouble) for wave in waves for trouble in troubles_of(wave)]
