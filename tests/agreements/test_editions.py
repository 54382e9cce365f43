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


def test_lix_is_the_known_measure() -> None:
    # 10 words in 2 sentences, 2 of them long: 10/2 + 100*2/10.
    assert lix("Vi bor her. Kvarteret har mange butikker og et stort torv.") == pytest.approx(25.0, abs=0.1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_edition_is_in_plain_words(language: str) -> None:
    text = "\n".join(passages(edition(language)))
    assert lix(text) < WHOLE_AT_MOST
    heavy = {passage: round(lix(passage)) for passage in passages(text) if lix(passage) > PARAGRAPH_AT_MOST}
    named = {passage for passage in heavy if len(words(passage)) < 8 or passage in PARTIES}
    assert not heavy.keys() - named


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_copied_from_the_signed_text(language: str, signed_text: bytes) -> None:
    signed = set(runs(signed_text.decode("utf-8")))
    ours = [line for line in passages(edition(language)) if line not in CUE_LINES]
    listed = ", ".join(THEMES[:-1]) + " og " + THEMES[-1]
    copied = [run for line in ours for run in runs(line, without=(*NAMES, listed)) if run in signed]
    assert copied == []


def test_the_measure_of_copying_finds_a_copy(signed_text: bytes) -> None:
    signed = set(runs(signed_text.decode("utf-8")))
    assert any(run in signed for run in runs("Vi arbejder sammen fremfor side om side, siger vi.", without=NAMES))
