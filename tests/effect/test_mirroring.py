"""Does the area reflect the society around it? Distances, their bias, the interval, the three states and coverage."""

from __future__ import annotations

from math import inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ncx2

from kvarter.effect.errors import BadData, BadDesign, NotAnswerable
from kvarter.effect.mirroring import (
    Composition,
    FloatArray,
    attained_coverage,
    dissimilarity,
    entropy,
    hellinger,
    hellinger_margin,
    hill,
    household_design_effect,
    jensen_shannon,
    mirror,
    noncentrality_interval,
    over_all,
    ratio_table,
)

TENURE = ("owned", "rented", "shared")
CITY = Composition(TENURE, np.array([0.5, 0.3, 0.2]), inf)


def area(counts: tuple[int, int, int], **design: float) -> Composition:
    return Composition.from_counts(dict(zip(TENURE, counts, strict=True)), **design)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    k = draw(st.integers(2, 6))
    counts = st.lists(st.integers(0, 50), min_size=k, max_size=k).filter(sum)
    p, q = (np.array(draw(counts), dtype=np.float64) for _ in range(2))
    return p / p.sum(), q / q.sum()


@given(pairs())
def test_a_distance_is_within_zero_and_one_and_zero_only_between_equals(pair: tuple[FloatArray, FloatArray]) -> None:
    p, q = pair
    for measure in (dissimilarity, hellinger, jensen_shannon):
        found = float(measure(p, q))
        assert 0 <= found <= 1
        assert (found > 1e-7) == (not np.allclose(p, q, atol=1e-12))
        assert float(measure(q, p)) == pytest.approx(found, abs=1e-12)
        assert float(measure(p, p)) == 0


@given(pairs())
def test_the_hellinger_distance_bounds_the_dissimilarity_on_both_sides(pair: tuple[FloatArray, FloatArray]) -> None:
    h, d = float(hellinger(*pair)), float(dissimilarity(*pair))
    assert h**2 - 1e-9 <= d <= h * sqrt(2 - h**2) + 1e-9


def test_two_areas_with_nothing_in_common_are_at_distance_one() -> None:
    p, q = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert [float(f(p, q)) for f in (dissimilarity, hellinger, jensen_shannon)] == [1, 1, 1]


def test_the_distances_agree_with_a_hand_calculation() -> None:
    p, q = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    assert float(dissimilarity(p, q)) == pytest.approx(0.4)
    assert float(hellinger(p, q)) == pytest.approx(sqrt(1 - sqrt(0.45) - sqrt(0.05)))
    by_hand = (0.5 * log(0.5 / 0.7) + 0.5 * log(0.5 / 0.3) + 0.9 * log(0.9 / 0.7) + 0.1 * log(0.1 / 0.3)) / 2
    assert float(jensen_shannon(p, q)) ** 2 == pytest.approx(by_hand / log(2))


def test_diversity_counts_as_many_equal_groups() -> None:
    even, one = np.full(4, 0.25), np.array([1.0, 0, 0, 0])
    assert float(entropy(even)) == pytest.approx(log(4))
    assert [float(hill(even, k)) for k in (0, 1, 2)] == pytest.approx([4, 4, 4])
    assert [float(hill(one, k)) for k in (0, 1, 2)] == pytest.approx([1, 1, 1])
    assert float(hill(np.array([0.5, 0.3, 0.2]), 2)) == pytest.approx(1 / 0.38)


def test_people_in_one_household_all_alike_count_as_one() -> None:
    rng = np.random.default_rng(4)
    homes = rng.choice(["Danish", "other"], 4000)
    assert household_design_effect(np.repeat(np.arange(4000), 3), np.repeat(homes, 3)) == pytest.approx(3, abs=0.01)
    alone = rng.choice(["Danish", "other"], 12_000)
    assert household_design_effect(np.repeat(np.arange(4000), 3), alone) == pytest.approx(1, abs=0.06)


def test_the_design_effect_of_two_pairs_is_as_by_hand() -> None:
    # Shares 3/4 and 1/4; household scores +-(2 - 1.5)/4 and (1 - 1.5)/4; variance 2/1 * 2 * (1/8)^2 = 1/16 each.
    assert household_design_effect([1, 1, 2, 2], ["a", "a", "a", "b"]) == pytest.approx(4 / 16 * (1 / 0.75 + 1 / 0.25))


def test_a_covariance_gives_back_the_people_it_came_from() -> None:
    p = np.array([0.5, 0.3, 0.2])
    covariance = 1.8 * (np.diag(p) - np.outer(p, p)) / 900
    found = Composition.from_estimate(dict(zip(TENURE, p.tolist(), strict=True)), covariance)
    assert found.effective == pytest.approx(500)


