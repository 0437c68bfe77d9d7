"""Clusters: planted groups are found and named by their own words; what has no place is in none."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.strategies import exact_vectors
from textrec_core.data.dataset import Dataset, build
from textrec_core.errors import DataError
from textrec_core.spaces.clusters import NONE, ClusterParams, contingency, distinguishing, find, label_places, name_of
from textrec_core.spaces.space import Space

WORDS = ("river otter", "engine piston", "violin sonata")


def things(count: int = 60, texts: bool = True) -> Dataset:
    words = [f"the one with {WORDS[n % 3]} and number {n}" if texts else "" for n in range(count)]
    return build(
        "things", ["p"], [f"i{n}" for n in range(count)], (np.zeros(1, int), np.zeros(1, int)), np.ones(1),
        titles=[f"thing {n}" for n in range(count)], texts=words,
        attributes={"kind": np.array([("wet", "metal", "loud")[n % 3] for n in range(count)], object)},
    )  # fmt: skip


def grouped(count: int = 60) -> Space:
    rng = np.random.default_rng(0)
    return Space("s", np.eye(3, 6)[np.arange(count) % 3] * 5 + rng.normal(size=(count, 6)) * 0.2, "s")


@pytest.mark.parametrize("params", [ClusterParams(clusters=3), ClusterParams("hdbscan", smallest=5)])
def test_planted_groups_are_found_and_named_by_their_own_words(params):
    found = find(things(), grouped(), params)
    kept = found.of >= 0
    assert kept.mean() > 0.8
    assert len(found.names) == 3
    for cluster, words in enumerate(found.words):
        kinds = set((np.flatnonzero(found.of == cluster) % 3).tolist())
        assert len(kinds) == 1
        kind = kinds.pop()
        assert set(WORDS[kind].split()) <= set(words)
        assert found.attributes[cluster] == f"kind {('wet', 'metal', 'loud')[kind]}"
        assert not {"the", "with", "and", "number"} & set(words)
    assert (np.diff(found.sizes) <= 0).all()
    assert found.sizes.sum() == kept.sum()
    assert found.fingerprint == name_of(things(), grouped(), params)
    again = find(things(), grouped(), params)
    np.testing.assert_array_equal(found.of, again.of)


def test_the_contingency_counts_every_item_that_both_have_in_a_cluster():
    one = find(things(), grouped(), ClusterParams(clusters=3))
    other = find(things(), grouped(), ClusterParams(clusters=5))
    table = contingency(one, other)
    assert table.sum() == 60
    np.testing.assert_array_equal(table.sum(axis=1), one.sizes)
    np.testing.assert_array_equal(table.sum(axis=0), other.sizes)
    np.testing.assert_array_equal(contingency(one, one), np.diag(one.sizes))


@settings(max_examples=25)
@given(exact_vectors())
def test_any_space_is_grouped_or_refused_in_words(vectors):
    dataset, known = things(len(vectors)), vectors.any(axis=1)
    for params in (ClusterParams(), ClusterParams("hdbscan", smallest=2)):
        if known.sum() < 3:
            with pytest.raises(DataError, match="clusters need at least 3"):
                find(dataset, Space("s", vectors, "s"), params)
            continue
        found = find(dataset, Space("s", vectors, "s"), params)
        assert (found.of[~known] == -1).all()
        assert len(set(found.names)) == len(found.names) == len(found.words) == len(found.attributes)
        assert (found.sizes > 0).all()
        assert (np.diff(found.sizes) <= 0).all()
        assert {label for label, cluster in zip(found.labels(), found.of, strict=True) if cluster < 0} <= {NONE}


@pytest.mark.parametrize("params", [ClusterParams(), ClusterParams("hdbscan")])
def test_items_that_are_all_alike_are_at_most_one_cluster(params):
    found = find(things(30), Space("s", np.ones((30, 3)), "s"), params)
    assert len(found.names) <= 1


def test_without_texts_clusters_are_named_by_titles_or_attributes():
    found = find(things(texts=False), grouped(), ClusterParams(clusters=3))
    assert all(found.names)
    assert any("kind" in name for name in found.names)


def test_a_word_as_frequent_elsewhere_names_nothing():
    texts = np.array(["shared apple", "shared apple", "shared pear", "shared pear"], object)
    words = distinguishing(np.array([""] * 4, object), texts, np.array([0, 0, 1, 1]), 2)
    assert words == [("apple",), ("pear",)]


def test_names_stand_amid_their_own_items_and_apart_from_each_other():
    found = find(things(), grouped(), ClusterParams(clusters=3))
    middles = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]])
    places = middles[found.of] + np.random.default_rng(0).normal(size=(60, 2)) * 0.3
    places[0] = np.nan
    spots = label_places(found, places)
    np.testing.assert_allclose(spots, middles, atol=0.6)
    together = label_places(found, np.random.default_rng(0).normal(size=(60, 2)))
    assert len(np.unique(together, axis=0)) == 3
    assert np.isnan(label_places(found, np.full((60, 2), np.nan))).all()
