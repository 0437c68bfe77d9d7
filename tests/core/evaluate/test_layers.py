"""A layer study: every way once, nothing hidden is learned from, and the advice says what was measured."""

import time
from dataclasses import replace

import numpy as np
import pytest

from textrec_core.data.dataset import Dataset, build
from textrec_core.data.split import new_items
from textrec_core.errors import DataError
from textrec_core.evaluate import layers
from textrec_core.evaluate.layers import COUNTED, LAYER, MEAN, MIX, POOLER, LayersParams
from textrec_core.models import wals
from textrec_core.share import shelf
from textrec_core.text import depth
from textrec_core.text.encoder import TextParams, sentences

HOW = LayersParams(listed=5, share=0.3)
PARAMS = wals.WalsParams(rank=8, iterations=3)
KINDS = ("a quiet love story by the sea", "robots at war in deep space", "a cook and his kitchen", "murder on a train")


@pytest.fixture(scope="module")
def told() -> Dataset:
    rng = np.random.default_rng(0)
    kind, taste = np.arange(40) % 4, np.arange(50) % 4
    rows, columns = np.nonzero(rng.random((50, 40)) < np.where(taste[:, None] == kind, 0.6, 0.05))
    texts = [f"{KINDS[k]}, part {n}" for n, k in enumerate(kind)]
    texts[7] = " "
    return build("told", [f"p{n}" for n in range(50)], [f"i{n}" for n in range(40)], (rows, columns), np.ones(rows.size), texts=texts)  # fmt: skip


@pytest.fixture(scope="module")
def study(told):
    return layers.measure(told, PARAMS, HOW)


def test_every_layer_mean_and_mix_stands_once_from_best_to_worst(study):
    kinds = [way.kind for way in study.ways]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        LAYER: study.layers + 1, MEAN: study.layers - 1, MIX: 2, POOLER: 1,
    }  # fmt: skip
    means = [way.new_items.value.mean for way in study.ways]
    assert means == sorted(means, reverse=True)
    assert study.counted.kind == COUNTED


def test_the_pooler_is_called_untrained(study):
    assert [way.name for way in study.ways if "untrained" in way.name] == ["pooler (untrained)"]


def test_every_number_is_a_share_or_a_time(study):
    for way in (*study.ways, study.counted):
        assert 0 <= way.new_items.value.low <= way.new_items.value.mean <= way.new_items.value.high <= 1
        assert 0 <= way.agrees.low <= way.agrees.mean <= way.agrees.high <= 1
        assert -1 <= way.after <= way.cosine + 0.05 <= 1.05
        assert way.seconds > 0
        assert np.isfinite(way.logme)


def test_counted_words_stand_against_the_best_way(study):
    row, best = study.counted.new_items, study.ways[0].new_items
    assert row.model == study.counted.name == "LSA"
    assert row.behind.mean == pytest.approx(row.value.mean - best.value.mean)


def test_a_layer_costs_what_it_takes_to_reach_it(study):
    seconds = {way.name: way.seconds for way in study.ways}
    layers_first = sorted(name for name in seconds if name.startswith("layer "))
    assert len(layers_first) == study.layers + 1
    assert [seconds[name] for name in layers_first] == sorted(seconds[name] for name in layers_first)
    assert seconds[layers_first[0]] < seconds[layers_first[-1]] == seconds["mean of the top 2 layers"]


def test_shares_of_each_mix_sum_to_one(study):
    assert [mix.layers for mix in study.mixes] == [tuple(range(study.layers + 1)), tuple(range(1, study.layers + 1))]
    for mix in study.mixes:
        assert len(mix.shares) == len(mix.layers)
        assert sum(mix.shares) == pytest.approx(1.0, abs=1e-9)


