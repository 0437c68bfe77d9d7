"""Texts carried to one fit: the textbook's ridge, a penalty chosen on held-out items, and no other fit."""

from dataclasses import replace

import numpy as np
import pytest

from textrec_core.errors import DataError
from textrec_core.models.projector import carried, learn, name_of, teachers
from textrec_core.models.regressions import METHODS, PENALTIES, Linear, Nearest, _slopes
from textrec_core.models.wals import Factors, Loss, WalsParams
from textrec_core.spaces.space import Space, unit

USERS, ITEMS, WIDTH, RANK = 30, 80, 12, 4


def drawn(seed: int = 0, width: int = WIDTH, noise: float = 0.05) -> tuple[Space, Factors]:
    rng = np.random.default_rng(seed)
    vectors = unit(rng.normal(size=(ITEMS, width)).astype(np.float32) + 1)
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
    assert isinstance(made.map, Linear)
    texts = space.directions.astype(float)
    texts -= texts.mean(axis=0)
    mean = np.square(texts).sum() / min(texts.shape)
    system = texts.T @ texts + made.setting * mean * np.eye(width)
    expected = np.linalg.solve(system, texts.T @ (fit.items.astype(float) - fit.items.astype(float).mean(axis=0)))
    np.testing.assert_allclose(made.map.weights, expected, atol=1e-6)


@pytest.mark.parametrize(("method", "missed"), [("ridge", 0.05), ("knn", 0.6), ("mlp", 0.3)])
def test_items_that_did_not_teach_are_carried_near_their_own_factors(method, missed):
    space, fit = drawn(noise=0.001)
    among = np.arange(ITEMS) < 60
    found = learn(space, fit, among, method=method).carry(space.vectors, fit)[~among]
    assert np.square(found - fit.items[~among]).mean() < missed * fit.items[~among].var()


def test_a_net_learns_what_no_line_can():
    rng = np.random.default_rng(0)
    texts = unit(rng.normal(size=(600, 4)).astype(np.float32))
    bent = np.abs(texts[:, :2]) - np.abs(texts[:, 2:])
    missed = {}
    for method in ("ridge", "mlp"):
        maps = [made for _setting, made in METHODS[method](texts[:500], bent[:500], 0)]
        missed[method] = min(np.square(made.of(texts[500:]) - bent[500:]).mean() for made in maps)
    assert missed["mlp"] < 0.2 * missed["ridge"]


def test_the_nearest_item_alone_gives_its_own_factors():
    space, fit = drawn()
    _count, made = next(METHODS["knn"](space.directions, fit.items, 0))
    one = replace(made, count=1)
    np.testing.assert_allclose(one.of(space.directions), fit.items, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_the_length_of_a_vector_says_nothing(method):
    space, fit = drawn()
    longer = Space("words", space.vectors * np.linspace(1, 9, ITEMS, dtype=np.float32)[:, None], "words 0")
    one, other = (learn(words, fit, method=method) for words in (space, longer))
    np.testing.assert_allclose(one.carry(space.vectors, fit), other.carry(longer.vectors, fit), atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_hidden_teaches_nothing(method):
    space, fit = drawn()
    among = np.arange(ITEMS) < 60
    changed = fit.items.copy()
    changed[~among] = 99
    other = Factors(fit.users, changed, fit.losses, fit.params, fit.dataset, fit.fingerprint)
    one, again = (learn(space, known, among, method=method) for known in (fit, other))
    np.testing.assert_array_equal(one.carry(space.vectors, fit), again.carry(space.vectors, fit))


def test_noise_asks_for_a_stronger_penalty_than_a_clean_line():
    assert learn(*drawn(noise=0.0)).setting < learn(*drawn(noise=1.0)).setting
    made = learn(*drawn())
    assert made.settings == PENALTIES
    assert made.setting == PENALTIES[int(np.argmax(made.shared))]


@pytest.mark.parametrize("method", METHODS)
def test_a_setting_is_judged_by_items_that_did_not_teach_it(method):
    """Of factors that no text tells, half of a list of half of the items is kept by chance, and no more."""
    space, fit = drawn()
    lot = np.random.default_rng(5).normal(size=fit.items.shape).astype(np.float32)
    by_lot = Factors(fit.users, lot, fit.losses, fit.params, fit.dataset, fit.fingerprint)
    assert max(learn(space, by_lot, method=method).shared) < 0.62


def test_only_items_with_a_text_and_a_trained_vector_teach():
    space, fit = drawn()
    vectors, items = space.vectors.copy(), fit.items.copy()
    vectors[3], items[5] = 0, 0
    known, some = Space("words", vectors, "w"), Factors(fit.users, items, fit.losses, fit.params, fit.dataset, "f")
    assert sorted(set(range(ITEMS)) - set(teachers(known, some).tolist())) == [3, 5]
    assert teachers(known, some, np.arange(ITEMS) < 10).tolist() == [0, 1, 2, 4, 6, 7, 8, 9]


def test_the_nearer_of_the_nearest_weigh_the_more():
    two = Nearest(np.array([[1.0, 0.0], [0.6, 0.8], [-1.0, 0.0]]), np.array([[0.0], [1.0], [50.0]]), 2)
    np.testing.assert_allclose(two.of(np.array([[1.0, 0.0]])), [[0.6 / 1.6]])


def test_the_net_s_slopes_are_what_small_steps_show():
    rng = np.random.default_rng(0)
    texts, wanted = rng.normal(size=(7, 4)), rng.normal(size=(7, 3))
    parts = [rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3))]

    def missed(place: int, at: tuple[int, ...], step: float) -> float:
        moved = [part.copy() for part in parts]
        moved[place][at] += step
        first, bend, second = moved
        return float(np.square(np.maximum(texts @ first + bend, 0.0) @ second - wanted).sum(axis=1).mean())

    for place, slope in enumerate(_slopes(texts, wanted, *parts)):
        for at in np.ndindex(slope.shape):
            shown = (missed(place, at, 1e-6) - missed(place, at, -1e-6)) / 2e-6
            assert slope[at] == pytest.approx(shown, abs=1e-5)


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
        learn(space, fit, method="knn").fingerprint,
    }
    assert len(names) == 5
    assert name_of(space, fit) in names
