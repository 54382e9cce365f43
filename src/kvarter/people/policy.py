"""The one policy: who may see and do what. Everything asks here, and the answer is no unless a room said yes.

A room registers its predicates in `rules.py`: `allow("agreement.read", predicate)` for one object, and
`scope(Agreement, function)` for the rows of a list. Pages, search, feeds, exports, the calendar, work pages,
Django's admin and mail ask `can`, `require` and `visible`, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from rules.permissions import add_perm, has_perm, perm_exists
from rules.predicates import Predicate
from rules.predicates import predicate as _predicate

from kvarter.people.models import Person


class Operator:
    """Whoever runs the command line: has the database at hand, so the policy does not stand in the way."""

    pk = None
    is_authenticated = True
    name = "operator"


OPERATOR = Operator()
Actor = Person | AnonymousUser | Operator
M = TypeVar("M", bound=Model)
_SCOPES: dict[type[Model], Callable[[Actor], Q]] = {}


class Refused(Exception):
    """The policy said no. A page answers as if the thing did not exist; a command says who lacks what."""

    def __init__(self, verb: str, about: object = None) -> None:
        super().__init__(f"{verb}: {about}" if about is not None else verb)
        self.verb = verb


def predicate(decides: Callable[..., bool]) -> Predicate:
    """A condition on a person, or on a person and a thing; conditions combine with &, | and ~."""
    made: Predicate = _predicate(decides)
    return made


def allow(verb: str, who: Predicate) -> None:
    """Register who may do `verb` ("noun.verb"). Registering a verb twice is a mistake and raises KeyError."""
    add_perm(verb, who)


def scope(model: type[M], rows: Callable[[Actor], Q]) -> None:
    """Register which rows of a model someone sees in a list. Must agree with the model's `read` verb."""
    _SCOPES[model] = rows


def can(person: Actor, verb: str, about: object = None) -> bool:
    """May this person do this to this? No for a verb nobody registered and for a closed account."""
    if isinstance(person, Operator):
        return bool(perm_exists(verb))
    if isinstance(person, Person) and not person.is_active:
        person = AnonymousUser()
    return bool(has_perm(verb, person, about))


def require(person: Actor, verb: str, about: object = None) -> None:
    """Raise Refused unless `can`."""
    if not can(person, verb, about):
        raise Refused(verb, about)


def visible(person: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows this person may see: none of a model whose room registered no scope."""
    if isinstance(person, Operator):
        return rows
    if isinstance(person, Person) and not person.is_active:
        person = AnonymousUser()
    rule = _SCOPES.get(rows.model)
    return rows.filter(rule(person)) if rule else rows.none()


@predicate
def is_shown(person: Actor, about: Any = None) -> bool:
    """Whether a thing is among the rows its scope lets this person see: the one truth about reading."""
    return isinstance(about, Model) and visible(person, type(about)._default_manager.filter(pk=about.pk)).exists()
