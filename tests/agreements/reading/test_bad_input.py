"""A file that cannot be read gets a clear word and nothing else."""

from __future__ import annotations

import contextlib
import zipfile
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.agreements.reading import ReadingError, read_agreement
from tests.agreements.reading.texts import NUMBERED, as_pdf, table_document


def scanned_pdf() -> bytes:
    """A page that holds a picture and no text."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    file = BytesIO()
    pdf.save(file)
    return file.getvalue()


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    file = BytesIO()
    with pikepdf.open(BytesIO(as_pdf("Hemmelig", ["Noget"], set()))) as pdf:
        pdf.save(file, encryption=pikepdf.Encryption(user="kode", owner="kode"))
    return file.getvalue()


def many_pages() -> bytes:
    """A PDF of 301 pages."""
    pdf = pikepdf.new()
    for _page in range(301):
        pdf.add_blank_page()
    file = BytesIO()
    pdf.save(file)
    return file.getvalue()


def zip_bomb() -> bytes:
    """A Word file that would unpack to 110 MB."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"0" * 110_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.txt", "tom"),
        (b" \n\t ", "a.txt", "tom"),
        (b"x" * 50_000_000, "a.txt", "50 MB"),
        (b"%PDF-1.7 ...", "a.txt", "PDF"),
        (table_document(), "a.txt", "Word/zip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "a.md", "PNG"),
        (bytes(range(256)) * 8, "a.txt", "UTF-8"),
        (b"ab\x00cd" * 50, "a.txt", "UTF-8"),
        ("Привет, мир. Это договор.".encode("cp1251") * 20, "a.txt", "UTF-8"),
        (b"hej", "a.exe", "kan ikke læses"),
        (b"hej", "aftale", "kan ikke læses"),
        (b"hej", "a.pdf", "kan ikke åbnes"),
        (b"hej", "a.docx", "kan ikke åbnes"),
        (table_document()[:2000], "a.docx", "kan ikke åbnes"),
        (as_pdf("En aftale", ["Noget"], set())[:300], "a.pdf", "kan ikke åbnes"),
        (b"a\n" * 30_000, "a.txt", "20000 linjer"),
    ],
)
def test_it_says_what_is_wrong(data: bytes, name: str, said: str) -> None:
    with pytest.raises(ReadingError, match=said):
        read_agreement(data, name)


def test_a_scanned_pdf_is_told_from_one_with_text() -> None:
    with pytest.raises(ReadingError, match="billede uden tekst"):
        read_agreement(scanned_pdf(), "skannet.pdf")


def test_a_locked_pdf_asks_for_a_copy_without_a_password() -> None:
    with pytest.raises(ReadingError, match="adgangskode"):
        read_agreement(locked_pdf(), "last.pdf")


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    with pytest.raises(ReadingError, match="301 sider"):
        read_agreement(many_pages(), "bog.pdf")


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(ReadingError, match="100 MB"):
        read_agreement(zip_bomb(), "bombe.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_common_ways_to_write_danish_letters_are_read(encoding: str) -> None:
    text = read_agreement(NUMBERED.encode(encoding), "delaftale.txt")
    assert "Børnene kan lege" in " ".join(clause.text for clause in text.clauses)
    assert any("Windows-1252" in remark.message for remark in text.remarks) == (encoding == "cp1252")


LINES = st.sampled_from(
    ["", "- punkt", "# Overskrift", "Mål 1: Noget", "Det betyder, at vi:", "§ 3", "1.1 x", "Vision", "a" * 200, "  "]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=60)), max_size=30), st.sampled_from(["a.txt", "a.md"]))
def test_any_text_is_read_or_refused(lines: list[str], name: str) -> None:
    try:
        text = read_agreement("\n".join(lines).encode(errors="replace"), name)
    except ReadingError:
        return
    keys = [clause.key for clause in text.clauses]
    assert len(keys) == len(set(keys))
    assert all(clause.parent in keys[:n] for n, clause in enumerate(text.clauses) if clause.parent)
    assert all(clause.heading or clause.text for clause in text.clauses)


@given(st.binary(max_size=2000), st.sampled_from(["a.txt", "a.md", "a.docx", "a.pdf"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with contextlib.suppress(ReadingError):
        read_agreement(data, name)
