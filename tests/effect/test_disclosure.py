"""Disclosure control, checked by hand on small tables and by the attacker on a thousand random ones."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvarter.effect.classifying import Grouping, Table, table_from_rows
from kvarter.effect.disclosure import Protected, Rule, breaches, disclose, protect, read_published, unsafe_cells
from kvarter.effect.errors import BadData, BadDesign, NoSolution
from kvarter.effect.suppression import round_table
from tests.effect.tables import shown, statuses, table


def sums(values: Sequence[float], largest: Sequence[float], second: Sequence[float], count: int = 9) -> Table:
    array = [np.array(figures, dtype=np.float64) for figures in (values, largest, second)]
    return table([count] * len(values), values=array[0], largest=array[1], second=array[2])


def test_p_percent_by_hand() -> None:
    # 100 = 80 + 15 + 5 of the others: 5 < 10 % of 80 = 8, unsafe. It lacks 8 - 5 = 3, so [97, 103] must be possible.
    businesses, rule = sums([100, 100, 100], [80, 50, 40], [15, 30, 40]), Rule(minimum=1, p_percent=10)
    (target,) = unsafe_cells(businesses, Rule(minimum=1, p_percent=10, margins=(("a",),)))
    assert (target.name, target.low, target.high) == ("a=0", 97, 103)
    publication = protect(businesses, rule)
    assert statuses(publication)[("0",)] == "primary"
    assert breaches([publication], businesses, rule) == []
    (breach,) = breaches([protect(businesses, rule, cover="none")], businesses, rule)
    assert breach.low == breach.high == 100


def test_dominance_by_hand() -> None:
    # One of 80 in 100 dominates at 75 %: 80 / 0.75 = 106.67. Two of 80 + 15 dominate at 90 %: 95 / 0.9 = 105.56.
    businesses = sums([100, 100], [80, 40], [15, 30])
    (one,) = unsafe_cells(businesses, Rule(minimum=1, dominance_n=1, dominance_k=75, margins=(("a",),)))
    assert (one.low, one.high) == pytest.approx((100 - 6.6667, 106.6667), abs=1e-3)
    (two,) = unsafe_cells(businesses, Rule(minimum=1, dominance_n=2, dominance_k=90, margins=(("a",),)))
    assert (two.low, two.high) == pytest.approx((100 - 5.5556, 105.5556), abs=1e-3)
    assert unsafe_cells(businesses, Rule(minimum=1, dominance_n=1, dominance_k=80)) == ()


def test_too_few_contributors_keep_a_range_in_per_cent() -> None:
    businesses = table([2, 9], values=np.array([50.0, 70.0]))
    (target,) = unsafe_cells(businesses, Rule(minimum=3, protection=20))
    assert (target.low, target.high) == (40, 60)


def test_sums_in_the_milliards_are_protected_all_the_same() -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(1e3, 9e9, (4, 3))
    rule = Rule(minimum=1, p_percent=20)
    largest = values * rng.uniform(0.5, 0.8, (4, 3))
    businesses = table(
        np.full((4, 3), 9), values=values, largest=largest, second=(values - largest) * rng.uniform(0.1, 0.9, (4, 3))
    )
    assert breaches([protect(businesses, rule)], businesses, rule) == []
    assert breaches([protect(businesses, rule, cover="none")], businesses, rule) != []


def test_a_rule_and_a_table_that_do_not_fit() -> None:
    with pytest.raises(BadDesign, match="largest and second"):
        protect(table([4, 5]), Rule(p_percent=10))
    with pytest.raises(BadDesign, match="only counts are rounded"):
        protect(sums([9, 9], [4, 4], [3, 3]), Rule(round_base=3))


# Rounding


def test_rounding_adds_up_and_stays_within_the_base() -> None:
    counts = table([[1, 2, 7], [4, 4, 0], [11, 1, 1]])
    for base, seed in itertools.product((3, 5), range(10)):
        rule = Rule(round_base=base, seed=seed)
        publication = protect(counts, rule)
        figures = shown(publication)
        assert all(value is not None and value % base == 0 for value in figures.values())
        for cell in publication.cells:
            assert abs((cell.value or 0) - counts.figures[list(cell.members)].sum()) < base
        for row in "012":
            assert sum(figures[(("a", "b"), (row, column))] or 0 for column in "012") == figures[(("a",), (row,))]
        assert publication.spread == base - 1
        assert breaches([publication], counts, rule) == []
        assert protect(counts, rule).cells == publication.cells


def test_rounding_is_unbiased() -> None:
    inner = np.array([1.0, 2.0, 7.0, 4.0, 4.0, 0.0])
    margins = [(0, 1, 2), (3, 4, 5), (0, 3), (1, 4), (2, 5), (0, 1, 2, 3, 4, 5)]
    mean = np.mean([round_table(inner, margins, 3, seed, {})[0] for seed in range(2000)], axis=0)
    # One figure has a standard deviation of at most 1.5, so the mean of 2000 of at most 0.034: four of those.
    assert np.abs(mean - inner).max() < 0.135


def test_each_rounded_by_himself_is_seen_through() -> None:
    # 2 and 2 rounded down to 0 and their total 4 up to 6: the cells are at most 2, the total at least 4.
    counts, rule = table([2, 2]), Rule(minimum=3, round_base=3)
    cells = protect(counts, rule).cells
    careless = [
        type(cell)(cell.margin, cell.key, cell.members, 6.0 if not cell.key else 0.0, "rounded") for cell in cells
    ]
    found = breaches([Protected(counts, tuple(careless), spread=2)], counts, rule)
    assert {(breach.cell, breach.low, breach.high) for breach in found} == {("a=0", 2, 2), ("a=1", 2, 2)}


def test_two_roundings_of_one_table_keep_their_common_figures() -> None:
    counts = table([[1, 2, 7], [4, 4, 2], [11, 1, 1]])
    first = protect(counts, Rule(round_base=3, seed=1, margins=(("a",), ())))
    second = protect(counts, Rule(round_base=3, seed=9), [first])
    assert all(shown(second)[place] == value for place, value in shown(first).items())
    assert breaches([first, second], counts, Rule(round_base=3)) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.sampled_from([3, 5]))
def test_three_dimensions_round_safely(seed: int, base: int) -> None:
    rng = np.random.default_rng(seed)
    counts = table(rng.poisson(3, (3, 2, 3)))
    rule = Rule(minimum=base, round_base=base, seed=seed)
    publication = protect(counts, rule)
    assert all(cell.value is not None and cell.value % base == 0 for cell in publication.cells)
    assert breaches([publication], counts, rule) == []


# Earlier publications


def by_age() -> Table:
    groupings = {
        "school": Grouping("a", {"0": "0-15", "1": "16+", "2": "16+", "3": "16+"}),
        "law": Grouping("a", {"0": "0-17", "1": "0-17", "2": "18+", "3": "18+"}),
    }
    return table([20, 2, 30, 9], groupings=groupings)


def test_two_publications_each_safe_are_unsafe_together() -> None:
    # 0-15: 20 and 0-17: 22 are both large; their difference is the two of 16-17 years (as is 16+ minus 18+: 41 - 39).
    counts = by_age()
    school, law = Rule(minimum=3, margins=(("school",), ())), Rule(minimum=3, margins=(("law",), ()))
    first, second = protect(counts, school), protect(counts, law)
    assert all(cell.status == "ok" for cell in (*first.cells, *second.cells))
    assert breaches([first], counts, school) == breaches([second], counts, law) == []
    (breach,) = breaches([first, second], counts, law)
    assert (breach.cell, breach.low, breach.high) == ("a=1", 2, 2)
    assert breach.how == "differencing: school=16+ minus the published cells of publication 2 by law"


def test_the_second_is_held_back_for_the_first() -> None:
    counts, law = by_age(), Rule(minimum=3, margins=(("law",), ()))
    first = protect(counts, Rule(minimum=3, margins=(("school",), ())))
    second = protect(counts, law, [first])
    assert shown(second) == {(("law",), ("0-17",)): None, (("law",), ("18+",)): None, ((), ()): 61}
    assert breaches([first, second], counts, law) == []


def test_a_publication_that_gave_it_away_cannot_be_mended() -> None:
    counts = by_age()
    careless = protect(counts, Rule(minimum=1, margins=(("a",),)))
    with pytest.raises(NoSolution, match="a=1 is pinned down by the earlier publications"):
        protect(counts, Rule(minimum=3), [careless])


def test_an_earlier_publication_of_others_is_refused() -> None:
    earlier = protect(table([4, 5]), Rule())
    with pytest.raises(BadData, match="another figure before"):
        protect(table([4, 6]), Rule(), [earlier])
    with pytest.raises(BadData, match="other cells"):
        protect(table([4, 5, 6]), Rule(), [earlier])


def test_an_earlier_publication_is_read_back_from_its_rows() -> None:
    counts = by_age()
    first = protect(counts, Rule(minimum=3))
    again = read_published(first.rows(), counts)
    assert again.knowns == first.knowns
    with pytest.raises(BadData, match="earlier publication, row 1"):
        read_published([{"a": "9", "n": 4}], counts)


# Rows and rules


def test_rows_are_tidy_and_keep_the_reason_back() -> None:
    rows = [{"sex": "w", "n": 1}, {"sex": "m", "n": 5}, {"sex": "x", "n": 4}, {"sex": "x", "n": 5}]
    assert disclose(rows, Rule(minimum=3)) == [
        {"sex": "w", "n": None, "status": "suppressed"},
        {"sex": "m", "n": None, "status": "suppressed"},
        {"sex": "x", "n": 9, "status": "ok"},
        {"sex": "*", "n": 15, "status": "ok"},
    ]
    assert [row["status"] for row in disclose(rows, Rule(minimum=3), reasons=True)[:2]] == ["primary", "secondary"]


@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow"])
def test_tables_of_other_libraries_are_read(library: str) -> None:
    made = pytest.importorskip(library)
    columns = {"sex": ["w", "m", "w"], "age": [1, 1, 2], "n": [1, 5, 9]}
    long = made.table(columns) if library == "pyarrow" else made.DataFrame(columns)
    read = table_from_rows(long)
    assert read.levels == (("w", "m"), ("1", "2"))
    assert read.counts.tolist() == [[1, 9], [5, 0]]


def test_contributions_of_rows_of_one_cell_are_merged() -> None:
    rows = [
        {"a": "x", "n": 4, "value": 10.0, "largest": 6.0, "second": 2.0},
        {"a": "x", "n": 3, "value": 9.0, "largest": 5.0, "second": 4.0},
    ]
    read = table_from_rows(rows)
    assert read.evidence((0,)) == (7, 19, 6, 5)
    assert protect(read, Rule(minimum=3)).rows()[0] == {"a": "x", "value": 19.0, "status": "ok"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "no rows"),
        ([{"a": "x", "n": 1}, {"a": None, "n": 1}], "column a, row 2"),
        ([{"a": "x", "n": -1}], "column n, row 1"),
        ([{"a": "x", "n": 1.5}], "not a whole number"),
        ([{"a": "x", "n": "many"}], "column n, row 1"),
        ([{"a": "*", "n": 1}], "stands for a total"),
    ],
)
def test_bad_rows_are_told_by_column_and_row(rows: list[dict[str, object]], told: str) -> None:
    with pytest.raises(BadData, match=told):
        table_from_rows(rows)


def test_bad_tables_are_refused() -> None:
    values = np.array([4.0, 5.0])
    for more, told in (
        ({"values": values[:1]}, "shape"),
        ({"values": -values}, "negative"),
        ({"values": values, "largest": values}, "all three"),
        ({"values": values, "largest": values, "second": values}, "within the value"),
        ({"groupings": {"g": Grouping("z", {})}}, "grouping g"),
    ):
        with pytest.raises(BadData, match=told):
            table([4, 5], **more)
    with pytest.raises(BadData, match="no column"):
        protect(table([4, 5]), Rule(margins=(("z",),)))
    with pytest.raises(BadData, match="twice"):
        protect(table([4, 5]), Rule(margins=(("a", "a"),)))


def test_a_rule_is_read_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "rule.toml"
    path.write_text('[rule]\nminimum = 5\nprotect_zeros = true\nmargins = [["a", "b"], ["a"], []]\n', encoding="utf-8")
    assert Rule.from_toml(path) == Rule(minimum=5, protect_zeros=True, margins=(("a", "b"), ("a",), ()))
    for text, told in (
        ("[rule]\nminimun = 5\n", "minimun"),
        ("minimum = 5\n", r"no \[rule\] section"),
        ("[rule\n", "not TOML"),
        ('[rule]\nminimum = "5"\n', "whole number"),
        ("[rule]\nminimum = true\n", "whole number"),
        ('[rule]\nmargins = "area"\n', "list of lists"),
        ("[rule]\nminimum = 5\n[rul]\nminimum = 9\n", r"rul outside \[rule\]"),
        ("[rule]\nround_base = 4\n", "round_base"),
        ("[rule]\ndominance_n = 1\n", "dominance_k"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadDesign, match=told):
            Rule.from_toml(path)


def test_margins_may_name_their_columns_in_any_order() -> None:
    counts = table([[5, 9, 7], [8, 6, 4]])
    publication = protect(counts, Rule(minimum=3, margins=(("b", "a"),)))
    assert shown(publication)[(("b", "a"), ("2", "0"))] == 7


# Whatever the table
