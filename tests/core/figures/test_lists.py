"""Places drawn are the places said."""

import numpy as np

from textrec_core.figures import lists


def test_a_line_goes_from_place_to_place_and_what_is_beyond_stands_below_in_order():
    figure = lists.shifts(["a", "<b>", "c"], np.array([1, 2, 90]), np.array([2, 50, 1]), ("one", "other"), 2)
    assert [list(line.y) for line in figure.data] == [[1, 2], [2, 3.5], [3.5, 1]]
    words = [note.text for note in figure.layout.annotations]
    assert words == ["a  1", "2  a", "&lt;b&gt;  2", "50  &lt;b&gt;", "c  90", "1  c"]


def test_equal_places_are_quiet_rises_and_falls_have_a_colour_each():
    figure = lists.shifts(["a", "b", "c"], np.array([1, 3, 2]), np.array([1, 2, 3]), ("one", "other"), 3)
    assert [line.line.color for line in figure.data] == [lists.QUIET, lists.BEHAVIOUR, lists.WORDS]


def test_no_two_items_are_drawn_on_one_another_and_a_chosen_one_is_called_so():
    figure = lists.shifts(list("abcd"), np.array([0, 7, 0, 9]), np.array([1, 2, 3, 4]), ("one", "other"), 4)
    assert len({line.y[0] for line in figure.data}) == 4
    assert figure.layout.annotations[0].text == "a  chosen"


def test_a_title_is_shown_and_never_read_as_a_template():
    line = lists.shifts(["%{y} of <b>"], np.array([1]), np.array([2]), ("one", "other"), 2).data[0]
    assert "y} of" not in line.hovertemplate
    assert line.text == "%{y} of &lt;b&gt;: 1 to 2"
