"""Three-way merge of an agreement, clause by clause.

Two amendments written on the same version both go in where they touch different clauses; where they touch the same
one with different results, that is a conflict, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kvarter.agreements.text import ClauseText, Kind, Wording

Clauses = tuple[ClauseText, ...]


class ChangeKind(TextChoices):
    """What a proposal does to a clause."""

    CHANGE = "change", gettext_lazy("ændret")
    ADD = "add", gettext_lazy("nyt")
    REMOVE = "remove", gettext_lazy("fjernet")


@dataclass(frozen=True)
class Place:
    """Under which clause (None: at the top), and after which of its children (None: first)."""

    parent: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class ProposedChange:
    """What a proposal does to one clause. Without a place, a changed clause stays where it is.

    A translation that is not given falls away when the words change: a stale one must not stand beside new words.
    """

    change: ChangeKind
    key: str
    kind: Kind | None = None
    heading: str = ""
    text: str = ""
    place: Place | None = None
    translations: dict[str, Wording] = field(default_factory=dict)


class ImpossibleChange(Exception):
    """A change that does not fit the text it is applied to."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Conflict:
    """A clause that both sides touched: as it was, as it is in force, and as the proposal wants it."""

    key: str
    base: ClauseText | None
    theirs: ClauseText | None
    ours: ClauseText | None
    reason: str


@dataclass(frozen=True)
class Merged:
    """The clauses with every change that fits, and the ones a person must decide. A clause in conflict stands as in force."""

    clauses: Clauses
    conflicts: tuple[Conflict, ...] = ()


class _Tree:
    """Clauses while they are being moved about: each clause's children in order."""

    def __init__(self, clauses: Iterable[ClauseText]) -> None:
        self.clauses: dict[str, ClauseText] = {}
        self.children: dict[str | None, list[str]] = {None: []}
        for clause in clauses:
            self.clauses[clause.key] = clause
            self.children.setdefault(clause.parent, []).append(clause.key)
            self.children.setdefault(clause.key, [])

    def in_order(self) -> Clauses:
        """Every clause, parents before children."""
        found: list[ClauseText] = []
        waiting = list(reversed(self.children[None]))
        while waiting:
            key = waiting.pop()
            found.append(self.clauses[key])
            waiting.extend(reversed(self.children[key]))
        return tuple(found)

    def apply(self, change: ProposedChange) -> None:
        """Do one change. Raises ImpossibleChange."""
        if change.change is ChangeKind.ADD:
            self._add(change)
        elif change.key not in self.clauses:
            raise ImpossibleChange(change.key, _("Punktet %(key)s findes ikke.") % {"key": change.key})
        elif change.change is ChangeKind.REMOVE:
            self._remove(change.key)
        else:
            self._change(change)

    def _add(self, change: ProposedChange) -> None:
        if change.key in self.clauses:
            raise ImpossibleChange(change.key, _("Der er allerede et punkt %(key)s.") % {"key": change.key})
        place = change.place or Place()
        self._check_parent(change.key, place.parent)
        self.clauses[change.key] = _worded(change, place.parent)
        self.children[change.key] = []
        self._put(change.key, place)

    def _remove(self, key: str) -> None:
        if self.children[key]:
            raise ImpossibleChange(
                key,
                _("%(key)s kan ikke fjernes, så længe der hører punkter under det: %(children)s.")
                % {"key": key, "children": ", ".join(self.children[key])},
            )
        self.children[self.clauses[key].parent].remove(key)
        del self.clauses[key], self.children[key]

    def _change(self, change: ProposedChange) -> None:
        old = self.clauses[change.key]
        place = change.place
        parent = place.parent if place else old.parent
        if place:
            self._check_parent(change.key, parent)
            self.children[old.parent].remove(change.key)
            self._put(change.key, place)
        new = _worded(change, parent, old)
        self.clauses[change.key] = new

    def _check_parent(self, key: str, parent: str | None) -> None:
        above = parent
        while above is not None:
            if above not in self.clauses or above == key:
                raise ImpossibleChange(
                    key, _("%(key)s kan ikke stå under %(parent)s.") % {"key": key, "parent": parent}
                )
            above = self.clauses[above].parent

    def _put(self, key: str, place: Place) -> None:
        """After the clause named; last when that one is gone or stands elsewhere now."""
        siblings = self.children[place.parent]
        if place.after is None:
            siblings.insert(0, key)
        elif place.after in siblings:
            siblings.insert(siblings.index(place.after) + 1, key)
        else:
            siblings.append(key)


