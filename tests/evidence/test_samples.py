"""Figures of samples: cuts of the people, differences that were judged, and that nothing hidden is worked out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from kvarter.agreements.models import Partnership
from kvarter.evidence.figures import Between
from kvarter.evidence.models import Difference, Indicator, Observation, Register, Source
from kvarter.evidence.queries.published import Told, published_of
from kvarter.evidence.showing import show, show_difference
from kvarter.places.models import AreaVersion
from tests.evidence.figures import lay_out, published
from tests.world import World

pytestmark = pytest.mark.django_db
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


def own_version(register: Register) -> AreaVersion:
    return AreaVersion.objects.get(area=register.partnership.area)


def observe(register: Register, day: date, value: float, n: int, *, cut: str = "", **more: Any) -> Observation:
    facts = {"counted": "sample", "status": "A", "low": value - 0.05, "high": value + 0.05, "invited": 900} | more
    return Observation.objects.create(
        register=register,
        indicator=Indicator.objects.get(),
        version=own_version(register),
        first=day,
        last=day,
        value=value,
        n=n,
        cut=cut,
        **facts,
    )


def judge(register: Register, **facts: Any) -> Difference:
    return Difference.objects.create(
        register=register,
        indicator=Indicator.objects.get(),
        between="change",
        version=own_version(register),
        first=BEFORE,
        last=AFTER,
        together=12,
        **facts,
    )


def told(partnership: Partnership) -> Told:
    return published_of(AnonymousUser(), partnership, "da").indicators["stemmer"]


def test_a_cut_stands_beside_the_figure_of_all_and_not_among_them(world: World) -> None:
    wave(world)
    published(world.partnership)
    found = told(world.partnership)
    assert [figure.value for figure in found.figures] == [0.6, 0.7]
    assert [(figure.cut, figure.cut_name, figure.value) for figure in found.cuts] == [(YOUNG, "18-29 år", 0.5)]
    assert ("Hvem", "18-29 år") in show(found.cuts[0]).certificate


def test_a_change_is_told_with_interval_verdict_and_what_it_is_between(world: World) -> None:
    wave(world)
    published(world.partnership)
    change = told(world.partnership).difference(Between.CHANGE)
    assert change
    shown = show_difference(change)
    assert (shown.text, shown.verdict) == ("+10,0 procentpoint", "påviseligt bedre")
    assert shown.interval == "mellem +2,0 procentpoint og +18,0 procentpoint"
    assert shown.what == "Lilleby, fra 1. marts 2021 til 1. marts 2024"


def test_a_change_from_a_hidden_figure_is_not_published(world: World) -> None:
    wave(world, n_before=12)
    published(world.partnership)
    found = told(world.partnership)
    assert [figure.value for figure in found.figures] == [None, 0.7]
    assert found.differences == ()


def test_what_is_made_up_says_so(world: World) -> None:
    Partnership.objects.filter(pk=world.partnership.pk).update(is_demonstration=True)
    world.partnership.refresh_from_db()
    wave(world)
    published(world.partnership)
    found = told(world.partnership)
    change = found.difference(Between.CHANGE)
    assert change
    assert {show(figure).mark for figure in (*found.figures, *found.cuts)} == {"opdigtet"}
    assert show_difference(change).mark == "opdigtet"


def test_only_samples_are_cut(world: World) -> None:
    register = wave(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        observe(register, AFTER, 0.5, 40, cut="gender=f", counted="full", low=None, high=None)
