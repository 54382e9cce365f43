"""The one rule of a term that every way of setting it asks."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError


class EndsBeforeStart(ActionError):
    """An agreement cannot end before the day it begins."""


def check_term(starts: date | None, ends: date | None) -> None:
    """Raise EndsBeforeStart when a term would end before it begins."""
    if starts and ends and ends < starts:
        raise EndsBeforeStart(
            _("Aftalen kan ikke udløbe (%(ends)s), før den begynder (%(starts)s).")
            % {"ends": date_format(ends), "starts": date_format(starts)}
        )
