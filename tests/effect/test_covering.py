"""Hiding one unsafe cell after another: as safe as the cheapest way, near its cost, and quick for what a wave shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kvarter import effect
from kvarter.effect.classifying import Table
from kvarter.effect.disclosure import Protected, breaches, protect
from kvarter.effect.suppression import Rule
from tests.effect.tables import table

RULE = Rule(minimum=5)


def wave(shape: tuple[int, ...], mean: float, seed: int) -> Table:
    """Answers spread unevenly over the cells, as people are over areas and ages."""
    random = np.random.default_rng(seed)
    people = random.gamma(1.0, 1.0, shape)
    levels = tuple(tuple(str(level) for level in range(size)) for size in shape)
    return Table(tuple("abcde"[: len(shape)]), levels, random.poisson(people * mean / people.mean()))


def stranger_sees(publication: Protected) -> Protected:
    """The publication without the tables that prove it: every bound is then asked for."""
    return replace(publication, tables=())


def cost(publication: Protected) -> float:
    figures = publication.table.figures
    return float(sum(1 + np.log1p(figures[list(c.members)].sum()) for c in publication.cells if c.value is None))


def test_what_is_hidden_costs_little_more_than_the_least() -> None:
    quick, least = 0.0, 0.0
    for seed in range(25):
        counts = wave((3, 5), 8, seed)
        found, best = protect(counts, RULE), protect(counts, RULE, cover="least")
        assert breaches([stranger_sees(found)], counts, RULE) == []
        quick, least = quick + cost(found), least + cost(best)
    assert least <= quick <= 1.1 * least


@pytest.mark.parametrize("mean", [3, 12])
def test_four_dimensions_are_safe_in_whole_numbers(mean: float) -> None:
    counts = wave((3, 2, 4, 2), mean, 1)
    publication = protect(counts, RULE)
    assert breaches([stranger_sees(publication)], counts, RULE) == []
    assert any(cell.status == "secondary" for cell in publication.cells)
    assert any(cell.value is not None for cell in publication.cells if len(cell.margin) == 4)


def test_sums_whose_unit_is_one_are_no_counts() -> None:
    """A largest sum of 10,000 makes the solver's unit 1: fractions must still be allowed to move."""
    values = np.array([[2500.5, 1200.25, 99.5], [3000.25, 2000.5, 1199.0]])
    first, second = values * 0.9, values * 0.02
    money = table(np.full((2, 3), 9), values=values, largest=first, second=second)
    rule = Rule(minimum=3, p_percent=10)
    assert values.sum() == pytest.approx(10_000, abs=0.1)
    assert breaches([stranger_sees(protect(money, rule))], money, rule) == []


@pytest.mark.slow
def test_a_wave_of_six_hundred_cells_is_hidden_and_the_attacker_kept_off() -> None:
    counts = wave((5, 5, 4, 6), 6, 7)
    publication = protect(counts, RULE)
    hidden = sum(cell.value is None for cell in publication.cells)
    assert hidden < 0.45 * len(publication.cells)
    assert breaches([publication], counts, RULE) == []


def test_the_proof_spares_every_question(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = wave((3, 2, 4, 2), 12, 1)
    publication = protect(counts, RULE)
    assert publication.tables
    asked: list[int] = []
    monkeypatch.setattr("kvarter.effect.attacker.Search.push", lambda _search, row, _sign: asked.append(row))
    assert breaches([publication], counts, RULE) == []
    assert asked == []


def test_a_table_that_disagrees_with_what_is_shown_proves_nothing() -> None:
    counts = wave((3, 5), 8, 2)
    naked = protect(counts, RULE, cover="none")
    found = breaches([naked], counts, RULE)
    assert found
    false = tuple(counts.figures * times for times in (0, 50)), protect(counts, RULE).tables
    for tables in false:
        assert breaches([replace(naked, tables=tables)], counts, RULE) == found


def test_a_cover_that_is_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(effect.BadDesign, match="cover is 'best': give one of good, least, none"):
        protect(wave((3, 5), 8, 2), RULE, cover="best")  # type: ignore[arg-type]
