"""The report someone may read: found, and made."""

from __future__ import annotations

from django.utils.translation import override

from kvarter.agreements.models import Partnership
from kvarter.people.policy import Actor
from kvarter.web.report.building import build_report
from kvarter.web.report.content import Report
from kvarter.web.report.known import known_of


def report_of(person: Actor, partnership: Partnership, language: str, year: int | None = None) -> Report:
    """The report in a language, of all that is published or of a wave. Raises NoSuchWave where there are no figures."""
    with override(language):
        return build_report(known_of(person, partnership, language, year))
