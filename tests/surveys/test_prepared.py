"""Queries that are written once give what their query sets give, and are refused where they would not."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import field_of, found_by, wave_of
from kvarter.surveys.queries.prepared import Prepared
from tests.surveys.residents import Person, in_field, letter_to
from tests.surveys.waves import BOTH_DATABASES, planned, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


def told(row: object) -> dict[str, object]:
    """What is held of a row, but for how."""
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_row_is_the_same_each_time_and_after_a_change(world: World, django_assert_num_queries: type) -> None:
    wave = in_field(world)
    for name in ("Den ene", "Den anden"):
        Wave.objects.filter(pk=wave.pk).update(name=name)
        from_set = Wave.objects.select_related("partnership").get(pk=wave.pk)
        with django_assert_num_queries(1):
            found = wave_of(wave.pk)
            assert found
            assert found.partnership.slug == world.partnership.slug
        assert told(found) == told(from_set)
        assert told(found.partnership) == told(from_set.partnership)
        assert found.name == name


def test_what_a_page_does_not_need_is_read_when_it_is_asked_for(world: World) -> None:
    wave = in_field(world)
    found = field_of(wave.pk)
    assert found
    assert "reference_on" in found.get_deferred_fields()
    assert (found.opens, found.closes, found.state, found.salt) == (wave.opens, wave.closes, wave.state, wave.salt)
    assert found.reference_on == wave.reference_on


def test_nobody_is_found_by_another_number(world: World) -> None:
    wave = in_field(world)
    assert wave_of(wave.pk + 1) is None
    assert field_of(wave.pk + 1) is None


def test_a_code_is_found_among_one_wave_two_and_none(world: World) -> None:
    first = letter_to(in_field(world))
    assert among(first)
    second = letter_to(
        in_field(world, questionnaire=small_questionnaire(key="to"), slug="to", name="To", name_en="Two")
    )
    assert among(first)
    assert among(second)
    Wave.objects.update(state=Wave.State.PLANNED)
    assert found_by(first.code) is None


def among(person: Person) -> bool:
    """Whether the code leads to its own row, with all that hangs on it."""
    found = found_by(person.code)
    assert found
    assert found.wave.questionnaire.digest
    assert found.code.invitation.cell.stratum.area.slug
    return found.code.invitation == person.invitation


def test_values_that_the_database_is_given_in_another_order_are_refused(world: World) -> None:
    wave = planned(world)

    def turned(pk: int, slug: str) -> QuerySet[Wave]:
        return Wave.objects.filter(slug=slug).filter(pk=pk)

    with pytest.raises(ValueError, match="are written as"):
        Prepared(turned).one(wave.pk, wave.slug)
    assert Prepared(lambda slug, pk: turned(pk, slug)).one(wave.slug, wave.pk) == wave
