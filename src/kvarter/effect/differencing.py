"""Plain differencing: what subtracting published figures from each other gives, with paper and patience."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Members = tuple[int, ...]


@dataclass(frozen=True)
class Known:
    """One published sum: the inner cells `members` (flat positions) add up to between `low` and `high`.

    `heading` is the margin of the publication it stands in: sums under one heading have no inner cell in common.
    """

    heading: str
    name: str
    members: Members
    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether the published figure is the true one, neither rounded nor hidden."""
        return self.low == self.high


def mask_of(members: Members) -> int:
    """A set of inner cells as a number: bit i for cell i."""
    return sum(1 << cell for cell in members)


def difference(knowns: Sequence[Known], rounds: int = 2) -> dict[int, tuple[float, str]]:
    """Every sum that plain subtraction gives, by the set of its inner cells (bit i for cell i): figure and how.

    In each round every figure known exactly is lessened by those published under one heading (one margin of one
    publication) that lie wholly inside it; what is left over is known too, and joins the next round.
    """
    derived = {mask_of(known.members): (known.low, f"published as {known.name}") for known in knowns if known.exact}
    headings = list(_headings(knowns))
    fresh = dict(derived)
    for _ in range(rounds):
        found: dict[int, tuple[float, str]] = {}
        for whole, (value, how) in fresh.items():
            origin = how.removeprefix("published as ")
            for heading, parts in headings:
                rest, left = _remainder(whole, value, parts)
                if rest and rest not in derived:
                    found.setdefault(rest, (left, f"differencing: {origin} minus the published cells of {heading}"))
        derived.update(found)
        fresh = found
        if not fresh:
            break
    return derived


def _remainder(whole: int, value: float, parts: Sequence[tuple[int, float]]) -> tuple[int, float]:
    for part, figure in parts:
        if part | whole == whole:
            whole, value = whole & ~part, value - figure
    return whole, value


def _headings(knowns: Sequence[Known]) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    groups: dict[str, list[tuple[int, float]]] = {}
    for known in knowns:
        if known.exact:
            groups.setdefault(known.heading, []).append((mask_of(known.members), known.low))
    yield from groups.items()
