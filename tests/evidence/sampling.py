"""Two waves of a sample for tests: figures with intervals, a cut of the people, and a change that was judged."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from kvarter.evidence.models import Difference, Indicator, Observation, Register, Source
from kvarter.places.models import AreaVersion
from tests.evidence.figures import lay_out, published
from tests.world import World

BEFORE, AFTER = date(2021, 3, 1), date(2024, 3, 1)
YOUNG = "age=18-29"


def wave(world: World, *, n_before: int = 300) -> Register:
    """Two waves of a sample: the area and the rest, a cut of the young, and a change of the area."""
    lay_out(world)
    partnership, source = world.partnership, Source.objects.get()
    register = Register.objects.create(
        partnership=partnership,
        source=source,
        file="undersøgelse",
        digest="a" * 64,
        label="Undersøgelsen",
        taken_in=timezone.now(),
        cuts={YOUNG: {"da": "18-29 år", "en": "18-29 years"}},
    )
    for day, value, n in ((BEFORE, 0.6, n_before), (AFTER, 0.7, 300)):
        observe(register, day, value, n)
    observe(register, AFTER, 0.5, 40, cut=YOUNG)
    judge(register, value=0.1, low=0.02, high=0.18, p_adjusted=0.01, verdict="demonstrably better", smallest=0.11)
    return register


def judged_waves(world: World) -> None:
    """Two waves, each published when it was made: the gap of its own day is judged, and all changes until then."""
    lay_out(world)
    rest = AreaVersion.objects.get(area__slug="resten")
    size = {"value": -0.1, "low": -0.16, "high": -0.04, "p_adjusted": 0.001, "smallest": 0.08}
    for name, last in (("2021", BEFORE), ("2024", AFTER)):
        register = Register.objects.create(
            partnership=world.partnership,
            source=Source.objects.get(),
            file=name,
            digest=name * 16,
            label="Undersøgelsen",
            taken_in=timezone.now(),
        )
        for version, value in ((own_version(register), 0.5), (rest, 0.6)):
            observe(register, last, value, 300, version=version)
        judge(register, between="gap", other=rest, first=last, last=last, verdict="demonstrable change", **size)
        if last is AFTER:
            judge(register, verdict="no demonstrable change", **size)
        published(world.partnership, title=name)


def own_version(register: Register) -> AreaVersion:
    return AreaVersion.objects.get(area=register.partnership.area)


def observe(register: Register, day: date, value: float, n: int, *, cut: str = "", **more: Any) -> Observation:
    facts = {"counted": "sample", "status": "A", "low": value - 0.05, "high": value + 0.05, "invited": 900} | more
    facts = {"version": own_version(register)} | facts
    return Observation.objects.create(
        register=register,
        indicator=Indicator.objects.get(),
        first=day,
        last=day,
        value=value,
        n=n,
        cut=cut,
        **facts,
    )


def judge(register: Register, **facts: Any) -> Difference:
    common = {"between": "change", "version": own_version(register), "first": BEFORE, "last": AFTER, "together": 12}
    return Difference.objects.create(register=register, indicator=Indicator.objects.get(), **(common | facts))