def test_the_interval_inverts_both_tails_of_the_non_central_chi_square() -> None:
    low, high = noncentrality_interval(20.0, 4)
    assert float(ncx2.sf(20.0, 4, low)) == pytest.approx(0.025)
    assert float(ncx2.cdf(20.0, 4, high)) == pytest.approx(0.025)


def test_a_lucky_sample_does_not_claim_to_be_closer_than_it_can_see() -> None:
    by_luck, typical = noncentrality_interval(0.0, 4), noncentrality_interval(3.3566939800333213, 4)
    assert by_luck == pytest.approx(typical)
    assert typical[1] > 5


def test_a_small_sample_from_the_city_itself_is_at_a_distance_yet_corrected_to_none() -> None:
    found = mirror("tenure", area((20, 12, 8)), CITY, 0.05)
    # Mean |N(0, q(1-q)/n)| summed and halved; the multinomial is near it at 40 answers.
    q = CITY.shares
    assert found.dissimilarity.expected == pytest.approx(
        sqrt(1 / (2 * np.pi * 40)) * np.sqrt(q * (1 - q)).sum(), rel=0.03
    )
    assert found.hellinger.expected > 0.06
    assert found.hellinger.corrected == 0
    assert found.state == "cannot tell"


def test_one_area_mirrors_another_differs_and_of_a_third_one_cannot_tell() -> None:
    margin = hellinger_margin(0.10)
    register = mirror("tenure", area((2300, 1300, 900), design_effect=1.7), CITY, margin)
    assert (register.state, register.interval[0] >= 0, register.interval[1] < margin) == ("mirrors", True, True)
    assert register.dissimilarity_bounds[1] < 0.10
    far = mirror("tenure", area((500, 2600, 1400), design_effect=1.7), CITY, margin)
    assert (far.state, far.interval[0] > margin) == ("differs", True)
    few = mirror("tenure", area((23, 13, 9), design_effect=1.7), CITY, margin)
    assert few.state == "cannot tell"


def test_households_make_the_interval_wider() -> None:
    alone, homes = (mirror("tenure", area((900, 700, 400), design_effect=d), CITY, 0.1) for d in (1.0, 2.0))
    assert homes.interval[0] < alone.interval[0] < alone.interval[1] < homes.interval[1]


def test_a_sampled_reference_makes_the_interval_wider_and_its_bias_larger() -> None:
    known = mirror("tenure", area((90, 70, 40)), CITY, 0.1)
    asked = mirror("tenure", area((90, 70, 40)), Composition(TENURE, CITY.shares, 200), 0.1)
    assert asked.interval[1] > known.interval[1]
    assert asked.hellinger.expected == pytest.approx(known.hellinger.expected * sqrt(2), rel=0.1)


def test_a_full_register_has_no_error_where_its_own_composition_is_the_target() -> None:
    found = mirror("tenure", area((2300, 1300, 900), population=4500), CITY, 0.05)
    assert found.interval == (found.hellinger.value, found.hellinger.value)
    assert (found.state, found.hellinger.expected) == ("mirrors", 0)


def test_nine_tenths_of_the_people_asked_leave_a_tenth_of_the_variance() -> None:
    assert area((300, 300, 300), population=1000).effective == pytest.approx(9000)


def test_the_p_value_and_the_interval_say_the_same() -> None:
    sample = area((60, 90, 50))
    low = mirror("tenure", sample, CITY, 0.05).interval[0]
    assert mirror("tenure", sample, CITY, low).p_beyond == pytest.approx(0.025, abs=1e-4)


def test_over_all_one_lone_difference_among_many_looks_must_be_clearer() -> None:
    barely = area((122, 110, 68))
    margin = mirror("tenure", barely, CITY, 0.0).interval[0] - 1e-4
    alone = mirror("tenure", barely, CITY, margin)
    alike = [mirror(name, area((150, 90, 60)), CITY, margin) for name in ("age", "origin", "income")]
    assert alone.state == "differs"
    assert over_all([alone]).state == "differs"
    together = over_all([alone, *alike])
    assert (together.state, together.differing, together.largest) == ("cannot tell", (), "tenure")


def test_over_all_mirrors_only_where_every_characteristic_does() -> None:
    near = mirror("tenure", area((2300, 1300, 900)), CITY, 0.07)
    far = mirror("origin", area((500, 2600, 1400)), CITY, 0.07)
    assert over_all([near, near]).state == "mirrors"
    assert over_all([near, far]).differing == ("origin",)
    with pytest.raises(BadDesign, match="at least one"):
        over_all([])


