"""Which area a text in somebody's table means: a code that a producer uses, a name, or what a person said it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Extract, Line, Period, Unit
from kvarter.evidence.recipes import Territory

# The scheme of our own addresses of areas, which every area has.
OURS = "omraade"


@dataclass(frozen=True)
class Unmatched:
    """A text that is no area here, or none that day: the rows it stands in, and why. given: what was said it is."""

    text: str
    rows: tuple[int, ...]
    why: str
    given: str = ""

    @property
    def places(self) -> str:
        """Its rows in words: the first ten."""
        shown = ", ".join(map(str, self.rows[:10]))
        return f"{shown} …" if len(self.rows) > 10 else shown


def bare(text: str) -> str:
    """A name without what is nothing to a reader: capitals, and spaces for spaces."""
    return " ".join(text.split()).casefold()


def placed(extract: Extract, territories: Sequence[Territory]) -> tuple[Extract, list[Unmatched]]:
    """The extract with each unit named by the area it is, and the texts that are none.

    Only for tables whose units are as somebody wrote them; a producer's own codes stay as they are.
    """
    if extract.areas is None:
        return extract, []
    known = _Known(territories)
    said = {bare(text): slug for text, slug in extract.areas.items()}
    lines: list[Line] = []
    unmatched: dict[str, list[tuple[Line, str]]] = {}
    taken: dict[tuple[str, Period], Line] = {}
    for line in extract.lines:
        slug, why = known.area_of(line, said)
        other = taken.setdefault((slug, line.period), line) if slug else line
        if other.unit.code != line.unit.code:
            told = _("Området står også som “%(other)s” i række %(row)s. Behold den ene af dem.")
            slug, why = "", told % {"other": other.unit.code, "row": other.row}
        if why:
            unmatched.setdefault(line.unit.code, []).append((line, why))
        lines.append(replace(line, unit=Unit(OURS, slug, line.unit.code)) if slug else line)
    return replace(extract, lines=tuple(lines)), [_told(text, own, said) for text, own in unmatched.items()]


def _told(text: str, own: Iterable[tuple[Line, str]], said: Mapping[str, str]) -> Unmatched:
    rows = tuple(sorted({line.row for line, _why in own}))
    return Unmatched(text, rows, next(why for _line, why in own), said.get(bare(text), ""))


class _Known:
    """The areas by code and by name."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        self.by_text: dict[str, list[Territory]] = {}
        self.by_slug: dict[str, list[Territory]] = {}
        for territory in territories:
            area = territory.version.area
            self.by_slug.setdefault(area.slug, []).append(territory)
            texts = {code for scheme, code in territory.codes if scheme != OURS} | {area.name, area.name_en, area.slug}
            for text in {bare(one) for one in texts} - {""}:
                self.by_text.setdefault(text, []).append(territory)

    def area_of(self, line: Line, said: Mapping[str, str]) -> tuple[str, str]:
        """The address of the area that a line is about, "" for none; and why there is none, "" where it is left out."""
        text = bare(line.unit.code)
        if text in said:
            return self._one(self.by_slug.get(said[text], []), line) if said[text] else ("", "")
        exact = [one for one in self.by_text.get(text, []) if (line.unit.scheme, line.unit.code) in one.codes]
        return self._one(exact or self.by_text.get(text, []), line)

    def _one(self, territories: Sequence[Territory], line: Line) -> tuple[str, str]:
        if not territories:
            return "", _("Kvarter kender hverken koden eller navnet.")
        day = line.period.last
        there = {one.version.area.slug for one in territories if one.version.holds_on(day)}
        if len(there) == 1:
            return there.pop(), ""
        if there:
            return "", _("Flere områder har den kode eller det navn.")
        return "", _("Området er ikke beskrevet for den tid, tallet er om. Opret en udgave af det.")
