"""As a resident, on a telephone: from the letter to thanks, with script and without, in Danish, English and Arabic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import DESKTOP, PHONE, Site, follow, violations
from tests.conftest import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_BYTES = 5 * 1024
TARGET = 44  # px


@pytest.fixture(scope="module")
def letters(site: Site) -> list[str]:
    """Codes of letters to adults, from a wave that was put in the field as the secretariat does it."""
    known = {key: value for key, value in os.environ.items() if not key.startswith(("KVARTER_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, CHECKOUT / "tools" / "field_wave.py", "12"],
        env={**known, "KVARTER_HOME": str(site.home), "PYTHONPATH": str(CHECKOUT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [code for code, is_youth in json.loads(done.stdout) if not is_youth]


def choose(page: Page, at: int = 0) -> None:
    """Answer every question of a page: the choice of that number, a number that fits, a few words."""
    for group in page.locator("fieldset").all():
        group.locator("label").nth(at).click()
    for field in page.locator(".q input").all():
        field.fill("2001" if "år" in (field.locator("..").inner_text() or "") else "3")
    for field in page.locator(".q textarea").all():
        field.fill("Flere bænke")


def faults(page: Page) -> list[str]:
    """What is wrong with a page: by axe, too wide, or with something too small to hit."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    small = page.evaluate(
        """most => [...document.querySelectorAll("main label:has(input), .q input, .q textarea, button, .b, .plain a")]
        .filter(one => one.getBoundingClientRect().height < most).map(one => one.outerHTML.slice(0, 120))""",
        TARGET,
    )
    return [*violations(page), *small, *([f"{wide} px wider than the window"] if wide > 0 else [])]


def go_on(page: Page) -> None:
    follow(page, page.get_by_role("button", name="Gem og gå videre"))


def answer_to_the_end(page: Page, look: Callable[[Page], object]) -> None:
    """From the first page to the one that sends; `look` at each."""
    page.wait_for_load_state()
    while page.get_by_role("button", name="Gem og gå videre").count():
        look(page)
        choose(page)
        look(page)
        before = page.url
        go_on(page)
        assert page.url != before


@pytest.mark.parametrize("script", [True, False])
def test_from_the_letter_to_thanks_on_a_telephone(
    site: Site, letters: list[str], open_page: Callable[..., Page], script: bool
) -> None:
    page = open_page(PHONE, script=script)
    code = letters[0 if script else 1]
    look = (lambda page: _fine(page)) if script else (lambda page: None)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if _is_page(answer) else None)

    page.goto(f"{site.address}/svar")
    look(page)
    page.get_by_label("Koden fra dit brev").fill(code.lower())
    page.get_by_role("button", name="Videre").click()
    expect(page.get_by_text("ingen må bruge den til at se, hvem der har svaret hvad")).to_be_visible()
    assert code not in page.url
    look(page)
    page.get_by_role("link", name="Begynd").click()
    expect(page.get_by_text("Side 1 af")).to_be_visible()
    answer_to_the_end(page, look)
    expect(page.get_by_text("Alt er besvaret.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Tak for dit svar")).to_be_visible()
    look(page)
    assert max(sizes) <= MOST_BYTES
    assert len(sizes) > 10

    page.goto(f"{site.address}/s/{code}")
    expect(page.get_by_role("heading", name="Dit svar er modtaget")).to_be_visible()


def _fine(page: Page) -> None:
    assert faults(page) == [], page.url


def _is_page(answer: Response) -> bool:
    return answer.status == 200 and "html" in answer.headers.get("content-type", "")


def test_a_break_is_taken_on_the_telephone_and_the_rest_answered_at_a_desk(
    site: Site, letters: list[str], open_page: Callable[..., Page]
) -> None:
    phone, desk = open_page(PHONE), open_page(DESKTOP)
    phone.goto(f"{site.address}/s/{letters[2]}")
    phone.get_by_role("link", name="Begynd").click()
    choose(phone)
    go_on(phone)
    phone.locator("fieldset").first.locator("label").nth(2).click()
    phone.get_by_role("button", name="Gem og fortsæt senere").click()
    expect(phone.get_by_role("heading", name="Dit svar er gemt")).to_be_visible()
    _fine(phone)
    phone.go_back()
    assert phone.locator("input:checked").count() == 0  # whoever borrows the telephone sees nothing
    desk.goto(f"{site.address}/s/{letters[2]}")
    expect(desk.get_by_text("Side 3 af")).to_be_visible()
    follow(desk, desk.get_by_role("link", name="Tilbage"))
    assert desk.locator("fieldset").first.locator("input").nth(2).is_checked()
    _fine(desk)


