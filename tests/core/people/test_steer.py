"""A steered list is the plain list until a knob is turned, and each knob does what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import TableScorer
from tests.strategies import scored
from textrec_core.data.dataset import build
from textrec_core.errors import DataError
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.content import TextProfile
from textrec_core.people import recommend, steer
from textrec_core.people.steer import SteerParams
from textrec_core.spaces.space import Space

shares = st.floats(0, 1)


def flat(dataset, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(dataset.items.size, 4)).astype(np.float32)
    return Space("flat", vectors, "f")


@pytest.fixture(scope="module")
def models(dataset):
    fit = wals.fit(dataset, wals.WalsParams(rank=4, iterations=4))
    return {
        "WALS": wals.scorer(dataset, fit), "Text profile": TextProfile(dataset, flat(dataset)), "Popularity": Popularity(dataset)
    }  # fmt: skip


@given(scored(), st.integers(1, 12))
def test_an_untouched_wheel_leaves_the_list_as_it_is(drawn, k):
    dataset, table = drawn
    scorer = TableScorer(dataset, table)
    for user in range(dataset.users.size):
        plain = recommend.top_k(dataset, scorer, user, k).items
        assert (
            steer.steered(dataset, {"WALS": scorer}, user, k, SteerParams(), flat(dataset)).items.tolist()
            == plain.tolist()
        )


@given(scored(), shares, shares, shares, st.integers(1, 12))
def test_whatever_is_turned_no_item_stands_twice_and_nothing_seen_is_listed_unless_asked(drawn, diverse, new, again, k):
    dataset, table = drawn
    models = {"WALS": TableScorer(dataset, table), "Popularity": Popularity(dataset)}
    for user in range(dataset.users.size):
        params = SteerParams(popularity=0.5, diversity=diverse, exploration=new, repeats=again)
        listed = steer.steered(dataset, models, user, k, params, flat(dataset)).items
        assert len(set(listed)) == len(listed) <= k
        seen = np.isin(listed, dataset.history(user)).sum()
        assert seen <= np.floor(again * len(listed) + 1e-6) + 1e-9
        if not again:
            assert len(listed) == min(k, dataset.items.size - dataset.history(user).size)


@given(shares, shares, shares, st.sets(st.integers(0, 39)))
def test_a_filtered_list_holds_only_what_passes(dataset, models, diverse, new, again, passing):
    among = np.isin(np.arange(dataset.items.size), list(passing))
    params = SteerParams(diversity=diverse, exploration=new, repeats=again)
    listed = steer.steered(dataset, models, 3, 8, params, flat(dataset), among).items
    assert among[listed].all()
    open_ = among.copy()
    open_[dataset.history(3)] = False
    assert listed.size >= min(8, open_.sum()) or again


def test_one_voice_alone_gives_that_models_list(dataset, models):
    for voice, name in steer.VOICES.items():
        params = SteerParams(**{**dict.fromkeys(steer.VOICES, 0.0), voice: 0.7})
        listed = steer.steered(dataset, models, 3, 8, params, flat(dataset)).items
        assert listed.tolist() == recommend.top_k(dataset, models[name], 3, 8).items.tolist()


def test_a_blend_weighs_z_scores(dataset, models):
    unseen = np.setdiff1d(np.arange(dataset.items.size), dataset.history(3))
    mixed = steer.blend(models, 3, SteerParams(behaviour=1.0, popularity=0.5), unseen)
    zs = []
    for name in ("WALS", "Popularity"):
        row = np.asarray(models[name].scores(np.array([3]))[0], float)[unseen]
        zs.append((row - row.mean()) / row.std())
    np.testing.assert_allclose(mixed[unseen], (zs[0] + 0.5 * zs[1]) / 1.5)
    assert np.isneginf(mixed[dataset.history(3)]).all()


def test_diversity_makes_the_list_less_alike_in_its_space_and_full_diversity_never_repeats_a_twin(dataset, models):
    space = flat(dataset, 1)
    lists = [steer.steered(dataset, models, 3, 8, SteerParams(diversity=d), space).items for d in (0.0, 0.3, 0.7)]
    likeness = [steer.alike(space, items) for items in lists]
    assert likeness[0] > likeness[2]
    assert lists[0][0] == lists[1][0], "the first has nothing above it"


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_exploration_gives_its_share_of_places_to_the_under_explored(dataset, models, share):
    tail = steer.under_explored(dataset)
    listed = steer.steered(dataset, models, 3, 5, SteerParams(popularity=1.0, exploration=share), flat(dataset)).items
    assert tail[listed].sum() >= min(round(5 * share), tail[np.setdiff1d(np.arange(40), dataset.history(3))].sum())


def test_the_explored_head_is_the_smallest_that_makes_up_four_fifths(dataset):
    tail, counts = steer.under_explored(dataset), dataset.popularity
    head = counts[~tail]
    assert head.sum() >= 0.8 * counts.sum() > head.sum() - head.min()
    assert head.min() >= counts[tail].max()


def test_base_level_grows_with_how_often_and_falls_with_the_root_of_how_long_ago():
    day = 86_400
    data = build(
        "x", ["u", "v"], list("abc"), (np.array([0, 0, 0, 1]), np.array([0, 1, 2, 0])), np.array([1.0, 4.0, 1.0, 1.0]),
        np.array([100 * day, 100 * day, 184 * day, 200 * day]),
    )  # fmt: skip
    level = steer.base_level(data, 0)
    np.testing.assert_allclose(np.exp(level), [1 / 10, 4 / 10, 1 / 4])


def test_without_times_no_repeat_is_offered(hand):
    models = {"Popularity": Popularity(hand)}
    params = SteerParams(behaviour=0, popularity=1, repeats=1.0)
    listed = steer.steered(hand, models, 0, 6, params, flat(hand)).items
    assert not set(listed) & set(hand.history(0))
    assert len(listed) == 3


def test_repeats_come_by_base_level(dataset, models):
    listed = steer.steered(dataset, models, 3, 10, SteerParams(repeats=0.3), flat(dataset)).items
    again = listed[np.isin(listed, dataset.history(3))]
    order = dataset.history(3)[np.argsort(-steer.base_level(dataset, 3), kind="stable")]
    assert again.tolist() == order[:3].tolist()


def test_likeness_is_the_mean_cosine_over_pairs(dataset):
    space = flat(dataset)
    rows = np.array([1, 4, 9])
    cosines = [float(space.directions[a] @ space.directions[b]) for a, b in ((1, 4), (1, 9), (4, 9))]
    assert steer.alike(space, rows) == pytest.approx(np.mean(cosines), abs=1e-6)
    assert steer.alike(space, rows[:1]) == 0


def test_what_is_measured_of_a_list_is_what_it_holds(dataset):
    items = np.array([0, 1, int(dataset.history(3)[0])])
    found = steer.measured(dataset, items, 3, None, flat(dataset))
    assert found.alike_words is None
    assert found.popularity == pytest.approx(dataset.popularity[items].mean() / 60)
    assert found.repeats == np.isin(items, dataset.history(3)).sum()


def test_what_is_unexpected_is_far_from_every_past_choice(dataset):
    space = flat(dataset)
    past = np.array([2, 3])
    assert steer.unexpected(space, np.array([2, 3]), past) == pytest.approx(0.0, abs=1e-6)
    apart = 1 - max(float(space.directions[7] @ space.directions[one]) for one in past)
    assert steer.unexpected(space, np.array([7]), past) == pytest.approx(apart, abs=1e-6)
    assert np.isnan(steer.unexpected(space, np.array([7]), np.empty(0, int)))


@pytest.mark.parametrize("k", [0, 10**9])
def test_a_list_no_one_could_read_is_refused(dataset, models, k):
    with pytest.raises(DataError):
        steer.steered(dataset, models, 0, k, SteerParams(), flat(dataset))


@given(scored(), shares, st.integers(1, 8))
def test_each_place_goes_to_the_best_mix_of_relevance_and_distance_from_those_above(drawn, diverse, k):
    dataset, table = drawn
    space, scorer = flat(dataset), TableScorer(dataset, table)
    for user in range(dataset.users.size):
        left = np.setdiff1d(np.arange(dataset.items.size), dataset.history(user))
        listed = steer.steered(dataset, {"WALS": scorer}, user, k, SteerParams(diversity=diverse), space).items
        assert listed.size == min(k, left.size)
        value = table[user].astype(float)
        if left.size and np.ptp(value[left]):
            value = (value - value[left].min()) / np.ptp(value[left])
        else:
            value = np.zeros(value.size)
        for place, item in enumerate(listed):
            above = listed[:place]
            near = (space.directions @ space.directions[above].T).max(axis=1) if place else np.zeros(value.size)
            mixed = (1 - diverse) * value - diverse * near
            assert mixed[item] >= mixed[np.setdiff1d(left, above)].max() - 1e-5


def test_what_is_held_away_from_likeness_is_held_by_as_much_less_of_relevance(dataset, models):
    space, diverse = flat(dataset, 1), 0.6
    left = np.setdiff1d(np.arange(dataset.items.size), dataset.history(3))
    value = np.asarray(models["WALS"].scores(np.array([3]))[0], float)
    value = (value - value[left].min()) / np.ptp(value[left])
    first, second, *_rest = steer.steered(
        dataset, {"WALS": models["WALS"]}, 3, 8, SteerParams(diversity=diverse), space
    ).items
    mixed = (1 - diverse) * value - diverse * (space.directions @ space.directions[first])
    assert second == max(np.setdiff1d(left, [first]), key=lambda item: mixed[item])


def test_among_many_items_the_best_of_the_little_explored_are_within_reach_and_a_long_list_is_whole():
    count = 400
    columns = np.concatenate([np.repeat(np.arange(count // 2), 9), np.arange(count)])
    rows = np.concatenate([np.tile(np.arange(1, 10), count // 2), np.full(count, 10)])
    data = build(
        "x", [f"u{n}" for n in range(11)], [f"t{n}" for n in range(count)], (rows, columns), np.ones(rows.size)
    )
    scorer = TableScorer(data, np.tile(-np.arange(count, dtype=float), (11, 1)))
    tail = np.flatnonzero(steer.under_explored(data))
    listed = steer.steered(data, {"WALS": scorer}, 0, 5, SteerParams(exploration=1.0), flat(data)).items
    assert tail.min() > steer.POOL // 2
    assert listed.tolist() == tail[:5].tolist()
    alike = build("x", ["u", "v"], data.items, (np.ones(count, int), np.arange(count)), np.ones(count))
    whole = steer.steered(alike, {"WALS": scorer}, 0, 350, SteerParams(), flat(data)).items
    assert whole.tolist() == list(range(350))


def test_a_list_is_measured_in_words_and_in_behaviour_each_for_itself(dataset):
    words, behaviour, items = flat(dataset, 1), flat(dataset, 2), np.array([0, 5, 9, 30])
    found = steer.measured(dataset, items, 3, words, behaviour)
    assert found.alike_words == pytest.approx(steer.alike(words, items))
    assert found.alike_behaviour == pytest.approx(steer.alike(behaviour, items))
    assert found.alike_words != pytest.approx(found.alike_behaviour)
    assert found.unexpected == pytest.approx(steer.unexpected(words, items, dataset.history(3)))
    assert found.explored == steer.under_explored(dataset)[items].mean()
    rare = np.flatnonzero(steer.under_explored(dataset))[:3]
    assert steer.measured(dataset, rare, 3, words, behaviour).explored == 1
