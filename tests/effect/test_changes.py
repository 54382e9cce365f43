"""Change: who answered twice counts as one, verdicts come from the difference, and what cannot be seen is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from kvarter import effect
from kvarter.effect.errors import BadData, NotAnswerable
from tests.effect.reference import same

DESIGN = effect.Design(weights="w", strata="area", clusters=("person",))


def panel(seed: int = 1, people: int = 400, moved: float = 0.4, overlap: float = 0.5) -> pl.DataFrame:
    """Two areas and three waves; half of a wave's people answer the next one too, and one area moves."""
    random = np.random.default_rng(seed)
    rows = []
    for a, area in enumerate(("hg", "rest")):
        level = random.normal(3, 1, 10 * people)
        for wave in range(3):
            start = int(wave * people * (1 - overlap))
            for person in range(start, start + people):
                value = level[person] + (moved * wave if area == "hg" else 0) + random.normal(0, 0.4)
                rows.append(
                    (f"{a}-{person}", area, 2020 + 3 * wave, random.uniform(1, 3), value, random.random() < 0.3)
                )
    names = ["person", "area", "wave", "w", "trust", "safe"]
    return pl.DataFrame(rows, schema=names, orient="row")


def compared(data: pl.DataFrame, **how: Any) -> pl.DataFrame:
    cube = effect.make_cube(data, DESIGN, means=["trust"], shares=["safe"], by=["wave", "area"])
    return effect.change(cube, "wave", ["trust"], **how)


def by_hand(data: pl.DataFrame, area: str, first: int, last: int) -> tuple[float, float]:
    """The change and its variance from persons' summed influences."""
    here = data.filter(pl.col("area") == area)
    z: dict[str, float] = {}
    ends = {}
    for wave, sign in ((first, -1.0), (last, 1.0)):
        rows = here.filter(pl.col("wave") == wave)
        w, y = rows["w"].to_numpy(), rows["trust"].to_numpy()
        ends[wave] = (w * y).sum() / w.sum()
        for person, part in zip(rows["person"], sign * w * (y - ends[wave]) / w.sum(), strict=True):
            z[person] = z.get(person, 0.0) + part
    n = here["person"].n_unique()
    totals = np.r_[list(z.values()), np.zeros(n - len(z))]
    return ends[last] - ends[first], n / (n - 1) * ((totals - totals.mean()) ** 2).sum()


def test_every_pair_of_waves_is_compared_with_the_overlap_counted() -> None:
    data = panel()
    table = compared(data)
    assert table.height == 6
    for row in table.iter_rows(named=True):
        change, variance = by_hand(data, row["area"], int(row["wave_from"]), int(row["wave_to"]))
        same([row["change"], row["se"] ** 2], [change, variance], 1e-9)
        same(row["estimate_to"] - row["estimate_from"], row["change"], 1e-9)


def test_the_same_people_asked_again_show_a_smaller_change_than_new_ones() -> None:
    data = panel()
    twice = compared(data).filter(area="rest", wave_from="2020", wave_to="2023").row(0, named=True)
    fresh = data.with_columns(person=pl.col("person") + "-" + pl.col("wave").cast(pl.String))
    alone = compared(fresh).filter(area="rest", wave_from="2020", wave_to="2023").row(0, named=True)
    assert twice["se"] < 0.85 * alone["se"]
    assert twice["smallest_detectable"] < alone["smallest_detectable"]


def test_the_difference_of_differences_is_the_areas_change_less_the_references() -> None:
    table = compared(panel(), reference={"area": "rest"})
    both = table.filter(area="hg - rest", wave_from="2020", wave_to="2026").row(0, named=True)
    own = {row["area"]: row for row in table.filter(wave_from="2020", wave_to="2026").iter_rows(named=True)}
    same(both["change"], own["hg"]["change"] - own["rest"]["change"], 1e-9)
    same(both["se"] ** 2, own["hg"]["se"] ** 2 + own["rest"]["se"] ** 2, 1e-9)
    assert both["n_to"] == own["hg"]["n_to"] + own["rest"]["n_to"]


