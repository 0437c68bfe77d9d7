"""Charts show every value they are given, whatever it is called."""

from textrec_core.figures import charts


def test_past_choices_of_the_same_name_keep_bars_of_their_own():
    figure = charts.shares(["Twin", "Twin", "the score"], [0.2, 0.1, 0.05], 0.35)
    bars = figure.data[0]
    assert len(set(bars.y)) == 4
    assert list(bars.x) == [0.2, 0.1, 0.05, 0.35]
    assert list(figure.layout.yaxis.ticktext) == ["Twin", "Twin", "the score", "the score"]


def test_names_in_a_chart_are_never_markup():
    figure = charts.shares(["<b>x</b> $$y$$ & z"], [1.0], 1.0)
    shown = figure.layout.yaxis.ticktext[0]
    assert "<" not in shown
    assert "$$" not in shown
