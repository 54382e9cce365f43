"""Weighting a closed wave: it adds up to the people it was drawn from, says what it did, and can be undone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvarter.surveys.actions import weighting
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.actions.waves import WrongStep
from kvarter.surveys.actions.weighting import CannotWeight, foresee_weights, note_published, unweigh_wave, weigh_wave
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Wave
from kvarter.surveys.weights import Method, People, weigh
from tests.surveys.field import AGES, GENDERS, SIZES, answer_all, in_field
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


@pytest.fixture
def closed(world: World) -> Wave:
    """A wave that is closed, with some hundred answers."""
    made = in_field(planned(world))
    answer_all(made)
    return close_wave(by=world.secretariat, wave=made.wave)


def sums(name: str) -> dict[tuple[str, str], float]:
    """What the kept weights add to, by area and another column."""
    found: dict[tuple[str, str], float] = {}
    for area, value, weight in Response.objects.values_list("area", name, "weight"):
        found[area, value] = found.get((area, value), 0.0) + weight
    return found


def test_weights_add_up_to_the_people_of_each_area_gender_and_age(world: World, closed: Wave) -> None:
    found = weigh_wave(by=world.secretariat, wave=closed, method=Method())
    assert found.joined == ()
    for name, values, many in (("gender", GENDERS, len(AGES)), ("age", AGES, len(GENDERS))):
        wanted = {(area, value): many * SIZES[area][0] for area in SIZES for value in values}
        assert sums(name) == pytest.approx(wanted)
    closed.refresh_from_db()
    assert closed.state == "weighted"
    assert {area["area"]: area["population"] for area in closed.weighting["areas"]} == {"lilleby": 320, "resten": 4000}


def test_what_is_foreseen_is_what_is_done_and_nothing_is_kept_before(world: World, closed: Wave) -> None:
    foreseen = foresee_weights(closed, Method(bounds=(0.3, 4.0)))
    assert not Response.objects.filter(weight__isnull=False).exists()
    done = weigh_wave(by=world.secretariat, wave=closed, method=Method(bounds=(0.3, 4.0)))
    assert np.array_equal(foreseen.weights, done.weights)
    assert done.told() == foreseen.told()


def test_weighting_is_done_again_or_undone_until_it_is_published(world: World, closed: Wave) -> None:
    weigh_wave(by=world.secretariat, wave=closed, method=Method())
    weigh_wave(by=world.secretariat, wave=closed, method=Method(trim=3.0))
    assert unweigh_wave(by=world.secretariat, wave=closed).state == "closed"
    assert not Response.objects.filter(weight__isnull=False).exists()
    weigh_wave(by=world.secretariat, wave=closed, method=Method())
    note_published(by=world.secretariat, wave=closed, number=1)
    for undo in (unweigh_wave, lambda **told: weigh_wave(method=Method(), **told)):
        with pytest.raises(WrongStep, match="offentliggjort"):
            undo(by=world.secretariat, wave=closed)


def test_bounds_that_cannot_be_kept_are_told_in_words(world: World, closed: Wave) -> None:
    with pytest.raises(CannotWeight, match="videre grænser"):
        weigh_wave(by=world.secretariat, wave=closed, method=Method(bounds=(0.99, 1.01)))
    closed.refresh_from_db()
    assert closed.state == "closed"


def test_a_stratum_nobody_answered_from_is_named(world: World, closed: Wave) -> None:
    Response.objects.filter(area="resten").delete()
    with pytest.raises(CannotWeight, match="Resten"):
        weigh_wave(by=world.secretariat, wave=closed, method=Method())


def answers(counts: dict[tuple[str, str], int], base: float = 2.0) -> pl.DataFrame:
    """So many answers of each gender and age in one area."""
    rows = [
        {"area": "by", "stratum": "by", "gender": gender, "age": age, "base": base}
        for (gender, age), many in counts.items()
        for _at in range(many)
    ]
    return pl.DataFrame(rows)


def people(counts: dict[tuple[str, str], int]) -> list[People]:
    return [People("by", "by", gender, age, many) for (gender, age), many in counts.items()]


def test_an_age_with_few_answers_is_joined_with_its_smaller_neighbour() -> None:
    held = {("f", "18-29"): 3, ("f", "30-49"): 40, ("f", "50-64"): 30, ("m", "18-29"): 4, ("m", "30-49"): 40}
    everyone = dict.fromkeys(held, 100)
    found = weigh(answers(held), people(everyone), Method())
    assert found.joined == (("by_age", "by 18-29 + 30-49"),)
    assert found.weights.sum() == pytest.approx(500)
    assert found.worst < 1e-9


def test_cut_weights_keep_the_sum_and_say_how_far_off_a_margin_is() -> None:
    held = {("f", "18-29"): 10, ("f", "30-49"): 100, ("m", "18-29"): 10, ("m", "30-49"): 100}
    everyone = {("f", "18-29"): 900, ("f", "30-49"): 300, ("m", "18-29"): 900, ("m", "30-49"): 300}
    found = weigh(answers(held), people(everyone), Method(trim=5.0))
    assert found.trimmed == pytest.approx(20 / 220)
    assert found.weights.sum() == pytest.approx(2400)
    assert found.worst > 0.1


@settings(max_examples=40)
@given(st.lists(st.integers(1, 60), min_size=8, max_size=8), st.lists(st.integers(1, 500), min_size=8, max_size=8))
def test_whatever_the_counts_weights_add_up_to_the_people(held: list[int], there: list[int]) -> None:
    cells = [(gender, age) for gender in GENDERS for age in AGES]
    counts, everyone = dict(zip(cells, held, strict=True)), dict(zip(cells, there, strict=True))
    found = weigh(answers(counts), people(everyone), Method())
    assert (found.weights > 0).all()
    assert found.weights.sum() == pytest.approx(sum(there), rel=1e-6)


def test_a_stop_while_weights_are_taken_away_leaves_no_weighted_wave_without_them(
    world: World, closed: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    weigh_wave(by=world.secretariat, wave=closed, method=Method())

    def stop(**_facts: object) -> None:
        raise SystemExit

    with monkeypatch.context() as stopped:
        stopped.setattr(weighting, "record", stop)
        with pytest.raises(SystemExit):
            unweigh_wave(by=world.secretariat, wave=closed)
    closed.refresh_from_db()
    assert closed.state == "weighted"
    assert not Response.objects.filter(wave=closed.key, weight=None).exists()
    unweigh_wave(by=world.secretariat, wave=closed)
    assert not Response.objects.filter(wave=closed.key).exclude(weight=None).exists()
