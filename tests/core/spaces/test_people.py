"""People as spaces: near to those who chose alike, without a place where nothing was chosen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.data.dataset import Dataset, build
from textrec_core.errors import DataError
from textrec_core.models import wals
from textrec_core.spaces import people
from textrec_core.spaces.agreement import AgreementParams, agreement
from textrec_core.spaces.space import Space

ITEMS = 12


def shop(seed: int, users: int = 20) -> Dataset:
    rng = np.random.default_rng(seed)
    chosen = rng.random((users, ITEMS)) < 0.3
    chosen[0] = False
    rows, columns = np.nonzero(chosen)
    kinds = np.array([("lamp", "knife", " ")[n % 3] for n in range(ITEMS)], object)
    return build(
        "shop", [f"p{n}" for n in range(users)], [f"t{n}" for n in range(ITEMS)], (rows, columns),
        rng.integers(1, 5, rows.size).astype(float), attributes={"kind": kinds},
    )  # fmt: skip


@given(st.integers(0, 1_000), st.lists(st.integers(0, 19), unique=True, min_size=1))
def test_a_person_lies_at_the_weighted_mean_of_what_they_chose(seed, rows):
    data, chosen = shop(seed), np.array(rows)
    words = Space("words", np.random.default_rng(seed).normal(size=(ITEMS, 5)), "words")
    found = people.by_words(data, words, chosen)
    for place, user in enumerate(chosen):
        weights = data.weights(user).astype(float)
        expected = weights @ words.directions[data.history(user)] / weights.sum() if weights.size else np.zeros(5)
        np.testing.assert_allclose(found.vectors[place], expected, atol=1e-6)
    fit = wals.Factors(np.ones((20, 3)), np.ones((ITEMS, 3)), (), wals.WalsParams(), data.fingerprint, "fit")
    assert (
        people.by_behaviour(data, fit, chosen).known == np.isin(chosen, np.flatnonzero(np.diff(data.matrix.indptr)))
    ).all()


@given(st.integers(0, 1_000))
def test_a_favourite_is_a_value_that_no_other_beats(seed):
    data = shop(seed)
    kinds = data.attributes["kind"]
    for user, value in enumerate(people.favourite(data, "kind", np.arange(20))):
        own = [kind for kind in kinds[data.history(user)] if kind.strip()]
        assert value == "" if not own else own.count(value) == max(own.count(kind) for kind in own)


def test_spaces_of_other_people_are_not_compared():
    data = shop(0)
    words = Space("words", np.random.default_rng(0).normal(size=(ITEMS, 5)), "words")
    one, other = (people.by_words(data, words, np.arange(start, start + 10)) for start in (1, 5))
    with pytest.raises(DataError, match="different data"):
        agreement(one, other, AgreementParams())
    assert agreement(one, one, AgreementParams(3)).mean == 1
