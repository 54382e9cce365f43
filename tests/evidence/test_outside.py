"""Figures published by others: with source and day, and neither interval nor verdict where nobody told how many."""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.actions.outside import take_in_outside
from kvarter.evidence.actions.registers import AlreadyTakenIn, NotLoadable
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.importers.extract import BadFile
from kvarter.evidence.models import Observation, Register
from kvarter.evidence.outside import read_outside
from kvarter.people.policy import OPERATOR
from tests.conftest import SHARED
from tests.evidence.figures import lay_out
from tests.world import World

SHIPPED = (files("kvarter.evidence") / "registers" / "outside.toml").read_bytes()
GOOD = """label = "L"
source = "s"
[[figure]]
indicator = "i"
area = "a"
year = 2018
value = 0.7
read = "Avisen 2019"
"""


def test_the_police_figures_are_those_that_were_published() -> None:
    told = {(f.indicator, f.area, f.period.last.year): f.value for f in read_outside(SHIPPED, "outside.toml").figures}
    safe = [told["tryg-politiets-maaling", "hoeje-gladsaxe", year] for year in (2016, 2017, 2018)]
    assert safe == [0.688, 0.796, 0.711]


def test_they_agree_with_the_facts_gathered() -> None:
    file = SHARED / "data" / "tryghed_facts" / "tryghed_published_figures.csv"
    if not file.exists():
        pytest.skip("the gathered facts are not beside the project")
    text = file.read_text(encoding="utf-8")
    for line in ("2018,SUB areas,safe pct,68.4", "2019,SUB areas,safe pct,70.9", "2019,country,safe pct,85.6"):
        assert line in text
    told = {(f.area, f.period.last.year): f.value for f in read_outside(SHIPPED, "x").figures if "tryg-" in f.indicator}
    assert told["saerligt-udsatte-omraader", 2018] == 0.684
    assert told["danmark", 2019] == 0.856


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff", "ikke TOML"),
        (b"label = ", "ikke TOML"),
        (b'label = "L"\nsource = "s"\n', "figure"),
        ((GOOD + "low = 0.6\n").encode(), "figure.1.low"),
        (GOOD.replace("0.7", '"0.7"').encode(), "figure.1.value"),
        (GOOD.replace("2018", "20180").encode(), "figure.1.year"),
        (GOOD.replace('read = "Avisen 2019"\n', "").encode(), "figure.1.read"),
        ((GOOD + GOOD[GOOD.index("[[") :]).encode(), "to gange"),
    ],
)
def test_a_wrong_file_is_refused_by_place(text: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_outside(text, "tal.toml")


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
def test_the_page_shows_all_three_with_no_interval_and_says_why() -> None:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    with pytest.raises(AlreadyTakenIn):
        take_in_outside(by=OPERATOR, partnership=partnership, content=SHIPPED, name="outside.toml")
    client = Client(SERVER_NAME="localhost")
    html = client.get(reverse("theme", args=[partnership.slug, "tryghed"])).content.decode()
    for text in ("68,8 %", "79,6 %", "71,1 %", "antal svar er ikke offentliggjort", "andet end et tilfælde"):
        assert text in html
    assert "mellem " not in html, "no interval"
    assert "procentpoint" not in html, "no difference is told as a finding"
    drawn = client.get(reverse("chart", args=[partnership.slug, "tryg-politiets-maaling", 640])).content.decode()
    assert "kv-line" not in drawn, "no line between two waves"
