"""A demonstration is made whole, goes the way that real waves go, and leaves nothing behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kvarter.agreements.models import Partnership
from kvarter.evidence.models import Difference, Observation, Publication
from kvarter.evidence.queries.published import published_of
from kvarter.people.policy import OPERATOR, Refused
from kvarter.surveys.actions.keys import Use, keys_left
from kvarter.surveys.answers.models import Response
from kvarter.surveys.answers.router import ANSWERS
from kvarter.surveys.models import Code, Invitation, Wave
from kvarter.web.demonstration.making import AlreadyMade, Made, Sizes, make_demonstration
from kvarter.web.demonstration.place import NAMES, SLUG
from kvarter.web.demonstration.population import Town, as_list, chance_of
from kvarter.web.demonstration.removing import remove_demonstration
from tests.evidence.figures import lay_out, published, taken_in
from tests.surveys.drawn import with_wave
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
MOST_BYTES = 60_000
TINY = Sizes(area=450, around=700, asked_around=400)


def rows() -> dict[str, int]:
    """How many rows every table of both databases has."""
    found = {}
    for alias in ("default", ANSWERS):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                found[f"{alias} {table}"] = cursor.fetchone()[0]
    return found


def files() -> set[Path]:
    """What lies in the home, but for the databases, and the keys of waves, which other tests make and destroy too."""
    found = (file for file in Path(settings.HOME).rglob("*") if file.is_file() and "sqlite3" not in file.name)
    return {file for file in found if file.parent != settings.WAVE_KEYS}


def made(*, with_open_wave: bool = False) -> Made:
    return make_demonstration(by=OPERATOR, today=timezone.localdate(), sizes=TINY, with_open_wave=with_open_wave)


@pytest.fixture
def busy(world: World) -> World:
    """A real partnership with figures published and a wave in the field."""
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    with_wave(world)
    return world


def test_it_is_made_and_goes_again_without_a_trace(busy: World) -> None:
    before = rows()
    done = made(with_open_wave=True)
    waves = list(Wave.objects.filter(partnership__slug=SLUG).order_by("slug"))
    assert [(wave.slug, wave.state) for wave in waves] == [
        ("2021", "published"),
        ("2024", "published"),
        ("2027", "in_field"),
    ]
    assert Publication.objects.filter(partnership=done.partnership).count() == 2
    assert keys_left(waves[2], list(Use)) == list(Use)
    assert rows() != before
    assert remove_demonstration(by=OPERATOR)
    for alias in BOTH_DATABASES:
        connections[alias].check_constraints()
    assert rows() == before
    assert not [wave for wave in waves if keys_left(wave, list(Use))]
    assert not remove_demonstration(by=OPERATOR)


@pytest.mark.slow
def test_the_packages_that_were_taken_of_it_go_too(world: World, client: Client) -> None:
    kept = files()
    made()
    assert client.get(reverse("publication_file", args=[SLUG, 2, "zip"])).status_code == 200
    assert files() > kept
    remove_demonstration(by=OPERATOR)
    assert files() == kept


def test_it_goes_the_way_that_real_waves_go(world: World) -> None:
    done = made()
    wave = Wave.objects.get(partnership=done.partnership, slug="2024")
    assert not Code.objects.filter(wave=wave).exists()
    assert not Invitation.objects.filter(wave=wave).exists()
    answers = Response.objects.filter(wave="demonstration/2024")
    assert answers.count() == done.answers[1]
    assert not answers.filter(ticket__isnull=False).exists()
    assert not answers.filter(weight=None).exists()
    asked = sum(stratum.drawn for stratum in wave.strata.all())
    assert 0.28 <= done.answers[1] / asked <= 0.45
    own = wave.strata.get(area=wave.area)
    assert own.drawn == own.population
    for language in ("name", "name_en"):
        names = list(done.partnership.indicators.values_list(language, flat=True))
        assert len(set(names)) == len(names), "the young are asked much the same, and their figures say whose they are"
    figures = Observation.objects.filter(register__partnership=done.partnership)
    assert set(figures.values_list("counted", flat=True)) == {"sample"}
    between = set(Difference.objects.filter(register__digest=wave.register).values_list("between", flat=True))
    assert between == {"change", "gap", "gap_change"}


def test_somebody_can_answer_the_open_wave_with_a_printed_code(world: World, client: Client) -> None:
    done = made(with_open_wave=True)
    assert done.open_wave
    assert 0 < len(done.codes) <= 8
    answer = client.post(reverse("answer"), {"code": done.codes[0]}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse("answer_start")
    come = Response.objects.filter(wave=done.open_wave.key)
    assert 0 < come.count() < Invitation.objects.filter(wave=done.open_wave).count() / 3
    days = Invitation.objects.filter(wave=done.open_wave, answered_on__isnull=False).values_list(
        "answered_on", flat=True
    )
    assert max(day for day in days if day) <= timezone.localdate()


def test_it_is_made_once(world: World) -> None:
    made()
    before = rows()
    with pytest.raises(AlreadyMade, match="/kvarter/demonstration/"):
        made()
    assert rows() == before


def test_what_breaks_off_takes_away_what_it_made(busy: World) -> None:
    before = rows()
    told: list[str] = []

    def impatient(what: str) -> None:
        told.append(what)
        if "2024" in what and "svar" in what:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demonstration(by=OPERATOR, today=date(2026, 11, 1), sizes=TINY, progress=impatient)
    assert len(told) > 4
    assert rows() == before


def test_it_is_for_the_administrator(world: World) -> None:
    for act in (
        lambda: make_demonstration(by=world.secretariat, today=date(2026, 11, 1)),
        lambda: remove_demonstration(by=world.secretariat),
    ):
        with pytest.raises(Refused):
            act()


def test_what_is_real_is_never_a_demonstration_and_never_goes(busy: World) -> None:
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        Partnership.objects.filter(pk=busy.partnership.pk).update(is_demonstration=True)
    for table, where in (
        ("evidence_publication", ""),
        ("agreements_agreementversion", ""),
        ("agreements_clause", ""),
        ("journal_entry", ""),
    ):
        with (
            pytest.raises(DatabaseError, match="locked"),
            transaction.atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}{where}")
    made()
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        Partnership.objects.filter(slug=SLUG).update(is_demonstration=False)


def test_nobody_who_is_there_is_named(world: World) -> None:
    done = made()
    version = done.partnership.agreements.get(title="Sammen om Høje Opdigt").versions.get()
    words = " ".join(f"{clause.heading} {clause.text}" for clause in version.clauses.all())
    parties = [str(party) for party in done.partnership.parties.all()]
    questions = " ".join(version.content for version in done.partnership.questionnaires.all())
    assert len(parties) == 7
    assert "Ingen har skrevet under" in words
    assert "Kvarters egen" not in words
    for known, _made_up in NAMES:
        assert known not in words + questions + " ".join(parties), known


def test_the_same_seed_makes_the_same_town() -> None:
    def town(seed: int) -> bytes:
        made_up = Town(2021, {"her": 300, "der": 500}, ("tillid",), chance_of(seed, "town"))
        made_up.fill()
        made_up.live_on(2024)
        return as_list(made_up)

    assert town(1) == town(1)
    assert town(1) != town(2)
    assert b"Person 0000" in town(1)


def test_every_row_that_can_hang_on_a_partnership_is_reached(world: World) -> None:
    """The tables that nothing of a demonstration can lie in are these, and a new one must be looked at."""
    from kvarter.web.demonstration.removing import _roots_first

    known = {kind for kind in apps.get_models(include_auto_created=True) if kind.__module__.startswith("kvarter.")}
    assert known - set(_roots_first()) == {Response}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["da", "en"])
def test_pages_of_figures_stay_small_with_a_survey_of_every_theme(client: Client, language: str) -> None:
    """A phone gets them over a slow line, whatever the number of questions, and every figure is one link away."""
    sizes = Sizes(area=4200, around=6000, asked_around=3600)
    partnership = make_demonstration(by=OPERATOR, today=timezone.localdate(), sizes=sizes).partnership
    with override(language):
        told = list(published_of(OPERATOR, partnership, language).indicators.values())
        indicators = [reverse("indicator", args=[SLUG, one.slug]) for one in told]
        themes = [reverse("theme", args=[SLUG, theme]) for theme in sorted({one.theme for one in told})]
        pages = [
            reverse(name, args=[SLUG]) for name in ("themes", "mirrors", "spine", "early_warning", "effect_report")
        ]
        sizes_of = {page: len(client.get(page).content) for page in [*pages, *themes, *indicators]}
        linked = "".join(client.get(page).content.decode() for page in themes)
    assert len(themes) == 9
    assert {page: size for page, size in sizes_of.items() if size >= MOST_BYTES} == {}
    cut = [page for page, one in zip(indicators, told, strict=True) if one.cuts]
    assert cut
    assert [page for page in cut if f'href="{page}#grupper"' not in linked] == []
