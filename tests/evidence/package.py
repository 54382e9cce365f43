"""A small publication with everything that may go wrong in it, and a strict reader of pages."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from xml.sax.saxutils import escape

from kvarter.evidence.charts import Target
from kvarter.evidence.documents import Document, canonical, read_document
from kvarter.evidence.figures import Series

EVIL = "<script>alert('x')</script>"
FAR = "../../x"
VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "source"))
PAGES = ("index.html", "metode.html", "tema/demokrati.html", "tema/x.html")


def told(da: str, en: str = "") -> dict[str, str]:
    return {"da": da, "en": en}


def figure(indicator: str, place: str, day: str, value: float | None = None, **more: Any) -> dict[str, Any]:
    """A row of a document; what is not said is as for a figure that is not there."""
    empty = dict.fromkeys(("numerator", "denominator", "n", "invited", "low", "high"))
    row = {"indicator": indicator, "place": place, "first": day, "last": day, "value": value, "status": "A"}
    return row | empty | {"counted": "full", "notes": [], "processed": False, "register": "a" * 64} | more


def share(place: str, day: str, part: int, whole: int, **more: Any) -> dict[str, Any]:
    return figure("valgdeltagelse", place, day, part / whole, numerator=part, denominator=whole, **more)


def indicator(theme: str, name: dict[str, str], **more: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "theme": theme,
        "position": 0,
        "name": name,
        "definition": told("Hvor stor en del.", "How large a part."),
    }
    facts |= {
        "respondents": told("Vælgere"),
        "known_issues": told(""),
        "measure": "share",
        "flow": "flow",
        "grade": "",
        "criterion": "",
    }
    return facts | {"owner": None, "decision": "", "clauses": [], "aim": None} | more


def area(name: str, since: str | None, until: str | None = None, **more: Any) -> dict[str, Any]:
    slug = name.lower().split()[0]
    facts: dict[str, Any] = {
        "area": slug,
        "name": told(name),
        "from": since,
        "until": until,
        "source": "",
        "shares": [],
    }
    return facts | {"is_area": False, "is_reference": False} | more


def source(title: str, counted: str, attribution: str) -> dict[str, Any]:
    said = {"producer": told("Producenten"), "title": told(title), "method": told("Sådan.", "Thus.")}
    return said | {"limits": told("Ikke alt."), "attribution": attribution, "counted": counted}


def register(of: str) -> dict[str, Any]:
    return {"source": of, "file": f"{of}.csv", "label": of.upper(), "published": "2024-07-01"} | {
        "footnotes": ["En fodnote"],
        "findings": [],
    }


AIM = {
    "agreement": "aftalen",
    "version": 1,
    "decision": "punkt 4",
    "decided_on": "2025-06-01",
    "direction": "more",
    "margin": None,
    "baseline": 0.827,
    "baseline_on": "2007-11-13",
    "target": 0.85,
    "target_by": "2030-12-31",
    "reference": "resten",
}


def content() -> dict[str, Any]:
    """Two themes; shares of everybody, one of them hidden; a sample with its interval; others' figures without."""
    return {
        "format": "kvarter-publication/1",
        "partnership": {"slug": "hg", "name": "Sammen om kvarteret"},
        "number": 7,
        "title": told(f"Tal for 2024 {EVIL}", "Figures of 2024"),
        "note": told("Rettet: et tal var forkert."),
        "published": "2025-02-03T23:45:10+00:00",
        "corrects": {"number": 6, "digest": "6" * 64},
        "rule": {"minimum": 5, "base": 20},
        "sources": {
            "valg": source("Valgdatabasen", "full", "Egne beregninger, https://example.invalid/valg"),
            "maaling": source("Undersøgelsen", "sample", "Kvarterets undersøgelse"),
            "andre": source("Tryghed & tillid", "outside", "Andres tal"),
        },
        "registers": {"a" * 64: register("valg"), "b" * 64: register("maaling"), "c" * 64: register("andre")},
        "areas": {
            "hg@1970": area("Højen", "1970-04-01", "2015-06-01", is_area=True),
            "resten@1970": area(f"Resten {EVIL}", "1970-04-01", is_reference=True),
            "groen@2015": area("Grønnemose", "2015-06-01", shares=[SHARED_UNIT]),
        },
        "themes": [
            {
                "slug": "demokrati",
                "clause": "tema-1",
                "name": told("Demokrati", "Democracy"),
                "about": told("Om valg."),
            },
            {"slug": FAR, "clause": "tema-2", "name": told("Tryghed", "Safety"), "about": told("")},
        ],
        "indicators": {
            "valgdeltagelse": indicator("demokrati", told(f"Valg {EVIL}", "Turnout"), aim=AIM),
            "tillid": indicator(FAR, told("Tillid", "Trust")),
            "tryghed": indicator(FAR, told("Tryghed", "Feeling safe"), position=1, measure="mean"),
        },
        "figures": [
            share("hg@1970", "2005-02-08", 2228, 2695),
            share("hg@1970", "2007-11-13", 2153, 2635, status="B", notes=["Ny optælling"]),
            share("resten@1970", "2005-02-08", 35513, 40001, processed=True),
            figure("valgdeltagelse", "resten@1970", "2007-11-13", status="Q"),
            share("groen@2015", "2024-06-09", 3345, 6017),
            figure("tillid", "hg@1970", "2024-05-01", 0.61234, **SAMPLE, low=0.55, high=0.671, n=412, invited=1000),
            figure("tillid", "resten@1970", "2024-05-01", 0.7, **SAMPLE, low=0.65, high=0.75, n=300),
            figure("tryghed", "hg@1970", "2024-01-01", 3.456, counted="outside", register="c" * 64, last="2024-12-31"),
        ],
    }


SAMPLE = {"counted": "sample", "register": "b" * 64}
SHARED_UNIT = {"part": told("Højen"), "part_area": "hg", "part_version": "hg@1970", "basis": "people"} | {
    "of_part": 2635.0,
    "of_whole": 6017.0,
    "source": "folketælling",
    "joins": False,
}


def document(**changed: Any) -> Document:
    return read_document(canonical(content() | changed))


def stand_in(
    series: Sequence[Series], *, title: str, unit: str, width: int, language: str, target: Target | None = None
) -> str:
    """A chart that says what it was asked to draw."""
    points = sum(len(one.figures) for one in series)
    asked = escape(f"{title}, {unit}, {language}, {points}, {target.label if target else '-'}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 200" width="{width}"><text>{asked}</text></svg>'
    )


def opened(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


@dataclass
class Read(HTMLParser):
    """A page read strictly: every element that is begun is ended, in order."""

    text: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    cells: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.feed(self.text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        assert len(found) == len(attrs), f"<{tag}> says something twice"
        self.tags.append((tag, found))
        if tag not in VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())
            for _tag, attributes in self.open:
                for kind in ("data-figure", "data-certificate"):
                    if kind in attributes:
                        self.cells.setdefault(f"{kind} {attributes[kind]}", []).append(data.strip())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def pages(files: dict[str, bytes]) -> dict[str, Read]:
    return {name: Read(text.decode()) for name, text in files.items() if name.endswith(".html")}
