"""The one graph of a space: exact where it says so, of measured recall where not, and read off for any smaller question."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import exact_vectors
from textrec_core.spaces import graph
from textrec_core.spaces.graph import among, build, name_of
from textrec_core.spaces.neighbours import nearest
from textrec_core.spaces.space import Space


def space(vectors: np.ndarray) -> Space:
    return Space("s", np.asarray(vectors, np.float32), "s")


def clumps(count: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(12, 8))[rng.integers(12, size=count)] + 0.4 * rng.normal(size=(count, 8))


@given(exact_vectors(), st.integers(1, 16), st.data())
def test_neighbours_read_off_the_graph_are_those_of_a_search_among_the_allowed(vectors, k, data):
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(vectors), max_size=len(vectors))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "WIDTH", data.draw(st.integers(1, 16)))
        found = among(space(vectors), build(space(vectors)), allowed, k)
    expected = nearest(space(vectors), k, allowed)
    np.testing.assert_array_equal(found.rows, expected.rows)
    np.testing.assert_array_equal(found.cosines, expected.cosines)


def test_a_small_graph_is_exact():
    made = build(space(clumps(300)))
    np.testing.assert_array_equal(made.rows, nearest(space(clumps(300)), graph.WIDTH).rows)
    assert made.recall == 1
    assert made.fingerprint == name_of(space(clumps(300)))


def test_a_large_graph_says_which_share_of_the_true_neighbours_it_found(monkeypatch):
    monkeypatch.setattr(graph, "EXACT_BELOW", 1_000)
    vectors = clumps(3_000)
    vectors[[0, 9]] = 0
    made = build(space(vectors))
    true = nearest(space(vectors), graph.WIDTH).rows
    known = np.flatnonzero(space(vectors).known)
    recall = np.mean([np.isin(true[row], made.rows[row]).mean() for row in known])
    assert made.recall == pytest.approx(recall, abs=0.05)
    assert 0.5 < made.recall < 1
    assert (made.rows[[0, 9]] == -1).all()
    assert not (made.rows[known] == known[:, None]).any()
    assert not np.isin(made.rows, [0, 9]).any()
    assert (np.diff(made.cosines[known], axis=1) <= 0).all()
    assert all(len(set(row)) == graph.WIDTH for row in made.rows[known].tolist())
    np.testing.assert_array_equal(build(space(vectors)).rows, made.rows)


def test_items_that_are_all_alike_still_have_neighbours(monkeypatch):
    monkeypatch.setattr(graph, "EXACT_BELOW", 200)
    made = build(space(np.ones((300, 3))))
    assert (made.rows >= 0).all()
    assert np.allclose(made.cosines, 1)
