"""Latent semantic analysis on every kind of text there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import words
from textrec_core.text.lsa import LsaEncoder
from textrec_core.text.postprocess import postprocess

TEXTS = [
    "river bird forest rain",
    "bird rain meadow river",
    "engine metal signal",
    "signal engine robot metal",
    "stone",
]


def test_the_same_texts_give_the_same_rows():
    one, other = (LsaEncoder(3).encode(TEXTS) for _ in range(2))
    assert (one == other).all()
    assert one.dtype == np.float32


def test_texts_that_share_words_are_near():
    vectors = LsaEncoder(3).encode(TEXTS)
    near = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert near[0] @ near[1] > 0.9 > 0.2 > near[0] @ near[2]
    assert near[2] @ near[3] > 0.9


def test_a_text_without_words_gets_a_row_of_zeros():
    vectors = LsaEncoder(3).encode([*TEXTS, "", "the and of", "!!! 7"])
    assert not np.abs(vectors[5:]).max() > 1e-6
    assert vectors[:5].any(axis=1).all()


@pytest.mark.parametrize("texts", [["", ""], ["1 2 3", "4 5"], ["the", "of and"], ["!?", "…"], [""]])
def test_texts_without_any_word_give_zeros(texts):
    vectors = LsaEncoder(8).encode(texts)
    assert vectors.shape == (len(texts), 2)
    assert not vectors.any()


def test_long_numbers_are_words():
    vectors = LsaEncoder(8).encode(["1984 2001", "1984 2010", "2001 2010"])
    assert vectors.any(axis=1).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_equal_texts_get_equal_rows_and_say_nothing_once_centred(count):
    vectors = LsaEncoder(8).encode(["river bird forest rain"] * count)
    np.testing.assert_allclose(vectors, vectors[:1].repeat(count, axis=0), atol=1e-6)
    assert vectors.any()
    if count > 1:
        assert not postprocess(vectors, "centre").any()


@pytest.mark.parametrize(("dimensions", "expected"), [(2, 2), (3, 3), (4, 4), (128, 4)])
def test_there_are_as_many_dimensions_as_asked_or_as_the_texts_can_fill(dimensions, expected):
    assert LsaEncoder(dimensions).encode(TEXTS).shape == (5, expected)


@settings(max_examples=30)
@given(st.lists(words, min_size=1, max_size=8), st.integers(2, 9))
def test_any_texts_give_a_finite_row_each(texts, dimensions):
    vectors = LsaEncoder(dimensions).encode(texts)
    assert len(vectors) == len(texts)
    assert vectors.shape[1] >= 2
    assert np.isfinite(vectors).all()


def test_the_name_and_the_fingerprint_tell_the_size():
    assert LsaEncoder(64).name == "LSA 64"
    assert LsaEncoder(64).fingerprint != LsaEncoder(65).fingerprint


def test_reading_tells_how_far_it_is():
    told = []
    LsaEncoder(2).encode(TEXTS, lambda share, words: told.append((share, words)))
    assert [share for share, _words in told] == sorted(share for share, _words in told)
    assert told[0][1] == "counting words"
