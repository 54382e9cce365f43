"""From a wave's answers to what a reader sees, and back to the same numbers by the command."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from kvarter.cli.effect import effect
from kvarter.evidence.actions.indicators import add_theme, set_aim
from kvarter.evidence.actions.publishing import NothingToPublish, Words, publish
from kvarter.evidence.actions.waves import publish_wave, take_in_wave
from kvarter.evidence.drafting import Choice
from kvarter.evidence.estimating import Answered, estimates
from kvarter.evidence.figures import Between
from kvarter.evidence.models import Indicator, Observation
from kvarter.evidence.queries.published import Published, published_of
from kvarter.evidence.wave_figures import CannotEstimate, estimate_wave
from kvarter.people.policy import OPERATOR, Refused
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.actions.exporting import export_answers
from kvarter.surveys.actions.waves import WrongStep
from kvarter.surveys.actions.weighting import weigh_wave
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answers import figures_of
from kvarter.surveys.weights import Method
from tests.surveys.field import answer_all, in_field
from tests.surveys.waves import BOTH_DATABASES, asked, planned, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
EARLIER = {"slug": "2021", "reference_on": date(2021, 3, 1), "opens": date(2021, 3, 1)}
EARLIER |= {"closes": date(2021, 4, 30), "frame_deleted_on": date(2021, 6, 1), "name": "Undersøgelsen 2021"}


def themes(world: World) -> None:
    for slug, name in (("tillid", "Tillid"), ("tryghed", "Tryghed")):
        if not world.partnership.themes.filter(slug=slug).exists():
            add_theme(by=OPERATOR, partnership=world.partnership, slug=slug, clause=f"tema-{slug}", name=name)


def weighted(world: World, *, trust: float = 0.5, seed: int = 7, **plan: object) -> Wave:
    """A wave that has come as far as weights; the share of the area who trust is about what is said."""
    themes(world)
    made = in_field(planned(world, **plan))
    answer_all(made, trust={"lilleby": trust, "resten": 0.6}, seed=seed)
    closed = close_wave(by=world.secretariat, wave=made.wave)
    weigh_wave(by=world.secretariat, wave=closed, method=Method())
    closed.refresh_from_db()
    return closed


def published(world: World, wave: Wave) -> Published:
    take_in_wave(by=world.secretariat, wave=wave)
    wave.refresh_from_db()
    publish_wave(by=world.secretariat, wave=wave, words=Words(wave.name))
    wave.refresh_from_db()
    return published_of(AnonymousUser(), world.partnership, "da")


def test_every_item_that_becomes_a_figure_gets_an_indicator_and_its_estimates(world: World) -> None:
    wave = weighted(world)
    found = published(world, wave)
    assert wave.state == "published"
    trust = found.indicators["tillid-naboer"]
    assert [figure.place.area for figure in trust.figures] == ["lilleby", "resten"]
    own = trust.latest(area=True)
    assert own
    assert own.n
    assert (own.low or 1) < (own.value or 0) < (own.high or 0)
    assert own.invited == 320
    assert trust.definition == (
        "Andelen, der svarer “Enig” eller “Helt enig” på: “Man kan stole på naboerne”. Ved ikke og intet svar er ikke "
        "talt med."
    )
    assert "svarede" in own.notes[0]


def test_a_source_that_is_its_own_attribution_is_named_once(world: World, client: Client) -> None:
    published(world, weighted(world))
    for name in ("themes", "theme", "indicator", "effect_report"):
        more = {"theme": ["tillid"], "indicator": ["tillid-naboer"]}.get(name, [])
        page = " ".join(client.get(reverse(name, args=["lilleby", *more])).content.decode().split())
        assert "Lilleby Kommune" in page
        assert not re.search(r"Lilleby Kommune[.:] Lilleby Kommune", page), name


def test_cuts_are_told_by_gender_age_and_newcomers_and_the_few_are_hidden(world: World) -> None:
    found = published(world, weighted(world))
    cuts = {figure.cut: figure for figure in found.indicators["tryg"].cuts if figure.place.is_area}
    assert {"gender=f", "gender=m", "newcomer=yes", "newcomer=no", "age=18-29", "age=18-29;gender=f"} <= set(cuts)
    assert cuts["gender=f"].cut_name == "kvinder"
    assert cuts["newcomer=yes"].cut_name == "flyttet ind i 2021 eller senere"
    assert cuts["newcomer=no"].cut_name == "her fra før 2021"
    assert all(figure.n is None or figure.n >= 20 for figure in cuts.values())


def test_a_part_hidden_for_being_few_cannot_be_worked_out_from_the_others(world: World) -> None:
    wave = weighted(world)
    version = wave.questionnaire
    table = figures_of(wave, version.questionnaire, version.digest)
    few = table.filter((table["area"] == "lilleby") & (table["age"] == "65+") & (table["gender"] == "m")).head(5)
    rest = table.filter(~((table["area"] == "lilleby") & (table["age"] == "65+") & (table["gender"] == "m")))
    answered = Answered(wave.reference_on, rest.vstack(few), ("tryg",), ())
    hidden = {one.cut for one in estimates(answered, minimum=20) if one.hidden and one.area == "lilleby"}
    assert "age=65+;gender=m" in hidden
    # With everyone of 65+ shown, the women of 65+ alone would give the men away.
    assert {"age=65+;gender=f", "age=65+"} & hidden
    assert "" not in hidden


def test_a_large_change_between_two_waves_is_called_one_and_a_small_one_is_not(world: World) -> None:
    published(world, weighted(world, trust=0.3, **EARLIER))
    found = published(world, weighted(world, trust=0.75, seed=8))
    change = found.indicators["tillid-naboer"].difference(Between.CHANGE)
    assert change
    assert change.first
    assert (change.first.first, change.last.last) == (date(2021, 3, 1), date(2024, 3, 1))
    assert change.verdict == "demonstrable change"
    assert change.low > 0
    safe = found.indicators["tryg"].difference(Between.CHANGE)
    assert safe
    assert safe.verdict == "no demonstrable change"
    moved = found.indicators["tillid-naboer"].difference(Between.GAP_CHANGE)
    assert moved
    assert moved.other
    assert moved.other.area == "resten"


def test_a_change_is_better_only_where_a_decision_says_what_better_is(world: World) -> None:
    published(world, weighted(world, trust=0.3, **EARLIER))
    indicator = Indicator.objects.get(slug="tillid-naboer")
    version = world.agreement.versions.first()
    assert version
    set_aim(
        by=world.secretariat,
        indicator=indicator,
        version=version,
        decision="møde 3, punkt 4",
        decided_on=date(2022, 1, 1),
        direction="more",
    )
    found = published(world, weighted(world, trust=0.75, seed=8))
    change = found.indicators["tillid-naboer"].difference(Between.CHANGE)
    assert change
    assert change.verdict == "demonstrably better"


def test_another_question_is_not_compared_with_the_one_before(world: World) -> None:
    published(world, weighted(world, trust=0.3, **EARLIER))
    first = small_questionnaire()
    section = first.sections[0]
    reworded = replace(
        section.items[0], texts={"da": "Naboer er til at stole på", "en": "Neighbours are to be trusted"}
    )
    changed = replace(first, sections=(replace(section, items=(reworded, *section.items[1:])), *first.sections[1:]))
    found = published(world, weighted(world, trust=0.75, seed=8, questionnaire=asked(world, changed)))
    trust = found.indicators["tillid-naboer"]
    assert trust.difference(Between.CHANGE) is None
    assert [figure.status for figure in trust.figures if figure.place.is_area] == ["A", "B"]
    assert found.indicators["tryg"].difference(Between.CHANGE)


def test_a_gap_to_the_reference_is_tested_as_a_difference(world: World) -> None:
    found = published(world, weighted(world, trust=0.2))
    gap = found.indicators["tillid-naboer"].difference(Between.GAP)
    assert gap
    assert gap.other
    assert (gap.place.area, gap.other.area, gap.verdict) == ("lilleby", "resten", "demonstrable change")
    assert gap.high < 0


def test_figures_are_made_again_until_they_are_published_and_never_after(world: World) -> None:
    wave = weighted(world)
    take_in_wave(by=world.secretariat, wave=wave)
    first = Observation.objects.count()
    take_in_wave(by=world.secretariat, wave=wave)
    assert Observation.objects.count() == first
    wave.refresh_from_db()
    weigh_wave(by=world.secretariat, wave=wave, method=Method(trim=2.0))
    wave.refresh_from_db()
    with pytest.raises(WrongStep, match="Lav tallene"):
        publish_wave(by=world.secretariat, wave=wave, words=Words("Tal"))
    published(world, wave)
    with pytest.raises(WrongStep):
        take_in_wave(by=world.secretariat, wave=wave)


def test_only_the_secretariat_makes_and_publishes_a_waves_figures(world: World) -> None:
    wave = weighted(world)
    with pytest.raises(Refused):
        take_in_wave(by=world.people["analyst"], wave=wave)
    take_in_wave(by=world.secretariat, wave=wave)
    wave.refresh_from_db()
    with pytest.raises(Refused):
        publish_wave(by=world.people["analyst"], wave=wave, words=Words("Tal"))


def test_a_theme_the_partnership_does_not_have_is_named(world: World) -> None:
    wave = weighted(world)
    world.partnership.themes.filter(slug="tryghed").delete()
    with pytest.raises(CannotEstimate, match="tryghed"):
        take_in_wave(by=world.secretariat, wave=wave)
    assert not Indicator.objects.exists()


def test_a_correction_without_an_area_tells_no_gap_to_it(world: World, client_as: Callable[[str], Client]) -> None:
    """The gap and the area's own figure would give the withdrawn one away, and name an area that is not told of."""
    published(world, weighted(world, trust=0.2))
    publish(
        by=world.secretariat,
        partnership=world.partnership,
        words=Words("Rettelse"),
        choice=Choice(areas=frozenset({"lilleby"}), corrects=1),
    )
    found = published_of(AnonymousUser(), world.partnership, "da")
    assert found.indicators["tillid-naboer"].differences == ()
    assert client_as("visitor").get("/kvarter/lilleby/udgivelse/2").status_code == 200


