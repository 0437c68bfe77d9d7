"""A past may be changed: the model answers as if it had known that past, and nothing is estimated."""

import numpy as np
import pytest
from hypothesis import given

from tests.strategies import datasets, fitted
from textrec_core.errors import DataError
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.content import TextProfile
from textrec_core.people import past, recommend, whatif
from textrec_core.people.past import Past
from textrec_core.spaces.space import Space


def textbook(factors, liked, weights, disliked=()):
    """Hu, Koren and Volinsky's equation 4 in full, with a confidence and a preference for every item."""
    items, params = factors.items.astype(float), factors.params
    confidence, preference = np.full(len(items), params.unseen), np.zeros(len(items))
    confidence[liked] += params.alpha * np.asarray(weights, float)
    preference[liked] = 1.0
    confidence[list(disliked)] += params.alpha
    hold = params.regularization * confidence.sum() ** params.frequency
    system = items.T @ np.diag(confidence) @ items + hold * np.eye(items.shape[1])
    return items @ np.linalg.solve(system, items.T @ (confidence * preference))


def words(dataset):
    vectors = np.random.default_rng(3).normal(size=(dataset.items.size, 4)).astype(np.float32)
    return TextProfile(dataset, Space("words", vectors, "w"))


@given(fitted())
def test_an_unchanged_past_changes_nothing(drawn):
    dataset, factors = drawn
    for scorer in (wals.scorer(dataset, factors), words(dataset), Popularity(dataset)):
        for user in range(dataset.users.size):
            same = past.scores(scorer, past.of(dataset, user), dataset)
            np.testing.assert_allclose(same, scorer.scores(np.array([user]))[0], atol=1e-12)


