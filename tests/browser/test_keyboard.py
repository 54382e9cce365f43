"""From a file of figures to a publication with Tab, letters and Enter alone, seeing at every stop where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HG = "/kvarter/hoeje-gladsaxe"
TABLE = "Område;År;I skole;Børn\r\nHøje Gladsaxe;2003;310;400\r\nHøje Gladsaxe;2004;330;410\r\n"
MOST_STOPS = 250
# What can be used on the page, and how each looks while it is not where one is.
NOTE = """() => {
  const look = one => { const s = getComputedStyle(one); return [
    s.outline, s.boxShadow, s.borderColor, s.backgroundColor,
    one.labels?.[0] ? getComputedStyle(one.labels[0], '::before').outline : ''].join() };
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  window.look = look;
  window.usable = new Map([...document.querySelectorAll(all)]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.getClientRects().length)
    .map(one => [one, look(one)]));
  window.visited = new Set();
}"""
STOP = """() => {
  const one = document.activeElement;
  if (window.visited.has(one)) return '';
  window.visited.add(one);
  const unseen = window.usable.has(one) && window.usable.get(one) === window.look(one);
  return unseen ? one.outerHTML.slice(0, 120) : '';
}"""
MISSED = (
    "() => [...window.usable.keys()].filter(one => !window.visited.has(one)).map(one => one.outerHTML.slice(0, 120))"
)


def walk(page: Page) -> list[str]:
    """What on the page cannot be reached by Tab, or does not show that one is there."""
    page.evaluate(NOTE)
    unseen = []
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        unseen += [told for told in [page.evaluate(STOP)] if told]
        if not page.evaluate(MISSED):
            break
    return [*unseen, *page.evaluate(MISSED)]


def reach(page: Page, selector: str) -> None:
    """Go on with Tab until one is there."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached on {page.url}")


def write(page: Page, selector: str, text: str) -> None:
    reach(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def choose(page: Page, selector: str, text: str) -> None:
    reach(page, selector)
    page.keyboard.type(text)
    chosen = page.evaluate("() => document.activeElement.selectedOptions[0].innerText")
    assert chosen.startswith(text), chosen


def press(page: Page, text: str) -> None:
    """Go to the button and press Enter."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('button') && document.activeElement.innerText") == text:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{text} cannot be reached on {page.url}")


def test_from_a_file_to_a_publication_without_a_mouse(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, "sekretariat")
    address = f"{site.address}{HG}"
    page.goto(f"{address}/registre")
    assert walk(page) == []
    page.reload()
    choose(page, "[name=kind]", "En anden tabel")
    reach(page, "[name=sent]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "skole.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    press(page, "Læs filerne")
    assert walk(page) == []
    page.reload()
    choose(page, "[name=source]", "Den Danske")
    write(page, "[name=label]", "Skoletal")
    write(page, "[name=name]", "Skolens tabel")
    choose(page, "[name=indicator_0]", "Kun grundskole")
    choose(page, "[name=part_0]", "C:")
    choose(page, "[name=whole_0]", "D:")
    press(page, "Vis tallene")
    assert walk(page) == []
    page.reload()
    press(page, "Læs tallene ind")
    expect(page.get_by_text("Tallene er læst ind.")).to_be_visible()
    page.goto(f"{address}/udgiv")
    write(page, "[name=title]", "Skoletal")
    press(page, "Se, hvad der vil ske")
    assert walk(page) == []
    page.reload()
    press(page, "Offentliggør")
    expect(page.get_by_text("Tallene er offentliggjort.")).to_be_visible()
    assert walk(page) == []
