"""Who may see and do what with agreements. Registered with the one policy; nothing else here decides.

role             sees                                   does
visitor          what is public
resident         what is public
party member     + what is for the parties              drafts and proposes amendments, completes own obligations
initiative lead  + what is for the parties              drafts and proposes amendments
analyst          + what is for the parties
secretariat      + drafts, imports, members, journal    everything but the installation
administrator    everything but drafts                  partnerships, persons, areas
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from rules.predicates import Predicate

from kvarter.agreements import models as m
from kvarter.agreements.models import Role, Visibility
from kvarter.journal.models import Entry
from kvarter.people.models import Person
from kvarter.people.policy import Actor, allow, is_shown, predicate, scope

INSIDE = frozenset({Role.PARTY_MEMBER, Role.INITIATIVE_LEAD, Role.SECRETARIAT, Role.ANALYST})
AUTHORS = frozenset({Role.PARTY_MEMBER, Role.INITIATIVE_LEAD, Role.SECRETARIAT})
SECRETARIAT = frozenset({Role.SECRETARIAT})
NO_ROW = Q(pk__in=[])
EVERY_ROW = ~NO_ROW  # a bare Q() disappears from an "or", and with it everything it should let through


@dataclass(frozen=True)
class Standing:
    """What someone is today: roles by partnership, and the parties they speak for."""

    roles: dict[int, frozenset[str]] = field(default_factory=dict)
    slugs: dict[int, str] = field(default_factory=dict)
    parties: frozenset[int] = frozenset()

    def where(self, wanted: Iterable[str]) -> set[int]:
        """The partnerships in which one of these roles is held."""
        return {pk for pk, held in self.roles.items() if held & set(wanted)}


def standing(person: Actor) -> Standing:
    """Someone's standing, read once for each person object (one SQL query)."""
    if not isinstance(person, Person):
        return Standing()
    known: Standing | None = getattr(person, "_standing", None)
    if known is None:
        known = _read_standing(person, timezone.localdate())
        person._standing = known  # type: ignore[attr-defined]
    return known


def _read_standing(person: Person, today: date) -> Standing:
    held = list(
        m.Membership.objects.filter(person=person, since__lte=today)
        .filter(Q(until=None) | Q(until__gt=today))
        .values_list("partnership_id", "partnership__slug", "role", "party_id")
    )
    roles: dict[int, frozenset[str]] = {}
    for partnership, _slug, role, _party in held:
        roles[partnership] = roles.get(partnership, frozenset()) | {role}
    speaks_for = frozenset(party for *_, role, party in held if party and role == Role.PARTY_MEMBER)
    return Standing(roles, {pk: slug for pk, slug, *_ in held}, speaks_for)


def _administers(person: Actor) -> bool:
    return isinstance(person, Person) and person.is_administrator


# What is shown: the scopes.


def shown_partnership(person: Actor, to: str = "") -> Q:
    """The partnerships someone sees; `to` is the way to it from the rows of a room above, as "partnership__"."""
    if _administers(person):
        return EVERY_ROW
    public = Q(**{f"{to}visibility": Visibility.PUBLIC})
    inside = standing(person).where(INSIDE)
    return public | Q(**{f"{to}pk__in": inside}) if inside else public


def _shown_inside(person: Actor, to: str = "") -> Q:
    """Something with a visibility of its own in a partnership that is shown."""
    if _administers(person):
        return EVERY_ROW
    public = Q(**{f"{to}visibility": Visibility.PUBLIC})
    inside = standing(person).where(INSIDE)
    own = public | Q(**{f"{to}partnership__in": inside}) if inside else public
    return shown_partnership(person, f"{to}partnership__") & own


def _shown_amendment(person: Actor) -> Q:
    known = standing(person)
    state = m.Amendment.State
    inside = Q(agreement__partnership__in=known.where(INSIDE))
    if _administers(person):
        inside = EVERY_ROW
    mine = Q(author=person) if isinstance(person, Person) else NO_ROW
    draft = Q(state__in=[state.DRAFT, state.GIVEN_UP]) & (
        Q(agreement__partnership__in=known.where(SECRETARIAT)) | mine & inside
    )
    proposed = Q(state=state.PROPOSED) & (Q(public=True) | inside)
    ended = Q(state=state.IN_FORCE) | Q(state=state.WITHDRAWN) & inside
    return _shown_inside(person, "agreement__") & (draft | proposed | ended)


def _shown_obligation(person: Actor) -> Q:
    return _shown_inside(person) & (Q(agreement=None) | _shown_inside(person, "agreement__"))


