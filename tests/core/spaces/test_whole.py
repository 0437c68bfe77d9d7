"""Spaces as wholes: one with themselves however turned, at the floor for strangers, and no numbers made up of nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.errors import DataError
from textrec_core.spaces.space import Space
from textrec_core.spaces.whole import compare

seeds = st.integers(0, 2**32 - 1)


def space(vectors: np.ndarray, name: str = "s") -> Space:
    return Space(name, np.asarray(vectors, float), name)


def drawn(seed: int, count: int = 60, size: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size))


@settings(max_examples=20)
@given(seeds, st.floats(0.01, 100))
def test_a_space_is_wholly_itself_however_it_is_turned_and_scaled(seed, scale):
    one = drawn(seed)
    turn = np.linalg.qr(drawn(seed + 1, 6, 6))[0]
    found = compare(space(one), space(one @ turn * scale))
    assert found.cka.value == pytest.approx(1)
    assert found.residual.value == pytest.approx(0, abs=1e-6)


@settings(max_examples=20)
@given(seeds)
def test_turning_scaling_and_changing_places_change_nothing(seed):
    one, other = drawn(seed), drawn(seed + 1)
    turned = other @ np.linalg.qr(drawn(seed + 2, 6, 6))[0] * 7
    plain, again, back = (
        compare(space(one), space(other)),
        compare(space(one), space(turned)),
        compare(space(other), space(one)),
    )
    for found in (again, back):
        assert found.cka.value == pytest.approx(plain.cka.value)
        assert found.residual.value == pytest.approx(plain.residual.value)


@pytest.mark.parametrize("seed", range(5))
def test_strangers_stand_at_the_floor_and_relatives_far_from_it(seed):
    one = drawn(seed, 300)
    strange, near = one[np.random.default_rng(seed + 50).permutation(300)], one + 0.5 * drawn(seed + 9, 300)
    there, here = compare(space(one), space(strange)), compare(space(one), space(near))
    for measure, close in ((there.cka, 0.02), (there.residual, 0.02)):
        assert measure.value == pytest.approx(measure.chance, abs=close)
    assert here.cka.value > 2 * here.cka.chance
    assert here.residual.value < 0.6 * here.residual.chance


@given(hnp.arrays(float, st.tuples(st.integers(1, 8), st.integers(1, 3)), elements=st.sampled_from([-1.0, 0.0, 2.0])))
def test_any_space_is_compared_or_refused_in_words(vectors):
    other = drawn(0, len(vectors))
    if vectors.any(axis=1).sum() < 3:
        with pytest.raises(DataError, match="at least 3"):
            compare(space(vectors), space(other))
        return
    found = compare(space(vectors), space(other))
    for measure in (found.cka, found.residual):
        assert 0 <= measure.value <= 1
        assert 0 <= measure.chance <= 1


def test_a_constant_space_has_no_shape_to_compare():
    found = compare(space(np.ones((20, 3))), space(drawn(0, 20)))
    assert (found.cka.value, found.residual.value) == (0, 1)
