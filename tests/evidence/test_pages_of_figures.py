"""Pages of figures: no figure without its label, few queries whatever the size, and the same digits everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest
from django.db import connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from lxml import html

from kvarter import effect
from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.figures import Counted, Figure, Measure, Place, SourceFacts
from kvarter.evidence.importers.extract import Period, Status
from kvarter.evidence.showing import Shown, show
from tests.evidence.figures import lay_out, published, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
TEMPLATES = Path(str(get_template("evidence/themes.html").origin)).parent
KINDS = ("csv", "json", "csv-metadata.json", "forskelle.csv", "forskelle.csv-metadata.json")
MOST_QUERIES, MOST_BYTES = 15, 60_000
SOURCE = SourceFacts("k", "Producent", "Titel", "Metode", "Grænser", "Kildeangivelse", Counted.FULL)
PLACE = Place("a@2000-01-01", "a", "Område", date(2000, 1, 1), None, is_area=True)


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def hoeje_gladsaxe(db: None) -> str:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    return partnership.slug


def public_pages(slug: str, theme: str, indicator: str) -> list[str]:
    return [
        reverse("themes", args=[slug]),
        reverse("theme", args=[slug, theme]),
        reverse("indicator", args=[slug, indicator]),
        reverse("publications", args=[slug]),
        reverse("publication", args=[slug, 1]),
        reverse("early_warning", args=[slug]),
        reverse("mirrors", args=[slug]),
        reverse("spine", args=[slug]),
        *(reverse("figures_file", args=[slug, kind]) for kind in KINDS),
        *(reverse("theme_file", args=[slug, theme, kind]) for kind in KINDS),
        *(reverse(name, args=[slug, kind]) for name in ("mirrors_file", "spine_file") for kind in KINDS),
        *(reverse("indicator_file", args=[slug, indicator, kind]) for kind in KINDS),
    ]


def figure(**facts: object) -> Figure:
    told: dict[str, object] = {
        "indicator": "i",
        "measure": Measure.SHARE,
        "place": PLACE,
        "period": Period(date(2024, 1, 1), date(2024, 1, 1)),
        "status": Status.NORMAL,
        "value": 0.5,
        "counted": Counted.FULL,
        "source": SOURCE,
        "label": "Mærkat",
        "published": None,
        "publication": 1,
        "digest": "x",
        "numerator": 5.0,
        "denominator": 10.0,
    }
    return Figure(**(told | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "facts",
    [
        {"value": None},
        {"status": Status.SUPPRESSED},
        {"counted": Counted.SAMPLE, "n": 100},
        {"counted": Counted.SAMPLE, "low": 0.4, "high": 0.6},
        {"low": 0.4, "high": 0.6},
        {"counted": Counted.OUTSIDE, "low": 0.4, "high": 0.6},
        {"denominator": None},
    ],
)
def test_a_figure_that_lacks_or_claims_too_much_cannot_be_made(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="i/a@2000-01-01/2024-01-01"):
        figure(**facts)


def test_a_shown_figure_cannot_be_without_its_label() -> None:
    with pytest.raises(ValueError, match="no label"):
        Shown("k", "5 %", "", "", "2024", "Område", "", "", (("Tal", "5 %"),), True)


def test_numbers_are_rounded_not_cut() -> None:
    assert show(figure(value=2228 / 2695, numerator=2228.0, denominator=2695.0)).text == "82,7 %"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": Status.SUPPRESSED, "value": None}, "skjult, for få"),
        ({"status": Status.MISSING, "value": None}, "mangler"),
        ({"status": Status.ZERO_OR_SUPPRESSED, "value": None}, "nul eller skjult"),
        ({"value": 0.0, "numerator": 0.0}, "0,0 %"),
    ],
)
def test_hidden_missing_and_nothing_are_three_things(facts: dict[str, object], said: str) -> None:
    assert show(figure(**facts)).text == said


def test_a_full_count_says_that_it_is_no_sample() -> None:
    facts = dict(show(figure()).certificate)
    assert "Alle er talt med" in facts["Sikkerhed"]
    assert "95 %-interval" not in facts


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_prints_a_figure_but_with_its_label(template: Path) -> None:
    """Templates are given Shown; its text stands in the one part that prints label and base beside it."""
    text = template.read_text(encoding="utf-8")
    bare = re.findall(r"{{[^}]*\.(?:value|numerator|denominator|low|high)\b[^}]*}}", text)
    assert [found for found in bare if "forecast.value" not in found] == []
    if template.name != "figure.html":
        bare_text = re.findall(r"{{\s*(?:figure|cell|latest|reference)\.text\s*}}", text)
        assert not bare_text or "figure.certificate" in text


def test_every_figure_on_every_page_has_its_source_and_day(hoeje_gladsaxe: str, visitor: Client) -> None:
    for address in public_pages(hoeje_gladsaxe, "medborgerskab", "valgdeltagelse")[:3]:
        html = visitor.get(address).content.decode()
        assert html.count("data-figure=") > 0 or "tryghed" in address
        assert "Egne beregninger baseret på tal fra Danmarks Statistik" in html, address


def test_the_theme_shows_the_real_turnout_and_no_line_across(hoeje_gladsaxe: str, visitor: Client) -> None:
    html = unescape(visitor.get(reverse("theme", args=[hoeje_gladsaxe, "medborgerskab"])).content.decode())
    for text in (
        "82,7 %",
        "2.228 af 2.695",
        "81,7 %",
        "2.153 af 2.635",
        "85,3 %",
        "87,4 %",
        "84,8 %",
        "5.395 af 6.360",
    ):
        assert text in html
    assert "et andet og større område" in html
    assert "Høje Gladsaxe er omkring 46 % af Grønnemose afstemningsområde, målt i boliger" in html
    drawn = visitor.get(reverse("chart", args=[hoeje_gladsaxe, "valgdeltagelse", 640]))
    assert drawn["Content-Type"] == "image/svg+xml"
    assert "Grænsen ændret" in drawn.content.decode()


def test_english_pages_have_english_labels(hoeje_gladsaxe: str, visitor: Client) -> None:
    html = unescape(visitor.get(f"/en{reverse('theme', args=[hoeje_gladsaxe, 'medborgerskab'])}").content.decode())
    assert "Turnout at general elections" in html
    assert "82.7%" in html or "82.7 %" in html
    assert "Statistics Denmark" in html


def test_pages_cost_the_same_for_few_and_many_figures(world: World, visitor: Client) -> None:
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    pages = public_pages(world.partnership.slug, "tillid", "stemmer")
    counts: list[list[int]] = []
    for _size in range(2):
        for address in pages:
            visitor.get(address)  # documents are read once in a process
        counts.append([_counted(visitor, address) for address in pages])
        if counts[1:]:
            break
        for month in range(30):
            day = date(2001 + month // 12, month % 12 + 1, 1)
            taken_in(world, {"900001": (700.0 + month, 1000.0)}, day=day)
        published(world.partnership, title="Flere")
    assert counts[0] == counts[1]
    assert max(counts[0]) <= MOST_QUERIES


def _counted(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(queries)


def test_public_pages_are_small(hoeje_gladsaxe: str, visitor: Client) -> None:
    for address in public_pages(hoeje_gladsaxe, "selvforsoergelse", "valgdeltagelse")[:8]:
        assert len(visitor.get(address).content) <= MOST_BYTES, address


def test_page_csv_document_and_effect_agree_to_the_last_digit(hoeje_gladsaxe: str, visitor: Client) -> None:
    address = reverse("indicator_file", args=[hoeje_gladsaxe, "valgdeltagelse", "csv"])
    rows = list(csv.DictReader(io.StringIO(_text(visitor, address))))
    document = json.loads(_text(visitor, reverse("publication_file", args=[hoeje_gladsaxe, 1, "json"])))
    told = {
        (f["place"].split("@")[0], f["first"]): f["value"]
        for f in document["figures"]
        if f["indicator"] == "valgdeltagelse"
    }
    counts = _text(visitor, f"{address}?form=counts")
    cube = effect.make_cube(
        pl.read_csv(io.StringIO(counts)), effect.Design(weights="people"), means=["is_so"], by=["area", "first"]
    )
    estimated = {
        (r["area"], str(r["first"])): r["estimate"]
        for r in effect.estimate(cube, means=["is_so"]).iter_rows(named=True)
    }
    assert len(rows) == len(told) == len(estimated) == 39
    for row in rows:
        key = row["area"], row["first"]
        assert float(row["value"]) == told[key] == estimated[key]


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_spreadsheet_takes_no_text_of_the_export_for_a_formula(world: World, visitor: Client) -> None:
    indicator = lay_out(world)
    area = world.partnership.area
    assert area
    area.name = "=HYPERLINK(1)"
    area.save()
    taken_in(world, {"900001": (800.0, 1000.0)})
    published(world.partnership, areas={area.slug})
    text = _text(visitor, reverse("indicator_file", args=[world.partnership.slug, indicator.slug, "csv"]))
    assert "'=HYPERLINK(1)" in text


def test_an_empty_theme_says_what_will_stand_there(world: World, visitor: Client) -> None:
    lay_out(world)
    html = _text(visitor, reverse("theme", args=[world.partnership.slug, "tillid"]))
    assert "ingen tal om temaet endnu" in html
    assert "ikke offentliggjort tal endnu" in _text(visitor, reverse("themes", args=[world.partnership.slug]))


def test_the_old_address_of_a_corrected_publication_still_shows_it(world: World, visitor: Client) -> None:
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    first = published(world.partnership)
    taken_in(world, {"900001": (810.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership, corrects=1)
    html = _text(visitor, reverse("publication", args=[world.partnership.slug, 1]))
    assert "80,0 %" in html
    assert "Rettet af offentliggørelse nr. 2" in html
    assert _text(visitor, reverse("publication_file", args=[world.partnership.slug, 1, "json"])) == first.document


def test_an_unknown_theme_is_not_found(world: World, visitor: Client) -> None:
    lay_out(world)
    assert visitor.get(f"/kvarter/{world.partnership.slug}/tal/{quote('findes-ikke')}").status_code == 404


@pytest.mark.parametrize(("prefix", "kind"), [("", "Målsætning"), ("/en", "Goal")])
def test_an_indicator_leads_to_clauses_by_their_own_words(
    hoeje_gladsaxe: str, visitor: Client, prefix: str, kind: str
) -> None:
    links = re.findall(
        r'<a href="[^"]*/punkt/([\w-]+)">([^<]+)(.*?)</a>',
        _text(visitor, prefix + reverse("indicator", args=[hoeje_gladsaxe, "valgdeltagelse"])),
    )
    assert links
    for key, label, words in links:
        assert key not in label + words
        assert len(re.sub("<[^>]+>", "", words)) > 5
    assert any(label.startswith(kind) for _key, label, _words in links)


IN_FIGURES = ("themes", "mirrors", "spine", "early_warning", "publications", "map")


@pytest.mark.parametrize("name", IN_FIGURES)
def test_the_menu_says_that_one_is_among_the_figures(hoeje_gladsaxe: str, visitor: Client, name: str) -> None:
    assert _current(_text(visitor, reverse(name, args=[hoeje_gladsaxe]))) == ["Tal"]


def test_an_indicator_is_among_the_figures_too_and_the_front_page_is_itself(
    hoeje_gladsaxe: str, visitor: Client
) -> None:
    assert _current(_text(visitor, reverse("indicator", args=[hoeje_gladsaxe, "valgdeltagelse"]))) == ["Tal"]
    assert _current(_text(visitor, reverse("partnership", args=[hoeje_gladsaxe]))) == ["Forside"]


def _current(page: str) -> list[str]:
    """What the main menu marks as current."""
    menu = html.fromstring(page).xpath("//nav[contains(@class, 'nav')][@aria-label='Hovedmenu']")[-1]
    return [" ".join(link.text_content().split()) for link in menu.xpath(".//a[@aria-current]")]


def test_the_overview_leads_to_the_map(hoeje_gladsaxe: str, visitor: Client) -> None:
    page = _text(visitor, reverse("themes", args=[hoeje_gladsaxe]))
    assert f'href="{reverse("map", args=[hoeje_gladsaxe])}"' in page


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_titles_of_tables_are_tagged_with_the_language_they_are_in(
    hoeje_gladsaxe: str, visitor: Client, prefix: str
) -> None:
    for view, more, titles in (
        ("figures_file", [], {"da": "Alle offentliggjorte tal", "en": "All published figures"}),
        ("theme_file", ["tryghed"], {"da": "Tryghed", "en": "Safety"}),
    ):
        with override("da"):
            address = prefix + reverse(view, args=[hoeje_gladsaxe, *more, "csv-metadata.json"])
        told = json.loads(_text(visitor, address))["dc:title"]
        assert {one["@language"]: one["@value"] for one in told} == titles
