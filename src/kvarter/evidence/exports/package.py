"""A publication as a folder of plain files: pages, charts and tables that open without a server and without internet.

Every text and number on its pages is made where the site's pages have theirs (`block_of`, `show`), so that the two
agree to the last digit. What comes from people is escaped in pages, and never names a file before it is made plain.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kvarter.evidence.charts import Target, series_chart
from kvarter.evidence.documents import Document, canonical, digest_of, words
from kvarter.evidence.exports.csvw import csvw, made_up_facts, own_text
from kvarter.evidence.exports.tables import counts_csv, differences_csv, differs, figures_csv
from kvarter.evidence.figures import Counted, Figure, Measure, Series, SourceFacts
from kvarter.evidence.queries.pages import Block, block_of
from kvarter.evidence.queries.published import Published, Told
from kvarter.evidence.showing import Shown, status_text, unit_text, value_text

WIDE, NARROW = 640, 300
FOLDERS = {"da": "", "en": "en/"}
SAID = ("name", "definition", "respondents", "known_issues")
DESIGN = '# Everybody is counted: each row stands for as many as `people` says.\n[design]\nweights = "people"\n'
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # names that Windows keeps, whatever comes after the dot


class Draw(Protocol):
    """What draws an indicator over time as an SVG."""

    def __call__(
        self,
        series: Sequence[Series],
        *,
        title: str,
        unit: str,
        width: int,
        language: str,
        target: Target | None = None,
    ) -> str: ...


def build_package(document: Document, *, draw: Draw = series_chart) -> bytes:
    """The package as a ZIP: pages in Danish and English, charts, tables, the document itself, and SHA256SUMS.

    The same document gives the same bytes, as long as the charts and the compression are made by the same software;
    `publication.json` is the same for ever, and its SHA-256 is the publication's digest. Raises ValueError for a
    document that is not in its one way of writing, or has an indicator of a theme that it does not tell of.
    """
    contents = {name: content.encode() for name, content in _texts(document, draw)}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items()))
    return _zipped(contents | {"SHA256SUMS": sums.encode()}, document)


def _zipped(contents: Mapping[str, bytes], document: Document) -> bytes:
    """The files as a ZIP in which nothing depends on when, where or by whom it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, document.published.timetuple()[:6])
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _PLAIN_FILE
            package.writestr(entry, content, compresslevel=9)
    return out.getvalue()


def _texts(document: Document, draw: Draw) -> Iterator[tuple[str, str]]:
    """Every file but the sums: (name, text)."""
    text = canonical(document.content)
    if digest_of(text) != document.digest:
        raise ValueError(f"publication {document.number} is not in its one way of writing")
    figures = Published((document,), "da").figures.values()
    yield "publication.json", text
    yield "package.css", own_text("package.css")
    yield "tal/figures.csv", figures_csv(figures)
    yield "tal/figures.csv-metadata.json", _metadata(document, "figures")
    indicators = Published((document,), "da").indicators.values()
    if any(map(differs, indicators)):
        yield "tal/differences.csv", differences_csv(indicators)
        yield "tal/differences.csv-metadata.json", _metadata(document, "differences")
    if counted := _counted(figures):
        yield "tal/counts.csv", counts_csv(counted)
        yield "tal/design.toml", DESIGN
    for language in FOLDERS:
        with translation.override(language), timezone.override(None):
            yield from _Edition(document, language, draw).files()


def _metadata(document: Document, table: str) -> str:
    """What a table holds, as W3C CSV on the Web: the columns as they always are, with this publication's facts."""
    content = document.content
    attributions = {source["attribution"]: "da" for source in content["sources"].values()}
    titles = {language: words(content["title"], language) for language in FOLDERS}
    facts = {
        "dc:issued": {"@value": document.published.isoformat(), "@type": "xsd:dateTime"},
        "dc:identifier": f"sha256:{document.digest}",
    } | made_up_facts(is_made_up=document.synthetic)
    return csvw(table, f"{table}.csv", titles, content["partnership"]["name"], attributions, facts)


