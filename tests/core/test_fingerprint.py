"""Equal content, equal name; any change, another name."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.fingerprint import LENGTH, fingerprint

plain = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.binary(max_size=5)
)
nested = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
numbers = hnp.arrays(np.float32, hnp.array_shapes(max_dims=2, max_side=6), elements=st.floats(-5, 5, width=32))


@dataclass(frozen=True)
class Pair:
    one: object
    other: object


@dataclass(frozen=True)
class Couple:
    one: object
    other: object


def spelled(value):
    """A writing of a value that no two different values share."""
    if isinstance(value, dict):
        return ("dict", tuple(sorted((key, spelled(entry)) for key, entry in value.items())))
    if isinstance(value, list):
        return ("list", tuple(spelled(entry) for entry in value))
    return (type(value).__name__, repr(value))


@given(nested)
def test_the_same_value_always_has_the_same_name(value):
    assert fingerprint(value) == fingerprint(value)
    assert len(fingerprint(value)) == LENGTH


@given(nested, nested)
def test_different_values_have_different_names(one, other):
    assume(repr(spelled(one)) != repr(spelled(other)))
    assert fingerprint(one) != fingerprint(other)


@given(numbers, st.data())
def test_the_name_moves_with_every_cell_of_numbers(array, data):
    place = data.draw(st.tuples(*(st.integers(0, side - 1) for side in array.shape)))
    changed = array.copy()
    changed[place] += 1
    assert fingerprint(changed) != fingerprint(array)


@given(st.lists(st.text(max_size=4), min_size=1, max_size=6), st.data())
def test_the_name_moves_with_every_cell_of_text(entries, data):
    place = data.draw(st.integers(0, len(entries) - 1))
    array = np.array(entries, object)
    changed = array.copy()
    changed[place] += "x"
    assert fingerprint(changed) != fingerprint(array)


def test_every_cell_of_a_large_array_counts():
    # Sampling one cell in many is what makes other caches return the wrong result.
    array = np.zeros(600_000, np.float32)
    before = fingerprint(array)
    for place in (1, 123_457, 599_999):
        array[place] = 1
        assert fingerprint(array) != before
        array[place] = 0
    assert fingerprint(array) == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True), (1, 1.0), (1, "1"), ("1", b"1"), (0.0, -0.0), (None, "None"), (None, ""), (0, None), ([], {}), ([], ""),
        (["ab"], ["a", "b"]), (["a", ["b"]], ["a", "b"]), ([["a"], "b"], [["a", "b"]]), ([1, 2], [2, 1]),
        ({"a": 1}, {"a": "1"}), ({"a": 1, "b": 2}, {"a": 2, "b": 1}), ({"a": None}, {}), ({"a": 1}, ["a", 1]),
        (np.zeros(2), np.zeros((1, 2))), (np.zeros(2), np.zeros(2, np.float32)), (np.zeros(2), np.zeros(3)),
        (np.array(["ab", "c"]), np.array(["a", "bc"])), (np.array(["a", ""]), np.array(["", "a"])),
        (np.array([["a", "b"]]), np.array(["a", "b"])), (np.array([1, 2]), [1, 2]), (np.array(["a"]), ["a"]),
        (Pair(1, 2), Pair(2, 1)), (Pair(1, 2), Couple(1, 2)), (Pair(1, 2), {"one": 1, "other": 2}), (Pair(1, [2]), Pair(1, 2)),
    ],
)  # fmt: skip
def test_kinds_shapes_and_nestings_do_not_collide(one, other):
    assert fingerprint(one) != fingerprint(other)


def test_arguments_do_not_run_together():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a", "b") != fingerprint(["a", "b"])
    assert fingerprint("a") != fingerprint("a", None)


@given(st.dictionaries(st.text(max_size=4), plain, min_size=2, max_size=5))
def test_the_order_of_a_mapping_does_not_matter(entries):
    assert fingerprint(dict(reversed(entries.items()))) == fingerprint(entries)


@given(numbers)
def test_how_an_array_lies_in_memory_does_not_matter(array):
    assert fingerprint(np.asfortranarray(array)) == fingerprint(np.ascontiguousarray(array))
    assert fingerprint(np.repeat(array, 2, axis=0)[::2]) == fingerprint(array)


def test_a_number_of_numpy_is_the_number():
    assert fingerprint(np.int64(3)) == fingerprint(3)
    assert fingerprint(np.float64(0.5)) == fingerprint(0.5)


def test_text_has_one_name_however_the_array_holds_it():
    assert fingerprint(np.array(["é", "ab"])) == fingerprint(np.array(["é", "ab"], object))


def test_a_value_without_a_stable_name_is_refused():
    with pytest.raises(TypeError, match="set"):
        fingerprint({1, 2})
    with pytest.raises(TypeError, match="object"):
        fingerprint([object()])
