"""Who is found is who the measurement says; what was hidden was hidden."""

import numpy as np
import pytest
from hypothesis import given

from tests.fakes import TableScorer
from tests.strategies import scored
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
def finds(dataset, fit, text):
    return finder.find(dataset, fit, text)


def test_every_kind_is_answered_and_everybody_offered_is_somebody(dataset, finds):
    assert list(finds.people) == list(finder.KINDS)
    for kind, people in finds.people.items():
        users = [find.user for find in people]
        assert len(set(users)) == len(users) > 0, kind
        assert all(0 <= user < dataset.users.size - 1 for user in users), "the last person knows nobody"


def test_without_texts_only_what_words_would_have_answered_is_missing(dataset, fit):
    people = finder.find(dataset, fit, None).people
    assert set(people) == set(finder.KINDS) - {"rescued"}


def test_the_newest_came_last(dataset, finds):
    first = {u: dataset.times_of(u).min() for u in range(dataset.users.size - 1)}
    assert finds.people["newest"][0].user == max(first, key=first.get)


def test_the_worst_served_are_those_whose_hidden_items_stand_lowest_in_a_list_that_never_saw_them(dataset, finds):
    split = random_per_person(dataset)
    scorer = wals.scorer(split.train, wals.fit(split.train, PARAMS))
    typical = {}
    for user in np.intersect1d(split.people, np.flatnonzero(np.diff(dataset.matrix.indptr) >= 5)):
        hidden = split.held_out[[user]].indices
        row = scorer.factors.users[user] @ scorer.factors.items.T
        place = (np.argsort(np.argsort(-np.delete(row, split.train.history(user)))) + 1).astype(float)
        kept = np.delete(np.arange(row.size), split.train.history(user))
        typical[int(user)] = np.exp(np.mean(np.log(place[np.isin(kept, hidden)])))
    expected = sorted(typical, key=lambda user: -typical[user])[:5]
    assert [find.user for find in finds.people["worst"][:5]] == expected
    assert f"{typical[expected[0]]:,.0f} of {dataset.items.size}" in finds.people["worst"][0].words


def test_the_rescued_are_higher_by_words_than_by_wals(finds):
    for find in finds.people["rescued"]:
        crowd, words = (float(part.split()[0].replace(",", "")) for part in find.words.split(" at ")[1:])
        assert words <= crowd


def test_the_most_surprised_get_what_is_farthest_in_words_from_all_they_know(dataset, fit, text, finds):
    scorer = wals.scorer(dataset, fit)
    near = {}
    for user in np.flatnonzero(np.diff(dataset.matrix.indptr) >= 5):
        listed = recommend.everyone(dataset, scorer, finder.LISTED, np.array([user]))[0][0]
        listed, own = (rows[text.known[rows]] for rows in (listed, dataset.history(user)))
        near[int(user)] = (text.directions[listed] @ text.directions[own].T).max(axis=1).mean()
    least = finds.people["surprised"][0]
    assert near[least.user] <= min(near.values()) + 1e-6
    assert f"{near[least.user]:.2f}" in least.words


def test_models_disagree_most_where_each_puts_the_others_first_items_lowest(dataset, fit, text, finds):
    one, other = wals.scorer(dataset, fit), TextProfile(dataset, text)
    apart = {}
    for user in np.flatnonzero(np.diff(dataset.matrix.indptr) >= 5):
        by = [recommend.places(dataset, model, int(user)) for model in (one, other)]
        ten = [np.flatnonzero((place > 0) & (place <= 10)) for place in by]
        apart[int(user)] = np.log(by[1][ten[0]]).mean() + np.log(by[0][ten[1]]).mean()
    best = finds.people["disagreed"][0].user
    assert apart[best] == pytest.approx(max(apart.values()), abs=0.05)


@given(scored())
def test_equal_scores_share_the_middle_of_their_places(drawn):
    dataset, table = drawn
    flat = TableScorer(dataset, np.zeros_like(table))
    split = random_per_person(dataset, 0.5)
    if split.people.size == 0:
        return
    places = finder._hidden_places(split.train, TableScorer(split.train, flat.table), split.held_out, split.people)
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


def test_the_name_moves_with_data_model_and_words(dataset, hand, text):
    names = [
        finder.name_of(dataset, PARAMS, text), finder.name_of(dataset, PARAMS, None), finder.name_of(hand, PARAMS, None),
        finder.name_of(dataset, wals.WalsParams(rank=5), text),
    ]  # fmt: skip
    assert len(set(names)) == 4


def test_what_was_hidden_is_hidden_from_the_words_too(dataset, text, finds):
    split = random_per_person(dataset)
    words = TextProfile(split.train, text)
    for found in finds.people["rescued"][:3]:
        hidden = split.held_out[[found.user]].indices
        place = recommend.places(split.train, words, found.user)[hidden].astype(float)
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
