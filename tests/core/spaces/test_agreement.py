"""Agreement is one with itself, at chance between strangers, and high where a common part was planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from tests.strategies import exact_vectors
from textrec_core.errors import DataError
from textrec_core.spaces import graph
from textrec_core.spaces.agreement import AgreementParams, agreement, shared
from textrec_core.spaces.arrange import trails
from textrec_core.spaces.layout import LayoutParams, lay_out
from textrec_core.spaces.space import Space
from textrec_core.spaces.whole import compare

seeds = st.integers(0, 2**32 - 1)
ks = st.integers(1, 40)


def space(vectors: np.ndarray, name: str = "s") -> Space:
    return Space(name, vectors, name)


def drawn(seed: int, count: int = 40, size: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, size))


@given(exact_vectors(), ks)
def test_a_space_agrees_with_itself_entirely(vectors, k):
    known = vectors.any(axis=1)
    if known.sum() < 3:
        with pytest.raises(DataError, match="needs at least 3"):
            agreement(space(vectors), space(vectors), AgreementParams(k))
        return
    found = agreement(space(vectors), space(vectors), AgreementParams(k))
    assert (found.overlap[known] == 1).all()
    assert np.isnan(found.overlap[~known]).all()
    assert np.allclose(found.ranked[known], 1)
    assert found.mean == 1


@settings(max_examples=25)
@given(seeds, ks, st.floats(0.01, 100))
def test_turning_and_scaling_a_space_changes_nothing(seed, k, scale):
    one, other = drawn(seed), drawn(seed + 1)
    turn = np.linalg.qr(drawn(seed + 2, 6, 6))[0]
    params = AgreementParams(k)
    plain = agreement(space(one), space(other), params)
    turned = agreement(space(one), space(other @ turn * scale), params)
    assert (plain.overlap == turned.overlap).all()


@settings(max_examples=25)
@given(seeds, ks)
def test_which_space_comes_first_does_not_matter(seed, k):
    one, other = space(drawn(seed)), space(drawn(seed + 1))
    there, back = (agreement(*pair, AgreementParams(k)) for pair in ((one, other), (other, one)))
    assert (there.overlap == back.overlap).all()
    assert ((there.overlap >= 0) & (there.overlap <= 1)).all()
    assert (there.first.rows == back.second.rows).all()


@pytest.mark.parametrize("k", [1, 10, 40])
@pytest.mark.parametrize("seed", range(3))
def test_shuffled_rows_agree_as_much_as_chance_says(k, seed):
    vectors = drawn(seed, 400, 8)
    strange = vectors[np.random.default_rng(seed + 10).permutation(400)]
    found = agreement(space(vectors), space(strange), AgreementParams(k))
    assert found.chance == pytest.approx(k / 399)
    # Items share neighbours, so that the mean varies more than that of independent draws; five deviations are wide.
    deviation = np.sqrt(found.chance * (1 - found.chance) / (400 * k))
    assert abs(found.mean - found.chance) < 5 * deviation


def test_a_planted_common_half_is_found():
    rng = np.random.default_rng(5)
    one, other = rng.normal(size=(400, 12)), rng.normal(size=(400, 12))
    copied = rng.permutation(400) < 200
    other[copied] = one[copied] + 0.05 * rng.normal(size=(200, 12))
    found = agreement(space(one), space(other), AgreementParams(10))
    assert roc_auc_score(copied, found.overlap) >= 0.95


def test_only_items_that_both_know_are_compared():
    one, other = drawn(0, 10), drawn(0, 10)
    one[2], other[7] = 0, 0
    found = agreement(space(one), space(other), AgreementParams(100))
    assert np.flatnonzero(np.isnan(found.overlap)).tolist() == [2, 7]
    assert found.k == 7, "eight items are left, and no item is its own neighbour"
    assert found.mean == 1
    for compared in (found.first, found.second):
        assert not np.isin(compared.rows, [2, 7]).any()


@pytest.mark.parametrize("known", [0, 1, 2])
def test_fewer_than_three_common_items_cannot_be_compared(known):
    vectors = np.zeros((6, 2))
    vectors[:known] = 1
    with pytest.raises(DataError, match=f"Only {known} items have a place in both words and deeds"):
        agreement(space(vectors, "words"), space(drawn(0, 6, 2), "deeds"), AgreementParams())


def test_spaces_of_different_items_are_refused_in_words():
    with pytest.raises(DataError, match="5 items and the s space 6"):
        agreement(space(drawn(0, 5)), space(drawn(0, 6)), AgreementParams())


@pytest.mark.parametrize(
    "ask", [lambda a, b: agreement(a, b, AgreementParams()), compare, lambda a, b: trails(a, b, LayoutParams())]
)
def test_a_space_of_other_data_is_refused_by_its_name(ask):
    one, other = (
        Space(name, drawn(seed, 20), name, of)
        for seed, (name, of) in enumerate((("words", "films"), ("deeds", "shop")))
    )
    with pytest.raises(
        DataError, match=r"words space and the deeds space were made of different data \(films and shop\)"
    ):
        ask(one, other)


def test_the_neighbours_of_another_space_are_refused():
    one, other = Space("words", drawn(0, 20), "one"), Space("deeds", drawn(1, 20), "other")
    strange = graph.build(Space("words", drawn(2, 20), "third"))
    with pytest.raises(DataError, match="not found in the words space"):
        agreement(one, other, AgreementParams(), (strange, strange))
    with pytest.raises(DataError, match="not found in the deeds space"):
        lay_out(other, LayoutParams(method="pca"), strange)


def test_shared_counts_common_entries_whatever_their_order():
    one, other = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[3, 9, 1], [7, 8, 9]])
    assert shared(one, other).tolist() == [2, 0]


@settings(max_examples=25)
@given(seeds, st.integers(1, 12))
def test_ranked_overlap_is_that_of_the_sum_over_depths(seed, k):
    found = agreement(space(drawn(seed, 14)), space(drawn(seed + 1, 14)), AgreementParams(k))
    weights = 0.9 ** np.arange(k)
    for row in range(14):
        one, other = found.first.rows[row].tolist(), found.second.rows[row].tolist()
        depths = [len(set(one[:d]) & set(other[:d])) / d for d in range(1, k + 1)]
        assert found.ranked[row] == pytest.approx(np.dot(weights, depths) / weights.sum())
        assert found.jaccard[row] == pytest.approx(len(set(one) & set(other)) / len(set(one) | set(other)))


@pytest.mark.parametrize("k", [1, 10, 60, 120])
def test_every_floor_is_what_shuffled_rows_come_to(k):
    vectors = drawn(1, 121, 8)
    runs = [
        agreement(
            space(vectors), space(vectors[np.random.default_rng(seed).permutation(121)]), AgreementParams(min(k, 100))
        )
        for seed in range(12)
    ]
    for name in ("overlap", "ranked", "jaccard"):
        means = np.array([np.mean(getattr(run, name)) for run in runs])
        floor = {"overlap": "chance", "ranked": "ranked_chance", "jaccard": "jaccard_chance"}[name]
        error = 4 * means.std(ddof=1) / np.sqrt(len(means))
        assert abs(means.mean() - getattr(runs[0], floor)) <= error + 1e-9
