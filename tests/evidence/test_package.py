"""The wave package says what the site says to the last digit, is the same each time, and can be checked by hand."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.utils import timezone as django_timezone
from django.utils import translation

from kvarter.evidence.documents import canonical, digest_of, read_document
from kvarter.evidence.exports.package import build_package
from kvarter.evidence.exports.tables import COLUMNS, figures_csv
from kvarter.evidence.queries.pages import block_of
from kvarter.evidence.queries.published import Published
from tests.evidence.package import PAGES, Read, content, document, opened, pages, stand_in


@pytest.fixture(scope="module")
def package() -> bytes:
    return build_package(document(), draw=stand_in)


@pytest.fixture(scope="module")
def files(package: bytes) -> dict[str, bytes]:
    return opened(package)


@pytest.fixture
def folder(package: bytes, tmp_path: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(package)).extractall(tmp_path)
    return tmp_path


# What is in it


def test_it_holds_the_pages_in_both_languages_the_charts_and_the_tables(files: dict[str, bytes]) -> None:
    charts = [f"{folder}diagram/valgdeltagelse-{width}.svg" for folder in ("", "en/") for width in ("bred", "smal")]
    tables = ["tal/figures.csv", "tal/figures.csv-metadata.json", "tal/counts.csv", "tal/design.toml"]
    others = ["publication.json", "package.css", "SHA256SUMS"]
    expected = [*PAGES, *(f"en/{page}" for page in PAGES), *charts, *tables, *others]
    assert sorted(files) == sorted(expected)


def test_the_document_has_the_digest_of_the_publication(files: dict[str, bytes]) -> None:
    made = document()
    assert files["publication.json"] == canonical(content()).encode()
    assert hashlib.sha256(files["publication.json"]).hexdigest() == made.digest == digest_of(canonical(content()))
    assert all(made.digest in page.words[-1] for page in pages(files).values())


def test_a_document_written_in_another_way_is_refused() -> None:
    with pytest.raises(ValueError, match="one way of writing"):
        build_package(read_document(json.dumps(content(), indent=1)), draw=stand_in)


def test_an_indicator_of_a_theme_that_is_not_told_of_is_refused_not_left_out() -> None:
    with pytest.raises(ValueError, match="tillid belongs to a theme"):
        build_package(document(themes=content()["themes"][:1]), draw=stand_in)


def test_the_front_page_says_what_it_is(files: dict[str, bytes]) -> None:
    danish, english = (" ".join(pages(files)[name].words) for name in ("index.html", "en/index.html"))
    assert "Offentliggørelse nr. 7, 4. februar 2025 00:45." in danish
    for said in ("Rettet: et tal var forkert.", "Retter offentliggørelse nr. 6", "6" * 64, "Demokrati", "Tryghed"):
        assert said in danish
    for said in ("Figures of 2024", "4 February 2025", "Democracy", "Safety", "Trust", "Feeling safe", "Sammen om"):
        assert said in english


def test_the_method_page_tells_sources_rule_and_how_to_check(files: dict[str, bytes]) -> None:
    said = " ".join(pages(files)["metode.html"].words)
    for text in ("Valgdatabasen", "Undersøgelsen", "Tryghed & tillid", "Sådan.", "Ikke alt.", "Andres tal"):
        assert text in said
    for text in ("fra 1 til og med 4", "færre end 20", "sha256sum -c SHA256SUMS", "Get-FileHash", "certutil -hashfile"):
        assert text in said
    assert "kvarter effect estimate tal/counts.csv --design tal/design.toml --items is_so" in said
    assert "https://example.invalid/valg" in said  # a source's address is plain text
    assert "c" * 64 in said


# Every number with its label, and the same as on the site


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_number_is_the_one_the_site_shows(files: dict[str, bytes], language: str) -> None:
    folder = "" if language == "da" else "en/"
    found = {page: read for page, read in pages(files).items() if page.startswith(f"{folder}tema/") and "tema" in page}
    with translation.override(language):
        published = Published((document(),), language)
        blocks = [block_of(one) for one in published.indicators.values()]
    cells = {key: said for page in found.values() for key, said in page.cells.items()}
    shown = [
        (row.when, place, one) for b in blocks for row in b.rows for place, one in zip(b.places, row.cells, strict=True)
    ]
    figures = [(when, place, one) for when, place, one in shown if one]
    assert len(figures) == len(content()["figures"]) == len([key for key in cells if key.startswith("data-figure")])
    for when, place, one in figures:
        row = cells[f"data-figure {one.key}"]
        assert row[:4] == [when, place, one.text, one.base or "–"]
        assert one.interval in row[4]
        assert row[5]
        assert " ".join(row[6:]) == f"{one.source}. {one.attribution}."
        assert cells[f"data-certificate {one.key}"] == [part for fact in one.certificate for part in fact]
    words = {word for page in found.values() for word in page.words}
    for block in blocks:
        lasting = set(block.sentences)
        assert {block.name, block.definition, *lasting} <= words
        said = [text.strip() for source in block.sources for text, _lang in source.parts]
        assert all(any(text in word for word in words) for text in said)


def test_a_hidden_figure_a_break_an_interval_and_others_figures_say_what_they_are(files: dict[str, bytes]) -> None:
    found = pages(files)
    valg, tema = found["tema/demokrati.html"].cells, found["tema/x.html"].cells
    assert valg["data-figure valgdeltagelse/resten@1970/2007-11-13"][2:6] == [
        "skjult, for få",
        "–",
        "–",
        "skjult, for få",
    ]
    assert valg["data-figure valgdeltagelse/hg@1970/2005-02-08"][2:5] == [
        "82,7 %",
        "2.228 af 2.695",
        "intet, alle er talt med",
    ]
    assert valg["data-figure valgdeltagelse/hg@1970/2007-11-13"][5] == "brud: kan ikke sammenlignes med før"
    assert tema["data-figure tillid/hg@1970/2024-05-01"][2:6] == [
        "61,2 %",
        "412 svar af 1.000 spurgte",
        "mellem 55,0 % og 67,1 %",
        "normal",
    ]
    assert tema["data-figure tryghed/hg@1970/2024-01-01"][4] == "kendes ikke"


def test_no_figure_stands_on_the_front_page_without_its_label(files: dict[str, bytes]) -> None:
    figures = {key: said for key, said in pages(files)["index.html"].cells.items() if key.startswith("data-figure")}
    assert len(figures) == 4
    for said in figures.values():
        assert "Kilde: Producenten." in said[-1]
        assert "20" in said[-1]


def test_shares_of_units_directions_and_boundaries_are_told(files: dict[str, bytes]) -> None:
    said = " ".join(pages(files)["tema/demokrati.html"].words)
    assert "Højen er 44 % af Grønnemose, målt i beboere: 2.635 af 6.017 (folketælling)." in said
    assert "Målet er 85,0 % senest 31. december 2030. Besluttet: punkt 4, 1. juni 2025." in said
    assert "Højen var sin egen enhed til og med 31. maj 2015." in said


def test_the_charts_are_drawn_in_the_pages_language_with_the_target(files: dict[str, bytes]) -> None:
    assert re.search("Turnout, [^,]+, en, 5, 85.0", files["en/diagram/valgdeltagelse-smal.svg"].decode())
    wide = files["diagram/valgdeltagelse-bred.svg"].decode()
    assert 'width="640"' in wide
    assert "da, 5, 85,0" in wide


# The tables


def test_the_tables_are_those_of_the_site_and_their_columns_are_told(files: dict[str, bytes]) -> None:
    table = files["tal/figures.csv"].decode()
    assert table == figures_csv(document().figures("da"))
    told_of = json.loads(files["tal/figures.csv-metadata.json"])
    columns = told_of["tableSchema"]["columns"]
    assert told_of["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "da"}]
    assert told_of["url"] == "figures.csv"
    assert [column["name"] for column in columns] == [column["titles"]["und"] for column in columns] == list(COLUMNS)
    assert all(column["titles"]["da"] and column["titles"]["en"] and column["datatype"] for column in columns)
    assert [right["@value"] for right in told_of["dc:rights"]] == [
        source["attribution"] for _key, source in sorted(content()["sources"].items())
    ]
    assert told_of["dc:identifier"] == f"sha256:{document().digest}"
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    for column in columns:
        if column.get("required"):
            assert all(row[column["name"]] for row in rows), column["name"]
        if column["datatype"] in ("number", "integer"):
            assert all(float(row[column["name"]] or 0) is not None for row in rows)
        if (
            isinstance(column["datatype"], dict)
            and column["datatype"]["base"] == "string"
            and "format" in column["datatype"]
        ):
            told = [row[column["name"]] for row in rows if row[column["name"]] or column.get("required")]
            assert all(re.fullmatch(column["datatype"]["format"], text) for text in told)
    key = told_of["tableSchema"]["primaryKey"]
    assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)


def test_the_shares_are_computed_anew_to_the_last_digit_as_the_method_page_says(folder: Path) -> None:
    page = Read((folder / "metode.html").read_text())
    command = next(word for word in page.words if word.startswith("kvarter effect estimate"))
    run = [sys.executable, "-m", "kvarter.cli.main", *command.split()[1:]]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True)
    estimates = list(csv.DictReader(io.StringIO(done.stdout)))
    again = {(row["indicator"], row["area"], row["first"]): float(row["estimate"]) for row in estimates}
    rows = csv.DictReader(io.StringIO((folder / "tal" / "figures.csv").read_text(), newline=""))
    shares = {
        (r["indicator"], r["area"], r["first"]): float(r["value"])
        for r in rows
        if r["counted"] == "full" and r["value"]
    }
    assert len(shares) == 4
    assert again == shares


def test_without_shares_of_everybody_there_is_nothing_to_compute_anew() -> None:
    figures = [row for row in content()["figures"] if row["counted"] != "full"]
    found = opened(build_package(document(figures=figures), draw=stand_in))
    assert "tal/counts.csv" not in found
    assert b"counts.csv" not in b"".join(text for name, text in found.items() if name.endswith(".html"))


# Checked by hand


def test_the_sums_are_right_to_sha256sum(folder: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("sha256sum was not found")
    done = subprocess.run(
        [program, "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True
    )
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {line.removesuffix(": OK") for line in done.stdout.splitlines()} == there - {"SHA256SUMS"}
    (folder / "tal" / "figures.csv").write_text("changed")
    assert subprocess.run([program, "-c", "SHA256SUMS"], cwd=folder, capture_output=True).returncode == 1


def test_the_same_document_gives_the_same_bytes_whoever_asks(package: bytes) -> None:
    with translation.override("en"), django_timezone.override(timezone(timedelta(hours=9))):
        assert build_package(read_document(canonical(content())), draw=stand_in) == package


def test_the_same_document_gives_the_same_bytes_for_ever(package: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_timezone, "now", lambda: datetime(2061, 7, 28, tzinfo=UTC))
    assert build_package(document(), draw=stand_in) == package


def test_nothing_in_the_package_tells_who_made_it_or_when(package: bytes) -> None:
    entries = zipfile.ZipFile(io.BytesIO(package)).infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.external_attr >> 16, entry.create_system) for entry in entries} == {
        ((2025, 2, 3, 23, 45, 10), 0o100644, 3)
    }
