"""Charts can be read by every eye."""

from textrec_core.evaluate.board import Row
from textrec_core.evaluate.intervals import Interval
from textrec_core.figures import charts


def test_an_interval_is_drawn_in_a_colour_that_both_themes_show():
    value = Interval(0.3, 0.2, 0.4, 9)
    figure = charts.board([Row("WALS", value, value, 0.1)], "NDCG@10")
    assert figure.data[0].error_x.color == charts.SPREAD
    for page in ("#ffffff", "#181614"):
        assert _contrast(charts.SPREAD, page) >= 3


def _contrast(one: str, other: str) -> float:
    """As the accessibility guidelines define it, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
