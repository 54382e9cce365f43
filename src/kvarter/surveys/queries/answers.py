"""The answers as a table, once no way leads from a person to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kvarter.surveys.answers.models import Response
from kvarter.surveys.coarsening import ALIKE
from kvarter.surveys.models import Stratum, Wave
from kvarter.surveys.questionnaire import Ask, Item, Questionnaire
from kvarter.surveys.theme_scales import scale_columns

# The background item that tells newcomers from the rest, and how many years before the wave's the first one moved in.
MOVED_IN, NEWCOMER_YEARS = "flyttet-ind", 3
BACKGROUND = (
    "wave",
    "area",
    "stratum",
    "gender",
    "age",
    "newcomer",
    "household",
    "households",
    "base",
    "weight",
    "mode",
)
_SCHEMA: dict[str, Any] = dict.fromkeys(BACKGROUND, pl.String) | {
    "households": pl.Float64,
    "base": pl.Float64,
    "weight": pl.Float64,
}


def answers_of(
    wave: Wave, questionnaire: Questionnaire, digest: str, *, kind: str = Response.Kind.SAMPLE
) -> pl.DataFrame:
    """The finished answers to one of a wave's questionnaires: a row each, in the random order of the cut.

    Left out are those of a place where fewer than ALIKE answered it: whatever is taken from them, they stand alone.
    Columns: BACKGROUND, and one for each item but those answered in words: a code, a number, an ISO day, or codes with
    spaces between for several choices; null where there is no answer, and where a background item's would tell who it
    is (`_telling`). Two SQL queries, one in each database.
    """
    households = {stratum.name: float(stratum.households) for stratum in Stratum.objects.filter(wave=wave)}
    rows = _not_alone(wave, digest, kind)
    items = closed_items(questionnaire)
    schema = {name: _SCHEMA[name] for name in BACKGROUND} | {item.key: _type_of(item) for item in items}
    hidden = _telling(rows, [item.key for item in items if not item.theme and not item.told])
    made = [
        _row(row, wave, households)
        | {item.key: None if (at, item.key) in hidden else _cell(row.answers.get(item.key)) for item in items}
        for at, row in enumerate(rows)
    ]
    return pl.DataFrame(made, schema=schema, orient="row")


def _telling(rows: Sequence[Response], background: Sequence[str]) -> set[tuple[int, str]]:
    """What people said of themselves that could tell who they are, as (row, item): an answer that fewer than ALIKE of
    their place gave, and all of it where gender or age was taken from them for being too few.
    """
    given = Counter((_place_of(row), key, str(row.answers.get(key))) for row in rows for key in background)
    gendered, aged = ({_place_of(row) for row in rows if getattr(row, name)} for name in ("gender", "age"))
    found = set()
    for at, row in enumerate(rows):
        place = _place_of(row)
        joined = (not row.gender and place in gendered) or (not row.age and place in aged)
        found |= {(at, key) for key in background if joined or given[place, key, str(row.answers.get(key))] < ALIKE}
    return found


def _place_of(row: Response) -> tuple[str, str]:
    return row.stratum, row.area


def _not_alone(wave: Wave, digest: str, kind: str) -> list[Response]:
    """The finished responses to a questionnaire in the order of the cut, of each stratum (by the open link: area) in
    which at least ALIKE answered it. One SQL query.
    """
    rows = Response.objects.filter(wave=wave.key, questionnaire=digest, finished=True, kind=kind).order_by("position")
    found = list(rows)
    each = Counter(map(_place_of, found))
    return [row for row in found if each[_place_of(row)] >= ALIKE]


def closed_items(questionnaire: Questionnaire) -> list[Item]:
    """The items not answered in one's own words: words may tell who wrote them, and stand beside nothing (`texts_of`).

    Raises ValueError for an item called as a column that stands beside the answers.
    """
    items = [item for item in questionnaire.items if item.ask is not Ask.TEXT]
    taken = sorted({item.key for item in items} & set(BACKGROUND))
    if taken:
        raise ValueError(f"an item may not be called {', '.join(taken)}: a column beside the answers is")
    return items


def texts_of(
    wave: Wave, questionnaire: Questionnaire, digest: str, *, kind: str = Response.Kind.SAMPLE
) -> list[tuple[str, str]]:
    """What was answered in own words: (item, text), those of an item in the order of the alphabet, so that neither
    place nor neighbour tells whose they are; of those whose answers are told (`answers_of`). One SQL query.
    """
    wanted = [item.key for item in questionnaire.items if item.ask is Ask.TEXT]
    answers = [row.answers for row in _not_alone(wave, digest, kind)]
    return [(key, text) for key in wanted for text in sorted(str(one[key]) for one in answers if one.get(key))]


def _row(row: Response, wave: Wave, households: Mapping[str, float]) -> dict[str, Any]:
    own = f"{wave.slug} {row.household}" if row.household else f"{wave.slug} alone {row.position}"
    told = {name: getattr(row, name) for name in ("area", "stratum", "gender", "age", "base", "weight", "mode")}
    return told | {
        "wave": wave.slug,
        "household": own,
        "households": households.get(row.stratum),
        "newcomer": _newcomer(row.answers.get(MOVED_IN), wave.reference_on.year),
    }


def _newcomer(year: Any, now: int) -> str:
    """Whether somebody moved in within NEWCOMER_YEARS of the wave's year; "" where it is not told or is later."""
    if not isinstance(year, int) or year > now:
        return ""
    return "yes" if now - year <= NEWCOMER_YEARS else "no"


