"""From the figures to the report on a phone without script, part by part, and to its file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HG = "/kvarter/hoeje-gladsaxe"


def test_a_reader_goes_from_the_figures_through_the_report_to_its_file(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE, script=False)
    page.goto(f"{site.address}{HG}/tal")
    page.get_by_role("link", name="Læs effektrapporten").click()
    expect(page.get_by_role("heading", name="Effektrapport", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Alle temaer på én side")).to_be_visible()
    page.locator(".kv-themes").get_by_role("link", name="Medborgerskab og fællesskab").click()
    expect(page.get_by_text("2.153 af 2.635").first).to_be_visible()
    expect(page.get_by_text("Alle er talt med begge steder.")).to_be_visible()
    page.get_by_role("link", name="Næste: Social miks").click()
    expect(page.get_by_role("heading", name="Social miks", level=1)).to_be_visible()
    page.get_by_role("link", name="Rapportens forside").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Hent til Word (docx)").click()
    assert saved.value.suggested_filename == "effektrapport-hoeje-gladsaxe-da.docx"


def test_a_wave_is_chosen_by_its_year_and_kept_through_the_parts(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{site.address}/en{HG}/rapport")
    page.get_by_role("link", name="2007", exact=True).click()
    expect(page.get_by_role("heading", name="Effect report 2007", level=1)).to_be_visible()
    page.locator(".kv-themes").get_by_role("link", name="Citizenship and community").click()
    expect(page.get_by_role("heading", name="Citizenship and community", level=1)).to_be_visible()
    assert page.url.endswith("?aar=2007")
    for picture in page.locator(".kv-chart img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    assert violations(page) == []
    page.get_by_role("link", name="The report's front page").click()
    page.get_by_role("link", name="Annex: Citizenship and community").click()
    expect(page.locator("table").get_by_text("2007")).not_to_have_count(0)
    expect(page.locator("table").get_by_text("2015")).to_have_count(0)
    assert page.url.endswith("?aar=2007")
    assert violations(page) == []
