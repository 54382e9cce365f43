"""What the charts show and what they must not: no line across a changed boundary, no interval without a sample."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kvarter.evidence.charts import Target, dot_chart, dot_spec, spec
from kvarter.evidence.charts.plan import plan_of
from kvarter.evidence.charts.scales import number, time_axis, value_axis
from kvarter.evidence.figures import Counted, Figure, Measure, Place, Series
from kvarter.evidence.importers.extract import Status
from tests.evidence.charting import (
    LATER,
    MOSS,
    NEW,
    OLD,
    SVG,
    TOWN,
    TURNOUT,
    call,
    crowd,
    days,
    drawn,
    figure,
    group,
    hidden,
    lines_of,
    sample,
    specified,
    texts,
)

# Versions of an area


def test_no_line_crosses_a_changed_boundary() -> None:
    found = specified((TURNOUT[0], LATER))
    assert days(found["line0"]) == ["2005-02-08", "2007-11-13"]
    assert days(found["line1"]) == ["2011-09-15", "2015-06-18"]
    assert not [name for name in found if name.startswith("joined")]


def test_a_dashed_line_crosses_where_the_later_series_says_it_is_joined() -> None:
    joined = Series(NEW, LATER.figures, joined="hg-1")
    found = specified((TURNOUT[0], joined))
    assert days(found["joined1"]) == ["2007-11-13", "2011-09-15"]
    assert found["joined1"]["mark"]["strokeDash"]
    assert "strokeDash" not in found["line0"]["mark"]
    assert "Grænsen ændret" in texts(drawn((TURNOUT[0], joined)))


@pytest.mark.parametrize("end", ["before", "after"])
def test_a_hidden_end_is_not_bridged(end: str) -> None:
    before = (*TURNOUT[0].figures, hidden(OLD, date(2007, 12, 1))) if end == "before" else TURNOUT[0].figures
    after = (hidden(NEW, date(2009, 1, 1)), *LATER.figures) if end == "after" else LATER.figures
    assert "joined1" not in specified((Series(OLD, before), Series(NEW, after, joined="hg-1")))


def test_the_day_the_boundary_changed_is_marked_at_that_day() -> None:
    found = specified()
    plan = plan_of(TURNOUT, "", 640, "da", None)
    assert found["boundary0"]["encoding"]["x"]["value"] == pytest.approx(plan.day(date(2008, 1, 1)))
    assert found["boundary0"]["mark"]["strokeDash"]
    ended_later = Series(Place("hg-1", "hg", "Høje Gladsaxe", None, date(2030, 1, 1), True), TURNOUT[0].figures)
    assert "boundary0" not in specified((ended_later,))


# Who is who, without colour


def test_places_differ_in_shape_and_another_place_is_hollow() -> None:
    marks = [specified()[f"points{i}"]["mark"] for i in range(3)]
    assert [mark["shape"] for mark in marks] == ["circle", "square", "triangle-up"]
    assert [mark["fill"] == mark["stroke"] for mark in marks] == [True, True, False]
    lines = specified()
    assert lines["line0"]["mark"]["strokeWidth"] > lines["line1"]["mark"]["strokeWidth"]


def test_two_versions_of_an_area_look_the_same_and_are_named_once() -> None:
    found = specified((TURNOUT[0], LATER))
    assert found["points0"]["mark"] == found["points1"]["mark"]
    assert texts(drawn((TURNOUT[0], LATER))).count("Høje Gladsaxe") == 1


def test_names_and_last_values_stand_beside_the_points() -> None:
    shown = texts(drawn())
    for expected in ("Høje Gladsaxe", "81,7\u00a0%", "Gladsaxe Kommune", "87,4\u00a0%", "Grønnemose", "84,8\u00a0%"):
        assert expected in shown


def test_names_that_do_not_fit_stand_in_a_legend() -> None:
    found = specified(crowd(9), width=300)
    assert "label0" not in found
    assert [found[f"name{i}"]["data"]["values"][0]["lines"] for i in (0, 8)] == [
        ["Boligafdeling nummer 0"],
        ["Boligafdeling nummer 8"],
    ]
    height = float(drawn(crowd(9), width=300).get("viewBox", "").split()[3])
    assert height > float(drawn(crowd(1), width=300).get("viewBox", "").split()[3])


# Uncertainty


def test_a_sample_carries_its_interval_and_a_full_count_none() -> None:
    root = drawn((sample(NEW, 0.62, 0.66, 0.71), TURNOUT[1]))
    assert len(group(root, "interval-0")) == len(group(root, "low-0")) == len(group(root, "high-0")) == 3
    assert group(root, "points-1")
    assert not group(root, "interval-1")


def test_an_interval_is_as_long_as_it_is() -> None:
    series = (sample(NEW, 0.62, 0.66, 0.71),)
    plan = plan_of(series, "", 640, "da", None)
    line = group(drawn(series), "interval-0")[0]
    assert abs(float(line.get("y2", "0"))) == pytest.approx(plan.level(0.58) - plan.level(0.66), abs=0.02)


def test_intervals_of_the_same_day_stand_side_by_side() -> None:
    found = specified((sample(NEW, 0.62, 0.66, 0.71), sample(TOWN, 0.63, 0.65, 0.7)))
    aside = [found[f"{kind}{i}"]["mark"]["xOffset"] for i in (0, 1) for kind in ("points", "interval", "low", "line")]
    assert len(set(aside[:4])) == len(set(aside[4:])) == 1
    assert aside[0] == -aside[4] != 0


def test_figures_published_by_others_are_hollow_points_alone() -> None:
    values = ((2016, 0.688), (2017, 0.796), (2018, 0.711))
    others = Series(NEW, tuple(figure(NEW, date(y, 1, 1), v, Counted.OUTSIDE) for y, v in values))
    root, found = drawn((others,)), specified((others,))
    assert len(group(root, "points-0")) == 3
    assert {one.get("fill") for one in group(root, "points-0")} == {"#ffffff"}
    assert not {"line0", "interval0", "low0", "high0"} & set(found)
    assert found["points0"]["mark"]["shape"] != specified()["points0"]["mark"]["shape"]


# What is missing


def with_gap(status: Status) -> tuple[Series, ...]:
    days_ = [date(year, 1, 1) for year in range(2016, 2021)]
    figures = [figure(NEW, day, 0.12) for day in days_]
    figures[2] = hidden(NEW, days_[2], status)
    return (Series(NEW, tuple(figures)),)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.SUPPRESSED, "skjult"),
        (Status.MISSING, "mangler"),
        (Status.ZERO_OR_SUPPRESSED, "0 eller skjult"),
        (Status.NOT_COLLECTED, "ikke indsamlet"),
        (Status.CANNOT_EXIST, "findes ikke"),
    ],
)
def test_what_is_missing_leaves_a_gap_and_says_why(status: Status, word: str) -> None:
    root = drawn(with_gap(status))
    assert len(lines_of(root, "line-0")) == 2
    assert len(group(root, "points-0")) == 4
    assert texts(root).count(word) == 1
    assert "2018-01-01" not in days(specified(with_gap(status))["points0"])


def test_a_gap_mark_stands_under_all_values() -> None:
    plan = plan_of(with_gap(Status.SUPPRESSED), "", 640, "da", None)
    ((_x, y, _series, _word),) = plan.gaps
    assert plan.depth < y < plan.height


def test_a_break_in_the_producers_series_is_not_drawn_across() -> None:
    figures = [figure(NEW, date(year, 1, 1), 0.4) for year in range(2016, 2020)]
    figures[2] = figure(NEW, date(2018, 1, 1), 0.5, status=Status.BREAK)
    assert [path.count("L") for path in lines_of(drawn((Series(NEW, tuple(figures)),)), "line-0")] == [1, 1]


def test_a_chart_of_nothing_but_hidden_figures_has_axes_and_words() -> None:
    root = drawn((Series(NEW, (hidden(NEW, date(2016, 1, 1)), hidden(NEW, date(2017, 1, 1)))),))
    assert "skjult" in texts(root)
    assert "2016" in texts(root)
    assert not group(root, "points-0")


def test_nothing_to_draw_and_mixed_indicators_are_refused() -> None:
    with pytest.raises(ValueError, match="no figures"):
        spec((), **call())
    other = Figure(**{**TURNOUT[0].figures[0].__dict__, "indicator": "trust"})
    with pytest.raises(ValueError, match="one indicator"):
        spec((Series(OLD, (other, TURNOUT[0].figures[1])),), **call())


# Axes and numbers


def test_numbers_are_danish_or_english() -> None:
    assert "81,7\u00a0%" in texts(drawn())
    english = texts(drawn(language="en"))
    assert "81.7\u00a0%" in english
    assert "81,7\u00a0%" not in english
    assert number(-1234.5, Measure.COUNT, "da", 1) == "−1.234,5"
    assert number(-1234.5, Measure.COUNT, "en", 1) == "−1,234.5"
    assert number(12500, Measure.AMOUNT, "da") == "12.500\u00a0kr."


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_ticks_are_drawn_as_they_are_reckoned(language: str) -> None:
    shown = texts(drawn(language=language))
    axis = plan_of(TURNOUT, "", 640, language, None).axis
    assert [label for label in axis.labels(language) if label not in shown] == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_an_axis_of_shares_holds_them_has_few_round_ticks_and_is_not_blown_up(values: list[float]) -> None:
    axis = value_axis(values, Measure.SHARE)
    assert axis.low <= min(values) + 1e-9
    assert axis.high >= max(values) - 1e-9
    assert axis.high - axis.low >= 0.05 - 1e-9
    assert 0 <= axis.low < axis.high <= 1
    assert 2 <= len(axis.ticks) <= 6
    assert all(abs(tick * 100 - round(tick * 100)) < 1e-6 for tick in axis.ticks)


@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=1, max_size=6), st.sampled_from([180, 420]))
def test_an_axis_of_time_holds_its_days_and_names_two_years_at_least(every: list[date], room: int) -> None:
    axis = time_axis(every)
    years = axis.years(room)
    assert all(axis.holds(day) for day in every)
    if len(set(every)) == 1:
        assert (years, axis.part(every[0])) == ([], 0.5), "one time has no years to either side"
        return
    assert 2 <= len(years) <= room / 58 + 1
    assert all(axis.holds(date(year, 1, 1)) for year in years)


def test_points_stand_at_their_real_days() -> None:
    found = [one.get("transform", "") for one in group(drawn(), "points-0")]
    across = [float(re.findall(r"[\d.]+", one)[0]) for one in found]
    plan = plan_of(TURNOUT, "", 640, "da", None)
    assert across == pytest.approx([plan.day(date(2005, 2, 8)), plan.day(date(2007, 11, 13))], abs=0.02)


def test_a_target_is_a_dashed_line_with_its_name() -> None:
    root = drawn(target=Target(0.9, "Mål 2030: 90 %"))
    assert group(root, "target")[0].get("stroke-dasharray")
    assert "Mål 2030: 90 %" in texts(root)
    assert not group(drawn(), "target")


def test_a_target_with_no_room_on_its_line_is_named_in_the_legend() -> None:
    series, goal = (
        (sample(NEW, 0.75, 0.75, 0.75), sample(TOWN, 0.76, 0.74, 0.75)),
        Target(0.75, "Et mål med et langt navn"),
    )
    assert "goalkey" in specified(series, width=300, target=goal)
    assert "Et mål med et langt navn" in texts(drawn(series, width=300, target=goal))


# Several places at one time

WAVE = (
    figure(NEW, date(2025, 5, 1), 0.66, Counted.SAMPLE),
    figure(TOWN, date(2025, 5, 1), 0.775),
    figure(MOSS, date(2025, 5, 1), None, Counted.SAMPLE, Status.SUPPRESSED),
)


def dots(rows: tuple[Figure, ...] = WAVE, **changed: Any) -> etree._Element:
    return etree.fromstring(dot_chart(rows, **call(**changed)))


@pytest.mark.parametrize("width", [300, 640])
def test_dots_stand_in_the_order_given_with_an_interval_for_samples_alone(width: int) -> None:
    for rows in (WAVE, WAVE[::-1]):
        shown = texts(dots(rows, width=width))
        at = [shown.index(row.place.name) for row in rows]
        assert at == sorted(at)
    root = dots(width=width)
    assert len(group(root, "interval-0")) == 1
    assert group(root, "points-1")
    assert not group(root, "interval-1")


def test_a_hidden_row_says_so_and_has_no_dot() -> None:
    root = dots()
    assert "skjult" in texts(root)
    assert not group(root, "points-2")


def test_rows_of_different_days_say_which() -> None:
    rows = (WAVE[0], figure(TOWN, date(2022, 5, 1), 0.7))
    assert "Gladsaxe Kommune, 1. maj 2022" in " ".join(texts(dots(rows)))
    assert [text for text in texts(dots((WAVE[0],))) if "2025" in text] == [
        "Andel af vælgerne, 1. maj 2025, aksen begynder ved 62\u00a0%"
    ]


def test_dots_tell_interval_and_axis_in_words_and_have_a_target() -> None:
    root = dots(target=Target(0.75, "Mål"))
    assert "Usikkerhed: 62,0\u00a0% til 70,0\u00a0%." in (root.findtext(f"{SVG}desc") or "")
    assert group(root, "target")[0].get("stroke-dasharray")
    assert dot_spec(WAVE, **call())["config"]["locale"]["number"]["decimal"] == ","
