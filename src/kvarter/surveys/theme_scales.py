"""The questions of a theme taken together: how many of the hundred answers one would hope for.

A theme is no single thing, and its questions need not measure the same; so this stands beside them, never in their
place. Of each question that has a wanted direction, an answer counts 100 or 0; the theme's figure is the mean over
those a person answered, where they answered at least half of them.
"""

from __future__ import annotations

import polars as pl

from kvarter.surveys.questionnaire import Ask, Item, Questionnaire, Told

LEAST_ITEMS = 3
DIRECTIONS = ("more", "less")


def theme_items(questionnaire: Questionnaire) -> dict[str, tuple[Item, ...]]:
    """The items of each theme that can be taken together: shares with a wanted direction, at least LEAST_ITEMS."""
    found: dict[str, list[Item]] = {}
    for item in questionnaire.items:
        if item.theme and item.told and item.told.choices and item.told.direction in DIRECTIONS:
            found.setdefault(item.theme, []).append(item)
    return {theme: tuple(items) for theme, items in found.items() if len(items) >= LEAST_ITEMS}


def scale_key(theme: str, questionnaire: Questionnaire) -> str:
    """The name of a theme's figure."""
    return f"tema-{theme}" if questionnaire.audience == "adults" else f"tema-{theme}-unge"


def scale_items(questionnaire: Questionnaire) -> dict[str, Item]:
    """Each theme's figure as an item, by name: told as a mean, more of it being hoped for."""
    return {
        scale_key(theme, questionnaire): Item(
            scale_key(theme, questionnaire), Ask.NUMBER, {}, theme=theme, told=Told(direction="more")
        )
        for theme in theme_items(questionnaire)
    }


def scale_columns(table: pl.DataFrame, questionnaire: Questionnaire) -> list[pl.Series]:
    """Each theme's figure as a column, from the items' own columns of 0 and 1."""
    return [
        _scale(table, items).rename(scale_key(theme, questionnaire))
        for theme, items in theme_items(questionnaire).items()
    ]


def _scale(table: pl.DataFrame, items: tuple[Item, ...]) -> pl.Series:
    less = {item.key for item in items if item.told and item.told.direction == "less"}
    turned = [1 - pl.col(item.key) if item.key in less else pl.col(item.key) for item in items]
    answered = pl.sum_horizontal(pl.col(item.key).is_not_null() for item in items)
    mean = pl.mean_horizontal(*turned) * 100
    return table.select(pl.when(answered * 2 >= len(items)).then(mean).alias("scale"))["scale"]
