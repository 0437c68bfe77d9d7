"""What is hidden is hidden from everyone who learns."""

import inspect
import typing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import TinyEncoder
from tests.strategies import datasets
from textrec_core.data.dataset import Dataset
from textrec_core.data.split import (
    SPLITS,
    Split,
    after_a_moment,
    leave_last_out,
    new_items,
    new_people,
    random_per_person,
)
from textrec_core.errors import DataError
from textrec_core.evaluate import board, contest
from textrec_core.models import item_item, wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.content import TextProfile
from textrec_core.text import encoder

shares = st.sampled_from([0.05, 0.2, 0.5, 0.9, 1.0])


@given(datasets(), shares, st.integers(0, 5))
def test_hidden_and_learned_are_apart_and_together_everything(dataset, share, seed):
    split = random_per_person(dataset, share, seed)
    learned, hidden = split.train.matrix.toarray(), split.held_out.toarray()
    assert not ((learned > 0) & (hidden > 0)).any()
    assert (learned + hidden == dataset.matrix.toarray()).all()


@given(datasets(), shares, st.integers(0, 5))
def test_everyone_with_a_past_keeps_some_of_it_and_gives_up_the_share(dataset, share, seed):
    split = random_per_person(dataset, share, seed)
    had, kept = np.diff(dataset.matrix.indptr), np.diff(split.train.matrix.indptr)
    assert (kept[had > 0] >= 1).all()
    assert (had - kept == np.minimum(np.round(had * share), np.maximum(had - 1, 0))).all()
    assert split.people.tolist() == np.flatnonzero(had - kept).tolist()


@given(datasets(), st.integers(0, 5))
def test_the_same_seed_hides_the_same(dataset, seed):
    one, other = (random_per_person(dataset, 0.5, seed) for _ in range(2))
    assert one.train.fingerprint == other.train.fingerprint


def test_another_seed_hides_others(dataset):
    assert len({random_per_person(dataset, 0.2, seed).train.fingerprint for seed in range(5)}) == 5


def test_every_item_of_a_person_may_be_hidden(dataset):
    user = int(np.argmax(np.diff(dataset.matrix.indptr)))
    hidden = {int(i) for seed in range(60) for i in random_per_person(dataset, 0.3, seed).held_out[[user]].indices}
    assert hidden == set(dataset.history(user).tolist())


@given(datasets(), shares)
def test_times_and_weights_stay_with_their_pair(dataset, share):
    split = random_per_person(dataset, share, 1)
    for user in range(dataset.users.size):
        kept = np.isin(dataset.history(user), split.train.history(user))
        assert split.train.weights(user).tolist() == dataset.weights(user)[kept].tolist()
        if dataset.times is not None:
            assert split.train.times_of(user).tolist() == dataset.times_of(user)[kept].tolist()


def test_people_items_and_texts_stay_where_they_were(dataset):
    train = random_per_person(dataset).train
    assert (train.users == dataset.users).all()
    assert (train.items == dataset.items).all()
    assert (train.texts == dataset.texts).all()
    assert train.attributes.keys() == dataset.attributes.keys()


def test_nothing_that_learns_can_take_what_was_hidden(dataset):
    hidden = random_per_person(dataset).held_out
    assert not isinstance(hidden, Dataset)
    assert typing.get_type_hints(Split)["held_out"] is not Dataset
    for learn in (wals.fit, Popularity, TextProfile):
        hints = typing.get_type_hints(learn)
        assert hints[next(iter(inspect.signature(learn).parameters))] is Dataset
    with pytest.raises(AttributeError):
        wals.fit(hidden, wals.WalsParams(rank=4))
    with pytest.raises(AttributeError):
        Popularity(hidden).scores(np.arange(2))


