"""Joining those too few to hide among: nobody keeps a gender and age that only a handful of those asked share, nor a
language and way of answering that only a handful of those alike answered in.
"""

from __future__ import annotations

from collections.abc import Mapping

from kvarter.surveys.frame import YOUTH

ALIKE = 5
Kind = tuple[str, str, str]  # stratum, gender, age group; or those alike, language, way


def coarsened(drawn: Mapping[Kind, int]) -> dict[Kind, Kind]:
    """The kind that each kind of people is kept as, so that at least ALIKE of those drawn share it.

    Kinds with fewer lose their gender; ages that are then still too few lose their age as well, and take the smallest
    other kind of their stratum with them where that does not help. A stratum of fewer than ALIKE keeps neither. The
    young are judged apart: they answer a questionnaire of their own, so nobody hides among the others. In the same way
    those alike lose their language, and then their way of answering.
    """
    found: dict[Kind, Kind] = {}
    for together in dict.fromkeys(map(_among, drawn)):
        found |= _of_stratum({kind: many for kind, many in drawn.items() if _among(kind) == together})
    return found


def _among(kind: Kind) -> tuple[str, bool]:
    """Among whom somebody can hide: those of the stratum who answer the same questionnaire."""
    return kind[0], kind[2] == YOUTH


def _of_stratum(drawn: Mapping[Kind, int]) -> dict[Kind, Kind]:
    kept = {kind: kind if many >= ALIKE else (kind[0], "", kind[2]) for kind, many in drawn.items()}
    while few := _too_few(kept, drawn):
        if any(age or gender for _stratum, gender, age in few):
            worse = next(kind for kind in few if kind[1] or kind[2])
        else:
            others = [kind for kind in set(kept.values()) if kind[1] or kind[2]]
            worse = min(others, key=lambda kind: _many(kind, kept, drawn))
        kept = {kind: (kind[0], "", "") if into == worse else into for kind, into in kept.items()}
    return kept


def _many(into: Kind, kept: Mapping[Kind, Kind], drawn: Mapping[Kind, int]) -> tuple[int, Kind]:
    return sum(many for kind, many in drawn.items() if kept[kind] == into), into


def _too_few(kept: Mapping[Kind, Kind], drawn: Mapping[Kind, int]) -> list[Kind]:
    """The kinds that too few share, as long as there is something to take from them or another to join them with."""
    kinds = sorted(set(kept.values()))
    few = [kind for kind in kinds if _many(kind, kept, drawn)[0] < ALIKE]
    return [] if len(kinds) == 1 and kinds[0][1:] == ("", "") else few
