"""Metrics against a slow reading of their definitions, for any lists and any k."""

import math
import time
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from textrec_core.evaluate import beyond, metrics


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    """Lists without repeats, some short; a table of what was held out; a k that may be longer than any list."""
    users, items = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    held = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=items, max_size=items), min_size=users, max_size=users))
    )
    width = draw(st.integers(1, items))
    lists = np.full((users, width), -1)
    for row in range(users):
        some = draw(st.permutations(range(items)))[: draw(st.integers(0, width))]
        lists[row, : len(some)] = some
    return lists, held, draw(st.integers(1, 12))


def slowly(name: str, items: list[int], held: set[int], k: int) -> float:
    """One person's value, read off the definition with loops."""
    top = [item for item in items[:k] if item >= 0]
    right = [place for place, item in enumerate(top, 1) if item in held]
    possible = min(k, len(held))
    if name == "Precision":
        return len(right) / k
    if name == "Hit rate":
        return float(bool(right))
    if name == "MRR":
        return 1 / right[0] if right else 0.0
    if not held:
        return 0.0
    if name == "Recall":
        return len(right) / len(held)
    if name == "Recall of min(k, hidden)":
        return len(right) / possible
    if name == "MAP":
        return sum(n / place for n, place in enumerate(right, 1)) / possible
    assert name == "NDCG"
    return sum(1 / math.log2(p + 1) for p in right) / sum(1 / math.log2(p + 1) for p in range(1, possible + 1))


@given(cases())
def test_every_metric_equals_its_definition_and_stays_within_0_and_1(case) -> None:
    lists, held, k = case
    people = np.arange(len(lists))
    matrix = csr_array(held.astype(float))
    found, count = metrics.hits(lists, matrix, people), metrics.relevant(matrix, people)
    for name, metric in metrics.ACCURACY.items():
        values = metric(found, count, k)
        expected = [
            slowly(name, row.tolist(), set(np.flatnonzero(own)), k) for row, own in zip(lists, held, strict=True)
        ]
        np.testing.assert_allclose(values, expected, atol=1e-9, err_msg=name)
        assert ((values >= 0) & (values <= 1)).all(), name


@given(cases())
def test_people_may_be_asked_for_in_any_order(case) -> None:
    lists, held, k = case
    matrix, order = csr_array(held.astype(float)), np.arange(len(lists))[::-1]
    straight = metrics.ndcg(metrics.hits(lists, matrix, order[::-1]), metrics.relevant(matrix, order[::-1]), k)
    turned = metrics.ndcg(metrics.hits(lists[order], matrix, order), metrics.relevant(matrix, order), k)
    assert turned.tolist() == straight[order].tolist()


@given(cases(), st.integers(0, 5))
def test_what_lies_beyond_hits_equals_its_definition(case, seed) -> None:
    lists, held, k = case
    users, items = held.shape
    popularity = held.sum(axis=0)
    rng = np.random.default_rng(seed)
    places = rng.normal(size=(items, 3))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    places[rng.random(items) < 0.2] = 0
    shares, surprises = (f(lists, popularity, users, k) for f in (beyond.popularity_share, beyond.novelty))
    spread = beyond.diversity(lists, places, k)
    for row, own in enumerate(lists):
        top = [item for item in own[:k].tolist() if item >= 0]
        if not top:
            assert math.isnan(shares[row])
            assert math.isnan(surprises[row])
            continue
        assert shares[row] == pytest.approx(np.mean([popularity[i] / users for i in top]), abs=1e-9)
        bits = [-math.log2((popularity[i] + 1) / (users + 1)) / math.log2(max(2, users + 1)) for i in top]
        assert surprises[row] == pytest.approx(np.mean(bits), abs=1e-9)
        assert 0 <= surprises[row] <= 1
        pairs = [
            (1 - places[a] @ places[b]) / 2 for a, b in combinations(top, 2) if places[a].any() and places[b].any()
        ]
        if pairs:
            assert spread[row] == pytest.approx(np.mean(pairs), abs=1e-9)
            assert 0 <= spread[row] <= 1
        else:
            assert math.isnan(spread[row])
    shown = Counter(item for own in lists for item in own[:k].tolist() if item >= 0)
    assert beyond.coverage(lists, items, k) == pytest.approx(len(shown) / items, abs=1e-12)
    counts = [shown[item] for item in range(items)]
    apart = sum(abs(a - b) for a in counts for b in counts)
    expected = apart / (2 * items * sum(counts)) if sum(counts) else 0.0
    assert beyond.gini(lists, items, k) == pytest.approx(expected, abs=1e-9)


def test_a_hundred_places_of_six_thousand_people_are_judged_within_two_seconds() -> None:
    rng = np.random.default_rng(0)
    users, items = 6_040, 3_414
    lists = rng.permuted(np.tile(np.arange(items, dtype=np.int32), (60, 1)), axis=1)[rng.integers(0, 60, users), :100]
    matrix = csr_array(rng.random((users, items)) < 0.01)
    places = rng.normal(size=(items, 64)).astype(np.float32)
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    people, popularity = np.arange(users), rng.integers(0, 3_000, items)
    # Processor time: the claim is about the work, not about what else this machine does.
    start = time.thread_time()
    found, count = metrics.hits(lists, matrix, people), metrics.relevant(matrix, people)
    for metric in metrics.ACCURACY.values():
        metric(found, count, 100)
    beyond.popularity_share(lists, popularity, users, 100)
    beyond.novelty(lists, popularity, users, 100)
    beyond.diversity(lists, places, 100)
    beyond.coverage(lists, items, 100)
    beyond.gini(lists, items, 100)
    assert time.thread_time() - start < 2.0
