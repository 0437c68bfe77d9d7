"""On the samples, where the truth is known, agreement finds which items the words drive."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from textrec_core.data import samples
from textrec_core.data.tastes import entries
from textrec_core.models import wals
from textrec_core.share import prepared, shelf
from textrec_core.spaces import graph
from textrec_core.spaces.agreement import Agreement, AgreementParams, agreement
from textrec_core.spaces.space import Space
from textrec_core.text import encoder

LSA = encoder.TextParams(encoder="lsa")
DEFAULT = encoder.TextParams()


def spaces(name: str, params: encoder.TextParams = LSA) -> tuple[Space, Space]:
    dataset = samples.load(name)
    fit = shelf.load(prepared.FOLDER, wals.name_of(dataset, wals.suited(dataset)))
    assert isinstance(fit, wals.Factors)
    text = shelf.load(prepared.FOLDER, encoder.name_of(dataset, params, encoder.choose(params))) or encoder.space(
        dataset, params
    )
    assert isinstance(text, Space)
    return text, Space("WALS", fit.items, fit.fingerprint)


def compared(one: Space, other: Space, k: int = 10) -> Agreement:
    return agreement(one, other, AgreementParams(k), (graph.build(one), graph.build(other)))


@pytest.mark.parametrize("params", [LSA, DEFAULT], ids=["lsa", "default"])
def test_among_films_those_that_words_drive_agree_and_those_that_only_behaviour_drives_do_not(params):
    found = compared(*spaces("films", params), 20)
    word_driven = samples.truth("films").word_share > 0.5
    assert 0.2 < word_driven[found.known].mean() < 0.8
    assert roc_auc_score(word_driven[found.known], found.overlap[found.known]) >= 0.8


def shares(column: str) -> np.ndarray:
    """Which pairs of products have an entry of this column in common."""
    found = [set(row) for row in entries(samples.catalogue("shop")[column])]
    return np.array([[bool(one & other) for other in found] for one in found])


@pytest.mark.parametrize("params", [LSA, DEFAULT], ids=["lsa", "default"])
def test_in_the_shop_words_find_what_replaces_and_people_what_completes(params):
    """Its items are all driven alike, its pairs are not: the catalogue says what each product is and what it is bought for."""
    text, behaviour = spaces("shop", params)
    assert np.ptp(samples.truth("shop").word_share) == 0
    same, together = (shares(column) for column in ("kind", "goes_with"))
    one, other = np.nonzero(np.triu(np.outer(text.known & behaviour.known, text.known & behaviour.known), 1))
    replaces = same[one, other]
    completes = together[one, other] & ~replaces
    neither = ~replaces & ~completes
    by_words, by_people = (
        np.einsum("nd,nd->n", space.directions[one], space.directions[other]) for space in (text, behaviour)
    )

    def told_apart(these: np.ndarray, those: np.ndarray, values: np.ndarray) -> float:
        both = these | those
        return float(roc_auc_score(these[both], values[both]))

    assert min(replaces.sum(), completes.sum()) > 200
    assert told_apart(replaces, completes, by_words) >= 0.9
    assert told_apart(completes, neither, by_people) >= 0.8
    words_rather = np.argsort(np.argsort(by_words)) - np.argsort(np.argsort(by_people))
    assert told_apart(replaces, completes, words_rather) >= 0.8


@pytest.mark.parametrize(("name", "which"), [("films", "words"), ("shop", "words"), ("shop", "behaviour")])
def test_a_space_agrees_with_the_tastes_it_was_made_from_and_not_with_the_others(name, which):
    truth = samples.truth(name)
    # Every item of the shop has the same share of words in it, so that there the tastes are told apart, not the items.
    tastes, readable = truth.items.astype(np.float32)[:, :-1], truth.readable[:-1]
    own, strange = (readable, ~readable) if which == "words" else (~readable, readable)
    space = spaces(name)[which == "behaviour"]
    near, far = (
        compared(space, Space("tastes", np.ascontiguousarray(tastes[:, kind]), "t")) for kind in (own, strange)
    )
    both = near.known & far.known
    values = np.concatenate([near.overlap[both] / near.chance, far.overlap[both] / far.chance])
    assert roc_auc_score(np.repeat([1, 0], both.sum()), values) >= 0.8
