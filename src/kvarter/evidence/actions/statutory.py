"""What the early warning is measured against, and whether it looks at origin."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.models import EarlyWarning, StatutoryInput
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require


class NotAnInput(ActionError):
    """No line of the law is measured against this."""


@transaction.atomic
def set_input(
    *,
    by: Actor,
    partnership: Partnership,
    criterion: str,
    against: str,
    year: int,
    value: Decimal,
    source: str,
    why: str = "",
) -> StatutoryInput:
    """The country's or region's figure of a year; said again, it is put right. Raises NotAnInput for one of nothing."""
    require(by, "indicator.write", partnership)
    if value <= 0:
        raise NotAnInput(_("Tallet skal være over nul."))
    stored, _new = StatutoryInput.objects.update_or_create(
        partnership=partnership,
        criterion=criterion,
        against=against,
        year=year,
        defaults={"value": value, "source": source.strip()},
    )
    record(by=by, verb="statutory.input", about=partnership, why=why, criterion=criterion, year=year, value=str(value))
    return stored


@transaction.atomic
def look_at_origin(*, by: Actor, partnership: Partnership, with_origin: bool, why: str) -> None:
    """Turn the criterion of origin on or off. It says why, for it is contested."""
    require(by, "indicator.write", partnership)
    EarlyWarning.objects.update_or_create(partnership=partnership, defaults={"with_origin": with_origin})
    record(by=by, verb="statutory.origin", about=partnership, why=why, with_origin=with_origin)
