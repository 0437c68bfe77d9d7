"""What steering costs is measured on what no model has seen, for the same people in every setting."""

import numpy as np
import pytest

from tests.fakes import TableScorer
from textrec_core.data import split
from textrec_core.evaluate import metrics, steered
from textrec_core.models.baselines import Popularity
from textrec_core.people import steer
from textrec_core.people.steer import SteerParams
from textrec_core.spaces.space import Space


@pytest.fixture(scope="module")
def hidden(dataset):
    return split.random_per_person(dataset)


def flat(dataset):
    return Space("flat", np.random.default_rng(0).normal(size=(dataset.items.size, 4)).astype(np.float32), "f")


def oracle(hidden):
    return {"WALS": TableScorer(hidden.train, hidden.held_out.toarray() > 0), "Popularity": Popularity(hidden.train)}


def test_a_model_that_knows_what_is_hidden_is_perfect_and_the_crowd_is_behind_it(dataset, hidden):
    plain = steered.tried(hidden, oracle(hidden), 5, SteerParams(), flat(dataset))
    crowd = steered.tried(hidden, oracle(hidden), 5, SteerParams(behaviour=0, popularity=1), flat(dataset))
    assert plain.ndcg == pytest.approx(1.0)
    assert plain.people.tolist() == crowd.people.tolist()
    assert steered.behind(crowd, plain).high < 0
    assert 5 <= crowd.covered < plain.covered <= dataset.items.size


def test_accuracy_is_the_ndcg_of_the_lists_that_popularity_makes(dataset, hidden):
    models = {"WALS": Popularity(hidden.train)}
    found = steered.tried(hidden, models, 4, SteerParams(), flat(dataset), most=10_000)
    assert found.people.tolist() == hidden.people.tolist()
    scores = np.array(models["WALS"].scores(found.people), float)
    scores[hidden.train.matrix[found.people].toarray() > 0] = -1
    lists = np.argsort(-scores, axis=1, kind="stable")[:, :4]
    hit = metrics.hits(lists, hidden.held_out, found.people)
    np.testing.assert_allclose(found.ndcg, metrics.ndcg(hit, metrics.relevant(hidden.held_out, found.people), 4))


def test_repeats_cannot_hit_what_is_hidden(dataset, hidden):
    repeated = steered.tried(hidden, oracle(hidden), 5, SteerParams(repeats=1.0), flat(dataset))
    assert repeated.ndcg.mean() < 0.5


def test_those_asked_are_spread_over_all(dataset, hidden):
    some = steered.tried(hidden, oracle(hidden), 3, SteerParams(), flat(dataset), most=5).people
    assert some.size == 5
    assert some[[0, -1]].tolist() == hidden.people[[0, -1]].tolist()


def test_what_lists_are_like_is_the_mean_over_people_of_what_each_steered_list_is_like(dataset, hidden):
    space, params = flat(dataset), SteerParams(popularity=0.5, diversity=0.6)
    found = steered.tried(hidden, oracle(hidden), 5, params, space, most=7)
    lists = {int(user): steer.steered(hidden.train, oracle(hidden), int(user), 5, params, space).items for user in found.people}  # fmt: skip
    assert found.alike == pytest.approx(np.mean([steer.alike(space, items) for items in lists.values()]))
    apart = [steer.unexpected(space, items, hidden.train.history(user)) for user, items in lists.items()]
    assert found.unexpected == pytest.approx(np.mean(apart))
    assert found.alike < steered.tried(hidden, oracle(hidden), 5, SteerParams(popularity=0.5), space, most=7).alike
