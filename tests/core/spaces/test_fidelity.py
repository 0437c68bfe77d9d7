"""Fidelity: as another implementation has it, one for a perfect picture, half for a shuffled one."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from textrec_core.spaces import fidelity
from textrec_core.spaces.fidelity import check
from textrec_core.spaces.layout import Layout, LayoutParams, lay_out
from textrec_core.spaces.space import Space

PLAIN = LayoutParams(method="pca")


def space(vectors: np.ndarray) -> Space:
    return Space("s", np.asarray(vectors, float), "s")


def drawn(count: int, size: int = 5) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(count, size))


@pytest.mark.parametrize("count", [12, 40, 150])
def test_trustworthiness_and_what_is_kept_are_as_scikit_learn_has_them(count):
    one = space(drawn(count))
    layout = lay_out(one, PLAIN)
    found = check(one, layout)
    expected = trustworthiness(one.directions, layout.places, n_neighbors=found.k)
    assert found.trustworthiness == pytest.approx(expected, abs=1e-9)
    assert found.items == count
    near = NearestNeighbors(n_neighbors=found.k)
    lists = (near.fit(values).kneighbors(return_distance=False) for values in (one.directions, layout.places))
    shared = [np.intersect1d(*pair).size for pair in zip(*lists, strict=True)]
    assert found.kept == pytest.approx(np.mean(shared) / found.k)


def test_a_perfect_picture_is_trusted_and_a_shuffled_one_is_not():
    angle = np.sort(np.random.default_rng(3).uniform(0, 6.28, 300))
    circle = np.c_[np.cos(angle), np.sin(angle)]
    true = Layout(circle.astype(np.float32), 1.0, "pca", PLAIN, "true")
    shuffled = Layout(circle[np.random.default_rng(0).permutation(300)].astype(np.float32), 0.0, "pca", PLAIN, "false")
    assert check(space(circle), true).trustworthiness > 0.999
    assert check(space(circle), shuffled).trustworthiness == pytest.approx(0.5, abs=0.05)


def test_a_sample_of_the_items_gives_nearly_the_same(monkeypatch):
    one = space(drawn(400))
    layout = lay_out(one, PLAIN)
    full = check(one, layout)
    monkeypatch.setattr(fidelity, "CHECKED", 150)
    some = check(one, layout)
    assert some.items == 150
    assert some.trustworthiness == pytest.approx(full.trustworthiness, abs=0.03)


@pytest.mark.parametrize("vectors", [drawn(3), drawn(4), np.ones((20, 3)), drawn(1, 4).repeat(9, axis=0)])
def test_few_items_and_equal_items_have_a_number_too(vectors):
    assert 0 <= check(space(vectors), lay_out(space(vectors), PLAIN)).trustworthiness <= 1
