"""Hidden items are met as new ones: nothing about them reaches the fit, and every figure is what it says."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes import TinyEncoder
from textrec_core.data.split import new_items
from textrec_core.errors import DataError
from textrec_core.evaluate import newcomers
from textrec_core.evaluate.hidden import auc
from textrec_core.models import wals
from textrec_core.spaces.space import Space
from textrec_core.text import encoder
from textrec_core.text.encoder import TextParams

PARAMS = wals.WalsParams(rank=6, iterations=5)


@pytest.fixture(scope="module")
def space(dataset):
    return encoder.space(dataset, TextParams(), TinyEncoder(64))


@pytest.fixture(scope="module")
def met(dataset, space):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(newcomers, "FEWEST_ITEMS", 3)
        return newcomers.meet(dataset, PARAMS, space)


def test_no_fit_sees_a_hidden_item(dataset, space, monkeypatch):
    monkeypatch.setattr(newcomers, "FEWEST_ITEMS", 3)
    seen = []
    fit = wals.fit
    monkeypatch.setattr(newcomers.wals, "fit", lambda data, *rest: seen.append(data) or fit(data, *rest))
    newcomers.meet(dataset, PARAMS, space)
    hidden = new_items(dataset).candidates
    assert len(seen) == 1
    assert seen[0].popularity[hidden].sum() == 0


def test_words_find_the_people_of_hidden_items_and_words_by_lot_do_not(dataset, space, met, monkeypatch):
    monkeypatch.setattr(newcomers, "FEWEST_ITEMS", 3)
    assert met.found.mean() > 0.6
    drawn = Space("drawn", np.random.default_rng(3).normal(size=(dataset.items.size, 8)).astype(np.float32), "drawn")
    mixed = replace(dataset, texts=np.random.default_rng(4).permutation(dataset.texts), titles=dataset.items)
    assert newcomers.meet(mixed, PARAMS, drawn).found.mean() < met.found.mean() - 0.1


def test_plain_words_find_the_people_where_the_space_says_nothing(dataset, monkeypatch):
    monkeypatch.setattr(newcomers, "FEWEST_ITEMS", 3)
    drawn = Space("drawn", np.random.default_rng(3).normal(size=(dataset.items.size, 8)).astype(np.float32), "drawn")
    assert newcomers.meet(dataset, PARAMS, drawn).found.mean() > 0.7


def test_the_floor_is_finding_people_by_how_much_the_fit_saw_them_choose(dataset, space, met, monkeypatch):
    monkeypatch.setattr(newcomers, "FEWEST_ITEMS", 3)
    seen = []
    fit = wals.fit
    monkeypatch.setattr(newcomers.wals, "fit", lambda data, *rest: seen.append(data) or fit(data, *rest))
    again = newcomers.meet(dataset, PARAMS, space)
    chosen, matrix = np.diff(seen[0].matrix.indptr), dataset.matrix.toarray() > 0
    np.testing.assert_allclose(again.floor, [auc(chosen, matrix[:, item]) for item in again.items])
    np.testing.assert_array_equal(again.floor, met.floor)
    assert again.found.mean() > again.floor.mean() + 0.05


def test_a_longer_boost_gives_new_items_more_places_and_none_gives_them_none(met):
    assert (np.diff(met.places) >= -1e-12).all()
    effects = met.effects()
    assert effects[0][1].mean >= effects[-1][1].mean
    assert effects[-1][2].mean >= effects[0][2].mean
    assert all(0 <= value.low <= value.mean <= value.high <= 1 for one in effects for value in one[1:3])


def test_trust_comes_from_the_hidden_items_most_alike(met, space):
    near = newcomers.trust(met, space, space.directions[met.items[0]])
    assert near.low <= near.middle <= near.high
    assert near.items == min(newcomers.LIKE_IT, met.items.size)
    assert near.rank_of_nearness == 1.0, "the text itself is in the data"


def test_trust_tells_texts_whose_people_are_found_from_texts_whose_are_not(met, space, monkeypatch):
    monkeypatch.setattr(newcomers, "LIKE_IT", 1)
    for place in (int(np.argmax(met.found)), int(np.argmin(met.found))):
        near = newcomers.trust(met, space, space.directions[met.items[place]])
        assert near.middle == met.found[place]
        assert near.floor == met.floor[place]


def test_lists_with_new_items_hold_nothing_chosen_and_the_longer_the_boost_the_more_that_is_new(dataset):
    fit = wals.fit(dataset, PARAMS)
    hidden, people = np.arange(4), np.arange(dataset.users.size)
    direction = np.abs(fit.users).mean(axis=0)[None] * np.ones((4, 1), np.float32)
    short, long = (newcomers._lists(dataset, fit, direction * boost, hidden, people) for boost in (0.0, 100.0))
    for user in people:
        assert not np.isin(long[user], dataset.history(int(user))).any()
        assert not np.isin(short[user], dataset.history(int(user))).any()
    assert np.isin(long, hidden).mean() > np.isin(short, hidden).mean()


def test_data_with_hardly_any_texts_are_refused_in_words(dataset):
    vectors = np.zeros((dataset.items.size, 3), np.float32)
    vectors[:4] = 1
    with pytest.raises(DataError, match="hidden items have a text"):
        newcomers.meet(dataset, PARAMS, Space("few", vectors, "few"))


def test_hidden_items_that_hardly_anybody_chose_measure_nothing(dataset, space, monkeypatch):
    monkeypatch.setattr(newcomers, "FEWEST_ITEMS", 3)
    monkeypatch.setattr(newcomers, "FEWEST_PEOPLE", dataset.users.size)
    with pytest.raises(DataError, match="chosen by at least"):
        newcomers.meet(dataset, PARAMS, space)
