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
from kvarter.evidence.queries.published import Published
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


def known_of(person: Actor, partnership: Partnership, everything: Published, year: int | None = None) -> Known:
    """What someone may see of a partnership, as of a year (at most nine SQL queries, whatever the size).

    everything: that is published for them. Raises NoSuchWave where there are no figures to report.
    """
    published, language = as_of(everything, year), everything.language
    version = main_agreement(person, partnership, timezone.localdate())
    of_it = {"partnership": partnership}
    themes = tuple(visible(person, Theme.objects.filter(**of_it)))
    forecasts = Forecast.objects.filter(indicator__partnership=partnership).select_related("area", "indicator")
    return Known(
        partnership=partnership,
        published=published,
        themes=themes,
        headings=tuple(pages.headings_of(themes, published)),
        indicators=tuple(visible(person, Indicator.objects.filter(**of_it).select_related("theme"))),
        forecasts=tuple(visible(person, forecasts)),
        goals=tuple(pages.effect_goals(person, partnership)),
        agreement=read_version(version, language) if version else None,
        margin=pages.mirror_margin(person, partnership),
    )
