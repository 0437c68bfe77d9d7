"""The samples behave like real data: measured gaps between models, agreement where the truth says so, and the files as made."""

import subprocess
import sys
import time
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from textrec_core.data import samples
from textrec_core.data.dataset import Dataset, build
from textrec_core.data.simulate import Simulated, simulate
from textrec_core.data.split import Split, random_per_person
from textrec_core.errors import DataError
from textrec_core.evaluate import metrics
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.content import TextProfile
from textrec_core.models.scorer import Scorer
from textrec_core.people.recommend import everyone
from textrec_core.spaces.agreement import AgreementParams, agreement
from textrec_core.spaces.neighbours import nearest
from textrec_core.spaces.space import Space

K = 10
MARGIN = 0.01


def text_space(dataset: Dataset, axes: int = 128) -> Space:
    """What the words say, by the plainest means: no trained encoder is needed to see the gaps."""
    table = TfidfVectorizer(stop_words="english", sublinear_tf=True, min_df=2).fit_transform(dataset.texts)
    vectors = TruncatedSVD(axes, random_state=0).fit_transform(table).astype(np.float32)
    return Space("Words", vectors, "words")


def wals_space(dataset: Dataset, params: wals.WalsParams) -> Space:
    """Trained item factors; items that nearly nobody chose have no place."""
    vectors = wals.fit(dataset, params).items.copy()
    vectors[dataset.popularity < 10] = 0
    return Space("WALS", vectors, f"wals {params.seed}")


@dataclass(frozen=True, eq=False)
class Blend:
    """Two scorers' scores, each person's brought to mean zero and spread one, added."""

    one: Scorer
    other: Scorer
    weight: float = 0.4

    def scores(self, rows: np.ndarray) -> np.ndarray:
        return level(self.one.scores(rows)) + self.weight * level(self.other.scores(rows))


def level(scores: np.ndarray) -> np.ndarray:
    return (scores - scores.mean(axis=1, keepdims=True)) / (scores.std(axis=1, keepdims=True) + 1e-9)


def ndcg(split: Split, scorer: Scorer) -> float:
    lists, _ = everyone(split.train, scorer, K, split.people)
    found = metrics.hits(lists, split.held_out, split.people)
    return float(metrics.ndcg(found, metrics.relevant(split.held_out, split.people), K).mean())


def dataset_of(made: Simulated, like: Dataset) -> Dataset:
    pairs = made.events.drop_duplicates(["user", "item"])
    rows = np.searchsorted(np.sort(made.users.astype(str)), pairs["user"].to_numpy(str))
    rows = np.argsort(made.users.astype(str), kind="stable")[rows]
    place = {identity: column for column, identity in enumerate(made.items)}
    columns = pairs["item"].map(place).to_numpy()
    return build("made", made.users, made.items, (rows, columns), np.ones(rows.size), texts=like.texts)


def gini(counts: np.ndarray) -> float:
    ordered = np.sort(counts)
    places = np.arange(1, ordered.size + 1)
    return float((2 * places - ordered.size - 1) @ ordered / (ordered.size * ordered.sum()))


@pytest.fixture(scope="module")
def films() -> Dataset:
    return samples.load("films")


@pytest.fixture(scope="module")
def said(films) -> Space:
    return text_space(films)


@pytest.fixture(scope="module")
def done(films) -> Space:
    return wals_space(films, wals.WalsParams())


@pytest.fixture(scope="module")
def measured(films, said) -> dict[str, np.ndarray]:
    """NDCG@10 of each ranking on three splits."""
    truth = samples.truth("films")
    rows: dict[str, list[float]] = {}
    for seed in range(3):
        split = random_per_person(films, seed=seed)
        factors = wals.scorer(split.train, wals.fit(split.train, wals.WalsParams()))
        profile = TextProfile(split.train, said)
        rankings = {
            "popularity": Popularity(split.train), "text": profile, "WALS": factors,
            "hybrid": Blend(factors, profile), "truth": truth,
        }  # fmt: skip
        for name, ranking in rankings.items():
            rows.setdefault(name, []).append(ndcg(split, ranking))
    return {name: np.array(values) for name, values in rows.items()}


def test_films_are_as_dense_and_as_unequal_as_real_data(films):
    assert films.matrix.shape == (3_000, 786)
    assert 0.06 <= films.interactions / np.prod(films.matrix.shape) <= 0.07
    assert 0.6 <= gini(films.popularity) <= 0.8
    assert films.interactions == pytest.approx(150_000, rel=0.02)
    counts = np.diff(films.matrix.indptr)
    assert counts.min() >= 5
    assert counts.max() <= 400


def test_each_ranking_beats_the_one_before(measured):
    order = ["popularity", "text", "WALS", "hybrid", "truth"]
    for worse, better in pairwise(order):
        assert (measured[better] > measured[worse] + MARGIN).all(), (worse, better, measured)
    assert (measured["truth"] > 1.5 * measured["hybrid"]).all()


def test_where_words_tell_nothing_reading_helps_no_more_than_popularity(films, said):
    made = simulate(samples.catalogue("films"), replace(samples.SAMPLES["films"].params, words_tell=0.0))
    split = random_per_person(dataset_of(made, films), seed=0)
    assert ndcg(split, TextProfile(split.train, said)) <= ndcg(split, Popularity(split.train)) + MARGIN


