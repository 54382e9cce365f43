"""Areas are open to read; drawing them is for the technical administrator, and the rooms above may add to that."""

from __future__ import annotations

from django.db.models import Q

from kvarter.people.policy import allow, predicate, scope
from kvarter.places.models import Area


@predicate
def anyone(_person: object) -> bool:
    return True


allow("area.read", anyone)
scope(Area, lambda _person: Q())
