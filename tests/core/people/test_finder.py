"""Who is found is who the measurement says; what was hidden was hidden."""

import numpy as np
import pytest
from hypothesis import given
from threadpoolctl import threadpool_info, threadpool_limits

from tests.fakes import TableScorer
from tests.strategies import scored
from textrec_core.data.dataset import build
from textrec_core.data.split import random_per_person
from textrec_core.models import wals
from textrec_core.models.content import TextProfile
from textrec_core.people import finder, groups, recommend
from textrec_core.spaces.space import Space

PARAMS = wals.WalsParams(rank=4, iterations=4)


@pytest.fixture(scope="module")
def fit(dataset):
    return wals.fit(dataset, PARAMS)


@pytest.fixture(scope="module")
def text(dataset):
    vectors = np.random.default_rng(1).normal(size=(dataset.items.size, 6)).astype(np.float32)
    vectors[dataset.texts == ""] = 0
    return Space("words", vectors, "w")


@pytest.fixture(scope="module")
def apart(dataset):
    return random_per_person(dataset)


@pytest.fixture(scope="module")
def finds(dataset, fit, text, apart):
    blind = wals.fit(apart.train, PARAMS)
    return {
        kind: finder.find(kind, dataset, blind if kind in finder.JUDGED else fit, text, apart) for kind in finder.KINDS
    }


def long_enough(dataset):
    return np.flatnonzero(np.diff(dataset.matrix.indptr) >= finder.FEWEST_CHOICES)


def test_every_kind_is_answered_and_everybody_offered_is_somebody(dataset, text, finds):
    assert finder.kinds(dataset, text) == list(finder.KINDS)
    for kind, found in finds.items():
        users = [find.user for find in found.people]
        assert len(set(users)) == len(users) > 0, kind
        assert all(0 <= user < dataset.users.size - 1 for user in users), "the last person knows nobody"


def test_without_texts_only_what_words_would_have_answered_is_not_offered(dataset, fit, apart):
    assert set(finder.kinds(dataset, None)) == set(finder.KINDS) - {"rescued"}
    blind = wals.fit(apart.train, PARAMS)
    for kind in finder.kinds(dataset, None):
        assert finder.find(kind, dataset, blind if kind in finder.JUDGED else fit, None, apart).people, kind


def test_where_every_past_is_short_only_the_newest_can_be_named(hand):
    assert finder.kinds(hand, None) == ["newest"]


def test_nobody_is_judged_by_a_fit_that_saw_what_was_hidden(dataset, fit, text, apart):
    for kind in finder.JUDGED:
        with pytest.raises(ValueError, match="other data"):
            finder.find(kind, dataset, fit, text, apart)


def test_small_products_are_left_to_one_thread(dataset, fit, text):
    threads = []
    with threadpool_limits(2, user_api="blas"):
        finder.find(
            "surprised", dataset, fit, text,
            on_progress=lambda *_: threads.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"),
        )  # fmt: skip
    assert set(threads) == {1}


def test_the_newest_came_last(dataset, finds):
    first = {u: dataset.times_of(u).min() for u in range(dataset.users.size - 1)}
    assert finds["newest"].people[0].user == max(first, key=first.get)


def test_the_worst_served_are_those_whose_hidden_items_stand_lowest_in_a_list_that_never_saw_them(
    dataset, apart, finds
):
    scorer = wals.scorer(apart.train, wals.fit(apart.train, PARAMS))
    typical = {}
    for user in long_enough(dataset):
        hidden = apart.held_out[[user]].indices
        row = scorer.factors.users[user] @ scorer.factors.items.T
        place = (np.argsort(np.argsort(-np.delete(row, apart.train.history(user)))) + 1).astype(float)
        kept = np.delete(np.arange(row.size), apart.train.history(user))
        typical[int(user)] = np.exp(np.mean(np.log(place[np.isin(kept, hidden)])))
    expected = sorted(typical, key=lambda user: -typical[user])[:5]
    worst = finds["worst"].people
    assert [find.user for find in worst[:5]] == expected
    assert f"{typical[expected[0]]:,.0f} of {dataset.items.size}" in worst[0].words


def test_the_rescued_are_higher_by_words_than_by_wals(finds):
    for find in finds["rescued"].people:
        crowd, words = (float(part.split()[0].replace(",", "")) for part in find.words.split(" at ")[1:])
        assert words <= crowd


def test_the_most_surprised_get_what_is_farthest_in_words_from_all_they_know(dataset, fit, text, finds):
    scorer = wals.scorer(dataset, fit)
    near = {}
    for user in long_enough(dataset):
        listed = recommend.everyone(dataset, scorer, finder.LISTED, np.array([user]))[0][0]
        listed, own = (rows[text.known[rows]] for rows in (listed, dataset.history(user)))
        near[int(user)] = (text.directions[listed] @ text.directions[own].T).max(axis=1).mean()
    expected = sorted(near, key=near.__getitem__)[: finder.OFFERED]
    found = finds["surprised"].people
    assert [near[one.user] for one in found] == pytest.approx([near[user] for user in expected], abs=1e-6)
    assert all(f"{near[one.user]:.2f}" in one.words for one in found)


