"""The exchange format: out, into an empty database, and out again gives the same; nothing is mixed or half-stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from kvarter.agreements.actions.coming_into_force import DecisionReference, bring_into_force
from kvarter.agreements.actions.exchange import AlreadyHere, BadExchange, import_exchange, read_exchange
from kvarter.agreements.actions.importing import accept_import
from kvarter.agreements.actions.parties import join_partnership, leave_partnership, sign_agreement
from kvarter.agreements.actions.versions import digest_of
from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.models import Agreement, Partnership
from kvarter.agreements.queries.exchange import exchange_of
from kvarter.agreements.text import AgreementText, ClauseText, Kind, Wording
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import draw_boundary
from kvarter.places.models import Area, AreaVersion
from tests.world import BODY, START, World, small_text

SQUARE = json.dumps({"type": "Polygon", "coordinates": [[[12.4, 55.7], [12.5, 55.7], [12.5, 55.8], [12.4, 55.7]]]})


class Undone(Exception):
    """Raised to leave the database as it was."""


def out_and_in_again(partnership: Partnership) -> tuple[str, str]:
    """The document before, and the document after it was built anew in an emptied database."""
    before = exchange_of(OPERATOR, partnership).to_json()
    from django.db import connection

    from kvarter.agreements.models import (
        AgreementVersion,
        Amendment,
        Clause,
        ClauseWording,
        Frame,
        ImportReview,
        Membership,
        Obligation,
        Party,
        Signature,
        VersionWording,
    )
    from kvarter.journal.locks import execute
    from tests.locks import ALL_LOCKS

    execute([s for lock in ALL_LOCKS for s in lock.drop(connection.vendor)])
    emptied = (
        Signature,
        Obligation,
        ClauseWording,
        VersionWording,
        Amendment,
        Clause,
        AgreementVersion,
        Frame,
        Agreement,
    )
    for model in (*emptied, ImportReview, Membership, Party, Partnership):
        model.objects.all().delete()
    AreaVersion.objects.all().delete()
    Area.objects.update(reference=None)
    Area.objects.all().delete()
    execute([s for lock in ALL_LOCKS for s in lock.create(connection.vendor)])
    built, new = import_exchange(by=OPERATOR, document=read_exchange(before.encode()))
    assert new
    return before, exchange_of(OPERATOR, built).to_json()


@pytest.mark.django_db
def test_the_shipped_partnership_survives_the_journey() -> None:
    before, after = out_and_in_again(load_hoeje_gladsaxe())
    assert after == before


@pytest.mark.django_db
def test_versions_decisions_signatures_boundaries_and_leavers_survive_the_journey(world: World) -> None:
    by = world.secretariat
    bring_into_force(
        by=by,
        amendment=world.amendments["proposed"],
        decision=DecisionReference(BODY, "møde 1, punkt 2", date(2026, 1, 5)),
        in_force_from=date(2026, 2, 1),
    )
    party = world.partnership.parties.get(organisation__name="Lilleby Kommune")
    sign_agreement(
        by=by, agreement=world.agreement, party=party, name="Bo Borg", capacity="borgmester", signed_on=START
    )
    leave_partnership(by=by, party=party, left=date(2026, 3, 1), why="Sammenlagt")
    join_partnership(
        by=by, partnership=world.partnership, name="Storby Kommune", kind="municipality", joined=date(2026, 3, 1)
    )
    area = Area.objects.get(slug="lilleby")
    draw_boundary(by=OPERATOR, area=area, geojson=SQUARE.encode(), valid_from=START, source="Egen tegning")
    world.partnership.area = area
    world.partnership.save()
    before, after = out_and_in_again(world.partnership)
    assert after == before
    document = json.loads(before)
    assert [len(a["versions"]) for a in document["agreements"]] == [2, 0]
    assert document["agreements"][0]["signatures"][0]["name"] == "Bo Borg"


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=40
)


@st.composite
def agreements(draw: st.DrawFn) -> AgreementText:
    """An agreement with any words, any kinds and any tree."""
    from dataclasses import replace

    clauses: list[ClauseText] = []
    for n in range(draw(st.integers(1, 8))):
        parent = draw(st.sampled_from([None, *(c.key for c in clauses)]))
        english = {"en": Wording("", draw(WORDS))} if draw(st.booleans()) else {}
        clauses.append(ClauseText(f"k-{n}", draw(st.sampled_from(list(Kind))), "", draw(WORDS), parent, english))
    return replace(small_text(), clauses=tuple(clauses), title=draw(WORDS).strip() or "Titel", subtitle=draw(WORDS))


@pytest.mark.django_db
@given(agreements())
def test_any_agreement_survives_the_journey(text: AgreementText) -> None:
    def journey() -> tuple[str, str]:
        done = accept_import(by=OPERATOR, text=text, partnership_slug="p", agreement_slug="a", in_force_from=START)
        return out_and_in_again(done.partnership)

    before, after = "", "x"
    try:
        with transaction.atomic():
            before, after = journey()
            raise Undone
    except Undone:
        pass
    assert after == before


@pytest.mark.django_db
def test_the_same_document_again_changes_nothing_and_another_is_refused(world: World) -> None:
    document = exchange_of(OPERATOR, world.partnership)
    assert import_exchange(by=OPERATOR, document=document) == (world.partnership, False)
    other = document.model_copy(update={"partnership": document.partnership.model_copy(update={"name": "Andet"})})
    with pytest.raises(AlreadyHere):
        import_exchange(by=OPERATOR, document=other)


def spoilt(document: dict[str, Any], how: str) -> dict[str, Any]:
    """The document with one thing wrong."""
    agreement, parties, due = document["agreements"][0], document["parties"], document["obligations"]
    version = agreement["versions"][0]
    clauses = version["clauses"]
    spoil: dict[str, Callable[[], object]] = {
        "unknown field": lambda: document.update(farve="blå"),
        "bad date": lambda: version.update(in_force_from="i går"),
        "changed words": lambda: clauses[0].update(text="Noget andet."),
        "lost parent": lambda: (clauses[2].update(parent="findes-ikke"), version.update(digest=_redigested(version))),
        "twice the same key": lambda: clauses[1].update(key=clauses[0]["key"]),
        "unknown frame": lambda: agreement.update(frames=["findes-ikke"]),
        "unknown party": lambda: due[0].update(responsible=99),
        "party twice": lambda: parties.append(parties[0]),
        "left before joining": lambda: parties[0].update(left="1999-01-01"),
        "ends before it starts": lambda: agreement.update(ends="1999-01-01"),
        "a calendar id twice": lambda: due[0].update(calendar_id=due[1]["calendar_id"]),
    }
    spoil[how]()
    return document


def _redigested(version: dict[str, Any]) -> str:
    clauses = [ClauseText(c["key"], Kind(c["kind"]), c["heading"], c["text"], c["parent"]) for c in version["clauses"]]
    return digest_of(version["title"], version["subtitle"], clauses)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("unknown field", "farve"),
        ("bad date", "in_force_from"),
        ("changed words", "aftryk"),
        ("lost parent", "maal-1"),
        ("twice the same key", "to gange"),
        ("unknown frame", "findes-ikke"),
        ("unknown party", "ansvarlige part"),
        ("party twice", "to gange som part"),
        ("left before joining", "ligger før"),
        ("ends before it starts", "ligger før"),
        ("a calendar id twice", "står to gange"),
    ],
)
def test_a_wrong_document_is_refused_by_place_and_nothing_is_stored(world: World, how: str, said: str) -> None:
    document = json.loads(exchange_of(OPERATOR, world.partnership).to_json())
    document["partnership"]["slug"] = "en-anden"
    for agreement in document["agreements"]:
        agreement["slug"] += "-2"
        agreement["frames"] = []
    for obligation in document["obligations"]:
        obligation["agreement"] = f"{obligation['agreement']}-2" if obligation["agreement"] else None
        obligation["calendar_id"] = obligation["calendar_id"][:-2] + "ff"
    with pytest.raises(BadExchange, match=said):
        import_exchange(by=OPERATOR, document=read_exchange(json.dumps(spoilt(document, how)).encode()))
    assert Partnership.objects.count() == 1


@pytest.mark.django_db
def test_a_visitor_gets_no_signatures_and_nothing_for_the_parties(world: World) -> None:
    from django.contrib.auth.models import AnonymousUser

    document = exchange_of(AnonymousUser(), world.partnership)
    assert [agreement.slug for agreement in document.agreements] == [world.agreement.slug]
    assert all(not agreement.signatures for agreement in document.agreements)
    assert "Møde (parties)" not in document.to_json()
