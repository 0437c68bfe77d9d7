"""The largest of each row, in one order only."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.ranking import largest

levels = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0])


@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 9)), elements=levels), st.integers(1, 12))
def test_the_largest_are_those_of_a_full_sort_with_equals_by_column(scores, width):
    best, values = largest(scores, width)
    for row in range(len(scores)):
        expected = sorted(range(scores.shape[1]), key=lambda column, row=row: (-scores[row, column], column))[:width]
        assert best[row].tolist() == expected
        assert values[row].tolist() == scores[row, expected].tolist()


@given(
    st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([33, 64, 150, 400]), st.integers(1, 9), st.sampled_from([2, 9, 1_000]),
)  # fmt: skip
def test_among_many_columns_too_whether_all_differ_or_most_are_equal(seed, rows, columns, width, levels):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, (rows, columns)).astype(np.float32)
    scores[0] = rng.normal(size=columns)
    scores[-1, :: rng.integers(1, 4)] = -np.inf
    best, values = largest(scores, width)
    for row in range(rows):
        expected = np.lexsort((np.arange(columns), -scores[row]))[:width]
        assert best[row].tolist() == expected.tolist()
        assert values[row].tolist() == scores[row, expected].tolist()
