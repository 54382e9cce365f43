"""The public pages: a fixed number of SQL queries whatever the size, small HTML, the right words and languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvarter.agreements.actions.coming_into_force import DecisionReference, bring_into_force
from kvarter.agreements.actions.importing import accept_import
from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.merging import ChangeKind, ProposedChange
from kvarter.agreements.text import AgreementText, ClauseText, Kind
from kvarter.journal.personal import personal_fields
from kvarter.people.policy import OPERATOR
from kvarter.people.sorting import danish, sort_key
from kvarter.places.models import Area
from tests.world import BODY, START, World, change_of, small_text

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
MOST_BYTES = 60_000


@pytest.fixture
def visitor() -> Client:
    return Client(SERVER_NAME="localhost")


def big_text(goals: int) -> AgreementText:
    """An agreement of many goals with five strategies each."""
    clauses = [ClauseText("maal", Kind.SECTION, "Målsætninger")]
    for g in range(1, goals + 1):
        clauses.append(ClauseText(f"maal-{g}", Kind.GOAL, "", f"Vi vil nå mål nummer {g}", "maal"))
        clauses += [
            ClauseText(f"maal-{g}-{s}", Kind.STRATEGY, "", f"Arbejder for sag {g}.{s}", f"maal-{g}")
            for s in range(1, 6)
        ]
    return replace(small_text("Stor aftale"), clauses=tuple(clauses), duties=())


def public_pages(agreement: str, partnership: str) -> list[str]:
    return [
        reverse("front"),
        reverse("partnership", args=[partnership]),
        reverse("agreement", args=[agreement]),
        reverse("agreement_on_day", args=[agreement, date(2026, 1, 1)]),
        reverse("agreement_numbered", args=[agreement, 1]),
        reverse("versions", args=[agreement]),
        reverse("clause", args=[agreement, "maal-1"]),
        reverse("goal", args=[agreement, "maal-1"]),
        reverse("answered", args=[agreement]),
        reverse("amendments", args=[agreement]),
        reverse("agreements", args=[partnership]),
        reverse("parties", args=[partnership]),
        reverse("obligations", args=[partnership]),
        reverse("waves", args=[partnership]),
        reverse("calendar", args=[partnership]),
        reverse("search", args=[partnership]) + "?q=arbejder",
        reverse("map", args=[partnership]),
        reverse("map_geojson", args=[partnership]),
        reverse("areas"),
        reverse("privacy"),
        reverse("accessibility"),
    ]


def counted(client: Client, address: str) -> tuple[int, int]:
    """SQL queries and bytes of a page."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(queries), len(answer.content)


def test_pages_cost_the_same_for_a_small_and_a_large_agreement(visitor: Client) -> None:
    counts: dict[int, list[int]] = {}
    for goals in (2, 40):
        slug = f"aftale-{goals}"
        done = accept_import(
            by=OPERATOR, text=big_text(goals), partnership_slug=f"p-{goals}", agreement_slug=slug, in_force_from=START
        )
        pages = public_pages(slug, done.partnership.slug)
        counts[goals] = [counted(visitor, page)[0] for page in pages[1:]]  # the front becomes a list with two
    assert counts[2] == counts[40]
    assert max(counts[2]) <= MOST_QUERIES


