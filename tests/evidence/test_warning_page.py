"""The early warning in words: the condition of so many residents, and how far it is to each line, on which side."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.models import Indicator
from kvarter.evidence.queries.published import published_of
from kvarter.evidence.queries.warning import RuleShown, warnings
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)


def exposed(world: World, part: float, whole: float) -> RuleShown:
    """The rule of exposed areas, where so many of so many have basic schooling alone."""
    lay_out(world)
    Indicator.objects.update(criterion="schooling", base="people")
    taken_in(world, {"900001": (part, whole), "900002": (3500.0, 40000.0)})
    published(world.partnership)
    told = published_of(AnonymousUser(), world.partnership, "da")
    return warnings(told, {}, TODAY, origin=False)[0]


@pytest.mark.parametrize(
    ("part", "whole", "distance", "outcome"),
    [
        (450, 1500, "30,0 procentpoint under grænsen (451 personer)", "ikke opfyldt"),
        (900, 1500, "lige på grænsen", "ikke opfyldt"),  # the law says over 60 per cent
        (901, 1500, "0,1 procentpoint over grænsen (1 person)", "opfyldt"),
        (1200, 1500, "20,0 procentpoint over grænsen (300 personer)", "opfyldt"),
    ],
)
def test_the_distance_is_told_in_points_and_people_with_the_laws_strictness(
    world: World, part: float, whole: float, distance: str, outcome: str
) -> None:
    line = next(line for line in exposed(world, part, whole).lines if "grundskole" in line.name)
    assert (line.limit, line.distance, line.outcome) == ("over 60,0 %", distance, outcome)


@pytest.mark.parametrize(
    ("whole", "distance", "outcome"),
    [
        (1500, "500 beboere over grænsen", "opfyldt"),
        (1000, "lige på grænsen", "opfyldt"),  # at least a thousand
        (900, "100 beboere under grænsen, så vidt tallet rækker", "kan ikke vurderes"),
    ],
)
def test_so_many_residents_are_a_condition_of_every_rule(
    world: World, whole: float, distance: str, outcome: str
) -> None:
    rule = exposed(world, 450, whole)
    size = rule.lines[0]
    assert (size.limit, size.distance, size.outcome) == ("mindst 1.000 beboere", distance, outcome)
    assert size.figure
    assert size.figure.text == f"{whole:,}".replace(",", ".")
    assert "mindst 1.000 beboere" in rule.needed


def test_a_larger_units_figure_shows_the_way_and_decides_nothing(db: None, client: Client) -> None:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    rule = warnings(published_of(AnonymousUser(), partnership, "da"), {}, TODAY, origin=False)[0]
    size, schooling = rule.lines[0], next(line for line in rule.lines if "grundskole" in line.name)
    assert (size.figure and size.figure.text, size.distance) == ("4.053", "3.053 beboere over grænsen")
    assert schooling.distance == "44,1 procentpoint under grænsen (1.725 personer)"
    assert (schooling.outcome, rule.is_met) == ("kan ikke vurderes", False)
    assert "Der er intet tal for Høje Gladsaxe selv" in schooling.note
    page = client.get(reverse("early_warning", args=[partnership.slug])).content.decode()
    assert schooling.distance in page
    assert page.count("omkring 46 %") == 1, "said once for all the rules"
    assert "Et større område: se noten nederst." in page
