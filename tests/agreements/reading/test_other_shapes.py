"""Any other agreement of the kind reads as sensibly: numbered paragraphs, English, tables in Word, PDF."""

from __future__ import annotations

from datetime import date

from kvarter.agreements.reading import read_agreement
from kvarter.agreements.text import AgreementKind, AgreementText, Duty, Kind
from kvarter.people.kinds import OrganisationKind
from tests.agreements.reading.texts import ENGLISH, NUMBERED, as_pdf, table_document


def under(text: AgreementText, kind: Kind) -> dict[str, list[str]]:
    """The words of the clauses of a kind, by the words of what they stand under."""
    found: dict[str, list[str]] = {}
    by_key = {clause.key: clause for clause in text.clauses}
    for clause in text.of_kind(kind):
        above = by_key[clause.parent].text or by_key[clause.parent].heading if clause.parent else ""
        found.setdefault(above, []).append(clause.text)
    return found


def test_numbered_paragraphs() -> None:
    text = read_agreement(NUMBERED.encode(), "delaftale.txt")
    assert (text.title, text.kind, text.language) == (
        "Delaftale om Nordbyens pladser",
        AgreementKind.SUB_AGREEMENT,
        "da",
    )
    assert [p.name for p in text.parties] == ["Nordby Kommune", "Boligselskabet Elmen", "Grundejerforeningen Nord"]
    assert under(text, Kind.STRATEGY) == {
        "Pladserne bliver brugt hele året": ["Vi sætter lys og borde op", "Vi holder et marked hver måned"],
        "Børnene kan lege uden at være bange for bilerne": ["Vi lukker Skolegade for gennemkørsel"],
    }
    assert text.term_ends == date(2028, 6, 30)
    assert text.approving_body == "Nordbyens styregruppe"
    assert text.in_force_from == date(2025, 3, 3)
    assert {duty.duty: duty.due for duty in text.duties} == {
        Duty.TERM_END: date(2028, 6, 30),
        Duty.DIALOGUE: date(2027, 12, 31),
        Duty.SURVEY: None,
    }
    assert [duty.every_months for duty in text.duties if duty.duty is Duty.SURVEY] == [24]
    assert [theme.text for theme in text.of_kind(Kind.THEME)] == ["Tryghed", "Ophold", "Trafik", "Grønne steder"]


def test_english_markdown() -> None:
    text = read_agreement(ENGLISH.encode(), "eastfield.md")
    assert (text.title, text.language, text.kind) == ("Better Together in Eastfield", "en", AgreementKind.PARTNERSHIP)
    assert text.subtitle == "An agreement for a greener and friendlier estate"
    assert [(p.name, p.kind) for p in text.parties] == [
        ("Eastfield Borough Council", OrganisationKind.MUNICIPALITY),
        ("Oak Housing Association", OrganisationKind.HOUSING),
        ("County Police", OrganisationKind.POLICE),
    ]
    assert under(text, Kind.STRATEGY) == {
        "We want safer streets": ["Light the paths", "Walk the estate together every month"],
        "We want more people in work": ["Open a job club", "Train ten residents a year as mentors for others"],
    }
    assert [image.parent for image in text.of_kind(Kind.FUTURE_IMAGE)] == ["vision", "vision"]
    assert [rule.text for rule in text.of_kind(Kind.RULE_OF_PLAY)] == ["listen first", "share the credit"]
    assert [theme.key for theme in text.of_kind(Kind.THEME)] == ["theme-safety", "theme-health", "theme-work"]
    assert (text.term_ends, text.approving_body) == (date(2029, 12, 31), "Steering Board")
    assert [d.every_months for d in text.duties if d.duty is Duty.SURVEY] == [24]
    assert [goal.key for goal in text.of_kind(Kind.GOAL)] == ["goal-1", "goal-2"]


def test_tables_in_word() -> None:
    text = read_agreement(table_document(), "sydhavnen.docx")
    assert (text.title, text.kind) == ("Samarbejdsaftale for Sydhavnen", AgreementKind.COOPERATION)
    assert [(p.name, p.kind) for p in text.parties] == [
        ("Syd Kommune", OrganisationKind.MUNICIPALITY),
        ("KAB Syd", OrganisationKind.HOUSING),
    ]
    assert under(text, Kind.STRATEGY) == {
        "Flere unge i fritidsjob": ["Finder ti nye pladser", "Hjælper med ansøgningen"],
        "Et renere kvarter": ["Rydder op hver lørdag"],
    }
    assert [rule.text for rule in text.of_kind(Kind.RULE_OF_PLAY)] == [
        "vi siger tingene direkte",
        "vi holder, hvad vi lover",
    ]
    assert (text.term_ends, text.approving_body) == (date(2027, 12, 31), "Sydforum")


def test_pdf_with_page_numbers_and_divided_words() -> None:
    long = (
        "Kvarteret skal være et sted, hvor beboersammensætningen afspejler byen omkring det, og hvor "
        "fællesskaberne er stærke nok til at bære hverdagen, også når det bliver svært for nogen."
    )
    paragraphs = ["Baggrund", long, "Vision", long, "Organisering", long, long]
    text = read_agreement(as_pdf("Aftale om Vestbyen", paragraphs, {"Baggrund", "Vision", "Organisering"}), "v.pdf")
    assert text.title == "Aftale om Vestbyen"
    assert [(c.kind, c.heading) for c in text.clauses if c.heading] == [
        (Kind.BACKGROUND, "Baggrund"),
        (Kind.VISION, "Vision"),
        (Kind.ORGANISATION, "Organisering"),
    ]
    assert text.of_kind(Kind.BACKGROUND)[0].text == long
    assert text.of_kind(Kind.VISION)[0].text == long


def test_a_text_without_structure_is_text_and_says_so() -> None:
    prose = "Det her er bare en lang historie om en by. Den har ingen overskrifter.\n\nOg den slutter her."
    text = read_agreement(prose.encode(), "historie.txt")
    assert {clause.kind for clause in text.clauses} <= {Kind.TEXT}
    assert any("Alt er læst som tekst" in remark.message for remark in text.remarks)


def test_a_number_that_does_not_fit_the_themes_is_remarked() -> None:
    text = read_agreement(NUMBERED.replace("fire temaer", "fem temaer").encode(), "delaftale.txt")
    assert any("siger 5 temaer, men nævner 4" in remark.message for remark in text.remarks)


def test_keys_are_once_and_parents_before_children() -> None:
    for data, name in ((NUMBERED.encode(), "a.txt"), (ENGLISH.encode(), "b.md"), (table_document(), "c.docx")):
        seen: set[str] = set()
        for clause in read_agreement(data, name).clauses:
            assert clause.key not in seen
            assert clause.parent is None or clause.parent in seen
            seen.add(clause.key)


def test_a_year_or_a_date_at_the_beginning_is_no_numbering() -> None:
    prose = "Baggrund\n\n2030 er et vigtigt år for kvarteret.\n\n31. december 2030 udløber det hele."
    text = read_agreement(prose.encode(), "aar.txt")
    assert "2030 er et vigtigt" in text.clauses[0].text
    assert any(clause.text.startswith("31. december") for clause in text.clauses)
