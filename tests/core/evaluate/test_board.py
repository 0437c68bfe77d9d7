"""Models side by side on hidden items."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.evaluate.test_metrics import naive_ndcg, naive_recall
from tests.fakes import TinyEncoder
from textrec_core.data.split import random_per_person
from textrec_core.errors import DataError
from textrec_core.evaluate import board
from textrec_core.evaluate.board import BoardParams, measure, name_of
from textrec_core.evaluate.intervals import Interval
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.people.recommend import top_k
from textrec_core.text import encoder

PARAMS = wals.WalsParams(rank=6, regularization=5.0, iterations=5)
HOW = BoardParams(k=5, hidden_share=0.3)


@pytest.fixture(scope="module")
def text(dataset):
    return encoder.space(dataset, encoder.TextParams(), TinyEncoder())


@pytest.fixture(scope="module")
def measured(dataset, text):
    return measure(dataset, PARAMS, HOW, text)


def test_every_model_has_a_row_from_best_to_worst(measured):
    assert {row.model for row in measured.rows} == {"WALS", "Text profile", "Popularity"}
    means = [row.ndcg.mean for row in measured.rows]
    assert means == sorted(means, reverse=True)


def test_every_number_is_a_share_and_every_interval_holds_its_mean(measured):
    for row in measured.rows:
        for interval in (row.ndcg, row.recall):
            assert 0 <= interval.low <= interval.mean <= interval.high <= 1
        assert row.behind.low - 1e-6 <= row.behind.mean <= row.behind.high + 1e-6
        assert row.behind.mean == pytest.approx(row.ndcg.mean - measured.rows[0].ndcg.mean, abs=1e-9)


def test_the_best_is_not_behind_itself(measured):
    best = measured.rows[0]
    assert (best.behind.mean, best.behind.low, best.behind.high) == (0, 0, 0)
    assert not best.distinguishable


def test_taste_beats_the_crowd_where_people_have_tastes(measured):
    by_name = {row.model: row for row in measured.rows}
    assert by_name["Popularity"].distinguishable
    assert by_name["Popularity"].behind.high < 0


def test_a_row_is_what_a_slow_reading_of_the_protocol_gives(dataset, measured):
    split = random_per_person(dataset, HOW.hidden_share, HOW.split_seed)
    crowd = Popularity(split.train)
    gains, found = [], []
    for user in split.people:
        wanted = set(split.held_out[[int(user)]].indices.tolist())
        listed = top_k(split.train, crowd, int(user), board.RECALL_K).items.tolist()
        gains.append(naive_ndcg(listed, wanted, HOW.k))
        found.append(naive_recall(listed, wanted, board.RECALL_K))
    row = next(row for row in measured.rows if row.model == "Popularity")
    assert row.ndcg.mean == pytest.approx(np.mean(gains), abs=1e-9)
    assert row.recall.mean == pytest.approx(np.mean(found), abs=1e-9)
    assert measured.people == len(gains) == row.ndcg.people


def test_the_protocol_says_what_was_hidden_and_how(measured):
    assert measured.protocol == "random 30% of each person's items hidden, seed 0; all other unseen items ranked"


def test_data_without_texts_are_measured_without_the_words(dataset):
    assert {row.model for row in measure(dataset, PARAMS, HOW, None).rows} == {"WALS", "Popularity"}


def test_the_same_question_gets_the_same_answer(dataset, text, measured):
    again = measure(dataset, PARAMS, HOW, text)
    assert again.rows == measured.rows
    assert again.fingerprint == measured.fingerprint == name_of(dataset, PARAMS, HOW, text)


def test_the_name_moves_with_data_parameters_split_and_words(dataset, hand, text):
    names = {
        name_of(dataset, PARAMS, HOW, text), name_of(hand, PARAMS, HOW, text), name_of(dataset, PARAMS, HOW, None),
        name_of(dataset, replace(PARAMS, seed=1), HOW, text), name_of(dataset, PARAMS, replace(HOW, split_seed=1), text),
    }  # fmt: skip
    assert len(names) == 5


def test_many_people_are_measured_on_some_of_them(dataset, monkeypatch):
    monkeypatch.setattr(board, "MOST_PEOPLE", 20)
    assert measure(dataset, PARAMS, HOW, None).people == 20


def test_people_with_too_short_a_past_cannot_be_measured(hand):
    with pytest.raises(DataError, match="Nobody has enough items") as caught:
        measure(hand, wals.WalsParams(rank=2), BoardParams(hidden_share=0.05), None)
    assert "at least" in caught.value.hint


def test_measuring_tells_how_far_it_is(dataset):
    told = []
    measure(dataset, PARAMS, HOW, None, lambda share, words: told.append(share))
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(-0.2, -0.1, True), (-0.2, 0.1, False), (0, 0, False), (-0.1, 0, False)]
)
def test_models_are_told_apart_only_where_the_difference_leaves_zero(low, high, expected):
    some = Interval(0.5, 0.4, 0.6, 10)
    assert board.Row("m", some, some, Interval((low + high) / 2, low, high, 10)).distinguishable is expected
