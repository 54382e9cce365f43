"""A drawing that is kept is of the very figures that are seen, and drawn by the program that is here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from kvarter.agreements.models import Partnership, Visibility
from kvarter.evidence.charts import program as programs
from kvarter.evidence.queries.published import Told, published_of
from kvarter.evidence.views import charts
from kvarter.evidence.views.charts import chart_of
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(world: World) -> Told:
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    cache.clear()
    return published_of(world.secretariat, world.partnership, "da").indicators["stemmer"]


def test_another_number_word_or_language_is_drawn_anew(told: Told) -> None:
    drawn = chart_of(told, 640, "da")
    other = replace(told, figures=tuple(replace(one, value=0.123) for one in told.figures))
    assert chart_of(other, 640, "da") != drawn
    assert chart_of(replace(told, name="Andre stemmer"), 640, "da") != drawn
    with override("en"):
        assert chart_of(told, 640, "en") != drawn
    assert chart_of(told, 640, "da") == drawn


def test_a_program_that_draws_otherwise_draws_anew(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    chart_of(told, 640, "da")
    monkeypatch.setattr(charts, "series_chart", lambda *_args, **_how: "<svg>drawn anew</svg>")
    assert "drawn anew" not in chart_of(told, 640, "da"), "it is kept"
    monkeypatch.setattr(charts, "program", lambda: "changed")
    assert chart_of(told, 640, "da") == "<svg>drawn anew</svg>"


def test_the_program_is_known_by_what_is_in_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    programs.program.cache_clear()
    before = programs.program()
    monkeypatch.setattr(programs, "FOLDERS", ("evidence",))
    programs.program.cache_clear()
    assert programs.program() != before
    monkeypatch.undo()
    programs.program.cache_clear()
    assert programs.program() == before


def test_what_is_seen_has_the_same_name_in_every_process(told: Told) -> None:
    """A set is written in another order by each process: none may be among what a drawing is named by."""
    assert "frozenset(" not in repr(told)


def test_a_drawing_of_what_is_closed_is_served_to_nobody_else(told: Told, world: World) -> None:
    address = reverse("chart", args=[world.partnership.slug, "stemmer", 640])
    visitor = Client(SERVER_NAME="localhost")
    assert visitor.get(address).status_code == 200
    Partnership.objects.update(visibility=Visibility.PARTIES)
    assert visitor.get(address).status_code in {302, 404}
