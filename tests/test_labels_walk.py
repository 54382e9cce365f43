"""Every address of the site, as the one who sees most: no figure without its place, its day and its source."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import docx
import pypdfium2
import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import etree, html

from kvarter.agreements.models import Partnership
from kvarter.evidence.queries.published import published_of
from kvarter.evidence.showing import show
from kvarter.web.report.content import Multiple, Report
from kvarter.web.report.pdf import to_pdf
from kvarter.web.report.reading import report_of
from kvarter.web.report.word import to_docx
from tests.evidence.figures import published
from tests.evidence.test_labels import FIGURE, label_of, printed
from tests.surveys.waves import BOTH_DATABASES
from tests.test_policy_walk import ENTRIES, world
from tests.web.report.figures import survey
from tests.world import World

__all__ = ["world"]  # the fixture
pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
PLACES = ("Lilleby", "Resten", "Storby")
SOURCES = ("Optællingen", "Undersøgelsen", "optællingen")
DAY = re.compile(r"(19|20)\d\d")
BLOCKS = ("li", "ul", "table", "article", "details", "dl", "p")
NO_FIGURE = re.compile(r"nr\. \d+ af|\d+ (?:af|of) \d+ (?:felter|fields)")
JUDGED = ("ci_low", "ci_high", "verdict", "together", "p_adjusted", "smallest")
NEEDED = {
    "figures": ("area", "first", "last", "status", "counted", "label", "producer", "source", "attribution", "digest"),
    "differences": ("area", "last", "ci_low", "ci_high", "verdict", "producer", "source", "attribution", "digest"),
}
# Pages that tell how a survey is planned and how its field goes: how many of those asked have answered, and what such a
# survey could see. They say nothing of the place.
OF_THE_FIELD = {"wave", "wave_targets", "wave_draw", "wave_monitor", "wave_close", "wave_weigh", "answers_draft"}


@dataclass(frozen=True)
class Site:
    """A partnership, and every address to be walked with the name of its route."""

    partnership: Partnership
    addresses: tuple[tuple[str, str], ...]

    def answers(self, client: Client, prefix: str = "") -> Iterator[tuple[str, str, HttpResponse]]:
        """Every address that answers: (route, address, answer)."""
        for name, address in self.addresses:
            answer = client.get(prefix + address)
            if answer.status_code == 200:
                yield name, prefix + address, answer


@pytest.fixture
def surveyed(world: World) -> Site:
    """All that the walk of the policy has, and two waves of a survey: intervals, verdicts, cuts and a forecast."""
    addresses = [
        (name, reverse(name, args=entry.args(world)))
        for name, entries in ENTRIES.items()
        for entry in entries
        if not entry.post
    ]
    survey(world.partnership)
    published(world.partnership, title="Undersøgelsen")
    made = world.partnership.registers.get(file="undersøgelse")
    slug = world.partnership.slug
    further = (
        ("register", made.pk),
        ("indicator", "svar-sundhed"),
        ("theme", "sundhed"),
        ("chart", "svar-sundhed", 640),
        ("small_chart", "sundhed"),
        ("indicator_file", "svar-sundhed", "forskelle.csv"),
        ("effect_report_part", "tema-sundhed"),
        ("effect_report_part", "forudsigelser"),
        ("effect_report_chart", "svar-sundhed", 160),
        ("publication", 2),
    )
    addresses += [(name, reverse(name, args=[slug, *more])) for name, *more in further]
    addresses.append(("clause", reverse("clause", args=[world.agreement.slug, "maal-1-1"])))
    return Site(world.partnership, tuple(addresses))


def told_in_words(home: html.HtmlElement, main: html.HtmlElement) -> bool:
    """Whether a block about the figure tells its place and day, and the page its source."""
    blocks = [one.text_content() for one in (home, *home.iterancestors()) if one.tag in BLOCKS]
    told = any(DAY.search(text) and any(place in text for place in PLACES) for text in blocks)
    return told and any(source in main.text_content() for source in SOURCES)


def is_figure(text: str, home: html.HtmlElement) -> bool:
    """Whether what looks like a figure is one: not an example beside a field, a law's number or a count of fields."""
    return not (NO_FIGURE.search(text) or home.xpath("ancestor-or-self::form"))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_no_page_of_the_site_prints_a_figure_without_its_label(
    surveyed: Site, client_as: Callable[[str], Client], prefix: str
) -> None:
    seen: dict[str, int] = {}
    bare = []
    for name, address, answer in surveyed.answers(client_as("secretariat"), prefix):
        if "text/html" not in answer["Content-Type"] or name in OF_THE_FIELD:
            continue
        page = html.fromstring(answer.content.decode())
        main = next(iter(page.xpath("//main")), page)
        for text, home in (one for one in printed(main) if is_figure(*one)):
            seen[name] = seen.get(name, 0) + 1
            if not (label_of(home) or told_in_words(home, main)):
                bare.append((address, text))
    assert not bare, "\n".join(f"{address}: {text}" for address, text in bare)
    assert {"themes", "theme", "indicator", "publication", "answered", "goal", "clause"} <= set(seen)
    assert {"effect_report", "effect_report_part", "register", "mirrors", "partnership"} & set(seen)


