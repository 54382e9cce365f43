"""`kvarter register fetch`: from Statistics Denmark's form of answer to figures of a partnership, by a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.models import Partnership
from kvarter.cli.main import main
from kvarter.evidence.actions.indicators import add_indicator, set_recipe
from kvarter.evidence.default_content import load_figures
from kvarter.evidence.models import Observation, Register, Source
from kvarter.people.policy import OPERATOR
from tests.evidence.figures import INDICATOR
from tests.evidence.statbank import FOLK, Asked, Reply, Server, jsonstat, told

pytestmark = pytest.mark.django_db
FOOTNOTE = "Christiansø indgår ikke."


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    made = Server()
    made.answer = _answer
    yield made
    made.close()


def _answer(asked: Asked) -> Reply:
    if asked.path.endswith("/tableinfo"):
        footnote = {"text": FOOTNOTE, "mandatory": True}
        return Reply(json.dumps(told(FOLK, footnote=footnote)).encode())
    assert asked.path.endswith("/data")
    shape = {one["code"]: one["values"] for one in asked.body["variables"]}
    areas, sexes, times = shape["OMRÅDE"], shape["KØN"], shape["Tid"]
    figures = [1000.0 if sex == "TOT" else 480.0 for _area in areas for sex in sexes for _time in times]
    return Reply(jsonstat({"OMRÅDE": areas, "KØN": sexes, "Tid": times}, figures))


@pytest.fixture
def partnership(db: None) -> Partnership:
    made = load_hoeje_gladsaxe()
    load_figures(made)
    theme = made.themes.get(slug="blandet-beboersammensaetning")
    theme.partnership = made
    indicator = add_indicator(by=OPERATOR, theme=theme, **INDICATOR | {"slug": "maend", "name": "Mænd"})
    source = Source.objects.get(key="statbank")
    set_recipe(by=OPERATOR, indicator=indicator, source=source, part=["KØN=1"], whole=["KØN=TOT"])
    return made


def test_a_table_is_fetched_shown_and_stored_when_told(
    server: Server, partnership: Partnership, settings: object, tmp_path: object
) -> None:
    settings.STATBANK_URL, settings.HOME = server.address, tmp_path  # type: ignore[attr-defined]
    arguments = ["register", "fetch", "T1", "--partnership", partnership.slug, "--first-day", "--json"]
    for name, codes in (("OMRÅDE", "159,000"), ("KØN", "TOT,1"), ("Tid", "2019K4,2020K1")):
        arguments += ["--want", f"{name}={codes}"]
    before = Register.objects.count()
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    shown = {(f["area"], f["first"]): f["value"] for f in json.loads(done.stdout)["figures"]}
    assert shown["gladsaxe", "2020-01-01"] == shown["danmark", "2019-10-01"] == 0.48
    assert Register.objects.count() == before
    requests = len(server.asked)
    assert CliRunner().invoke(main, [*arguments, "--yes"]).exit_code == 0
    assert len(server.asked) == requests, "what was fetched is kept, and not asked for again"
    register = Register.objects.get(label__startswith="T1")
    assert FOOTNOTE in register.footnotes, "a footnote that must be shown is never lost"
    assert Observation.objects.filter(register=register).count() == 4


def test_an_unknown_code_is_told_with_the_nearest_and_nothing_stored(
    server: Server, partnership: Partnership, settings: object, tmp_path: object
) -> None:
    settings.STATBANK_URL, settings.HOME = server.address, tmp_path  # type: ignore[attr-defined]
    before = Register.objects.count()
    for wrong in ("OMRÅDE=158", "OMRADE=159", "OMRÅDE"):
        done = CliRunner().invoke(
            main, ["register", "fetch", "T1", "--partnership", partnership.slug, "--want", wrong, "--yes"]
        )
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output
    assert Register.objects.count() == before
