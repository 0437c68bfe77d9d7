"""Learned mixes: shares are shares, the slope is the slope, and the layer that knows is found."""

import numpy as np
import pytest

from textrec_core.evaluate import mixing
from textrec_core.evaluate.mixing import STEPS, Task, descent, learn
from textrec_core.text.pooling import softmax

TEACH, HELD, USERS, RANK = 60, 20, 30, 4


def task(seed: int = 0) -> tuple[np.ndarray, Task]:
    """Three layers of which the middle one tells the items' tastes."""
    rng = np.random.default_rng(seed)
    items, users = rng.normal(size=(TEACH + HELD, RANK)), rng.normal(size=(USERS, RANK))
    states = rng.normal(size=(TEACH + HELD, 3, 8))
    states[:, 1] = items @ rng.normal(size=(RANK, 8))
    chosen = users @ items[TEACH:].T > 1.0
    chosen[:, 0] = True
    return states, Task(np.arange(TEACH), np.arange(TEACH, TEACH + HELD), items[:TEACH], users, chosen)


@pytest.mark.parametrize("values", [[0.0, 0.0, 0.0, -1.0, 0.0], [0.3, -0.2, 0.5, 0.4, -0.7]])
def test_the_slope_is_what_small_steps_show(values):
    states, known = task()
    at = np.array(values)
    _loss, slope = descent(states, known, at)
    steps = 1e-5 * np.eye(at.size)
    shown = [(descent(states, known, at + d)[0] - descent(states, known, at - d)[0]) / 2e-5 for d in steps]
    np.testing.assert_allclose(slope, shown, atol=1e-7)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_shares_are_positive_and_sum_to_one(layers):
    states, known = task()
    found = learn(states[:, -layers:], known)
    assert len(found.shares) == layers
    assert min(found.shares) > 0
    assert sum(found.shares) == pytest.approx(1.0, abs=1e-9)


def test_the_layer_that_knows_gets_most_and_the_loss_falls():
    found = learn(*task())
    assert found.shares[1] > 0.8
    assert min(found.losses) < found.losses[0] - 0.1


def test_the_shares_are_those_of_the_least_loss_and_not_of_the_last(monkeypatch):
    tried: list[np.ndarray] = []

    def bumpy(_states, _task, values):
        tried.append(values)
        return abs(len(tried) - 7.0), np.array([1.0, -1.0, 0.5, 0.0, 0.0])

    monkeypatch.setattr(mixing, "descent", bumpy)
    found = learn(*task())
    assert len(tried) == len(found.losses) == STEPS
    assert found.shares == softmax(tried[6][:3]) != softmax(tried[-1][:3])


def test_everybody_counts_alike_however_many_they_chose():
    states, known = task()
    values = np.zeros(5)
    several = Task(known.teach, known.held, known.targets, known.users, np.ones_like(known.chosen))
    alone = [
        descent(states, Task(known.teach, known.held, known.targets, known.users[[n]], several.chosen[[n]]), values)[0]
        for n in range(USERS)
    ]
    assert descent(states, several, values)[0] == pytest.approx(np.mean(alone))
