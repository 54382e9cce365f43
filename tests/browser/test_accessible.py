"""Every public page in real Chromium: no violation by axe, nothing wider than the window, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Site, follow, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGREEMENT = "/aftale/sammen-om-hoeje-gladsaxe"
PUBLIC = (
    "/",
    "/kvarter/hoeje-gladsaxe/",
    AGREEMENT,
    f"{AGREEMENT}/2025-06-01",
    f"{AGREEMENT}/udgaver",
    f"{AGREEMENT}/udgave/1",
    f"{AGREEMENT}/sammenlign/1/1",
    f"{AGREEMENT}/punkt/maal-2",
    f"{AGREEMENT}/punkt/maal-2-4",
    f"{AGREEMENT}/maal/maal-2",
    f"{AGREEMENT}/virker-det",
    f"{AGREEMENT}/aendringer",
    "/aftale/vores-hg",
    "/kvarter/hoeje-gladsaxe/aftaler",
    "/kvarter/hoeje-gladsaxe/parter",
    "/kvarter/hoeje-gladsaxe/forpligtelser",
    "/kvarter/hoeje-gladsaxe/forpligtelser/1",
    "/kvarter/hoeje-gladsaxe/soeg?q=børn",
    "/kvarter/hoeje-gladsaxe/soeg?q=findesikke",
    "/omraader/",
    "/omraade/hoeje-gladsaxe/",
    "/kvarter/hoeje-gladsaxe/kort",
    "/kvarter/hoeje-gladsaxe/kort?dag=2007-11-13",
    "/kvarter/hoeje-gladsaxe/kort?dag=i+g%C3%A5r",
    "/kvarter/hoeje-gladsaxe/tal",
    "/kvarter/hoeje-gladsaxe/tal/medborgerskab",
    "/kvarter/hoeje-gladsaxe/tal/tryghed",
    "/kvarter/hoeje-gladsaxe/tal/selvforsoergelse",
    "/kvarter/hoeje-gladsaxe/tal/tillid",
    "/kvarter/hoeje-gladsaxe/indikator/valgdeltagelse",
    "/kvarter/hoeje-gladsaxe/udgivelser",
    "/kvarter/hoeje-gladsaxe/udgivelse/1",
    "/kvarter/hoeje-gladsaxe/varsling",
    "/kvarter/hoeje-gladsaxe/undersoegelser",
    "/svar/fravaelg",
    "/kvarter/hoeje-gladsaxe/afspejling",
    "/kvarter/hoeje-gladsaxe/blandt-andre",
    "/kvarter/hoeje-gladsaxe/rapport",
    "/kvarter/hoeje-gladsaxe/rapport?aar=2008",
    "/kvarter/hoeje-gladsaxe/rapport/tema-tryghed",
    "/kvarter/hoeje-gladsaxe/rapport/ikke-endnu",
    "/kvarter/hoeje-gladsaxe/rapport/metode",
    "/omraade/groennemose/",
    "/privatliv",
    "/tilgaengelighed",
    "/konto/login/",
    "/svar",
    "/svar?hvorfor=ukendt",
    "/svar?sprog=ar",
    "/svar/fravaelg?sprog=ar",
    "/findes-ikke",
)
WORK = (
    "/opgaver",
    "/kvarter/hoeje-gladsaxe/indlaes",
    "/kvarter/hoeje-gladsaxe/medlemmer",
    "/kvarter/hoeje-gladsaxe/journal",
    "/kvarter/hoeje-gladsaxe/indstillinger",
    "/kvarter/hoeje-gladsaxe/parter",
    "/kvarter/hoeje-gladsaxe/parter/ny",
    "/kvarter/hoeje-gladsaxe/underskrifter/ny",
    "/kvarter/hoeje-gladsaxe/forpligtelser/ny",
    "/kvarter/hoeje-gladsaxe/forpligtelser/aaret",
    "/kvarter/hoeje-gladsaxe/forpligtelser/1",
    "/kvarter/hoeje-gladsaxe/aftaler/ny",
    f"{AGREEMENT}/aendringer/ny",
    f"{AGREEMENT}/oplysninger",
    "/omraade/hoeje-gladsaxe/graense",
    "/omraade/hoeje-gladsaxe/udgave",
    "/omraade/hoeje-gladsaxe/andel",
    "/kvarter/hoeje-gladsaxe/tal",
    "/kvarter/hoeje-gladsaxe/registre",
    "/kvarter/hoeje-gladsaxe/registre/1",
    "/kvarter/hoeje-gladsaxe/registre/andres-tal",
    "/kvarter/hoeje-gladsaxe/registre/statistikbanken",
    "/kvarter/hoeje-gladsaxe/udgiv",
    "/kvarter/hoeje-gladsaxe/indikatorer/ny",
    "/kvarter/hoeje-gladsaxe/indikator/valgdeltagelse",
    "/kvarter/hoeje-gladsaxe/indikator/valgdeltagelse/ret",
    "/kvarter/hoeje-gladsaxe/indikator/valgdeltagelse/sigte",
    "/kvarter/hoeje-gladsaxe/indikator/valgdeltagelse/forudsigelse",
    "/kvarter/hoeje-gladsaxe/indikator/valgdeltagelse/opskrift",
    "/kvarter/hoeje-gladsaxe/kilder/ny",
    "/kvarter/hoeje-gladsaxe/effektmaal/nyt",
    "/kvarter/hoeje-gladsaxe/varsling/tal",
    "/kvarter/hoeje-gladsaxe/varsling/herkomst",
    "/kvarter/hoeje-gladsaxe/undersoegelser/ny",
    "/kvarter/hoeje-gladsaxe/spoergeskemaer",
    "/kvarter/hoeje-gladsaxe/afspejling/margen",
    "/kvarter/hoeje-gladsaxe/blandt-andre/vaelg",
)


def faults(page: Page, address: str) -> list[str]:
    """What axe and the width of the page complain of, with all that can be opened open."""
    page.goto(address)
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*violations(page), *([f"{wide} px wider than the window"] if wide > 0 else [])]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_public_pages(site: Site, open_page: Callable[..., Page], prefix: str, width: int) -> None:
    page = open_page(width)
    found = {path: faults(page, f"{site.address}{prefix}{path}") for path in PUBLIC}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_work_pages(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None], width: int
) -> None:
    page = open_page(width)
    sign_in(page, "sekretariat")
    found = {path: faults(page, f"{site.address}{path}") for path in WORK}
    assert {path: what for path, what in found.items() if what} == {}


def test_the_early_warning_is_read_on_a_phone_without_scrolling_sideways(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE)
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/varsling")
    wide = "node => node.scrollWidth > node.clientWidth"
    assert page.locator("main table").count() > 1
    assert [one for one in page.locator("main :is(table, section)").all() if one.evaluate(wide)] == []
    cell = page.locator("main td").first
    assert cell.evaluate("node => getComputedStyle(node, '::before').content") == '"Grænsen"'


def test_the_menu_opens_without_a_mouse_and_without_a_fault(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    page.goto(site.address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.locator(".kv-menu > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".kv-menu a", has_text="Forpligtelser").is_visible()
    assert violations(page) == []


def test_a_form_sent_empty_says_what_is_missing_and_is_still_accessible(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    page = open_page(PHONE)
    sign_in(page, "sekretariat")
    page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/parter/ny")
    page.locator("main form").evaluate("form => { form.noValidate = true }")
    follow(page, page.locator("main form button[type=submit]"))
    assert page.locator("main").get_by_text("Organisation").count() > 0
    assert page.locator("[aria-invalid=true]").count() > 0
    assert violations(page) == []