def test_what_is_only_looked_through_is_not_published_with_the_rest(world: World) -> None:
    take_in_wave(by=world.secretariat, wave=weighted(world))
    with pytest.raises(NothingToPublish):
        publish(by=world.secretariat, partnership=world.partnership, words=Words("Alt"))


def test_two_waves_of_one_day_keep_their_own_answers(world: World) -> None:
    first = weighted(world, trust=0.2)
    second = weighted(world, trust=0.9, seed=8, slug="ekstra")
    own = [
        one.value
        for wave in (first, second)
        for one in estimate_wave(wave).estimates
        if (one.item, one.area, one.cut) == ("tillid-naboer", "lilleby", "")
    ]
    assert own[0] < 0.5 < own[1]


def test_the_whole_is_told_before_its_parts(world: World) -> None:
    """Some whose gender and age were coarsened away stand beside the others: parts are hidden for them, not all."""
    wave = weighted(world)
    version = wave.questionnaire
    table = figures_of(wave, version.questionnaire, version.digest).with_row_index()
    own = table.filter(pl.col("area") == "lilleby")["index"].to_list()
    unknown = pl.col("index").is_in(own[:6])
    table = table.with_columns(
        pl.when(unknown).then(pl.lit("")).otherwise(pl.col(name)).alias(name) for name in ("gender", "age", "newcomer")
    )
    found = estimates(Answered(wave.reference_on, table, ("tryg",), ()), minimum=20)
    hidden = {one.cut for one in found if one.hidden and one.area == "lilleby"}
    assert hidden
    assert "" not in hidden


