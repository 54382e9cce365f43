"""Which parts of the people a figure of a sample must not be told of, so that no share of a handful can be worked out.

Answers are weighted until they add up to people whom every register counts. So whoever reads a share of a part has its
sum, and the sums of all, of women and of men add up: hiding the men's share alone hides nothing. The sums over those
who gave the answer, and over those who did not, are therefore guarded like any table of counts, with the same margins.
That it is their numbers which are guarded, and not their weighted sums, makes no difference: where another table of
numbers agrees with what is shown, so does another of sums, moved the same way by the smallest weight.

A theme's figure is its questions' figures taken together. It is told only of a part of which all those are, and so
tells nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from kvarter import effect

CUTS: tuple[tuple[str, ...], ...] = ((), ("gender",), ("age",), ("newcomer",), ("gender", "age"))
COLUMNS = ("gender", "age", "newcomer")
HANDFUL = 4

Parts = frozenset[tuple[str, str]]


def cut_key(values: Mapping[str, str]) -> str:
    """The name of a part of the people, as "age=30-49;gender=f"; "" for all."""
    return ";".join(f"{name}={values[name]}" for name in sorted(values))


def withheld(
    table: pl.DataFrame,
    shares: Iterable[str],
    means: Iterable[str],
    themes: Mapping[str, Sequence[str]],
    *,
    minimum: int,
) -> dict[str, Parts]:
    """The parts, as (area, cut), of which each item must not be told: fewer than `minimum` answered it, only a handful
    gave the answer of a share or did not, or they would give such a part away. That of all goes last.

    themes: of each mean that takes shares together, which. Raises kvarter.effect.NoSolution where nothing can be shown.
    """
    known = table.with_columns(pl.col(*COLUMNS).replace("", "unknown"))
    found = {item: _few(known, item, minimum, is_share=True) for item in shares}
    for item in means:
        within = [found[one] for one in themes.get(item, ()) if one in found]
        found[item] = _few(known, item, minimum, is_share=False).union(*within)
    return found


def _few(table: pl.DataFrame, item: str, minimum: int, *, is_share: bool) -> Parts:
    answered = table.filter(pl.col(item).is_not_null())
    hidden = _guarded(answered, pl.len(), minimum)
    for gave in (pl.col(item) == 1, pl.col(item) != 1) if is_share else ():
        hidden |= _guarded(answered, gave.sum(), HANDFUL + 1)
    return hidden


def _guarded(answered: pl.DataFrame, number: pl.Expr, minimum: int) -> Parts:
    """The parts to hide so that no number of them from 1 to minimum-1 can be worked out."""
    counts = answered.group_by("area", *COLUMNS).agg(number.alias("n")).sort("area", *COLUMNS)
    if counts.is_empty():
        return frozenset()
    safe = effect.protect(
        effect.table_from_rows(counts, ["area", *COLUMNS]),
        effect.Rule(minimum=minimum, margins=tuple(("area", *cut) for cut in CUTS), dear=(("area",),)),
    )
    return frozenset((cell.key[0], _key_of(cell.margin, cell.key)) for cell in safe.cells if cell.value is None)


def _key_of(margin: Sequence[str], key: Sequence[str]) -> str:
    return cut_key(dict(zip(margin[1:], key[1:], strict=True)))
