"""Writing the journal, and the error every action raises when the domain says no."""

from __future__ import annotations

from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from kvarter.journal.models import Entry


class ActionError(Exception):
    """An action was refused by a rule of the domain. The message is for the person who tried."""


class Recorded(Protocol):
    """What a thing must tell to stand in the journal."""

    @property
    def journal_scope(self) -> str:
        """Slug of the partnership it belongs to, empty for the installation."""

    @property
    def journal_subject(self) -> str:
        """Address path of the thing."""


def record(*, by: Any, verb: str, about: Recorded, why: str = "", **details: Any) -> Entry:
    """Add one line. `by` is a person, or the operator at the command line (kept as nobody in particular).

    The line names the thing by its `journal_label`, if it has one, else as it names itself.
    """
    known = getattr(by, "pk", None) is not None and not isinstance(by, AnonymousUser)
    return Entry.objects.create(
        at=timezone.now(),
        who=by if known else None,
        verb=verb,
        partnership=about.journal_scope,
        subject=about.journal_subject[:200],
        label=str(getattr(about, "journal_label", about))[:200],
        why=why,
        details=details,
    )