def test_what_is_wrong_is_said_first_and_leads_to_its_place(
    site: Site, letters: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE)
    page.goto(f"{site.address}/s/{letters[3]}")
    page.goto(f"{site.address}/svar/side/2")
    page.locator("fieldset").first.locator("label").first.click()
    page.locator(".q input").fill("99")
    go_on(page)
    assert page.title().startswith("Fejl: ")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    _fine(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#*")
    field = page.locator(".q input")
    described = field.get_attribute("aria-describedby") or ""
    texts = [page.locator(f"[id='{one}']").inner_text() for one in described.split()]
    assert "Det skal være fra 0 til 7." in texts
    assert field.input_value() == "99"
    assert page.locator("fieldset").first.locator("input").first.is_checked()


def test_by_keyboard_alone(site: Site, letters: list[str], open_page: Callable[..., Page]) -> None:
    page = open_page(DESKTOP)
    page.goto(f"{site.address}/svar")
    for _language in page.locator(".tongues a").all():
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(letters[4])
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Begynd").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Side 1 af")).to_be_visible()
    page.wait_for_load_state()
    page.locator("fieldset input").first.focus()
    for _question in page.locator("fieldset").all():
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    assert page.locator("input:checked").count() == page.locator("fieldset").count()
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    page.keyboard.press("Enter")
    expect(page.get_by_text("Side 2 af")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_in_arabic_the_page_turns(site: Site, letters: list[str], open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width)
    page.goto(f"{site.address}/s/{letters[5]}")
    follow(page, page.get_by_role("link", name="العربية"))
    _fine(page)
    follow(page, page.locator("a.b").first)
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == "rtl"
    label = page.locator("fieldset label").first
    box, tick = label.bounding_box(), label.locator("input").bounding_box()
    assert box
    assert tick
    assert tick["x"] > box["x"] + box["width"] / 2  # the ring stands where the text begins: to the right
    assert page.get_by_role("button", name="احفظ").count() > 0  # what the interface says is Arabic too
    assert page.locator("html").get_attribute("lang") == "ar"
    _fine(page)


def test_in_english_and_by_the_open_link(site: Site, letters: list[str], open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    page.goto(f"{site.address}/en/svar/aaben/hoeje-gladsaxe/proeve")
    expect(page.get_by_text("never mixed with theirs")).to_be_visible()
    follow(page, page.get_by_role("button", name="Begin"))
    assert page.evaluate("document.activeElement.tagName") == "H2"
    _fine(page)
    for group in page.locator("fieldset").all():
        group.locator("label").nth(1).click()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("Page 1 of")).to_be_visible()
    expect(page.get_by_text("does not count among those who were drawn")).to_be_visible()
    _fine(page)


def test_ten_megabytes_of_text_are_told_to_be_too_much(
    site: Site, letters: list[str], open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE)
    page.goto(f"{site.address}/s/{letters[6]}")
    page.goto(f"{site.address}/svar/side/13")
    page.locator("textarea").evaluate("(field, length) => { field.value = 'æ'.repeat(length) }", 5 * 1024 * 1024)
    go_on(page)
    expect(page.get_by_role("heading", name="Det var for meget på én gang")).to_be_visible()
    page.goto(f"{site.address}/svar/side/13")
    assert page.locator("textarea").input_value() == ""


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_secretariat_keys_a_paper_twice_and_settles_it(
    site: Site, letters: list[str], open_page: Callable[..., Page], sign_in: Callable[[Page, str], None], width: int
) -> None:
    page = open_page(width)
    sign_in(page, "sekretariat")
    code = letters[7 if width == PHONE else 8]
    for choice in (0, 1):
        page.goto(f"{site.address}/kvarter/hoeje-gladsaxe/undersoegelse/proeve/tast")
        _fine_at_work(page)
        page.get_by_label("Koden").fill(code)
        page.get_by_label("på papir").check()
        page.get_by_role("button", name="Til spørgsmålene").click()
        follow(page, page.get_by_role("link", name="Begynd"))
        page.locator("fieldset").first.locator("label").nth(choice).click()
        go_on(page)
        page.goto(f"{site.address}/svar/send")
        page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Hvad står der på papiret?")).to_be_visible()
    _fine_at_work(page)
    page.get_by_label("Anden gang:").check()
    page.get_by_role("button", name="Gem, og luk svaret").click()
    expect(page.get_by_text("Svaret er tastet.")).to_be_visible()


def _fine_at_work(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