def _worded(change: ProposedChange, parent: str | None, old: ClauseText | None = None) -> ClauseText:
    kind = change.kind or (old.kind if old else Kind.TEXT)
    same_words = old is not None and (old.heading, old.text) == (change.heading, change.text)
    kept = old.translations if old and same_words and not change.translations else change.translations
    return ClauseText(change.key, kind, change.heading, change.text, parent, kept)


def _ordered(changes: Sequence[ProposedChange]) -> list[ProposedChange]:
    """Additions first, those that others go under before these; then changes; removals last, children first."""
    adds = {c.key: c for c in changes if c.change is ChangeKind.ADD}
    ordered: list[ProposedChange] = []
    while adds:
        ready = [c for c in adds.values() if not c.place or not {c.place.parent, c.place.after} & adds.keys()]
        if not ready:
            key = next(iter(adds))
            raise ImpossibleChange(key, _("Nye punkter henviser til hinanden i ring: %(key)s.") % {"key": key})
        for change in ready:
            ordered.append(adds.pop(change.key))
    return ordered + [c for c in changes if c.change is ChangeKind.CHANGE]


def apply_changes(base: Sequence[ClauseText], changes: Sequence[ProposedChange]) -> Clauses:
    """The clauses with the changes made.

    Raises ImpossibleChange for an unknown key, a key taken, a parent missing, a ring, or a removed clause that keeps
    children.
    """
    tree = _Tree(base)
    for change in _ordered(changes):
        tree.apply(change)
    removals = {c.key: c for c in changes if c.change is ChangeKind.REMOVE}
    for key in [clause.key for clause in reversed(tree.in_order()) if clause.key in removals]:
        tree.apply(removals.pop(key))
    for change in removals.values():
        tree.apply(change)
    return tree.in_order()


def merge(base: Sequence[ClauseText], current: Sequence[ClauseText], changes: Sequence[ProposedChange]) -> Merged:
    """The changes, written on `base`, made on `current`. Raises ImpossibleChange when they do not even fit `base`."""
    was = {c.key: c for c in base}
    theirs = {c.key: c for c in current}
    ours = {c.key: c for c in apply_changes(base, changes)}
    conflicts: dict[str, Conflict] = {}
    wanted: list[ProposedChange] = []
    for change in changes:
        key = change.key
        sides = was.get(key), theirs.get(key), ours.get(key)
        if _same(sides[1], sides[2]) or _same(sides[0], sides[2]):
            if not (_same(sides[0], sides[1]) and change.place):
                continue
        if not _same(sides[0], sides[1]):
            conflicts[key] = Conflict(key, *sides, reason=_reason(*sides))
        else:
            wanted.append(change)
    return _settled(current, wanted, conflicts, (was, theirs, ours))


def _same(one: ClauseText | None, other: ClauseText | None) -> bool:
    """Whether the agreement says the same: translations are no part of it."""
    if one is None or other is None:
        return one is other
    return (one.kind, one.heading, one.text, one.parent) == (other.kind, other.heading, other.text, other.parent)


def _reason(base: ClauseText | None, theirs: ClauseText | None, ours: ClauseText | None) -> str:
    if base is None:
        return _("Begge har tilføjet et punkt med samme nøgle.")
    if theirs is None:
        return _("Punktet er fjernet i den nye udgave.")
    if ours is None:
        return _("Punktet er ændret i den nye udgave, og forslaget fjerner det.")
    return _("Begge har ændret punktet.")


def _settled(
    current: Sequence[ClauseText],
    wanted: list[ProposedChange],
    conflicts: dict[str, Conflict],
    sides: tuple[dict[str, ClauseText], dict[str, ClauseText], dict[str, ClauseText]],
) -> Merged:
    """Make the changes; one that does not fit any more is a conflict too, and the rest are tried without it."""
    while True:
        try:
            return Merged(apply_changes(current, wanted), tuple(conflicts.values()))
        except ImpossibleChange as error:
            left = [change for change in wanted if change.key != error.key]
            if len(left) == len(wanted):
                raise
            was, theirs, ours = (side.get(error.key) for side in sides)
            conflicts[error.key] = Conflict(error.key, was, theirs, ours, str(error))
            wanted = left
