"""Places drawn are the places said."""

import numpy as np

from textrec_core.figures import lists


def test_a_line_goes_from_place_to_place_and_what_is_beyond_stands_below_in_order():
    figure = lists.shifts(["a", "<b>", "c"], np.array([1, 2, 90]), np.array([2, 50, 1]), ("one", "other"), 2)
    assert [list(line.y) for line in figure.data] == [[1, 2], [2, 3.5], [3.5, 1]]
    assert [line.text for line in figure.data] == [("1", "2"), ("2", "50"), ("90", "1")]
    assert [note.text for note in figure.layout.annotations] == ["a", "a", "&lt;b&gt;", "&lt;b&gt;", "c", "c"]


def test_a_long_title_stands_in_two_short_lines_so_that_a_narrow_page_holds_both_sides():
    title = "<Close Encounters of the Third Kind and of every other kind (1977)"
    figure = lists.shifts([title, "short"], np.array([1, 2]), np.array([2, 1]), ("one", "other"), 2)
    drawn = figure.layout.annotations[0].text.replace("&lt;", "<").split("<br>")
    assert len(drawn) == 2
    assert max(map(len, drawn)) <= lists.WIDE
    assert drawn[0] in title
    assert drawn[1].endswith("…")
    assert drawn[1][:-1] in title
    assert figure.layout.annotations[2].text == "short"


def test_equal_places_are_quiet_rises_and_falls_have_a_colour_each():
    figure = lists.shifts(["a", "b", "c"], np.array([1, 3, 2]), np.array([1, 2, 3]), ("one", "other"), 3)
    assert [line.line.color for line in figure.data] == [lists.QUIET, lists.BEHAVIOUR, lists.WORDS]


def test_no_two_items_are_drawn_on_one_another_and_a_chosen_one_is_called_so():
    figure = lists.shifts(list("abcd"), np.array([0, 7, 0, 9]), np.array([1, 2, 3, 4]), ("one", "other"), 4)
    assert len({line.y[0] for line in figure.data}) == 4
    assert figure.data[0].text[0] == "chosen"


def test_a_title_is_shown_and_never_read_as_a_template():
    line = lists.shifts(["%{y} of <b>"], np.array([1]), np.array([2]), ("one", "other"), 2).data[0]
    assert "y} of" not in line.hovertemplate
    assert line.hovertext == "%{y} of &lt;b&gt;: 1 to 2"
