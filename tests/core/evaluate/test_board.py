"""Models side by side on hidden items."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.evaluate.test_metrics import naive_ndcg, naive_recall
from tests.fakes import TinyEncoder
from textrec_core.data.split import SPLITS, Split, random_per_person
from textrec_core.errors import DataError
from textrec_core.evaluate import contest, judged
from textrec_core.evaluate.board import BoardParams, Row, measure, name_of
from textrec_core.evaluate.intervals import Interval, bootstrap, detectable, over_starts
from textrec_core.evaluate.metrics import ACCURACY, hits, ndcg
from textrec_core.models import item_item, wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.scorer import Shares
from textrec_core.people.recommend import everyone, top_k
from textrec_core.text import encoder

PARAMS = wals.WalsParams(rank=6, regularization=5.0, iterations=5, frequency=0.0)
HOW = BoardParams(k=5, hidden_share=0.3)


@pytest.fixture(scope="module")
def text(dataset):
    return encoder.space(dataset, encoder.TextParams(), TinyEncoder())


@pytest.fixture(scope="module")
def measured(dataset, text):
    return measure(dataset, PARAMS, HOW, text)


def test_every_model_has_a_row_from_best_to_worst(measured):
    assert {row.model for row in measured.rows()} == {
        "WALS", "Text profile", "Popularity", "Recent popularity", "Random", "Item-kNN", "EASE", "WALS + Text profile", "WALS + EASE",
        *(["WALS + EASE + Text profile"] if not any("EASE counts 0% beside WALS" in note for note in measured.notes) else []),
    }  # fmt: skip
    means = [row.value.mean for row in measured.rows()]
    assert means == sorted(means, reverse=True)


def test_every_number_is_a_share_and_every_interval_holds_its_mean(measured):
    for metric in ACCURACY:
        for k in (1, 5, 100):
            rows = measured.rows(metric, k)
            for row in rows:
                assert 0 <= row.value.low <= row.value.mean <= row.value.high <= 1
                assert row.behind.low - 1e-6 <= row.behind.mean <= row.behind.high + 1e-6
                assert row.behind.mean == pytest.approx(row.value.mean - rows[0].value.mean, abs=1e-9)


def test_the_best_is_not_behind_itself(measured):
    best = measured.rows()[0]
    assert (best.behind.mean, best.behind.low, best.behind.high) == (0, 0, 0)
    assert not best.distinguishable


def test_taste_beats_the_crowd_where_people_have_tastes(measured):
    by_name = {row.model: row for row in measured.rows()}
    assert by_name["Popularity"].distinguishable
    assert by_name["Popularity"].behind.high < 0


def test_a_row_is_what_a_slow_reading_of_the_protocol_gives(dataset, measured):
    split = random_per_person(dataset, HOW.hidden_share, HOW.split_seed)
    crowd = Popularity(split.train)
    gains, found = [], []
    for user in split.people:
        wanted = set(split.held_out[[int(user)]].indices.tolist())
        listed = top_k(split.train, crowd, int(user), 20).items.tolist()
        gains.append(naive_ndcg(listed, wanted, HOW.k))
        found.append(naive_recall(listed, wanted, 20))
    ranked = next(row for row in measured.rows("NDCG", HOW.k) if row.model == "Popularity")
    recalled = next(row for row in measured.rows("Recall", 20) if row.model == "Popularity")
    assert ranked.value.mean == pytest.approx(np.mean(gains), abs=1e-9)
    assert recalled.value.mean == pytest.approx(np.mean(found), abs=1e-9)
    assert measured.people == len(gains) == ranked.value.people


def test_the_protocol_says_what_was_hidden_and_how(measured):
    assert measured.protocol == "random 30% of each person's items hidden, seed 0; all other unseen items ranked"


def test_data_without_texts_are_measured_without_the_words(dataset):
    assert not any("Text" in model for model in measure(dataset, PARAMS, HOW, None).models)


def test_the_same_question_gets_the_same_answer(dataset, text, measured):
    again = measure(dataset, PARAMS, HOW, text)
    assert again.rows() == measured.rows()
    assert again.fingerprint == measured.fingerprint == name_of(dataset, PARAMS, HOW, text)


def test_the_name_moves_with_data_parameters_split_and_words(dataset, hand, text):
    names = {
        name_of(dataset, PARAMS, HOW, text), name_of(hand, PARAMS, HOW, text), name_of(dataset, PARAMS, HOW, None),
        name_of(dataset, replace(PARAMS, seed=1), HOW, text), name_of(dataset, PARAMS, replace(HOW, split_seed=1), text),
    }  # fmt: skip
    assert len(names) == 5


def test_many_people_are_measured_on_some_of_them(dataset, monkeypatch):
    monkeypatch.setattr(judged, "MOST_PEOPLE", 20)
    assert measure(dataset, PARAMS, HOW, None).people == 20


def test_people_with_too_short_a_past_cannot_be_measured(hand):
    with pytest.raises(DataError, match="Nobody has enough items") as caught:
        measure(hand, wals.WalsParams(rank=2), BoardParams(hidden_share=0.05), None)
    assert "at least" in caught.value.hint


def test_measuring_tells_how_far_it_is(dataset):
    told = []
    measure(dataset, PARAMS, HOW, None, lambda share, words: told.append(share))
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(-0.2, -0.1, True), (-0.2, 0.1, False), (0, 0, False), (-0.1, 0, False)]
)
def test_models_are_told_apart_only_where_the_difference_leaves_zero(low, high, expected):
    some = Interval(0.5, 0.4, 0.6, 10)
    assert Row("m", some, Interval((low + high) / 2, low, high, 10), 0.1).distinguishable is expected


def test_the_length_of_the_list_moves_without_another_measurement(dataset, text, measured):
    assert name_of(dataset, PARAMS, replace(HOW, k=50), text) == measured.fingerprint
    for metric in ACCURACY:
        curve = measured.curve(metric)
        assert curve.shape == (len(measured.models), len(judged.LENGTHS))
        for place, k in enumerate(judged.LENGTHS):
            by_name = {row.model: row.value.mean for row in measured.rows(metric, k)}
            assert curve[:, place].tolist() == pytest.approx([by_name[model] for model in measured.models], abs=1e-12)
    for metric in judged.BEYOND:
        curve = measured.curve(metric)
        # One item alone is neither like nor unlike others.
        curve = curve[:, 1:] if metric == "Diversity in words" else curve
        assert ((curve >= 0) & (curve <= 1)).all()
    assert (np.diff(measured.curve("Coverage"), axis=1) >= 0).all()


def test_every_slice_has_its_people_and_together_they_are_all(measured):
    for by in measured.about:
        parts = measured.slices(by)
        assert sum(inside.sum() for _name, inside in parts) == measured.people
        for _name, inside in parts:
            assert all(row.value.people == inside.sum() for row in measured.rows(only=inside))


@pytest.mark.parametrize("kind", sorted(SPLITS))
def test_every_split_can_be_measured(dataset, text, kind):
    found = measure(dataset, PARAMS, replace(HOW, split=kind), text)
    assert found.people > 0
    assert {"Text profile", "Random"} <= set(found.models)
    assert ("WALS" in found.models) == (kind != "items")
    by_name = {row.model: row.value.mean for row in found.rows("NDCG", 5)}
    assert by_name["Text profile"] > by_name["Random"]
    if kind in ("random", "people"):
        assert by_name["WALS"] > by_name["Popularity"]


def test_random_starts_widen_the_interval_of_what_they_move_and_of_nothing_else(dataset, text, measured):
    one = measure(dataset, PARAMS, replace(HOW, starts=1), text)
    moved = measured.spread("NDCG", 5)
    assert measured.starts == 3
    assert moved["WALS"] > 0
    assert max(moved["Popularity"], moved["EASE"], *one.spread("NDCG", 5).values()) < 1e-12
    seeds = [measure(dataset, replace(PARAMS, seed=seed), replace(HOW, starts=1), text) for seed in range(3)]
    each = [seed.values("NDCG", 5)[:, seed.models.index("WALS")].mean() for seed in seeds]
    assert measured.values("NDCG", 5)[:, measured.models.index("WALS")].mean() == pytest.approx(
        np.mean(each), abs=1e-12
    )
    assert moved["WALS"] == pytest.approx(np.std(each, ddof=1), abs=1e-12)
    # An interval that covers three starts reaches as far as the people of any one of them make it.
    for row in measured.rows("NDCG", 5):
        assert row.value.low <= row.value.mean <= row.value.high


def test_people_are_sliced_by_what_most_of_their_items_are(dataset, text):
    how = replace(HOW, starts=1)
    found = measure(dataset, PARAMS, how, text)
    split = random_per_person(dataset, how.hidden_share, how.split_seed)
    kinds = found.about["Most frequent kind"]
    for place, user in enumerate(split.people):
        own = dataset.attributes["kind"][split.train.history(int(user))].tolist()
        assert own.count(kinds[place]) == max(map(own.count, ("nature", "machine")))
    assert {name for name, _inside in found.slices("Most frequent kind")} == {"nature", "machine"}


def test_what_is_said_of_some_people_is_what_is_said_of_them_among_all(dataset):
    split = random_per_person(dataset, 0.3, 0)
    some = split.people[5::3]
    everybody, few = judged.about(split, split.people), judged.about(split, some)
    assert "Most frequent kind" in few
    for name, values in few.items():
        assert values.tolist() == everybody[name][np.isin(split.people, some)].tolist(), name


def test_many_small_groups_stand_together_and_are_still_everybody():
    values = np.array([str(n) for n in range(20)] + ["much"] * 5)
    found = judged.groups(values, most=4)
    assert [name for name, _ in found] == ["much", "0", "1", "all others"]
    assert np.sum([inside for _, inside in found], axis=0).tolist() == [1] * 25


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_groups_of_numbers_name_ends_that_no_other_group_names(counts):
    values = np.array(counts, float)
    found = judged.groups(values)
    assert np.sum([inside for _, inside in found], axis=0).tolist() == [1] * values.size
    ends = [[float(end) for end in name.split(" to ")] for name, _ in found if name != "all"]
    assert [e for pair in ends for e in pair] == sorted({e for pair in ends for e in pair})
    for (_name, inside), pair in zip(found, ends, strict=False):
        assert (pair[0], pair[-1]) == (values[inside].min(), values[inside].max())


def test_only_some_models_are_those_and_their_numbers_are_the_same(dataset, text):
    how = replace(HOW, starts=1)
    whole, some = (measure(dataset, PARAMS, how, text, only=only) for only in ((), ("WALS", "EASE", "WALS + EASE")))
    assert set(some.models) == {"WALS", "EASE", "WALS + EASE"}
    assert some.fingerprint != whole.fingerprint
    for model in some.models:
        one, other = (found.values("NDCG", 7)[:, found.models.index(model)] for found in (some, whole))
        assert (one == other).all()


def test_the_same_model_from_other_starts_differs_in_at_most_7_of_100_measurements(dataset):
    """Pairs of the same model that differ only in their random starts, each pair on other hidden items."""
    alarms = 0
    for seed in range(100):
        split = random_per_person(dataset, 0.3, seed)
        people, hidden = split.people, np.diff(split.held_out.indptr)[split.people]

        def values(start: int, split=split, people=people, hidden=hidden) -> np.ndarray:
            fit = wals.fit(split.train, replace(PARAMS, iterations=3, seed=start))
            lists = everyone(split.train, wals.scorer(split.train, fit), 5, people)[0]
            return ndcg(hits(lists, split.held_out, people), hidden, 5)[:, None]

        tables = [values(10 * seed + start) - values(10 * seed + start + 5) for start in range(3)]
        alarms += not over_starts(tables)[0].holds_zero
    assert alarms <= 7


def test_new_items_without_texts_are_refused_in_words(dataset):
    with pytest.raises(DataError, match="only be ranked by their texts"):
        measure(dataset, PARAMS, replace(HOW, split="items"), None)


def test_what_cannot_take_part_is_said_and_another_model_is_blended(dataset, monkeypatch):
    for module in (item_item, contest):
        monkeypatch.setattr(module, "LIMITS", replace(item_item.LIMITS, dense_items=10))
    found = measure(dataset, PARAMS, HOW, None)
    assert "EASE" not in found.models
    assert "WALS + Item-kNN" in found.models
    assert any("40 items would need" in note for note in found.notes)


class Oracle:
    """Knows what is hidden, or ranks it last."""

    def __init__(self, split: Split, sign: float) -> None:
        self.split, self.sign, self.name, self.fingerprint = split, sign, "Oracle", "oracle"

    def scores(self, rows: np.ndarray) -> np.ndarray:
        return self.sign * self.split.held_out[rows].toarray()

    def why(self, user: int, item: int) -> Shares | None:
        return None


def test_a_blends_weight_goes_to_the_model_that_ranks_better(dataset):
    split = random_per_person(dataset, 0.2, 3)
    good, bad = Oracle(split, 1.0), Oracle(split, -1.0)
    assert contest.best_weight(split, bad, good, split.people) > 0.5
    assert contest.best_weight(split, good, bad, split.people) == 0.0


def test_a_blend_may_stand_on_a_blend_and_is_left_out_where_a_part_is_missing(dataset):
    known = {name: Popularity(dataset, name) for name in ("A", "B", "C")}
    weights = contest.Weights({("A", "B"): 0.5, ("A + B", "C"): 0.1, ("A", "D"): 0.3}, "name")
    made = contest.blends(dataset, known, weights)
    assert [blend.name for blend in made] == ["A + B", "A + B + C"]
    assert made[1].first is made[0]
    assert contest.blends(dataset, {"B": known["B"], "C": known["C"]}, weights) == []


@pytest.mark.parametrize("counts", [0.0, 0.2])
def test_words_stand_beside_a_blend_only_where_both_its_models_count(dataset, text, monkeypatch, counts):
    monkeypatch.setattr(contest, "best_weight", lambda *_told: counts)
    chosen = contest.weigh(dataset, PARAMS, text).values
    pairs = {("WALS", "EASE"), ("WALS", "Text profile")} | ({("WALS + EASE", "Text profile")} if counts else set())
    assert chosen == dict.fromkeys(pairs, counts)


def test_a_blends_weight_is_judged_by_lists_without_what_was_seen(dataset):
    split = random_per_person(dataset, 0.2, 3)
    perfect = Oracle(split, 1.0)

    class Hoarder(Oracle):
        def scores(self, rows: np.ndarray) -> np.ndarray:
            return super().scores(rows) + 10 * split.train.matrix[rows].toarray()

    assert contest.best_weight(split, Hoarder(split, 1.0), perfect, split.people) == 0.0


def test_identical_models_differ_in_at_most_7_of_100_measurements():
    """Two models whose gains come from one source, so that every difference found is a false alarm."""
    alarms = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        level = rng.beta(1, 3, 400)
        gains = np.stack([np.clip(level + rng.normal(0, 0.2, 400), 0, 1) for _ in range(2)], axis=1)
        alarms += not bootstrap(gains[:, 0] - gains[:, 1]).holds_zero
    assert alarms <= 7


def test_a_difference_of_the_detectable_size_is_found_in_about_80_of_100_measurements():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.2, (200, 300))
    size = detectable(bootstrap(noise[0]))
    found = sum(not bootstrap(values + size).holds_zero for values in noise)
    assert 0.7 <= found / 200 <= 0.9
