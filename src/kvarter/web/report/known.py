"""What the report is made from, found through the policy: what is published, and what the agreement says."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from kvarter.agreements.models import Partnership
from kvarter.agreements.queries.pages import main_agreement
from kvarter.agreements.queries.versions import Reading, read_version
from kvarter.evidence.models import EffectGoal, Forecast, Indicator, MirrorMargin, Theme
from kvarter.evidence.queries import pages
from kvarter.evidence.queries.pages import Heading
from kvarter.people.policy import Actor, visible
from kvarter.web.report.until import AsOf, as_of


@dataclass(frozen=True)
class Known:
    """What is known of a partnership. indicators: all that are looked at, with figures or not. headings: of the themes,
    one for each.
    """

    partnership: Partnership
    published: AsOf
    themes: tuple[Theme, ...]
    headings: tuple[Heading, ...]
    indicators: tuple[Indicator, ...]
    forecasts: tuple[Forecast, ...]
    goals: tuple[EffectGoal, ...]
    agreement: Reading | None
    margin: MirrorMargin | None = None


def known_of(person: Actor, partnership: Partnership, language: str, year: int | None = None) -> Known:
    """What someone may see of a partnership, as of a year (at most twelve SQL queries, whatever the size).

    Raises NoSuchWave where there are no figures to report.
    """
    published = as_of(pages.published_for(person, partnership, language), year)
    version = main_agreement(person, partnership, timezone.localdate())
    of_it = {"partnership": partnership}
    forecasts = Forecast.objects.filter(indicator__partnership=partnership).select_related("area", "indicator")
    return Known(
        partnership=partnership,
        published=published,
        themes=tuple(visible(person, Theme.objects.filter(**of_it))),
        headings=tuple(pages.headings(person, partnership, published)),
        indicators=tuple(visible(person, Indicator.objects.filter(**of_it).select_related("theme"))),
        forecasts=tuple(visible(person, forecasts)),
        goals=tuple(pages.effect_goals(person, partnership)),
        agreement=read_version(version, language) if version else None,
        margin=pages.mirror_margin(person, partnership),
    )
