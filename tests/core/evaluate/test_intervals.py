"""How sure a mean is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.evaluate.intervals import Interval, bootstrap, detectable, over_starts, widened

shares = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1))


@given(shares)
def test_the_interval_holds_the_mean_and_stays_within_the_values(values):
    found = bootstrap(values)
    assert found.mean == values.mean()
    assert found.low - 1e-6 <= found.mean <= found.high + 1e-6
    assert found.people == values.size
    assert found.low >= -1e-6
    assert found.high <= 1 + 1e-6


@given(shares)
def test_the_same_values_have_the_same_interval(values):
    assert bootstrap(values) == bootstrap(values)


def test_the_interval_is_about_as_wide_as_theory_says():
    values = np.random.default_rng(0).random(2_000)
    found = bootstrap(values)
    expected = 2 * 1.96 * values.std() / np.sqrt(values.size)
    assert found.high - found.low == pytest.approx(expected, rel=0.15)


def test_it_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    held = [(found := bootstrap(rng.random(100), seed)).low <= 0.5 <= found.high for seed in range(150)]
    assert 0.88 <= np.mean(held) <= 0.99


def test_more_people_make_it_narrower():
    values = np.random.default_rng(2).random(4_000)
    few, many = bootstrap(values[:40]), bootstrap(values)
    assert few.high - few.low > 3 * (many.high - many.low)


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_where_all_agree_there_is_no_doubt(value):
    found = bootstrap(np.full(500, value))
    assert found.low == pytest.approx(value, abs=1e-6)
    assert found.high == pytest.approx(value, abs=1e-6)


def test_nobody_has_no_mean():
    found = bootstrap(np.array([]))
    assert found.people == 0
    assert np.isnan([found.mean, found.low, found.high]).all()


@given(shares, st.floats(1e-6, 1), st.integers(2, 10))
def test_what_else_is_unsure_makes_it_wider_and_the_more_so_the_less_is_known_of_it(values, spread, few):
    found = bootstrap(values)
    wide, known = widened(found, spread, few), widened(found, spread, 10**9)
    assert wide.mean == found.mean
    assert wide.high + 2e-6 >= known.high + 1e-6 >= found.high
    assert wide.low - 2e-6 <= known.low - 1e-6 <= found.low
    assert known.high - found.mean == pytest.approx(
        np.hypot(found.high - found.mean, 1.96 * spread), rel=1e-3, abs=1e-6
    )
    assert widened(found, 0.0, few) == found


def test_a_mean_that_only_chance_starts_move_is_held_as_often_as_it_says():
    """Student's own case: nothing but a few values is known."""
    rng = np.random.default_rng(3)
    drawn = rng.normal(size=(2_000, 5))
    held = [
        (found := widened(Interval(new, new, new, 9), float(np.std(known, ddof=1)), 4)).low <= 0 <= found.high
        for new, known in zip(drawn[:, 0], drawn[:, 1:], strict=True)
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("noise", [0.0, 0.5, 2.0])
def test_a_few_starts_that_differ_more_than_people_do_raise_few_false_alarms(noise):
    """As after one training sweep: three starts may all fall on one side by chance, in one of four cases."""
    rng = np.random.default_rng(4)
    alarms = 0
    for start in range(400):
        tables = [np.full((60, 1), rng.normal()) + noise * rng.normal(size=(60, 1)) for _ in range(3)]
        alarms += not over_starts(tables, start)[0].holds_zero
    assert alarms <= 28


def test_starts_that_differ_make_a_difference_harder_to_detect():
    rng = np.random.default_rng(5)
    people = rng.normal(size=(500, 1))
    alike, apart = ([people + shift for shift in shifts] for shifts in ((0.0, 0.0, 0.0), (-0.1, 0.0, 0.1)))
    assert over_starts(alike) == over_starts([people])
    sure, unsure = (detectable(over_starts(tables)[0]) for tables in (alike, apart))
    assert sure == pytest.approx(2.8 * people.std() / 500**0.5, rel=0.1)
    assert unsure > 2 * sure
    assert np.isnan(detectable(bootstrap(np.ones(1))))
