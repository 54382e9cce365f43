"""Before the wave: can we see the target, how many to ask, how many from each area, and a draw to be made again."""

from __future__ import annotations

import hashlib
from itertools import product
from math import sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import PCG64

from kvarter.effect import Design, change, make_cube
from kvarter.effect.drawing import Draw, draw
from kvarter.effect.errors import BadData, BadDesign, NotAnswerable
from kvarter.effect.planning import (
    Last,
    Panel,
    SampleSize,
    Wave,
    answers_for_margin,
    can_we_see_it,
    change_error,
    equal,
    margin,
    neyman,
    power,
    proportional,
    share_sd,
    smallest_change,
)

WAVE = Wave(population=4500, response_rate=0.40)
HALF = share_sd(0.5, 4500)


def test_five_points_of_margin_among_4500_people_take_355_answers() -> None:
    # Cochran (1977, 4.4): n0 = 1.96^2 * 0.25 / 0.05^2 = 384.1, n = n0 / (1 + (n0 - 1) / N) = 354.1.
    assert answers_for_margin(0.05, HALF, WAVE) == SampleSize(answers=355, asked=888, reachable=True)
    assert margin(355, HALF, WAVE) <= 0.05 < margin(354, HALF, WAVE)


def test_a_margin_of_two_points_is_out_of_reach_at_forty_per_cent_answering_twice_clustered() -> None:
    found = answers_for_margin(0.02, HALF, Wave(4500, 0.40, design_effect=2.0))
    assert not found.reachable
    assert found.asked > 4500


def test_a_census_has_no_margin() -> None:
    assert margin(4500, HALF, WAVE) == 0


@given(st.integers(1, 4500), st.floats(1.0, 4.0))
def test_the_margin_of_so_many_answers_needs_so_many_answers(answers: int, effect: float) -> None:
    wave = Wave(4500, 1.0, effect)
    got = margin(answers, HALF, wave)
    assert got == 0 or answers_for_margin(got, HALF, wave).answers == answers


def test_the_error_of_a_change_is_as_by_hand() -> None:
    last = Last(0.5, 0.5, 400)
    apart = change_error(500, last, WAVE, sd=0.4, finite=True)
    assert apart**2 == pytest.approx(0.25 * (1 / 400 - 1 / 4500) + 0.16 * (1 / 500 - 1 / 4500))
    panel = change_error(500, last, WAVE, sd=0.4, panel=Panel(overlap=0.5, correlation=0.6), finite=True)
    assert panel**2 == pytest.approx(apart**2 - 2 * 0.6 * 0.5 * 0.4 * (250 / (400 * 500) - 1 / 4500))


def test_everybody_asked_twice_leaves_no_error_in_the_change() -> None:
    assert change_error(4500, Last(0.5, 0.5, 4500), WAVE, panel=Panel(1, 0.6), finite=True) == 0


def test_the_error_of_a_change_is_what_drawing_twice_from_a_population_gives() -> None:
    """A population of 300 answering twice; waves of 100 and 120 with 60 in both, drawn 4,000 times."""
    rng = np.random.default_rng(5)
    first = rng.normal(size=300)
    second = 0.7 * first + rng.normal(size=300)
    changes = []
    for _ in range(4000):
        order = rng.permutation(300)
        changes.append(second[order[40:160]].mean() - first[order[:100]].mean())
    correlation = float(np.corrcoef(first, second)[0, 1])
    last = Last(0.0, float(first.std(ddof=1)), 100)
    told = change_error(
        120, last, Wave(300, 1.0), sd=float(second.std(ddof=1)), panel=Panel(0.5, correlation), finite=True
    )
    assert float(np.std(changes)) == pytest.approx(told, rel=0.04)


def test_the_smallest_change_is_seen_four_times_in_five() -> None:
    assert smallest_change(1.0) == pytest.approx(1.959964 + 0.841621, abs=1e-6)
    assert power(smallest_change(0.02), 0.02) == pytest.approx(0.8, abs=1e-5)
    assert power(0.0, 0.02) == pytest.approx(0.05)


