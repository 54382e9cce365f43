"""What the secretary's tests do alike: look at a page with care, lay in what a wave needs, read what leaves."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pypdfium2
from playwright.sync_api import Download, Page

from tests.browser.conftest import DESKTOP, PHONE, Site, violations
from tests.conftest import CHECKOUT

HERE = "/kvarter/hoeje-gladsaxe"
SURVEYS = f"{HERE}/undersoegelser"
CODE = re.compile(r"[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}")


def sound(page: Page, *, english: bool = False) -> None:
    """Nothing that axe finds wrong and nothing wider than the window, on a telephone and at a desk. english: there too.

    Only a page that was asked for, and not sent to, can be looked at in English.
    """
    own = page.viewport_size
    assert own
    page.wait_for_load_state()
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert violations(page) == [], (page.url, width)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (page.url, width)
    page.set_viewport_size(own)
    if english:
        danish = page.url
        page.goto(re.sub(r"(?<=\d)/(?=kvarter)", "/en/", danish))
        assert page.locator("html").get_attribute("lang") == "en"
        sound(page)
        page.goto(danish)


def add_shipped(page: Page, site: Site) -> None:
    """Lay Kvarter's own questionnaires in, where they are not there already."""
    page.goto(f"{site.address}{HERE}/spoergeskemaer")
    sound(page, english=True)
    while page.get_by_role("button", name=re.compile("Læg skemaet ind")).count():
        page.get_by_role("button", name=re.compile("Læg skemaet ind")).first.click()
        sound(page)
        page.goto(f"{site.address}{HERE}/spoergeskemaer")


def next_step(page: Page, site: Site, slug: str, act: str) -> None:
    """Go to the wave and press the one button that comes next."""
    page.goto(f"{site.address}{HERE}/undersoegelse/{slug}")
    sound(page)
    page.locator("section .button-primary", has_text=act).click()


def send_list(page: Page, content: bytes) -> None:
    """Send a list in."""
    page.locator("[name=sent]").set_input_files({"name": "liste.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Læs listen").click()


def areas_of(page: Page) -> tuple[str, str]:
    """What the two areas are called in the list, as the page tells."""
    page.get_by_text("Kolonnerne i listen").click()
    told = page.locator("dt", has_text=re.compile("^område$")).locator("xpath=following-sibling::dd").inner_text()
    here, _slash, there = told.partition(" / ")
    return here, there


def fetched(page: Page, button: str) -> Download:
    """The file that a button makes."""
    with page.expect_download() as saved:
        page.get_by_role("button", name=re.compile(button, re.IGNORECASE)).click()
    return saved.value


def letters_in(download: Download) -> Iterator[tuple[str, str]]:
    """(text of the front, code) of each letter in a file."""
    for page in list(pypdfium2.PdfDocument(download.path().read_bytes()))[::2]:
        text = " ".join(page.get_textpage().get_text_bounded().split()).replace("\u00a0", " ")
        found = CODE.search(text)
        assert found, text
        yield text, found[0]


def digital_post_in(download: Download) -> Iterator[tuple[str, str]]:
    """(pseudonym, code) of each row in a file for the supplier."""
    text = download.path().read_bytes().decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text), delimiter=";"):
        yield row["pseudonym"], row["code"]


def run(site: Site, *command: str, given: str = "") -> str:
    """What a command says on the machine of a site. A command that fails is told with what it said."""
    known = {key: value for key, value in os.environ.items() if not key.startswith(("KVARTER_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, *command],
        env={**known, "KVARTER_HOME": str(site.home), "PYTHONPATH": str(CHECKOUT / "src")},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