def _type_of(item: Item) -> Any:
    return pl.Int64 if item.ask is Ask.NUMBER else pl.String


def _cell(answer: Any) -> Any:
    return " ".join(answer) if isinstance(answer, list) else answer


def told_column(table: pl.DataFrame, questionnaire: Questionnaire, item: Item) -> pl.Series:
    """An item as a figure is made of it: 1.0 or 0.0 for those who gave a choice that counts or another, or the score of
    the choice; null for those who did not answer, do not know or would rather not say. Raises ValueError for an item
    that becomes no figure.
    """
    if item.told is None:
        raise ValueError(f"{item.key} becomes no figure")
    given = table[item.key]
    if item.ask is Ask.NUMBER:
        return given.cast(pl.Float64)
    if item.ask is Ask.MANY:
        counted = set(item.told.choices)
        silent = {choice.code for choice in questionnaire.choices_of(item) if choice.without}
        values = [_chose(answer, counted, silent) for answer in given.to_list()]
        return pl.Series(item.key, values, dtype=pl.Float64)
    scores = {
        choice.code: _score(choice.code, choice.score, item)
        for choice in questionnaire.choices_of(item)
        if not choice.without
    }
    return given.replace_strict(scores, default=None, return_dtype=pl.Float64)


def _chose(answer: str | None, counted: set[str], silent: set[str]) -> float | None:
    chosen = set((answer or "").split())
    return None if not chosen or chosen <= silent else float(bool(chosen & counted))


def _score(code: str, score: float | None, item: Item) -> float | None:
    return float(code in item.told.choices) if item.told and item.told.choices else score


def figures_of(wave: Wave, questionnaire: Questionnaire, digest: str) -> pl.DataFrame:
    """The random sample's answers with each item that becomes a figure as a column of numbers (see `told_column`), and
    each theme's items taken together (see `theme_scales`).
    """
    table = answers_of(wave, questionnaire, digest)
    told = [item for item in questionnaire.items if item.told]
    made = table.select(BACKGROUND).with_columns(
        told_column(table, questionnaire, item).alias(item.key) for item in told
    )
    return made.with_columns(scale_columns(made, questionnaire))


def questionnaires_of(waves: Sequence[Wave]) -> dict[str, Questionnaire]:
    """The questionnaires of some waves by digest: adults' first."""
    versions = [one for wave in waves for one in (wave.questionnaire, wave.youth) if one]
    return {one.digest: one.questionnaire for one in versions}