def test_a_target_of_ten_points_can_be_seen_but_one_of_three_cannot_and_more_must_be_asked() -> None:
    last = Last(estimate=0.60, sd=share_sd(0.6, 4500), answers=420)
    far = can_we_see_it(0.70, last, WAVE, asked=1100, finite=True)
    assert (far.seen, far.answers, far.power > 0.8) == (True, 440, True)
    near = can_we_see_it(0.63, last, WAVE, asked=1100, finite=True)
    assert (near.seen, near.power < 0.2, near.smallest_change > 0.03) == (False, True, True)
    # With 420 answers behind it, even a census now leaves an error of 0.0228 and sees no less than 0.064.
    assert near.needed is None
    assert change_error(4500, last, WAVE, finite=True) * 2.8016 == pytest.approx(0.0637, abs=5e-4)


def test_the_needed_sample_is_the_least_that_sees_the_target() -> None:
    last = Last(estimate=0.60, sd=share_sd(0.6, 4500), answers=800)
    sight = can_we_see_it(0.67, last, WAVE, asked=700)
    assert not sight.seen
    assert sight.needed is not None
    least = sight.needed.answers
    assert power(0.07, change_error(least, last, WAVE)) >= 0.8 > power(0.07, change_error(least - 1, last, WAVE))
    assert can_we_see_it(0.67, last, WAVE, asked=sight.needed.asked).seen


def test_asking_the_same_people_again_sees_smaller_changes() -> None:
    last = Last(estimate=0.60, sd=0.49, answers=440)
    fresh = can_we_see_it(0.66, last, WAVE, asked=1100, finite=True)
    again = can_we_see_it(0.66, last, WAVE, asked=1100, panel=Panel(overlap=0.8, correlation=0.7), finite=True)
    assert again.smallest_change < 0.8 * fresh.smallest_change
    assert (fresh.seen, again.seen) == (False, True)


def test_planning_answers_for_the_test_that_change_makes() -> None:
    """Without a correction: the same number of answers sees less than with it, and is what `change` then finds."""
    last = Last(estimate=0.62, sd=(0.62 * 0.38) ** 0.5, answers=900)
    error = change_error(782, last, WAVE, sd=(0.68 * 0.32) ** 0.5)
    rows = pl.DataFrame(
        {
            "wave": [1] * 900 + [2] * 782,
            "person": range(1682),
            "safe": [1] * 558 + [0] * 342 + [1] * 532 + [0] * 250,
            "w": [5.0] * 900 + [4500 / 782] * 782,
        }
    )
    cube = make_cube(rows, Design(weights="w", clusters=("person",)), means=["safe"], by=["wave"])
    found = change(cube, "wave", ["safe"])
    assert found["se"][0] == pytest.approx(error, rel=2e-3)
    assert change_error(782, last, WAVE, finite=True) < 0.93 * error


def test_a_plan_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadDesign, match="not per cent"):
        Wave(4500, 40)
    with pytest.raises(BadDesign, match="population of 4500"):
        margin(4501, HALF, WAVE)
    with pytest.raises(BadDesign, match="per cent by 100"):
        share_sd(60, 4500)
    with pytest.raises(NotAnswerable, match="another target"):
        can_we_see_it(0.6, Last(0.6, 0.5, 400), WAVE, 1000)


def spread(given: dict[str, int], people: dict[str, int], sds: dict[str, float]) -> float:
    return sum((people[h] * sds[h]) ** 2 / given[h] for h in people)


def test_neyman_follows_size_times_spread() -> None:
    people, sds = {"north": 1000, "south": 3000, "island": 500}, {"north": 3.0, "south": 1.0, "island": 2.0}
    assert neyman(people, sds, 140) == {"north": 60, "south": 60, "island": 20}
    assert proportional(people, 90) == {"north": 20, "south": 60, "island": 10}
    assert equal(people, 90) == {"north": 30, "south": 30, "island": 30}


