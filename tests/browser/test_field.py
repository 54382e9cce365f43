"""The secretary's way in a real browser, on a telephone and at a desk: plan, list, draw, letters, and how it goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Site, violations
from tests.surveys.listing import as_csv, changed, rows_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SURVEYS = "/kvarter/hoeje-gladsaxe/undersoegelser"


def sound(page: Page) -> None:
    """Nothing that axe finds wrong, and nothing wider than the window."""
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def add_shipped(page: Page, site: Site) -> None:
    """Lay Kvarter's own questionnaires in, where they are not there already."""
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/spoergeskemaer")
    sound(page)
    while page.get_by_role("button", name=re.compile("Læg skemaet ind")).count():
        page.get_by_role("button", name=re.compile("Læg skemaet ind")).first.click()
        sound(page)
        page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/spoergeskemaer")


def next_step(page: Page, site: Site, slug: str, act: str) -> None:
    """Go to the wave and press the one button that comes next."""
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/undersoegelse/{slug}")
    sound(page)
    page.locator("section .button-primary", has_text=act).click()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_from_a_plan_to_letters(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None], width: int, tmp_path: Path
) -> None:
    page = open_page(width)
    sign_in(page, "sekretariat")
    add_shipped(page, site)
    slug = f"felt-{width}"

    page.goto(site.address + SURVEYS)
    sound(page)
    page.get_by_role("link", name="Planlæg en undersøgelse").click()
    sound(page)
    page.fill("[name=slug]", slug)
    page.fill("[name=contact]", "telefon 12 34 56 78")
    others = page.locator("[name=reference] option").all_inner_texts()
    page.select_option("[name=reference]", label=next(name for name in others[1:] if "Høje Gladsaxe" not in name))
    page.get_by_role("button", name="Gem planen").click()
    assert page.get_by_text("Undersøgelsen er planlagt.").is_visible()

    next_step(page, site, slug, "Se, hvad undersøgelsen kan se")
    sound(page)
    page.select_option("[name=item]", index=1)
    page.fill("[name=change]", "8")
    page.get_by_role("button", name="Gem kravet").click()
    assert page.get_by_text("Kravet er gemt.").is_visible()

    next_step(page, site, slug, "Send listen ind")
    here, there = _areas_of(page)
    rows = [[row[0], here if row[1] == "Lilleby" else there, *row[2:]] for row in rows_of(60, 400)]
    _send_list(page, as_csv(changed(rows, 3, gender="q")))
    assert page.get_by_text("række 5: Køn skrives").is_visible()
    sound(page)
    _send_list(page, as_csv(rows))
    assert page.get_by_text("460 personer").is_visible()
    sound(page)
    page.get_by_role("button", name="Tag listen i brug").click()
    sound(page)
    page.get_by_role("button", name="Se, hvad det giver").click()
    sound(page)
    page.get_by_role("button", name="Træk dem").click()
    assert page.get_by_text("Stikprøven er trukket.").is_visible()
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/undersoegelse/{slug}/krav")
    assert page.get_by_text("Den mindste ændring, der kan ses").count() == 2
    sound(page)

    next_step(page, site, slug, "Åbn undersøgelsen")
    sound(page)
    page.get_by_role("button", name="Åbn undersøgelsen").click()
    next_step(page, site, slug, "Lav invitationer")
    sound(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name=re.compile("Lav breve")).click()
    letters = pypdfium2.PdfDocument(saved.value.path().read_bytes())
    text = letters[0].get_textpage().get_text_bounded()
    code = re.search(r"[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}", text)
    assert code
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/undersoegelse/{slug}/breve")
    assert page.get_by_text("Første påmindelse, brev", exact=True).is_visible()
    sound(page)
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/undersoegelse/{slug}/papir")
    sound(page)

    visitor = open_page(width, script=False)
    visitor.goto(f"{site.address}/kvarter/hoeje-gladsaxe/undersoegelse/{slug}")
    assert visitor.get_by_text("Databeskyttelseslovens § 10").is_visible()
    visitor.goto(f"{site.address}/svar/fravaelg")
    visitor.fill("[name=code]", code[0])
    visitor.get_by_role("button", name="Skriv ikke igen").click()
    assert visitor.get_by_text("Du skal ikke gøre mere.").is_visible()

    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/undersoegelse/{slug}/svar")
    sound(page)
    assert page.get_by_text("Vil ikke spørges", exact=True).is_visible()


def _areas_of(page: Page) -> tuple[str, str]:
    """What the two areas are called in the list, as the page tells."""
    page.get_by_text("Kolonnerne i listen").click()
    told = page.locator("dt", has_text=re.compile("^område$")).locator("xpath=following-sibling::dd").inner_text()
    here, _slash, there = told.partition(" / ")
    return here, there


def _send_list(page: Page, content: bytes) -> None:
    page.locator("[name=sent]").set_input_files({"name": "liste.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Læs listen").click()
