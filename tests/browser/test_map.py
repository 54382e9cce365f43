"""The map in real Chromium under the site's own policy: drawn by MapLibre, asked of no one else, used by keyboard."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.conftest import DESKTOP, PHONE, Site, served, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = "/kvarter/hoeje-gladsaxe/kort"
NO_WEBGL = "HTMLCanvasElement.prototype.getContext = () => null"
TELL_OF_REFUSALS = "document.addEventListener('securitypolicyviolation', event => console.error(event.blockedURI))"


def grey_dot() -> bytes:
    """The smallest picture there is: one grey point as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")


class Visit:
    """A page opened as visitors open it, with all it asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked, self.complaints = page, [], []  # type: ignore[var-annotated]
        page.add_init_script(TELL_OF_REFUSALS)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", lambda request: self.complaints.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    def see_map(self, address: str) -> Page:
        self.page.goto(address)
        self.page.wait_for_selector(".kv-maps--live", timeout=30_000)
        return self.page


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """A window that keeps the content security policy: `visit(width=320, reduced_motion="reduce")`."""
    contexts = []

    def opened(width: int = DESKTOP, **options: object) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        return Visit(context.new_page())

    yield opened
    for context in contexts:
        context.close()


def place(name: Locator) -> tuple[float, float]:
    """Where a name stands on the page."""
    box = name.bounding_box()
    assert box
    return box["x"], box["y"]


def come_to_rest(name: Locator) -> tuple[float, float]:
    """Where a name stands once the map no longer moves."""
    before = None
    while (now := place(name)) != before:
        before = now
        name.page.wait_for_timeout(300)
    return now


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize(
    ("prefix", "region", "closer", "whole", "drawn"),
    [
        ("", "Kort over områderne", "Zoom ind", "Vis hele kortet", "Tegnet af Kvarter i hånden"),
        ("/en", "Map of the areas", "Zoom in", "Show the whole map", "Drawn by Kvarter by hand"),
    ],
)
def test_the_map_is_moved_and_read_by_keyboard_alone_and_asks_no_one_else(
    site: Site, visit: Callable[..., Visit], width: int, prefix: str, region: str, closer: str, whole: str, drawn: str
) -> None:
    visiting = visit(width)
    page = visiting.see_map(f"{site.address}{prefix}{PAGE}")
    assert violations(page) == []
    assert not page.locator(".kv-maps__drawn").is_visible()
    name = page.get_by_role("button", name="Høje Gladsaxe")
    start = come_to_rest(name)
    page.get_by_role("region", name=region).focus()
    page.keyboard.press("ArrowDown")
    moved = come_to_rest(name)
    assert moved[1] < start[1]
    page.get_by_role("button", name=closer).press("Enter")
    assert come_to_rest(name) != moved
    assert violations(page) == []
    page.get_by_role("button", name=whole).press("Enter")
    come_to_rest(name)
    name.press("Enter")
    assert name.get_attribute("aria-expanded") == "true"
    told = page.locator(".maplibregl-popup")
    assert drawn in told.inner_text()
    assert page.evaluate("document.activeElement.closest('.maplibregl-popup') !== null")
    come_to_rest(told)
    inside = told.bounding_box()
    assert inside
    assert inside["x"] >= 0
    assert inside["x"] + inside["width"] <= width
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert told.count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Høje Gladsaxe"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert [url for url in visiting.asked if not url.startswith((site.address, "data:"))] == []
    assert any(url.endswith("maplibre-gl-worker.mjs") for url in visiting.asked)
    assert visiting.complaints == []


def test_a_name_outside_the_window_comes_into_it_when_it_is_reached(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit(PHONE).see_map(f"{site.address}{PAGE}")
    canvas = page.locator(".kv-maps__canvas").bounding_box()
    name = page.get_by_role("button", name="Gladsaxe Kommune")
    assert canvas
    assert place(name)[1] < canvas["y"] + 40
    name.focus()
    x, y = come_to_rest(name)
    assert canvas["y"] < y < canvas["y"] + canvas["height"]
    assert 0 < x < PHONE


@pytest.mark.parametrize("obstacle", ["no script", "no WebGL", "no library"])
def test_without_script_webgl_or_library_the_drawing_stays(
    site: Site, visit: Callable[..., Visit], obstacle: str
) -> None:
    page = visit(java_script_enabled=obstacle != "no script").page
    if obstacle == "no WebGL":
        page.add_init_script(NO_WEBGL)
    if obstacle == "no library":
        page.route("**/maplibre-gl.mjs", lambda route: route.abort())
    page.goto(f"{site.address}{PAGE}", wait_until="networkidle")
    drawings = page.get_by_role("img", name="Høje Gladsaxe tæt på"), page.get_by_role("img", name="Hele kortet")
    assert all(drawing.is_visible() for drawing in drawings)
    assert not page.locator(".kv-maps__live").is_visible()


def test_the_drawing_is_what_is_printed(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().see_map(f"{site.address}{PAGE}")
    page.emulate_media(media="print")
    assert page.get_by_role("img", name="Høje Gladsaxe tæt på").is_visible()
    assert not page.locator(".kv-maps__live").is_visible()


def test_the_map_does_not_glide_for_those_who_asked_for_less_motion(site: Site, visit: Callable[..., Visit]) -> None:
    for wish, glides in (("reduce", False), ("no-preference", True)):
        page = visit(reduced_motion=wish).see_map(f"{site.address}{PAGE}")
        name = page.get_by_role("button", name="Høje Gladsaxe")
        come_to_rest(name)
        page.evaluate(
            """() => {
                const name = [...document.querySelectorAll(".kv-maps__name")].at(-1);
                const seen = (window.seen = new Set());
                const look = () => { seen.add(name.style.transform); requestAnimationFrame(look); };
                look();
            }"""
        )
        page.get_by_role("button", name="Vis hele kortet").click()
        come_to_rest(name)
        assert (page.evaluate("window.seen.size") > 2) == glides, wish


class Tiles(BaseHTTPRequestHandler):
    """Another server with a grey tile for every place, which other sites may fetch."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(grey_dot())

    def log_message(self, *_words: object) -> None:
        """Says nothing."""


def test_tiles_are_fetched_from_the_server_the_operator_chose_and_by_this_page_alone(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tiles = f"http://127.0.0.1:{server.server_port}"
    try:
        settings = {"KVARTER_MAP_TILES": f"{tiles}/{{z}}/{{x}}/{{y}}.png", "KVARTER_MAP_CREDIT": "Kortgruppen"}
        with served(tmp_path, **settings) as site:
            visiting = visit()
            page = visiting.see_map(f"{site.address}{PAGE}")
            page.wait_for_load_state("networkidle")
            assert page.get_by_text("Kortgruppen").is_visible()
            assert any(url.startswith(f"{tiles}/1") for url in visiting.asked)
            assert visiting.complaints == []
            assert violations(page) == []
            policies = [
                page.request.get(site.address + path).headers["content-security-policy"] for path in (PAGE, "/")
            ]
            assert [tiles in policy for policy in policies] == [True, False]
    finally:
        server.shutdown()
