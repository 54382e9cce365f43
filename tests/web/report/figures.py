"""Lilleby with nine themes and a survey of two waves: every verdict, cuts, a forecast, and what is counted in full."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from kvarter.agreements.models import Partnership
from kvarter.effect.changes import Verdict
from kvarter.evidence.actions import indicators as acts
from kvarter.evidence.models import Difference, Forecast, Indicator, Observation, Register
from kvarter.people.policy import OPERATOR
from kvarter.places.models import AreaVersion
from tests.evidence.figures import SOURCE, lay_out, published, taken_in
from tests.world import World

BEFORE, AFTER = date(2021, 3, 1), date(2024, 3, 1)
NAMES = ("sundhed", "selvforsoergelse", "medborgerskab", "social-miks", "sammensaetning", "byliv", "image")
CUTS = {
    "age=18-29": {"da": "18-29 år", "en": "aged 18-29"},
    "gender=f": {"da": "kvinder", "en": "women"},
    "gender=m": {"da": "mænd", "en": "men"},
}
VERDICTS = (
    (Verdict.BETTER, 0.1, 0.02, 0.18),
    (Verdict.UNCHANGED, 0.03, -0.05, 0.11),
    (Verdict.WORSE, -0.12, -0.2, -0.04),
    (Verdict.UNMEASURABLE, 0.04, -0.2, 0.28),
    (Verdict.CHANGED, 0.09, 0.01, 0.17),
    (Verdict.KEPT, 0.005, -0.01, 0.02),
)


def surveyed(world: World) -> Partnership:
    """Lilleby's figures, taken in and published in two publications: votes that are counted, then the survey."""
    partnership = world.partnership
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(partnership, title="Valget")
    survey(partnership)
    published(partnership, title="Undersøgelsen")
    return partnership


def survey(partnership: Partnership) -> None:
    """Two waves of answers to a question of each theme but two, with what was judged of them, not yet published."""
    for number, slug in enumerate(NAMES, 2):
        name = slug.capitalize().replace("-", " ")
        acts.add_theme(
            by=OPERATOR, partnership=partnership, slug=slug, clause=f"tema-{slug}", name=name, position=number
        )
    facts = SOURCE | {"key": "undersoegelse", "title": "Undersøgelsen", "counted": "sample", "method": "Nogle spørges."}
    source = acts.add_source(by=OPERATOR, partnership=partnership, **facts)
    register = Register.objects.create(
        partnership=partnership,
        source=source,
        file="undersøgelse",
        digest="b" * 64,
        label="Undersøgelsen",
        taken_in=timezone.now(),
        cuts=CUTS,
    )
    for number, theme in enumerate(partnership.themes.exclude(slug__in=("image", "tillid")).order_by("position", "id")):
        theme.partnership = partnership
        indicator = acts.add_indicator(
            by=OPERATOR,
            theme=theme,
            slug=f"svar-{theme.slug}",
            name=f"Hvordan går det med {theme.name.lower()}?",
            definition="De, der svarer, at det går godt, ud af alle, der svarer.",
            respondents="Et udsnit på 18 år og derover",
            measure="share",
            flow="stock",
            grade="A",
            clauses=["maal-1-1"],
        )
        _answers(register, indicator, 0.5 + number / 50, *VERDICTS[number % len(VERDICTS)])
    Forecast.objects.create(
        indicator=Indicator.objects.get(slug="svar-sundhed"),
        area=partnership.area,
        about=date(2024, 1, 1),
        value=0.55,
        author="Analytiker Anders",
        written_on=date(2023, 1, 1),
        grounds="Som sidst.",
    )


def _answers(register: Register, indicator: Indicator, level: float, verdict: Verdict, *change: float) -> None:
    own, rest = (AreaVersion.objects.get(area__slug=slug) for slug in ("lilleby", "resten"))
    for day, value in ((BEFORE, level), (AFTER, level + change[0])):
        _observe(register, indicator, own, day, value, 412)
        _observe(register, indicator, rest, day, 0.62, 980)
    for number, cut in enumerate(CUTS):
        _observe(register, indicator, own, AFTER, level + number / 20, 64, cut=cut)
    judged = {"register": register, "indicator": indicator, "version": own, "last": AFTER, "together": 24}
    value, low, high = change
    sizes = {"value": value, "low": low, "high": high, "p_adjusted": 0.01, "smallest": 0.09}
    Difference.objects.create(between="change", first=BEFORE, verdict=verdict.value, **sizes, **judged)
    Difference.objects.create(between="gap_change", first=BEFORE, verdict=verdict.value, other=rest, **sizes, **judged)
    gap = Verdict.CHANGED if verdict is Verdict.BETTER else Verdict.UNCHANGED
    Difference.objects.create(between="gap", first=AFTER, verdict=gap.value, other=rest, **sizes, **judged)


def _observe(
    register: Register, indicator: Indicator, version: AreaVersion, day: date, value: float, n: int, **more: Any
) -> None:
    Observation.objects.create(
        register=register,
        indicator=indicator,
        version=version,
        first=day,
        last=day,
        value=value,
        n=n,
        invited=3 * n,
        low=value - 0.05,
        high=value + 0.05,
        counted="sample",
        status="A",
        **more,
    )
