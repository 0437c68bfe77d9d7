"""Slices: every item with a place in both spaces stands in exactly one quarter, and the mean is that of its items."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.spaces.slices import by_attribute, by_popularity

shares = st.sampled_from([0.0, 0.25, 1.0, float("nan")])


@given(st.lists(st.tuples(shares, st.integers(0, 9)), max_size=40))
def test_quarters_of_popularity_hold_every_known_item_once(drawn):
    overlap, counts = np.array([one[0] for one in drawn]), np.array([one[1] for one in drawn], int)
    found = by_popularity(overlap, counts)
    known = np.isfinite(overlap)
    assert sum(one.items for one in found) == known.sum()
    assert len(found) <= 4
    if known.any():
        assert np.average([one.mean for one in found], weights=[one.items for one in found]) == pytest.approx(
            overlap[known].mean()
        )
        assert all(0 <= one.low <= one.mean <= one.high <= 1 for one in found)


def test_quarters_of_different_counts_are_of_one_size():
    found = by_popularity(np.linspace(0, 1, 8), np.arange(1, 9))
    assert [one.items for one in found] == [2, 2, 2, 2]
    assert found[0].name == "chosen by 1 to 2"


@given(st.lists(st.tuples(shares, st.sampled_from(["", "a", "b", " "])), max_size=40))
def test_an_attribute_gives_a_slice_for_each_value_that_says_something(drawn):
    overlap, values = np.array([one[0] for one in drawn]), [one[1] for one in drawn]
    found = by_attribute(overlap, values)
    for one in found:
        inside = overlap[[value == one.name for value in values]]
        assert one.items == np.isfinite(inside).sum()
        assert one.mean == pytest.approx(np.nanmean(inside))
    expected = {value for value, share in zip(values, overlap, strict=True) if value.strip() and np.isfinite(share)}
    assert {one.name for one in found} == expected


def test_only_the_most_frequent_values_are_named():
    values = [f"v{n}" for n in range(30) for _ in range(n + 1)]
    found = by_attribute(np.ones(len(values)), values, most=5)
    assert {one.name for one in found} == {f"v{n}" for n in range(25, 30)}
