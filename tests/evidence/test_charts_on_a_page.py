"""Charts in a page: texts where there is room for them, names that stay text, and nothing a strict page forbids."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kvarter.evidence.charts import Target, dot_chart, series_chart, spec
from kvarter.evidence.charts.look import clean, text_width, wrapped
from kvarter.evidence.charts.placing import Box, Label, place
from kvarter.evidence.charts.plan import Plan, plan_of
from kvarter.evidence.figures import Place, Series
from tests.evidence.charting import (
    SVG,
    TURNOUT,
    call,
    crowd,
    drawn,
    figure,
    hidden,
    texts,
)

# Texts beside marks

shares = st.floats(0.01, 0.99)


@settings(max_examples=50)
@given(st.lists(st.tuples(shares, shares, shares), min_size=1, max_size=6), st.sampled_from([300, 640]))
def test_no_text_covers_a_text_or_leaves_the_picture(rows: list[tuple[float, float, float]], width: int) -> None:
    areas = [Place(f"p{i}", f"p{i}", f"Et sted med nummer {i}", None, None, is_area=not i) for i in range(len(rows))]
    plan = plan_of(tuple(map(_through, areas, rows)), "Andel", width, "da", Target(0.5, "Mål"))
    boxes = [one.box for one in [*(plan.labels or []), *([plan.goal] if plan.goal else [])]]
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(-plan.left <= box.left and box.right <= plan.plot + plan.gutter for box in boxes)
    assert all(_clear_of_points(box, plan) for box in boxes)


def _through(area: Place, values: tuple[float, float, float]) -> Series:
    return Series(area, tuple(figure(area, date(2010 + 4 * i, 6, 1), v) for i, v in enumerate(values)))


def _clear_of_points(box: Box, plan: Plan) -> bool:
    every = ((plan.x(one), plan.y(one)) for one in plan.figures)
    return not any(box.left < x < box.right and box.top < y < box.bottom for x, y in every)


def test_a_label_without_room_is_not_forced_in() -> None:
    label = Label(("Et navn",), 10, 10, "#000000")
    assert place([label], [], Box(0, 0, 200, 40)) is not None
    assert place([label], [], Box(0, 0, 20, 40)) is None
    assert place([label, label], [], Box(0, 0, 75, 20)) is None


@given(st.text(max_size=60), st.floats(20, 200), st.integers(1, 3))
def test_wrapped_text_keeps_to_its_room(text: str, room: float, most: int) -> None:
    lines = wrapped(clean(text), room, most)
    assert 1 <= len(lines) <= most
    assert all(text_width(line) <= room for line in lines)


# Safe to put into any page

names = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "]]>",
            "\"'><svg onload=alert(1)>",
            "&lt;b&gt;",
            "a\x00b\ud800",
            "{{7*7}}",
            "a\nb",
        ]
    ),
)


@settings(max_examples=15)
@given(names, names, names, names)
def test_what_users_write_comes_out_as_text(name: str, title: str, unit: str, goal: str) -> None:
    area = Place("x", "x", name, None, date(2006, 1, 1), is_area=True)
    series = (Series(area, (figure(area, date(2005, 1, 1), 0.4), hidden(area, date(2007, 1, 1)))),)
    given_ = call(title=title, unit=unit, target=Target(0.5, goal))
    for svg in (series_chart(series, **given_), dot_chart(series[0].figures, **given_)):
        root = etree.fromstring(svg)
        assert {etree.QName(one).localname for one in root.iter()} <= ALLOWED
        assert root.findtext(f"{SVG}title") == clean(title)
        assert clean(name) in (root.findtext(f"{SVG}desc") or "")


ALLOWED = {"svg", "title", "desc", "g", "rect", "line", "path", "text", "tspan"}


def test_a_script_in_a_name_is_shown_as_it_is_written() -> None:
    area = Place("x", "x", "<script>x</script>", None, None, is_area=True)
    svg = series_chart((Series(area, (figure(area, date(2005, 1, 1), 0.4),)),), **call())
    assert "&lt;script&gt;" in svg
    assert "<script" not in svg
    assert "<script>x</script>" in texts(etree.fromstring(svg))


@pytest.mark.parametrize("width", [300, 640])
def test_the_picture_fits_a_strict_page_and_scales(width: int) -> None:
    svg = series_chart(TURNOUT, **call(width=width, target=Target(0.85, "Mål")))
    root = etree.fromstring(svg)
    for one in root.iter():
        assert not {"style", "href", "onload", "id"} & set(one.attrib) or one.tag in (f"{SVG}title", f"{SVG}desc")
        assert one.get("font-size", "12px") == "12px"
    assert "url(" not in svg
    assert svg.count("http") == svg.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert root.get("viewBox", "").split()[:3] == ["0", "0", str(width)]
    assert root.get("height") is None
    assert root.get("font-family", "").startswith("IBM Plex Sans")
    assert len(svg.encode()) < 25_000


def test_the_picture_says_what_it_is_to_who_cannot_see_it() -> None:
    root = drawn()
    title, told = root[0], root[1]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert title.text == "Valgdeltagelse"
    for expected in (
        "Høje Gladsaxe: 82,7\u00a0% (8. februar 2005)",
        "Aksen går fra 80\u00a0% til 88\u00a0%",
        "1. januar 2008",
    ):
        assert expected in (told.text or "")


def test_the_same_figures_give_the_same_bytes() -> None:
    first = series_chart(TURNOUT, **call())
    assert series_chart(TURNOUT, **call()) == first
    assert spec(TURNOUT, **call()) == spec(TURNOUT, **call())
    wide, phone = drawn(), drawn(width=300)
    assert wide.get("aria-labelledby") != phone.get("aria-labelledby")


@pytest.mark.parametrize("colour", ["#0a4d57", "#5c5c5c", "#8a3b12", "#4b3f8f", "#1b5e20", "#7a1f4f", "#7a4d00"])
def test_every_colour_used_for_text_and_marks_can_be_read_on_white(colour: str) -> None:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (light + 0.05) >= 4.5


def test_no_other_colour_is_used() -> None:
    known = {"#0a4d57", "#5c5c5c", "#8a3b12", "#4b3f8f", "#1b5e20", "#7a1f4f", "#7a4d00", "#ffffff", "#dcdcdc", "none"}
    used = {one.get(key) for one in drawn(crowd(6), target=Target(0.6, "Mål")).iter() for key in ("fill", "stroke")}
    assert used - {None} <= known
