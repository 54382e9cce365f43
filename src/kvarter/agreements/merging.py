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
    found: dict[str, Place] = {}
    for change in changes:
        if change.change is ChangeKind.ADD:
            found[change.key] = change.place or Place()
        elif change.change is ChangeKind.CHANGE and change.place:
            found[change.key] = change.place
    return found


def _check_parents(clauses: Mapping[str, ClauseText], changes: Sequence[ProposedChange]) -> None:
    for key, place in _places(changes).items():
        seen: set[str] = set()
        above = place.parent
        while above is not None and above not in seen and above != key and above in clauses:
            seen.add(above)
            above = clauses[above].parent
        if above == key or (place.parent is not None and place.parent not in clauses):
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
    standing = {None, *line}
    for after, keys in followers.items():
        if after not in standing:
            names = {"key": keys[0], "after": after}
            raise ImpossibleChange(keys[0], _("%(key)s kan ikke stå efter %(after)s, som ikke står der.") % names)
    return line


def merge(base: Sequence[ClauseText], current: Sequence[ClauseText], changes: Sequence[ProposedChange]) -> Merged:
    """The changes, written on `base`, made on `current`. Raises ImpossibleChange when they do not even fit `base`."""
    sides = _Sides(_Side(base), _Side(current), _Side(apply_changes(base, changes)), moved_keys(base, current))
    conflicts: dict[str, Conflict] = {}
    wanted: list[ProposedChange] = []
    for change in changes:
        rest = sides.still_wanted(change)
        if rest and (reason := sides.collision(rest)):
            conflicts[change.key] = sides.conflict(change.key, reason)
        elif rest:
            wanted.append(rest)
    clauses = _settle(sides, wanted, conflicts)
    return Merged(clauses, tuple(conflicts[c.key] for c in changes if c.key in conflicts))


def _settle(sides: _Sides, wanted: list[ProposedChange], conflicts: dict[str, Conflict]) -> Clauses:
    """Make the changes. One that cannot be made any more becomes a conflict, and the rest are tried without it."""
    while True:
        try:
            sides.check_parents_settled(wanted, conflicts)
            return apply_changes(sides.theirs.order, sides.replaced(wanted))
        except ImpossibleChange as error:
            conflicts[error.key] = sides.conflict(error.key, error.message)
            wanted = [change for change in wanted if change.key != error.key]


class _Side:
    """One of the three texts, by key and by parent."""

    def __init__(self, clauses: Sequence[ClauseText]) -> None:
        self.order = tuple(clauses)
        self.clauses = {clause.key: clause for clause in clauses}
        self.children = children_of(clauses)

    def siblings(self, key: str) -> list[str]:
        """The clauses under the same parent, this one among them."""
        return self.children[self.clauses[key].parent]

    def before(self, key: str) -> list[str]:
        """The siblings that stand before it, nearest first."""
        siblings = self.siblings(key)
        return siblings[: siblings.index(key)][::-1]