def test_a_small_area_gets_its_minimum_and_no_more_than_live_there() -> None:
    people = {"north": 1000, "south": 3470, "hamlet": 30}
    assert proportional(people, 400, minimum=60)["hamlet"] == 30
    assert equal(people, 400) == {"north": 185, "south": 185, "hamlet": 30}


AREAS = st.lists(st.tuples(st.integers(1, 60), st.floats(0, 10)), min_size=1, max_size=6)


@given(AREAS, st.integers(1, 5), st.data())
def test_an_allocation_adds_up_exactly_within_its_limits(
    areas: list[tuple[int, float]], minimum: int, data: st.DataObject
) -> None:
    people = {f"area {i}": n for i, (n, _) in enumerate(areas)}
    sds = {f"area {i}": s for i, (_, s) in enumerate(areas)}
    least = sum(min(minimum, n) for n in people.values())
    total = data.draw(st.integers(least, sum(people.values())))
    for given_ in (
        neyman(people, sds, total, minimum),
        proportional(people, total, minimum),
        equal(people, total, minimum),
    ):
        assert sum(given_.values()) == total
        assert all(min(minimum, people[h]) <= given_[h] <= people[h] for h in people)


@given(st.lists(st.tuples(st.integers(2, 9), st.floats(0.1, 10)), min_size=3, max_size=3), st.integers(6, 12))
def test_no_other_allocation_has_a_smaller_variance(areas: list[tuple[int, float]], wanted: int) -> None:
    people = {str(i): n for i, (n, _) in enumerate(areas)}
    sds = {str(i): s for i, (_, s) in enumerate(areas)}
    total = min(wanted, sum(people.values()))
    others = (
        dict(zip(people, sizes, strict=True))
        for sizes in product(*(range(2, n + 1) for n in people.values()))
        if sum(sizes) == total
    )
    best = min(spread(other, people, sds) for other in others)
    assert spread(neyman(people, sds, total), people, sds) == pytest.approx(best)


def test_an_allocation_that_cannot_be_is_refused() -> None:
    with pytest.raises(NotAnswerable, match="not between 4"):
        proportional({"a": 100, "b": 100}, 3)
    with pytest.raises(NotAnswerable, match="200, the population"):
        equal({"a": 100, "b": 100}, 201)
    with pytest.raises(BadDesign, match="'b' has no standard deviation"):
        neyman({"a": 100, "b": 100}, {"a": 1.0}, 50)


FRAME = pl.DataFrame({"cpr": [f"p{i:03}" for i in range(100)], "area": ["north"] * 60 + ["south"] * 40})
SIZES = {"north": 6, "south": 8}


def take(frame: object = FRAME, seed: int = 2026) -> Draw:
    return draw(frame, SIZES, unit="cpr", stratum="area", seed=seed)


def test_a_draw_has_the_sizes_chances_and_weights_of_its_strata() -> None:
    sample = take().sample
    assert dict(sample.group_by("area").len().iter_rows()) == SIZES
    north = sample.filter(pl.col("area") == "north")
    assert north["inclusion_probability"].unique().to_list() == [0.1]
    assert sample["weight"].sum() == pytest.approx(100)
    assert sample["cpr"].n_unique() == 14


def test_anyone_can_draw_it_again_from_the_words_of_the_protocol() -> None:
    """The protocol's algorithm from numpy's guaranteed stream alone, without this library."""
    done = take()
    numbers = [int(raw) >> 11 for raw in PCG64(2026).random_raw(100)]
    ranked = sorted(zip(numbers, FRAME["cpr"].to_list(), FRAME["area"].to_list(), strict=True))
    ids = sorted([one for _, one, home in ranked if home == "north"][:6])
    ids += sorted([one for _, one, home in ranked if home == "south"][:8])
    assert done.sample["cpr"].to_list() == ids
    lines = "".join(f'["{one}", "{home}"]\n' for one, home in FRAME.iter_rows())
    assert done.frame_hash == hashlib.sha256(lines.encode()).hexdigest()
    assert done.ids_hash == hashlib.sha256("".join(f'"{one}"\n' for one in ids).encode()).hexdigest()
    for told in (done.frame_hash, done.ids_hash, "Seed: 2026", "north: 6 of 60", "numpy " + np.__version__):
        assert told in done.protocol


