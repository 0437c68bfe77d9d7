"""What all texts share is taken off; what says nothing stays nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.text.postprocess import METHODS, postprocess

tables = hnp.arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 6)), elements=st.integers(-4, 4).map(float))
methods = st.sampled_from(METHODS)


def usual(count: int = 200, size: int = 8) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (rng.normal(size=(count, size)) * np.arange(1, size + 1) + 5).astype(np.float32)


@given(tables, methods)
def test_rows_of_zeros_stay_zeros_and_all_numbers_stay_finite(vectors, method):
    out = postprocess(vectors, method)
    assert out.shape == vectors.shape
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    assert not out[~vectors.any(axis=1)].any()


@given(tables, methods)
def test_the_input_is_left_as_it_was(vectors, method):
    before = vectors.copy()
    postprocess(vectors, method)
    assert (vectors == before).all()


@given(tables)
def test_none_takes_nothing_off(vectors):
    assert (postprocess(vectors, "none") == vectors).all()


@pytest.mark.parametrize("method", ["centre", "z-score", "whiten"])
def test_the_mean_of_what_says_something_becomes_zero(method):
    vectors = usual()
    vectors[[2, 9]] = 0
    out = postprocess(vectors, method)
    np.testing.assert_allclose(out[vectors.any(axis=1)].mean(axis=0), 0, atol=1e-5)


def test_scaling_gives_every_column_one_spread():
    np.testing.assert_allclose(postprocess(usual(), "z-score").std(axis=0), 1, atol=1e-5)


def test_whitening_gives_every_direction_one_spread_and_no_two_a_correlation():
    out = postprocess(usual(), "whiten").astype(float)
    np.testing.assert_allclose(out.T @ out / len(out), np.eye(8), atol=1e-4)


def test_whitening_leaves_out_directions_with_next_to_nothing():
    vectors = usual(50, 8)
    vectors[:, 7] = vectors[:, 0]
    assert np.flatnonzero(postprocess(vectors, "whiten").any(axis=0)).tolist() == list(range(7))


@given(
    st.integers(2, 12), hnp.arrays(np.float32, 6, elements=st.floats(-50, 50, width=32)), st.sampled_from(METHODS[1:])
)
def test_texts_that_are_all_alike_say_nothing(count, row, method):
    assert not postprocess(np.tile(row, (count, 1)), method).any()


@given(methods)
def test_a_single_text_has_nothing_to_share(method):
    vectors = np.array([[0.0, 0.0], [3.0, 4.0]], np.float32)
    assert (postprocess(vectors, method) == vectors).all()


def test_removing_directions_takes_off_the_largest_spread_and_leaves_the_rest():
    vectors = usual()
    centred = vectors - vectors.mean(axis=0)
    out = postprocess(vectors, "remove directions", 2).astype(float)
    assert np.linalg.matrix_rank(out, tol=1e-2) == 6
    left = np.linalg.svd(out, compute_uv=False)
    np.testing.assert_allclose(left[:6], np.linalg.svd(centred, compute_uv=False)[2:], rtol=1e-3)
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-4)


@given(tables, st.integers(1, 40))
def test_however_many_directions_are_removed_one_is_left(vectors, removed):
    centred = postprocess(vectors, "centre")
    out = postprocess(vectors, "remove directions", removed)
    assert np.isfinite(out).all()
    assert np.abs(out).sum() <= np.abs(centred).sum() * vectors.shape[1] ** 0.5 + 1e-3
