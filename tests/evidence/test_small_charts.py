"""The small charts of the overview: all of one size, hollow reference, no line where none belongs, cut axes told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from lxml import etree

from kvarter.evidence.charts import small_chart, small_spec
from kvarter.evidence.charts.look import OWN, PAPER
from kvarter.evidence.charts.small import BLUE, WIDTH
from kvarter.evidence.figures import Counted, Series
from tests.evidence.charting import LATER, MOSS, OLD, TOWN, TURNOUT, figure, hidden, layers_of
from tests.evidence.charting import texts as every_text

FACTS: dict[str, Any] = {"title": "Valgdeltagelse", "unit": "procent", "language": "da", "agreed": False}
ASKED = Series(
    OLD, (figure(OLD, date(2021, 3, 1), 0.6, Counted.SAMPLE), figure(OLD, date(2024, 3, 1), 0.7, Counted.SAMPLE))
)


def told(svg: etree._Element) -> str:
    """What the drawing says to who cannot see it."""
    return "".join(svg.find("{*}desc").itertext()).replace("\u00a0", " ")


def texts(svg: etree._Element) -> list[str]:
    return [text.replace("\u00a0", " ") for text in every_text(svg)]


def drawn(*series: Series, **changed: Any) -> etree._Element:
    return etree.fromstring(small_chart(series, **(FACTS | changed)))


def specified(*series: Series, **changed: Any) -> dict[str, dict[str, Any]]:
    return layers_of(small_spec(series, **(FACTS | changed)))


def test_every_small_chart_is_of_the_same_size() -> None:
    boxes = {
        drawn(*series).get("viewBox")
        for series in (TURNOUT[:2], (ASKED,), (Series(OLD, (hidden(OLD, date(2024, 1, 1)),)),))
    }
    assert len(boxes) == 1
    assert str(WIDTH) in str(boxes)


def test_samples_stand_with_their_intervals_and_full_counts_alone() -> None:
    assert "interval0" in specified(ASKED)
    assert not [name for name in specified(*TURNOUT[:2]) if name.startswith("interval")]


def test_the_reference_is_hollow_and_the_area_is_not() -> None:
    found = specified(*TURNOUT[:2])
    assert found["points0"]["mark"]["fill"] != PAPER
    assert found["points1"]["mark"]["fill"] == PAPER


def test_no_line_crosses_a_changed_boundary() -> None:
    found = specified(TURNOUT[0], LATER)
    for name in ("line0", "line1"):
        assert len(found[name]["data"]["values"]) == 2
    assert "joined1" not in found


def test_no_line_joins_what_others_have_published() -> None:
    theirs = Series(OLD, tuple(figure(OLD, date(year, 1, 1), 0.7, Counted.OUTSIDE) for year in (2016, 2017)))
    assert not [name for name in specified(theirs) if name.startswith("line")]


def test_a_cut_axis_says_where_it_begins() -> None:
    assert "procent, aksen begynder ved 80 %" in texts(drawn(*TURNOUT[:2]))
    low = Series(OLD, (figure(OLD, date(2005, 1, 1), 0.02), figure(OLD, date(2006, 1, 1), 0.3)))
    assert "procent" in texts(drawn(low))


def test_what_is_made_up_says_so_in_the_drawing() -> None:
    made_up = Series(OLD, tuple(replace(one, synthetic=True) for one in TURNOUT[0].figures))
    svg = drawn(made_up)
    assert "OPDIGTET: procent, aksen begynder ved 75 %" in texts(svg)
    assert "OPDIGTET" in told(svg)


def test_the_area_is_blue_until_a_direction_is_agreed() -> None:
    assert specified(TURNOUT[0])["points0"]["mark"]["stroke"] == BLUE
    assert specified(TURNOUT[0], agreed=True)["points0"]["mark"]["stroke"] == OWN.colour


def test_it_is_told_in_words_too() -> None:
    said = told(drawn(*TURNOUT[:2]))
    assert "Høje Gladsaxe: 82,7 % (8. februar 2005), 81,7 % (13. november 2007)." in said
    assert "Aksen går fra 80 %" in said


def test_a_hidden_figure_is_a_word_and_no_point() -> None:
    svg = drawn(Series(MOSS, (hidden(MOSS, date(2024, 1, 1)),)), Series(TOWN, (figure(TOWN, date(2024, 1, 1), 0.5),)))
    assert "skjult" in texts(svg)


def test_one_time_alone_is_named_and_no_years_are_made_up_beside_it() -> None:
    seen = texts(drawn(Series(OLD, (figure(OLD, date(2005, 2, 8), 0.8),))))
    assert "8. februar 2005" in seen
    assert not {"2005", "2006"} & set(seen)
