"""What is said of an item's surroundings is counted, not guessed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import TableScorer
from tests.strategies import scored
from textrec_core.models import wals
from textrec_core.people import around, tables
from textrec_core.spaces.neighbours import of_item
from textrec_core.spaces.space import Space


def space(count, seed):
    return Space(str(seed), np.random.default_rng(seed).normal(size=(count, 4)).astype(np.float32), str(seed))


def test_what_an_audience_also_chose_is_counted_against_everybody(hand):
    table = around.also_chosen(hand, tables.who_chose(hand, 1), 1)
    assert table["Title"].tolist() == ["a"], "c was chosen by one of the two, too few to say"
    assert table["Among them"].tolist() == [1.0]
    assert table["Among all"].tolist() == [0.6]
    assert table["Times"].tolist() == pytest.approx([1 / 0.6])


def test_nobody_has_no_other_tastes(dataset):
    assert around.also_chosen(dataset, np.empty(0, int), 39).empty


@given(scored())
def test_also_chosen_never_names_the_item_itself_and_only_what_is_more_frequent(drawn):
    dataset, _table = drawn
    for item in range(dataset.items.size):
        table = around.also_chosen(dataset, tables.who_chose(dataset, item), item)
        assert dataset.titles[item] not in set(table["Title"])
        assert (table["Among them"] > table["Among all"]).all()


@given(st.integers(3, 20), st.integers(1, 8), st.integers(0, 99))
def test_substitutes_and_complements_share_nothing_and_miss_nothing(count, k, seed):
    words, behaviour = space(count, seed), space(count, seed + 1)
    found = around.sides(words, behaviour, 1, k)
    near, together = set(of_item(words, 1, k)[0]), set(of_item(behaviour, 1, k)[0])
    assert set(found.substitutes) == near - together
    assert set(found.complements) == together - near
    assert set(found.both) == near & together


def test_neighbours_are_steady_with_themselves_and_blind_to_rotation():
    one = space(30, 3)
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))
    turned = Space("turned", (one.vectors @ turn).astype(np.float32), "t")
    assert around.steadiness(one, one, 4, 7) == around.steadiness(one, turned, 4, 7) == (7, 7)
    assert around.steadiness(one, space(30, 4), 4, 7)[0] < 7


def test_the_reason_told_of_each_person_is_their_largest_share(dataset):
    scorer = wals.scorer(dataset, wals.fit(dataset, wals.WalsParams(rank=4, iterations=3)))
    told = around.other_tastes(dataset, scorer, np.array([1, 2, 59]), 7)
    for user, words in zip((1, 2), told, strict=False):
        why = scorer.why(user, 7)
        assert words == dataset.titles[why.items[np.argmax(why.shares)]]
    assert told[2] == ""
    assert around.other_tastes(dataset, TableScorer(dataset, np.zeros((60, 40))), np.array([1]), 7) == [""]