def test_models_disagree_most_where_each_puts_the_others_first_items_lowest(dataset, fit, text, finds):
    one, other = wals.scorer(dataset, fit), TextProfile(dataset, text)
    apart = {}
    for user in long_enough(dataset):
        by = [recommend.places(dataset, model, int(user)) for model in (one, other)]
        ten = [np.flatnonzero((place > 0) & (place <= 10)) for place in by]
        apart[int(user)] = np.log(by[1][ten[0]]).mean() + np.log(by[0][ten[1]]).mean()
    best = finds["disagreed"].people[0].user
    assert apart[best] == pytest.approx(max(apart.values()), abs=0.05)


def test_models_cannot_disagree_on_whom_there_is_nothing_left_to_list_for():
    rows, columns = np.nonzero(np.ones((3, 6)) - np.eye(3, 6))
    everything = build(
        "full", list("abcd"), list("uvwxyz"), (np.append(rows, [3] * 6), np.append(columns, range(6))), np.ones(21)
    )
    found = finder.find("disagreed", everything, wals.fit(everything, wals.WalsParams(rank=2, iterations=2)), None)
    assert sorted(one.user for one in found.people) == [0, 1, 2]


@given(scored())
def test_equal_scores_share_the_middle_of_their_places(drawn):
    dataset, table = drawn
    flat = TableScorer(dataset, np.zeros_like(table))
    split = random_per_person(dataset, 0.5)
    if split.people.size == 0:
        return
    places = finder._hidden_places(split, TableScorer(split.train, flat.table), split.people)
    unseen = dataset.items.size - np.diff(split.train.matrix.indptr)[split.people]
    np.testing.assert_allclose(places, (unseen + 1) / 2)


def test_groups_of_two_tastes_are_found_and_their_middles_are_members(dataset, fit):
    rows = np.arange(dataset.users.size - 1)
    directions = fit.users[rows] / np.linalg.norm(fit.users[rows], axis=1, keepdims=True)
    group, middles = groups.grouped(directions, 2)
    same = (group == group[0]) == (rows % 2 == 0)
    assert max(same.mean(), 1 - same.mean()) > 0.9, "people of even and odd rows have two tastes"
    assert (np.argmax(directions @ middles.T, axis=1) == group).all()
    told = groups.typical(dataset, fit, rows)
    assert sum(int(words.split("group of ")[1].split()[0]) for _user, words in told) == rows.size


def test_the_name_moves_with_kind_data_model_and_words(dataset, hand, text):
    names = [
        finder.name_of("worst", dataset, PARAMS, text), finder.name_of("worst", dataset, PARAMS, None),
        finder.name_of("worst", hand, PARAMS, None), finder.name_of("worst", dataset, wals.WalsParams(rank=5), text),
        finder.name_of("rescued", dataset, PARAMS, text),
    ]  # fmt: skip
    assert len(set(names)) == 5


def test_what_was_hidden_is_hidden_from_the_words_too(text, apart, finds):
    words = TextProfile(apart.train, text)
    for found in finds["rescued"].people[:3]:
        hidden = apart.held_out[[found.user]].indices
        place = recommend.places(apart.train, words, found.user)[hidden].astype(float)
        told = float(found.words.split(" and at ")[1].split()[0].replace(",", ""))
        assert told == pytest.approx(np.exp(np.log(place).mean()), abs=0.51)


def test_without_times_the_newest_are_those_of_the_fewest_choices(hand):
    told = finder._newest(hand)
    counts = np.diff(hand.matrix.indptr)
    assert hand.times is None
    assert [counts[user] for user, _words in told] == sorted(counts[counts > 0])


def test_the_most_typical_stand_nearest_to_the_middle_of_their_group(dataset, fit):
    rows = np.arange(dataset.users.size - 1)
    directions = fit.users[rows] / np.linalg.norm(fit.users[rows], axis=1, keepdims=True)
    group, middles = groups.grouped(directions)
    nearest = {
        int(rows[group == n][np.argmax(directions[group == n] @ middles[n])])
        for n in range(len(middles)) if (group == n).any()
    }  # fmt: skip
    assert {user for user, _words in groups.typical(dataset, fit, rows)} == nearest


def test_a_group_is_told_by_what_it_chose_more_than_others(dataset):
    rows = np.arange(0, dataset.users.size - 1, 2)
    within = np.asarray((dataset.matrix[rows] > 0).mean(axis=0)).ravel()
    more = within - dataset.popularity / dataset.users.size
    assert more[groups._favourites(dataset, rows)].tolist() == sorted(more, reverse=True)[:2]
