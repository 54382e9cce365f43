"""The report someone may read: found, and made."""

from __future__ import annotations

from django.utils.translation import override

from kvarter.agreements.models import Partnership
from kvarter.evidence.queries.pages import published_for
from kvarter.evidence.queries.published import Published
from kvarter.people.policy import Actor
from kvarter.web.report.building import build_report
from kvarter.web.report.content import Report
from kvarter.web.report.known import known_of


def report_of(person: Actor, partnership: Partnership, language: str, year: int | None = None) -> Report:
    """The report in a language, of all that is published or of a wave. Raises NoSuchWave where there are no figures."""
    return report_from(person, partnership, published_for(person, partnership, language), year)


def report_from(person: Actor, partnership: Partnership, everything: Published, year: int | None = None) -> Report:
    """The same from what is published for someone, in its language. Raises NoSuchWave."""
    with override(everything.language):
        return build_report(known_of(person, partnership, everything, year))
