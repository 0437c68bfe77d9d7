"""Plain words: rows of length one, known by two texts at least, the same whatever the case and the accents."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.text.wording import learn

TEXTS = ["The café by the river.", "A CAFE, a river and a boat", "the boat", "", "3 + 4 = 7"]


def test_a_row_has_length_one_and_nothing_is_said_by_no_word():
    rows = learn(TEXTS).rows
    np.testing.assert_allclose(np.sqrt(rows.power(2).sum(axis=1)).ravel(), [[1, 1, 1, 0, 0]], atol=1e-6)


def test_case_and_accents_say_nothing():
    wording = learn(TEXTS).wording
    one, other = wording.read(["THE CAFÉ"]), wording.read(["the cafe"])
    assert abs(one - other).sum() == 0


def test_a_word_of_one_text_alone_is_not_kept():
    assert set(learn(TEXTS).wording.places) == {"the", "cafe", "river", "boat"}


def test_a_rarer_word_weighs_more():
    wording = learn(["sea storm", "sea storm", "sea", "sea", "sea"]).wording
    row = wording.read(["sea storm"]).toarray()[0]
    assert row[wording.places["storm"]] > row[wording.places["sea"]]


def test_what_is_said_twice_weighs_more_but_not_twice_as_much():
    wording = learn(["sea storm", "sea storm"]).wording
    row = wording.read(["sea sea storm"]).toarray()[0]
    ratio = row[wording.places["sea"]] / row[wording.places["storm"]]
    np.testing.assert_allclose(ratio, 1 + np.log(2), rtol=1e-6)


@given(st.lists(st.text(max_size=40), max_size=8), st.lists(st.text(max_size=40), max_size=4))
def test_any_texts_are_read(known, more):
    worded = learn(known)
    assert worded.rows.shape == (len(known), len(worded.wording.places))
    rows = worded.wording.read(more)
    assert np.isfinite(rows.data).all()
    assert rows.shape == (len(more), len(worded.wording.places))
    assert abs(worded.wording.read(known) - worded.rows).sum() == 0