@given(fitted())
def test_removing_a_choice_is_the_textbook_refit_of_that_person(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    for user in range(dataset.users.size):
        for place, gone in enumerate(dataset.history(user)):
            kept = np.arange(dataset.history(user).size) != place
            refit = textbook(factors, dataset.history(user)[kept], dataset.weights(user)[kept])
            folded = past.scores(scorer, past.of(dataset, user).without(int(gone)), dataset)
            np.testing.assert_allclose(folded, refit, atol=1e-10)


@given(fitted())
def test_a_dislike_is_a_preference_of_zero_held_as_firmly_as_a_choice(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    own = past.of(dataset, 0)
    free = np.setdiff1d(np.arange(dataset.items.size), own.liked)[:2]
    torn = Past(own.liked, own.weights, free)
    expected = textbook(factors, own.liked, own.weights, free)
    np.testing.assert_allclose(past.scores(scorer, torn, dataset), expected, atol=1e-10)
    for item in range(dataset.items.size):
        why = past.follow(scorer, torn, dataset).why(0, item)
        assert why.shares.sum() + why.base == pytest.approx(expected[item], abs=1e-9)
        assert why.items.tolist() == own.liked.tolist()


@given(fitted())
def test_a_removal_says_both_places_among_what_was_never_chosen(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    for user in range(dataset.users.size):
        unseen = np.setdiff1d(np.arange(dataset.items.size), dataset.history(user))
        for gone in dataset.history(user)[:2]:
            for item in unseen[:2]:
                before, after = whatif.removed(dataset, scorer, user, int(item), int(gone))
                assert before == recommend.places(dataset, scorer, user)[item]
                kept = dataset.history(user) != gone
                refit = textbook(factors, dataset.history(user)[kept], dataset.weights(user)[kept])
                assert (
                    abs(after - 1 - (refit[unseen] > refit[item]).sum())
                    <= (np.abs(refit[unseen] - refit[item]) < 1e-9).sum()
                )


def test_a_place_without_a_choice_is_that_of_a_refit_and_not_the_score_less_a_share(dataset):
    factors = wals.fit(dataset, wals.WalsParams(rank=8, alpha=10.0, iterations=4))
    scorer, guessed = wals.scorer(dataset, factors), 0
    for user in range(0, 30, 3):
        unseen = np.setdiff1d(np.arange(dataset.items.size), dataset.history(user))
        item = int(recommend.top_k(dataset, scorer, user, 3).items[2])
        shares = np.stack([scorer.why(user, other).shares for other in unseen])
        now = scorer.scores(np.array([user]))[0][unseen]
        for place, gone in enumerate(dataset.history(user)):
            kept = dataset.history(user) != gone
            refit = textbook(factors, dataset.history(user)[kept], dataset.weights(user)[kept])[unseen]
            without = int((refit > refit[unseen == item]).sum()) + 1
            assert whatif.removed(dataset, scorer, user, item, int(gone))[1] == without
            less = now - shares[:, place]
            guessed += int((less > less[unseen == item]).sum()) + 1 != without
    assert guessed > 10, "a guess would have been found out"


def test_removals_follow_the_reasons_and_are_each_recomputed(dataset):
    factors = wals.fit(dataset, wals.WalsParams(rank=4, iterations=4))
    scorer = wals.scorer(dataset, factors)
    item = int(recommend.top_k(dataset, scorer, 3, 1).items[0])
    why = scorer.why(3, item)
    table = whatif.removals(dataset, scorer, 3, item, why, 4)
    assert len(table) == 4
    assert (table["Place now"] == 1).all()
    for title, then in zip(table["Without"], table["Place then"], strict=True):
        gone = int(np.flatnonzero(dataset.titles == title)[0])
        assert whatif.removed(dataset, scorer, 3, item, gone) == (1, then)


@given(datasets())
def test_what_is_left_out_has_no_place_and_the_rest_are_numbered_from_one(dataset):
    scores = np.round(np.random.default_rng(0).random(dataset.items.size), 1)
    out = dataset.history(0)
    place = whatif.order(scores, out)
    assert (place[out] == 0).all()
    assert sorted(place[place > 0]) == list(range(1, dataset.items.size - out.size + 1))
    listed = whatif.best(scores, out, 3)
    assert place[listed.items].tolist() == list(range(1, listed.items.size + 1))
    assert (np.diff(listed.scores) <= 0).all()


def test_what_moved_holds_the_new_list_and_what_left_it(dataset):
    scorer = wals.scorer(dataset, wals.fit(dataset, wals.WalsParams(rank=4, iterations=4)))
    before = past.of(dataset, 2)
    after = before.without(int(before.liked[0]))
    table = whatif.moved(dataset, scorer, before, after, 5)
    assert table["Place"][:5].tolist() == [1, 2, 3, 4, 5]
    old = whatif.order(past.scores(scorer, before, dataset), before.known)
    assert table["Before"].tolist() == old[table["Item"]].tolist()
    assert set(np.flatnonzero((old > 0) & (old <= 5))) <= set(table["Item"])
    assert not set(table["Item"][:5]) & set(after.liked)


def test_among_some_items_alone_what_moved_is_their_order(dataset):
    scorer = wals.scorer(dataset, wals.fit(dataset, wals.WalsParams(rank=4, iterations=4)))
    before, among = past.of(dataset, 2), np.arange(dataset.items.size) % 3 == 0
    after = before.without(int(before.liked[0]))
    every = whatif.moved(dataset, scorer, before, after, dataset.items.size)
    some = whatif.moved(dataset, scorer, before, after, dataset.items.size, among)
    assert some["Item"].tolist() == [item for item in every["Item"] if among[item]]
    assert some["Place"].tolist() == list(range(1, len(some) + 1))
    nothing = whatif.moved(dataset, scorer, before, after, 5, np.zeros(dataset.items.size, bool))
    assert nothing.empty


def test_a_past_of_nobody_gives_every_item_the_same_score_and_a_list_still(dataset):
    scorer = wals.scorer(dataset, wals.fit(dataset, wals.WalsParams(rank=4, iterations=2)))
    nobody = past.said(dataset, [], [])
    assert not past.scores(scorer, nobody, dataset).any()
    assert whatif.best(past.scores(scorer, nobody, dataset), nobody.known, 5).items.tolist() == [0, 1, 2, 3, 4]


def test_what_is_said_keeps_a_persons_own_weights_and_a_like_beats_a_dislike(dataset):
    own = dataset.history(4)
    new = int(np.setdiff1d(np.arange(dataset.items.size), own)[0])
    said = past.said(dataset, [int(own[1]), new], [new, int(own[0])], 4)
    assert said.liked.tolist() == sorted([int(own[1]), new])
    assert dict(zip(said.liked, said.weights, strict=True)) == {own[1]: dataset.weights(4)[1], new: 1.0}
    assert said.disliked.tolist() == [own[0]]


def test_a_list_no_one_could_read_is_refused(dataset):
    with pytest.raises(DataError, match="k is 0"):
        whatif.best(np.zeros(4), np.empty(0, int), 0)


def test_one_place_is_what_ordering_everything_says_of_it():
    rng = np.random.default_rng(0)
    scores, known = rng.integers(0, 6, 50).astype(float), np.array([3, 9, 40])
    places = whatif.order(scores, known)
    assert [whatif.place_of(scores, known, item) for item in range(50)] == places.tolist()


def test_a_past_in_words_is_the_mean_of_its_texts_by_weight():
    space = Space("words", np.random.default_rng(3).normal(size=(6, 4)).astype(np.float32), "w")
    own = Past(np.array([1, 4]), np.array([1.0, 3.0]), np.array([2]))
    np.testing.assert_allclose(past.profile(space, own), (space.directions[1] + 3 * space.directions[4]) / 4, atol=1e-7)


@given(fitted())
def test_shares_of_a_past_with_dislikes_sum_to_its_scores_and_say_what_a_dislike_does(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    own = past.of(dataset, 0)
    new = np.setdiff1d(np.arange(dataset.items.size), own.liked)
    disliked = past.said(dataset, own.liked.tolist(), new[:2].tolist(), 0)
    row = past.scores(scorer, disliked, dataset)
    for item in range(dataset.items.size):
        why = past.follow(scorer, disliked, dataset).why(0, item)
        assert abs(why.shares.sum() - row[item]) < 1e-5
        assert ("dislikes" in why.words) == (disliked.disliked.size > 0)


@given(fitted())
def test_what_is_liked_or_disliked_now_leaves_the_list_and_stands_at_its_end(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    before = past.of(dataset, 0)
    first = recommend.top_k(dataset, scorer, 0, 3).items.tolist()
    after = past.said(dataset, [*before.liked.tolist(), *first[:1]], first[1:2], 0)
    table = whatif.moved(dataset, scorer, before, after, 3)
    new = table["Place"].to_numpy()
    listed = (new > 0) & (new <= 3)
    assert new[listed].tolist() == list(range(1, listed.sum() + 1))
    assert not listed[listed.sum() :].any(), "what left stands below the list"
    assert table["Before"][~listed].is_monotonic_increasing
    assert table["Item"][new == 0].tolist() == (first[:2] if before.known.size else [])
    own = after.without(int(after.liked[0]))
    assert own.disliked.tolist() == after.disliked.tolist()


@given(fitted())
def test_from_nobody_there_is_a_list_and_nothing_that_left_one(drawn):
    dataset, factors = drawn
    scorer = wals.scorer(dataset, factors)
    after = past.said(dataset, [0], [])
    moved = whatif.moved(dataset, scorer, past.said(dataset, [], []), after, 3)
    assert list(moved["Place"]) == list(range(1, 1 + min(3, dataset.items.size - 1)))
