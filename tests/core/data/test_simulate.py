"""What the simulator owes: the same bytes for the same seed, knobs that do what they say, times that make sense."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from textrec_core.data import diary, samples
from textrec_core.data.names import invented_names
from textrec_core.data.simulate import FEWEST, MOST, Simulated, SimulateParams, simulate
from textrec_core.data.tastes import SPOKEN, item_tastes
from textrec_core.errors import DataError
from textrec_core.params import declared

SMALL = SimulateParams(people=400, interactions=30, seed=5)


@pytest.fixture(scope="module")
def films() -> pd.DataFrame:
    return samples.catalogue("films")


@pytest.fixture(scope="module")
def small(films) -> Simulated:
    return simulate(films, SMALL)


def gini(counts: np.ndarray) -> float:
    """0 where all are chosen alike, towards 1 where one takes all."""
    ordered = np.sort(counts)
    places = np.arange(1, ordered.size + 1)
    return float((2 * places - ordered.size - 1) @ ordered / (ordered.size * ordered.sum()))


def popularity(simulated: Simulated) -> np.ndarray:
    pairs = simulated.events.drop_duplicates(["user", "item"])
    return pairs["item"].value_counts().reindex(simulated.items, fill_value=0).to_numpy()


def test_the_same_seed_gives_the_same_bytes(films, small):
    again = simulate(films, SMALL)
    for one, other in ((small.truth.users, again.truth.users), (small.truth.items, again.truth.items)):
        assert one.tobytes() == other.tobytes()
    assert list(small.users) == list(again.users)
    pd.testing.assert_frame_equal(small.events, again.events, check_exact=True)


def test_another_seed_gives_other_people(films, small):
    other = simulate(films, replace(SMALL, seed=6))
    assert list(small.users) != list(other.users)
    assert not np.array_equal(small.truth.users, other.truth.users)


def test_truth_is_finite_and_follows_people_and_items(small, films):
    truth = small.truth
    assert truth.scores(np.arange(3)).shape == (3, len(films))
    assert np.isfinite(truth.scores(np.arange(SMALL.people))).all()
    assert truth.fingerprint != simulate(films, replace(SMALL, noise=2.0, words_tell=0.6)).truth.fingerprint
    with pytest.raises(ValueError, match="read-only"):
        truth.users[0, 0] = 1.0


def test_everybody_chooses_between_five_and_four_hundred_items_and_some_choose_very_many(small):
    counts = small.events.drop_duplicates(["user", "item"])["user"].value_counts()
    assert counts.size == SMALL.people
    assert counts.between(FEWEST, MOST).all()
    assert counts.mean() == pytest.approx(SMALL.interactions, abs=2)
    assert counts.max() > 5 * counts.median()


def test_forty_items_are_never_chosen_and_forty_by_fewer_than_five_people(small):
    counts, withheld = popularity(small), small.truth.withheld
    assert (counts[withheld == 1] == 0).all()
    assert (withheld == 1).sum() == (withheld == 2).sum() == 40
    assert ((counts[withheld == 2] >= 1) & (counts[withheld == 2] < 5)).all()


def test_cold_items_are_spread_over_fame_and_have_an_audience_of_their_own(small):
    truth = small.truth
    fame = np.argsort(np.argsort(truth.items[:, -1])) / len(truth.items)
    for kind in (1, 2):
        assert np.histogram(fame[truth.withheld == kind], 4, (0, 1))[0].min() >= 8
    cold = np.flatnonzero(truth.withheld == 1)
    audiences = {tuple(truth.audience(item, 10)) for item in cold}
    assert len(audiences) == cold.size


def test_who_would_have_chosen_a_cold_item_wants_it_more_than_the_last_of_as_many_others_as_they_chose(small):
    truth = small.truth
    cold, chosen = np.flatnonzero(truth.withheld == 1), small.events.groupby("user").item.nunique()
    counts = chosen.reindex(small.users).to_numpy()
    would = truth.choosers(cold, counts)
    scores = truth.scores(np.arange(small.users.size))
    others = np.setdiff1d(np.arange(len(truth.items)), cold)
    for user in range(small.users.size):
        last = sorted(scores[user, others])[-int(counts[user])]
        assert would[user].tolist() == [bool(score >= last) for score in scores[user, cold]]


def test_nothing_is_chosen_before_it_was_made_nor_outside_the_three_years(small, films):
    when = pd.to_datetime(small.events["time"], unit="s")
    assert when.min() >= pd.Timestamp("2022-01-01")
    assert when.max() < pd.Timestamp("2025-01-02")
    made = films.set_index("id")["year"].reindex(small.events["item"]).to_numpy()
    assert (when.dt.year.to_numpy() >= np.where(made >= 2022, made, 0)).all()
    assert ((made >= 2022).sum()) > 0


def test_nobody_sees_a_part_of_a_series_before_an_earlier_one(small, films):
    first = small.events.drop_duplicates(["user", "item"]).merge(
        films[films["series"] != ""], left_on="item", right_on="id"
    )
    first["part"] = first["part"].astype(int)
    steps = first.sort_values(["user", "series", "part"]).groupby(["user", "series"])["time"].diff().dropna()
    assert steps.size > 50
    assert (steps >= 0).all()
    # Chance would put one pair in a hundred within four days.
    assert (steps < 4 * diary.DAY).mean() > 0.4


def test_children_watch_at_weekends_and_again(small, films):
    events = small.events.merge(films, left_on="item", right_on="id")
    weekend = pd.to_datetime(events["time"], unit="s").dt.day_of_week >= 5
    childrens, canon = events["children"] == 3, (events["canon"] == 3) & (events["children"] == 0)
    assert weekend[childrens].mean() > weekend[canon].mean() + 0.15
    again = events.duplicated(["user", "item"])
    assert again[childrens].mean() > 1.5 * again[canon].mean()
    assert 0.01 < again.mean() < 0.15


def test_an_evening_keeps_its_mood(small, films):
    loadings = small.truth.items[:, [str(name).startswith(("themes", *SPOKEN.values())) for name in small.truth.tastes]]
    loadings = loadings / np.maximum(np.linalg.norm(loadings, axis=1, keepdims=True), 1e-9)
    rows = pd.Index(small.items).get_indexer(small.events["item"])
    alike = np.einsum("nt,nt->n", loadings[rows[1:]], loadings[rows[:-1]])
    gap = np.diff(small.events["time"].to_numpy())
    same_person = small.events["user"].to_numpy()[1:] == small.events["user"].to_numpy()[:-1]
    evening, apart = same_person & (gap < 4 * 3_600), same_person & (gap > 3 * diary.DAY)
    assert evening.sum() > 200
    assert alike[evening].mean() > 1.5 * alike[apart].mean()


def test_more_noise_makes_the_true_ranking_tell_less(films):
    def chosen_rank(noise: float) -> float:
        made = simulate(films, replace(SMALL, noise=noise, popularity_bias=0.5))
        better = np.argsort(np.argsort(-made.truth.scores(np.arange(SMALL.people)), axis=1), axis=1)
        users, items = pd.Index(made.users), pd.Index(made.items)
        return float(better[users.get_indexer(made.events["user"]), items.get_indexer(made.events["item"])].mean())

    calm, wild = chosen_rank(0.5), chosen_rank(3.0)
    assert calm < wild - 20


def test_sparsity_loses_its_share_of_the_events_and_no_person(films, small):
    thin = simulate(films, replace(SMALL, sparsity=0.6))
    # Everybody's first event stays; of the others four in ten do.
    others, left = len(small.events) - SMALL.people, len(thin.events) - SMALL.people
    assert left == pytest.approx(0.4 * others, rel=0.05)
    assert thin.events["user"].nunique() == SMALL.people
    kept = thin.events.merge(small.events, how="left", indicator=True)
    assert (kept["_merge"] == "both").all()


def test_popularity_bias_concentrates_choices(films, small):
    fair, unfair = (simulate(films, replace(SMALL, popularity_bias=bias)) for bias in (0.0, 3.0))
    assert gini(popularity(fair)) + 0.15 < gini(popularity(small)) < gini(popularity(unfair)) - 0.03


def test_people_and_interactions_are_as_many_as_asked(films):
    made = simulate(films, replace(SMALL, people=150, interactions=60))
    assert made.users.size == 150
    assert len(made.events.drop_duplicates(["user", "item"])) == pytest.approx(150 * 60, rel=0.05)


def test_words_tell_moves_items_from_hidden_to_readable_tastes(films):
    shares = [item_tastes(films, told).word_share for told in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert (shares[0] == 0).all()
    assert (shares[-1] == 1).all()
    means = [float(share.mean()) for share in shares]
    assert means == sorted(means)
    # In between both kinds of item are there: without them the two spaces could not differ by place.
    assert ((shares[2] < 0.3).mean() > 0.15) & ((shares[2] > 0.7).mean() > 0.15)


def test_more_tastes_make_people_less_alike_their_own_choices(films):
    def told_by_few(tastes: int) -> float:
        truth = simulate(films, replace(SMALL, tastes=tastes)).truth
        named = np.array([str(name).startswith("themes") for name in truth.tastes])
        wanted = np.sort(np.abs(truth.users[:, named]), axis=1)
        return float((wanted[:, -2:].sum(axis=1) / wanted.sum(axis=1)).mean())

    assert told_by_few(1) > told_by_few(4) + 0.1 > told_by_few(12) + 0.15


def test_every_parameter_is_declared_and_checked():
    assert {entry.name for entry in declared(SimulateParams)} == set(SimulateParams.__dataclass_fields__)
    for wrong in ({"people": 5}, {"noise": -1.0}, {"sparsity": 1.0}, {"words_tell": 1.5}, {"tastes": 0}, {"seed": -1}):
        with pytest.raises(DataError):
            SimulateParams(**wrong)


def test_a_substitute_is_spared_and_a_complement_is_not():
    products = samples.catalogue("shop")
    made = simulate(products, replace(SMALL, popularity_bias=0.1, interactions=16))
    bought = made.events.drop_duplicates(["user", "item"]).merge(products, left_on="item", right_on="id")
    baskets = bought.groupby(["user", "goes_with"])["kind"].agg(["size", "nunique"])
    several = baskets[baskets["size"] == 3]
    assert len(several) > 50
    assert (several["nunique"] >= 2).mean() > 0.8


def test_a_catalogue_of_a_few_items_is_enough():
    few = samples.catalogue("shop").head(12)
    made = simulate(few, SimulateParams(people=10, interactions=5))
    assert made.users.size == 10
    assert set(made.events["item"]) <= set(few["id"])


@pytest.mark.parametrize("count", [1, 500, 25_000])
def test_invented_names_are_all_different(count):
    names = invented_names(np.random.default_rng(0), count)
    assert len(set(names)) == count
    assert all(" " in name for name in names)
