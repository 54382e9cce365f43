"""Figures of samples: cuts of the people, differences that were judged, and that nothing hidden is worked out."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions.publishing import NeedsCorrection
from kvarter.evidence.disclosing import Limits
from kvarter.evidence.drafting import Choice, draft_publication
from kvarter.evidence.figures import Between
from kvarter.evidence.models import Observation
from kvarter.evidence.queries.published import Told, published_of
from kvarter.evidence.showing import show, show_difference
from tests.evidence.figures import published
from tests.evidence.sampling import AFTER, YOUNG, observe, wave
from tests.world import World

pytestmark = pytest.mark.django_db


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


def test_what_is_made_up_says_so(made_up_world: World) -> None:
    wave(made_up_world)
    published(made_up_world.partnership)
    found = told(made_up_world.partnership)
    change = found.difference(Between.CHANGE)
    assert change
    assert {show(figure).mark for figure in (*found.figures, *found.cuts)} == {"opdigtet"}
    assert show_difference(change).mark == "opdigtet"


def test_only_samples_are_cut(world: World) -> None:
    register = wave(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        observe(register, AFTER, 0.5, 40, cut="gender=f", counted="full", low=None, high=None)


@pytest.mark.parametrize("other", [{"low": 0.2}, {"high": 0.9}, {"invited": 999}])
def test_an_interval_put_right_is_a_correction_like_any_other(world: World, other: dict[str, float]) -> None:
    wave(world)
    published(world.partnership)
    Observation.objects.filter(cut="", value=0.7).update(**other)
    assert len(draft_publication(world.partnership, Choice(), Limits()).changed) == 1
    with pytest.raises(NeedsCorrection, match=r"“Stemmer”, Lilleby, 1\. marts 2024"):
        published(world.partnership)
    assert published(world.partnership, corrects=1).corrects == world.partnership.publications.get(number=1)
