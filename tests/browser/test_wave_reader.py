"""As a reader: from a theme to its file, and to the same numbers from the answers, by the commands of the docs."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.secretary import HERE, run, sound
from tests.conftest import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ITEM = "tillid_naboer"
SAME = {"value": "estimate", "n": "n", "ci_low": "ci_low", "ci_high": "ci_high"}


@pytest.fixture(scope="module")
def published(site: Site) -> str:
    """A wave of 170 answers, published by the actions that the secretariat's pages use; its address."""
    letters = json.loads(run(site, str(CHECKOUT / "tools" / "field_wave.py"), "240"))
    codes = json.dumps([code for code, is_youth in letters if not is_youth][:170])
    wave = "hoeje-gladsaxe/proeve"
    assert run(site, str(CHECKOUT / "tools" / "answer_wave.py"), wave, "--publish", given=codes).strip() == "170"
    return wave


def told_commands() -> list[list[str]]:
    """The commands that docs/surveys.md gives an analyst."""
    section = (CHECKOUT / "docs" / "surveys.md").read_text().partition("## For an analyst")[2]
    return [shlex.split(line) for line in section.splitlines() if line.startswith("    kvarter ")]


def test_a_readers_file_and_an_analysts_estimate_have_the_same_numbers(
    site: Site, published: str, open_page: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(PHONE)
    page.goto(f"{site.address}{HERE}/tal")
    page.locator("main").get_by_role("link", name="Tillid", exact=True).click()
    question = page.locator(f"#{ITEM}")
    expect(question.get_by_role("heading").first).to_have_text("Hvor stor er din tillid til dem, der bor tæt på dig?")
    sound(page, english=True)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Tallene (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text(encoding="utf-8"))))
    ours = {row["cut"]: row for row in rows if row["indicator"] == ITEM and row["value"]}
    shown = f"{100 * float(ours['']['value']):.1f}".replace(".", ",") + " %"
    expect(question.get_by_text(shown).first).to_be_visible()

    monkeypatch.chdir(tmp_path)
    export, estimate = told_commands()
    run(site, "-m", "kvarter.cli.main", *(published if "/" in word else word for word in export[1:]))
    checked = 0
    for by in ("area", "area,gender", "area,age", "area,newcomer", "area,gender,age"):
        command = [by if word == "area" else word for word in estimate[1:]]
        for row in csv.DictReader(io.StringIO(run(site, "-m", "kvarter.cli.main", *command))):
            cut = ";".join(f"{name}={row[name]}" for name in sorted(by.split(",")) if name != "area")
            if float(row["category"]) == 1 and cut in ours:
                assert {one: ours[cut][one] for one in SAME} == {one: row[other] for one, other in SAME.items()}
                checked += 1
    assert checked == len(ours) > 5
