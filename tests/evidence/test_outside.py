"""Figures published by others: with source and day, and neither interval nor verdict where nobody told how many."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.actions.outside import take_in_outside
from kvarter.evidence.actions.registers import AlreadyTakenIn, NotLoadable
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.models import Observation, Register
from kvarter.evidence.outside import FILE, OutsideFigure, load_outside, read_outside
from kvarter.people.policy import OPERATOR
from kvarter.tables.limits import BadFile
from tests.conftest import SHARED
from tests.evidence.figures import lay_out
from tests.world import World

SHIPPED = FILE.read_bytes()
FACTS = SHARED / "data" / "tryghed_facts" / "tryghed_published_figures.csv"
GOOD = """label = "L"
source = "s"
[[figure]]
indicator = "i"
area = "a"
year = 2018
value = 0.7
producer = "Politiet"
read = "Avisen 2019"
read_on = 2026-11-23
"""
TWIN = GOOD + GOOD[GOOD.index("[[") :]
OTHER = GOOD.replace('indicator = "i"\narea = "a"', 'population = "p"\nmeasure = "m"')


def figure(population: str, measure: str, year: int) -> OutsideFigure:
    return next(
        one
        for one in load_outside()
        if one.population and one.measure and (one.population.key, one.measure.key) == (population, measure)
        if one.period.last.year == year
    )


def test_the_police_figures_are_those_that_were_published() -> None:
    told = {(f.indicator, f.area, f.period.last.year): f.value for f in read_outside(SHIPPED, "outside.toml").figures}
    safe = [told["tryg-politiets-maaling", "hoeje-gladsaxe", year] for year in (2016, 2017, 2018, 2019)]
    assert safe == [0.688, 0.796, 0.711, 0.689]
    assert [told["politiet-kommer", "hoeje-gladsaxe", year] for year in (2017, 2018)] == [0.764, 0.778]


def test_every_wave_in_the_neighbourhood_tells_that_two_waves_mislead_and_names_them_all() -> None:
    safe = [f for f in load_outside() if f.area == "hoeje-gladsaxe" and f.indicator == "tryg-politiets-maaling"]
    assert len(safe) == 4
    for one in safe:
        issue = next(issue for issue in one.issues if issue.key == "to-maalinger")
        for wave in safe:
            percent = f"{100 * wave.value:.1f}"
            assert percent.replace(".", ",") in issue.text
            assert percent in issue.text_en


def test_every_figure_tells_who_what_and_where_it_was_read() -> None:
    for one in load_outside():
        assert one.population
        assert one.measure
        assert one.producer == (
            "Rigspolitiet" if one.period.last.year <= 2019 else "Justitsministeriets Forskningskontor"
        )
        assert one.issues or one.unit == "number"


@pytest.mark.parametrize("measure", ["tryg", "tillid"])
def test_a_figure_told_in_whole_per_cents_is_in_no_series(measure: str) -> None:
    """A series with one decimal would show a decimal that nobody published."""
    rounded = [f for f in load_outside() if any(issue.key == "afrundet" for issue in f.issues)]
    assert measure in {f.measure.key for f in rounded if f.measure}
    assert {f.indicator for f in rounded} == {""}


def test_why_there_is_no_interval_is_told_whether_or_not_the_number_of_answers_is() -> None:
    unknown, known = figure("hoeje-gladsaxe", "tryg", 2018), figure("danmark", "tryg", 2021)
    assert unknown.n is None
    assert "ikke offentliggjort" in unknown.why_no_interval
    assert known.n == 27510
    assert known.why_no_interval.startswith("27.510 svarede")
    assert "vægtet" in known.why_no_interval
    with translation.override("en"):
        assert "27,510" in replace(known).why_no_interval


def test_they_agree_with_the_facts_gathered() -> None:
    if not FACTS.exists():
        pytest.skip("the gathered facts are not beside the project")
    populations = {"country": "danmark", "SUB areas": "udsatte"}
    measures = {
        "safe pct": "tryg",
        "unsafe pct": "utryg",
        "neither pct": "hverken",
        "trust police will help pct": "tillid",
        "n answers": "svar",
    }
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        one = figure(populations[row["population"]], measures[row["measure"]], int(row["year"]))
        told = one.value if one.unit == "number" else 100 * one.value
        assert told == pytest.approx(float(row["value"])), row
        assert (f"n={one.n}" in row["note"]) == (one.n is not None), row


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff", "ikke TOML"),
        (b"label = ", "ikke TOML"),
        (b'label = "L"\nsource = "s"\n', "figure"),
        ((GOOD + "low = 0.6\n").encode(), "figure.1.low: den kender vi ikke"),
        (GOOD.replace("0.7", '"0.7"').encode(), "figure.1.value"),
        (GOOD.replace("0.7", "68.8").encode(), r"figure.1.value: En andel er mellem 0 og 1.*0\.688"),
        (GOOD.replace("0.7", "nan").encode(), "figure.1.value"),
        ((GOOD + "n = 0\n").encode(), "figure.1.n"),
        (GOOD.replace("2018", "20180").encode(), "figure.1.year"),
        (GOOD.replace('read = "Avisen 2019"\n', "").encode(), "figure.1.read: den mangler"),
        (GOOD.replace("read_on = 2026-11-23\n", "").encode(), "figure.1.read_on"),
        (GOOD.replace('area = "a"\n', "").encode(), "figure.1: Det står ikke, hvad tallet er for"),
        (TWIN.encode(), "to gange"),
        (TWIN.replace("2018", "2017", 1).replace("0.7", "7", 2).encode(), "figure.1.value"),
        (OTHER.encode(), "figure.1.population: “p” er ikke beskrevet"),
        ((GOOD + 'issues = ["x"]\n').encode(), "figure.1.issue: “x”"),
    ],
)
def test_a_wrong_file_is_refused_by_place(text: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_outside(text, "tal.toml")


def test_a_number_of_answers_is_no_share() -> None:
    told = read_outside((GOOD.replace("0.7", "11047") + 'unit = "number"\n').encode(), "tal.toml")
    assert [one.value for one in told.figures] == [11047]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for data in (content, GOOD.encode()[: len(content)] + content):
        with suppress(BadFile):
            read_outside(data, "tal.toml")


@pytest.mark.django_db
def test_nothing_is_stored_of_a_file_with_an_unknown_indicator(world: World) -> None:
    lay_out(world)
    with pytest.raises(NotLoadable, match="Kilden"):
        take_in_outside(by=OPERATOR, partnership=world.partnership, content=GOOD.encode(), name="tal.toml")
    assert not Register.objects.exists()
    assert not Observation.objects.exists()


@pytest.mark.django_db
def test_the_page_shows_every_wave_with_no_interval_and_says_why() -> None:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    with pytest.raises(AlreadyTakenIn):
        take_in_outside(by=OPERATOR, partnership=partnership, content=SHIPPED, name="outside.toml")
    client = Client(SERVER_NAME="localhost")
    html = client.get(reverse("theme", args=[partnership.slug, "tryghed"])).content.decode()
    for text in ("68,8 %", "79,6 %", "71,1 %", "68,9 %", "antal svar er ikke offentliggjort", "andet end et tilfælde"):
        assert text in html
    assert "mellem " not in html, "no interval"
    assert "procentpoint" not in html, "no difference is told as a finding"
    drawn = client.get(reverse("chart", args=[partnership.slug, "tryg-politiets-maaling", 640])).content.decode()
    assert "kv-line" not in drawn, "no line between two waves"
