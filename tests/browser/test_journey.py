"""As a person would, without JavaScript: import, amend, be refused without a decision, bring into force, read on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.agreements.reading.texts import table_document
from tests.browser.conftest import DESKTOP, PHONE, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def send(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_from_a_file_to_a_version_in_force(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None], width: int
) -> None:
    page = open_page(width, script=False)
    sign_in(page, "sekretariat")
    title = f"Aftale om Sydhavnen {width}"

    # The file is read and looked through.
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/indlaes")
    page.set_input_files("[name=file]", {"name": "syd.docx", "mimeType": "application/x", "buffer": table_document()})
    send(page, "Læs filen")
    expect(page.get_by_role("heading", name="Gennemse indlæsningen")).to_be_visible()
    page.fill("[name=facts-title]", title)
    page.fill("[name=facts-in_force_from]", "2026-01-01")
    goal = page.locator("fieldset", has=page.locator("input[value='maal-1']")).last
    goal.locator("textarea").fill("Mange flere unge i fritidsjob")
    send(page, "Videre til godkendelse")
    expect(page.get_by_role("heading", name="Godkend indlæsningen")).to_be_visible()
    page.select_option("[name=visibility]", "public")
    send(page, "Godkend")
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    agreement = page.url
    expect(page.get_by_text("Mange flere unge i fritidsjob")).to_be_visible()

    # A change is proposed, clause by clause.
    page.get_by_role("link", name="Forslag til ændringer").click()
    page.get_by_role("link", name="Foreslå en ændring").click()
    page.fill("[name=title]", "Flere rene lørdage")
    page.fill("[name=why]", "Det virkede godt i foråret.")
    send(page, "Gem")
    page.get_by_role("link", name="Ret maal-2-1").click()
    page.fill("[name=text]", "Rydder op hver lørdag og søndag")
    send(page, "Gem i kladden")
    expect(page.locator("ins", has_text="søndag")).to_be_visible()
    send(page, "Fremsæt")
    expect(page.get_by_text("Forslaget er fremsat.")).to_be_visible()

    # Without a decision it is refused; by the wrong body too.
    page.get_by_role("link", name="Skriv beslutningen").click()
    send(page, "Sæt i kraft")
    expect(page.get_by_text("kun ændres ved en beslutning").first).to_be_visible()
    page.fill("[name=body]", "Kommunalbestyrelsen")
    page.fill("[name=decided_on]", "2026-02-01")
    page.fill("[name=reference]", "møde 2, punkt 5")
    send(page, "Sæt i kraft")
    expect(page.get_by_text("Ændringer skal godkendes af Sydforum").first).to_be_visible()
    page.fill("[name=body]", "Sydforum")
    page.fill("[name=in_force_from]", "2026-03-01")
    send(page, "Sæt i kraft")
    expect(page.get_by_text("Ændringen gælder nu.")).to_be_visible()

    # The new version holds, the old one is still there, and the clause tells how it came to be.
    reader = open_page(width, script=False)
    reader.goto(agreement)
    expect(reader.get_by_text("Rydder op hver lørdag og søndag")).to_be_visible()
    reader.goto(f"{agreement}/2026-02-28")
    expect(reader.get_by_text("Denne udgave gjaldt til 28. februar 2026")).to_be_visible()
    reader.get_by_role("link", name="maal-2-1").click()
    expect(reader.get_by_role("heading", name="Punktets historie")).to_be_visible()
    expect(reader.get_by_text("møde 2, punkt 5")).to_be_visible()
    expect(reader.locator("ins", has_text="søndag")).to_be_visible()


def test_a_bad_file_is_refused_in_plain_words(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    page = open_page(PHONE, script=False)
    sign_in(page, "sekretariat")
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/indlaes")
    page.set_input_files("[name=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"%PDF-1.7 \x00"})
    send(page, "Læs filen")
    expect(page.get_by_text("er en PDF-fil").first).to_be_visible()


def test_a_resident_reads_finds_and_switches_language(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE, script=False)
    page.goto(site.address)
    page.get_by_role("link", name="Læs hele aftalen").click()
    page.get_by_role("link", name="Målsætninger").first.click()
    page.wait_for_url("**#maalsaetninger")
    page.fill("#site-search", "børnene")
    page.press("#site-search", "Enter")
    expect(page.get_by_role("status")).to_contain_text("punkter fundet")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "/en/" in page.url
    assert "q=" in page.url


def test_each_role_signs_in_and_finds_its_tasks(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    shown = {
        "beboer": "Læs aftalerne",
        "part": "Foreslå en ændring af en aftale",
        "indsats": "Foreslå en ændring af en aftale",
        "analytiker": "Læs aftalerne",
        "sekretariat": "Indlæs en aftale",
        "administrator": "Teknisk opslag",
    }
    for who, task in shown.items():
        page = open_page(PHONE, script=False)
        sign_in(page, who)
        expect(page.get_by_role("link", name=task, exact=True).first).to_be_visible()
