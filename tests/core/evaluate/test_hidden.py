"""Hidden items: no fit has seen them, chance and the oracle stand where they must, and every number is a share."""

from dataclasses import replace

import numpy as np
import pytest

from tests.core.evaluate.test_metrics import naive_ndcg
from textrec_core.data.dataset import Dataset, build
from textrec_core.data.split import new_items
from textrec_core.errors import DataError
from textrec_core.evaluate.hidden import ANSWERS, ORACLE, RANDOM, HiddenParams, auc, audience, gain, measure, name_of
from textrec_core.models import wals
from textrec_core.models.projector import WITH_WORDS
from textrec_core.models.regressions import METHODS
from textrec_core.spaces.space import Space

USERS, ITEMS, TASTES = 80, 60, 4
PARAMS = wals.WalsParams(rank=4, iterations=4)
HOW = HiddenParams(listed=5, share=0.3)


def tastes() -> tuple[Dataset, Space, Space]:
    """People who choose by tastes that one space of texts tells, and the other does not."""
    rng = np.random.default_rng(3)
    of_items, of_users = np.eye(TASTES)[rng.integers(TASTES, size=ITEMS)], np.eye(TASTES)[np.arange(USERS) % TASTES]
    chosen = rng.random((USERS, ITEMS)) < 0.05 + 0.45 * (of_users @ of_items.T)
    rows, columns = np.nonzero(chosen)
    texts = ["word " * (1 + n % 9) for n in range(ITEMS)]
    dataset = build(
        "tastes", [f"p{n}" for n in range(USERS)], [f"i{n}" for n in range(ITEMS)], (rows, columns), np.ones(rows.size), texts=texts
    )  # fmt: skip
    told = np.hstack([of_items, rng.normal(size=(ITEMS, 4)) * 0.2]).astype(np.float32)
    return dataset, Space("told", told, "told"), Space("mute", rng.normal(size=(ITEMS, 6)).astype(np.float32), "mute")


DATASET, TOLD, MUTE = tastes()


@pytest.fixture(scope="module")
def found():
    return measure(DATASET, PARAMS, HOW, [TOLD, MUTE])


def test_every_model_has_its_row(found):
    ways = [f"{space}, {way}" for space in ("told", "mute") for way in ("text profile", WITH_WORDS, *METHODS)]
    assert sorted(found.models) == sorted([RANDOM, ORACLE, ANSWERS, *ways])
    assert found.fingerprint == name_of(DATASET, PARAMS, HOW, [TOLD, MUTE])


def test_every_number_is_a_share(found):
    assert (found.gains >= 0).all()
    assert (found.gains <= 1).all()
    assert ((found.found >= 0) & (found.found <= 1) | np.isnan(found.found)).all()


def test_words_that_tell_a_taste_carry_and_words_that_do_not_carry_nothing(found):
    ndcg = dict(zip(found.models, found.gains.mean(axis=0), strict=True))
    audience = dict(zip(found.models, np.nanmean(found.found, axis=0), strict=True))
    floor = audience[ORACLE]
    for method in (WITH_WORDS, *METHODS):
        assert ndcg[f"told, {method}"] > ndcg[RANDOM] + 0.2
        assert audience[f"told, {method}"] > floor + 0.15
        assert abs(audience[f"mute, {method}"] - floor) < 0.1
    assert ndcg[ANSWERS] > ndcg[ORACLE]


def test_the_oracle_lists_by_what_the_whole_data_say(found):
    split = new_items(DATASET, HOW.share, HOW.seed)
    crowd = np.broadcast_to(DATASET.popularity[split.candidates], (split.people.size, split.candidates.size))
    expected = gain(split, split.people, crowd, HOW.listed)
    np.testing.assert_array_equal(found.gains[:, found.models.index(ORACLE)], expected)


def test_the_oracle_finds_an_audience_by_how_much_each_person_is_known_to_choose_alone(found):
    split = new_items(DATASET, HOW.share, HOW.seed)
    chosen, held = np.diff(split.train.matrix.indptr)[split.people], split.held_out[split.people].toarray() > 0
    floor = [auc(chosen, held[:, item]) for item in split.candidates]
    np.testing.assert_allclose(found.found[:, found.models.index(ORACLE)], floor)


