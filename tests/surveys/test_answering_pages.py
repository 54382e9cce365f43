"""What a page of answering costs, and that it is drawn for one person at a time."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kvarter.surveys.queries.answering import paper_of
from tests.surveys.residents import MOVED, SAFE, TRUST, WHY, WORDS, enter, in_field, letter_to, resident, text
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_are_small_and_cheap(world: World, prefix: str) -> None:
    bente, client = letter_to(in_field(world)), resident()
    steps = [
        ("GET", f"/s/{bente.code}", {}),
        ("GET", "/svar/start", {}),
        ("GET", "/svar/side/1", {}),
        ("POST", "/svar/side/1", {TRUST: "4", SAFE: "nej"}),
        ("GET", "/svar/side/2", {}),
        ("POST", "/svar/side/2", {WHY: ["lys"]}),
        ("POST", "/svar/side/3", {MOVED: "2010", WORDS: "Flere bænke"}),
        ("GET", "/svar/send", {}),
        ("POST", "/svar/send", {}),
        ("GET", "/svar/besked", {}),
    ]
    counts = {}
    for method, path, data in steps:
        site, answers = (CaptureQueriesContext(connections[name]) for name in BOTH_DATABASES)
        with site, answers:
            answer = client.generic(
                method,
                f"{prefix}{path}",
                "&".join(f"{k}={v}" for k, vs in data.items() for v in ([vs] if isinstance(vs, str) else vs)),
                content_type="application/x-www-form-urlencoded",
            )
        assert answer.status_code in (200, 302), (path, answer.status_code)
        assert len(answer.content) <= 5 * 1024, path
        counts[method, path.split("/")[2]] = len(site) + len(answers)
        assert len(site) + len(answers) <= (6 if method == "GET" else 10), (method, path)
    assert len(counts) > 5


def test_a_page_costs_the_same_however_much_is_answered_and_by_however_many(world: World) -> None:
    wave = in_field(world)

    def cost(pseudonym: str) -> list[int]:
        person, client = letter_to(wave, pseudonym=pseudonym), resident()
        found = []
        for method, path, data in (
            ("get", f"/s/{person.code}", {}),
            ("get", "/svar/side/1", {}),
            ("post", "/svar/side/1", {TRUST: "4", SAFE: "ja"}),
            ("post", "/svar/side/1", {TRUST: "5", SAFE: "ja"}),
            ("post", "/svar/send", {}),
        ):
            site, answers = (CaptureQueriesContext(connections[name]) for name in BOTH_DATABASES)
            with site, answers:
                getattr(client, method)(path, data)
            found.append(len(site) + len(answers))
        return found

    cost("warms what is read once")
    few = cost("few")
    assert few[:2] == [4, 2]  # of a code and of a page: nothing is read beside what they need
    for number in range(20):
        letter_to(wave, pseudonym=f"p{number}")
    assert cost("many") == few


def test_questions_are_drawn_once_for_all_and_nobody_sees_what_another_answered(world: World) -> None:
    wave = in_field(world)
    first, second = (letter_to(wave, pseudonym=name) for name in ("bente", "bo"))
    bente, bo = resident(), resident()
    enter(bente, first.code)
    for page, said in ((1, {TRUST: "4", SAFE: "nej"}), (2, {WHY: ["lys", "trafik"]}), (3, {WORDS: "Min hemmelighed"})):
        bente.post(f"/svar/side/{page}", said)
        bente.get(f"/svar/side/{page}")
    enter(bo, second.code)
    assert "checked" not in text(bo.get("/svar/side/1"))
    bo.post("/svar/side/1", {TRUST: "1", SAFE: "nej"})
    page = text(bo.get("/svar/side/1"))
    assert page.count("checked") == 2
    assert f'name="{TRUST}" value="1" id="{TRUST}" checked' in page
    assert "checked" not in text(bo.get("/svar/side/2"))
    assert "Min hemmelighed" not in text(bo.get("/svar/side/3"))
    pieces = "".join(paper_of(wave.questionnaire.digest).pieces.values())
    assert "Min hemmelighed" not in pieces
    assert "checked" in pieces  # with a choice that anyone may make
