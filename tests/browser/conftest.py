"""A real server and a real Chromium. Without Chromium these tests are skipped, unless it is required."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.conftest import CHECKOUT

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESKTOP = 320, 1280


@dataclass(frozen=True)
class Site:
    """A running installation with the practice accounts."""

    address: str
    password: str
    home: Path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("KVARTER_REQUIRE_BROWSER") == "1":
        pytest.fail("Chromium is required (KVARTER_REQUIRE_BROWSER=1) and was not found")
    pytest.skip("Chromium was not found: browser tests did not run")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`kvarter up` on a free port, in a folder of its own that has been started once before."""
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(_first_home(tmp_path_factory), home)
    with served(home) as running:
        yield running


def _first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was started once: made by the first that asks, and copied by all, which takes less."""
    ours = tmp_path_factory.getbasetemp()
    shared = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    made, home = shared / "first-site-is-made", shared / "first-site"
    with FileLock(shared / "first-site.lock"):
        if not made.exists():
            with served(home):
                pass
            made.touch()
    return home


@contextmanager
def served(home: Path, **settings: str) -> Iterator[Site]:
    """A site of its own, with settings of the operator's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = {key: value for key, value in os.environ.items() if not key.startswith(("KVARTER_", "DJANGO_"))}
    server = subprocess.Popen(
        [sys.executable, "-m", "kvarter.cli.main", "up", "--port", str(port)],
        env={**known, "KVARTER_HOME": str(home), **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield Site(address, (home / "practice-password").read_text(), home)
    finally:
        os.killpg(server.pid, 15)
        server.wait(10)


def _wait_for(address: str) -> None:
    for _try in range(1200):  # two minutes: several sites may start at once on a small machine
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"nothing answered at {address}")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A new browser window: `open_page(width=320, script=False)`."""
    contexts = []

    def opened(width: int = DESKTOP, *, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, bypass_csp=True, locale="en-GB"
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(site: Site) -> Callable[[Page, str], None]:
    """Sign in as one of the practice accounts, by the form."""

    def signed(page: Page, who: str) -> None:
        page.goto(f"{site.address}/konto/login/")
        page.get_by_text("Jeg har en adgangskode").click()
        page.fill("[name=login]", f"{who}@kvarter.example")
        page.fill("[name=password]", site.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/opgaver")

    return signed


def axe() -> str:
    """The accessibility engine's own script, as npm installed it."""
    script: Path = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
    return script.read_text()


def follow(page: Page, link: Locator) -> None:
    """Press what leads to a page, and wait until all of that page has come: a click alone returns when it begins to."""
    with page.expect_navigation():
        link.click()


def violations(page: Page) -> list[str]:
    """What axe finds wrong: WCAG 2.2 A and AA, and its best practices. Of a page that has come whole."""
    page.wait_for_load_state()
    page.evaluate(axe())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
