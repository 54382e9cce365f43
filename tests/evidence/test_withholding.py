"""No share of a handful can be worked out from what is told of a wave by who knows how many people there are."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kvarter.evidence.estimating import Answered, Estimate, estimates

AGES = ("18-29", "30-49", "50-64", "65+")
WHOLE = 3900.0


def wave(few: int = 2, *, items: Iterable[str] = ("x",), seed: int = 3) -> Answered:
    """Weighted to 2,000 women and 1,900 men, of whom `few` said yes to the last item; the means of all at the end."""
    chance, names, rows = random.Random(seed), list(items), []
    for gender, many, weight in (("f", 120, 2000 / 120), ("m", 60, 1900 / 60)):
        for at in range(many):
            row: dict[str, Any] = {"area": "hg", "stratum": "hg", "gender": gender, "age": chance.choice(AGES)}
            row |= {"newcomer": chance.choice(("yes", "no")), "household": f"{gender}{at}", "weight": weight}
            row |= {name: float(chance.random() < 0.5) for name in names}
            rows.append(row | ({names[-1]: float(at < few)} if gender == "m" else {}))
    table = pl.DataFrame(rows).with_columns(theme=100 * pl.mean_horizontal(names))
    return Answered(date(2024, 3, 1), table, tuple(names), ("theme",), {"theme": tuple(names)})


def told(answered: Answered) -> dict[tuple[str, str], Estimate]:
    return {(one.item, one.cut): one for one in estimates(answered, minimum=20) if not one.hidden}


def test_the_share_of_a_handful_of_men_is_not_all_without_the_women() -> None:
    found = told(wave())
    assert ("x", "") in found
    assert ("x", "gender=m") not in found
    assert ("x", "gender=f") not in found


def test_a_theme_does_not_tell_of_the_question_that_is_hidden() -> None:
    found = told(wave(items=("a", "b", "c")))
    assert {cut for item, cut in found if item == "theme"} <= {cut for item, cut in found if item == "c"}
    assert ("a", "gender=m") in found
    assert ("theme", "gender=m") not in found
    assert ("theme", "") in found


def exactly_known(answered: Answered) -> list[tuple[str, str, int]]:
    """The shares of a handful that follow from all that is told: of whom, and how many they are.

    Every figure is a sum over the finest parts, in known proportions; what lies in the span of those follows from them.
    """
    table = answered.table.with_columns(finest=pl.concat_str("gender", "age", "newcomer", separator=" "))
    finest = sorted(set(table["finest"]))
    items = list(answered.shares)
    place = {(item, one): at for at, (item, one) in enumerate((i, f) for i in items for f in finest)}

    def sums(item: str, cut: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        row = np.zeros(len(place))
        of = answered.themes.get(item, (item,))
        for one in finest:
            kind = dict(zip(("gender", "age", "newcomer"), one.split(" "), strict=True))
            if all(kind[name] == value for name, value in (pair.split("=") for pair in cut.split(";") if pair)):
                for each in of:
                    row[place[each, one]] = 1
        return row

    every = estimates(answered, minimum=20)
    rows = np.array([sums(one.item, one.cut) for one in every if not one.hidden] or [np.zeros(len(place))])
    known = np.linalg.matrix_rank(rows)
    found = []
    for one in every:
        if one.item not in answered.shares or not one.hidden:
            continue
        kinds = dict(pair.split("=") for pair in one.cut.split(";") if pair)
        own = table.filter([pl.col(name) == value for name, value in kinds.items()] or [pl.lit(True)])
        yes = int((own[one.item] == 1).sum())
        is_few = 1 <= yes <= 4 or 1 <= own.height - yes <= 4
        if is_few and np.linalg.matrix_rank(np.vstack([rows, sums(one.item, one.cut)])) == known:
            found.append((one.item, one.cut, yes))
    return found


@settings(max_examples=8, deadline=None)
@given(few=st.integers(1, 56), seed=st.integers(0, 2**16))
def test_who_knows_the_people_works_out_no_share_of_a_handful(few: int, seed: int) -> None:
    assert exactly_known(wave(few, items=("a", "b", "c"), seed=seed)) == []