@pytest.mark.parametrize(
    ("aim", "verdict"),
    [
        (effect.Aim(effect.Direction.MORE), effect.Verdict.BETTER),
        (effect.Aim(effect.Direction.LESS), effect.Verdict.WORSE),
        (effect.Aim(), effect.Verdict.CHANGED),
        (effect.Aim(effect.Direction.MAINTAIN, 0.2), effect.Verdict.CHANGED),
    ],
)
def test_a_large_change_is_judged_by_what_was_wanted(aim: effect.Aim, verdict: effect.Verdict) -> None:
    row = compared(panel(), aims={"trust": aim}).filter(area="hg", wave_from="2020", wave_to="2026").row(0, named=True)
    assert row["verdict"] == verdict


def test_no_change_is_not_called_one_and_a_blind_survey_says_so() -> None:
    still = panel(moved=0.0, people=60)
    for aim, verdict in (
        (effect.Aim(effect.Direction.MORE), effect.Verdict.UNCHANGED),
        (effect.Aim(effect.Direction.MORE, 0.05), effect.Verdict.UNMEASURABLE),
        (effect.Aim(effect.Direction.MAINTAIN, 0.05), effect.Verdict.UNMEASURABLE),
        (effect.Aim(effect.Direction.MAINTAIN, 2.0), effect.Verdict.KEPT),
    ):
        row = compared(still, aims={"trust": aim}).filter(area="rest").row(0, named=True)
        assert row["verdict"] == verdict, aim


def test_two_intervals_that_overlap_do_not_hide_a_change_between_them() -> None:
    data = panel(moved=0.13, people=500, overlap=0.9)
    cube = effect.make_cube(data, DESIGN, means=["trust"], by=["wave", "area"])
    ends = (
        effect.estimate(cube, means=["trust"]).filter((pl.col("area") == "hg") & (pl.col("wave") < 2026)).sort("wave")
    )
    assert ends["ci_low"][1] < ends["ci_high"][0]
    row = compared(data).filter(area="hg", wave_from="2020", wave_to="2023").row(0, named=True)
    assert row["verdict"] == effect.Verdict.CHANGED


def test_without_any_change_few_are_called_one_however_many_are_compared() -> None:
    """In 200 surveys of 30 comparisons without any change, those that raise an alarm stay near five in a hundred."""
    random = np.random.default_rng(3)
    alarms = 0
    for _survey in range(200):
        p = effect.adjusted(random.uniform(size=30), "holm")
        alarms += bool((p <= 0.05).any())
    assert alarms <= 200 * 0.05 + 3 * np.sqrt(200 * 0.05 * 0.95)
    assert effect.adjusted(np.array([0.01, np.nan, 0.04]), "bh").tolist()[::2] == [0.02, 0.04]


def test_a_few_answers_cannot_be_measured() -> None:
    data = pl.DataFrame(
        {"person": ["a", "b"], "area": ["hg"] * 2, "wave": [1, 2], "w": [1.0, 1.0], "trust": [1.5, 2.5]}
    )
    cube = effect.make_cube(data, DESIGN, means=["trust"], by=["wave", "area"])
    row = effect.change(cube, "wave", ["trust"]).row(0, named=True)
    assert row["df"] == 1
    alone = data.with_columns(person=pl.lit("a"))
    design = effect.Design(weights="w", strata="area", clusters=("person",), single_psu=effect.SinglePsu.CERTAINTY)
    cube = effect.make_cube(alone, design, means=["trust"], by=["wave", "area"])
    assert effect.change(cube, "wave", ["trust"])["verdict"][0] == effect.Verdict.UNMEASURABLE


def test_two_draws_from_one_population_keep_their_own_spread() -> None:
    """500 of 1,000 people each time: taken together they would be the whole population, and no change uncertain."""
    data = panel(people=500, overlap=0.0).with_columns(N=pl.lit(1000))
    bounded = effect.Design(weights="w", strata="area", clusters=("person",), population=("N",))
    free = compared(data)
    with_n = effect.make_cube(data.filter(pl.col("wave") < 2026), bounded, means=["trust"], by=["wave", "area"])
    row = effect.change(with_n, "wave", ["trust"]).filter(area="rest").row(0, named=True)
    other = free.filter(area="rest", wave_from="2020", wave_to="2023").row(0, named=True)
    assert abs(row["se"] / other["se"] - 1) < 0.01
    derived = effect.Design(strata="area", clusters=("person",), population=("N",))
    cube = effect.make_cube(data.filter(pl.col("wave") < 2026), derived, means=["trust"], by=["wave", "area"])
    with pytest.raises(NotAnswerable, match="Give a weight column"):
        effect.change(cube, "wave", ["trust"])


