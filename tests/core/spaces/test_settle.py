"""Places settle the same way for any number of threads, under forces that are those of the formula."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from textrec_core.spaces.settle import HIGHEST, LOWEST, SHIFT, forces, settle

CURVE = (1.577, 0.895)


def ring(count: int) -> csr_matrix:
    """Everybody holds the next one and the one before."""
    rows = np.arange(count)
    next_ = csr_matrix((np.ones(count), (rows, (rows + 1) % count)), shape=(count, count))
    return (next_ + next_.T).tocsr()


def cliques(count: int, size: int) -> csr_matrix:
    """Groups in which everybody holds everybody."""
    return csr_matrix(np.kron(np.eye(count), np.ones((size, size)) - np.eye(size)))


def start(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 2)).astype(np.float32)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_do_not_move_the_places(threads):
    graph, first = ring(120) + 0.3 * cliques(12, 10), start(120)
    alone = settle(graph.tocsr(), first, CURVE, 40, 5, threads=1)
    np.testing.assert_array_equal(settle(graph.tocsr(), first, CURVE, 40, 5, threads=threads), alone)


def test_another_seed_settles_elsewhere_and_the_start_is_left_as_it_was():
    graph, first = ring(50), start(50)
    kept = first.copy()
    places = [settle(graph, first, CURVE, 30, seed) for seed in (0, 1, 2**31 - 1)]
    np.testing.assert_array_equal(first, kept)
    assert all(np.abs(one - other).max() > 0.1 for one, other in pairwise(places))


def test_groups_that_hold_each_other_part_from_all_others():
    places = settle(cliques(6, 15), start(90, 3), CURVE, 300, 0)
    group = np.arange(90) // 15
    centres = np.array([places[group == one].mean(axis=0) for one in range(6)])
    away = np.linalg.norm(places[:, None] - centres, axis=2)
    assert (away.argmin(axis=1) == group).all()
    within = away[np.arange(90), group].mean()
    between = np.linalg.norm(centres[:, None] - centres, axis=2)[np.triu_indices(6, 1)].min()
    assert between > 3 * within


def test_two_who_hold_each_other_meet_without_passing_each_other():
    pair = csr_matrix(np.array([[0.0, 1.0], [1.0, 0.0]]))
    for apart in (0.5, 1.0, 8.0):
        first = np.array([[0.0, 0.0], [apart, 0.0]], np.float32)
        after_one = settle(pair, first, CURVE, 1, 0)
        assert after_one[0, 0] <= after_one[1, 0]
        settled = settle(pair, first, CURVE, 200, 0)
        assert 0 < settled[1, 0] - settled[0, 0] < 2
        np.testing.assert_allclose(settled[:, 1], 0, atol=1e-6)


def test_a_light_edge_holds_less_than_a_heavy_one():
    count = 60
    rows = np.arange(count)
    near = csr_matrix((np.ones(count), (rows, rows ^ 1)), shape=(count, count))
    loose = csr_matrix((np.full(count, 0.1), (rows, (rows + 30) % count)), shape=(count, count))
    places = settle((near + loose).tocsr(), start(count), CURVE, 200, 0)
    heavy, light = (np.linalg.norm(places - places[other], axis=1).mean() for other in (rows ^ 1, (rows + 30) % count))
    assert heavy < light / 2


@given(st.floats(0.3, 4.0), st.floats(0.4, 1.5), st.floats(-29.9, 23.9))
def test_the_table_of_forces_is_the_formula(a, b, exponent):
    squared = np.float32(2.0**exponent)
    bits = int(squared.view(np.int32)) - LOWEST
    step, part = bits >> SHIFT, (bits & ((1 << SHIFT) - 1)) / (1 << SHIFT)
    table = forces(a, b)
    read = table[:, step] + part * (table[:, step + 1] - table[:, step])
    d = float(squared)
    pull, push = -2 * a * b * d ** (b - 1) / (1 + a * d**b), 2 * b / ((0.001 + d) * (1 + a * d**b))
    np.testing.assert_allclose(read, [pull, push], rtol=5e-4)
    assert table.shape[1] > (HIGHEST - LOWEST >> SHIFT) + 1


def test_all_in_one_place_stay_finite():
    places = settle(cliques(2, 20), np.zeros((40, 2)), CURVE, 20, 0)
    assert np.isfinite(places).all()
    far = settle(ring(20), start(20) * 1e12, CURVE, 20, 0)
    assert np.isfinite(far).all()
