"""Windows over long texts: every piece counts once, none is cut off, no window is too long."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from textrec_core.text.windows import windows


@given(st.lists(st.integers(0, 90), min_size=1, max_size=4), st.integers(3, 24))
def test_every_piece_and_both_marks_count_exactly_once_and_in_order(lengths, longest):
    texts = [[100 * (text + 1) + n for n in range(length)] for text, length in enumerate(lengths)]
    made = windows(texts, [1], [2], longest)
    assert all(len(window.pieces) <= longest for window in made)
    for text, pieces in enumerate(texts):
        own = [piece for window in made if window.text == text for piece in window.pieces[window.start : window.stop]]
        assert own == [1, *pieces, 2]


def test_a_text_that_fits_is_one_window():
    (window,) = windows([[5, 6, 7]], [1], [2], 5)
    assert (window.pieces, window.start, window.stop) == ((1, 5, 6, 7, 2), 0, 5)


def test_windows_share_a_quarter_so_that_pieces_at_a_border_are_read_with_both_sides():
    one, other = windows([list(range(10, 20))], [], [], 8)
    assert set(one.pieces) & set(other.pieces)


def test_of_what_two_windows_share_each_counts_the_half_that_it_reads_with_more_around_it():
    made = windows([list(range(10, 80))], [1], [2], 18)
    shared = 4
    assert len(made) > 3
    for before, after in pairwise(made[:-1]):
        assert before.pieces[-1 - shared : -1] == after.pieces[1 : 1 + shared]
        assert before.stop == len(before.pieces) - 1 - shared // 2
        assert after.start == 1 + shared // 2
