"""Nothing that is a figure leaves the house without its label: no page, drawing, export or feed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from lxml import etree, html

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures

pytestmark = pytest.mark.django_db
# A figure as it is written, in both languages: "82,7 %", "−6,1 procentpoint", "654.244 kr.", "2.153 af 2.635".
FIGURE = re.compile(r"\d[.,]\d+ ?%|procentpoint|percentage point|\d[.,]\d{3} kr\.|\d (?:af|of) \d[\d.,]{2,}")
LIMIT = re.compile(r"(?i)(over|mindst|under|højst|at least|below|at most|above) \d")  # the law's lines are no figures
BLOCKS = ("li", "tr", "article", "details", "section", "dl")
AGREEMENT = "sammen-om-hoeje-gladsaxe"
ATTRIBUTIONS = (
    "Egne beregninger baseret på tal fra Danmarks Statistik",
    "Own calculations based on data from Statistics Denmark",
    "Politiets måling af borgernes tryghed",
    "The police survey of how safe people feel",
)


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def slug(db: None) -> str:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    return partnership.slug


def pages(slug: str) -> list[str]:
    themes = ("tryghed", "selvforsoergelse", "medborgerskab", "blandet-beboersammensaetning", "tillid")
    indicators = ("valgdeltagelse", "husstandsindkomst", "tryg-politiets-maaling", "ejerforhold-almen")
    found = [reverse(name, args=[slug]) for name in ("partnership", "themes", "mirrors", "spine", "early_warning")]
    found += [reverse("theme", args=[slug, theme]) for theme in themes]
    found += [reverse("indicator", args=[slug, indicator]) for indicator in indicators]
    found += [reverse("publication", args=[slug, 1]), reverse("publications", args=[slug])]
    found += [reverse("answered", args=[AGREEMENT]), reverse("goal", args=[AGREEMENT, "maal-3"])]
    return found + [reverse("clause", args=[AGREEMENT, key]) for key in ("vision", "maal-2-5", "fremtidsbillede-5")]


def printed(root: html.HtmlElement) -> Iterator[tuple[str, html.HtmlElement]]:
    """Every text with a figure in it, and the element it stands in."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in ("script", "style", "title"):
            for text, home in ((element.text, element), (element.tail, element.getparent())):
                plain = (text or "").replace("\u00a0", " ").strip()
                if FIGURE.search(plain) and not LIMIT.match(plain):
                    yield plain, home


def label_of(home: html.HtmlElement) -> bool:
    """Whether a figure's own element, or the block it stands in, has a figure's label."""
    for one in (home, *home.iterancestors()):
        if one.get("data-figure"):
            return True
        if one.tag in BLOCKS and one.xpath(".//@data-figure"):
            return True
    return False


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_figure_on_every_page_stands_with_its_label(slug: str, visitor: Client, prefix: str) -> None:
    seen = 0
    for address in pages(slug):
        answer = visitor.get(prefix + address)
        assert answer.status_code == 200, address
        main = html.fromstring(answer.content.decode()).get_element_by_id("main")
        for text, home in printed(main):
            seen += 1
            assert label_of(home), f"{prefix}{address}: {text}"
        if main.xpath(".//@data-figure"):
            assert any(source in main.text_content() for source in ATTRIBUTIONS), address
    assert seen > 300


def test_every_figure_names_one_that_is_published(slug: str, visitor: Client) -> None:
    document = json.loads(visitor.get(reverse("publication_file", args=[slug, 1, "json"])).content)
    keys = {"/".join((f["indicator"], f["place"], f["first"])) for f in document["figures"]}
    worked_out = re.compile(r"gladsaxe@1970-04-01-groennemose@2015-06-01")  # the municipality without the unit
    for address in pages(slug):
        root = html.fromstring(visitor.get(address).content.decode())
        for key in root.xpath("//@data-figure"):
            assert key in keys or worked_out.search(key), f"{address}: {key}"


def test_a_drawing_fetched_by_itself_tells_place_day_and_source(slug: str, visitor: Client) -> None:
    drawings = [
        reverse("small_chart", args=[slug, "medborgerskab"]),
        reverse("chart", args=[slug, "valgdeltagelse", 640]),
        reverse("chart", args=[slug, "valgdeltagelse", 300]),
        reverse("chart", args=[slug, "tryg-politiets-maaling", 640]),
        reverse("spine_chart", args=[slug, 640]),
    ]
    for address in drawings:
        root = etree.fromstring(visitor.get(address).content)
        told = "".join(root.find("{*}desc").itertext())
        assert "Høje Gladsaxe" in told, address
        assert re.search(r"20\d\d", told), address
        assert any(source in told for source in ATTRIBUTIONS), address


def test_every_row_of_every_export_has_its_label(slug: str, visitor: Client) -> None:
    needed = ("area", "first", "last", "status", "counted", "label", "producer", "source", "attribution", "digest")
    files = [
        reverse("figures_file", args=[slug, "csv"]),
        reverse("theme_file", args=[slug, "selvforsoergelse", "csv"]),
        reverse("indicator_file", args=[slug, "valgdeltagelse", "csv"]),
        reverse("publication_file", args=[slug, 1, "csv"]),
    ]
    for address in files:
        rows = list(csv.DictReader(io.StringIO(visitor.get(address).content.decode())))
        assert rows
        assert [name for row in rows for name in needed if not row[name]] == [], address
    told = json.loads(visitor.get(reverse("figures_file", args=[slug, "json"])).content)
    assert all(row[name] for row in told["figures"] for name in needed)


def test_the_feed_tells_what_is_published_and_no_bare_figure(slug: str, visitor: Client) -> None:
    feed = etree.fromstring(visitor.get(reverse("publications_feed", args=[slug])).content)
    text = " ".join(feed.itertext())
    assert "Høje Gladsaxe i offentlige registre" in text
    assert "SHA-256" in text
    assert not FIGURE.search(text)


def test_an_english_page_has_no_danish_sentence_of_a_source_that_is_not_marked(slug: str, visitor: Client) -> None:
    for name, sentence in (("mirrors", "Own calculations"), ("early_warning", "Own calculations")):
        with override("en"):
            page = visitor.get(reverse(name, args=[slug])).content.decode()
        assert sentence in page
        assert "Egne beregninger" not in page
    with override("en"):
        certificate = visitor.get(reverse("indicator", args=[slug, "ydelser"])).content.decode()
    assert "afstemningsområder" not in certificate
    assert "The sum of 1285 polling districts" in certificate
