"""The package of a publication in real Chromium, from a folder: nothing fails or is fetched, axe finds nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kvarter.evidence.exports.package import build_package
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.evidence.package import PAGES, document

EVERY = [*PAGES, *(f"en/{page}" for page in PAGES)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The package with real charts, unpacked."""
    zipfile.ZipFile(io.BytesIO(build_package(document()))).extractall(tmp_path)
    return tmp_path


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_it_opens_from_a_folder_and_nothing_fails(folder: Path, open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("request", lambda request: None if request.url.startswith("file:") else faults.append(request.url))
    for path in EVERY:
        page.goto((folder / path).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)"), path
        assert page.evaluate("getComputedStyle(document.querySelector('header')).color") == "rgb(255, 255, 255)"
    page.goto((folder / "index.html").as_uri())
    page.get_by_role("link", name="Demokrati").click()
    page.get_by_role("row", name="82,7 %").get_by_role("link").click()
    page.locator("details:target > summary").click()
    expect(page.locator("details:target").get_by_text("Alle er talt med.")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Democracy")
    assert faults == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_axe_finds_nothing(folder: Path, open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width)
    for path in EVERY:
        page.goto((folder / path).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert violations(page) == [], path