@dataclass(frozen=True)
class _Sides:
    """The version the proposal was written on, the one in force now, and what the proposal made of the first."""

    base: _Side
    theirs: _Side
    ours: _Side
    moved_by_them: set[str]

    def conflict(self, key: str, reason: str) -> Conflict:
        return Conflict(key, *(side.clauses.get(key) for side in (self.base, self.theirs, self.ours)), reason)

    def still_wanted(self, change: ProposedChange) -> ProposedChange | None:
        """What is left of a change when what it wants stands there already."""
        now, wish = self.theirs.clauses.get(change.key), self.ours.clauses.get(change.key)
        if change.change is ChangeKind.REMOVE:
            return change if now else None
        if change.change is ChangeKind.ADD:
            is_there = now and wish and same_words(now, wish) and now.parent == wish.parent
            return None if is_there else change
        rest = self._rest(change)
        return rest if rest.kind or rest.heading or rest.text or rest.place or rest.translations else None

    def _rest(self, change: ProposedChange) -> ProposedChange:
        """A change without the words and the place that it leaves as they were, or that are as it wants them."""
        key = change.key
        was, now, wish = self.base.clauses[key], self.theirs.clauses.get(key), self.ours.clauses[key]
        if same_words(was, wish) or (now and same_words(now, wish)):
            fresh = {code: w for code, w in change.translations.items() if w != was.translations.get(code)}
            if now:
                fresh = {code: w for code, w in fresh.items() if w != now.translations.get(code)}
            change = replace(change, kind=None, heading="", text="", translations=fresh)
        if change.place and (self._keeps_order(key) or self._stands_alike(key)):
            change = replace(change, place=None)
        return change

    def _keeps_order(self, key: str) -> bool:
        """Whether the proposal leaves the clause and its siblings in the order they had."""
        if self.base.clauses[key].parent != self.ours.clauses[key].parent:
            return False
        was, wish = self.base.siblings(key), self.ours.siblings(key)
        return [k for k in was if k in set(wish)] == [k for k in wish if k in set(was)]

    def _stands_alike(self, key: str) -> bool:
        """Whether the clause has one place in both texts: the same parent, and after the same one of those in both."""
        now, wish = self.theirs.clauses.get(key), self.ours.clauses.get(key)
        if not now or not wish or now.parent != wish.parent:
            return False
        there, here = self.theirs.before(key), self.ours.before(key)
        shared = set(self.theirs.siblings(key)) & set(self.ours.siblings(key))
        return next((k for k in there if k in shared), None) == next((k for k in here if k in shared), None)

    def collision(self, change: ProposedChange) -> str:
        """Why a change cannot be made without asking; empty when it can."""
        key = change.key
        was, now, wish = (side.clauses.get(key) for side in (self.base, self.theirs, self.ours))
        if was is None:
            return _("Begge har tilføjet et punkt %(key)s, men ikke det samme.") % {"key": key} if now else ""
        if now is None:
            return _("Punktet er fjernet i den nye udgave.")
        has_new_words = not same_words(was, now) and not (wish and same_words(now, wish))
        has_moved = key in self.moved_by_them and not self._stands_alike(key)
        if not has_new_words and (not has_moved or _is_translation(change)):
            return ""
        if wish is None:
            return _("Punktet er ændret i den nye udgave, og forslaget fjerner det.")
        return _("Begge har ændret punktet.")

    def check_parents_settled(self, wanted: Sequence[ProposedChange], conflicts: Mapping[str, Conflict]) -> None:
        """A clause meant for a new parent must not end under another one that only has got the same key."""
        for key, place in _places(wanted).items():
            if place.parent in conflicts and place.parent not in self.base.clauses:
                names = {"parent": place.parent}
                raise ImpossibleChange(key, _("Punktet hører under %(parent)s, som ikke er afgjort.") % names)

    def replaced(self, wanted: Sequence[ProposedChange]) -> list[ProposedChange]:
        """The changes, put after the nearest sibling before them that will be there."""
        placed = _places(wanted)
        return [
            replace(c, place=Place(placed[c.key].parent, self._after(c.key, placed))) if c.key in placed else c
            for c in wanted
        ]

    def _after(self, key: str, placed: Mapping[str, Place]) -> str | None:
        parent = placed[key].parent
        there = [k for k in self.theirs.children.get(parent, ()) if k not in placed]
        after = next((k for k in self.ours.before(key) if k in placed or k in there), None)
        if after in placed:
            return after
        for newcomer in there[there.index(after) + 1 if after else 0 :]:
            if not self._is_newcomer(newcomer):
                break
            after = newcomer  # what they put in the same place comes first
        return after

    def _is_newcomer(self, key: str) -> bool:
        is_new = key in self.moved_by_them or key not in self.base.clauses
        return is_new and not self._stands_alike(key)


def _is_translation(change: ProposedChange) -> bool:
    """Whether the change does nothing but translate."""
    return change.change is ChangeKind.CHANGE and not (change.kind or change.heading or change.text or change.place)
