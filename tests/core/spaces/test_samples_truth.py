"""On the samples, where the truth is known, agreement finds which items the words drive."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from textrec_core.data import samples
from textrec_core.models import wals
from textrec_core.share import prepared, shelf
from textrec_core.spaces import graph
from textrec_core.spaces.agreement import Agreement, AgreementParams, agreement
from textrec_core.spaces.space import Space
from textrec_core.text import encoder


def spaces(name: str) -> tuple[Space, Space]:
    dataset = samples.load(name)
    fit = shelf.load(prepared.FOLDER, wals.name_of(dataset, wals.suited(dataset)))
    assert isinstance(fit, wals.Factors)
    return encoder.space(dataset, encoder.TextParams(encoder="lsa")), Space("WALS", fit.items, fit.fingerprint)


def compared(one: Space, other: Space, k: int = 10) -> Agreement:
    return agreement(one, other, AgreementParams(k), (graph.build(one), graph.build(other)))


def test_among_films_those_that_words_drive_agree_and_those_that_only_behaviour_drives_do_not():
    found = compared(*spaces("films"), 20)
    word_driven = samples.truth("films").word_share > 0.5
    assert 0.2 < word_driven[found.known].mean() < 0.8
    for score in (found.overlap, found.ranked):
        assert roc_auc_score(word_driven[found.known], score[found.known]) >= 0.8


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
