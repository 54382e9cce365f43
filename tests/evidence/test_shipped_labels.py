"""What the shipped figures of Høje Gladsaxe say of themselves: no more than their producers have told."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.figures import Counted, Figure, Flow
from kvarter.evidence.models import Publication
from kvarter.evidence.queries.pages import block_of
from kvarter.evidence.queries.published import Published, published_of
from kvarter.evidence.showing import show
from kvarter.people.policy import OPERATOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db: None) -> Published:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    return published_of(OPERATOR, partnership, "da")


def figures(shipped: Published, indicator: str) -> list[Figure]:
    return list(shipped.indicators[indicator].every)


def test_the_countrys_sums_are_ours_and_the_districts_are_the_producers(shipped: Published) -> None:
    every = [figure for figure in shipped.figures.values() if figure.counted is Counted.FULL]
    by_place = {figure.place.area: figure.processed for figure in every}
    assert by_place["danmark"]
    assert by_place["gladsaxe"]
    assert not by_place["groennemose"]


def test_a_day_before_the_district_was_drawn_is_said_to_be_recalculated(shipped: Published) -> None:
    told = [figure for figure in figures(shipped, "ydelser") if figure.place.area == "groennemose"]
    assert [(figure.period.first.year, figure.recalculated) for figure in told] == [(2010, True), (2020, False)]
    then = show(told[0])
    assert then.mark == "omregnet til nyere grænser"
    assert "1. juni 2015" in dict(then.certificate)["Omregnet af producenten"]


@pytest.mark.parametrize(
    ("indicator", "broken"), [("ydelser", True), ("husstandsindkomst", True), ("grundskole-30-59", False)]
)
def test_the_breaks_that_known_issues_tell_of_are_marked(shipped: Published, indicator: str, broken: bool) -> None:
    newest = [figure for figure in figures(shipped, indicator) if figure.period.first.year == 2020]
    assert all(figure.is_break is broken for figure in newest)
    assert all(figure.status in ("B", "E") for figure in newest if broken), "an estimate stays one"
    assert any("Brud i serien" in said for said in block_of(shipped.indicators[indicator]).sentences) is broken


def test_what_was_filed_under_2005_is_of_the_year_and_votes_are_of_the_day(shipped: Published) -> None:
    homes = [figure for figure in figures(shipped, "bor-alment") if figure.period.first.year == 2005]
    assert {show(figure).when for figure in homes} == {"2005"}
    votes = [figure for figure in figures(shipped, "valgdeltagelse") if figure.period.first.year == 2005]
    assert {figure.period.first for figure in votes} == {date(2005, 2, 8)}


def test_a_day_of_publication_nobody_has_told_is_said_to_be_unknown(shipped: Published, client: Client) -> None:
    slug = Publication.objects.get().partnership.slug
    table = client.get(reverse("figures_file", args=[slug, "csv"])).content.decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["published_by_producer"] for row in rows} == {"unknown"}
    assert dict(show(figures(shipped, "ydelser")[0]).certificate)["Offentliggjort af producenten"] == "ikke oplyst"


def test_the_police_figures_are_of_those_the_police_asked_and_of_no_border_of_ours(
    shipped: Published, client: Client
) -> None:
    slug = Publication.objects.get().partnership.slug
    told = shipped.indicators["tryg-politiets-maaling"]
    assert told.flow == Flow.ASKED
    own = next(figure for figure in told.figures if figure.place.is_area)
    certificate = show(own).certificate
    assert ("Område", "Beboere i Høje Gladsaxe, som politiet afgrænser det") in certificate
    assert ("Note", "Politiet har ikke offentliggjort, hvor grænsen for området går.") in certificate
    table = client.get(reverse("indicator_file", args=[slug, told.slug, "csv"])).content.decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert all(row["population"] and not row["area_from"] for row in rows)


def test_a_share_of_two_days_says_both_and_that_it_is_no_more_than_about(shipped: Published) -> None:
    said = " ".join(block_of(shipped.indicators["ydelser"]).sentences)
    assert "omkring 46 % af" in said
    assert "1.924 (2005) af 4.217 (1. januar 2010)" in said
    assert "ikke talt samtidig" in said


def test_a_base_says_what_it_counts(shipped: Published) -> None:
    income = next(f for f in figures(shipped, "husstandsindkomst") if f.place.area == "groennemose" and f.is_break)
    assert show(income).base == "gennemsnit af 4.239 husstande"
    every = [figure for figure in shipped.figures.values() if figure.counted is Counted.FULL]
    assert {figure.base for figure in every} == {"people", "households", "dwellings", "voters"}
