"""The tables people read say what was computed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import TableScorer
from tests.strategies import fitted, scored
from textrec_core.data.dataset import build
from textrec_core.errors import DataError
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.scorer import Shares
from textrec_core.people import tables
from textrec_core.people.recommend import places, top_k
from textrec_core.spaces.space import Space


@given(fitted(), st.integers(1, 9))
def test_the_column_of_reasons_sums_to_the_score(drawn, most):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    for user in range(dataset.users.size):
        why = scorer.why(user, dataset.items.size - 1)
        table = tables.reasons(dataset, why, most)
        assert table["Share"].sum() == pytest.approx(why.score, abs=1e-5)
        past = dataset.history(user).size
        assert len(table) == min(past, most) + (past > most)


def test_reasons_are_the_largest_by_size_then_all_others_in_one_row(hand):
    why = Shares(np.array([0, 1, 2, 3, 4]), np.array([0.1, -0.9, 0.5, 0.05, 0.02]), 0.25, 0.02, "words")
    table = tables.reasons(hand, why, 3)
    assert table["Because of"].tolist() == ["c", "a", "b", "the other 2 past choices", "the crowd"]
    np.testing.assert_allclose(table["Share"], [0.5, 0.1, -0.9, 0.07, 0.25])
    assert table.index.tolist() == list(range(5))


def test_reasons_of_the_crowd_alone_are_one_row(dataset):
    why = Popularity(dataset).why(0, 0)
    table = tables.reasons(dataset, why)
    assert table["Because of"].tolist() == ["the crowd"]
    assert table["Share"].sum() == why.score > 0


@given(scored(), st.integers(1, 9))
def test_an_audience_leaves_out_those_who_chose_the_item(drawn, most):
    dataset, table = drawn
    for item in range(dataset.items.size):
        audience = tables.audience(dataset, TableScorer(dataset, table), item, most)
        chosen = {u for u in range(dataset.users.size) if item in dataset.history(u)}
        left = [u for u in range(dataset.users.size) if u not in chosen]
        expected = sorted(left, key=lambda user, item=item: (-table[user, item], user))[:most]
        assert audience["Person"].tolist() == [dataset.users[user] for user in expected]
        assert audience["Score"].tolist() == [table[user, item] for user in expected]
        assert audience["Choices"].tolist() == [dataset.history(user).size for user in expected]


def test_an_audience_may_be_sought_among_some_people(dataset):
    rows = np.array([4, 9, 59])
    audience = tables.audience(dataset, Popularity(dataset), dataset.items.size - 1, 10, rows)
    assert audience["Person"].tolist() == ["person 4", "person 9", "person 59"]


@given(scored())
def test_a_past_is_told_latest_first_or_heaviest_first(drawn):
    dataset, _table = drawn
    for user in range(dataset.users.size):
        table = tables.history(dataset, user)
        by = dataset.weights(user) if dataset.times is None else dataset.times_of(user)
        order = sorted(range(len(table)), key=lambda n, by=by: (-by[n], n))
        assert table["Title"].tolist() == [dataset.titles[dataset.history(user)[n]] for n in order]
        if "Weight" in table:
            assert table["Weight"].tolist() == dataset.weights(user)[order].tolist()


def test_a_past_tells_days_and_weights_where_they_say_something(dataset, hand):
    assert list(tables.history(dataset, 0)) == ["Title", "When", "Weight", "Kind"]
    assert tables.history(dataset, 0)["When"].is_monotonic_decreasing
    assert list(tables.history(hand, 0)) == ["Title"]
    assert tables.history(dataset, 59).empty


def test_a_day_is_the_day_in_universal_time():
    one = build("x", ["u"], ["a"], (np.array([0]), np.array([0])), np.ones(1), np.array([86_399]))
    assert str(tables.history(one, 0)["When"][0]) == "1970-01-01"


def test_a_list_names_items_in_order_and_where_others_would_place_them(dataset):
    wide = np.random.default_rng(0).random(dataset.matrix.shape)
    one, other = TableScorer(dataset, wide), Popularity(dataset)
    ranked = top_k(dataset, one, 3, 7)
    table = tables.listed(dataset, ranked, 3, {"By popularity": other, "By itself": one})
    assert list(table) == ["Place", "Title", "By popularity", "By itself", "Kind"]
    assert table["Place"].tolist() == table["By itself"].tolist() == list(range(1, 8))
    assert table["Title"].tolist() == dataset.titles[ranked.items].tolist()
    assert table["By popularity"].tolist() == places(dataset, other, 3)[ranked.items].tolist()
    everything = top_k(dataset, one, 3, dataset.items.size, seen=True)
    table = tables.listed(dataset, everything, 3, {"By itself": one}, seen=True)
    assert table["By itself"].tolist() == table["Place"].tolist()


def test_neighbours_come_with_their_cosine(dataset):
    vectors = np.zeros((40, 2))
    vectors[:4] = [[1, 0], [1, 1], [0, 1], [-1, 0]]
    space = Space("flat", vectors, "flat")
    table = tables.neighbours(dataset, space, 0, 10)
    assert list(table.columns)[:2] == ["Title", "Cosine"]
    assert table["Title"].tolist() == ["Title 1", "Title 2", "Title 3"]
    np.testing.assert_allclose(table["Cosine"], [0.5**0.5, 0, -1], atol=1e-12)
    with pytest.raises(DataError, match="no place in the flat space"):
        tables.neighbours(dataset, space, 7, 10)


@given(scored())
def test_who_chose_an_item_are_those_whose_past_holds_it(drawn):
    dataset, _table = drawn
    for item in range(dataset.items.size):
        expected = [user for user in range(dataset.users.size) if item in dataset.history(user)]
        assert tables.who_chose(dataset, item).tolist() == expected


def test_the_nearest_past_choice_is_the_one_of_highest_cosine_that_the_space_knows(dataset):
    vectors = np.random.default_rng(2).normal(size=(dataset.items.size, 3)).astype(np.float32)
    own = dataset.history(3)
    vectors[own[0]] = 0
    space = Space("words", vectors, "w")
    row, cosine = tables.nearest_past(dataset, space, 3, int(own[0]) + 1)
    cosines = {int(n): float(space.directions[n] @ space.directions[own[0] + 1]) for n in own[1:] if n != own[0] + 1}
    assert row == max(cosines, key=cosines.get)
    assert cosine == pytest.approx(cosines[row])
    assert tables.nearest_past(dataset, space, 3, int(own[0])) is None
    assert tables.nearest_past(dataset, space, dataset.users.size - 1, 2) is None


def test_shared_words_stand_in_both_the_rarest_first_and_never_the_common():
    texts = ["a heist in Paris", "the heist of paris", *(["in the town"] * 30), "Paris"]
    count = len(texts)
    one = build("x", ["u"], [f"i{n}" for n in range(count)], (np.array([0]), np.array([0])), np.ones(1), texts=texts)
    known = tables.how_common(one)
    assert known[1] == count
    assert tables.shared_words(one, 0, 1, known) == ["heist", "paris"]
    assert tables.shared_words(one, 2, 3, known) == []
    assert tables.shared_words(one, 0, count - 2, known) == []
