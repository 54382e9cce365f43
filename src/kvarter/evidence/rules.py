"""Who may see and do what with figures. Registered with the one policy; nothing else here decides.

What is published is for all who see the partnership. Figures taken in but not published are for those who work with
them: secretariat and analyst. They take in files; the secretariat publishes and says what is looked at.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from kvarter.agreements.models import Role
from kvarter.agreements.rules import holds_role, is_secretariat, shown_partnership, standing
from kvarter.evidence import models as m
from kvarter.people.policy import Actor, allow, is_shown, predicate, scope

AT_WORK = frozenset({Role.SECRETARIAT, Role.ANALYST})


def _at_work(person: Actor) -> Q:
    return Q(partnership__in=standing(person).where(AT_WORK))


@predicate
def anyone(_person: Actor, _about: Any = None) -> bool:
    return True


for model in (m.Theme, m.Indicator, m.EffectGoal, m.Publication, m.EarlyWarning, m.StatutoryInput, m.Composition):
    scope(model, lambda person: shown_partnership(person, "partnership__"))
for kind in (m.MirrorMargin, m.Peer):
    scope(kind, lambda person: shown_partnership(person, "partnership__"))
for part in (m.Aim, m.Forecast):
    scope(part, lambda person: shown_partnership(person, "indicator__partnership__"))
scope(m.Register, _at_work)
scope(m.Draft, _at_work)
scope(m.SavedMapping, _at_work)
scope(m.IndicatorRecipe, lambda person: Q(indicator__partnership__in=standing(person).where(AT_WORK)))
scope(m.Observation, lambda person: Q(register__partnership__in=standing(person).where(AT_WORK)))
scope(m.Difference, lambda person: Q(register__partnership__in=standing(person).where(AT_WORK)))
scope(m.Source, lambda _person: Q())

allow("publication.read", is_shown)
allow("indicator.read", is_shown)
allow("source.read", anyone)
allow("register.read", holds_role(AT_WORK))
allow("register.take_in", holds_role(AT_WORK))
allow("publication.make", is_secretariat)
allow("indicator.write", is_secretariat)
