"""Figures that cannot be: a part larger than its whole, fewer than none, a share of 80, or another area's people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.models import AgreementVersion
from kvarter.evidence.actions.indicators import NoSuchAim, NoSuchForecast, set_aim, write_forecast
from kvarter.evidence.actions.registers import NotLoadable, look_through
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.figures import can_be
from kvarter.evidence.models import Aim, Forecast, Observation, Register
from kvarter.people.policy import OPERATOR
from kvarter.places.models import Area
from tests.evidence.figures import lay_out, taken_in
from tests.evidence.valgdatabase import SHIPPED, read
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("part", "whole"), [(1812.0, 1000.0), (-12.0, 1000.0)])
def test_a_share_that_cannot_be_keeps_the_whole_file_out(world: World, part: float, whole: float) -> None:
    lay_out(world)
    with pytest.raises(NotLoadable, match=f"{part:g} af {whole:g}"):
        taken_in(world, {"900001": (part, whole), "900002": (3500.0, 4000.0)})
    assert not Register.objects.exists()
    assert not Observation.objects.exists()


def test_all_of_it_and_none_of_it_can_be(world: World) -> None:
    lay_out(world)
    taken_in(world, {"900001": (1000.0, 1000.0), "900002": (0.0, 4000.0)})
    assert Observation.objects.exists()


def test_all_of_parts_of_people_can_be_though_their_sum_is_dust_above_the_whole(world: World) -> None:
    lay_out(world)
    assert (10.0 + 12.74) / 22.74 > 1
    taken_in(world, {"900001": (10.0 + 12.74, 22.74), "900002": (3500.0, 4000.0)})
    assert Observation.objects.exists()


@pytest.mark.parametrize(
    ("measure", "value", "possible"),
    [("share", 1.01, False), ("share", 1.0, True), ("count", -1, False), ("amount", -5.0, True), ("mean", 80, True)],
)
def test_what_each_kind_of_figure_can_be(measure: str, value: float, possible: bool) -> None:
    assert can_be(measure, value) is possible


def test_a_share_is_foreseen_between_none_and_all_and_once_by_each(world: World) -> None:
    indicator = lay_out(world)
    about = timezone.localdate() + timedelta(days=400)
    told = {"by": OPERATOR, "indicator": indicator, "area": Area.objects.get(slug="lilleby"), "about": about}
    with pytest.raises(NoSuchForecast, match=r"0,82 for 82"):
        write_forecast(**told, value=80.0, author="Sekretariatet")
    write_forecast(**told, value=0.8, author="Sekretariatet")
    with pytest.raises(NoSuchForecast, match="Sekretariatet"):
        write_forecast(**told, value=0.7, author=" Sekretariatet ")
    write_forecast(**told, value=0.7, author="Bestyrelsen")
    assert sorted(Forecast.objects.values_list("value", flat=True)) == [0.7, 0.8]


@pytest.mark.parametrize("wrong", [{"target": 90.0}, {"baseline": 80.0}])
def test_a_share_aims_between_none_and_all(world: World, wrong: dict[str, float]) -> None:
    indicator = lay_out(world)
    version = AgreementVersion.objects.filter(agreement__partnership=indicator.partnership).latest("in_force_from")
    facts = {"baseline": 0.8, "target": 0.9} | wrong
    with pytest.raises(NoSuchAim, match=r"0,82 for 82"):
        set_aim(
            by=OPERATOR,
            indicator=indicator,
            version=version,
            decision="Bestyrelsen, punkt 4",
            decided_on=timezone.localdate(),
            direction="more",
            **facts,
        )
    assert not Aim.objects.exists()


def test_people_of_an_earlier_day_belong_to_the_districts_of_the_election_that_they_were_counted_for() -> None:
    """The background of 2015 is of 2010, by the districts of 2015: code 159006 is Grønnemose, geography or not."""
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    Register.objects.all().delete()
    areas = {}
    for geography in (True, False):
        loading = look_through(partnership, read(SHIPPED, "FV2015", "befolk", geography=geography))
        areas[geography] = {figure.version.area.slug for figure in loading.figures}
    assert areas[True] == areas[False]
    assert "groennemose" in areas[False]
    assert "hoeje-gladsaxe" not in areas[False]
