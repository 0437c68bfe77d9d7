"""Texts carried to one fit: the textbook's ridge, a penalty chosen on held-out items, and no other fit."""

import numpy as np
import pytest

from textrec_core.errors import DataError
from textrec_core.models.projector import PENALTIES, carried, learn
from textrec_core.models.wals import Factors, Loss, WalsParams
from textrec_core.spaces.space import Space

USERS, ITEMS, WIDTH, RANK = 30, 80, 12, 4


def drawn(seed: int = 0, width: int = WIDTH, noise: float = 0.05) -> tuple[Space, Factors]:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(ITEMS, width)).astype(np.float32) + 2
    items = vectors @ rng.normal(size=(width, RANK)) / width + noise * rng.normal(size=(ITEMS, RANK))
    users = rng.normal(size=(USERS, RANK))
    fit = Factors(
        users.astype(np.float32),
        items.astype(np.float32),
        (Loss(1, 1, 1),),
        WalsParams(rank=RANK),
        "data",
        f"fit {seed}",
    )
    return Space("words", vectors, f"words {seed}"), fit


@pytest.mark.parametrize("width", [3, WIDTH, 200])
def test_the_weights_are_the_textbooks_ridge_in_either_form(width):
    space, fit = drawn(width=width)
    made = learn(space, fit)
    texts = space.vectors - space.vectors.mean(axis=0).astype(float)
    unit = np.square(texts).sum() / min(texts.shape)
    system = texts.T @ texts + made.penalty * unit * np.eye(width)
    expected = np.linalg.solve(system, texts.T @ (fit.items - fit.items.mean(axis=0)))
    np.testing.assert_allclose(made.weights, expected, atol=1e-6)


def test_items_that_did_not_teach_are_carried_to_their_own_factors():
    space, fit = drawn(noise=0.01)
    among = np.arange(ITEMS) < 60
    made = learn(space, fit, among)
    found = made.carry(space.vectors, fit)[~among]
    assert np.square(found - fit.items[~among]).mean() < 0.05 * fit.items[~among].var()


def test_what_is_hidden_teaches_nothing():
    space, fit = drawn()
    among = np.arange(ITEMS) < 60
    changed = fit.items.copy()
    changed[~among] = 99
    other = Factors(fit.users, changed, fit.losses, fit.params, fit.dataset, fit.fingerprint)
    np.testing.assert_array_equal(learn(space, fit, among).weights, learn(space, other, among).weights)


def test_noise_asks_for_a_stronger_penalty_than_a_clean_line():
    assert learn(*drawn(noise=0.0)).penalty < learn(*drawn(noise=5.0)).penalty
    made = learn(*drawn())
    assert made.penalty == PENALTIES[int(np.argmin(made.errors))]


def test_a_projector_refuses_any_other_fit_and_any_other_space():
    (space, fit), (other_space, other_fit) = drawn(0), drawn(1)
    made = learn(space, fit)
    with pytest.raises(ValueError, match="another fit"):
        made.carry(space.vectors, other_fit)
    with pytest.raises(ValueError, match="another fit"):
        made.scores(space.vectors, other_fit, np.arange(2))
    with pytest.raises(ValueError, match="another space"):
        carried(made, other_space, fit)
    with pytest.raises(ValueError, match="another length"):
        made.carry(space.vectors[:, :3], fit)


def test_scores_of_unseen_items_are_users_times_what_was_carried():
    space, fit = drawn()
    made = learn(space, fit)
    fresh = np.random.default_rng(5).normal(size=(3, WIDTH)).astype(np.float32)
    scores = made.scores(fresh, fit, np.array([4, 7]))
    np.testing.assert_allclose(scores, fit.users[[4, 7]] @ made.carry(fresh, fit).T)


def test_an_item_without_a_text_has_no_place_where_it_is_carried():
    space, fit = drawn()
    vectors = space.vectors.copy()
    vectors[9] = 0
    silent = Space("words", vectors, "silent")
    assert np.flatnonzero(~carried(learn(silent, fit), silent, fit).known).tolist() == [9]


def test_too_few_items_are_refused_in_words():
    space, fit = drawn()
    with pytest.raises(DataError, match="Only 3 items"):
        learn(space, fit, np.arange(ITEMS) < 3)


def test_the_name_moves_with_space_fit_and_what_it_learned_from():
    space, fit = drawn()
    names = {
        learn(space, fit).fingerprint,
        learn(space, fit, np.arange(ITEMS) < 60).fingerprint,
        learn(drawn(1)[0], fit).fingerprint,
        learn(space, drawn(1)[1]).fingerprint,
    }
    assert len(names) == 4
