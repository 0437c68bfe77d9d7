"""Maps: the same input draws the same map, what has no place is nowhere, and a picture of nothing is not made up."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.errors import DataError
from textrec_core.spaces import fidelity, settle
from textrec_core.spaces.graph import build
from textrec_core.spaces.layout import (
    LayoutParams,
    by_distance,
    kept_neighbours,
    lay_out,
    name_of,
    principal,
    stratified,
)
from textrec_core.spaces.space import Space

PLAIN = LayoutParams(method="pca")


def space(vectors: np.ndarray, name: str = "s") -> Space:
    return Space(name, np.asarray(vectors, np.float32), name)


def drawn(count: int, size: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size))


def groups(count: int) -> np.ndarray:
    """Three groups far apart, row n in group n % 3."""
    return np.eye(3, 8)[np.arange(count) % 3] * 4 + drawn(count, 8) * 0.2


def test_the_same_space_draws_the_same_map():
    one, other = (lay_out(space(drawn(30)), PLAIN) for _ in range(2))
    assert (one.places == other.places).all()
    assert one.fingerprint == other.fingerprint == name_of(space(drawn(30)), PLAIN)


def test_items_without_a_place_are_nowhere_and_all_others_somewhere():
    vectors = drawn(30)
    vectors[[0, 17]] = 0
    layout = lay_out(space(vectors), PLAIN)
    assert np.flatnonzero(np.isnan(layout.places).any(axis=1)).tolist() == [0, 17]
    without = lay_out(space(np.delete(vectors, [0, 17], axis=0)), PLAIN)
    np.testing.assert_array_equal(np.delete(layout.places, [0, 17], axis=0), without.places)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("method", ["pca", "umap"])
def test_a_map_of_fewer_than_three_items_is_refused_in_words(count, method):
    vectors = np.zeros((9, 4))
    vectors[:count] = 1
    with pytest.raises(DataError, match=f"Only {count} items have a place in the tiny space"):
        lay_out(space(vectors, "tiny"), LayoutParams(method=method))


@pytest.mark.parametrize("count", [3, 4, 15])
def test_a_map_too_small_for_umap_is_a_plain_one_and_says_so(count):
    layout = lay_out(space(drawn(count)), LayoutParams(method="umap"))
    assert layout.method == "pca"
    assert layout.params.method == "umap"
    assert np.isfinite(layout.places).all()
    assert len(np.unique(layout.places, axis=0)) == count
    assert 0 <= layout.kept <= 1
    if count <= 11:
        assert layout.kept == 1, "among so few, all are everybody's nearest"


@pytest.mark.parametrize("vectors", [np.ones((20, 4)), np.ones((3, 1)), drawn(1, 64).repeat(40, axis=0)])
def test_items_that_are_all_alike_are_drawn_in_one_place(vectors):
    layout = lay_out(space(vectors), PLAIN)
    assert (layout.places == layout.places[0]).all()
    assert np.isfinite(layout.places).all()
    assert 0 <= layout.kept <= 1


def test_a_space_of_one_dimension_is_drawn_on_a_line():
    layout = lay_out(space(np.array([[1.0], [-2.0], [3.0], [-4.0]])), PLAIN)
    assert (layout.places[:, 1] == 0).all()
    assert layout.places[0, 0] == layout.places[2, 0] != layout.places[1, 0] == layout.places[3, 0]


@given(
    hnp.arrays(np.float32, st.tuples(st.integers(3, 12), st.integers(1, 5)), elements=st.sampled_from([-1.0, 0.0, 2.0]))
)
def test_any_space_is_drawn_or_refused_in_words(vectors):
    drawn_space = space(vectors)
    if drawn_space.known.sum() < 3:
        with pytest.raises(DataError):
            lay_out(drawn_space, PLAIN)
        return
    layout = lay_out(drawn_space, PLAIN)
    assert (np.isfinite(layout.places).all(axis=1) == drawn_space.known).all()
    assert np.nanmax(np.abs(layout.places)) <= 10.001
    assert 0 <= layout.kept <= 1


def test_the_plain_map_keeps_the_widest_directions_and_one_side_up():
    vectors = drawn(200, 4) * [5, 3, 0.1, 0.1]
    places = principal(vectors)
    assert abs(np.corrcoef(places[:, 0], vectors[:, 0])[0, 1]) > 0.99
    assert abs(np.corrcoef(places[:, 1], vectors[:, 1])[0, 1]) > 0.99
    assert np.abs(places).max() == pytest.approx(10)
    np.testing.assert_allclose(principal(vectors * 3), places, atol=1e-4)


def test_a_faithful_map_keeps_all_neighbours_and_a_shuffled_one_keeps_those_of_chance():
    angle = np.sort(np.random.default_rng(3).uniform(0, 2 * np.pi, 300))
    circle = np.c_[np.cos(angle), np.sin(angle)]
    assert kept_neighbours(space(circle), circle.astype(np.float32), build(space(circle))) == pytest.approx(1, abs=0.01)
    shuffled = circle[np.random.default_rng(4).permutation(300)]
    assert kept_neighbours(space(circle), shuffled, build(space(circle))) == pytest.approx(10 / 299, abs=0.03)


def test_the_name_moves_with_the_space_and_every_parameter():
    one = space(drawn(30))
    others = [LayoutParams(n_neighbors=9), LayoutParams(min_dist=0.2), LayoutParams(seed=1), PLAIN]
    names = {name_of(one, params) for params in [LayoutParams(), *others]} | {name_of(space(drawn(30), "t"), PLAIN)}
    assert len(names) == 6


def test_umap_draws_the_same_map_for_a_seed_and_keeps_groups_together():
    told = []
    vectors = groups(48)
    vectors[7] = 0
    params = LayoutParams(method="umap", n_neighbors=6, seed=3)
    one = lay_out(space(vectors), params, on_progress=lambda share, words: told.append(words))
    other = lay_out(space(vectors), params)
    np.testing.assert_array_equal(one.places, other.places)
    assert one.method == "umap"
    assert list(dict.fromkeys(told)) == ["finding neighbours", "drawing the map"]
    assert np.flatnonzero(np.isnan(one.places).any(axis=1)).tolist() == [7]
    assert one.kept > 0.4
    centres = np.array([np.nanmean(one.places[group::3], axis=0) for group in range(3)])
    known = np.flatnonzero(space(vectors).known)
    nearest_centre = ((one.places[known, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest_centre == known % 3).all()
    another = lay_out(space(vectors), LayoutParams(method="umap", n_neighbors=6, seed=4))
    assert np.nanmax(np.abs(another.places - one.places)) > 0.01


def test_umap_is_not_asked_for_a_map_of_items_on_a_point_or_a_line():
    for vectors in (np.ones((20, 3)), drawn(1, 64).repeat(40, axis=0), np.c_[drawn(30, 1), np.zeros(30)]):
        layout = lay_out(space(vectors), LayoutParams(method="umap"))
        assert layout.method == "pca"
        assert np.isfinite(layout.places).all()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(2, 70))
def test_a_sample_keeps_every_level_in_its_share(counts, most):
    counts = np.array(counts)
    rows = stratified(counts, most)
    assert rows.size == min(most, counts.size)
    assert (np.diff(rows) > 0).all()
    for level in np.unique(counts):
        share = (counts == level).mean() * rows.size
        assert abs((counts[rows] == level).sum() - share) <= 2


def test_a_sample_is_never_the_first_rows_and_the_same_each_time():
    counts = np.random.default_rng(0).zipf(1.5, 2_000)
    rows = stratified(counts, 100)
    assert rows.size == 100
    assert rows.mean() == pytest.approx(1_000, abs=200)
    assert rows.tolist() == stratified(counts, 100).tolist()
    assert rows.tolist() != stratified(counts, 100, seed=1).tolist()
    assert counts.max() in counts[rows], "the very top is always drawn"


def test_what_numba_compiles_is_kept_for_the_next_process():
    lay_out(space(groups(60)), LayoutParams())
    from umap import umap_

    for compiled in (umap_.smooth_knn_dist, umap_.compute_membership_strengths, settle._compiled()):
        assert compiled.stats.cache_path
        assert sum(compiled.stats.cache_hits.values()) + sum(compiled.stats.cache_misses.values()) > 0


def test_a_map_is_as_trustworthy_as_the_one_that_umap_draws_itself():
    from umap import UMAP

    rng = np.random.default_rng(0)
    planted = space(rng.normal(size=(12, 16))[rng.integers(0, 12, 500)] + 0.7 * rng.normal(size=(500, 16)))
    peer = UMAP(n_neighbors=15, min_dist=0.1, metric="cosine", random_state=0, n_jobs=1).fit_transform(planted.vectors)
    mine = [lay_out(planted, LayoutParams(seed=seed)) for seed in range(2)]
    theirs = fidelity.check(planted, replace(mine[0], places=np.asarray(peer, np.float32)))
    for layout in mine:
        assert fidelity.check(planted, layout).trustworthiness > theirs.trustworthiness - 0.01


@given(st.integers(0, 1_000), st.floats(1e-3, 1e3))
def test_by_distance_the_nearest_are_those_of_the_plain_distance(seed, scale):
    vectors = drawn(25, seed=seed) * scale
    vectors[3] = 0
    found = build(by_distance(space(vectors))).rows[:, :5]
    away = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    away[np.arange(25), np.arange(25)] = away[:, 3] = np.inf
    assert (found[3] == -1).all()
    for row in set(range(25)) - {3}:
        # An eye that is not infinitely far off may exchange two that are equally far to one part in fifty.
        np.testing.assert_allclose(away[row, found[row]], np.sort(away[row])[:5], rtol=0.02)


def test_lengths_move_a_map_of_distances_and_no_map_of_directions():
    vectors = groups(60)
    longer = vectors * np.where(np.arange(60) % 2, 4.0, 1.0)[:, None]
    for metric, moves in (("cosine", False), ("euclidean", True)):
        how = LayoutParams(method="umap", metric=metric)
        one, other = (lay_out(space(some), how) for some in (vectors, longer))
        assert (np.abs(one.places - other.places).max() > 0.5) == moves
        assert name_of(space(vectors), how) == one.fingerprint