def _counted(figures: Iterable[Figure]) -> list[Figure]:
    """The shares of everybody: those that can be computed anew from their counts."""
    return [
        figure
        for figure in figures
        if figure.measure is Measure.SHARE and figure.counted is Counted.FULL and figure.value is not None
    ]


def _no_interval(figure: Figure) -> str:
    """Why a figure has no interval."""
    if figure.value is None:
        return "–"
    return _("intet, alle er talt med") if figure.counted is Counted.FULL else _("kendes ikke")


def plain_names(slugs: Iterable[str]) -> dict[str, str]:
    """A name for each address that is safe in a path and an id on every system, each another's in no spelling.

    Small letters a-z, digits and hyphens alone, at most 60 and a number: no dots, no separators, no device names.
    """
    found: dict[str, str] = {}
    for slug in slugs:
        stem = slugify(slug).replace("_", "-").strip("-")[:60] or "side"
        stem = f"{stem}-0" if _DEVICE.fullmatch(stem) else stem
        names = itertools.chain([stem], (f"{stem}-{n}" for n in itertools.count(2)))
        found[slug] = next(name for name in names if name not in found.values())
    return found


@dataclass(frozen=True)
class Passage:
    """A text and, where it is not in the page's language, which one it is in; "" where it is."""

    text: str
    lang: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Line:
    """A row of a table: a figure with its time, its place as the column of the site's table has it, and its status.

    anchor: the id of its certificate on the page. interval: the figure's own, or why it has none.
    """

    anchor: str
    when: str
    place: str
    interval: str
    status: str
    figure: Shown


@dataclass(frozen=True)
class Section:
    """An indicator on a theme's page. said: the block's own texts with their language. sentences: the block's, but
    for how old a figure is today. chart: paths of the wide and the narrow drawing, from the package's root, if any.
    """

    anchor: str
    block: Block
    said: Mapping[str, Passage]
    sentences: tuple[str, ...]
    lines: tuple[Line, ...]
    chart: tuple[str, str] | None