def _shown_membership(person: Actor) -> Q:
    if _administers(person):
        return EVERY_ROW
    mine = Q(person=person) if isinstance(person, Person) else NO_ROW
    return mine | Q(partnership__in=standing(person).where(SECRETARIAT))


# What is done while a change is a draft or an import is read names them: the administrator sees neither.
DRAFTING: tuple[str, ...] = ("amendment.draft", "amendment.change", "amendment.rebase", "amendment.give_up")
DRAFTING += ("review.start", "review.correct", "review.drop")


def _shown_entry(person: Actor) -> Q:
    if _administers(person):
        own = Q(partnership__in=[standing(person).slugs[pk] for pk in standing(person).where(SECRETARIAT)])
        return ~Q(verb__in=DRAFTING) | own
    known = standing(person)
    return Q(partnership__in=[known.slugs[pk] for pk in known.where(SECRETARIAT)])


def _shown_person(person: Actor) -> Q:
    if _administers(person):
        return EVERY_ROW
    return Q(pk=person.pk) if isinstance(person, Person) else NO_ROW


scope(m.Partnership, shown_partnership)
scope(m.Party, _shown_inside)
scope(m.Agreement, _shown_inside)
scope(m.AgreementVersion, lambda person: _shown_inside(person, "agreement__"))
scope(m.Clause, lambda person: _shown_inside(person, "version__agreement__"))
scope(m.Signature, lambda person: _shown_inside(person, "agreement__"))
scope(m.Amendment, _shown_amendment)
scope(m.Obligation, _shown_obligation)
scope(m.ImportReview, lambda person: Q(partnership__in=standing(person).where(SECRETARIAT)))
scope(m.Membership, _shown_membership)
scope(Entry, _shown_entry)
scope(Person, _shown_person)


# What may be done: the verbs.


def holds_role(wanted: frozenset[Role]) -> Predicate:
    """Holds one of the roles in the partnership that the thing belongs to."""

    @predicate
    def holds(person: Actor, about: Any = None) -> bool:
        return about is not None and about.partnership.pk in standing(person).where(wanted)

    return holds


@predicate
def is_administrator(person: Actor) -> bool:
    return _administers(person)


@predicate
def is_secretariat_somewhere(person: Actor) -> bool:
    return bool(standing(person).where(SECRETARIAT))


@predicate
def serves_all_in(person: Actor, area: Any = None) -> bool:
    """Serves as secretariat every partnership that stands in an area or is compared with it, and there is one."""
    if area is None:
        return False
    there = m.Partnership.objects.filter(Q(area=area) | Q(area__reference=area)).values_list("pk", flat=True)
    return bool(there) and set(there) <= standing(person).where(SECRETARIAT)


@predicate
def is_author(person: Actor, amendment: Any = None) -> bool:
    return isinstance(person, Person) and amendment is not None and amendment.author_id == person.pk


@predicate
def speaks_for_the_responsible(person: Actor, obligation: Any = None) -> bool:
    return obligation is not None and obligation.responsible_id in standing(person).parties


@predicate
def is_signed_in(person: Actor) -> bool:
    return isinstance(person, Person)


is_secretariat = holds_role(SECRETARIAT)
is_possible_author = holds_role(AUTHORS)
sees_names = holds_role(INSIDE)

for noun in (
    "partnership",
    "agreement",
    "version",
    "clause",
    "amendment",
    "obligation",
    "review",
    "membership",
    "entry",
):
    allow(f"{noun}.read", is_shown)
allow("partnership.add", is_administrator)
allow("partnership.change", is_secretariat | is_administrator)
allow("demonstration.make", is_administrator)
allow("demonstration.remove", is_administrator)
allow("area.add", is_administrator | is_secretariat_somewhere)
allow("area.write", is_administrator | serves_all_in)
allow("agreement.import", is_secretariat)
allow("agreement.change", is_secretariat)
allow("version.translate", is_secretariat)
allow("amendment.draft", is_possible_author)
allow("amendment.edit", is_secretariat | is_author & is_possible_author)
allow("amendment.bring_into_force", is_secretariat)
allow("obligation.write", is_secretariat)
allow("obligation.complete", is_secretariat | speaks_for_the_responsible)
allow("party.write", is_secretariat)
allow("names.read", sees_names)
allow("member.manage", is_secretariat | is_administrator)
allow("journal.read", is_secretariat | is_administrator)
allow("person.forget", is_administrator)
allow("person.appoint", is_administrator)
allow("tasks.read", is_signed_in)
allow("admin.read", is_administrator)