def renamed(names: list[str]) -> effect.Cube:
    data = panel().with_columns(wave=pl.col("wave").replace_strict([2020, 2023, 2026], names))
    return effect.make_cube(data, DESIGN, means=["trust"], by=["wave", "area"])


def test_waves_go_by_their_number_or_by_the_order_given() -> None:
    table = effect.change(renamed(["wave 2", "wave 9", "wave 10"]), "wave", ["trust"])
    assert table.filter(area="hg").select("wave_from", "wave_to").rows() == [
        ("wave 2", "wave 9"),
        ("wave 2", "wave 10"),
        ("wave 9", "wave 10"),
    ]
    words = renamed(["before", "during", "after"])
    with pytest.raises(NotAnswerable, match="which of"):
        effect.change(words, "wave", ["trust"])
    given = effect.change(words, "wave", ["trust"], waves=["before", "during", "after"])
    assert (given.filter(area="hg")["change"] > 0).all()
    with pytest.raises(NotAnswerable, match="has no place"):
        effect.change(words, "wave", ["trust"], waves=["before", "after"])


@pytest.mark.parametrize("aim", [effect.Aim(), effect.Aim("maintain", 0.001)])
def test_when_all_answer_alike_nothing_can_be_measured(aim: effect.Aim) -> None:
    alike = panel(people=50).with_columns(trust=pl.lit(7.3))
    table = compared(alike, aims={"trust": aim})
    assert set(table["verdict"]) == {effect.Verdict.UNMEASURABLE}


def test_an_aim_for_a_share_names_its_category() -> None:
    data = panel()
    cube = effect.make_cube(data, DESIGN, shares=["safe"], by=["wave", "area"])
    found = effect.change(cube, "wave", shares=["safe"], aims={"safe=True": effect.Aim("more")})
    assert set(found["item"]) == {"safe=False", "safe=True"}
    with pytest.raises(NotAnswerable, match="safe=True"):
        effect.change(cube, "wave", shares=["safe"], aims={"safe": effect.Aim("more")})
    with pytest.raises(BadData, match="no direction"):
        effect.Aim("upwards")


def test_one_wave_a_stranger_and_areas_as_units_are_refused() -> None:
    data = panel()
    cube = effect.make_cube(data.filter(pl.col("wave") == 2020), DESIGN, means=["trust"], by=["wave", "area"])
    with pytest.raises(NotAnswerable, match="needs two"):
        effect.change(cube, "wave", ["trust"])
    with pytest.raises(NotAnswerable, match="nowhere"):
        compared(data, reference={"area": "nowhere"})
    by_area = effect.Design(weights="w", clusters=("area",))
    cube = effect.make_cube(data, by_area, means=["trust"], by=["wave", "area"])
    with pytest.raises(NotAnswerable, match="against_others"):
        effect.change(cube, "wave", ["trust"], reference={"area": "rest"})
    with pytest.raises(BadData, match="margin above 0"):
        effect.Aim(effect.Direction.MAINTAIN)


def test_one_area_among_several_is_judged_by_how_the_others_differ() -> None:
    rows = [
        (f"{a}{k}", a, wave, 1.0, base + wave * step + k % 2)
        for a, base, step in AREAS
        for wave in (0, 1)
        for k in range(4)
    ]
    data = pl.DataFrame(rows, schema=["person", "area", "wave", "w", "trust"], orient="row")
    design = effect.Design(weights="w", clusters=("area",))
    cube = effect.make_cube(data, design, means=["trust"], by=["wave", "area"])
    found = effect.against_others(cube, "wave", "area", "hg", "trust", ends=(0, 1))
    others = np.array([step for area, _base, step in AREAS if area != "hg"])
    same(found["difference"], 2.0 - others.mean(), 1e-9)
    same(found["se"], others.std(ddof=1) * np.sqrt(1 + 1 / len(others)), 1e-9)
    assert (found["df"], found["comparison_areas"]) == (len(others) - 1, len(others))
    three = data.filter(pl.col("area").is_in(["hg", "b", "c"]))
    few = effect.make_cube(three, design, means=["trust"], by=["wave", "area"])
    with pytest.raises(NotAnswerable, match="are needed"):
        effect.against_others(few, "wave", "area", "hg", "trust", ends=(0, 1))


AREAS = [("hg", 1.0, 2.0), ("b", 2.0, 0.5), ("c", 3.0, 1.0), ("d", 1.0, 0.75), ("e", 4.0, 0.25)]