@dataclass(frozen=True)
class Theme:
    """A theme with its page's path from the package's root, and its indicators in order."""

    path: str
    name: Passage
    about: Passage
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Source:
    """A source with the files that figures were read from: (name, what the producer calls the data, SHA-256)."""

    facts: SourceFacts
    lang: str
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class _Edition:
    """The pages and charts in one language, which must be the active one."""

    document: Document
    language: str
    draw: Draw

    def files(self) -> Iterator[tuple[str, str]]:
        """Every page and chart: (path from the package's root, text)."""
        yield self._page("index.html", "index.html", themes=self.themes, has_counts=self.has_counts)
        for theme in self.themes:
            yield self._page(
                theme.path.removeprefix(self.folder), "theme.html", theme=theme, interval=_("95 %-interval")
            )
        yield self._page(
            "metode.html",
            "method.html",
            sources=self.sources,
            most=self.document.content["rule"]["minimum"] - 1,
            base=self.document.content["rule"]["base"],
            has_counts=self.has_counts,
        )
        yield from self.charts()

    @property
    def folder(self) -> str:
        return FOLDERS[self.language]

    @cached_property
    def published(self) -> Published:
        return Published((self.document,), self.language)

    @cached_property
    def has_counts(self) -> bool:
        return bool(_counted(self.published.figures.values()))

    @cached_property
    def names(self) -> dict[str, str]:
        """The plain name of each indicator."""
        return plain_names(sorted(self.published.indicators))

    @cached_property
    def themes(self) -> list[Theme]:
        told = self.document.content["themes"]
        slugs = [theme["slug"] for theme in told]
        for indicator in self.published.indicators.values():
            if indicator.theme not in slugs:
                raise ValueError(f"{indicator.slug} belongs to a theme that is not told of: {indicator.theme}")
        names = plain_names(slugs)
        return [
            Theme(
                f"{self.folder}tema/{names[theme['slug']]}.html",
                self.passage(theme["name"]),
                self.passage(theme["about"]),
                tuple(self._sections(theme["slug"])),
            )
            for theme in told
        ]

    def _sections(self, theme: str) -> Iterator[Section]:
        n = 0
        for told in self.published.of_theme(theme, categories=True):
            block = block_of(told)
            facts = self.document.content["indicators"][told.slug]
            lines = tuple(self._lines(block, n))
            n += len(lines)
            yield Section(
                f"i-{self.names[told.slug]}",
                block,
                {name: self.passage(facts[name]) for name in SAID},
                block.sentences,
                lines,
                self._chart_paths(told.slug) if block.is_chart else None,
            )

    def _lines(self, block: Block, before: int) -> Iterator[Line]:
        figures = [(row.when, *pair) for row in block.rows for pair in zip(block.places, row.cells, strict=True)]
        shown = [(when, place, figure) for when, place, figure in figures if figure]
        for n, (when, place, figure) in enumerate(shown, before + 1):
            made_of = self.published.figures[figure.key]
            interval = figure.interval or _no_interval(made_of)
            yield Line(f"tal-{n}", when, place, interval, status_text(made_of.status), figure)

    def charts(self) -> Iterator[tuple[str, str]]:
        """The drawings of each indicator that has figures of several times."""
        for theme in self.themes:
            for section in theme.sections:
                if section.chart:
                    told = self.published.indicators[section.block.slug]
                    for path, width in zip(section.chart, (WIDE, NARROW), strict=True):
                        yield path, self._drawn(told, width)

    def _chart_paths(self, indicator: str) -> tuple[str, str]:
        stem = f"{self.folder}diagram/{self.names[indicator]}"
        return f"{stem}-bred.svg", f"{stem}-smal.svg"

    def _drawn(self, told: Told, width: int) -> str:
        aim = told.aim
        target = Target(aim.target, value_text(aim.target, told.measure)) if aim and aim.target is not None else None
        return self.draw(
            told.series,
            title=told.name,
            unit=unit_text(told.measure),
            width=width,
            language=self.language,
            target=target,
        )

    @cached_property
    def sources(self) -> list[Source]:
        every = {figure.source.key: figure.source for figure in self.published.figures.values()}
        return [Source(facts, self._lang_of_source(key), tuple(self._files(key))) for key, facts in every.items()]

    def _lang_of_source(self, key: str) -> str:
        return self.passage(self.document.content["sources"][key]["method"]).lang

    def _files(self, source: str) -> Iterator[tuple[str, str, str]]:
        for digest, register in sorted(self.document.content["registers"].items()):
            if register["source"] == source:
                yield register["file"], register["label"], digest

    def passage(self, texts: Mapping[str, str]) -> Passage:
        """A text in the page's language, or in Danish and marked so."""
        return Passage(words(texts, self.language), "" if texts.get(self.language) else "da")

    def _page(self, path: str, template: str, **more: Any) -> tuple[str, str]:
        """A page with what all pages have. path: from the language's own front page."""
        here = self.folder + path
        content = self.document.content
        other = next(language for language in FOLDERS if language != self.language)
        context = {
            "language": self.language,
            "other": {"code": other, "path": FOLDERS[other] + path},
            "root": "../" * here.count("/"),
            "index": f"{self.folder}index.html",
            "method": f"{self.folder}metode.html",
            "page": path,
            "partnership": content["partnership"]["name"],
            "is_made_up": self.document.synthetic,
            "number": self.document.number,
            "day": self.document.published,
            "digest": self.document.digest,
            "title": self.passage(content["title"]),
            "note": self.passage(content["note"]),
            "corrects": content["corrects"],
            **more,
        }
        return here, render_to_string(f"evidence/package/{template}", context)