def test_every_drawing_tells_place_day_and_source(surveyed: Site, client_as: Callable[[str], Client]) -> None:
    drawn = 0
    for _name, address, answer in surveyed.answers(client_as("visitor")):
        if answer["Content-Type"] != "image/svg+xml":
            continue
        told = "".join(etree.fromstring(answer.content).find("{*}desc").itertext())
        assert any(place in told for place in PLACES), address
        assert DAY.search(told), address
        assert any(source in told for source in SOURCES), address
        drawn += 1
    assert drawn >= 5


def rows_of(answer: HttpResponse) -> Iterator[tuple[str, dict[str, object]]]:
    """The rows of a table or a JSON of figures, each with which of the two it is."""
    kind, text = answer["Content-Type"], answer.content.decode()
    if kind.startswith("text/csv"):
        table = list(csv.DictReader(io.StringIO(text)))
        first = table[0] if table else {}
        which = "reflections" if "whole" in first else "differences" if "verdict" in first else "figures"
        yield from ((which, dict(row)) for row in table)
    elif kind == "application/json":
        told = json.loads(text)
        yield from ((which, row) for which in NEEDED for row in told.get(which, ()))


def test_every_row_of_every_export_has_its_label(surveyed: Site, client_as: Callable[[str], Client]) -> None:
    counted = {"figures": 0, "differences": 0}
    for name, address, answer in surveyed.answers(client_as("visitor")):
        if not name.endswith("_file") or name in ("publication_file", "effect_report_file"):
            continue
        for which, row in rows_of(answer):
            if which == "reflections":
                continue  # held to their labels in tests of their own
            counted[which] += 1
            full = row["counted"] == "full" and which == "differences"  # nothing of it is judged
            needed = [column for column in NEEDED[which] if not (full and column in JUDGED)]
            assert [column for column in needed if not row[column]] == [], address
    assert min(counted.values()) > 20


def test_tables_tell_what_their_columns_mean_and_whose_they_are(
    surveyed: Site, client_as: Callable[[str], Client]
) -> None:
    for name, address, answer in surveyed.answers(client_as("visitor")):
        if answer["Content-Type"] == "application/csvm+json" and name not in ("mirrors_file", "spine_file"):
            told = json.loads(answer.content)
            assert told["dc:rights"], address
            assert told["dc:identifier"], address
            assert all(column["titles"] for column in told["tableSchema"]["columns"]), address


def test_the_package_prints_no_figure_without_its_certificate(
    surveyed: Site, client_as: Callable[[str], Client]
) -> None:
    package = client_as("visitor").get(reverse("publication_file", args=[surveyed.partnership.slug, 2, "zip"])).content
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        pages = {name: opened.read(name).decode() for name in opened.namelist() if name.endswith(".html")}
    bodies = {name: html.fromstring(page).find("body") for name, page in pages.items()}
    certificates = {key for body in bodies.values() for key in body.xpath(".//@data-certificate")}
    seen = 0
    for name, body in bodies.items():
        for text, home in printed(body):
            seen += 1
            assert label_of(home) or told_in_words(home, body), f"{name}: {text}"
        assert set(body.xpath(".//@data-figure")) <= certificates, name
    assert seen > 50


def texts_of(report: Report) -> set[str]:
    """Every text of a report, in one line."""
    found: set[str] = set()

    def take(value: object) -> None:
        if isinstance(value, str):
            found.add(" ".join(value.split()))
        elif isinstance(value, tuple):
            for one in value:
                take(one)
        elif isinstance(value, Multiple) or type(value).__module__ == Report.__module__:
            for name, one in vars(value).items():
                if name not in ("told", "headline"):
                    take(one)

    take(report)
    return found


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_docx_and_the_pdf_have_the_figures_of_the_page_and_no_other(surveyed: Site, language: str) -> None:
    """Every figure in them stands in a text of the report, and those are held to their label on its pages."""
    report = report_of(AnonymousUser(), surveyed.partnership, language)
    known = texts_of(report)
    document = docx.Document(io.BytesIO(to_docx(report)))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(one for cell in cells for one in cell.paragraphs)]
    written = [" ".join(one.text.split()) for one in paragraphs if FIGURE.search(one.text)]
    assert len(written) > 50
    assert [text for text in written if text not in known and not any(text.endswith(one) for one in known)] == []
    whole = re.sub(r"\s+", "", "".join(known))
    pdf = pypdfium2.PdfDocument(to_pdf(report))
    printed_figures = {
        found for page in pdf for found in re.findall(r"\d+[.,]\d %", page.get_textpage().get_text_range())
    }
    assert printed_figures
    assert [one for one in printed_figures if one.replace(" ", "") not in whole] == []


def test_nothing_published_lacks_its_certificate(surveyed: Site) -> None:
    figures = published_of(AnonymousUser(), surveyed.partnership, "da").figures.values()
    assert len(figures) > 50
    for figure in figures:
        names = {name for name, _text in show(figure).certificate}
        assert {"Område", "Handler om", "Kilde", "Metode", "Offentliggørelse", "Status", "Sikkerhed"} <= names