def test_the_ratio_table_sets_each_group_against_its_share_in_the_city() -> None:
    rows = ratio_table(area((25, 25, 50)), CITY)
    assert [row.ratio for row in rows] == pytest.approx([0.5, 25 / 30, 2.5])
    # Wilson's interval for 25 of 100 is 0.1755 to 0.3430.
    assert (rows[0].low, rows[0].high) == pytest.approx((0.17545 / 0.5, 0.34305 / 0.5), abs=2e-4)


def test_the_ratio_to_a_sample_is_less_certain_and_reversing_it_turns_it_over() -> None:
    one, other = area((25, 25, 50)), area((100, 60, 40))
    there, back = ratio_table(one, other), ratio_table(other, one)
    for row, turned, known in zip(there, back, ratio_table(one, CITY), strict=True):
        assert (row.low, row.high) == pytest.approx((1 / turned.high, 1 / turned.low))
        assert row.low < known.low < known.high < row.high


def test_a_group_that_nobody_in_the_reference_has_gets_no_ratio() -> None:
    none = Composition(TENURE, np.array([0.6, 0.4, 0.0]), inf)
    last = ratio_table(area((50, 40, 10)), none)[2]
    assert np.isnan(last.ratio)
    assert last.high == inf


def test_bad_input_is_told_by_name() -> None:
    with pytest.raises(BadData, match=r"'rented' \(row 1\)"):
        Composition(TENURE, np.array([0.7, -0.2, 0.5]), 10)
    with pytest.raises(BadData, match="add up to"):
        Composition(TENURE, np.array([0.5, 0.2, 0.2]), 10)
    with pytest.raises(BadData, match="leave out areas"):
        area((0, 0, 0))
    with pytest.raises(BadDesign, match="at least `people`"):
        area((10, 10, 10), population=20)
    with pytest.raises(BadData, match="same categories"):
        mirror("tenure", Composition.from_counts({"a": 1, "b": 2}), CITY, 0.1)
    with pytest.raises(NotAnswerable, match="known from elsewhere"):
        household_design_effect([1, 1], ["a", "b"])


@pytest.mark.slow
@pytest.mark.parametrize("moved", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("sampled", [inf, 150.0])
def test_the_interval_covers_at_zero_difference_and_far_from_it(moved: float, sampled: float) -> None:
    """60 households of two, a rare group of 2 % in the city: the hardest case, with the design effect estimated."""
    city = np.array([0.60, 0.30, 0.08, 0.02])
    here = city + moved * np.array([-1, 0, 0, 1])
    found = attained_coverage(here, city, (60, 2, 0.6), reference_effective=sampled, rounds=1500, seed=7)
    assert found.covered >= 0.95 - 3 * sqrt(0.95 * 0.05 / 1500)
    assert found.covered <= 0.975 + 3 * sqrt(0.975 * 0.025 / 1500)


@pytest.mark.slow
@pytest.mark.parametrize("moved", [0.0, 0.05])
def test_the_interval_covers_from_a_full_register_seen_as_one_realisation(moved: float) -> None:
    """1,500 households of three: the 4,500 residents of an area."""
    city = np.array([0.40, 0.30, 0.15, 0.10, 0.05])
    found = attained_coverage(city + moved * np.array([-1, 0, 0, 0, 1]), city, (1500, 3, 0.6), rounds=500, seed=9)
    assert 0.95 - 3 * sqrt(0.95 * 0.05 / 500) <= found.covered <= 0.975 + 3 * sqrt(0.975 * 0.025 / 500)


@pytest.mark.slow
def test_where_the_percentile_bootstrap_never_covers_this_interval_does() -> None:
    """200 independent people from the city itself, 300 times: the distance of a resample is never zero."""
    city, rng = np.array([0.40, 0.30, 0.15, 0.10, 0.05]), np.random.default_rng(2)
    held, bootstrap = 0, 0
    for _ in range(300):
        counts = rng.multinomial(200, city)
        again = hellinger(rng.multinomial(200, counts / 200, 400) / 200, city)
        bootstrap += float(np.quantile(again, 0.025)) <= 0
        names = dict(zip("abcde", counts.tolist(), strict=True))
        held += (
            mirror("tenure", Composition.from_counts(names), Composition(tuple("abcde"), city, inf), 0.1).interval[0]
            == 0
        )
    assert bootstrap == 0
    assert held / 300 >= 0.975 - 3 * sqrt(0.975 * 0.025 / 300)
