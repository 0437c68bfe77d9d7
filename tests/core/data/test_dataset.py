"""Ids, weights, times and texts become one checked Dataset whose name moves with every cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from tests.strategies import datasets
from textrec_core.data.dataset import Dataset, build
from textrec_core.errors import DataError

BASE = {
    "name": "base", "users": ["u", "v"], "items": ["a", "b", "c"], "pairs": (np.array([0, 0, 1]), np.array([0, 2, 1])),
    "weights": np.array([1.0, 2.0, 3.0]), "times": np.array([10, 20, 30]), "titles": ["A", "B", "C"],
    "texts": ["x", "y", ""], "attributes": {"year": np.array(["1", "2", "3"], object)}, "note": "a note",
}  # fmt: skip


def dense(dataset: Dataset) -> np.ndarray:
    return dataset.matrix.toarray()


@given(datasets(), st.randoms(use_true_random=False))
def test_the_order_in_which_interactions_come_does_not_matter(dataset, chance):
    rows, columns = dense(dataset).nonzero()
    order = list(range(rows.size))
    chance.shuffle(order)
    times = None if dataset.times is None else dataset.times[order]
    again = build(
        "other name", dataset.users, dataset.items, (rows[order], columns[order]), dataset.matrix.data[order], times,
        dataset.titles, dataset.texts,
    )  # fmt: skip
    assert (dense(again) == dense(dataset)).all()
    assert again.fingerprint == dataset.fingerprint


@given(datasets())
def test_rows_are_people_and_columns_are_items(dataset):
    table = dense(dataset)
    for user in range(dataset.users.size):
        assert dataset.history(user).tolist() == table[user].nonzero()[0].tolist()
        assert dataset.weights(user).tolist() == table[user][table[user] > 0].tolist()
        times = dataset.times_of(user)
        assert (times is None) == (dataset.times is None)
        assert times is None or times.size == dataset.history(user).size
    assert dataset.popularity.tolist() == (table > 0).sum(axis=0).tolist()
    assert dataset.interactions == (table > 0).sum()
    assert dataset.has_texts == any(text.strip() for text in dataset.texts)


def test_times_stay_with_their_pair():
    dataset = build(
        "x", ["u", "v"], ["a", "b"], (np.array([1, 0, 1]), np.array([1, 0, 0])), np.ones(3), np.array([3, 1, 2])
    )
    assert dataset.times_of(0).tolist() == [1]
    assert dataset.times_of(1).tolist() == [2, 3]


def test_a_weight_of_zero_says_nothing():
    with_zero = build(
        "x", ["u"], ["a", "b"], (np.array([0, 0]), np.array([0, 1])), np.array([0.0, 2.0]), np.array([5, 6])
    )
    without = build("x", ["u"], ["a", "b"], (np.array([0]), np.array([1])), np.array([2.0]), np.array([6]))
    assert with_zero.interactions == 1
    assert with_zero.fingerprint == without.fingerprint


def changes():
    yield "user", {"users": ["u", "w"]}
    yield "item", {"items": ["a", "b", "d"]}
    for place in range(3):
        yield f"weight {place}", {"weights": BASE["weights"] + np.eye(3)[place]}
        yield f"time {place}", {"times": BASE["times"] + np.eye(3, dtype=int)[place]}
        for field in ("titles", "texts"):
            yield f"{field} {place}", {field: [word + "!" * (n == place) for n, word in enumerate(BASE[field])]}
        years = [word + "0" * (n == place) for n, word in enumerate(BASE["attributes"]["year"])]
        yield f"attribute {place}", {"attributes": {"year": np.array(years, object)}}
    yield "attribute name", {"attributes": {"born": BASE["attributes"]["year"]}}
    yield "no attributes", {"attributes": {}}
    yield "no times", {"times": None}
    yield "pair", {"pairs": (np.array([0, 0, 1]), np.array([0, 2, 2]))}
    yield "owner", {"pairs": (np.array([0, 1, 1]), np.array([0, 2, 1]))}


@pytest.mark.parametrize(("what", "change"), list(changes()), ids=lambda case: case if isinstance(case, str) else "")
def test_the_name_moves_with_every_cell(what, change):
    assert build(**{**BASE, **change}).fingerprint != build(**BASE).fingerprint


def test_what_it_is_called_is_not_part_of_what_it_is():
    assert build(**{**BASE, "name": "other", "note": ""}).fingerprint == build(**BASE).fingerprint


@pytest.mark.parametrize("part", ["data", "indices", "indptr"])
def test_the_matrix_cannot_be_changed_in_place(part):
    with pytest.raises(ValueError, match="read-only"):
        getattr(build(**BASE).matrix, part)[0] = 0


def test_neither_can_ids_texts_times_and_attributes():
    dataset = build(**BASE)
    for array in (
        dataset.users,
        dataset.items,
        dataset.titles,
        dataset.texts,
        dataset.times,
        dataset.attributes["year"],
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


@pytest.mark.parametrize(
    "change",
    [
        {"titles": ["A", "B"]}, {"texts": ["x"]}, {"attributes": {"year": np.array(["1"], object)}},
        {"weights": np.array([1.0, -2.0, 3.0])}, {"weights": np.array([1.0, np.nan, 3.0])},
        {"weights": np.array([1.0, np.inf, 3.0])}, {"weights": np.array([1.0, 1e39, 3.0])},
        {"pairs": (np.array([0, 0, 1]), np.array([0, 0, 1]))},
    ],
    ids=["titles", "texts", "attribute", "negative", "nan", "infinite", "beyond single precision", "pair twice"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_parts_that_do_not_fit_together_make_no_dataset(change):
    with pytest.raises(AssertionError):
        build(**{**BASE, **change})


def test_a_matrix_of_another_shape_makes_no_dataset():
    ids = np.array(["a", "b"], object)
    with pytest.raises(AssertionError, match="does not follow"):
        Dataset("x", ids, ids, csr_array((2, 3), dtype=np.float32), None, ids, ids)


def test_ids_are_found_exactly_as_written():
    dataset = build("x", ["7", "007", "1e5"], ["a", "A"], (np.array([0]), np.array([0])), np.ones(1))
    assert [dataset.user_row(name) for name in ("7", "007", "1e5")] == [0, 1, 2]
    assert dataset.item_row("A") == 1


@pytest.mark.parametrize("find", ["user_row", "item_row"])
def test_an_unknown_id_is_named_with_an_example_of_a_known_one(find):
    with pytest.raises(DataError, match="nobody") as caught:
        getattr(build(**BASE), find)("nobody")
    assert "for example" in caught.value.hint


def test_an_id_in_a_dataset_without_any_is_refused_too():
    empty = build("x", [], [], (np.array([], int), np.array([], int)), np.array([]))
    with pytest.raises(DataError, match="no person"):
        empty.user_row("u")


def test_a_long_unknown_id_is_cut_in_the_words_about_it():
    with pytest.raises(DataError) as caught:
        build(**BASE).user_row("x" * 10_000)
    assert len(caught.value.problem) < 200


def test_native_solvers_get_the_index_type_they_take():
    dataset = build(**BASE)
    assert (dataset.matrix.indices.dtype, dataset.matrix.indptr.dtype, dataset.matrix.data.dtype) == (
        np.int32, np.int32, np.float32,
    )  # fmt: skip
