"""How it goes, by theme: small charts with what may be said of them, and never more than that."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.models import Register
from tests.evidence.figures import published
from tests.evidence.sampling import AFTER, BEFORE, judge, observe, own_version, wave
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def hoeje_gladsaxe(db: None) -> str:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    return partnership.slug


def text_of(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


def tile(page: str, theme: str, following: str) -> str:
    return page.partition(theme)[2].partition(following)[0]


def test_every_theme_is_there_with_a_chart_or_says_that_it_is_not_measured(
    hoeje_gladsaxe: str, visitor: Client
) -> None:
    html = visitor.get(reverse("themes", args=[hoeje_gladsaxe])).content.decode()
    assert html.count("kv-small") == 4
    assert html.count("Det måler vi ikke endnu") == 5
    for address in re.findall(r'src="([^"]+\.svg)"', html):
        assert visitor.get(address)["Content-Type"] == "image/svg+xml"


def test_full_counts_are_told_as_counted_and_others_without_a_verdict(hoeje_gladsaxe: str, visitor: Client) -> None:
    page = text_of(visitor, "themes", hoeje_gladsaxe)
    voting = tile(page, "Medborgerskab og fællesskab Valgdeltagelse", "Social miks")
    assert "−1,0 procentpoint Fra 8. februar 2005 til 13. november 2007. Alle er talt med." in voting
    assert "Det nyeste tal for Høje Gladsaxe selv er" in voting
    assert "påvise" not in voting
    safe = tile(page, "Tryghed Føler sig tryg", "Selvforsørgelse")
    assert "Ingen dom Antal svar er ikke offentliggjort, så ingen kan sige, om en forskel er et tilfælde." in safe


def test_a_theme_with_figures_of_a_larger_unit_alone_says_whose_they_are(hoeje_gladsaxe: str, visitor: Client) -> None:
    support = tile(text_of(visitor, "themes", hoeje_gladsaxe), "Selvforsørgelse Kun grundskole", "Medborgerskab")
    assert "Der er intet tal for Høje Gladsaxe selv. Høje Gladsaxe er omkring 46 % af Grønnemose" in support


def test_every_figure_in_a_small_chart_stands_in_the_table_beside_it(hoeje_gladsaxe: str, visitor: Client) -> None:
    page = text_of(visitor, "themes", hoeje_gladsaxe)
    voting = tile(page, "Tallene bag: Medborgerskab og fællesskab", "Social miks")
    for figure in ("82,7 %", "81,7 %", "85,5 %", "87,8 %", "84,8 %"):
        assert figure in voting


def waves(world: World) -> Register:
    register = wave(world)
    rest = register.partnership.area.reference  # type: ignore[union-attr]
    assert rest
    other = rest.versions.get()
    for day, value in ((BEFORE, 0.8), (AFTER, 0.82)):
        observe(register, day, value, 300, version=other)
    judge(
        register, between="gap", other=other, first=AFTER, value=-0.12, low=-0.2, high=-0.04, p_adjusted=0.02,
        verdict="demonstrable change", smallest=0.1,
    )  # fmt: skip
    judge(
        register, between="gap_change", other=other, value=0.08, low=-0.03, high=0.19, p_adjusted=0.4,
        verdict="no demonstrable change", smallest=0.15,
    )  # fmt: skip
    return register


def test_a_sample_is_told_by_the_verdict_on_the_difference_itself(world: World, visitor: Client) -> None:
    waves(world)
    published(world.partnership)
    page = tile(text_of(visitor, "themes", world.partnership.slug), "Tillid Stemmer", "Tallene bag")
    assert "Påviseligt bedre Fra 1. marts 2021 til 1. marts 2024: +10,0 procentpoint, mellem" in page
    assert "300 svar af 900 spurgte" in page


def test_a_theme_page_shows_each_difference_with_interval_verdict_and_what_could_be_seen(
    world: World, visitor: Client
) -> None:
    waves(world)
    published(world.partnership)
    theme, page = (
        text_of(visitor, "theme", world.partnership.slug, "tillid"),
        text_of(visitor, "indicator", world.partnership.slug, "stemmer"),
    )
    for told in (theme, page):
        assert "−12,0 procentpoint mellem −20,0 procentpoint og −4,0 procentpoint" in told
        assert "+8,0 procentpoint" in told
    assert "Ændring Lilleby, fra 1. marts 2021 til 1. marts 2024 påviseligt bedre +10,0 procentpoint" in page
    assert "påviselig forskel −12,0 procentpoint mellem −20,0 procentpoint og −4,0 procentpoint" in page
    assert "Ændring i forskellen" in page
    assert "ingen påviselig ændring +8,0 procentpoint" in page
    assert "En forskel på mindst 11,0 procentpoint ville vi have set fire gange ud af fem." in page
    assert "Bedømt sammen med i alt 12 forskelle" in page


def test_parts_of_the_people_stand_in_fixed_order_with_interval_and_n(world: World, visitor: Client) -> None:
    register = waves(world)
    cuts = {
        "age=18-29": "18-29 år",
        "age=30-49": "30-49 år",
        "gender=f": "kvinder",
        "age=18-29;gender=f": "unge kvinder",
    }
    Register.objects.filter(pk=register.pk).update(cuts={key: {"da": name, "en": name} for key, name in cuts.items()})
    observe(register, AFTER, 0.9, 60, cut="gender=f")
    observe(register, AFTER, 0.4, 25, cut="age=18-29;gender=f")
    observe(register, AFTER, 0.8, 3, cut="age=30-49")
    published(world.partnership)
    page = text_of(visitor, "indicator", world.partnership.slug, "stemmer")
    cut_part = page.partition("Grupper af beboere: Stemmer")[2].partition("Om indikatoren")[0]
    order = [
        cut_part.index(words) for words in ("Alder, 1. marts 2024", "18-29 år", "30-49 år", "Køn,", "Alder og køn")
    ]
    assert order == sorted(order)
    assert "50,0 % mellem 45,0 % og 55,0 % 40 svar af 900 spurgte" in cut_part
    assert "30-49 år skjult, for få" in cut_part
    assert "80,0 %" not in cut_part


def test_what_is_made_up_is_marked_on_every_page_and_in_every_drawing(made_up_world: World, visitor: Client) -> None:
    waves(made_up_world)
    published(made_up_world.partnership)
    slug = made_up_world.partnership.slug
    for name, *more in (("themes",), ("theme", "tillid"), ("indicator", "stemmer")):
        html = visitor.get(reverse(name, args=[slug, *more])).content.decode()
        assert html.count("opdigtet") >= html.count('class="kv-figure"') > 0
    for name, *more in (("small_chart", "tillid"), ("chart", "stemmer", 640), ("chart", "stemmer", 300)):
        assert "OPDIGTET" in visitor.get(reverse(name, args=[slug, *more])).content.decode()


def test_one_wave_alone_is_no_change(world: World, visitor: Client) -> None:
    register = wave(world)
    register.differences.all().delete()
    register.observations.filter(first=BEFORE).delete()
    assert own_version(register)
    published(world.partnership)
    assert "Kun én måling" in text_of(visitor, "themes", world.partnership.slug)