def test_the_draw_of_this_seed_stays_what_it_was() -> None:
    assert take().sample["cpr"].to_list() == [
        f"p{number:03}" for number in (0, 7, 23, 26, 47, 58, 63, 66, 76, 78, 83, 84, 91, 98)
    ]


@given(st.permutations(range(100)), st.integers(0, 2**32))
def test_the_order_of_the_file_does_not_matter(order: list[int], seed: int) -> None:
    again, done = take(FRAME[order], seed), take(seed=seed)
    assert again.protocol == done.protocol
    assert again.sample.equals(done.sample)


def test_polars_pandas_and_arrow_frames_give_the_same_draw() -> None:
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    columns = FRAME.to_dict(as_series=False)
    assert take(pandas.DataFrame(columns).sample(frac=1, random_state=1)).protocol == take().protocol
    assert take(arrow.table(columns)).protocol == take().protocol


def test_ids_and_areas_may_be_numbers() -> None:
    numbers = pl.DataFrame({"cpr": list(range(100)), "area": [1] * 60 + [2] * 40})
    text = numbers.cast(pl.String)
    asked = {"1": 6, "2": 8}
    one, other = (draw(frame, asked, unit="cpr", stratum="area", seed=3) for frame in (numbers, text))
    assert one.protocol == other.protocol


def test_every_unit_of_a_stratum_has_the_same_chance() -> None:
    drawn = [one for seed in range(2000) for one in take(seed=seed).sample["cpr"].to_list()]
    counts = np.array([drawn.count(one) for one in FRAME["cpr"]])
    # 200 of 2,000 in the north and 400 in the south; five standard deviations about them.
    assert np.abs(counts[:60] - 200).max() < 5 * sqrt(2000 * 0.1 * 0.9)
    assert np.abs(counts[60:] - 400).max() < 5 * sqrt(2000 * 0.2 * 0.8)


def test_another_seed_draws_others() -> None:
    assert take(seed=1).ids_hash != take(seed=2).ids_hash


def test_a_frame_that_cannot_be_drawn_from_is_refused_by_name() -> None:
    twice = pl.concat([FRAME, FRAME[3:4]])
    with pytest.raises(BadData, match=r"'cpr', row 101: id 'p003' is also in row 4"):
        take(twice)
    with pytest.raises(BadDesign, match="'south' has 40 units, too few for 41"):
        draw(FRAME, {"north": 1, "south": 41}, unit="cpr", stratum="area", seed=1)
    with pytest.raises(BadDesign, match="'south' is in the frame but has no size"):
        draw(FRAME, {"north": 1}, unit="cpr", stratum="area", seed=1)
    with pytest.raises(BadDesign, match="'east' is not in the frame"):
        draw(FRAME, {**SIZES, "east": 1}, unit="cpr", stratum="area", seed=1)
    with pytest.raises(BadData, match="No column 'id'"):
        draw(FRAME, SIZES, unit="id", stratum="area", seed=1)
    with pytest.raises(BadData, match="'area', row 2 is empty"):
        draw(pl.DataFrame({"cpr": [1, 2], "area": ["a", None]}), {"a": 1}, unit="cpr", stratum="area", seed=1)
    with pytest.raises(BadData, match="Float64: make it whole numbers"):
        draw(pl.DataFrame({"cpr": [1.0, 2.0], "area": ["a", "a"]}), {"a": 1}, unit="cpr", stratum="area", seed=1)
