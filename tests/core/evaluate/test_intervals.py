"""How sure a mean is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.evaluate.intervals import Interval, bootstrap, widened

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


@given(shares, st.floats(0, 1))
def test_what_else_is_unsure_makes_it_wider_on_both_sides(values, spread):
    found = bootstrap(values)
    wide = widened(found, spread)
    assert wide.mean == found.mean
    for one, other in (
        (found.mean - found.low, wide.mean - wide.low),
        (found.high - found.mean, wide.high - wide.mean),
    ):
        assert other == pytest.approx(np.hypot(one, 1.96 * spread), abs=1e-12)
    assert widened(Interval(0.5, 0.5, 0.5, 9), spread).high == pytest.approx(0.5 + 1.96 * spread)
