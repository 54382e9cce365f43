"""From a specification to an SVG that may stand in any page: small, the same each time, and without script or style."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import vl_convert
from lxml import etree

from kvarter.evidence.charts.look import FONT, clean

_SVG = "http://www.w3.org/2000/svg"
_VERSION = "6.4"
_PLACES = {"x", "y", "x2", "y2", "d", "dy", "transform", "width", "height", "viewBox"}
_LOOKS = {"fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap"}
_KEPT = _PLACES | _LOOKS | {"text-anchor", "font-size", "font-weight", "class"}
_NAMED = re.compile(r"(?:\s|_)([a-z]+)(\d*)(?:_\d+)?_marks\b")
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?|-?\d+(?:\.\d+)?e-\d+")


def draw(specification: dict[str, Any], *, title: str, told: str, language: str) -> str:
    """The SVG of a Vega-Lite specification. told: what the chart shows, for who cannot see it.

    Texts are taken as data and come out escaped. The height follows from the width by the viewBox: a page sets
    `max-width: 100%`.
    """
    raw = vl_convert.vegalite_to_svg(specification, vl_version=_VERSION, allowed_base_urls=[])
    root = etree.fromstring(raw.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    _tidy(root)
    mark = json.dumps([specification, title, told], sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
    _name(root, f"kv-{hashlib.sha256(mark).hexdigest()[:10]}", clean(title), told)
    root.set("lang", language)
    root.set("font-family", FONT)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _tidy(element: etree._Element) -> None:
    """Keep what is seen, and shorten it."""
    for child in list(element):
        if not _drawn(child):
            element.remove(child)
            continue
        _tidy(child)
        if child.tag == f"{{{_SVG}}}g" and len(child) == 0:
            element.remove(child)
    names = _NAMED.findall(element.get("class", ""))
    for key, value in list(element.attrib.items()):
        if str(key) not in _KEPT:
            del element.attrib[key]
        else:
            element.set(key, _NUMBER.sub(_short, str(value)))
    if "class" in element.attrib:
        del element.attrib["class"]
    if names:
        element.set("class", "-".join(part for part in ("kv", *names[0]) if part))


def _drawn(element: etree._Element) -> bool:
    """Whether an element draws anything: Vega frames every group with paths that may be empty."""
    return element.get("class") not in ("background", "foreground") and element.get("display") != "none"


def _short(found: re.Match[str]) -> str:
    """A number to a hundredth of a pixel."""
    return f"{round(float(found[0]), 2) + 0:g}"


def _name(root: etree._Element, mark: str, title: str, told: str) -> None:
    """Say what the picture is, for who cannot see it."""
    root.set("role", "img")
    root.set("aria-labelledby", f"{mark}-t {mark}-d")
    del root.attrib["height"]
    for place, (tag, end, text) in enumerate([("title", "t", title), ("desc", "d", told)]):
        element = etree.Element(f"{{{_SVG}}}{tag}", {"id": f"{mark}-{end}"})
        element.text = text
        root.insert(place, element)
