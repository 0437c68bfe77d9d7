"""One pass over the texts, and every way to make one vector of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.errors import DataError
from textrec_core.text.pooling import (
    LAYERS,
    TOKENS,
    Layers,
    Pooling,
    name_of,
    pool,
    read_shares,
    softmax,
    untrained_pooler,
    write_shares,
)

logits = st.lists(st.floats(-30, 30), min_size=1, max_size=8)


def drawn(texts: int = 4, layers: int = 3, width: int = 5) -> Layers:
    rng = np.random.default_rng(0)
    mean, first = rng.normal(size=(2, texts, layers + 1, width)).astype(np.float32)
    return Layers(mean, first, "Drawn", "drawn")


def test_layers_are_counted_without_what_the_network_reads():
    assert drawn(layers=3).count == 3


@pytest.mark.parametrize(("tokens", "states"), [("mean", "mean"), ("first", "first")])
def test_each_choice_of_layers_is_what_it_says(tokens, states):
    read = drawn()
    own = getattr(read, states)
    expected = {
        Pooling(tokens, "last"): own[:, 3],
        Pooling(tokens, "one", layer=0): own[:, 0],
        Pooling(tokens, "one", layer=2): own[:, 2],
        Pooling(tokens, "top", top=1): own[:, 3],
        Pooling(tokens, "top", top=2): (own[:, 2] + own[:, 3]) / 2,
        Pooling(tokens, "mix", shares=(0.25, 0.75)): 0.25 * own[:, 2] + 0.75 * own[:, 3],
        Pooling(tokens, "mix", shares=(0.1, 0.2, 0.3, 0.4)): np.tensordot(own, [0.1, 0.2, 0.3, 0.4], (1, 0)),
        Pooling(tokens, "concatenated", top=2): np.hstack([own[:, 2], own[:, 3]]),
    }
    for how, vectors in expected.items():
        np.testing.assert_allclose(pool(read, how), vectors, atol=1e-6)


@given(logits)
def test_learned_shares_are_positive_and_sum_to_one(learned):
    shares = softmax(np.array(learned))
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1)
    assert int(np.argmax(shares)) == int(np.argmax(learned)) or np.ptp(learned) < 1e-12


def test_shares_of_far_apart_logits_are_still_numbers():
    assert softmax(np.array([2_000.0, 0.0, -2_000.0])) == (1.0, 0.0, 0.0)


def test_shares_rounded_by_a_person_make_a_vector_of_full_length():
    read, rounded, full = drawn(), (0.33, 0.665), (0.33 / 0.995, 0.665 / 0.995)
    one, other = (pool(read, Pooling(layers="mix", shares=shares)) for shares in (rounded, full))
    np.testing.assert_allclose(one, other, atol=1e-6)


@given(logits)
def test_shares_survive_being_written_as_a_parameter(learned):
    shares = softmax(np.array(learned))
    np.testing.assert_allclose(read_shares(write_shares(shares)), shares, atol=1e-4)


@pytest.mark.parametrize("words", ["1, 1", "0.5", "-1, 2", "a, b", "nan, 1", "0.2;0.8", "inf", ","])
def test_shares_that_are_none_are_refused_in_words(words):
    with pytest.raises(DataError, match="sum to 1"):
        read_shares(words)


def test_a_mix_without_its_shares_is_refused_in_words():
    with pytest.raises(DataError, match="needs its shares"):
        Pooling(layers="mix")


@pytest.mark.parametrize(
    "how",
    [
        Pooling(layers="top", top=4), Pooling(layers="concatenated", top=4), Pooling(layers="mix", shares=(0.2,) * 5),
    ],
)  # fmt: skip
def test_more_layers_than_there_are_is_refused_in_words(how):
    with pytest.raises(DataError, match="Drawn has 3 layers, fewer than"):
        pool(drawn(), how)


def test_a_layer_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(DataError, match="3 layers, and none is layer 4") as caught:
        pool(drawn(), Pooling(layers="one", layer=4))
    assert "from 0 to 3" in caught.value.hint


def test_a_text_that_says_nothing_gets_a_row_of_zeros_by_every_pooling():
    read = drawn()
    read.mean[1] = read.first[1] = 0
    for tokens in TOKENS:
        for layers in LAYERS:
            made = pool(read, Pooling(tokens, layers, layer=1, top=2, shares=(0.5, 0.5)))
            assert made.dtype == np.float32
            assert made.any(axis=1).tolist() == [True, False, True, True]


def test_the_name_moves_with_what_is_read_and_not_with_what_is_not_used():
    names = [name_of("e", Pooling(layers=layers, layer=1, top=2, shares=(0.5, 0.5))) for layers in LAYERS]
    assert len({*names, name_of("f", Pooling()), name_of("e", Pooling("first"))}) == len(LAYERS) + 2
    assert name_of("e", Pooling(layer=1, top=1)) == name_of("e", Pooling(layer=3, top=2, shares=(1.0,)))
    assert name_of("e", Pooling(layers="top", top=1)) != name_of("e", Pooling(layers="top", top=2))


def test_an_untrained_pooler_gives_something_else_with_every_draw():
    one, again, other = (untrained_pooler(drawn(), seed) for seed in (0, 0, 1))
    assert (one == again).all()
    assert np.abs(one - other).max() > 1e-3
