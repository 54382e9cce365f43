"""Areas are open to read; drawing them is for the technical administrator, and the rooms above may add to that."""

from __future__ import annotations

import rules
from django.db.models import Q

from kvarter.people.policy import allow, scope
from kvarter.places.models import Area

allow("area.read", rules.always_true)
scope(Area, lambda _person: Q())