def test_of_what_is_hidden_for_all_no_part_is_shown(world: World) -> None:
    wave = weighted(world)
    version = wave.questionnaire
    table = figures_of(wave, version.questionnaire, version.digest).with_row_index()
    men = table.filter((pl.col("area") == "lilleby") & (pl.col("gender") == "m"))["index"].to_list()
    said = pl.col("index").is_in(men[:3]).cast(pl.Float64)
    table = table.with_columns(tryg=pl.when(pl.col("area") == "lilleby").then(said).otherwise(pl.col("tryg")))
    found = estimates(Answered(wave.reference_on, table, ("tryg",), ()), minimum=20)
    assert [one.cut for one in found if one.area == "lilleby" and not one.hidden] == []


def test_few_who_answered_an_item_are_hidden_though_many_answered_the_wave(world: World) -> None:
    wave = weighted(world)
    version = wave.questionnaire
    table = figures_of(wave, version.questionnaire, version.digest).with_row_index()
    alike = (pl.col("area") == "lilleby") & (pl.col("age") == "30-49") & (pl.col("gender") == "m")
    silent = table.filter(alike)["index"].to_list()[7:]
    table = table.with_columns(tryg=pl.when(pl.col("index").is_in(silent)).then(None).otherwise(pl.col("tryg")))
    found = estimates(Answered(wave.reference_on, table, ("tryg",), ()), minimum=20)
    hidden = {one.cut for one in found if one.hidden and one.area == "lilleby"}
    assert "age=30-49;gender=m" in hidden
    assert {"age=30-49;gender=f", "age=30-49"} & hidden


