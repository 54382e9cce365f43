"""Publishing: once and for ever, nothing twice, and nothing from which a count of few can be worked out."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from kvarter.evidence.actions.indicators import AddressTaken, add_indicator, add_source, set_recipe
from kvarter.evidence.actions.publishing import GivesAway, NeedsCorrection, NothingToPublish, Words, publish
from kvarter.evidence.actions.registers import drop_register
from kvarter.evidence.documents import canonical, digest_of, read_document
from kvarter.evidence.drafting import Choice
from kvarter.evidence.importers.extract import Status
from kvarter.evidence.models import Indicator, Publication, Source
from kvarter.evidence.queries.counted import counted_gap
from kvarter.evidence.queries.published import Published, published_of
from kvarter.people.policy import OPERATOR
from tests.evidence.figures import INDICATOR, SOURCE, lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
PLENTY = {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)}
FEW = {"900001": (3.0, 1000.0), "900002": (3500.0, 4000.0)}


def seen(world: World) -> Published:
    return published_of(AnonymousUser(), world.partnership, "da")


def test_area_rest_and_municipality_are_made_of_the_districts(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    published(world.partnership)
    counts = {f.place.area: (f.numerator, f.denominator, f.processed) for f in seen(world).figures.values()}
    rest = world.partnership.area.reference.slug  # type: ignore[union-attr]
    assert counts == {
        "lilleby": (800, 1000, False),
        "storby": (4300, 5000, True),
        rest: (3500, 4000, True),
    }


def test_the_digest_is_of_the_very_bytes(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    made = published(world.partnership)
    assert made.digest == digest_of(made.document)
    assert canonical(json.loads(made.document)) == made.document


@pytest.mark.parametrize(
    "statement", ["UPDATE evidence_publication SET title = 'x'", "DELETE FROM evidence_publication"]
)
def test_a_publication_is_never_changed_by_any_way(world: World, statement: str) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    published(world.partnership)
    with pytest.raises(DatabaseError, match="locked for ever"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Publication.objects.get().title == "Tal"


def test_publishing_twice_is_refused(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    published(world.partnership)
    with pytest.raises(NothingToPublish, match="offentliggjort allerede"):
        published(world.partnership)
    assert Publication.objects.count() == 1


def test_a_correction_that_says_the_very_same_is_refused(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    published(world.partnership)
    with pytest.raises(NothingToPublish, match="intet at rette"):
        published(world.partnership, corrects=1)
    Indicator.objects.filter(slug="stemmer").update(known_issues="Rettet: kun brevstemmer er talt med.")
    assert published(world.partnership, corrects=1).number == 2, "a text that was wrong is put right by a correction"
    with pytest.raises(NothingToPublish, match="intet at rette"):
        published(world.partnership, corrects=2)


def test_nothing_taken_in_is_nothing_to_publish(world: World) -> None:
    lay_out(world)
    with pytest.raises(NothingToPublish, match="ingen tal"):
        published(world.partnership)


def test_a_figure_that_changed_is_a_correction_and_names_the_old(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    first = published(world.partnership)
    taken_in(world, PLENTY | {"900001": (810.0, 1000.0)})
    with pytest.raises(NeedsCorrection, match=r"stemmer/lilleby@2000-01-01/2024-06-09|tal er offentliggjort før"):
        published(world.partnership)
    second = published(world.partnership, corrects=1)
    assert (second.corrects, second.number) == (first, 2)
    values = [f.numerator for f in seen(world).figures.values() if f.place.is_area]
    assert values == [810]
    assert read_document(first.document).figures("da")[0].publication == 1, "the old one reads as it did"


def test_a_count_of_few_is_hidden_and_said_to_be(world: World) -> None:
    lay_out(world)
    taken_in(world, FEW)
    published(world.partnership, areas={"lilleby"})
    (figure,) = seen(world).figures.values()
    assert (figure.status, figure.value, figure.numerator) == (Status.SUPPRESSED, None, None)


def test_municipality_minus_rest_gives_the_area_and_is_refused_with_the_reason(world: World) -> None:
    lay_out(world)
    taken_in(world, FEW)
    with pytest.raises(GivesAway, match=r"Lilleby.*kan regnes ud|Lilleby.*indkredses"):
        published(world.partnership)
    assert not Publication.objects.exists()
    published(world.partnership, areas={"storby"})


def test_what_an_older_publication_and_a_new_one_give_away_together_is_refused(world: World) -> None:
    lay_out(world)
    taken_in(world, FEW)
    published(world.partnership, areas={"storby"})
    rest = world.partnership.area.reference.slug  # type: ignore[union-attr]
    with pytest.raises(GivesAway, match="Lilleby"):
        published(world.partnership, areas={rest})
    assert Publication.objects.count() == 1


def test_a_corrected_publication_still_gives_away_what_it_told(world: World) -> None:
    """What was once public cannot be called back: the attacker keeps the old figure though it no longer holds."""
    lay_out(world)
    taken_in(world, FEW)
    published(world.partnership, areas={"storby"})
    taken_in(world, FEW | {"900002": (3501.0, 4000.0)})
    published(world.partnership, areas={"storby"}, corrects=1)
    rest = world.partnership.area.reference.slug  # type: ignore[union-attr]
    with pytest.raises(GivesAway):
        published(world.partnership, areas={rest})


def test_figures_taken_out_again_stay_published(world: World) -> None:
    lay_out(world)
    register = taken_in(world, PLENTY)
    published(world.partnership)
    drop_register(by=OPERATOR, register=register, why="Forkert fil")
    assert len(seen(world).figures) == 3


def test_two_days_are_two_figures_of_one_series(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    taken_in(world, {"900001": (700.0, 1000.0)}, day=date(2022, 11, 1))
    published(world.partnership)
    told = seen(world).indicators["stemmer"]
    own = next(series for series in told.series if series.place.is_area)
    assert [figure.value for figure in own.figures] == [0.7, 0.8]
    gap = counted_gap(told)
    assert gap
    assert gap.value == pytest.approx(0.8 - 0.875)


def test_a_count_that_is_the_figure_itself_is_hidden_when_it_is_of_few(world: World) -> None:
    """A number of people without a whole is guarded too, and cannot be had as municipality less the rest."""
    indicator = lay_out(world)
    counting = add_indicator(
        by=OPERATOR, theme=indicator.theme, **INDICATOR | {"slug": "antal", "name": "Antal", "measure": "count"}
    )
    source = Source.objects.get(key="optaelling")
    set_recipe(by=OPERATOR, indicator=counting, source=source, part=["Stemmer"], whole=[])
    taken_in(world, {"900001": (3.0, 1000.0), "900002": (3500.0, 4000.0)})
    with pytest.raises(GivesAway, match="Antal"):
        publish(
            by=OPERATOR,
            partnership=world.partnership,
            words=Words("Antal"),
            choice=Choice(indicators=frozenset({"antal"})),
        )
    publish(
        by=OPERATOR,
        partnership=world.partnership,
        words=Words("Antal"),
        choice=Choice(indicators=frozenset({"antal"}), areas=frozenset({"lilleby", "storby"})),
    )
    shown = {figure.place.area: (figure.status, figure.value) for figure in seen(world).figures.values()}
    assert shown == {"lilleby": (Status.SUPPRESSED, None), "storby": (Status.NORMAL, 3503)}


def test_a_source_in_use_is_nobodys_to_change(world: World) -> None:
    lay_out(world)
    with pytest.raises(AddressTaken, match="optaelling"):
        add_source(by=world.secretariat, partnership=world.partnership, **SOURCE)
