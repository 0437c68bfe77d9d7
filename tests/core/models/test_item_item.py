"""Item-kNN and EASE against their definitions, worked out in full on small tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import datasets
from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.models import item_item
from textrec_core.models.hybrid import mixed, standardised
from textrec_core.models.item_item import EaseParams, KnnParams


def bm25(dataset: Dataset, params: KnnParams) -> np.ndarray:
    table = dataset.matrix.toarray().astype(float)
    norm = 1 - params.length + params.length * table.sum(axis=1, keepdims=True) / max(table.sum(axis=1).mean(), 1e-12)
    rarity = np.maximum(np.log(len(table)) - np.log1p((table > 0).sum(axis=0)), 0)
    return np.where(table > 0, table * (params.saturation + 1) / (params.saturation * norm + table) * rarity, 0)


@given(datasets(fewest=2), st.integers(1, 9))
def test_item_knn_keeps_each_items_strongest_ties(dataset, neighbours):
    params = KnnParams(neighbours=neighbours)
    weighted = bm25(dataset, params)
    ties = weighted.T @ weighted
    np.fill_diagonal(ties, 0)
    ties /= max(ties.max(), 1e-12)
    made = item_item.scorer(dataset, item_item.knn(dataset, params)).matrix.toarray()
    kept = min(neighbours, dataset.items.size - 1)
    for item in range(dataset.items.size):
        # Which of equal ties are kept is free; how strong the kept ones are is not.
        strongest = np.sort(ties[item])[::-1][:kept]
        np.testing.assert_allclose(np.sort(made[:, item])[::-1][:kept], strongest, atol=1e-6)
        there = made[:, item] > 0
        np.testing.assert_allclose(made[there, item], ties[item][there], atol=1e-6)


@given(datasets(fewest=2), st.sampled_from([0.5, 5.0, 500.0]))
def test_ease_is_its_closed_form(dataset, ridge):
    table = dataset.matrix.toarray().astype(float)
    inverse = np.linalg.inv(table.T @ table + ridge * np.eye(table.shape[1]))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    made = item_item.scorer(dataset, item_item.ease(dataset, EaseParams(ridge)))
    np.testing.assert_allclose(made.fit.table, expected, atol=1e-4)
    np.testing.assert_allclose(made.scores(np.arange(len(table))), table @ expected, atol=1e-3)


def test_ease_is_refused_with_the_memory_it_would_need():
    with pytest.raises(DataError, match=r"100,000 items would need about 114,441 MB") as caught:
        item_item.check_ease(100_000)
    assert "12,000" in caught.value.hint


def test_the_names_move_with_the_data_and_every_parameter(dataset, hand):
    knn = [KnnParams(), KnnParams(neighbours=7), KnnParams(saturation=2.0), KnnParams(length=0.5)]
    names = [item_item.knn_name(dataset, params) for params in knn] + [item_item.knn_name(hand, knn[0])]
    names += [item_item.ease_name(dataset, EaseParams(r)) for r in (1.0, 2.0)] + [
        item_item.ease_name(hand, EaseParams(1.0))
    ]
    assert len(set(names)) == len(names)


def test_a_table_of_other_items_is_refused(dataset, hand):
    with pytest.raises(ValueError, match="other items"):
        item_item.scorer(hand, item_item.knn(dataset, KnnParams()))


@given(st.integers(0, 50), st.sampled_from([1e-6, 1.0, 1e6]), st.floats(-5, 5))
def test_a_blend_does_not_depend_on_either_models_scale(seed, scale, shift):
    first, second = np.random.default_rng(seed).normal(size=(2, 3, 8))
    plain = mixed(first, second, 0.3)
    np.testing.assert_allclose(mixed(first * scale + shift * scale, second, 0.3), plain, atol=1e-6)
    np.testing.assert_allclose(mixed(first, second, 0.0), standardised(first), atol=1e-12)
    np.testing.assert_allclose(standardised(first).mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(standardised(first).std(axis=1), 1, atol=1e-9)


def test_equal_scores_add_nothing_to_a_blend():
    first = np.random.default_rng(0).normal(size=(2, 5))
    np.testing.assert_allclose(mixed(first, np.full((2, 5), 0.1), 0.5), 0.5 * standardised(first))
