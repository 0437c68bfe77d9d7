"""Laws of every list, whoever scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import TableScorer
from tests.strategies import fitted, scored
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.people import recommend
from textrec_core.people.recommend import above, everyone, places, top_k

lengths = st.integers(1, 12)


@given(scored(), lengths)
def test_a_list_never_holds_what_the_user_has_seen(drawn, k):
    dataset, table = drawn
    for user in range(dataset.users.size):
        listed = top_k(dataset, TableScorer(dataset, table), user, k).items
        assert not set(listed) & set(dataset.history(user))
        assert len(set(listed)) == len(listed)


@given(scored(), lengths)
def test_a_list_is_as_long_as_asked_or_as_what_is_left(drawn, k):
    dataset, table = drawn
    for user in range(dataset.users.size):
        ranked = top_k(dataset, TableScorer(dataset, table), user, k)
        unseen = dataset.items.size - dataset.history(user).size
        assert len(ranked.items) == len(ranked.scores) == min(k, unseen)


@given(scored(), lengths)
def test_a_list_holds_the_best_first_and_equals_by_row(drawn, k):
    dataset, table = drawn
    for user in range(dataset.users.size):
        unseen = sorted(set(range(dataset.items.size)) - set(dataset.history(user)))
        expected = sorted(unseen, key=lambda item, user=user: (-table[user, item], item))[:k]
        ranked = top_k(dataset, TableScorer(dataset, table), user, k)
        assert ranked.items.tolist() == expected
        assert ranked.scores.tolist() == table[user, expected].tolist()


@given(scored(), lengths, st.integers(1, 40))
def test_lists_of_everyone_are_the_lists_of_each(drawn, k, cells):
    dataset, table = drawn
    scorer = TableScorer(dataset, table)
    with pytest.MonkeyPatch.context() as patch:
        # Small blocks, so that the people fall into several.
        patch.setattr(recommend, "CELLS", cells)
        items, scores = everyone(dataset, scorer, k)
    assert items.shape == scores.shape == (dataset.users.size, min(k, dataset.items.size))
    for user in range(dataset.users.size):
        ranked = top_k(dataset, scorer, user, k)
        listed = items[user] >= 0
        assert items[user][listed].tolist() == ranked.items.tolist()
        assert scores[user][listed].tolist() == ranked.scores.tolist()
        assert (items[user][len(ranked.items) :] == -1).all(), "what is missing is missing at the end"


@given(scored(), lengths, st.data())
def test_lists_of_some_are_their_rows_of_everyone(drawn, k, data):
    dataset, table = drawn
    rows = np.array(data.draw(st.lists(st.integers(0, dataset.users.size - 1), unique=True)), int)
    scorer = TableScorer(dataset, table)
    assert everyone(dataset, scorer, k, rows)[0].tolist() == everyone(dataset, scorer, k)[0][rows].tolist()


@given(fitted(), lengths)
def test_lists_of_everyone_by_wals_are_the_lists_of_each(drawn, k):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    items, scores = everyone(dataset, scorer, k)
    for user in range(dataset.users.size):
        ranked = top_k(dataset, scorer, user, k)
        # Rounding may swap items whose scores are equal in single precision; the scores tell.
        np.testing.assert_allclose(scores[user][items[user] >= 0], ranked.scores, atol=1e-5)
        assert not set(items[user]) & set(dataset.history(user))


@pytest.mark.parametrize("k", [1, 3, 10, 39, 40, 200])
def test_where_many_items_are_equally_popular_both_ways_to_a_list_agree(dataset, k):
    items, _scores = everyone(dataset, Popularity(dataset), k)
    for user in range(dataset.users.size):
        assert items[user][items[user] >= 0].tolist() == top_k(dataset, Popularity(dataset), user, k).items.tolist()


@given(scored())
def test_places_number_the_unseen_from_one_and_follow_the_list(drawn):
    dataset, table = drawn
    scorer = TableScorer(dataset, table)
    for user in range(dataset.users.size):
        place = places(dataset, scorer, user)
        seen = dataset.history(user)
        unseen = np.setdiff1d(np.arange(dataset.items.size), seen)
        assert (place[seen] == 0).all()
        assert sorted(place[unseen]) == list(range(1, unseen.size + 1))
        listed = top_k(dataset, scorer, user, LIMITS.list_length).items
        assert place[listed].tolist() == list(range(1, unseen.size + 1))
        everything = top_k(dataset, scorer, user, LIMITS.list_length, seen=True).items
        assert places(dataset, scorer, user, seen=True)[everything].tolist() == list(range(1, dataset.items.size + 1))
        among = np.arange(dataset.items.size) % 2 == 0
        some = top_k(dataset, scorer, user, LIMITS.list_length, among).items
        place = places(dataset, scorer, user, among)
        assert place[some].tolist() == list(range(1, some.size + 1))
        assert (place > 0).sum() == some.size


@pytest.mark.parametrize("k", [0, -1, LIMITS.list_length + 1, 10**9])
def test_a_list_no_one_could_read_is_refused(dataset, k):
    for ask in (lambda: top_k(dataset, Popularity(dataset), 0, k), lambda: everyone(dataset, Popularity(dataset), k)):
        with pytest.raises(DataError, match=f"k is {k:,}; it must lie between 1 and"):
            ask()


def test_the_longest_list_is_allowed(dataset):
    assert (
        top_k(dataset, Popularity(dataset), dataset.users.size - 1, LIMITS.list_length).items.size == dataset.items.size
    )


@given(scored())
def test_making_a_list_changes_nothing(drawn):
    dataset, table = drawn
    before = table.copy()
    scorer = TableScorer(dataset, table)
    top_k(dataset, scorer, 0, 3)
    everyone(dataset, scorer, 3)
    places(dataset, scorer, 0)
    assert (table == before).all()


@given(scored(), lengths, st.booleans(), st.data())
def test_a_filtered_list_is_the_full_list_without_what_is_filtered(drawn, k, seen, data):
    dataset, table = drawn
    among = np.array(data.draw(st.lists(st.booleans(), min_size=table.shape[1], max_size=table.shape[1])), bool)
    for user in range(dataset.users.size):
        chosen = set() if seen else set(dataset.history(user))
        allowed = [item for item in range(dataset.items.size) if among[item] and item not in chosen]
        expected = sorted(allowed, key=lambda item, user=user: (-table[user, item], item))[:k]
        assert top_k(dataset, TableScorer(dataset, table), user, k, among, seen).items.tolist() == expected


@given(scored())
def test_the_share_below_an_item_follows_its_place(drawn):
    dataset, table = drawn
    scorer = TableScorer(dataset, table)
    for user in range(dataset.users.size):
        for item in np.setdiff1d(np.arange(dataset.items.size), dataset.history(user)):
            others = np.setdiff1d(np.arange(dataset.items.size), [*dataset.history(user), item])
            below, same = (table[user, others] < table[user, item]), (table[user, others] == table[user, item])
            expected = (below.sum() + same.sum() / 2) / others.size if others.size else 1.0
            assert above(dataset, scorer, user, int(item)) == expected
