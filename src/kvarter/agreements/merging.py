"""Three-way merge of an agreement, clause by clause.

Two amendments written on the same version both go in where they touch different clauses. Where they touch the
same one with different results, that is a conflict, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kvarter.agreements.comparing import children_of, moved_keys, reading_order, same_words
from kvarter.agreements.text import ClauseText, Kind, Wording

Text = Sequence[ClauseText]


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

    CHANGE: `heading` and `text` are the whole new words. With both empty the words stay, without a kind the
    kind stays, without a place the clause stays where it is. A translation that is not given falls away when
    the words change: a stale one must not stand beside new words.
    ADD: without a place the clause comes first at the top.
    Of two put after the same sibling, the one given later stands nearest, as if put there one by one.
    """

    change: ChangeKind
    key: str
    kind: Kind | None = None
    heading: str = ""
    text: str = ""
    place: Place | None = None
    translations: dict[str, Wording] = field(default_factory=dict)

    @property
    def is_translation(self) -> bool:
        """Whether it leaves the agreement itself as it is."""
        return self.change is ChangeKind.CHANGE and not (self.kind or self.heading or self.text or self.place)


Changes = Sequence[ProposedChange]


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
    """The clauses with every change that fits; those in conflict stand as in force until a person decides."""

    clauses: tuple[ClauseText, ...]
    conflicts: tuple[Conflict, ...] = ()


def apply_changes(base: Text, changes: Changes) -> tuple[ClauseText, ...]:
    """The clauses with the changes made, in reading order.

    Raises ImpossibleChange for a key unknown or taken, two changes of one clause, a parent or sibling that is
    not there, clauses under each other in a ring, or a removed clause that keeps children.
    """
    _check_keys(base, changes)
    clauses = {clause.key: clause for clause in base}
    removed = {change.key for change in changes if change.change is ChangeKind.REMOVE}
    for change in changes:
        if change.key not in removed:
            clauses[change.key] = _made(change, clauses.get(change.key, ClauseText(change.key, Kind.TEXT)))
    _check_parents(clauses, _places(changes))
    _check_removed(clauses.values(), removed)
    children = _lines(clauses.values(), _places(changes))
    return tuple(clauses[key] for key in reading_order(children) if key not in removed)


def _check_keys(base: Text, changes: Changes) -> None:
    known, touched = {clause.key for clause in base}, set[str]()
    for change in changes:
        is_new, wrong = change.change is ChangeKind.ADD, ""
        if change.key in touched:
            wrong = _("Der er to ændringer af punktet %(key)s.")
        elif is_new == (change.key in known):
            wrong = _("Der er allerede et punkt %(key)s.") if is_new else _("Punktet %(key)s findes ikke.")
        if wrong:
            raise ImpossibleChange(change.key, wrong % {"key": change.key})
        touched.add(change.key)


def _made(change: ProposedChange, old: ClauseText) -> ClauseText:
    """The clause as the change wants it, without regard to the clauses around it."""
    parent = change.place.parent if change.place else old.parent
    new = replace(old, kind=change.kind or old.kind, parent=parent)
    if not (change.heading or change.text) or (change.heading, change.text) == (old.heading, old.text):
        return replace(new, translations={**old.translations, **change.translations})
    return replace(new, heading=change.heading, text=change.text, translations=change.translations)


def _places(changes: Iterable[ProposedChange]) -> dict[str, Place]:
    """Where the changes put clauses, by key. A removal puts nothing anywhere."""
    added, changed = ChangeKind.ADD, ChangeKind.CHANGE
    puts = (c for c in changes if c.change is added or (c.change is changed and c.place))
    return {change.key: change.place or Place() for change in puts}


def _check_parents(clauses: Mapping[str, ClauseText], places: Mapping[str, Place]) -> None:
    for key, place in places.items():
        seen: set[str] = set()
        above = place.parent
        while above is not None and above in clauses and above not in seen:
            seen.add(above)
            above = clauses[above].parent
        if key in seen or not (place.parent is None or place.parent in clauses):
            wrong = _("%(key)s kan ikke stå under %(parent)s.")
            raise ImpossibleChange(key, wrong % {"key": key, "parent": place.parent})


def _check_removed(clauses: Iterable[ClauseText], removed: set[str]) -> None:
    for clause in clauses:
        if clause.parent and clause.parent in removed and clause.key not in removed:
            wrong = _("%(key)s kan ikke fjernes, så længe %(child)s hører under det.")
            raise ImpossibleChange(clause.parent, wrong % {"key": clause.parent, "child": clause.key})


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
    for after in followers.keys() - {None, *line}:
        wrong = _("%(key)s kan ikke stå efter %(after)s, som ikke står der.")
        raise ImpossibleChange(followers[after][0], wrong % {"key": followers[after][0], "after": after})
    return line


