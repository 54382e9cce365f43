"""The edition that Kvarter ships: plain, our own, and read by the importer as the agreement it retells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest

from kvarter.agreements.reading import read_agreement
from kvarter.agreements.text import AgreementText, Duty, Kind
from kvarter.people.kinds import OrganisationKind

LANGUAGES = ("da", "en")
WHOLE_AT_MOST, PARAGRAPH_AT_MOST = 45, 55
RUN = 6
PARTIES = (
    "Gladsaxe Kommune",
    "AAB",
    "Arbejdernes Boligselskab i Gladsaxe",
    "fsb Gladsaxe",
    "Lejerbo",
    "Boligforeningen 3B",
    "Københavns Vestegns Politi",
)
THEMES = (
    "tillid",
    "sundhed",
    "tryghed",
    "selvforsørgelse",
    "medborgerskab og fællesskab",
    "social miks",
    "blandet beboersammensætning",
    "byliv",
    "image",
)
# Names are nobody's wording. The cue lines are what the importer knows a passage by.
NAMES = (
    *("Sammen om Høje Gladsaxe", "Høje Gladsaxe", "Vores HG", "Enheden for social balance"),
    *("Det bystrategiske partnerskab", "Grønnemose Skole", *PARTIES),
)
CUE_LINES = ("Det betyder, at vi:", "I vores fælles indsatser vil vi:")


def edition(language: str) -> str:
    """The file's text."""
    file = files("kvarter.agreements") / "editions" / f"hoeje-gladsaxe.{language}.md"
    return file.read_text(encoding="utf-8")


def read(language: str) -> AgreementText:
    """The file as the importer reads it."""
    return read_agreement(edition(language).encode(), f"hoeje-gladsaxe.{language}.md")


def passages(text: str) -> list[str]:
    """Headings, paragraphs and items, without Markdown's marks."""
    return [line.lstrip("#- ") for line in text.splitlines() if line.strip()]


def words(text: str) -> list[str]:
    """The words in small letters."""
    return re.findall(r"[\w-]*\w", text.casefold())


def lix(text: str) -> float:
    """Björnsson's readability: words per sentence, plus the percentage of words longer than six letters.

    Each line ends a sentence, as do a full stop, colon, question mark and exclamation mark.
    """
    found = words(text)
    sentences = [part for part in re.split(r"[.:!?]+(?:\s|$)|\n", text) if words(part)]
    long = [word for word in found if len(word) > 6]
    return len(found) / len(sentences) + 100 * len(long) / len(found)


def runs(text: str, *, without: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every six words in a row. A name left out parts the words beside it."""
    for name in sorted(without, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}", " | ", text, flags=re.IGNORECASE)
    for part in text.split("|"):
        found = words(part)
        yield from (tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1))


def shape(text: AgreementText) -> list[tuple[Kind, bool, bool, int | None]]:
    """Each clause's kind, whether it has a heading and a text, and where its parent stands."""
    place = {clause.key: number for number, clause in enumerate(text.clauses)}
    parents = [place[clause.parent] if clause.parent else None for clause in text.clauses]
    return [(c.kind, bool(c.heading), bool(c.text), p) for c, p in zip(text.clauses, parents, strict=True)]


def test_lix_is_the_known_measure() -> None:
    # 11 words in 2 sentences, 2 of them long: 11/2 + 100*2/11.
    text = "Vi bor her. Kvarteret har mange butikker og et stort torv."
    assert lix(text) == pytest.approx(23.68, abs=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_edition_is_in_plain_words(language: str) -> None:
    # A section's heading is the importer's cue, and a single word has no readability.
    own = [line for line in edition(language).splitlines() if not line.startswith("## ")]
    heavy = [passage for passage in passages("\n".join(own)) if lix(passage) > PARAGRAPH_AT_MOST]
    assert heavy == []
    assert lix("\n".join(passages(edition(language)))) < WHOLE_AT_MOST


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_copied_from_the_signed_text(language: str, signed_text: bytes) -> None:
    signed = set(runs(signed_text.decode("utf-8")))
    ours = [line for line in passages(edition(language)) if line not in CUE_LINES]
    listed = ", ".join(THEMES[:-1]) + " og " + THEMES[-1]
    copied = [run for line in ours for run in runs(line, without=(*NAMES, listed)) if run in signed]
    assert copied == []


def test_the_measure_of_copying_finds_a_copy(signed_text: bytes) -> None:
    signed = set(runs(signed_text.decode("utf-8")))
    assert not signed & set(runs("Vi arbejder sammen i Lejerbo fremfor side om side.", without=NAMES))
    assert signed & set(runs("Vi i Lejerbo siger: Vi arbejder sammen fremfor side om side.", without=NAMES))


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("da", ("egen gengivelse", "ikke den tekst", "fra en fil")),
        ("en", ("own retelling", "not the text", "from a file")),
    ],
)
def test_the_first_paragraph_says_what_this_is(language: str, says: tuple[str, ...]) -> None:
    first = read(language).clauses[0].text
    assert all(phrase in first for phrase in says)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_importer_finds_what_the_agreement_holds(language: str) -> None:
    text = read(language)
    assert (text.title, text.language) == ("Sammen om Høje Gladsaxe", language)
    goals = text.of_kind(Kind.GOAL)
    assert [len(list(text.under(goal.key))) for goal in goals] == [3, 5, 4, 4]
    counted = {
        Kind.VISION: 1,
        Kind.FUTURE_IMAGE: 5,
        Kind.GOAL: 4,
        Kind.STRATEGY: 16,
        Kind.THEME: 9,
        Kind.RULE_OF_PLAY: 4,
    }
    assert {kind: len(text.of_kind(kind)) for kind in counted} == counted
    assert text.remarks == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_importer_finds_the_seven_parties(language: str) -> None:
    kinds = [OrganisationKind.MUNICIPALITY, *[OrganisationKind.HOUSING] * 5, OrganisationKind.POLICE]
    found = [(party.name, party.kind) for party in read(language).parties]
    assert found == list(zip(PARTIES, kinds, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_importer_finds_what_falls_due(language: str) -> None:
    text = read(language)
    due = {(duty.duty, duty.due and duty.due.year, duty.every_months) for duty in text.duties}
    assert {(Duty.TERM_END, 2030, None), (Duty.DIALOGUE, 2026, None), (Duty.SURVEY, None, 36)} <= due
    assert text.term_ends == date(2030, 12, 31)
    assert text.approving_body == "Det bystrategiske partnerskab"
    related = [(other.title, other.starts, other.ends) for other in text.related]
    assert related == [("Vores HG", date(2025, 1, 1), date(2026, 12, 31))]


def test_the_themes_are_the_nine_of_the_agreement() -> None:
    assert [theme.text.casefold() for theme in read("da").of_kind(Kind.THEME)] == list(THEMES)


def test_both_languages_have_the_same_clauses_in_the_same_order() -> None:
    assert shape(read("da")) == shape(read("en"))


def test_the_edition_holds_every_kind_of_clause_that_the_signed_text_holds(signed_text: bytes) -> None:
    signed, ours = read_agreement(signed_text, "signed.txt"), read("da")
    kinds = set(Kind) - {Kind.TEXT}  # the edition says in one more paragraph that it is a retelling
    assert {k: len(ours.of_kind(k)) for k in kinds} == {k: len(signed.of_kind(k)) for k in kinds}