@pytest.mark.parametrize("kind", sorted(SPLITS))
def test_no_hidden_pair_reaches_anything_that_learns(dataset, monkeypatch, kind):
    fitted, told = [], []

    def watched(module, name, seen):
        real = getattr(module, name)

        def made(given, *rest, **named):
            seen.append(given)
            return real(given, *rest, **named)

        monkeypatch.setattr(module, name, made)

    for module, name in ((wals, "fit"), (item_item, "knn"), (item_item, "ease")):
        watched(module, name, fitted)
    for name in ("Popularity", "RecentPopularity", "Chance", "TextProfile"):
        watched(contest, name, told)
    how = board.BoardParams(split=kind)
    split = SPLITS[kind](dataset, how.hidden_share, how.split_seed)
    hidden = split.held_out
    text = encoder.space(dataset, encoder.TextParams(), TinyEncoder())
    board.measure(dataset, wals.WalsParams(rank=4, iterations=2), how, text)
    # WALS runs from each random start and once for the weights of the blends, EASE likewise, item-kNN once.
    assert len(fitted) == (0 if kind == "items" else how.starts + 1 + 2 + 1)
    assert told
    for learned in fitted + told:
        assert learned.matrix.multiply(hidden).nnz == 0
    for learned in fitted:
        assert learned.matrix.multiply(split.train.matrix).nnz == learned.interactions


@given(datasets(), st.sampled_from(sorted(SPLITS)), st.sampled_from([0.05, 0.2, 0.5]), st.integers(0, 3))
def test_no_split_shows_what_it_hides(dataset, kind, share, seed):
    if dataset.times is None and kind in ("last", "date"):
        with pytest.raises(DataError, match="no times"):
            SPLITS[kind](dataset, share, seed)
        return
    split = SPLITS[kind](dataset, share, seed)
    hidden, learned, shown = (m.toarray() > 0 for m in (split.held_out, split.train.matrix, split.shown.matrix))
    assert not (hidden & shown).any()
    assert not (learned & ~shown).any()
    assert ((hidden | shown) == (dataset.matrix.toarray() > 0)).all()
    assert split.train.matrix.shape == dataset.matrix.shape
    assert SPLITS[kind](dataset, share, seed).train.fingerprint == split.train.fingerprint


@given(datasets(), st.integers(0, 3))
def test_what_is_hidden_last_is_no_earlier_than_what_is_kept(dataset, seed):
    if dataset.times is None:
        return
    split = leave_last_out(dataset, seed=seed)
    for user in range(dataset.users.size):
        hidden = split.held_out[[user]].indices
        assert len(hidden) == (dataset.history(user).size > 1)
        for item in hidden:
            when = dataset.times_of(user)[dataset.history(user) == item]
            assert (split.train.times_of(user) <= when).all()


@given(datasets(), st.sampled_from([0.05, 0.2, 0.5]))
def test_nothing_learned_happened_after_the_moment(dataset, share):
    if dataset.times is None:
        return
    split = after_a_moment(dataset, share)
    hidden = split.held_out.toarray()[dataset.matrix.toarray() > 0] > 0
    if hidden.any():
        assert split.train.times.max() < dataset.times[hidden].min()


def test_new_people_reach_no_fit_and_are_judged_by_what_is_left_of_their_past(dataset):
    split = new_people(dataset, 0.25, 1)
    able = (np.diff(dataset.matrix.indptr) > 1).sum()
    assert split.people.size == round(able * 0.25)
    assert (np.diff(split.train.matrix.indptr)[split.people] == 0).all()
    assert (np.diff(split.shown.matrix.indptr)[split.people] >= 1).all()
    others = np.setdiff1d(np.arange(dataset.users.size), split.people)
    assert (split.train.matrix[others].toarray() == dataset.matrix[others].toarray()).all()


def test_new_items_reach_no_fit_and_are_the_only_candidates(dataset):
    split = new_items(dataset, 0.25, 1)
    assert (split.shown.popularity[split.candidates] == 0).all()
    assert set(split.held_out.indices.tolist()) <= set(split.candidates.tolist())
    assert split.held_out.nnz == dataset.popularity[split.candidates].sum()