def test_versions_and_amendments_do_not_cost_more_either(visitor: Client, world: World) -> None:
    pages = public_pages(world.agreement.slug, world.partnership.slug)
    before = [counted(visitor, page)[0] for page in pages]
    for number, name in enumerate(("proposed", "hearing"), 1):
        amendment = world.amendments[name]
        if number == 2:
            continue
        bring_into_force(
            by=OPERATOR,
            amendment=amendment,
            decision=DecisionReference(BODY, "punkt 1", date(2026, 1, 1)),
            in_force_from=date(2026, 1, 1),
        )
    after = [counted(visitor, page)[0] for page in pages]
    assert max(after) <= MOST_QUERIES
    assert all(b <= a + 1 for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_shipped_pages_are_small_and_cheap(visitor: Client, prefix: str) -> None:
    load_hoeje_gladsaxe()
    for page in public_pages("sammen-om-hoeje-gladsaxe", "hoeje-gladsaxe"):
        queries, size = counted(visitor, prefix + page)
        assert queries <= MOST_QUERIES, page
        assert size <= MOST_BYTES, page


def test_the_front_is_the_partnership_when_there_is_one_and_a_list_when_there_are_more(
    visitor: Client, world: World
) -> None:
    assert "Lilleby er et godt sted at bo." in visitor.get("/").content.decode()
    accept_import(by=OPERATOR, text=small_text("Anden aftale"), partnership_slug="aarup", in_force_from=START)
    listed = visitor.get("/").content.decode()
    assert "Lilleby er et godt sted at bo." not in listed
    assert reverse("partnership", args=["aarup"]) in listed


def test_the_front_says_what_will_stand_there(visitor: Client) -> None:
    assert "Ingen partnerskaber endnu" in visitor.get("/").content.decode()


def test_danish_is_danish_whatever_the_browser_asks_for(visitor: Client, world: World) -> None:
    answer = visitor.get("/", headers={"accept-language": "en"})
    assert '<html lang="da">' in answer.content.decode()
    assert '<html lang="en">' in visitor.get("/en/").content.decode()


def test_passages_in_another_language_say_which(visitor: Client, world: World) -> None:
    english = visitor.get("/en" + reverse("agreement", args=[world.agreement.slug])).content.decode()
    assert "A good place." in english
    assert re.search(r'<span lang="da">Støtter børnene i skolen</span>', english)


def test_a_replaced_version_is_read_at_its_own_addresses(visitor: Client, world: World) -> None:
    bring_into_force(
        by=OPERATOR,
        amendment=world.amendments["proposed"],
        decision=DecisionReference(BODY, "punkt 1", date(2026, 1, 1)),
        in_force_from=date(2026, 1, 1),
    )
    slug = world.agreement.slug
    old, new = "Støtter børnene i skolen", "Støtter alle børn (proposed)"
    for address, words in (
        (reverse("agreement_on_day", args=[slug, "2025-12-31"]), old),
        (reverse("agreement_numbered", args=[slug, 1]), old),
        (reverse("agreement_on_day", args=[slug, "2026-01-01"]), new),
        (reverse("agreement", args=[slug]), new),
    ):
        assert words in visitor.get(address).content.decode(), address
    history = visitor.get(reverse("clause", args=[slug, "maal-1-2"])).content.decode()
    assert "punkt 1" in history
    comparison = visitor.get(reverse("comparison", args=[slug, 1, 2])).content.decode()
    assert "<del>" in comparison
    assert "<ins>" in comparison


def test_a_day_that_does_not_exist_is_not_found(visitor: Client, world: World) -> None:
    assert visitor.get(f"/aftale/{world.agreement.slug}/2026-02-31").status_code == 404


def found(client: Client, question: str, prefix: str = "") -> list[str]:
    page = client.get(f"{prefix}/kvarter/lilleby/soeg", {"q": question}).content.decode()
    return re.findall(r"/punkt/([a-z0-9-]+)", page)


def test_search_finds_other_forms_of_a_word_in_both_languages(visitor: Client, world: World) -> None:
    assert found(visitor, "børn") == ["maal-1-2"]
    assert found(visitor, "børnenes skoler") == ["maal-1-2"]
    assert found(visitor, "mennesket") == ["maal-1-1"]
    assert found(visitor, "place", "/en") == ["vision", "maal-1"]
    assert found(visitor, "findesikke") == []
    assert found(visitor, "%") == []
    assert found(visitor, "\x00' OR 1=1 --") == []


def test_search_looks_in_what_holds_now(visitor: Client, world: World) -> None:
    bring_into_force(
        by=OPERATOR,
        amendment=_proposed(
            world, ProposedChange(ChangeKind.REMOVE, "maal-1-2"), change_of("maal-1-1", "Planter træer")
        ),
        decision=DecisionReference(BODY, "punkt 1", date(2026, 1, 1)),
        in_force_from=date(2026, 1, 1),
    )
    assert found(visitor, "børn") == []
    assert found(visitor, "træ") == ["maal-1-1"]


def _proposed(world: World, *changes: ProposedChange):  # type: ignore[no-untyped-def]
    from tests.agreements.test_amending import propose

    return propose(world, *changes)


def test_names_sort_as_danes_do() -> None:
    names = ["Ålborg", "Zebra", "Ærø", "Aabenraa", "Østerbro", "Amager", "åben"]
    for name in names:
        Area.objects.create(slug=name.casefold().encode().hex()[:50], name=name)
    expected = ["Amager", "Zebra", "Ærø", "Østerbro", "åben", "Aabenraa", "Ålborg"]
    assert sorted(names, key=sort_key) == expected
    assert [area.name for area in Area.objects.order_by(danish("name"))] == expected


def test_every_field_about_a_person_tells_its_purpose_and_how_long(visitor: Client) -> None:
    page = visitor.get(reverse("privacy")).content.decode()
    told = list(personal_fields())
    assert len(told) >= 14
    for field in told:
        assert field.purpose in page
        assert field.kept in page


def test_no_field_of_a_person_is_untold() -> None:
    from kvarter.people.models import Person

    fields = {field.name for field in Person._meta.local_fields} - {"id"}
    assert fields == set(Person.personal)


def test_every_link_to_a_person_is_told() -> None:
    from django.apps import apps

    from kvarter.people.models import Person

    links = {
        (model, field.name)
        for model in apps.get_models()
        if model.__module__.startswith("kvarter.")
        for field in model._meta.local_fields
        if field.related_model is Person
    }
    untold = {(model.__name__, name) for model, name in links if name not in getattr(model, "personal", {})}
    assert untold == set()


def test_pages_carry_a_strict_policy_and_no_cookie_for_readers(visitor: Client, world: World) -> None:
    answer = visitor.get("/")
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert not answer.cookies
    html = answer.content.decode()
    assert "<script" not in html
    assert ' style="' not in html
    assert re.findall(r'(?:src|href)="(https?:)?//', html) == []


def test_any_two_versions_are_chosen_and_compared(visitor: Client, world: World) -> None:
    address = reverse("compare", args=[world.agreement.slug])
    answer = visitor.get(address, {"old": "1", "new": "1"})
    assert answer["Location"] == reverse("comparison", args=[world.agreement.slug, 1, 1])
    for wrong in ({}, {"old": "1"}, {"old": "x", "new": "1"}, {"old": "1" * 30, "new": "1"}):
        assert visitor.get(address, wrong).status_code == 404
