"""`make screenshot`: the README's picture, taken of a fresh installation so that it stays true."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import free_port, start

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "front.png"


def main() -> None:
    """Write docs/front.png: the front page as a visitor sees it on a desktop."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = free_port()
        server = start(Path(folder), port)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.goto(f"http://127.0.0.1:{port}/")
        page.screenshot(path=PICTURE)
        browser.close()
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