def merge(base: Text, current: Text, changes: Changes) -> Merged:
    """The changes, written on `base`, made on `current`; ImpossibleChange when they do not fit `base`."""
    was, now, wish = ({c.key: c for c in text} for text in (base, current, apply_changes(base, changes)))
    sides = _Sides(was, now, wish, moved_keys(base, current))
    conflicts: dict[str, Conflict] = {}
    wanted = [rest for change in changes if (rest := sides.still_wanted(change))]
    for change in wanted:
        if reason := sides.collision(change):
            conflicts[change.key] = sides.conflict(change.key, reason)
    clauses = _settle(sides, [change for change in wanted if change.key not in conflicts], conflicts)
    return Merged(clauses, tuple(conflicts[c.key] for c in changes if c.key in conflicts))


def _settle(sides: _Sides, wanted: Changes, conflicts: dict[str, Conflict]) -> tuple[ClauseText, ...]:
    """Make the changes. One that cannot be made becomes a conflict, and the rest are tried without it."""
    while True:
        try:
            return apply_changes(tuple(sides.theirs.values()), sides.replaced(wanted, conflicts))
        except ImpossibleChange as error:
            left = [change for change in wanted if change.key != error.key]
            if len(left) == len(wanted):
                raise
            conflicts[error.key], wanted = sides.conflict(error.key, error.message), left


def _before(text: Mapping[str, ClauseText], key: str) -> list[str]:
    """The siblings that stand before a clause, nearest first."""
    siblings = [other.key for other in text.values() if other.parent == text[key].parent]
    return siblings[: siblings.index(key)][::-1]


def _shared_before(text: Mapping[str, ClauseText], other: Mapping[str, ClauseText], key: str) -> str | None:
    parent = text[key].parent
    return next((k for k in _before(text, key) if k in other and other[k].parent == parent), None)


@dataclass(frozen=True)
class _Sides:
    """The version the proposal was written on, the one in force, and what the proposal made of the first."""

    base: dict[str, ClauseText]
    theirs: dict[str, ClauseText]
    ours: dict[str, ClauseText]
    moved_by_them: set[str]

    def conflict(self, key: str, reason: str) -> Conflict:
        return Conflict(key, self.base.get(key), self.theirs.get(key), self.ours.get(key), reason)

    def still_wanted(self, change: ProposedChange) -> ProposedChange | None:
        """What is left of a change when what it wants stands there already."""
        now, wish = self.theirs.get(change.key), self.ours.get(change.key)
        if change.change is ChangeKind.REMOVE:
            return change if now else None
        if change.change is ChangeKind.ADD:
            is_there = now and wish and same_words(now, wish) and now.parent == wish.parent
            return None if is_there else change
        rest = self._without_old_words(change)
        return None if rest.is_translation and not rest.translations else rest

    def _without_old_words(self, change: ProposedChange) -> ProposedChange:
        """The change without words and translations that it leaves as they were."""
        was = self.base[change.key]
        if not same_words(was, self.ours[change.key]):
            return change
        fresh = {code: w for code, w in change.translations.items() if w != was.translations.get(code)}
        return replace(change, kind=None, heading="", text="", translations=fresh)

    def _stands_alike(self, key: str) -> bool:
        """Whether it has one place in both texts: one parent, and after the same one of those in both."""
        now, wish = self.theirs.get(key), self.ours.get(key)
        if not now or not wish or now.parent != wish.parent:
            return False
        return _shared_before(self.theirs, self.ours, key) == _shared_before(self.ours, self.theirs, key)

    def collision(self, change: ProposedChange) -> str:
        """Why a change cannot be made without asking; empty when it can."""
        key = change.key
        was, now, wish = self.base.get(key), self.theirs.get(key), self.ours.get(key)
        if was is None:
            return _("Begge har tilføjet et punkt %(key)s, men ikke det samme.") % {"key": key} if now else ""
        if now is None:
            return _("Punktet er fjernet i den nye udgave.")
        has_new_words = not same_words(was, now) and not (wish and same_words(now, wish))
        has_moved = key in self.moved_by_them and not self._stands_alike(key)
        if not has_new_words and (change.is_translation or not has_moved):
            return ""
        removed = _("Punktet er ændret i den nye udgave, og forslaget fjerner det.")
        return _("Begge har ændret punktet.") if wish else removed

    def replaced(self, wanted: Changes, unsettled: Iterable[str]) -> list[ProposedChange]:
        """The changes, put after the nearest sibling before them that will be there."""
        # A new parent in conflict is not there, even when they have added another clause with its key.
        missing = set(unsettled) - self.base.keys()
        placed = _places(wanted)
        for key, place in placed.items():
            if place.parent in missing:
                wrong = _("Punktet hører under %(parent)s, som ikke er afgjort.")
                raise ImpossibleChange(key, wrong % {"parent": place.parent})
        places = {key: Place(place.parent, self._after(key, placed)) for key, place in placed.items()}
        return [replace(change, place=places.get(change.key)) for change in wanted]

    def _after(self, key: str, placed: Mapping[str, Place]) -> str | None:
        there = [c.key for c in self.theirs.values() if c.parent == placed[key].parent]
        after = next((k for k in _before(self.ours, key) if k in placed or k in there), None)
        if after in placed:
            return after
        for newcomer in there[there.index(after) + 1 if after else 0 :]:
            is_new = newcomer in self.moved_by_them or newcomer not in self.base
            if not is_new or self._stands_alike(newcomer):
                break
            after = newcomer  # what they put in the same place comes first
        return after
