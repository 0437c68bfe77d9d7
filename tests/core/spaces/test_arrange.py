"""Arranged maps: turning one onto the other changes nothing within it, and trails join what belongs together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textrec_core.errors import DataError
from textrec_core.spaces.arrange import align, trails, trails_name
from textrec_core.spaces.layout import Layout, LayoutParams, lay_out
from textrec_core.spaces.space import Space

PLAIN = LayoutParams(method="pca")
seeds = st.integers(0, 2**32 - 1)


def space(vectors: np.ndarray, name: str = "s") -> Space:
    return Space(name, np.asarray(vectors, np.float32), name)


def drawn(seed: int, count: int = 40, size: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size))


def map_of(places: np.ndarray) -> Layout:
    return Layout(np.asarray(places, np.float32), 1.0, "pca", PLAIN, "map")


@settings(max_examples=25)
@given(seeds, st.floats(0, 6.28), st.booleans(), st.floats(0.1, 10))
def test_a_map_that_was_turned_mirrored_scaled_and_moved_comes_back_onto_the_first(seed, angle, mirrored, scale):
    first = drawn(seed, 30, 2)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) @ np.diag(
        [1, -1 if mirrored else 1]
    )
    moved = first @ turn * scale + [3, -8]
    moved[4] = np.nan
    places = align(map_of(first), map_of(moved))
    known = np.arange(30) != 4
    np.testing.assert_allclose(places[known], first[known], atol=2e-3)
    assert np.isnan(places[4]).all()


@settings(max_examples=25)
@given(seeds)
def test_distances_within_an_aligned_map_keep_their_proportions_and_the_fit_is_never_worse(seed):
    first, second = drawn(seed, 20, 2), drawn(seed + 1, 20, 2)
    places = align(map_of(first), map_of(second)).astype(float)
    before = np.linalg.norm(second[:, None] - second[None], axis=2)
    after = np.linalg.norm(places[:, None] - places[None], axis=2)
    ratio = after[before > 0] / before[before > 0]
    assert np.ptp(ratio) < 1e-3 * ratio.mean()
    centred = (second - second.mean(axis=0)) * ratio.mean() + first.mean(axis=0)
    assert ((places - first) ** 2).sum() <= ((centred - first) ** 2).sum() + 1e-3


def test_maps_with_nothing_to_hold_on_to_stay_as_they_are():
    one, point = drawn(0, 6, 2), np.ones((6, 2))
    np.testing.assert_array_equal(align(map_of(one), map_of(point)), point.astype(np.float32))
    few = np.full((6, 2), np.nan)
    few[:2] = 1
    np.testing.assert_array_equal(align(map_of(few), map_of(one)), one.astype(np.float32))


def test_a_space_and_itself_turned_have_no_trails_and_a_planted_stranger_has_the_longest():
    one = drawn(0, 60, 6)
    other = one @ np.linalg.qr(drawn(1, 6, 6))[0] * 3
    same = trails(space(one), space(other, "o"), PLAIN)
    assert np.nanmax(same.turn) < 1e-3
    np.testing.assert_allclose(same.words, same.people, atol=0.05)
    other[7] *= -1
    other[9] = 0
    found = trails(space(one), space(other, "o"), PLAIN)
    everyone = np.ones(60, bool)
    assert found.longest(1, everyone).tolist() == [7]
    assert 7 not in found.longest(60, np.arange(60) != 7)
    assert np.isnan(found.turn[9])
    assert np.isnan(found.words[9]).all()
    assert 9 not in found.longest(60, everyone)
    assert found.longest(60, everyone).size == 59
    assert (np.diff(found.turn[found.longest(60, everyone)]) <= 0).all()
    assert found.fingerprint == trails_name(space(one), space(other, "o"), PLAIN)


def test_trails_follow_what_is_wide_in_a_space_and_not_its_noise():
    one, other = (np.hstack([drawn(0, 60, 5), 0.01 * drawn(seed, 60, 95)]) for seed in (1, 2))
    found = trails(space(one), space(other, "o"), PLAIN)
    assert found.turn.max() < 0.05
    assert found.trusted.items == 120
    assert 0.5 < found.trusted.trustworthiness <= 1


def test_trails_of_too_few_items_are_refused_and_of_few_are_drawn():
    with pytest.raises(DataError, match="at least 3"):
        trails(space(drawn(0, 2)), space(drawn(1, 2)), PLAIN)
    for vectors in (drawn(0, 3, 1), np.ones((4, 2)), drawn(0, 15)):
        found = trails(space(vectors), space(drawn(1, len(vectors))), LayoutParams())
        assert np.isfinite(found.words).all()
        assert np.isfinite(found.turn).all()


def test_the_layout_itself_knows_nothing_of_the_arrangement():
    layout = lay_out(space(drawn(0)), PLAIN)
    before = layout.places.copy()
    align(lay_out(space(drawn(1)), PLAIN), layout)
    np.testing.assert_array_equal(layout.places, before)
