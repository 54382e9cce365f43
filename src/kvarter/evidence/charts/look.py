"""How marks and texts look: a place's colour, shape and dash, and how much room a text takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kvarter.evidence.figures import Place

FONT = "IBM Plex Sans, system-ui, sans-serif"
QUIET = "#5c5c5c"
LINE = "#dcdcdc"
PAPER = "#ffffff"
GOAL = "#7a4d00"
TEXT = 12
LEADING = 15
PHONE = 480  # narrower than this is drawn for a phone


@dataclass(frozen=True)
class Style:
    """What tells a place from the others in colour and in black and white. dash: of its line, () is unbroken."""

    colour: str
    shape: str
    hollow: bool
    size: int
    stroke: float
    dash: tuple[int, ...] = ()
    bold: bool = False


OWN = Style("#0a4d57", "circle", False, 90, 3, bold=True)
REFERENCE = Style(QUIET, "square", False, 64, 1.5)
OTHERS = (
    Style("#8a3b12", "triangle-up", True, 80, 1.75, (8, 3, 2, 3)),
    Style("#4b3f8f", "triangle-down", True, 80, 1.75, (2, 3)),
    Style("#1b5e20", "triangle-right", True, 80, 1.75, (12, 3)),
    Style("#7a1f4f", "cross", True, 90, 1.75, (8, 3, 2, 3, 2, 3)),
)
_DIAMOND = "M0,-1L0.8,0L0,1L-0.8,0L0,-1L0.2,-0.75"  # Vega loses a Z before a further stroke
# Figures published by others are hollow diamonds; a stroke inside tells one place's from another's.
_OUTSIDE_SHAPES = (_DIAMOND, f"{_DIAMOND}M-0.8,0L0.8,0", f"{_DIAMOND}M0,-1L0,1", f"{_DIAMOND}M-0.8,0L0.8,0M0,-1L0,1")


def outside(style: Style) -> Style:
    """A place's style for figures published by others."""
    rank = 0 if style == OWN else 1 if style == REFERENCE else 2 + OTHERS.index(style) % 2
    return Style(style.colour, _OUTSIDE_SHAPES[rank], True, 130, 1.75, bold=style.bold)


def styles(places: Iterable[Place]) -> dict[str, Style]:
    """Each area's style, by the area's key: all versions of an area look the same."""
    found: dict[str, Style] = {}
    for place in places:
        if place.area in found:
            continue
        if place.is_area and OWN not in found.values():
            found[place.area] = OWN
        elif place.is_reference and REFERENCE not in found.values():
            found[place.area] = REFERENCE
        else:
            further = sum(style in OTHERS for style in found.values())
            found[place.area] = OTHERS[further % len(OTHERS)]
    return found


_UNSEEN = {"Cc", "Cs", "Co", "Cn"}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """A text fit for XML and for one line: no control characters, nothing that turns the reading direction."""
    return " ".join(part for part in "".join(map(_fit, text)).split(" ") if part)


def _fit(sign: str) -> str:
    """A sign, a space for any that may break a line, or nothing."""
    if sign.isspace() and sign != "\u00a0":
        return " "
    return "" if sign in _TURNING or unicodedata.category(sign) in _UNSEEN else sign


# The advance of IBM Plex Sans SemiBold in ems, rounded up; fonts that stand in for it are about as wide.
_ADVANCES = {
    "!,.:;ijl' ()[]ft{}\u00a0": 0.35,
    '-Ir|/"\\': 0.46,
    "csvyzLJ?*_": 0.55,
    "AÅÆBCDGHKNOØQPRUVXY&#": 0.72,
    "Mw—": 0.82,
    "æœ½": 0.87,
    "@mW%Œ": 0.95,
}
_ADVANCE = {sign: em for signs, em in _ADVANCES.items() for sign in signs} | {"Æ": 0.95}


def _advance(sign: str) -> float:
    """How wide a sign is, in ems."""
    if sign in _ADVANCE:
        return _ADVANCE[sign]
    if unicodedata.combining(sign):
        return 0
    return 1.1 if unicodedata.east_asian_width(sign) in "WF" else 0.62


def text_width(text: str, size: int = TEXT) -> float:
    """The room a line of text takes, in pixels; reckoned, so that it is the same on every machine."""
    return sum(_advance(sign) for sign in text) * size * 1.05


def wrapped(text: str, room: float, lines: int) -> list[str]:
    """A text in at most so many lines of so many pixels; what is left over is cut with an ellipsis."""
    found = [""]
    for word in text.split(" "):
        longer = f"{found[-1]} {word}".strip()
        if not found[-1] or text_width(longer) <= room:
            found[-1] = longer
        else:
            found.append(word)
    kept = found[:lines]
    if len(found) > lines:
        kept[-1] += "…"
    return [_cut(line, room) for line in kept]


def _cut(line: str, room: float) -> str:
    """A line cut to the room there is."""
    if text_width(line) <= room:
        return line
    line = line.rstrip("…")
    while line and text_width(f"{line}…") > room:
        line = line[:-1]
    return f"{line.rstrip()}…"
