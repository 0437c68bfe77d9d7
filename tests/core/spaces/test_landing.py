"""A vector that is not an item's stands amid the items it is nearest to."""

import numpy as np
import pytest

from textrec_core.spaces import landing
from textrec_core.spaces.layout import Layout, LayoutParams, lay_out
from textrec_core.spaces.neighbours import of_item
from textrec_core.spaces.space import Space


@pytest.fixture(scope="module")
def space():
    vectors = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    vectors[4] = 0
    return Space("drawn", vectors, "d")


def test_an_items_own_vector_is_nearest_to_the_item_and_then_to_its_neighbours(space):
    rows, cosines = landing.nearest_to(space, 3 * space.vectors[7], 6)
    assert rows[0] == 7
    assert cosines[0] == pytest.approx(1.0, abs=1e-5)
    assert rows[1:].tolist() == of_item(space, 7, 5)[0].tolist()
    assert 4 not in landing.nearest_to(space, space.vectors[7], 100)[0], "it has no place"


def test_a_vector_of_zeros_is_near_nothing_and_has_no_place(space):
    drawn = lay_out(space, LayoutParams(method="pca"))
    assert landing.nearest_to(space, np.zeros(5), 3)[0].size == 0
    assert np.isnan(landing.place(space, drawn, np.zeros(5))).all()


def test_the_nearer_of_its_neighbours_pull_a_place_the_more():
    near, far = [1.0, 0.0], [0.6, 0.8]
    flat = Space("flat", np.array([near, far, [0, 0]], np.float32), "f")
    map_ = Layout(np.array([[0, 0], [1, 2], [9, 9]], np.float32), 1.0, "pca", LayoutParams(), "m")
    x, y = landing.place(flat, map_, np.array([1.0, 0.0]))
    assert (x, y) == pytest.approx((0.6 / 1.6, 1.2 / 1.6), abs=1e-5)


def test_a_place_lies_within_the_places_of_the_nearest(space):
    drawn = lay_out(space, LayoutParams(method="pca"))
    for row in (0, 7, 20):
        rows = landing.nearest_to(space, space.vectors[row], landing.AMID)[0]
        low, high = drawn.places[rows].min(axis=0), drawn.places[rows].max(axis=0)
        place = np.array(landing.place(space, drawn, space.vectors[row]))
        assert (place >= low - 1e-5).all()
        assert (place <= high + 1e-5).all()
