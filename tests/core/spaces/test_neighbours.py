"""Exact nearest neighbours, against a search by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import exact_vectors
from textrec_core.errors import DataError
from textrec_core.spaces import neighbours
from textrec_core.spaces.neighbours import nearest, of_item
from textrec_core.spaces.space import Space


def brute(vectors: np.ndarray, item: int, k: int, allowed: np.ndarray) -> list[tuple[int, float]]:
    """Every other item that has a place, by cosine and then by row."""
    found = []
    for other in np.flatnonzero(vectors.any(axis=1) & allowed):
        if other != item:
            lengths = np.linalg.norm(vectors[item]) * np.linalg.norm(vectors[other])
            found.append((int(other), float(vectors[item] @ vectors[other] / lengths)))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]


@given(exact_vectors(), st.integers(1, 16), st.integers(1, 60))
def test_neighbours_are_those_of_a_full_search_with_equals_by_row(vectors, k, cells):
    space = Space("drawn", vectors, "drawn")
    everyone = np.ones(len(vectors), bool)
    with pytest.MonkeyPatch.context() as patch:
        # Small blocks, so that the items fall into several.
        patch.setattr(neighbours, "CELLS", cells)
        found = nearest(space, k)
    known = vectors.any(axis=1)
    assert found.rows.shape == found.cosines.shape == (len(vectors), max(0, min(k, known.sum() - 1)))
    for item in range(len(vectors)):
        if known[item]:
            expected = brute(vectors, item, k, everyone)
            assert found.rows[item].tolist() == [row for row, _cosine in expected]
            assert found.cosines[item].tolist() == [cosine for _row, cosine in expected]
            rows, cosines = of_item(space, item, k)
            assert (rows.tolist(), cosines.tolist()) == (found.rows[item].tolist(), found.cosines[item].tolist())
        else:
            assert (found.rows[item] == -1).all()


@given(exact_vectors(), st.integers(1, 5), st.data())
def test_neighbours_may_be_sought_among_some_items_only(vectors, k, data):
    among = np.array(data.draw(st.lists(st.booleans(), min_size=len(vectors), max_size=len(vectors))))
    found = nearest(Space("drawn", vectors, "drawn"), k, among)
    for item in np.flatnonzero(among & vectors.any(axis=1)):
        expected = brute(vectors, item, k, among)[: found.rows.shape[1]]
        assert found.rows[item].tolist() == [row for row, _cosine in expected]
    assert (found.rows[~among] == -1).all()


@pytest.mark.parametrize("k", [1, 7, 59, 60, 500])
def test_neighbours_in_a_usual_space_are_those_of_a_full_search(k):
    vectors = np.random.default_rng(0).normal(size=(60, 9))
    vectors[[3, 40]] = 0
    vectors[11] = vectors[5] * 3
    found = nearest(Space("usual", vectors, "usual"), k)
    assert found.rows[5, 0] == 11
    assert found.rows[11, 0] == 5
    for item in set(range(60)) - {3, 40}:
        expected = brute(vectors, item, k, np.ones(60, bool))
        np.testing.assert_allclose(found.cosines[item], [cosine for _row, cosine in expected], atol=1e-6)
        # Cosines to 5 and 11 are equal but for rounding, which may order the two either way.
        same = {11: 5}
        assert [same.get(row, row) for row in found.rows[item].tolist()] == [same.get(row, row) for row, _ in expected]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_few_items_have_as_many_neighbours_as_there_are(count):
    found = nearest(Space("few", np.eye(count, 4, dtype=np.float32) + 0.5, "few"), 10)
    assert found.rows.shape == (count, count - 1)
    for item in range(count):
        assert sorted([*found.rows[item].tolist(), item]) == list(range(count))


def test_an_item_without_a_place_has_no_neighbours_and_is_nobodys():
    vectors = np.array([[1.0, 0], [0, 0], [1, 1]])
    space = Space("holes", vectors, "holes")
    assert nearest(space, 5).rows.tolist() == [[2], [-1], [0]]
    with pytest.raises(DataError, match="no place in the holes space"):
        of_item(space, 1, 2)


def test_lengths_do_not_matter():
    vectors = np.random.default_rng(1).normal(size=(30, 5))
    scaled = vectors * np.random.default_rng(2).uniform(0.1, 50, (30, 1))
    assert (nearest(Space("a", vectors, "a"), 6).rows == nearest(Space("b", scaled, "b"), 6).rows).all()


def test_directions_have_length_one_and_zeros_stay_zeros():
    space = Space("s", np.array([[3.0, 4.0], [0, 0], [1e-3, 0]]), "s")
    np.testing.assert_allclose(space.directions, [[0.6, 0.8], [0, 0], [1, 0]])
    assert space.known.tolist() == [True, False, True]
    for array in (space.vectors, space.directions):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


@pytest.mark.parametrize("vectors", [np.ones(3), np.array([[np.nan, 1.0]]), np.array([[np.inf, 1.0]])])
def test_what_is_no_table_of_numbers_is_no_space(vectors):
    with pytest.raises(AssertionError):
        Space("broken", vectors, "broken")
