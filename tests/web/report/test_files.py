"""The report as a tagged PDF and an editable .docx, from the site and by the command."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from docx.oxml.ns import qn
from lxml import etree

from kvarter.agreements.exports import ExportError
from kvarter.agreements.models import Partnership
from kvarter.cli.main import main
from kvarter.evidence.models import Indicator, Source, Theme
from kvarter.web.report.content import Multiples, Report, Table
from kvarter.web.report.files import written
from kvarter.web.report.pdf import to_pdf
from kvarter.web.report.reading import report_of
from kvarter.web.report.word import to_docx
from tests.evidence.figures import lay_out, published, taken_in
from tests.web.report.figures import surveyed
from tests.world import World

pytestmark = pytest.mark.django_db
MOST_SECONDS = 5


def read(partnership: Partnership, language: str = "da", year: int | None = None) -> Report:
    return report_of(AnonymousUser(), partnership, language, year)


def page_texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def elements(node: Any) -> Iterator[pikepdf.Dictionary]:
    """Every structure element of a document, in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def every_table(report: Report) -> list[Table]:
    return [block for part in report.parts for block in part.blocks if isinstance(block, Table)]


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_pdf_is_tagged_for_those_who_hear_it(world: World, language: str) -> None:
    report = read(surveyed(world), language)
    with pikepdf.open(BytesIO(to_pdf(report))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == language
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == f"{report.title}: {report.partnership}"
        found = list(elements(pdf.Root.StructTreeRoot.K))
        kinds = [str(one["/S"]) for one in found]
        levels = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(later - before <= 1 for before, later in pairwise(levels))
        figures = [one for one in found if str(one["/S"]) == "/Figure"]
        assert len(figures) >= len(list(report.pictures()))
        assert all(str(one["/Alt"]) for one in figures)
        assert kinds.count("/Table") == len(every_table(report))
        assert kinds.count("/TH") >= sum(len(table.head) for table in every_table(report))
        with pdf.open_outline() as outline:
            assert len(outline.root) >= 1


def test_the_pdf_has_the_words_and_the_themes_on_one_page(world: World) -> None:
    report = read(surveyed(world))
    texts = page_texts(to_pdf(report))
    every = " ".join(" ".join(texts).split())
    for sentence in ("kan der ikke påvises en ændring i Lilleby", "412 svar af 1.236 spurgte", "Skaber steder"):
        assert sentence in every
    (overview,) = [text for text in texts if "Alle temaer på én side" in text and "Sådan læses diagrammerne" in text]
    glance = report.parts[0].blocks[0]
    assert isinstance(glance, Multiples)
    for cell in glance.cells:
        assert cell.theme in overview
    assert "Kilder:" in overview


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_page_of_a_demonstration_says_that_it_is_made_up(made_up_world: World, language: str) -> None:
    report = read(surveyed(made_up_world), language)
    assert report.made_up
    made = to_pdf(report)
    assert all(report.made_up in text for text in page_texts(made))
    with pikepdf.open(BytesIO(made)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    section = docx.Document(BytesIO(to_docx(report))).sections[0]
    assert report.made_up in section.header.paragraphs[0].text


def test_a_control_character_in_a_text_spoils_no_file(world: World) -> None:
    """As a text pasted from a document may hold them; XML cannot write them, and no font has a letter for them."""
    lay_out(world)
    Theme.objects.update(about="Vi går\x0bsammen\x02.")
    Indicator.objects.update(name="Stem\x01mer", definition="Ud af\x0cvælgere.", known_issues="\x1b[31mRødt")
    Source.objects.update(method="Alle\x85er talt.", attribution="Kil\x07de", title="\x9fOptællingen")
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership, title="Ta\x01l")
    report = read(world.partnership)
    every = [paragraph.text for paragraph in docx.Document(BytesIO(to_docx(report))).paragraphs]
    assert "Stemmer" in every
    assert "Ud af\nvælgere." in every
    with pikepdf.open(BytesIO(to_pdf(report))) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    address = reverse("themes", args=["lilleby"])
    visitor = Client(SERVER_NAME="localhost")
    drawing, feed = (
        etree.fromstring(visitor.get(path).content)
        for path in (f"{address}/tillid.svg", "/kvarter/lilleby/udgivelser.atom")
    )
    assert "Stemmer" in "".join(drawing.itertext())
    assert "Tal" in "".join(feed.itertext())
    assert len(list(csv.DictReader(io.StringIO(visitor.get(f"{address}.csv").content.decode())))) == 3
    assert len(json.loads(visitor.get(f"{address}.json").content)["figures"]) == 3


def test_what_is_not_made_up_does_not(world: World) -> None:
    report = read(surveyed(world))
    assert not any("OPDIGTEDE" in text for text in page_texts(to_pdf(report)))


def test_the_same_report_gives_the_same_bytes(world: World) -> None:
    partnership = surveyed(world)
    first = read(partnership)
    made = to_pdf(first), to_docx(first)
    time.sleep(2.1)  # a ZIP counts time in steps of two seconds
    cache.clear()
    again = read(partnership)
    assert again == first
    assert (to_pdf(again), to_docx(again)) == made


@pytest.mark.parametrize(("language", "locale"), [("da", "da-DK"), ("en", "en-GB")])
def test_the_docx_has_headings_headed_tables_words_for_pictures_and_its_language(
    world: World, language: str, locale: str
) -> None:
    report = read(surveyed(world), language)
    document = docx.Document(BytesIO(to_docx(report)))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Title") == 1
    levels = [int(name[-1]) for name in styles if name.startswith("Heading")]
    assert levels[0] == 1
    assert all(later - before <= 1 for before, later in pairwise(levels))
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings[2:] == [part.heading for part in report.parts]
    assert len(document.tables) == len(every_table(report)) + 3
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    pictures = document.element.body.findall(f".//{qn('wp:docPr')}")
    assert len(pictures) == len(list(report.pictures()))
    assert all(picture.get("descr") for picture in pictures)
    assert styles.count("Caption") == len(every_table(report)) + sum(not one.headline for one in report.pictures())
    (found,) = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    assert found.get(qn("w:val")) == locale
    assert document.core_properties.language == locale


def test_the_contents_of_the_docx_lead_to_its_parts(world: World) -> None:
    report = read(surveyed(world))
    with zipfile.ZipFile(BytesIO(to_docx(report))) as package:
        text = package.read("word/document.xml").decode()
    leads = re.findall(r'w:hyperlink w:anchor="([^"]+)"', text)
    marks = re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', text)
    assert leads == marks
    assert len(leads) == len(report.parts)


def test_a_report_is_written_once_and_in_time(world: World) -> None:
    partnership = surveyed(world)
    report = read(partnership)
    to_pdf(report)  # charts are drawn
    started = time.monotonic()
    made = written(report, "pdf")
    assert time.monotonic() - started <= MOST_SECONDS
    started = time.monotonic()
    assert written(report, "pdf") == made
    assert time.monotonic() - started <= 1


def test_the_site_gives_both_files(world: World) -> None:
    surveyed(world)
    client = Client(SERVER_NAME="localhost")
    for form, start in (("pdf", b"%PDF-1."), ("docx", b"PK")):
        answer = client.get(reverse("effect_report_file", args=["lilleby", form]), {"aar": "2021"})
        assert answer.content.startswith(start)
        assert f'filename="effektrapport-lilleby-2021-da.{form}"' in answer["Content-Disposition"]
    assert client.get(reverse("effect_report_file", args=["lilleby", "pdf"]), {"aar": "2023"}).status_code == 404


def command(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["report", "effect", *arguments])


def test_the_command_writes_what_the_site_gives(world: World, tmp_path: Path) -> None:
    partnership = surveyed(world)
    out = tmp_path / "rapport.pdf"
    done = command("--partnership", "lilleby", "--language", "en", "--wave", "2021", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == written(read(partnership, "en", 2021), "pdf")
    assert [file.name for file in tmp_path.iterdir()] == ["rapport.pdf"]


def test_a_command_that_cannot_leaves_no_file_and_says_what_to_do(world: World, tmp_path: Path) -> None:
    partnership = surveyed(world)
    out = tmp_path / "rapport.docx"
    for arguments, said in (
        (("--partnership", "lilleby", "--wave", "2023"), "Der er tal for 2021, 2024."),
        (("--partnership", "lilleby", "--wave", "2023", "--language", "en"), "There are figures for 2021, 2024."),
        (("--partnership", "findes-ikke"), "intet partnerskab med adressen findes-ikke"),
    ):
        done = command(*arguments, "--out", str(out))
        assert done.exit_code == 2
        assert said in done.output
    done = command("--partnership", partnership.slug, "--out", str(tmp_path / "rapport.txt"))
    assert done.exit_code == 2
    assert "på .pdf eller .docx" in done.output
    done = command("--partnership", partnership.slug, "--out", str(tmp_path / "ingen" / "rapport.pdf"))
    assert done.exit_code == 2
    assert "Se efter, at mappen er der" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_command_before_anything_is_published_says_so(world: World, tmp_path: Path) -> None:
    lay_out(world)
    done = command("--partnership", "lilleby", "--out", str(tmp_path / "rapport.pdf"))
    assert done.exit_code == 2
    assert "ikke offentliggjort tal endnu" in done.output
    assert list(tmp_path.iterdir()) == []


def test_letters_that_our_fonts_lack_leave_it_tagged(world: World) -> None:
    """A smile and a Chinese sign are in the machine's fonts if at all. A hieroglyph is in none: its number is there."""
    lay_out(world)
    Indicator.objects.update(name="Stemmer \U0001f600 漢 \U00013000")
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    made = to_pdf(read(world.partnership))
    with pikepdf.open(BytesIO(made)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert pdf.Root.MarkInfo.Marked
    every = " ".join(page_texts(made))
    assert "[U+13000]" in every
    assert "står med deres nummer i Unicode" in every


def test_a_report_that_cannot_be_tagged_is_refused_in_words(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A template with a picture that nothing tells of, as one may write it: no untagged file comes of it."""
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    picture = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    (tmp_path / "report.typ").write_text(f'#set document(title: "x")\n#image(bytes("{picture}"))', encoding="utf-8")
    monkeypatch.setattr("kvarter.web.report.pdf.files", lambda _package: tmp_path)
    with pytest.raises(ExportError, match="docx"):
        to_pdf(read(world.partnership))
    answer = Client(SERVER_NAME="localhost").get(reverse("effect_report_file", args=["lilleby", "pdf"]), follow=True)
    assert answer.status_code == 200
    assert "PDF-filen kan ikke sættes" in answer.content.decode()
    done = CliRunner().invoke(
        main, ["report", "effect", "--partnership", "lilleby", "--out", str(tmp_path / "rapport.pdf")]
    )
    assert done.exit_code == 2
    assert not (tmp_path / "rapport.pdf").exists()