def test_what_was_hidden_reaches_no_projector():
    """Other choices of the hidden items change what is right, and nothing that a projector says."""
    split = new_items(DATASET, HOW.share, HOW.seed)
    rows, columns = DATASET.matrix.nonzero()
    hidden = np.isin(columns, split.candidates)
    moved = np.where(hidden, (rows + 1) % USERS, rows)
    changed = build(
        "tastes", DATASET.users, DATASET.items, (moved, columns), np.ones(rows.size), texts=DATASET.texts
    )  # fmt: skip
    assert changed.fingerprint != DATASET.fingerprint
    assert new_items(changed, HOW.share, HOW.seed).train.fingerprint == split.train.fingerprint


def test_a_gain_is_what_a_slow_reading_of_the_protocol_gives():
    split = new_items(DATASET, HOW.share, HOW.seed)
    scores = np.random.default_rng(0).random((split.people.size, split.candidates.size)).astype(np.float32)
    slow = [
        naive_ndcg(
            split.candidates[np.argsort(-line)].tolist(), set(split.held_out[[int(user)]].indices.tolist()), 5
        )
        for user, line in zip(split.people, scores, strict=True)
    ]  # fmt: skip
    np.testing.assert_allclose(gain(split, split.people, scores, 5), slow, atol=1e-9)


def test_auc_counts_pairs():
    rng = np.random.default_rng(0)
    scores, chosen = rng.integers(4, size=40) / 2, rng.random(40) < 0.3
    pairs = [
        (scores[a] > scores[b]) + (scores[a] == scores[b]) / 2
        for a in np.flatnonzero(chosen)
        for b in np.flatnonzero(~chosen)
    ]
    assert auc(scores, chosen) == pytest.approx(np.mean(pairs))
    assert np.isnan(auc(scores, np.zeros(40, bool)))


def test_an_audience_is_judged_by_each_persons_own_scale():
    """Who scores everything higher, or spreads scores wider, is no likelier to have chosen the item."""
    rng = np.random.default_rng(0)
    scores, chose = rng.normal(size=(30, 6)), rng.random((30, 6)) < 0.4
    moved = scores * rng.uniform(0.1, 9.0, (30, 1)) + rng.normal(size=(30, 1)) * 20
    appetites = rng.normal(size=30)
    np.testing.assert_allclose(audience(moved, chose, appetites), audience(scores, chose, appetites), atol=1e-9)


def test_more_teachers_are_never_fewer_and_the_last_point_is_the_whole(found):
    counts = [point.items for point in found.curve]
    assert counts == sorted(set(counts))
    whole = found.gains[:, found.models.index(f"told, {WITH_WORDS}")].mean()
    assert found.curve[-1].value.mean == pytest.approx(whole)
    assert found.curve[0].value.mean < whole - 0.05, "few teachers teach less"


@pytest.mark.parametrize("by", ["lengths", "popularity"])
def test_parts_hold_every_item_once(found, by):
    parts = found.parts(by)
    assert len(parts) > 1
    assert sum(part.items for part in parts) == np.isfinite(found.found).all(axis=1).sum()
    means = np.array([[value.mean for value in part.values] for part in parts])
    sizes = np.array([part.items for part in parts])
    np.testing.assert_allclose(sizes @ means / sizes.sum(), np.nanmean(found.found, axis=0))


def test_a_part_ends_where_a_value_ends(found):
    some = replace(found, found=found.found[:8], lengths=np.array([4, 1, 3, 2, 1, 2, 3, 4]))
    known = replace(some, found=np.full((8, len(found.models)), 0.5))
    assert [(part.name, part.items) for part in known.parts("lengths")] == [("1", 2), ("2", 2), ("3", 2), ("4", 2)]


def test_no_audience_is_read_out_of_an_item_that_no_words_tell_of(found):
    silent = np.arange(ITEMS) % 3 == 0
    bare = Space("told", np.where(silent[:, None], 0, TOLD.vectors).astype(np.float32), "bare")
    some = measure(DATASET, PARAMS, HOW, [bare])
    np.testing.assert_array_equal(np.isnan(some.found).all(axis=1), silent[some.items])
    assert sum(part.items for part in some.parts("lengths")) == (~silent[some.items]).sum()
    assert some.gains.shape[0] == found.gains.shape[0], "lists are judged with all that is hidden"


def test_data_without_enough_items_are_refused_in_words():
    lone = build("lone", ["a", "b"], ["x", "y"], (np.array([0, 1]), np.array([0, 0])), np.ones(2))
    with pytest.raises(DataError, match="nothing to measure"):
        measure(lone, PARAMS, replace(HOW, share=0.5), [Space("s", np.ones((2, 2), np.float32), "s")])
