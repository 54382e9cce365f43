"""Three-way merge of an agreement, clause by clause.

Two amendments written on the same version both go in where they touch different clauses. Where they touch the same
one with different results, that is a conflict, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kvarter.agreements.comparing import children_of, moved_keys, reading_order, same_words
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
    """What a proposal does to one clause.

    CHANGE: `heading` and `text` are the whole new words; with both empty the words stay, without a kind the kind
    stays, without a place the clause stays where it is. A translation that is not given falls away when the words
    change: a stale one must not stand beside new words.
    ADD: without a place the clause comes first at the top. Of two put after the same sibling, the one given later
    stands nearest, as if they had been put there one after the other.
    """

    change: ChangeKind
    key: str
    kind: Kind | None = None
    heading: str = ""
    text: str = ""
    place: Place | None = None
    translations: dict[str, Wording] = field(default_factory=dict)


class ImpossibleChange(Exception):
    """A change that does not fit the text it is made on."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key
        self.message = message


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
    """The clauses with every change that fits, and those a person must decide on. Until then these stand as in force."""

    clauses: Clauses
    conflicts: tuple[Conflict, ...] = ()


def apply_changes(base: Sequence[ClauseText], changes: Sequence[ProposedChange]) -> Clauses:
    """The clauses with the changes made, in reading order.

    Raises ImpossibleChange for an unknown key, a key taken, two changes of one clause, a parent or sibling that is not
    there, clauses under each other in a ring, or a removed clause that keeps children.
    """
    _check_keys(base, changes)
    clauses = {clause.key: clause for clause in base}
    removed = {change.key for change in changes if change.change is ChangeKind.REMOVE}
    for change in changes:
        if change.key not in removed:
            clauses[change.key] = _made(change, clauses.get(change.key))
    _check_parents(clauses, changes)
    _check_removed(clauses.values(), removed)
    children = _lines(clauses.values(), _places(changes))
    return tuple(clauses[key] for key in reading_order(children) if key not in removed)


def _check_keys(base: Sequence[ClauseText], changes: Sequence[ProposedChange]) -> None:
    known, touched = {clause.key for clause in base}, set[str]()
    for change in changes:
        names = {"key": change.key}
        if change.key in touched:
            raise ImpossibleChange(change.key, _("Der er to ændringer af punktet %(key)s.") % names)
        if change.change is ChangeKind.ADD and change.key in known:
            raise ImpossibleChange(change.key, _("Der er allerede et punkt %(key)s.") % names)
        if change.change is not ChangeKind.ADD and change.key not in known:
            raise ImpossibleChange(change.key, _("Punktet %(key)s findes ikke.") % names)
        touched.add(change.key)


def _made(change: ProposedChange, old: ClauseText | None) -> ClauseText:
    """The clause as the change wants it, without regard to the clauses around it."""
    if old is None:
        parent = change.place.parent if change.place else None
        words = change.heading, change.text
        return ClauseText(change.key, change.kind or Kind.TEXT, *words, parent, change.translations)
    new = replace(old, kind=change.kind or old.kind, parent=change.place.parent if change.place else old.parent)
    if not (change.heading or change.text) or (change.heading, change.text) == (old.heading, old.text):
        return replace(new, translations={**old.translations, **change.translations})
    return replace(new, heading=change.heading, text=change.text, translations=change.translations)


def _places(changes: Iterable[ProposedChange]) -> dict[str, Place]:
    """Where the changes put clauses, by key."""
    added = {change.key: change.place or Place() for change in changes if change.change is ChangeKind.ADD}
    changed = {c.key: c.place for c in changes if c.change is ChangeKind.CHANGE and c.place}
    return {c.key: place for c in changes if (place := added.get(c.key) or changed.get(c.key))}


def _check_parents(clauses: Mapping[str, ClauseText], changes: Sequence[ProposedChange]) -> None:
    for key, place in _places(changes).items():
        seen: set[str] = set()
        above = place.parent
        while above is not None and above not in seen and above != key and above in clauses:
            seen.add(above)
            above = clauses[above].parent
        if above == key or place.parent is not None and place.parent not in clauses:
            names = {"key": key, "parent": place.parent}
            raise ImpossibleChange(key, _("%(key)s kan ikke stå under %(parent)s.") % names)


def _check_removed(clauses: Iterable[ClauseText], removed: set[str]) -> None:
    for clause in clauses:
        if clause.parent in removed and clause.key not in removed:
            names = {"key": clause.parent, "child": clause.key}
            message = _("%(key)s kan ikke fjernes, så længe %(child)s hører under det.") % names
            raise ImpossibleChange(str(clause.parent), message)


def _lines(clauses: Iterable[ClauseText], places: Mapping[str, Place]) -> dict[str | None, list[str]]:
    """The keys under each key in order: those that stay, each followed by those put after it."""
    put: dict[str | None, dict[str | None, list[str]]] = {}
    for key, place in places.items():
        put.setdefault(place.parent, {}).setdefault(place.after, []).append(key)
    children = children_of(clause for clause in clauses if clause.key not in places)
    for parent, followers in put.items():
        children[parent] = _line(children.get(parent, []), followers)
    return children


def _line(staying: Sequence[str], followers: Mapping[str | None, Sequence[str]]) -> list[str]:
    line: list[str] = []
    waiting = [*reversed(staying), *followers.get(None, ())]
    while waiting:
        line.append(waiting.pop())
        waiting.extend(followers.get(line[-1], ()))
    for after, keys in followers.items():
        if after is not None and after not in line:
            names = {"key": keys[0], "after": after}
            raise ImpossibleChange(keys[0], _("%(key)s kan ikke stå efter %(after)s, som ikke står der.") % names)
    return line
