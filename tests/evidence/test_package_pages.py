"""The wave package's pages open from a folder, lead to one another and nowhere else, and are for everyone."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.evidence.exports.package import build_package, plain_names
from tests.evidence.package import EVIL, FAR, PAGES, document, figure, opened, pages, stand_in


@pytest.fixture(scope="module")
def package() -> bytes:
    return build_package(document(), draw=stand_in)


@pytest.fixture(scope="module")
def files(package: bytes) -> dict[str, bytes]:
    return opened(package)


# Files and links


def test_every_link_is_relative_and_leads_to_something(files: dict[str, bytes]) -> None:
    found = pages(files)
    ids = {name: [a["id"] for _tag, a in page.tags if "id" in a] for name, page in found.items()}
    linked = {"index.html"}
    for name, page in found.items():
        assert len(ids[name]) == len(set(ids[name]))
        for _tag, attributes in page.tags:
            for address in (
                attributes[key] for key in ("href", "src", "srcset", "poster", "action") if key in attributes
            ):
                parts = urlsplit(address)
                assert not parts.scheme
                assert not parts.netloc
                assert not parts.path.startswith("/")
                target = (
                    posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
                    if parts.path
                    else name
                )
                assert target in files, (name, address)
                assert not parts.fragment or parts.fragment in ids[target], (name, address)
                linked.add(target)
            for key in ("aria-labelledby", "aria-describedby"):
                assert not attributes.get(key) or attributes[key] in ids[name]
    assert linked == set(files)


def test_nothing_is_fetched_from_elsewhere_and_nothing_runs(files: dict[str, bytes]) -> None:
    for page in pages(files).values():
        assert not {"script", "iframe", "object", "embed", "style", "base", "form"} & {tag for tag, _a in page.tags}
        assert not [a for _tag, a in page.tags for name in a if name.startswith("on") or name == "style"]
    assert not re.search(rb"url\(|@import|https?:", files["package.css"])


def test_what_people_wrote_is_text_and_never_markup(files: dict[str, bytes]) -> None:
    for name, text in files.items():
        if name.endswith((".html", ".svg")):
            assert b"<script" not in text
    assert "&lt;script&gt;alert(" in files["index.html"].decode()
    words = pages(files)["tema/demokrati.html"].words
    assert f"Valg {EVIL}" in words
    assert f"Resten {EVIL}" in words


@given(st.lists(st.text(max_size=90), unique=True, max_size=8))
def test_no_address_leads_out_of_the_folder(slugs: list[str]) -> None:
    names = plain_names(slugs)
    assert set(names) == set(slugs)
    assert len(set(names.values())) == len(slugs)
    for name in names.values():
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,69}", name)


@pytest.mark.parametrize(
    ("slugs", "expected"),
    [
        ([FAR, "x", "X", "..\\x"], ["x", "x-2", "x-3", "x-4"]),
        (["con", "AUX", "com1", "æ"], ["con-0", "aux-0", "com1-0", "side"]),
        (["a/b\0c", "x" * 200], ["abc", "x" * 60]),
    ],
)
def test_names_are_plain_on_every_system(slugs: list[str], expected: list[str]) -> None:
    assert list(plain_names(slugs).values()) == expected


def test_the_names_in_the_package_are_plain(files: dict[str, bytes]) -> None:
    for name in files:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*(/[A-Za-z0-9][A-Za-z0-9.-]*)*", name)


def test_where_everything_is_hidden_the_page_says_so_and_the_chart_can_be_drawn() -> None:
    days, places = ("2005-02-08", "2007-11-13"), ("hg@1970", "resten@1970")
    hidden = [figure("valgdeltagelse", place, day, status="Q") for place in places for day in days]
    found = opened(build_package(document(figures=hidden)))
    assert found["diagram/valgdeltagelse-smal.svg"].startswith(b"<svg")
    assert pages(found)["tema/demokrati.html"].words.count("skjult, for få") >= 8
    assert "Der er intet tal for området selv." in pages(found)["index.html"].words


# For everyone


def test_the_pages_are_well_built(files: dict[str, bytes]) -> None:
    for name, page in pages(files).items():
        assert files[name].startswith(b"<!DOCTYPE html>\n<html lang=")
        assert page.all("html")[0]["lang"] == ("en" if name.startswith("en/") else "da")
        levels = [int(tag[1]) for tag, _a in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), name
        assert all(image["alt"] for image in page.all("img"))
        assert all(cell["scope"] in ("col", "row") for cell in page.all("th"))
        scrolled = [a for _tag, a in page.tags if a.get("class") == "scroll"]
        assert all(a["tabindex"] == "0" and a["role"] == "region" and a["aria-label"] for a in scrolled)
        assert len(page.all("main")) == len(page.all("title")) == 1
        assert len(page.all("table")) <= len(scrolled)


def test_a_text_that_is_in_danish_alone_says_so_on_the_english_page(files: dict[str, bytes]) -> None:
    english = files["en/tema/demokrati.html"].decode()
    assert '<span lang="da">Vælgere</span>' in english
    assert '<p class="lead" lang="da">Om valg.</p>' in english
    assert "How large a part." in english


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ink", ["--theme", "--dark", "--text", "--quiet"])
def test_every_ink_can_be_read_on_every_ground(files: dict[str, bytes], ink: str) -> None:
    colours = dict(re.findall(r"(--\w+):(#[0-9a-f]{6});", files["package.css"].decode()))
    for ground in ("#ffffff", "#f5f5f5", colours["--tint"]):
        assert (_light(ground) + 0.05) / (_light(colours[ink]) + 0.05) >= 4.5


# In a browser, from a folder


EVERY = [*PAGES, *(f"en/{page}" for page in PAGES)]