def test_words_and_behaviour_agree_far_above_chance_and_far_below_behaviour_with_itself(films, said, done):
    across = agreement(said, done, AgreementParams())
    again = agreement(done, wals_space(films, wals.WalsParams(seed=1)), AgreementParams())
    assert across.mean > 4 * across.chance
    assert again.mean > 3 * across.mean


def test_the_spaces_agree_about_items_that_are_driven_by_their_words(said, done):
    share, overlap = samples.truth("films").word_share, agreement(said, done, AgreementParams()).overlap
    worded, other = overlap[(share > 0.7) & ~np.isnan(overlap)], overlap[(share < 0.3) & ~np.isnan(overlap)]
    assert min(worded.size, other.size) > 100
    wins = (worded[:, None] > other[None, :]).mean() + 0.5 * (worded[:, None] == other[None, :]).mean()
    assert wins >= 0.8


def test_the_words_of_a_printer_lead_to_printers_and_the_baskets_to_toner_and_paper():
    shop = samples.load("shop")
    kinds = shop.attributes["kind"]
    printers = (kinds == "printer") & (shop.popularity >= 10)
    bought = nearest(wals_space(shop, wals.WalsParams()), 3).rows[printers]
    read = nearest(text_space(shop, 64), 3).rows[printers]
    assert printers.sum() >= 3
    assert (kinds[read] == "printer").mean() > 0.5
    assert np.isin(kinds[bought], ["toner", "paper"]).mean() > 0.6
    assert (kinds[bought] == "printer").mean() < 0.15


@pytest.mark.parametrize("name", samples.NAMES)
def test_a_sample_loads_fast_and_says_what_it_is(name):
    samples.load(name)
    started = time.process_time()
    dataset = samples.load(name)
    assert time.process_time() - started < 0.5
    assert dataset.note == samples.NAMES[name]
    assert "simulated people" in dataset.note
    assert dataset.has_texts


@pytest.mark.parametrize("name", samples.NAMES)
def test_truth_follows_the_dataset(name):
    dataset, truth = samples.load(name), samples.truth(name)
    assert (len(truth.users), len(truth.items)) == dataset.matrix.shape
    assert (dataset.popularity[truth.withheld == 1] == 0).all()
    chosen = np.mean([truth.scores(np.array([user]))[0][dataset.history(user)].mean() for user in range(50)])
    assert chosen > truth.scores(np.arange(50)).mean() + 1


@pytest.mark.parametrize("name", samples.NAMES)
def test_no_column_that_only_the_simulation_knows_is_shown(name):
    dataset = samples.load(name)
    assert not {"themes", "children", "canon", "date", "fame", "goes_with"} & set(dataset.attributes)
    assert list(dataset.texts) == list(samples.catalogue(samples.SAMPLES[name].catalogue)["description"])


def test_what_is_repeated_counts_as_often_as_it_happened_at_its_last_time(films):
    events = samples.events("films")
    grouped = events.groupby(["user", "item"], sort=False)["time"].agg(["size", "max"])
    assert films.matrix.data.sum() == len(events)
    for (user, item), row in grouped[grouped["size"] > 2].head(20).iterrows():
        person, column = films.user_row(user), films.item_row(item)
        place = films.history(person).tolist().index(column)
        times = films.times_of(person)
        assert times is not None
        assert (films.weights(person)[place], times[place]) == (row["size"], row["max"])


@pytest.mark.parametrize("name", samples.NAMES)
def test_the_files_are_what_the_simulator_makes_today(name):
    made, events, truth = samples.make(name), samples.events(name), samples.truth(name)
    assert made.events["time"].to_numpy().tobytes() == events["time"].to_numpy().tobytes()
    for column in ("user", "item"):
        assert list(made.events[column]) == list(events[column])
    np.testing.assert_array_equal(made.truth.users.astype(np.float16), truth.users)
    np.testing.assert_array_equal(made.truth.items.astype(np.float16), truth.items)


def test_all_samples_together_are_small_and_say_where_they_come_from():
    folders = [samples.FOLDER / name for name in samples.NAMES]
    made = ("items.csv", "interactions.parquet", "truth.npz", "SOURCE.md")
    assert sum(f.stat().st_size for folder in folders for f in folder.iterdir() if f.name in made) <= 8 * 1024**2
    assert all("simulated" in (folder / "SOURCE.md").read_text(encoding="utf-8") for folder in folders)


def test_an_unknown_sample_is_refused_in_words():
    for ask in (samples.load, samples.truth, samples.events):
        with pytest.raises(DataError, match="There is no sample 'music'"):
            ask("music")


def test_loading_a_sample_needs_no_heavy_library():
    code = (
        "import sys; from textrec_core.data import samples; samples.load('films'); samples.truth('films');"
        "print([name for name in ('sklearn', 'implicit', 'torch', 'transformers', 'umap') if name in sys.modules])"
    )
    root = samples.FOLDER.parents[1]
    spoken = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    assert spoken.strip() == "[]"


def test_exactly_forty_films_were_never_chosen_and_forty_by_fewer_than_five_people():
    popularity = samples.load("films").popularity
    assert (popularity == 0).sum() == 40
    assert ((popularity > 0) & (popularity < 5)).sum() == 40
