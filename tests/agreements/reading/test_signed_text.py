"""The agreement as signed, read with no help. Every count here is a fact of the signed text."""

from __future__ import annotations

import re
from datetime import date

import pytest

from kvarter.agreements.reading import read_agreement
from kvarter.agreements.text import AgreementKind, AgreementText, ClauseText, Duty, Kind, Precision
from kvarter.people.kinds import OrganisationKind


@pytest.fixture
def text(signed_text: bytes) -> AgreementText:
    return read_agreement(signed_text, "sammen-om-hoeje-gladsaxe.txt")


def test_what_it_is(text: AgreementText) -> None:
    assert (text.title, text.subtitle) == (
        "Sammen om Høje Gladsaxe",
        "Fælles udvikling til et kvarter i social balance",
    )
    assert (text.language, text.kind) == ("da", AgreementKind.PARTNERSHIP)


def test_seven_parties(text: AgreementText) -> None:
    housing = OrganisationKind.HOUSING
    assert [(party.name, party.kind) for party in text.parties] == [
        ("Gladsaxe Kommune", OrganisationKind.MUNICIPALITY),
        ("AAB", housing),
        ("Arbejdernes Boligselskab i Gladsaxe", housing),
        ("fsb Gladsaxe", housing),
        ("Lejerbo", housing),
        ("Boligforeningen 3B", housing),
        ("Københavns Vestegns Politi", OrganisationKind.POLICE),
    ]


def test_four_goals_with_their_sixteen_strategies(text: AgreementText) -> None:
    goals = text.of_kind(Kind.GOAL)
    strategies = [[c for c in text.under(goal.key) if c.kind is Kind.STRATEGY] for goal in goals]
    assert [len(own) for own in strategies] == [3, 5, 4, 4]
    assert goals[1].text.startswith("Vi vil sikre et trygt kvarter")
    assert strategies[1][3].text.startswith("Fastholder den lave kriminalitet")


def test_vision_and_each_future_image(text: AgreementText) -> None:
    (vision,) = text.of_kind(Kind.VISION)
    images = text.of_kind(Kind.FUTURE_IMAGE)
    assert [image.parent for image in images] == [vision.key] * 5
    assert "kommer i Høje Gladsaxe og bruger" in images[0].text


def test_nine_themes_and_four_rules(text: AgreementText) -> None:
    assert [theme.text for theme in text.of_kind(Kind.THEME)] == [
        "Tillid",
        "Sundhed",
        "Tryghed",
        "Selvforsørgelse",
        "Medborgerskab og fællesskab",
        "Social miks",
        "Blandet beboersammensætning",
        "Byliv",
        "Image",
    ]
    assert [rule.text.split()[0] for rule in text.of_kind(Kind.RULE_OF_PLAY)] == ["altid", "inddrage", "ikke", "også"]


def test_term_duties_and_who_approves_changes(text: AgreementText) -> None:
    assert text.term_ends == date(2030, 12, 31)
    assert text.approving_body == "Det bystrategiske partnerskab"
    duties = {duty.duty: duty for duty in text.duties}
    assert (duties[Duty.DIALOGUE].due, duties[Duty.DIALOGUE].precision) == (date(2026, 12, 31), Precision.YEAR)
    assert (duties[Duty.SURVEY].every_months, duties[Duty.SURVEY].due) == (36, None)
    assert duties[Duty.OTHER].due == date(2026, 12, 31)
    kinds = {clause.key: clause.kind for clause in text.clauses}
    assert [kinds[duty.clause] for duty in text.duties] == [Kind.TERM, Kind.OBLIGATION, Kind.OBLIGATION, Kind.TEXT]


def test_the_agreement_it_frames_the_work_with(text: AgreementText) -> None:
    (other,) = text.related
    assert (other.title, other.kind) == ("Vores HG", AgreementKind.COOPERATION)
    assert (other.starts, other.ends) == (date(2025, 1, 1), date(2026, 12, 31))


def test_what_was_mended_is_told_with_its_line(text: AgreementText, signed_text: bytes) -> None:
    rows = signed_text.decode().split("\n")
    told = {remark.line: remark.message for remark in text.remarks}
    assert any(rows[line - 1].startswith("Fastholder den lave") for line in told if line)
    assert any(rows[line - 1].startswith("Gladsaxe og bruger") for line in told if line)
    assert any("figur" in message for message in told.values())


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_no_word_is_lost_and_none_is_invented(text: AgreementText, signed_text: bytes) -> None:
    def whole(clause: ClauseText) -> str:
        return "" if clause.kind is Kind.THEME else f"{clause.heading} {clause.text}"

    read = words_of(" ".join([text.title, text.subtitle, *map(whole, text.clauses)]))
    signed = words_of(signed_text.decode().replace("Det betyder, at vi:", ""))
    assert read == signed