def test_a_handful_who_gave_an_answer_are_not_told_of(world: World) -> None:
    wave = weighted(world)
    version = wave.questionnaire
    table = figures_of(wave, version.questionnaire, version.digest).with_row_index()
    own = pl.col("area") == "lilleby"
    one = table.filter(own)["index"][0]
    said = (pl.col("index") == one).cast(pl.Float64)
    table = table.with_columns(tryg=pl.when(~own).then(pl.col("tryg")).otherwise(said))
    found = estimates(Answered(wave.reference_on, table, ("tryg",), ()), minimum=20)
    assert next(each for each in found if (each.area, each.cut) == ("lilleby", "")).hidden


def test_the_same_answers_give_the_same_figures(world: World) -> None:
    wave = weighted(world)
    assert estimate_wave(wave).digest == estimate_wave(wave).digest


def test_page_csv_and_command_agree_to_the_last_digit(
    world: World, client_as: Callable[[str], Client], tmp_path: Path
) -> None:
    """A reader downloads the table; an analyst estimates from the export: the same numbers, digit by digit."""
    wave = weighted(world)
    published(world, wave)
    visitor = client_as("visitor")
    read = list(csv.DictReader(io.StringIO(visitor.get("/kvarter/lilleby/indikator/tryg.csv").content.decode())))
    for name, content in export_answers(by=world.people["analyst"], wave=wave).items():
        (tmp_path / name).write_bytes(content)
    checked = 0
    for by in ("area", "area,gender", "area,age", "area,newcomer", "area,gender,age"):
        for row in estimated(tmp_path, by):
            cut = ";".join(f"{name}={row[name]}" for name in sorted(by.split(",")) if name != "area")
            for other in (one for one in read if (one["area"], one["cut"]) == (row["area"], cut) and one["value"]):
                assert {name: other[name] for name in ("value", "n", "ci_low", "ci_high")} == {
                    "value": row["estimate"],
                    "n": row["n"],
                    "ci_low": row["ci_low"],
                    "ci_high": row["ci_high"],
                }
                checked += 1
    assert checked == sum(bool(row["value"]) for row in read) > 20
    page = visitor.get("/kvarter/lilleby/indikator/tryg").content.decode()
    own = next(row for row in read if row["area"] == "lilleby" and not row["cut"])
    assert f"{100 * float(own['value']):.1f}".replace(".", ",") + " %" in page


def estimated(folder: Path, by: str) -> list[dict[str, str]]:
    """What `kvarter effect estimate` makes of an export."""
    told = ["estimate", str(folder / "figures.csv"), "--design", str(folder / "design.toml")]
    done = CliRunner().invoke(effect, [*told, "--shares", "tryg", "--by", by, "--missing", "drop"])
    assert done.exit_code == 0, done.output
    return [row for row in csv.DictReader(io.StringIO(done.stdout)) if float(row["category"]) == 1]
