"""The agreement held up to the figures: what speaks to each clause, and that the others are not measured yet."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
AGREEMENT = "sammen-om-hoeje-gladsaxe"


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def hoeje_gladsaxe(db: None) -> str:
    load_figures(load_hoeje_gladsaxe())
    return AGREEMENT


def page(client: Client, name: str, *args: object) -> str:
    return unescape(client.get(reverse(name, args=args)).content.decode())


def test_every_clause_of_the_vision_has_figures_or_says_that_it_is_not_measured(
    hoeje_gladsaxe: str, visitor: Client
) -> None:
    html = page(visitor, "answered", hoeje_gladsaxe)
    parts = re.split(r'<h[34] class="h[45]"[^>]*>', html.partition("<main")[2])[1:]
    assert len(parts) == 26
    for part in parts:
        assert ("data-figure=" in part) != ("Det måler vi ikke endnu" in part)
    said = re.search(r"Noget taler til (\d+) af (\d+) punkter", html)
    assert said
    assert int(said[1]) == sum("data-figure=" in part for part in parts)
    assert int(said[2]) == len(parts)


def test_the_goal_and_clause_pages_show_the_same_lines(hoeje_gladsaxe: str, visitor: Client) -> None:
    whole = page(visitor, "answered", hoeje_gladsaxe)
    pages = [("goal", "maal-2"), ("clause", "maal-2"), ("clause", "maal-2-3"), ("clause", "fremtidsbillede-4")]
    for name, key in pages:
        html = page(visitor, name, hoeje_gladsaxe, key)
        lines = re.findall(r"<li><a href=\"/kvarter/hoeje-gladsaxe/indikator/.*?</li>", html, re.S)
        assert lines
        assert all(line in whole for line in lines)


def test_what_speaks_to_nothing_says_so_on_its_own_page(hoeje_gladsaxe: str, visitor: Client) -> None:
    assert "Det måler vi ikke endnu" in page(visitor, "clause", hoeje_gladsaxe, "fremtidsbillede-3")
    assert "Det måler vi ikke endnu" not in page(visitor, "clause", hoeje_gladsaxe, "organisering")


def test_a_new_publication_speaks_at_once(world: World, visitor: Client) -> None:
    lay_out(world)
    assert "Noget taler til 0 af" in page(visitor, "answered", world.agreement.slug)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    html = page(visitor, "answered", world.agreement.slug)
    assert "Noget taler til 1 af" in html
    assert "80,0 %" in html
