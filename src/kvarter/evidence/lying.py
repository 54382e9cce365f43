"""How the places of figures lie in one another, from day to day: what disclosure control subtracts them by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kvarter.evidence.disclosing import Nesting
from kvarter.evidence.models import Observation
from kvarter.places.models import AreaShare, AreaVersion


class Lying:
    """How places lie in one another. One SQL query: every version, for what a rest leaves out need have no figure."""

    def __init__(self, figures: Iterable[Observation], shares: Iterable[AreaShare]) -> None:
        self._placed = {(one.first, one.version.key) for one in figures}
        self._by_area: dict[int, list[AreaVersion]] = {}
        for version in AreaVersion.objects.select_related("area").order_by("valid_from"):
            self._by_area.setdefault(version.area_id, []).append(version)
        self._versions = [version for versions in self._by_area.values() for version in versions]
        inside = {one.key: {whole.key for whole in self._wholes(one)} for one in self._versions}
        for share in shares:
            inside[share.part.key].add(share.whole.key)
        self._inside = {key: frozenset(wholes) for key, wholes in inside.items()}

    def on(self, day: date) -> Nesting:
        """How they lay: what a rest leaves out is another piece of ground from one day to the next."""
        rests = {}
        for rest in self._versions:
            if rest.area.without_id and rest.area.part_of_id:
                whole, left_out = (
                    self._then(_at_once(rest, self._by_area.get(area, [])), day)
                    for area in (rest.area.part_of_id, rest.area.without_id)
                )
                if whole and left_out:
                    rests[rest.key] = whole.key, left_out.key
        return Nesting(self._inside, rests)

    def _wholes(self, one: AreaVersion) -> list[AreaVersion]:
        """What a version lies in: a rest lies in nothing, but is cut out of its whole."""
        return [] if one.area.without_id else _at_once(one, self._by_area.get(one.area.part_of_id or 0, []))

    def _then(self, versions: list[AreaVersion], day: date) -> AreaVersion | None:
        """The version that figures of a day are of: one that has such, and rather that which held on the day."""
        counted = [one for one in versions if (day, one.key) in self._placed] or versions
        return next((one for one in counted if one.holds_on(day)), counted[-1] if counted else None)


def _at_once(version: AreaVersion, others: list[AreaVersion]) -> list[AreaVersion]:
    """Those that held on some day when this one did."""
    return [
        other
        for other in others
        if (other.valid_until is None or version.valid_from < other.valid_until)
        and (version.valid_until is None or other.valid_from < version.valid_until)
    ]
