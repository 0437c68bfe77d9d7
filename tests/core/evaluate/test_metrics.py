"""Every metric lies in [0, 1] for every k and equals one written here from its definition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from textrec_core.evaluate.metrics import hits, ndcg, recall, relevant


def naive_ndcg(listed: list[int], wanted: set[int], k: int) -> float:
    gains = {place: 1 / math.log2(place + 1) for place, item in enumerate(listed[:k], 1) if item in wanted}
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(k, len(wanted)) + 1))
    return sum(gains.values()) / ideal if ideal else 0.0


def naive_recall(listed: list[int], wanted: set[int], k: int) -> float:
    return len(set(listed[:k]) & wanted) / len(wanted) if wanted else 0.0


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[int, list[int]], dict[int, set[int]], np.ndarray, int]:
    """Lists and held-out items by person, the people asked about, and how many items there are."""
    items = draw(st.integers(1, 12))
    users = draw(st.integers(1, 6))
    some = st.lists(st.integers(0, items - 1), unique=True)
    wanted = {user: set(draw(some)) for user in range(users)}
    people = draw(st.lists(st.integers(0, users - 1), unique=True, min_size=1))
    return {user: draw(some) for user in people}, wanted, np.array(people), items


def padded(lists: dict[int, list[int]], people: np.ndarray) -> np.ndarray:
    width = max(1, *(len(lists[user]) for user in people)) if len(people) > 1 else max(1, len(lists[people[0]]))
    return np.array([lists[user] + [-1] * (width - len(lists[user])) for user in people])


def matrix(wanted: dict[int, set[int]], items: int) -> csr_array:
    table = np.zeros((len(wanted), items), np.float32)
    for user, chosen in wanted.items():
        table[user, list(chosen)] = 1
    return csr_array(table)


@given(cases(), st.integers(1, 30))
def test_every_metric_lies_between_none_and_all_and_equals_its_definition(case, k):
    lists, wanted, people, items = case
    held_out = matrix(wanted, items)
    found = hits(padded(lists, people), held_out, people)
    count = relevant(held_out, people)
    assert count.tolist() == [len(wanted[user]) for user in people]
    for metric, naive in ((ndcg, naive_ndcg), (recall, naive_recall)):
        values = metric(found, count, k)
        assert ((values >= 0) & (values <= 1 + 1e-12)).all()
        expected = [naive(lists[user], wanted[user], k) for user in people]
        np.testing.assert_allclose(values, expected, atol=1e-9)


@given(cases())
def test_a_hit_is_a_listed_item_that_was_held_out_for_that_person(case):
    lists, wanted, people, items = case
    given_lists = padded(lists, people)
    found = hits(given_lists, matrix(wanted, items), people)
    for row, user in enumerate(people):
        assert found[row].tolist() == [item in wanted[user] for item in given_lists[row]]


@pytest.mark.parametrize("k", [1, 2, 3, 10, 1_000])
def test_the_best_list_gets_all_and_the_worst_none(k):
    held_out = csr_array(np.array([[1, 1, 0, 0, 0]]))
    people, count = np.array([0]), np.array([2])
    best = hits(np.array([[0, 1, 2, 3, 4]]), held_out, people)
    worst = hits(np.array([[2, 3, 4]]), held_out, people)
    assert ndcg(best, count, k) == pytest.approx(1)
    assert recall(best, count, k) == min(k, 2) / 2
    assert ndcg(worst, count, k) == recall(worst, count, k) == 0


def test_the_column_after_the_last_of_one_person_is_not_the_first_of_the_next():
    held_out = csr_array(np.array([[0, 1], [1, 0]]))
    assert not hits(np.array([[-1], [-1]]), held_out, np.array([0, 1])).any()
    assert hits(np.array([[1], [0]]), held_out, np.array([0, 1])).all()


def test_where_nothing_was_held_out_nothing_is_found():
    empty = csr_array((3, 4))
    found = hits(np.array([[0, 1]]), empty, np.array([2]))
    assert not found.any()
    assert ndcg(found, relevant(empty, np.array([2])), 5) == 0
    assert recall(found, relevant(empty, np.array([2])), 5) == 0
