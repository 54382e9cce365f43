"""From a file of figures to a page anyone reads, by a secretary without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HG = "/kvarter/hoeje-gladsaxe"
TABLE = "Sted;År;I skole;Børn\r\nHG;2022;310;400\r\nHG;2023;330;410\r\nHG;2024;2;410\r\n"


def send(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def test_from_a_file_to_a_published_figure(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    page = open_page(PHONE, script=False)
    sign_in(page, "sekretariat")
    slug = "i-skole"

    # What is looked at, where it comes from, and what the place is called there.
    page.goto(f"{site.address}{HG}/kilder/ny")
    for name, text in {
        "key": "skoletal",
        "producer": "Gladsaxe Kommune",
        "title": "Skolens egne tal",
        "method": "Alle børn er talt.",
        "limits": "Kun kommunens skoler.",
        "attribution": "Kilde: Gladsaxe Kommune",
    }.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=counted]", "full")
    send(page, "Gem")
    expect(page.get_by_text("Kilden er gemt.")).to_be_visible()
    page.goto(f"{site.address}{HG}/indikatorer/ny")
    page.select_option("[name=theme]", label="Social miks")
    for name, text in {
        "slug": slug,
        "name": "Går i skole her",
        "definition": "Børn i kvarterets skole ud af alle børn.",
        "respondents": "Alle børn",
        "clauses": "maal-4-4",
    }.items():
        page.fill(f"[name={name}]", text)
    for name, value in {"measure": "share", "flow": "stock", "grade": "B"}.items():
        page.select_option(f"[name={name}]", value)
    send(page, "Gem")
    expect(page.get_by_role("heading", name="Går i skole her", level=1)).to_be_visible()
    page.goto(f"{site.address}/omraade/hoeje-gladsaxe/udgave")
    page.fill("[name=valid_from]", "2021-01-01")
    page.fill("[name=source]", "Skolens distrikt")
    page.fill("[name=codes]", "egen HG")
    send(page, "Gem")
    expect(page.get_by_text("egen HG")).to_be_visible()

    # The file is sent, looked through and taken in.
    page.goto(f"{site.address}{HG}/registre")
    page.select_option("[name=kind]", "table")
    file = {"name": "skole.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.set_input_files("[name=sent]", file)
    send(page, "Læs filerne")
    expect(page.get_by_role("heading", name="Sig, hvad kolonnerne er")).to_be_visible()
    expect(page.get_by_role("columnheader", name="D", exact=True)).to_be_visible()
    assert page.input_value("[name=unit_column]") == "Sted", "what the columns seem to be is chosen"
    assert page.input_value("[name=period_column]") == "År"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.select_option("[name=source]", label="Skolens egne tal")
    page.fill("[name=label]", "Skoletal 2024")
    page.fill("[name=name]", "Skolens tabel")
    page.select_option("[name=indicator_0]", label="Går i skole her")
    page.select_option("[name=part_0]", label="C: I skole")
    send(page, "Vis tallene")
    expect(page.get_by_text("er en andel eller et gennemsnit").first).to_be_visible()
    page.select_option("[name=whole_0]", label="D: Børn")
    send(page, "Vis tallene")
    expect(page.get_by_text("Intet er gemt endnu.")).to_be_visible()
    expect(page.get_by_text("springer mere end halvdelen")).to_be_visible()
    send(page, "Læs tallene ind")
    expect(page.get_by_text("Tallene er læst ind.")).to_be_visible()

    # Published, with the few hidden; then anyone reads it, with its source.
    page.goto(f"{site.address}{HG}/udgiv")
    page.fill("[name=title]", "Skoletal")
    page.check(f"[name=indicators][value={slug}]")
    send(page, "Se, hvad der vil ske")
    expect(page.get_by_text("tal kan offentliggøres")).to_be_visible()
    expect(page.locator("main tr").filter(has_text="skjult, for få")).to_be_visible()
    with page.expect_navigation():
        page.press("[name=title]", "Enter")
    expect(page.get_by_text("tal kan offentliggøres")).to_be_visible()  # Enter only shows
    send(page, "Offentliggør")
    expect(page.get_by_text("Tallene er offentliggjort.")).to_be_visible()

    reader = open_page(PHONE)
    reader.goto(f"{site.address}{HG}/tal/social-miks")
    section = reader.locator(f"#{slug}")
    expect(section.get_by_text("80,5 %").first).to_be_visible()
    expect(section.get_by_text("330 af 410").first).to_be_visible()
    expect(section.get_by_text("skjult, for få").first).to_be_visible()
    expect(section.get_by_text("Kilde: Gladsaxe Kommune").first).to_be_visible()
    section.get_by_role("link", name="Se hvert tals fødselsattest").click()
    for summary in reader.locator("details.details > summary").all():
        summary.click()
    expect(reader.get_by_text("Kun kommunens skoler.").first).to_be_visible()
    assert violations(reader) == []
