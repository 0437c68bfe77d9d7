"""Ridge from a space and from words at once: the textbook's answer, and words that carry what the space does not tell."""

import numpy as np
import pytest
from scipy import sparse

from tests.core.models.test_projector import ITEMS, drawn
from textrec_core.models import together
from textrec_core.models.projector import WITH_WORDS, learn
from textrec_core.models.together import Reading
from textrec_core.models.wals import Factors
from textrec_core.spaces.space import unit


def words(seed: int = 3, width: int = 30) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    table = rng.random((ITEMS, width)) * (rng.random((ITEMS, width)) < 0.2)
    return sparse.csr_matrix(unit(table.astype(np.float32)))


def test_every_penalty_gives_the_textbooks_answer(monkeypatch):
    monkeypatch.setattr(together, "TOLERANCE", 1e-6)
    space, fit = drawn()
    both = np.hstack([space.directions, words().toarray()]).astype(float) / 2**0.5
    centred = both - both.mean(axis=0)
    for penalty, made in together.ridge(Reading(space.directions, words()), fit.items, 0):
        hold = penalty * np.square(centred).sum() / ITEMS
        weights = np.linalg.solve(
            centred.T @ centred + hold * np.eye(both.shape[1]), centred.T @ (fit.items - fit.items.mean(axis=0))
        )
        expected = centred @ weights + fit.items.mean(axis=0)
        np.testing.assert_allclose(made.of(Reading(space.directions, words())), expected, atol=2e-4)


def test_words_carry_what_the_space_does_not_tell():
    space, fit = drawn()
    told = words()
    items = (told @ np.random.default_rng(5).normal(size=(30, 4))).astype(np.float32)
    fit = Factors(fit.users, items, fit.losses, fit.params, fit.dataset, "by words")
    among = np.arange(ITEMS) < 60
    missed = []
    for rows in (None, told):
        made = learn(space, fit, among, words=rows)
        carried = made.carry(space.vectors[~among], fit, None if rows is None else rows[~among])
        missed.append(np.square(carried - items[~among]).mean())
    assert missed[1] < 0.7 * missed[0]


def test_what_is_hidden_teaches_nothing():
    space, fit = drawn()
    among = np.arange(ITEMS) < 60
    changed = np.where(among[:, None], fit.items, 99).astype(np.float32)
    other = Factors(fit.users, changed, fit.losses, fit.params, fit.dataset, fit.fingerprint)
    one, again = (learn(space, known, among, words=words()) for known in (fit, other))
    np.testing.assert_array_equal(one.carry(space.vectors, fit, words()), again.carry(space.vectors, fit, words()))
    assert one.method == WITH_WORDS


def test_words_are_refused_where_they_taught_nothing_and_wanted_where_they_did():
    space, fit = drawn()
    with pytest.raises(ValueError, match="learned from words"):
        learn(space, fit).carry(space.vectors, fit, words())
    with pytest.raises(ValueError, match="learned from words"):
        learn(space, fit, words=words()).carry(space.vectors, fit)


def test_a_text_without_known_words_is_carried_by_the_space_alone():
    space, fit = drawn()
    made = learn(space, fit, words=words())
    silent = sparse.csr_matrix((ITEMS, 30), dtype=np.float32)
    assert np.isfinite(made.carry(space.vectors, fit, silent)).all()
    assert np.abs(made.carry(space.vectors, fit, silent) - made.carry(space.vectors, fit, words())).max() > 0
    texts = Reading(space.directions, silent)
    by_space = (space.directions - made.map.centres[0]) @ made.map.weights[0] + made.map.base
    np.testing.assert_allclose(made.map.of(texts), by_space, atol=1e-5)