def test_what_is_hidden_teaches_no_mix(told):
    """Other choices of the hidden items leave every share as it was."""
    own, _notes = layers.spoken(told, 0)
    read = layers.reader(HOW.encoder).read(sentences(own))
    split = new_items(own, HOW.share, HOW.seed)
    rows, columns = own.matrix.nonzero()
    moved = np.where(np.isin(columns, split.candidates), (rows + 1) % 50, rows)
    other = build("told", own.users, own.items, (moved, columns), np.ones(rows.size), texts=own.texts)
    again = new_items(other, HOW.share, HOW.seed)
    assert (again.candidates == split.candidates).all()
    one, two = (layers.learn_mixes(read, each, PARAMS, HOW, lambda _s, _w: None) for each in (split, again))
    assert one == two


def test_items_without_a_text_are_left_out_and_said(told, study):
    own, notes = layers.spoken(told, 0)
    assert own.items.size == study.items == 39
    assert "i7" not in own.items
    assert notes == ["1 item without a text is left out."] == list(study.notes)
    assert own.popularity.tolist() == np.delete(told.popularity, 7).tolist()


def test_the_advice_names_its_place_and_the_best(study):
    place = next(n for n, way in enumerate(study.ways, 1) if way.name == "mean of the top 4 layers")
    said = study.advice()
    assert (f"place {place} of {len(study.ways)}" in said) or (place == 1 and "first of" in said)
    assert f"{study.ways[0].new_items.value.mean:.3f}" in said
    few = replace(study, ways=tuple(way for way in study.ways if way.kind != MEAN))
    assert "does not apply" in few.advice()


def test_alike_is_the_mean_over_pairs():
    vectors = np.random.default_rng(0).normal(size=(9, 4))
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    pairs = [directions[a] @ directions[b] for a in range(9) for b in range(9) if a != b]
    assert layers.alike(np.vstack([vectors, np.zeros((2, 4))])) == pytest.approx(np.mean(pairs))


def test_deeper_layers_take_longer():
    network = layers.reader("built-in").network()
    start = time.perf_counter()
    spent = depth.seconds(network, [f"A film about the sea, number {n}" for n in range(4)])
    assert spent.size == network.shape[0]
    assert (np.diff(spent) > 0).all()
    assert 2 * spent[-1] < time.perf_counter() - start, "of three turns two take at least as long as the middle one"


def test_a_study_comes_back_from_the_shelf(study, tmp_path):
    shelf.save(tmp_path, study)
    back = shelf.load(tmp_path, study.fingerprint)
    assert (back.ways, back.counted, back.mixes, back.notes) == (study.ways, study.counted, study.mixes, study.notes)
    assert back.advice() == study.advice()


def test_the_cost_names_reading_and_ranking_and_grows_with_the_texts(told):
    own, _notes = layers.spoken(told, 0)
    assert "Reading 39 texts" in layers.cost(own, "built-in")
    assert "ranking by each way takes about 1 minute," in layers.cost(own, "built-in")
    many = build("many", np.array(["u"]), np.array([f"i{n}" for n in range(9_000)]), ([0], [0]), np.ones(1))
    assert "takes 4 to 38 minutes" in layers.cost(many, "built-in")


def test_the_name_follows_encoder_data_and_settings(told):
    names = {layers.name_of(told, PARAMS, HOW), layers.name_of(told, PARAMS, replace(HOW, seed=1)), layers.name_of(told, replace(PARAMS, rank=4), HOW)}  # fmt: skip
    assert len(names) == 3


@pytest.mark.parametrize("name", ["lsa", "built-in + lsa"])
def test_what_has_no_layers_is_refused_in_words(name):
    with pytest.raises(DataError, match="no layers"):
        layers.reader(name)


def test_the_encoder_in_use_is_the_one_with_layers():
    assert layers.in_use(TextParams()) == layers.in_use(TextParams(encoder="lsa")) == "built-in"


def test_too_few_texts_are_refused_in_words(told):
    silent = build("s", told.users, told.items, told.matrix.nonzero(), np.ones(told.interactions))
    with pytest.raises(DataError, match="0 items have a text"):
        layers.measure(silent, PARAMS, HOW)
