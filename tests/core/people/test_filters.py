"""What passes a filter holds what was asked for; what can be asked for is what is there."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.people import filters

CELLS = ["Action", "Comedy|Drama", " Drama ; Horror", "", "Comedy"]


def with_kinds(hand, cells):
    return replace(hand, attributes={"genre": np.array([*cells, "Action"], object)})


def test_a_cell_of_several_values_is_found_by_each_of_them(hand):
    dataset = with_kinds(hand, CELLS)
    assert filters.offered(dataset) == {"genre": ["Action", "Comedy", "Drama", "Horror"]}
    assert filters.passing(dataset, {"genre": ["Drama"]}).tolist() == [False, True, True, False, False, False]


@given(st.lists(st.sampled_from(["Action", "Comedy", "Drama", "Horror"]), unique=True))
def test_several_values_let_through_what_each_lets_through(hand, values):
    dataset = with_kinds(hand, CELLS)
    found = filters.passing(dataset, {"genre": values})
    if not values:
        assert found is None
    else:
        assert (found == np.any([filters.passing(dataset, {"genre": [value]}) for value in values], axis=0)).all()


def test_several_attributes_must_all_pass(dataset):
    halves = np.array(["first" if n < 20 else "second" for n in range(dataset.items.size)], object)
    both = replace(dataset, attributes={**dataset.attributes, "half": halves})
    found = filters.passing(both, {"kind": ["nature"], "half": ["second"]})
    assert found.tolist() == ((dataset.attributes["kind"] == "nature") & (halves == "second")).tolist()


def test_what_has_one_value_or_too_many_to_read_is_not_offered(hand):
    assert filters.offered(with_kinds(hand, ["Action"] * 5)) == {}
    assert filters.offered(with_kinds(hand, ["|".join(f"v{n}" for n in range(filters.MOST))] * 5)) == {}
