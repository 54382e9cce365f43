"""The report: what stands in it, as of which wave, who reads it, and that page, PDF and .docx are made of the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pypdfium2
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.models import Partnership
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.figures import Measure
from kvarter.evidence.queries.published import published_of
from kvarter.evidence.showing import number_text, show
from kvarter.web.report.content import Findings, Multiples, Part, Quote, Report, Table, Text
from kvarter.web.report.files import written
from kvarter.web.report.reading import report_of
from kvarter.web.report.until import NoSuchWave
from tests.evidence.figures import lay_out, published, taken_in
from tests.evidence.sampling import judged_waves
from tests.web.report.figures import VERDICTS, survey, surveyed
from tests.world import World

pytestmark = pytest.mark.django_db
MOST_QUERIES, MOST_BYTES = 15, 60_000


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def hoeje_gladsaxe(db: None) -> Partnership:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    return partnership


def read(partnership: Partnership, year: int | None = None, language: str = "da") -> Report:
    return report_of(AnonymousUser(), partnership, language, year)


def part(report: Report, anchor: str) -> Part:
    return next(part for part in report.parts if part.anchor == anchor)


def rows(report: Report) -> list[tuple[str, ...]]:
    return [row for one in report.parts for block in one.blocks if isinstance(block, Table) for row in block.rows]


def pages(report: Report, slug: str) -> list[str]:
    return [
        reverse("effect_report", args=[slug]),
        *(reverse("effect_report_part", args=[slug, one.anchor]) for one in report.parts if one.anchor != "overblik"),
    ]


def test_every_published_figure_and_its_interval_stands_in_a_table(world: World) -> None:
    partnership = surveyed(world)
    found = rows(read(partnership))
    published = published_of(AnonymousUser(), partnership, "da")
    for told in published.indicators.values():
        for figure in told.figures:
            shown = show(figure)
            cells = [shown.place, shown.when, shown.text, shown.interval or "intet, alle er talt med", shown.base]
            assert tuple(cells) in found


def test_a_theme_tells_verdicts_parts_of_the_people_and_the_clauses(world: World) -> None:
    report = read(surveyed(world))
    blocks = part(report, "tema-sundhed").blocks
    said = [sentence for block in blocks if isinstance(block, Findings) for sentence in block.items]
    assert any(sentence.startswith("Fra 1. marts 2021 til 1. marts 2024 kan der ikke påvises") for sentence in said)
    assert [block.key for block in blocks if isinstance(block, Quote)] == ["maal-1-1"]
    assert not any(isinstance(block, Table) for block in blocks), (
        "the board is told first, and every figure stands last"
    )
    tables = {block.caption: block.rows for block in part(report, "bilag-sundhed").blocks if isinstance(block, Table)}
    assert [row[0] for row in tables["Alder, 1. marts 2024: Hvordan går det med sundhed?"]] == ["18-29 år"]
    assert [row[0] for row in tables["Køn, 1. marts 2024: Hvordan går det med sundhed?"]] == ["kvinder", "mænd"]
    assert [row[1] for row in tables["Forskelle, som de er bedømt: Hvordan går det med sundhed?"]] == [
        "ingen påviselig ændring",
        "ingen påviselig forskel",
        "ingen påviselig ændring",
    ]


def test_nine_themes_stand_on_one_page_each_with_its_verdict_or_that_there_is_none(world: World) -> None:
    report = read(surveyed(world))
    (glance,) = part(report, "overblik").blocks
    assert isinstance(glance, Multiples)
    assert len(glance.cells) == 9
    cells = {cell.theme: cell for cell in glance.cells}
    assert cells["Tryghed"].verdict == "Påviseligt bedre"
    assert "mellem +2,0 procentpoint og +18,0 procentpoint" in cells["Tryghed"].grounds
    assert cells["Sundhed"].verdict == "Ingen påviselig ændring"
    assert cells["Tillid"].notes == ("−7,5 procentpoint i forhold til Resten",)
    assert (cells["Image"].figure, cells["Image"].verdict, cells["Image"].picture) == ("Ingen tal endnu", "", None)
    assert len(VERDICTS) <= len({cell.verdict for cell in glance.cells if cell.verdict})


def test_a_forecast_is_held_against_the_figure_that_came(world: World) -> None:
    (table,) = [one for one in part(read(surveyed(world)), "forudsigelser").blocks if isinstance(one, Table)]
    ((_indicator, _about, foreseen, outcome, author),) = table.rows
    assert foreseen == "55,0 %"
    assert outcome.startswith("Det blev 55,0 % (1. marts 2024): +0,0 procentpoint fra det ventede.")
    assert author == "Analytiker Anders, 1. januar 2023"


def test_what_no_figure_speaks_to_is_listed(world: World) -> None:
    blocks = part(read(surveyed(world)), "ikke-endnu").blocks
    assert [block.key for block in blocks if isinstance(block, Quote)] == ["vision", "maal-1-2"]
    first = blocks[0]
    assert isinstance(first, Text)
    assert first.text.startswith("2 af de 4 punkter")


def test_the_real_figures_are_those_of_the_pages(hoeje_gladsaxe: Partnership) -> None:
    found = rows(read(hoeje_gladsaxe))
    own = "Høje Gladsaxe"
    assert (own, "8. februar 2005", "82,7 %", "intet, alle er talt med", "2.228 af 2.695 vælgere") in found
    assert (own, "2018", "71,1 %", "kendes ikke", "antal svar er ikke offentliggjort") in found
    blocks = [block for one in read(hoeje_gladsaxe).parts for block in one.blocks]
    said = [sentence for block in blocks if isinstance(block, Findings) for sentence in block.items]
    assert "Forskel: −6,1 procentpoint i forhold til Resten af Gladsaxe Kommune. Alle er talt med begge steder." in said


def test_the_board_is_told_first_and_annexes_hold_every_figure(hoeje_gladsaxe: Partnership) -> None:
    report = read(hoeje_gladsaxe)
    anchors = [one.anchor for one in report.parts]
    annexes = [anchor for anchor in anchors if anchor.startswith("bilag-")]
    assert anchors == [anchor for anchor in anchors if anchor not in annexes] + annexes
    cells = " ".join(cell for anchor in annexes for row in rows_of(part(report, anchor)) for cell in row)
    for figure in published_of(AnonymousUser(), hoeje_gladsaxe, "da").figures.values():
        if figure.measure is Measure.SHARE and figure.numerator is not None and not figure.place.is_peer:
            assert number_text(figure.numerator) in cells, figure.key
            assert show(figure).text in cells, figure.key


def rows_of(one: Part) -> list[tuple[str, ...]]:
    return [row for block in one.blocks if isinstance(block, Table) for row in block.rows]


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_key_of_ours_stands_in_it_and_it_is_short_enough_for_a_board(
    hoeje_gladsaxe: Partnership, language: str
) -> None:
    pdf = pypdfium2.PdfDocument(written(read(hoeje_gladsaxe, language=language), "pdf"))
    pages_ = [page.get_textpage().get_text_range() for page in pdf]
    text = " ".join(pages_)
    assert re.findall(r"(?:maal|tema|fremtidsbillede|vision)-[a-z0-9-]+", text) == []
    annex = next(n for n, page in enumerate(pages_) if n > 2 and re.search(r"^(Bilag|Annex): ", page, re.M))
    assert annex <= 17
    assert len(pages_) <= 26


def test_a_wave_has_what_was_known_then_and_names_the_years_there_are(world: World) -> None:
    partnership = surveyed(world)
    report = read(partnership, 2021)
    assert report.title == "Effektrapport 2021"
    assert any("2021" in row[1] for row in rows(report))
    assert [row for row in rows(report) if "2024" in row[1] and "tal.csv" not in row] == []
    glance = part(report, "overblik").blocks[0]
    assert isinstance(glance, Multiples)
    cell = next(cell for cell in glance.cells if cell.theme == "Sundhed")
    assert (cell.figure, cell.verdict) == ("52,0 %", "Kun én måling")
    with pytest.raises(NoSuchWave, match=r"for 2023\. Der er tal for 2021, 2024\."):
        read(partnership, 2023)


def test_a_wave_keeps_the_gap_that_was_judged_then_when_later_ones_are_judged(world: World) -> None:
    judged_waves(world)
    said = {
        year: [
            sentence
            for one in read(world.partnership, year).parts
            for block in one.blocks
            if isinstance(block, Findings)
            for sentence in block.items
        ]
        for year in (2021, None)
    }
    gap = "1. marts {year} er der en påviselig forskel mellem Lilleby og Resten"
    assert [sentence for sentence in said[2021] if sentence.startswith(gap.format(year=2021))]
    assert not any("2024" in sentence for sentence in said[2021])
    assert [sentence for sentence in said[None] if sentence.startswith(gap.format(year=2024))]
    assert not any(sentence.startswith(gap.format(year=2021)) for sentence in said[None])


def test_without_publications_there_is_no_report_and_nothing_of_drafts(world: World, visitor: Client) -> None:
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0)})
    with pytest.raises(NoSuchWave):
        read(world.partnership)
    html = visitor.get(reverse("effect_report", args=["lilleby"])).content.decode()
    assert "Der er ikke offentliggjort tal endnu" in html
    assert "800" not in html
    assert visitor.get(reverse("effect_report_file", args=["lilleby", "pdf"])).status_code == 404


def test_what_is_taken_in_and_not_published_is_not_in_it(world: World, client_as: Callable[[str], Client]) -> None:
    partnership = surveyed(world)
    taken_in(world, {"900001": (123.0, 1000.0)}, day=date(2025, 6, 9))
    html = client_as("secretariat").get(reverse("effect_report_part", args=["lilleby", "tema-tillid"])).content.decode()
    assert "80,0 %" in html
    assert "12,3 %" not in html
    assert not any("12,3 %" in row for row in rows(read(partnership)))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_are_small_and_cheap(hoeje_gladsaxe: Partnership, visitor: Client, prefix: str) -> None:
    for address in pages(read(hoeje_gladsaxe), hoeje_gladsaxe.slug):
        with CaptureQueriesContext(connection) as queries:
            answer = visitor.get(prefix + address)
        assert answer.status_code == 200, address
        assert len(queries) <= MOST_QUERIES, address
        assert len(answer.content) <= MOST_BYTES, address
        assert b"<script" not in answer.content


def test_pages_cost_the_same_for_few_and_many_figures(world: World, visitor: Client) -> None:
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    address = reverse("effect_report", args=["lilleby"])
    counts = []
    for _more in range(2):
        visitor.get(address)
        with CaptureQueriesContext(connection) as queries:
            visitor.get(address)
        counts.append(len(queries))
        if len(counts) == 1:
            survey(world.partnership)
            published(world.partnership, title="Undersøgelsen")
    assert counts[0] == counts[1]


def test_every_page_of_a_demonstration_says_so(made_up_world: World, visitor: Client) -> None:
    partnership = surveyed(made_up_world)
    report = read(partnership)
    assert report.made_up == "OPDIGTEDE TAL"
    for address in pages(report, partnership.slug):
        assert "OPDIGTEDE TAL" in visitor.get(address).content.decode(), address
        assert "MADE-UP FIGURES" in visitor.get(f"/en{address}").content.decode(), address


def test_a_report_of_real_figures_does_not(hoeje_gladsaxe: Partnership, visitor: Client) -> None:
    html = visitor.get(reverse("effect_report", args=[hoeje_gladsaxe.slug])).content.decode()
    assert "OPDIGTEDE" not in html


def test_english_reports_are_english_and_mark_what_is_not(hoeje_gladsaxe: Partnership, visitor: Client) -> None:
    address = reverse("effect_report_part", args=[hoeje_gladsaxe.slug, "tema-medborgerskab"])
    html = unescape(visitor.get(f"/en{address}").content.decode())
    assert "Turnout at general elections" in html
    assert "Everybody is counted" in html
    assert "Alle er talt med" not in html
    report = read(hoeje_gladsaxe, language="en")
    assert report.title == "Effect report"


def test_a_wave_is_asked_for_by_its_year(world: World, visitor: Client) -> None:
    surveyed(world)
    address = reverse("effect_report", args=["lilleby"])
    assert "Effektrapport 2021" in visitor.get(address, {"aar": "2021"}).content.decode()
    answer = visitor.get(address, {"aar": "2023"})
    assert answer.status_code == 404
    assert "Der er tal for 2021, 2024." in answer.content.decode()
    for wrong in ("x", "20244", "-1", "٢٠٢١"):
        assert visitor.get(address, {"aar": wrong}).status_code == 404


def test_charts_of_a_wave_end_with_it(world: World, visitor: Client) -> None:
    surveyed(world)
    address = reverse("effect_report_chart", args=["lilleby", "svar-sundhed", 640])
    assert "1. marts 2024" in visitor.get(address).content.decode()
    assert "1. marts 2024" not in visitor.get(address, {"aar": "2021"}).content.decode()
    assert visitor.get(reverse("effect_report_chart", args=["lilleby", "svar-sundhed", 641])).status_code == 404
    assert visitor.get(reverse("effect_report_chart", args=["lilleby", "findes-ikke", 640])).status_code == 404


def test_the_page_of_figures_leads_to_the_report(hoeje_gladsaxe: Partnership, visitor: Client) -> None:
    html = visitor.get(reverse("themes", args=[hoeje_gladsaxe.slug])).content.decode()
    assert f'href="{reverse("effect_report", args=[hoeje_gladsaxe.slug])}"' in html
