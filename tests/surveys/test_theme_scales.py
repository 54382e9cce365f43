"""A theme's questions taken together."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from kvarter.surveys.questionnaire import Ask, Item, Section, Told
from kvarter.surveys.theme_scales import scale_columns, scale_items, theme_items
from tests.surveys.waves import YES_NO, small_questionnaire

ITEMS = tuple(
    Item(f"q{n}", Ask.ONE, {"da": f"Spørgsmål {n}"}, theme="byliv", choices=YES_NO, told=Told(("ja",), direction))
    for n, direction in enumerate(("more", "more", "less", "none"))
)
FORM = small_questionnaire(sections=(Section("s", {"da": "Byliv"}, ITEMS),))


def test_a_theme_is_taken_together_where_three_of_its_questions_have_a_direction() -> None:
    assert {theme: [item.key for item in items] for theme, items in theme_items(FORM).items()} == {
        "byliv": ["q0", "q1", "q2"]
    }
    assert theme_items(small_questionnaire()) == {}
    assert list(scale_items(FORM)) == ["tema-byliv"]
    assert list(scale_items(replace(FORM, audience="youth"))) == ["tema-byliv-unge"]


def test_it_is_the_mean_of_what_was_answered_turned_the_way_hoped_for() -> None:
    table = pl.DataFrame({"q0": [1.0, 1.0, None, None], "q1": [0.0, 1.0, 1.0, None], "q2": [1.0, 0.0, 0.0, 1.0]})
    (made,) = scale_columns(table, FORM)
    assert made.name == "tema-byliv"
    assert [round(value, 9) if value is not None else None for value in made] == [
        round(100 / 3, 9),
        100.0,
        100.0,
        None,  # one answer of three is too little to speak for the theme
    ]
