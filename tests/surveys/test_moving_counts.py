"""An installation that kept counts by cell, day and way is brought up to date: nobody stands alone any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kvarter.surveys.models import Cell, DayCount, KindCount, Wave
from tests.surveys.field import in_field
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import build_world

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("committed"),
    pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True),
]
BEFORE, AFTER = "0009_called_off", "0010_counts_in_which_nobody_stands_alone"


def migrated(name: str) -> Any:
    """The models as they were when a migration had run."""
    executor = MigrationExecutor(connection)
    executor.migrate([("surveys", name)])
    return executor.loader.project_state([("surveys", name)]).apps


@pytest.fixture
def wave() -> Iterator[Wave]:
    """A closed wave with the table of its counts as it was."""
    made = in_field(planned(build_world())).wave
    Cell.objects.filter(stratum__wave=made, stratum__name="lilleby", gender="m", age="65+").update(drawn=1)
    yield made
    migrated(AFTER)


def test_counts_by_cell_day_and_way_are_parted(wave: Wave) -> None:
    counts = migrated(BEFORE).get_model("surveys", "FieldCount").objects
    alone = Cell.objects.get(stratum__wave=wave, stratum__name="lilleby", gender="m", age="65+")
    other = Cell.objects.get(stratum__wave=wave, stratum__name="resten", gender="f", age="30-49")
    days = [date(2024, 3, 2), date(2024, 3, 3)]
    for cell, day, mode, many in (
        (alone, days[0], "phone", 1),
        (other, days[0], "web", 3),
        (other, days[1], "web", 4),
        (other, days[1], "paper", 2),
    ):
        counts.create(cell_id=cell.pk, day=day, mode=mode, count=many)
    migrated(AFTER)
    kept = {(one.stratum.name, one.gender, one.age): (one.asked, one.answered) for one in KindCount.objects.all()}
    assert kept["lilleby", "", ""] == (7 * 40 + 1, 1)
    assert kept["resten", "f", "30-49"] == (50, 9)
    assert [kind for kind in kept if kind[0] == "lilleby"] == [("lilleby", "", "")]
    assert sorted(DayCount.objects.values_list("wave", "day", "mode", "count")) == [
        (wave.pk, days[0], "phone", 1),
        (wave.pk, days[0], "web", 3),
        (wave.pk, days[1], "paper", 2),
        (wave.pk, days[1], "web", 4),
    ]
