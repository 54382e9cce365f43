"""Where texts go: beside what they name, and never on a mark, a line or another text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from kvarter.evidence.charts.look import LEADING, text_width

_GAP = 9  # between a mark and its text
_SHIFTS = sorted(range(-48, 49, 4), key=abs)


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: Box) -> bool:
        """Whether it lies wholly in the other."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


@dataclass(frozen=True)
class Label:
    """A text to be placed beside a point: its lines, the point, and what it looks like.

    along: for a level line in place of a point, where on it the text's middle may stand.
    """

    lines: tuple[str, ...]
    x: float
    y: float
    colour: str
    bold: bool = False
    along: tuple[float, ...] = ()

    @property
    def width(self) -> float:
        return max(text_width(line) for line in self.lines)

    @property
    def height(self) -> float:
        return LEADING * len(self.lines)


@dataclass(frozen=True)
class Placed:
    """A label and where it stands. leader: from where to where a thin line ties it to its point."""

    label: Label
    box: Box
    leader: tuple[float, float, float, float] | None = None


def around(x: float, y: float, reach: float) -> Box:
    """The square about a point."""
    return Box(x - reach, y - reach, x + reach, y + reach)


def along(x: float, y: float, to_x: float, to_y: float) -> Iterator[Box]:
    """Small squares that cover a straight line."""
    steps = max(1, int(max(abs(to_x - x), abs(to_y - y)) / 4))
    for step in range(steps + 1):
        part = step / steps
        yield around(x + part * (to_x - x), y + part * (to_y - y), 2.5)


def place(labels: Sequence[Label], taken: Iterable[Box], room: Box) -> list[Placed] | None:
    """Every label with its place, the first having first choice; None where one finds no room."""
    busy, found = list(taken), []
    for label in labels:
        placed = next((spot for spot in _spots(label, room) if not any(map(spot.box.meets, busy))), None)
        if placed is None:
            return None
        busy.append(placed.box)
        found.append(placed)
    return found


def _spots(label: Label, room: Box) -> Iterator[Placed]:
    """The places a label may have, the best first: right of its point, above, below, left, then farther off."""
    half, width = label.height / 2, label.width
    if label.along:
        for at, side in product(label.along, (-1, 1)):
            top = label.y + side * (half + 3) - half
            box = Box(at - width / 2, top, at + width / 2, top + label.height)
            if box.within(room):
                yield Placed(label, box)
        return
    right, left, centre = label.x + _GAP, label.x - _GAP - width, label.x - width / 2
    near = [(right + more, shift) for more in (0, 8, 16) for shift in _SHIFTS if abs(shift) <= half]
    beside = (max(room.left, min(at, room.right - width)) for at in (centre, label.x - 6, label.x - width + 6))
    over = [(at, side * (half + _GAP - 2)) for at, side in product(beside, (-1, 1))]
    far = [(at, shift) for shift in _SHIFTS for at in (right, left)]
    for at, shift in [*near, *over, *far]:
        top = label.y + shift - half
        box = Box(at, top, at + width, top + label.height)
        if box.within(room):
            yield Placed(label, box, _leader(label, box))


def _leader(label: Label, box: Box) -> tuple[float, float, float, float] | None:
    """The thin line to a label that had to move away from its point; None for one right beside it."""
    middle = (box.top + box.bottom) / 2
    if box.left <= label.x <= box.right or abs(middle - label.y) <= label.height / 2:
        return None
    side = box.left - 1 if box.left > label.x else box.right + 1
    first = box.top + LEADING / 2 if middle > label.y else box.bottom - LEADING / 2
    return (label.x, label.y, side, first)
