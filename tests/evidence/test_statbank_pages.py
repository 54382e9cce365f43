"""A secretary in the StatBank, by a real server: find a table, choose, look through, say what it is, take in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from kvarter.evidence.actions import indicators as acts
from kvarter.evidence.actions.drafts import files_of
from kvarter.evidence.importers.reading import FETCHED, read_in_both
from kvarter.evidence.models import Draft, Observation, Register
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area, add_version
from kvarter.tables.limits import BadFile
from tests.conftest import SHARED
from tests.evidence.figures import INDICATOR, SOURCE, lay_out
from tests.evidence.statbank import FOLK, Asked, Reply, Server, jsonstat, told
from tests.evidence.test_guided_mapping import Secretary
from tests.world import World

pytestmark = pytest.mark.django_db
RECORDED = SHARED / "data" / "statbank_api_recorded"
TABLES = [
    {"id": "T1", "text": "Folketal", "unit": "Antal", "firstPeriod": "2019K4", "latestPeriod": "2020K1",
     "variables": ["område", "køn", "tid"]},
    {"id": "T2", "text": "Biler", "unit": "Antal", "variables": ["område", "tid"]},
]  # fmt: skip
SUBJECTS = [{"id": "1", "description": "Borgere", "active": True}, {"id": "2", "description": "Trafik", "active": True}]
FOOTNOTE = "Christiansø indgår ikke."
CHOSEN = {
    "v0": ["159", "000"],
    "v1": ["TOT", "1"],
    "v2": ["2019K4", "2020K1"],
    "timing": "first",
    "area": "",
    "why": "",
}


def answered(asked: Asked) -> Reply:
    if asked.path.endswith("/subjects"):
        return Reply(json.dumps(SUBJECTS).encode())
    if asked.path.endswith("/tables"):
        of_subject = asked.query.get("subjects")
        return Reply(json.dumps(TABLES[1:] if of_subject == ["2"] else TABLES).encode())
    if asked.path.endswith("/tableinfo"):
        if asked.query.get("id") != ["T1"]:
            return Reply(json.dumps({"errorTypeCode": "EXTRACT-NOTFOUND", "message": "nej"}).encode(), status=400)
        return Reply(json.dumps(told(FOLK, footnote={"text": FOOTNOTE, "mandatory": True})).encode())
    shape = {one["code"]: one["values"] for one in asked.body["variables"]}
    areas, sexes, times = shape["OMRÅDE"], shape["KØN"], shape["Tid"]
    figures = [1000.0 if sex == "TOT" else 480.0 for _area in areas for sex in sexes for _time in times]
    return Reply(jsonstat({"OMRÅDE": areas, "KØN": sexes, "Tid": times}, figures))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    made = Server()
    made.answer = answered
    settings.STATBANK_URL, settings.HOME = made.address, tmp_path  # type: ignore[attr-defined]
    yield made
    made.close()


@pytest.fixture
def secretary(world: World, client: Client) -> Secretary:
    """In a partnership that knows Gladsaxe, with an indicator that has no recipe."""
    indicator = lay_out(world)
    demo = {"by": OPERATOR, "is_demonstration": world.partnership.is_demonstration}
    gladsaxe = add_area(slug="gladsaxe", name="Gladsaxe", **demo)
    add_version(by=OPERATOR, area=gladsaxe, valid_from=date(1970, 1, 1), source="Kort", codes=[("kommune", "159")])
    acts.add_source(by=OPERATOR, partnership=world.partnership, **SOURCE | {"key": "statbank"})
    acts.add_indicator(by=OPERATOR, theme=indicator.theme, **INDICATOR | {"slug": "maend", "name": "Mænd"})
    return Secretary(world, client)


def test_off_the_page_says_so_and_how_it_is_turned_on(secretary: Secretary, settings: object) -> None:
    settings.STATBANK_URL = ""  # type: ignore[attr-defined]
    page = secretary.get(secretary.at("statbank"))
    assert "Forbindelsen er slået fra" in page
    assert "KVARTER_STATBANK_URL" in page
    assert "slået fra" in secretary.get(secretary.at("statbank_table", "T1"))


def test_from_the_catalogue_to_figures(server: Server, secretary: Secretary) -> None:
    page = secretary.get(secretary.at("statbank"))
    assert "Borgere" in page
    assert "T1:" not in page, "nothing is listed before something is asked for"
    page = secretary.get(secretary.at("statbank") + "?words=folketal+køn&subject=")
    assert "1 tabel" in page
    assert "T1: Folketal område, køn, tid. 2019K4–2020K1. Antal." in page

    page = secretary.get(secretary.at("statbank_table", "T1"))
    assert FOOTNOTE in page
    ticked = [part.split('value="')[1].split('"')[0] for part in page.split("<input") if " checked" in part]
    assert {"159", "000", "2019K4", "2020K1"} <= set(ticked), "our own areas and the latest times are chosen"
    assert "101" not in ticked

    page, address = secretary.post(secretary.at("statbank_table", "T1"), CHOSEN)
    draft = Draft.objects.get()
    assert (str(draft), address) == ("T1", secretary.at("register_draft", draft.pk))
    assert "Ingen af tallene er valgt til en indikator endnu." in page
    assert "Hvad er tallene?" in page
    page, _address = secretary.post(
        secretary.at("register_figures", draft.pk), {"indicator": "maend", "part": "KØN=1", "whole": "KØN=TOT"}
    )
    assert "480 / 1.000" in page
    asked = len(server.asked)
    page, _address = secretary.post(address, {"why": ""})
    assert "Tallene er læst ind." in page
    assert len(server.asked) == asked, "what was looked at is what is taken in"
    register = Register.objects.get()
    assert FOOTNOTE in register.footnotes
    assert {(str(one.first), one.value) for one in Observation.objects.filter(version__area__slug="gladsaxe")} == {
        ("2019-10-01", 0.48),
        ("2020-01-01", 0.48),
    }


def test_a_share_of_nothing_told_is_refused_and_not_remembered(server: Server, secretary: Secretary) -> None:
    secretary.post(secretary.at("statbank_table", "T1"), CHOSEN)
    draft = Draft.objects.get()
    figures = secretary.at("register_figures", draft.pk)
    page, _address = secretary.post(figures, {"indicator": "maend", "part": "KØN=1", "whole": ""})
    assert "andel eller et gennemsnit" in page
    page, _address = secretary.post(figures, {"indicator": "", "part": "KØN=1", "whole": ""})
    assert "Vælg både indikator og tal." in page
    draft.refresh_from_db()
    assert "makes" not in draft.options


@pytest.mark.parametrize(("changes", "said"), [({"v2": ["1999"]}, "1999"), ({"v2": []}, "skal udfyldes")])
def test_a_wrong_choice_is_told_and_nothing_kept(
    server: Server, secretary: Secretary, changes: dict[str, object], said: str
) -> None:
    page, address = secretary.post(secretary.at("statbank_table", "T1"), CHOSEN | changes)
    assert said in page
    assert address == secretary.at("statbank_table", "T1")
    assert not Draft.objects.exists()


def test_no_answer_and_no_such_table_are_told_on_the_page(server: Server, secretary: Secretary) -> None:
    assert "Tallene kunne ikke hentes" in secretary.get(secretary.at("statbank_table", "T9"))
    server.answer = lambda _asked: Reply(b"<html>vedligehold</html>", status=503)
    assert "Tallene kunne ikke hentes" in secretary.get(secretary.at("statbank"))


def test_half_an_answer_is_never_read(server: Server, secretary: Secretary, world: World) -> None:
    secretary.post(secretary.at("statbank_table", "T1"), CHOSEN)
    draft = Draft.objects.get()
    files = files_of(draft)
    danish, english = read_in_both(FETCHED, files, draft.options)
    assert danish.digest == english.digest
    for name in files:
        with pytest.raises(BadFile):
            read_in_both(FETCHED, {one: raw for one, raw in files.items() if one != name}, draft.options)


def test_the_recorded_catalogue_is_found_in_by_words(server: Server, secretary: Secretary) -> None:
    if not RECORDED.exists():
        pytest.skip("the recorded answers are not beside the project")
    recorded = {"subjects": "subjects_da.json", "tables": "tables_all.json", "tableinfo": "table_info_straf42_da.json"}
    server.answer = lambda asked: Reply((RECORDED / recorded[asked.path.rsplit("/", 1)[1]]).read_bytes())
    page = secretary.get(secretary.at("statbank") + "?words=straf42")
    assert "STRAF42" in page
    described = json.loads((RECORDED / "table_info_straf42_da.json").read_bytes())
    page = secretary.get(secretary.at("statbank_table", "STRAF42"))
    assert " ".join(described["description"].split()) in page
    assert f"({described['variables'][0]['id']})" in page
